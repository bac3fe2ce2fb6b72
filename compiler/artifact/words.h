// artifact/words.h: how enumerators, types and operators are spelled in a sealed version. Writing
// and reading share these tables, so that they cannot disagree. Permanent: a word that was ever
// sealed keeps its meaning.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/ir/model.h"

namespace cambium::artifact {

// The position in the table is the enumerator's value.
template <class E, size_t N>
struct Words {
  std::array<std::string_view, N> words;
  std::string_view operator[](E e) const { return words[static_cast<size_t>(e)]; }
  std::optional<E> find(std::string_view word) const {
    for (size_t i = 0; i < N; ++i)
      if (words[i] == word) return static_cast<E>(i);
    return std::nullopt;
  }
};

inline constexpr Words<ir::Lifecycle, 5> kLifecycles{
    {"active", "draft", "deprecated", "deleted", "external"}};
inline constexpr Words<ir::Naming, 3> kNamings{{"snake_case", "plural", "as_written"}};
inline constexpr Words<ir::RefAction, 5> kRefActions{
    {"restrict", "cascade", "set null", "set default", "no action"}};
inline constexpr Words<ir::Deferral, 3> kDeferrals{{"", "immediate", "deferred"}};
inline constexpr Words<ir::ApprovalKind, 4> kApprovals{{"drop", "narrow", "expose", "protect"}};
inline constexpr Words<ir::Aggregate, 6> kAggregates{{"", "count", "sum", "min", "max", "avg"}};
inline constexpr Words<ir::MadeEntity, 4> kMadeEntities{
    {"", "junction", "tag group", "tag junction"}};
inline constexpr Words<ir::MadeProperty, 6> kMadeProperties{
    {"", "tag", "tags", "parent", "junction", "tag field"}};
inline constexpr Words<ir::AccessAction, 4> kAccessActions{{"read", "insert", "update", "delete"}};
inline constexpr Words<ir::NamespaceRole, 4> kNamespaceRoles{
    {"viewer", "editor", "publisher", "admin"}};
inline constexpr Words<ir::Op, 16> kOps{
    {"", "or", "and", "not", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "negate"}};
// Not refined by parameters; `enumeration` carries its name: "enum OrderStatus".
inline constexpr Words<ir::Scalar, 20> kScalars{
    {"bool",     "int16",    "int32", "int64", "float32", "float64", "decimal",
     "string",   "text",     "bytes", "uuid",  "date",    "time",    "timestamp",
     "datetime", "duration", "json",  "enum",  "null",    "unknown"}};

// "decimal(12, 2)?", "enum OrderStatus", "string(40)[]". The alias is not part of it.
std::string typeText(const ir::Type&, const ir::Model&);
// nullopt: not a type, or an enum that the model lacks. `unknownEnums`: an enum of another version
// is accepted, without its id.
std::optional<ir::Type> parseType(std::string_view, const ir::Model&, bool unknownEnums);

// What stands around an expression.
struct Scope {
  ir::EntityId entity;  // what its property paths start from; invalid = another version's entity
  ir::Type value;       // the type of ExprKind::value
  bool otherVersion = false;  // inside a migration: names need not be of this version
};

// The entity at the end of a path of references and `many`s; invalid if it leads nowhere.
ir::EntityId targetOf(const std::vector<std::string>& path, ir::EntityId from, const ir::Model&);

// The type that an expression most likely has, from its parts: what need not be written. Only its
// being the same function on both sides matters, so that what is read back is exactly what was
// written.
ir::Type derivedType(const ir::Expr&, const Scope&, const ir::Model&);

}  // namespace cambium::artifact
