// sema/expr_guards.cpp: what a condition says about null, so that `case when x is not null then x`
// is required. Only the type of the whole changes: a property keeps its own, for it is read back
// from a sealed version without the condition around it.
#include <algorithm>

#include "compiler/sema/expr_checker.h"

namespace cambium::sema {
namespace {

using ir::ExprKind;
using ir::Function;
using Paths = Checker::Paths;

void add(Paths& to, const Paths& from) {
  to.insert(from.begin(), from.end());
}

// Properties that cannot be null if `e` has a value: those through which null would come out.
void carriers(const ir::Expr& e, Paths& out) {
  switch (e.kind) {
    case ExprKind::property: out.insert(e.path); return;
    case ExprKind::unary:
    case ExprKind::like:
      for (const auto& arg : e.args) carriers(arg, out);
      return;
    case ExprKind::binary:
      if (e.op == ir::Op::andOp || e.op == ir::Op::orOp) return;
      for (const auto& arg : e.args) carriers(arg, out);
      return;
    case ExprKind::inList: carriers(e.args[0], out); return;
    case ExprKind::call:
      if (e.function == Function::concat || e.function == Function::coalesce) return;
      if (e.function == Function::nullif) return carriers(e.args[0], out);
      for (const auto& arg : e.args) carriers(arg, out);
      return;
    default: return;
  }
}

}  // namespace

// The properties that are not null when `condition` is true, or when it is not (false or null).
Checker::Paths Checker::notNull(const ir::Expr& condition, bool isTrue) {
  Paths out;
  const bool both =
      condition.kind == ExprKind::binary && condition.op == (isTrue ? ir::Op::andOp : ir::Op::orOp);
  if (both) {
    for (const auto& side : condition.args) add(out, notNull(side, isTrue));
  } else if (condition.kind == ExprKind::isNull) {
    if (condition.negated == isTrue) carriers(condition.args[0], out);
  } else if (condition.kind == ExprKind::unary && condition.op == ir::Op::notOp) {
    const ir::Expr& inner = condition.args[0];
    if (isTrue) {
      carriers(inner, out);
      add(out, notNull(inner, false));
    } else if (!inner.type.optional) {
      add(out, notNull(inner, true));
    }
  } else if (isTrue) {
    carriers(condition, out);
  }
  return out;
}

// Whether it may be null where these properties are not.
bool Checker::optionalWhere(const ir::Expr& e, const Paths& present) {
  if (!e.type.optional) return false;
  const auto any = [&](const ir::Expr& arg) { return optionalWhere(arg, present); };
  switch (e.kind) {
    case ExprKind::property: return !present.contains(e.path);
    case ExprKind::unary:
    case ExprKind::binary:
    case ExprKind::inList:
    case ExprKind::between:
    case ExprKind::like: return std::ranges::any_of(e.args, any);
    case ExprKind::call:
      if (ir::info(e.function).result.ends_with('?')) return true;
      if (e.function == Function::coalesce) return std::ranges::all_of(e.args, any);
      return std::ranges::any_of(e.args, any);
    default: return true;
  }
}

// Of a checked `case`: whether one of its values may be null where it is taken.
bool Checker::optionalCase(const ir::Expr& e) {
  if (!e.hasElse) return true;
  Paths present;
  const size_t pairs = (e.args.size() - 1) / 2;
  for (size_t i = 0; i < pairs; ++i) {
    Paths here = present;
    add(here, notNull(e.args[2 * i], true));
    if (optionalWhere(e.args[2 * i + 1], here)) return true;
    add(present, notNull(e.args[2 * i], false));
  }
  return optionalWhere(e.args.back(), present);
}

// Of `a and b`, `a or b`: the other side decides where one of them is null for want of a property.
bool Checker::optionalLogic(ir::Op op, const ir::Expr& a, const ir::Expr& b) {
  const bool isAnd = op == ir::Op::andOp;
  const auto guarded = [&](const ir::Expr& guard, const ir::Expr& value) {
    return !guard.type.optional && !optionalWhere(value, notNull(guard, isAnd));
  };
  return !guarded(a, b) && !guarded(b, a);
}

}  // namespace cambium::sema
