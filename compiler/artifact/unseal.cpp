#include <simdjson.h>

#include <algorithm>
#include <memory>

#include "compiler/artifact/seal.h"
#include "compiler/artifact/words.h"
#include "compiler/base/sha256.h"

namespace cambium::artifact {
namespace {

namespace json = simdjson::dom;
using ir::Expr;
using ir::ExprKind;

constexpr size_t kMaxJsonDepth = 2048;
constexpr size_t kMaxExprDepth = 900;

// Reads the body. Every function returns false after it has said in `problem_` what is wrong;
// callers add where.
class Reader {
public:
  std::string takeProblem() { return std::move(problem_); }
  ir::Model takeModel() { return std::move(model_); }

  // Names and types first, then what refers to them.
  bool read(json::element body) {
    return fields(body, "the model",
                  [&](std::string_view key, json::element v) {
                    if (key == "package") return text(v, model_.package);
                    if (key == "version") return text(v, model_.version);
                    if (key == "doc") return text(v, model_.doc);
                    if (key == "naming") return word(v, kNamings, model_.naming);
                    if (key == "enums") return each(v, [&](auto e) { return enumeration(e); });
                    return key == "aliases" || key == "entities" || key == "migration" ||
                           unknown(key);
                  }) &&
           sorted(model_.enums, "enums") && optionalList(body, "aliases", &Reader::aliasName) &&
           sorted(model_.aliases, "aliases") &&
           optionalList(body, "entities", &Reader::entityName) &&
           sorted(model_.entities, "entities") && numbered(body, "aliases", &Reader::alias) &&
           numbered(body, "entities", &Reader::shape) &&
           numbered(body, "entities", &Reader::targets) &&
           numbered(body, "entities", &Reader::expressions) && migrationOf(body);
  }

private:
  // ---------------------------------------------------------------- pieces
  bool fail(std::string what) {
    problem_ = std::move(what);
    return false;
  }
  bool unknown(std::string_view key) {
    return fail("`" + std::string(key) + "` is not known here");
  }
  bool in(const std::string& where, bool ok) {
    if (!ok) problem_ = where + ": " + problem_;
    return ok;
  }

  template <class F>
  bool fields(json::element value, std::string_view what, F&& read) {
    json::object object;
    if (value.get(object)) return fail(std::string(what) + " is not an object");
    for (const auto field : object)
      if (!read(field.key, field.value)) return in("`" + std::string(field.key) + "`", false);
    return true;
  }

  template <class F>
  bool each(json::element value, F&& read) {
    json::array array;
    if (value.get(array)) return fail("is not a list");
    size_t i = 0;
    for (const auto item : array) {
      if (!read(item)) return in("[" + std::to_string(i) + "]", false);
      ++i;
    }
    return true;
  }

  bool text(json::element value, std::string& out) {
    std::string_view view;
    if (value.get(view)) return fail("is not a string");
    out = view;
    return true;
  }
  bool flag(json::element value, bool& out) {
    return value.get(out) == simdjson::SUCCESS || fail("is not a truth value");
  }
  bool texts(json::element value, std::vector<std::string>& out) {
    return each(value, [&](json::element v) { return text(v, out.emplace_back()); });
  }
  bool textMap(json::element value, std::map<std::string, std::string>& out) {
    return fields(value, "it", [&](std::string_view key, json::element v) {
      return text(v, out[std::string(key)]);
    });
  }
  template <class E, size_t N>
  bool word(json::element value, const Words<E, N>& words, E& out) {
    std::string_view view;
    if (value.get(view)) return fail("is not a string");
    const auto found = words.find(view);
    if (!found) return fail("`" + std::string(view) + "` is not a word known here");
    out = *found;
    return true;
  }
  bool name(json::element object, std::string& out) {
    std::string_view view;
    if (object["name"].get(view) || view.empty()) return fail("has no name");
    out = view;
    return true;
  }

  template <class T>
  bool sorted(const Store<T>& store, const char* what) {
    for (size_t i = 1; i < store.size(); ++i)
      if (!(store[Id<T>(i - 1)].name < store[Id<T>(i)].name))
        return fail("`" + std::string(what) + "`: `" + store[Id<T>(i)].name +
                    "` is not in its place");
    return true;
  }

  bool optionalList(json::element body, const char* key, bool (Reader::*read)(json::element)) {
    json::element value;
    if (body[key].get(value)) return true;
    return in(key, each(value, [&](json::element v) { return (this->*read)(v); }));
  }
  // For lists that were walked before: the item is told its position.
  bool numbered(json::element body, const char* key,
                bool (Reader::*read)(json::element, uint32_t)) {
    json::element value;
    if (body[key].get(value)) return true;
    uint32_t i = 0;
    return in(key, each(value, [&](json::element v) { return (this->*read)(v, i++); }));
  }

  bool type(json::element value, ir::Type& out, bool unknownEnums = false) {
    std::string_view view;
    if (value.get(view)) return fail("is not a string");
    const auto parsed = parseType(view, model_, unknownEnums);
    if (!parsed) return fail("`" + std::string(view) + "` is not a type");
    const auto alias = out.alias;
    out = *parsed;
    out.alias = alias;
    return true;
  }
  bool aliasOf(json::element value, ir::Type& out, bool unknownAliases = false) {
    std::string_view view;
    if (value.get(view)) return fail("is not a string");
    const auto found = model_.findAlias(view);
    if (found) out.alias = *found;
    return found || unknownAliases ||
           fail("`" + std::string(view) + "` is not a type of this model");
  }

  // ---------------------------------------------------------------- expressions
  bool optionalExpr(json::element value, std::optional<Expr>& out, const Scope& scope) {
    return expr(value, out.emplace(), scope);
  }

  bool expr(json::element value, Expr& out, const Scope& scope, size_t depth = 0) {
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
      if (key == "list")
        return kind(out, ExprKind::list) && each(v, [&](json::element e) {
                 return expr(e, out.args.emplace_back(), scope, depth + 1);
               });
      return unknown(key);
    };
    if (!fields(value, "an expression", field)) return false;
    if (out.kind == ExprKind::error) return fail("is not an expression");
    json::element args;
    if (!value["args"].get(args)) {
      if (out.kind == ExprKind::list || !each(args, [&](json::element e) {
            return expr(e, out.args.emplace_back(), scope, depth + 1);
          }))
        return in("`args`", out.kind == ExprKind::list ? fail("is not for a list") : false);
    }
    if (!fits(out) || !resolves(out, scope)) return false;
    foldChain(out, scope);
    out.type = written ? *written : derivedType(out, scope, model_);
    return true;
  }

  bool kind(Expr& out, ExprKind kind) {
    if (out.kind != ExprKind::error) return fail("says two things at once");
    out.kind = kind;
    return true;
  }

  bool path(json::element value, Expr& out) {
    std::string_view single;
    if (!value.get(single)) {
      out.path.emplace_back(single);
      return true;
    }
    return texts(value, out.path) && (!out.path.empty() || fail("is empty"));
  }

  bool memberEnum(json::element value, Expr& out, const Scope& scope) {
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

  bool callee(json::element value, Expr& out) {
    std::string_view view;
    if (value.get(view)) return fail("is not a string");
    const auto found = ir::findFunction(view);
    if (!found) return fail("`" + std::string(view) + "` is not a function");
    out.function = *found;
    return true;
  }

  bool operation(json::element value, Expr& out) {
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
    if (!found || *found == ir::Op::none)
      return fail("`" + std::string(op) + "` is not an operator");
    out.op = *found;
    return kind(out, *found == ir::Op::notOp || *found == ir::Op::negate ? ExprKind::unary
                                                                         : ExprKind::binary);
  }

  // The number of operands is right: whoever reads the expression later relies on it.
  bool fits(const Expr& e) {
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
      case ExprKind::list:
      case ExprKind::error: break;
    }
    return ok || fail("has " + std::to_string(n) + " operands");
  }

  static bool arguments(ir::Function function, size_t n) {
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

  bool resolves(const Expr& e, const Scope& scope) {
    if (scope.otherVersion || e.kind != ExprKind::property) return true;
    ir::EntityId entity = scope.entity;
    for (const auto& segment : e.path) {
      const auto found = model_.findProperty(entity, segment);
      if (!found) return fail("`" + segment + "` is not a property here");
      entity = model_[*found].target;
    }
    return true;
  }

  // More than two operands group to the left.
  void foldChain(Expr& e, const Scope& scope) {
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

  // ---------------------------------------------------------------- declarations
  bool enumeration(json::element value) {
    ir::Enum e;
    const bool ok =
        name(value, e.name) && fields(value, "an enum", [&](std::string_view key, json::element v) {
          if (key == "name") return true;
          if (key == "doc") return text(v, e.doc);
          if (key == "values")
            return each(v, [&](json::element x) { return enumValue(x, e.values.emplace_back()); });
          return unknown(key);
        });
    if (ok) model_.enums.add(std::move(e));
    return ok;
  }

  bool enumValue(json::element value, ir::EnumValue& out) {
    return name(value, out.name) &&
           fields(value, "a value", [&](std::string_view key, json::element v) {
             if (key == "name") return true;
             if (key == "doc") return text(v, out.doc);
             if (key == "title") return text(v, out.title);
             return unknown(key);
           });
  }

  bool aliasName(json::element value) {
    ir::Alias a;
    if (!name(value, a.name)) return false;
    model_.aliases.add(std::move(a));
    return true;
  }

  bool alias(json::element value, uint32_t i) {
    ir::Alias& a = model_.aliases[ir::AliasId(i)];
    json::element typeField;
    if (value["type"].get(typeField)) return fail("`" + a.name + "` has no type");
    if (!type(typeField, a.type)) return in("`" + a.name + "`", false);
    return in("`" + a.name + "`",
              fields(value, "a type", [&](std::string_view key, json::element v) {
                if (key == "name" || key == "type") return true;
                if (key == "alias") return aliasOf(v, a.type);
                if (key == "doc") return text(v, a.doc);
                // `alias` sorts before `where`: the type is complete by now.
                if (key == "where") return optionalExpr(v, a.where, Scope{{}, a.type});
                return unknown(key);
              }));
  }

  bool entityName(json::element value) {
    ir::Entity e;
    if (!name(value, e.name)) return false;
    model_.entities.add(std::move(e));
    return true;
  }

  // Everything of an entity that needs neither another entity nor an expression.
  bool shape(json::element value, uint32_t i) {
    const ir::EntityId id(i);
    ir::Entity& e = model_.entities[id];
    return in(
        "`" + e.name + "`", fields(value, "an entity", [&](std::string_view key, json::element v) {
          if (key == "name" || key == "key") return true;
          if (key == "doc") return text(v, e.doc);
          if (key == "lifecycle") return word(v, kLifecycles, e.lifecycle);
          if (key == "table") return text(v, e.table);
          if (key == "mixins") return texts(v, e.mixins);
          if (key == "native") return textMap(v, e.native);
          if (key == "groups")
            return each(v, [&](json::element g) { return group(g, e.groups.emplace_back()); });
          if (key == "properties") return each(v, [&](json::element p) { return property(p, id); });
          if (key == "uniques" || key == "indexes" || key == "checks") return true;
          return unknown(key);
        }));
  }

  bool group(json::element value, ir::Group& out) {
    return name(value, out.name) &&
           fields(value, "a group", [&](std::string_view key, json::element v) {
             if (key == "name") return true;
             if (key == "title") return text(v, out.title);
             if (key == "parent") return text(v, out.parent);
             return unknown(key);
           });
  }

  bool property(json::element value, ir::EntityId entity) {
    ir::Property p;
    p.entity = entity;
    if (!name(value, p.name)) return false;
    if (model_.findProperty(entity, p.name)) return fail("`" + p.name + "` is there twice");
    bool kinds = false;
    const auto kind = [&](ir::PropertyKind kind) {
      p.kind = kind;
      return std::exchange(kinds, true) ? fail("says two things at once") : true;
    };
    const bool ok = fields(value, "a property", [&](std::string_view key, json::element v) {
      if (key == "name" || key == "computed" || key == "default" || key == "where") return true;
      if (key == "type") return kind(ir::PropertyKind::value) && type(v, p.type);
      if (key == "alias") return aliasOf(v, p.type);
      if (key == "ref") return kind(ir::PropertyKind::reference) && target(v, p);
      if (key == "many") return kind(ir::PropertyKind::many) && target(v, p);
      if (key == "optional") return flag(v, p.type.optional);
      if (key == "inverse") return text(v, p.inverse);
      if (key == "doc") return text(v, p.doc);
      if (key == "column") return text(v, p.column);
      if (key == "native") return textMap(v, p.native);
      if (key == "group") return text(v, p.group);
      if (key == "origin") return text(v, p.origin);
      if (key == "sensitive") return text(v, p.sensitive);
      if (key == "autoincrement") return flag(v, p.autoincrement);
      if (key == "deprecated") return flag(v, p.deprecated);
      if (key == "stored") return flag(v, p.stored);
      if (key == "unique") return flag(v, p.unique);
      if (key == "on delete") return word(v, kRefActions, p.onDelete);
      if (key == "on update") return word(v, kRefActions, p.onUpdate);
      if (key == "no index") {
        bool none = false;
        const bool read = flag(v, none);
        p.indexed = !none;
        return read;
      }
      return unknown(key);
    });
    if (!in("`" + p.name + "`", ok && (kinds || fail("has no type")))) return false;
    model_.entities[entity].properties.push_back(model_.properties.add(std::move(p)));
    return true;
  }

  bool target(json::element value, ir::Property& p) {
    std::string_view view;
    if (value.get(view)) return fail("is not a string");
    const auto found = model_.findEntity(view);
    if (!found) return fail("`" + std::string(view) + "` is not an entity");
    p.target = *found;
    return true;
  }

  // Keys and inverses: every property is known now.
  bool targets(json::element value, uint32_t i) {
    const ir::EntityId id(i);
    ir::Entity& e = model_.entities[id];
    json::element key;
    if (!value["key"].get(key)) {
      const bool ok = each(key, [&](json::element v) {
        std::string_view view;
        if (v.get(view)) return fail("is not a string");
        const auto found = model_.findProperty(id, view);
        if (!found) return fail("`" + std::string(view) + "` is not a property");
        e.key.properties.push_back(*found);
        return true;
      });
      if (!ok) return in("`" + e.name + "`: `key`", false);
    }
    for (const auto p : e.properties) {
      const ir::Property& property = model_.properties[p];
      if (!property.inverse.empty() && !model_.findProperty(property.target, property.inverse))
        return in("`" + e.name + "`: `" + property.name + "`", fail("`inverse` is not a property"));
    }
    return true;
  }

  bool expressions(json::element value, uint32_t i) {
    const ir::EntityId id(i);
    ir::Entity& e = model_.entities[id];
    const Scope scope{id, {}};
    return in(
        "`" + e.name + "`", fields(value, "an entity", [&](std::string_view key, json::element v) {
          if (key == "properties") {
            size_t n = 0;
            return each(v,
                        [&](json::element p) { return propertyExpressions(p, e.properties[n++]); });
          }
          if (key == "uniques")
            return each(
                v, [&](json::element u) { return indexed(u, e.uniques.emplace_back(), scope); });
          if (key == "indexes")
            return each(
                v, [&](json::element x) { return indexed(x, e.indexes.emplace_back(), scope); });
          if (key == "checks")
            return each(v,
                        [&](json::element c) { return check(c, e.checks.emplace_back(), scope); });
          return true;
        }));
  }

  bool propertyExpressions(json::element value, ir::PropertyId id) {
    ir::Property& p = model_.properties[id];
    const Scope scope{p.entity, p.type};
    return in("`" + p.name + "`",
              fields(value, "a property", [&](std::string_view key, json::element v) {
                if (key == "computed") return optionalExpr(v, p.computed, scope);
                if (key == "default") return optionalExpr(v, p.defaultValue, scope);
                if (key == "where") return optionalExpr(v, p.where, scope);
                return true;
              }));
  }

  template <class T>
  bool indexed(json::element value, T& out, const Scope& scope) {
    return fields(value, "an index", [&](std::string_view key, json::element v) {
      if (key == "name") return text(v, out.name);
      if (key == "database name") return text(v, out.databaseName);
      if (key == "doc") return text(v, out.doc);
      if (key == "where") return optionalExpr(v, out.where, scope);
      if (key == "parts")
        return each(v, [&](json::element x) { return part(x, out.parts.emplace_back(), scope); });
      return unknown(key);
    });
  }

  bool part(json::element value, ir::IndexPart& out, const Scope& scope) {
    bool there = false;
    return fields(value, "a part",
                  [&](std::string_view key, json::element v) {
                    if (key == "descending") return flag(v, out.descending);
                    if (key == "expr") return there = true, expr(v, out.expr, scope);
                    return unknown(key);
                  }) &&
           (there || fail("has no `expr`"));
  }

  bool check(json::element value, ir::Check& out, const Scope& scope) {
    bool there = false;
    return fields(value, "a check",
                  [&](std::string_view key, json::element v) {
                    if (key == "condition") return there = true, expr(v, out.condition, scope);
                    if (key == "name") return text(v, out.name);
                    if (key == "database name") return text(v, out.databaseName);
                    if (key == "message") return text(v, out.message);
                    if (key == "doc") return text(v, out.doc);
                    return unknown(key);
                  }) &&
           (there || fail("has no `condition`"));
  }

  // ---------------------------------------------------------------- migration
  static constexpr Scope kOtherVersion{{}, {}, true};

  bool path(json::element value, ir::Path& out) {
    std::vector<std::string> parts;
    if (!texts(value, parts)) return false;
    if (parts.empty() || parts.size() > 2) return fail("is not a path");
    out.entity = std::move(parts[0]);
    if (parts.size() == 2) out.property = std::move(parts[1]);
    return true;
  }

  bool assignment(json::element value, ir::Assignment& out) {
    return fields(value, "an assignment", [&](std::string_view key, json::element v) {
      if (key == "property") return text(v, out.property);
      if (key == "value") return expr(v, out.value, kOtherVersion);
      return unknown(key);
    });
  }

  bool transform(json::element value, ir::TransformRule& out) {
    return fields(value, "a transform", [&](std::string_view key, json::element v) {
      if (key == "from entity") return text(v, out.fromEntity);
      if (key == "to entity") return text(v, out.toEntity);
      if (key == "from") return texts(v, out.from);
      if (key == "to") return texts(v, out.to);
      if (key == "up")
        return each(v, [&](json::element a) { return assignment(a, out.up.emplace_back()); });
      if (key == "down")
        return each(v, [&](json::element a) { return assignment(a, out.down.emplace_back()); });
      return unknown(key);
    });
  }

  bool rename(json::element value, ir::RenameRule& out) {
    return fields(value, "a rename", [&](std::string_view key, json::element v) {
      if (key == "from") return path(v, out.from);
      if (key == "to") return text(v, out.to);
      return unknown(key);
    });
  }

  bool fill(json::element value, ir::FillRule& out) {
    return fields(value, "a fill", [&](std::string_view key, json::element v) {
      if (key == "to") return path(v, out.to);
      if (key == "value") return expr(v, out.value, kOtherVersion);
      return unknown(key);
    });
  }

  bool approval(json::element value, ir::ApprovalRule& out) {
    out.kind = ir::ApprovalKind::drop;
    return fields(value, "an approval", [&](std::string_view key, json::element v) {
      if (key == "from") return path(v, out.from);
      if (key == "kind") return word(v, kApprovals, out.kind);
      if (key == "reason") return text(v, out.reason);
      return unknown(key);
    });
  }

  bool migrationOf(json::element body) {
    json::element value;
    if (body["migration"].get(value)) return true;
    ir::Migration& m = model_.migrations.emplace_back();
    return in(
        "`migration`", fields(value, "a migration", [&](std::string_view key, json::element v) {
          if (key == "from") return text(v, m.from);
          if (key == "to") return text(v, m.to);
          if (key == "renames")
            return each(v, [&](json::element x) { return rename(x, m.renames.emplace_back()); });
          if (key == "transforms")
            return each(v,
                        [&](json::element x) { return transform(x, m.transforms.emplace_back()); });
          if (key == "fills")
            return each(v, [&](json::element x) { return fill(x, m.fills.emplace_back()); });
          if (key == "approvals")
            return each(v,
                        [&](json::element x) { return approval(x, m.approvals.emplace_back()); });
          return unknown(key);
        }));
  }

  ir::Model model_;
  std::string problem_;
};

Failure<UnsealError> failure(UnsealError::Kind kind, std::string detail) {
  return {UnsealError{kind, std::move(detail)}};
}

// The document without blanks between tokens: the form whose tail is the sealed body.
std::string compacted(std::string_view document) {
  std::string out(document.size() + simdjson::SIMDJSON_PADDING, '\0');
  size_t length = 0;
  if (simdjson::minify(document.data(), document.size(), out.data(), length)) return {};
  out.resize(length);
  return out;
}

}  // namespace

Result<ir::Model, UnsealError> unseal(std::string_view document) {
  using Kind = UnsealError::Kind;
  json::parser parser;
  json::element root;
  if (const auto error = parser.allocate(std::max<size_t>(document.size(), 64), kMaxJsonDepth))
    return failure(Kind::notJson, simdjson::error_message(error));
  if (const auto error = parser.parse(document.data(), document.size()).get(root))
    return failure(Kind::notJson, simdjson::error_message(error));

  std::string_view format, digest;
  if (root["cambium"].get(format))
    return failure(Kind::malformed, "it does not say of which format it is");
  if (format != "model/1")
    return failure(Kind::unknownFormat,
                   "its format is `" + std::string(format) + "`, known is `model/1`");
  json::element body;
  if (root["digest"].get(digest)) return failure(Kind::malformed, "it has no `digest`");
  if (root["model"].get(body)) return failure(Kind::malformed, "it has no `model`");

  const std::string compact = compacted(document);
  const std::string head =
      "{\"cambium\":\"model/1\",\"digest\":\"" + std::string(digest) + "\",\"model\":";
  if (!compact.starts_with(head) || !compact.ends_with('}'))
    return failure(Kind::malformed, "its members are not `cambium`, `digest`, `model`");
  const auto sealed =
      std::string_view(compact).substr(head.size(), compact.size() - head.size() - 1);
  if (const std::string actual = sha256Hex(sealed); actual != digest)
    return failure(Kind::tampered,
                   "its content has the digest " + actual + ", not " + std::string(digest));

  Reader reader;
  if (!reader.read(body)) return failure(Kind::malformed, reader.takeProblem());
  return reader.takeModel();
}

}  // namespace cambium::artifact
