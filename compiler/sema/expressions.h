// sema/expressions.h: the type checker of the expression language. Private to this folder.
// In: an expression of a tree and the scope it stands in. Out: a checked ir::Expr; ExprKind::error
// with Scalar::error when it was reported.
#pragma once

#include <string>
#include <string_view>

#include "compiler/sema/context.h"

namespace cambium::sema {

// What an expression is for. It decides which functions and names may occur.
enum class Use : uint8_t {
  defaultValue,
  computed,
  check,
  filter,
  index,
  refinement,
  transform,
  fill,
  pause,
  view,
  config,
  policy,
  template_
};
// "a check", "an index": for messages.
std::string_view describe(Use use);

// The enums of another version, numbered behind the model's own while a migration block is checked.
struct ForeignEnums {
  uint32_t base = 0;
  const ir::Model* model = nullptr;
  std::vector<ir::EnumId>
      main;  // the model's own enum of the same or new name, by foreign index; invalid = none
};

struct Scope {
  Context& c;
  const SyntaxTree& tree;
  size_t unit = 0;
  Use use = Use::check;
  const ir::Model* model = nullptr;  // whose properties; null = no properties
  ir::EntityId entity;
  std::string entityName;               // for messages
  const ir::Type* value = nullptr;      // what `value` is, in a refinement
  const ForeignEnums* enums = nullptr;  // of `model`, when that is another version
  const std::vector<const ForeignEnums*>* allEnums = nullptr;  // of every version in play
  std::string version;  // where names are looked up, if that is not the model itself: for messages
};

// A value for something of type `target`; `what` names it in messages ("the default of `name`").
ir::Expr checkValue(const Scope& scope, syntax::ExprId id, const ir::Type& target,
                    std::string_view what);
// A truth value, which may be unknown (null).
ir::Expr checkCondition(const Scope& scope, syntax::ExprId id);
// A value of any type (parts of an index).
ir::Expr checkAny(const Scope& scope, syntax::ExprId id);

// Property types as they occur in the scope's expressions: enums numbered for the scope, no
// aliases.
ir::Type scopedType(const Scope& scope, const ir::Property& p);

// A reference (or chain of them) to a key of several properties.
bool hasSeveralColumns(const ir::Model& m, const ir::Property& p);

// True when it says the same for every row.
bool isConstant(const ir::Expr& e);
// The truth value of a constant condition, when it is easily known.
std::optional<bool> constantTruth(const ir::Expr& e);

bool isCall(const SyntaxTree& tree, syntax::ExprId id, std::string_view function);

}  // namespace cambium::sema
