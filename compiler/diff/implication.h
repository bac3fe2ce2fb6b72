// diff/implication.h: whether one condition demands all that another one does, known from their
// form alone: the same condition, a bound that is at least as close (`value > 5` and `value > 0`,
// `value between 1 and 9` and `value < 10`), a list within a list. Whatever it does not understand
// implies nothing but itself.
#pragma once

#include <functional>

#include "compiler/ir/expr.h"

namespace cambium::diff {

// `same` compares a part of `a` with a part of `b`.
bool implies(const ir::Expr& a, const ir::Expr& b,
             const std::function<bool(const ir::Expr&, const ir::Expr&)>& same);

}  // namespace cambium::diff
