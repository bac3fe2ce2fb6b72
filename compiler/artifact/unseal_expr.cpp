// Types and expressions of a sealed version.
#include <algorithm>

#include "compiler/artifact/unseal_reader.h"

namespace cambium::artifact {

namespace json = simdjson::dom;
using ir::Expr;
using ir::ExprKind;

constexpr size_t kMaxExprDepth = 900;

bool BodyReader::type(json::element value, ir::Type& out, bool unknownEnums) {
  std::string_view view;
  if (value.get(view)) return fail("is not a string");
  const auto parsed = parseType(view, model_, unknownEnums);
  if (!parsed) return fail("`" + std::string(view) + "` is not a type");
  const auto alias = out.alias;
  out = *parsed;
  out.alias = alias;
  return true;
}

bool BodyReader::aliasOf(json::element value, ir::Type& out, bool unknownAliases) {
  std::string_view view;
  if (value.get(view)) return fail("is not a string");
  const auto found = model_.findAlias(view);
  if (found) out.alias = *found;
  return found || unknownAliases || fail("`" + std::string(view) + "` is not a type of this model");
}

bool BodyReader::optionalExpr(json::element value, Boxed<Expr>& out, const Scope& scope) {
  return expr(value, out.emplace(), scope);
}

bool BodyReader::expr(json::element value, Expr& out, const Scope& scope, size_t depth) {
  if (depth > kMaxExprDepth) return fail("is nested too deeply");
  std::optional<ir::Type> written;
  json::element typeField, aliasField;
  if (!value["type"].get(typeField)) {
    written.emplace();
    if (!type(typeField, *written, scope.otherVersion)) return in("`type`", false);
    if (!value["alias"].get(aliasField) && !aliasOf(aliasField, *written, scope.otherVersion))
      return in("`alias`", false);
  }
  const auto field = [&](std::string_view key, json::element v) {
    if (key == "type" || key == "alias" || key == "args" || key == "enum") return true;
    if (key == "literal") return kind(out, ExprKind::literal) && text(v, out.text);
    if (key == "property") return kind(out, ExprKind::property) && path(v, out);
    if (key == "value") return kind(out, ExprKind::value);
    if (key == "member")
      return kind(out, ExprKind::member) && text(v, out.text) && memberEnum(value, out, scope);
    if (key == "call") return kind(out, ExprKind::call) && callee(v, out);
    if (key == "op") return operation(v, out);
    if (key == "aggregate")
      return kind(out, ExprKind::aggregate) && word(v, kAggregates, out.aggregate);
    if (key == "over") return texts(v, out.path);
    if (key == "sql") return kind(out, ExprKind::native) && nativeTexts(v, out);
    if (key == "list")
      return kind(out, ExprKind::list) && each(v, [&](json::element e) {
               return expr(e, out.args.emplace_back(), scope, depth + 1);
             });
    return unknown(key);
  };
  if (!fields(value, "an expression", field)) return false;
  if (out.kind == ExprKind::error) return fail("is not an expression");
  const Scope inner = out.kind == ExprKind::aggregate
                          ? Scope{targetOf(out.path, scope.entity, model_), {}, scope.otherVersion}
                          : scope;
  json::element args;
  if (!value["args"].get(args)) {
    if (out.kind == ExprKind::list || !each(args, [&](json::element e) {
          return expr(e, out.args.emplace_back(), inner, depth + 1);
        }))
      return in("`args`", out.kind == ExprKind::list ? fail("is not for a list") : false);
  }
  if (!fits(out) || !resolves(out, scope)) return false;
  foldChain(out, scope);
  out.type = written ? *written : derivedType(out, scope, model_);
  return true;
}

bool BodyReader::kind(Expr& out, ExprKind kind) {
  if (out.kind != ExprKind::error) return fail("says two things at once");
  out.kind = kind;
  return true;
}

bool BodyReader::path(json::element value, Expr& out) {
  std::string_view single;
  if (!value.get(single)) {
    out.path.emplace_back(single);
    return true;
  }
  return texts(value, out.path) && (!out.path.empty() || fail("is empty"));
}

bool BodyReader::memberEnum(json::element value, Expr& out, const Scope& scope) {
  out.type.scalar = ir::Scalar::enumeration;
  std::string_view view;
  if (value["enum"].get(view)) return scope.otherVersion || fail("has no `enum`");
  const auto found = model_.findEnum(view);
  if (!found) return scope.otherVersion || fail("`" + std::string(view) + "` is not an enum");
  out.type.enumeration = *found;
  const auto& values = model_[*found].values;
  return scope.otherVersion ||
         std::ranges::find(values, out.text, &ir::EnumValue::name) != values.end() ||
         fail("`" + out.text + "` is not a value of its enum");
}

bool BodyReader::nativeTexts(json::element value, Expr& out) {
  return fields(value, "it", [&](std::string_view dialect, json::element v) {
    out.path.emplace_back(dialect);
    Expr& said = out.args.emplace_back();
    said.kind = ExprKind::literal;
    said.type.scalar = ir::Scalar::text;
    return text(v, said.text);
  });
}

bool BodyReader::callee(json::element value, Expr& out) {
  std::string_view view;
  if (value.get(view)) return fail("is not a string");
  const auto found = ir::findFunction(view);
  if (!found) return fail("`" + std::string(view) + "` is not a function");
  out.function = *found;
  return true;
}

bool BodyReader::operation(json::element value, Expr& out) {
  std::string_view op;
  if (value.get(op)) return fail("is not a string");
  if (op == "is null" || op == "is not null") {
    out.negated = op == "is not null";
    return kind(out, ExprKind::isNull);
  }
  if (op == "case" || op == "case else") {
    out.hasElse = op == "case else";
    return kind(out, ExprKind::caseWhen);
  }
  std::string_view rest = op;
  if (rest.starts_with("not ")) rest.remove_prefix(4), out.negated = true;
  if (rest == "in") return kind(out, ExprKind::inList);
  if (rest == "between") return kind(out, ExprKind::between);
  if (rest == "like") return kind(out, ExprKind::like);
  out.negated = false;
  const auto found = kOps.find(op);
  if (!found || *found == ir::Op::none) return fail("`" + std::string(op) + "` is not an operator");
  out.op = *found;
  return kind(out, *found == ir::Op::notOp || *found == ir::Op::negate ? ExprKind::unary
                                                                       : ExprKind::binary);
}

bool BodyReader::fits(const Expr& e) {
  const size_t n = e.args.size();
  bool ok = true;
  switch (e.kind) {
    case ExprKind::literal:
    case ExprKind::property:
    case ExprKind::value:
    case ExprKind::member: ok = n == 0; break;
    case ExprKind::unary:
    case ExprKind::isNull: ok = n == 1; break;
    case ExprKind::binary: ok = n >= 2; break;
    case ExprKind::like: ok = n == 2; break;
    case ExprKind::between: ok = n == 3; break;
    case ExprKind::inList: ok = n >= 2; break;
    case ExprKind::caseWhen: ok = n >= 2 && n % 2 == (e.hasElse ? 1 : 0); break;
    case ExprKind::call: ok = arguments(e.function, n); break;
    case ExprKind::aggregate: {
      const size_t own = e.aggregate == ir::Aggregate::count ? 0 : 1;
      ok = !e.path.empty() && e.aggregate != ir::Aggregate::none && (n == own || n == own + 1);
      break;
    }
    case ExprKind::native: ok = n > 0 && n == e.path.size(); break;
    case ExprKind::list:
    case ExprKind::error: break;
  }
  return ok || fail("has " + std::to_string(n) + " operands");
}

bool BodyReader::arguments(ir::Function function, size_t n) {
  size_t least = 0, most = 0;
  for (const char c : info(function).parameters) {
    if (c == '?') {
      --least;
    } else if (c == '*') {
      most = ~size_t{0};
    } else {
      ++least, ++most;
    }
  }
  return n >= least && n <= most;
}

bool BodyReader::resolves(const Expr& e, const Scope& scope) {
  if (scope.otherVersion || (e.kind != ExprKind::property && e.kind != ExprKind::aggregate))
    return true;
  ir::EntityId entity = scope.entity;
  for (const auto& segment : e.path) {
    const auto found = model_.findProperty(entity, segment);
    if (!found) return fail("`" + segment + "` is not a property here");
    entity = model_[*found].target;
  }
  return true;
}

void BodyReader::foldChain(Expr& e, const Scope& scope) {
  if (e.kind != ExprKind::binary || e.args.size() == 2) return;
  std::vector<Expr> operands = std::move(e.args);
  Expr left = std::move(operands[0]);
  for (size_t i = 1; i < operands.size(); ++i) {
    Expr node;
    node.kind = ExprKind::binary;
    node.op = e.op;
    node.args.push_back(std::move(left));
    node.args.push_back(std::move(operands[i]));
    node.type = derivedType(node, scope, model_);
    left = std::move(node);
  }
  e.args = std::move(left.args);
}

}  // namespace cambium::artifact
