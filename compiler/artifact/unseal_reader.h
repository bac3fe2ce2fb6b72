// artifact/unseal_reader.h: inside unseal(): from the parsed body of a sealed version to the model.
// Only unseal.cpp (declarations, migration) and unseal_expr.cpp (types, expressions) include it: it
// brings simdjson along. Every function that returns a truth value says false after it has said in
// `problem_` what is wrong; callers add where.
#pragma once

#include <simdjson.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/artifact/words.h"

namespace cambium::artifact {

class BodyReader {
public:
  using Element = simdjson::dom::element;

  bool read(Element body);
  std::string takeProblem() { return std::move(problem_); }
  ir::Model takeModel() { return std::move(model_); }

private:
  // ---- pieces
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
  bool fields(Element value, std::string_view what, F&& read) {
    simdjson::dom::object object;
    if (value.get(object)) return fail(std::string(what) + " is not an object");
    for (const auto field : object)
      if (!read(field.key, field.value)) return in("`" + std::string(field.key) + "`", false);
    return true;
  }
  template <class F>
  bool each(Element value, F&& read) {
    simdjson::dom::array array;
    if (value.get(array)) return fail("is not a list");
    size_t i = 0;
    for (const auto item : array) {
      if (!read(item)) return in("[" + std::to_string(i) + "]", false);
      ++i;
    }
    return true;
  }
  bool text(Element value, std::string& out) {
    std::string_view view;
    if (value.get(view)) return fail("is not a string");
    out = view;
    return true;
  }
  bool flag(Element value, bool& out) {
    return value.get(out) == simdjson::SUCCESS || fail("is not a truth value");
  }
  bool texts(Element value, std::vector<std::string>& out) {
    return each(value, [&](Element v) { return text(v, out.emplace_back()); });
  }
  bool textMap(Element value, std::map<std::string, std::string>& out) {
    return fields(value, "it",
                  [&](std::string_view key, Element v) { return text(v, out[std::string(key)]); });
  }
  template <class E, size_t N>
  bool word(Element value, const Words<E, N>& words, E& out) {
    std::string_view view;
    if (value.get(view)) return fail("is not a string");
    const auto found = words.find(view);
    if (!found) return fail("`" + std::string(view) + "` is not a word known here");
    out = *found;
    return true;
  }
  bool name(Element object, std::string& out) {
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
  bool optionalList(Element body, const char* key, bool (BodyReader::*read)(Element)) {
    Element value;
    if (body[key].get(value)) return true;
    return in(key, each(value, [&](Element v) { return (this->*read)(v); }));
  }
  // For lists that were walked before: the item is told its position.
  bool numbered(Element body, const char* key, bool (BodyReader::*read)(Element, uint32_t)) {
    Element value;
    if (body[key].get(value)) return true;
    uint32_t i = 0;
    return in(key, each(value, [&](Element v) { return (this->*read)(v, i++); }));
  }

  // ---- types and expressions (unseal_expr.cpp)
  bool type(Element value, ir::Type& out, bool unknownEnums = false);
  bool aliasOf(Element value, ir::Type& out, bool unknownAliases = false);
  bool optionalExpr(Element value, Boxed<ir::Expr>& out, const Scope& scope);
  bool expr(Element value, ir::Expr& out, const Scope& scope, size_t depth = 0);
  bool kind(ir::Expr& out, ir::ExprKind kind);
  bool path(Element value, ir::Expr& out);
  bool memberEnum(Element value, ir::Expr& out, const Scope& scope);
  bool callee(Element value, ir::Expr& out);
  bool nativeTexts(Element value, ir::Expr& out);
  bool operation(Element value, ir::Expr& out);
  // The number of operands is right: whoever reads the expression later relies on it.
  bool fits(const ir::Expr& e);
  static bool arguments(ir::Function function, size_t n);
  bool resolves(const ir::Expr& e, const Scope& scope);
  // More than two operands group to the left.
  void foldChain(ir::Expr& e, const Scope& scope);

  // ---- declarations (unseal.cpp)
  bool enumeration(Element value);
  bool enumValue(Element value, ir::EnumValue& out);
  bool aliasName(Element value);
  bool alias(Element value, uint32_t i);
  bool entityName(Element value);
  // Everything of an entity that needs neither another entity nor an expression.
  bool shape(Element value, uint32_t i);
  bool group(Element value, ir::Group& out);
  bool property(Element value, ir::EntityId entity);
  bool target(Element value, ir::EntityId& out);
  // Keys and inverses: every property is known now.
  bool targets(Element value, uint32_t i);
  bool expressions(Element value, uint32_t i);
  bool propertyExpressions(Element value, ir::PropertyId id);
  template <class T>
  bool indexed(Element value, T& out, const Scope& scope);
  bool part(Element value, ir::IndexPart& out, const Scope& scope);
  bool check(Element value, ir::Check& out, const Scope& scope);

  // ---- what has no table of its own (unseal_declarations.cpp)
  static bool isDeclaration(std::string_view key);
  bool declarations(Element body);
  bool role(Element value);
  bool tagGroup(Element value);
  bool view(Element value);
  bool rowTemplate(Element value);
  bool grant(Element value);
  bool policy(Element value);
  bool schema(Element value);
  bool configNamespace(Element value);
  bool actions(Element value, std::set<ir::AccessAction>& out);
  bool setting(Element value, ir::Setting& out);
  bool configValue(Element value, ir::ConfigValue& out);
  bool number(Element value, uint64_t& out) {
    return value.get(out) == simdjson::SUCCESS || fail("is not a number");
  }

  // ---- migration (unseal.cpp)
  static constexpr Scope kOtherVersion{{}, {}, true};
  bool path(Element value, ir::Path& out);
  bool assignment(Element value, ir::Assignment& out);
  bool transform(Element value, ir::TransformRule& out);
  bool rename(Element value, ir::RenameRule& out);
  bool fill(Element value, ir::FillRule& out);
  bool approval(Element value, ir::ApprovalRule& out);
  bool migrationOf(Element body);

  ir::Model model_;
  std::string problem_;
};

}  // namespace cambium::artifact
