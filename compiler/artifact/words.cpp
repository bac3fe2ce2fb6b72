#include "compiler/artifact/words.h"

#include <fmt/core.h>

#include <charconv>

namespace cambium::artifact {
namespace {

using ir::Scalar;
using ir::Type;

Type plain(Scalar scalar) {
  Type t;
  t.scalar = scalar;
  return t;
}

template <class T>
bool readNumber(std::string_view& text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end == text.data()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

bool dropSuffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

// "(80)" or "(12, 2)" after the name of the type.
bool readParameters(std::string_view text, Type& t) {
  if (t.scalar == Scalar::decimal) {
    if (!text.starts_with('(')) return false;
    text.remove_prefix(1);
    if (!readNumber(text, t.precision) || !text.starts_with(", ")) return false;
    text.remove_prefix(2);
    return readNumber(text, t.scale) && text == ")";
  }
  if (text.empty()) return true;
  if ((t.scalar != Scalar::string && t.scalar != Scalar::bytes) || !text.starts_with('('))
    return false;
  text.remove_prefix(1);
  return readNumber(text, t.length) && t.length > 0 && text == ")";
}

Type typeOfPath(const ir::Expr& e, const Scope& scope, const ir::Model& model) {
  ir::EntityId entity = scope.entity;
  Type type;
  for (const auto& segment : e.path) {
    const auto property = model.findProperty(entity, segment);
    if (!property) return Type{};
    const ir::Property& p = model[*property];
    type = p.kind == ir::PropertyKind::value ? p.type : Type{};
    type.optional = p.type.optional;
    entity = p.target;
  }
  return type;
}

Type resultOf(const ir::Expr& e) {
  const std::string_view result = info(e.function).result;
  switch (result.empty() ? ' ' : result.front()) {
    case 'S': return plain(Scalar::text);
    case 'I': return plain(Scalar::int64);
    case 'F': return plain(Scalar::float64);
    case 'B': return plain(Scalar::boolean);
    case 'U': return plain(Scalar::uuid);
    case 'T': return plain(Scalar::timestamp);
    case 'A': return plain(Scalar::date);
    case 'D': {
      Type t = plain(Scalar::decimal);
      t.precision = 38;
      t.scale = 10;
      return t;
    }
    default: return e.args.empty() ? Type{} : e.args[0].type;
  }
}

}  // namespace

std::string typeText(const Type& t, const ir::Model& model) {
  std::string out(kScalars[t.scalar]);
  if (t.scalar == Scalar::decimal) out += fmt::format("({}, {})", t.precision, t.scale);
  if ((t.scalar == Scalar::string || t.scalar == Scalar::bytes) && t.length)
    out += fmt::format("({})", t.length);
  if (t.scalar == Scalar::enumeration && t.enumeration &&
      t.enumeration.index() < model.enums.size())
    out += " " + model[t.enumeration].name;
  if (t.list) out += "[]";
  if (t.optional) out += "?";
  return out;
}

std::optional<Type> parseType(std::string_view text, const ir::Model& model, bool unknownEnums) {
  Type t;
  t.optional = dropSuffix(text, "?");
  t.list = dropSuffix(text, "[]");
  if (text == "enum" && unknownEnums) {
    t.scalar = Scalar::enumeration;
    return t;
  }
  if (text.starts_with("enum ")) {
    t.scalar = Scalar::enumeration;
    const auto found = model.findEnum(text.substr(5));
    if (found) t.enumeration = *found;
    return found || unknownEnums ? std::optional(t) : std::nullopt;
  }
  const size_t nameEnd = std::min(text.find('('), text.size());
  const auto scalar = kScalars.find(text.substr(0, nameEnd));
  if (!scalar || *scalar == Scalar::enumeration) return std::nullopt;
  t.scalar = *scalar;
  return readParameters(text.substr(nameEnd), t) ? std::optional(t) : std::nullopt;
}

ir::EntityId targetOf(const std::vector<std::string>& path, ir::EntityId from,
                      const ir::Model& model) {
  for (const auto& segment : path) {
    const auto property = model.findProperty(from, segment);
    if (!property) return {};
    from = model[*property].target;
  }
  return from;
}

Type derivedType(const ir::Expr& e, const Scope& scope, const ir::Model& model) {
  switch (e.kind) {
    case ir::ExprKind::literal: return plain(Scalar::string);
    case ir::ExprKind::property: return typeOfPath(e, scope, model);
    case ir::ExprKind::value: return scope.value;
    case ir::ExprKind::member: {
      Type t = plain(Scalar::enumeration);
      t.enumeration = e.type.enumeration;  // written with the member itself
      return t;
    }
    case ir::ExprKind::call: return resultOf(e);
    case ir::ExprKind::unary:
    case ir::ExprKind::binary:
      if (e.op <= ir::Op::greaterEqual) return plain(Scalar::boolean);
      return e.args.empty() ? Type{} : e.args[0].type;
    case ir::ExprKind::isNull:
    case ir::ExprKind::inList:
    case ir::ExprKind::between:
    case ir::ExprKind::like: return plain(Scalar::boolean);
    case ir::ExprKind::caseWhen: return e.args.size() < 2 ? Type{} : e.args[1].type;
    case ir::ExprKind::list: {
      Type t = e.args.empty() ? Type{} : e.args[0].type;
      t.list = true;
      return t;
    }
    case ir::ExprKind::aggregate:
      return e.aggregate == ir::Aggregate::count || e.args.empty() ? plain(Scalar::int64)
                                                                   : e.args[0].type;
    case ir::ExprKind::native: return plain(Scalar::text);
    case ir::ExprKind::error: return Type{};
  }
  return {};
}

}  // namespace cambium::artifact
