// sema/evaluate.h: whether a condition holds for a value that is known: a refinement, or what an
// environment pauses on. For this folder and the commands.
#pragma once

#include <optional>
#include <vector>

#include "compiler/ir/expr.h"

namespace cambium::sema {

// `condition` is about ExprKind::value, `value` a literal or an enum member. As in the database, a
// condition that is null holds. Nothing: it cannot be known here (a function or an operation that
// only a database carries out).
std::optional<bool> holds(const ir::Expr& condition, const ir::Expr& value);

// The first of the conditions that certainly does not hold, and the value (an element, where it is
// a list) that it does not hold for. Pointers into the arguments.
struct Misfit {
  const ir::Expr* condition;
  const ir::Expr* value;
};
std::optional<Misfit> refusedBy(const std::vector<const ir::Expr*>& conditions,
                                const ir::Expr& value);

}  // namespace cambium::sema
