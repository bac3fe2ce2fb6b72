#include "compiler/diff/implication.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>
#include <vector>

namespace cambium::diff {
namespace {

using ir::Expr;
using ir::ExprKind;
using ir::Op;

using Number = long double;

// More digits than a long double holds exactly are not compared.
std::optional<Number> numberOf(const Expr& e) {
  constexpr size_t kMostDigits = 18;
  if (e.kind != ExprKind::literal || !ir::isNumeric(e.type.scalar) || e.type.list ||
      e.text.size() > kMostDigits)
    return std::nullopt;
  char* end = nullptr;
  const Number value = std::strtold(e.text.c_str(), &end);
  return end == e.text.c_str() + e.text.size() ? std::optional(value) : std::nullopt;
}

// What a condition says of one subject: between which bounds it lies.
struct Bounds {
  const Expr* subject = nullptr;
  Number low = -std::numeric_limits<Number>::infinity();
  Number high = std::numeric_limits<Number>::infinity();
  bool withoutLow = false, withoutHigh = false;  // the bound itself is not in it

  bool within(const Bounds& other) const {
    const bool above = low > other.low || (low == other.low && (withoutLow || !other.withoutLow));
    const bool below =
        high < other.high || (high == other.high && (withoutHigh || !other.withoutHigh));
    return above && below;
  }
};

Op mirrored(Op op) {
  if (op == Op::less) return Op::greater;
  if (op == Op::greater) return Op::less;
  if (op == Op::lessEqual) return Op::greaterEqual;
  return op == Op::greaterEqual ? Op::lessEqual : op;
}

std::optional<Bounds> boundsOf(const Expr& e) {
  Bounds out;
  if (e.kind == ExprKind::between && !e.negated && e.args.size() == 3) {
    const auto low = numberOf(e.args[1]), high = numberOf(e.args[2]);
    if (!low || !high) return std::nullopt;
    out.subject = &e.args[0];
    out.low = *low;
    out.high = *high;
    return out;
  }
  if (e.kind != ExprKind::binary || e.args.size() != 2) return std::nullopt;
  const bool turned = numberOf(e.args[0]).has_value();
  const auto number = numberOf(e.args[turned ? 0 : 1]);
  if (!number) return std::nullopt;
  out.subject = &e.args[turned ? 1 : 0];
  const Op op = turned ? mirrored(e.op) : e.op;
  if (op == Op::equal || op == Op::less || op == Op::lessEqual) out.high = *number;
  if (op == Op::equal || op == Op::greater || op == Op::greaterEqual) out.low = *number;
  out.withoutHigh = op == Op::less;
  out.withoutLow = op == Op::greater;
  const bool isBound = op == Op::equal || op == Op::less || op == Op::lessEqual ||
                       op == Op::greater || op == Op::greaterEqual;
  return isBound ? std::optional(out) : std::nullopt;
}

// The subject and the values that it may have, one of them or all of a list.
std::optional<std::pair<const Expr*, std::vector<const Expr*>>> valuesOf(const Expr& e) {
  const auto isValue = [](const Expr& x) {
    return x.kind == ExprKind::literal || x.kind == ExprKind::member;
  };
  std::vector<const Expr*> values;
  if (e.kind == ExprKind::binary && e.op == Op::equal && e.args.size() == 2 && isValue(e.args[1])) {
    values.push_back(&e.args[1]);
  } else if (e.kind == ExprKind::inList && !e.negated && e.args.size() > 1) {
    for (size_t i = 1; i < e.args.size(); ++i) {
      if (!isValue(e.args[i])) return std::nullopt;
      values.push_back(&e.args[i]);
    }
  } else {
    return std::nullopt;
  }
  return std::pair(&e.args[0], std::move(values));
}

}  // namespace

bool implies(const Expr& a, const Expr& b,
             const std::function<bool(const Expr&, const Expr&)>& same) {
  if (same(a, b)) return true;
  const auto x = boundsOf(a), y = boundsOf(b);
  if (x && y) return same(*x->subject, *y->subject) && x->within(*y);
  const auto few = valuesOf(a), many = valuesOf(b);
  return few && many && same(*few->first, *many->first) &&
         std::ranges::all_of(few->second, [&](const Expr* one) {
           return std::ranges::any_of(many->second,
                                      [&](const Expr* other) { return same(*one, *other); });
         });
}

}  // namespace cambium::diff
