// sema/expr_operators.cpp: operators and the types they take.
#include <algorithm>

#include "compiler/sema/expr_checker.h"
#include "compiler/sema/literals.h"

namespace cambium::sema {

using ir::ExprKind;
using ir::Scalar;
using SK = syntax::ExprKind;
using SOp = syntax::Op;

std::string_view spelled(SOp op) {
  switch (op) {
    case SOp::none: return "";
    case SOp::orOp: return "or";
    case SOp::andOp: return "and";
    case SOp::notOp: return "not";
    case SOp::equal: return "==";
    case SOp::notEqual: return "!=";
    case SOp::less: return "<";
    case SOp::lessEqual: return "<=";
    case SOp::greater: return ">";
    case SOp::greaterEqual: return ">=";
    case SOp::isOp: return "is";
    case SOp::like: return "like";
    case SOp::add: return "+";
    case SOp::subtract: return "-";
    case SOp::multiply: return "*";
    case SOp::divide: return "/";
    case SOp::modulo: return "%";
    case SOp::negate: return "-";
  }
  return "";
}

namespace {

ir::Op irOp(SOp op) {
  switch (op) {
    case SOp::orOp: return ir::Op::orOp;
    case SOp::andOp: return ir::Op::andOp;
    case SOp::notOp: return ir::Op::notOp;
    case SOp::equal: return ir::Op::equal;
    case SOp::notEqual: return ir::Op::notEqual;
    case SOp::less: return ir::Op::less;
    case SOp::lessEqual: return ir::Op::lessEqual;
    case SOp::greater: return ir::Op::greater;
    case SOp::greaterEqual: return ir::Op::greaterEqual;
    case SOp::add: return ir::Op::add;
    case SOp::subtract: return ir::Op::subtract;
    case SOp::multiply: return ir::Op::multiply;
    case SOp::divide: return ir::Op::divide;
    case SOp::modulo: return ir::Op::modulo;
    case SOp::negate: return ir::Op::negate;
    case SOp::none:
    case SOp::isOp:
    case SOp::like: return ir::Op::none;
  }
  return ir::Op::none;
}

bool isTemporal(Scalar s) {
  return s == Scalar::date || s == Scalar::time || s == Scalar::timestamp ||
         s == Scalar::datetime || s == Scalar::duration;
}

// Behind the point: a literal has those that it is written with, whatever type it follows.
int digitsOf(const ir::Expr& e) {
  if (e.kind != ExprKind::literal) return e.type.scale;
  const auto point = e.text.find('.');
  return point == std::string::npos ? 0 : int(e.text.size() - point - 1);
}

bool isZero(const ir::Expr& e) {
  return e.kind == ExprKind::literal && ir::isNumeric(e.type.scalar) && e.text == "0";
}

}  // namespace

bool Checker::truth(const ir::Expr& e) {
  if (isError(e)) return true;
  if (e.type.scalar == Scalar::boolean && !e.type.list) return true;
  auto& d = c_.add(report<Code::EXP010>(e.span, typeText(e.type)));
  if (e.type.scalar == Scalar::null)
    d.help(
        "`is not null` follows what it is about; a property is required unless its type ends in "
        "`?`");
  return false;
}

ir::Expr Checker::unary(const Syntax& e, const ir::Type* want, Adapt adapt) {
  if (e.args.empty()) return poison(e.span);
  if (e.op == SOp::notOp) {
    auto inner = condition(e.args[0]);
    if (isError(inner) || !truth(inner)) return poison(e.span);
    auto out = make(ExprKind::unary, plain(Scalar::boolean, inner.type.optional), e.span);
    out.op = ir::Op::notOp;
    out.args.push_back(std::move(inner));
    return out;
  }
  const Syntax& operand = tree_[e.args[0]];
  if (operand.kind == SK::number) {  // a negative literal is one literal: -32768 is an int16
    Syntax whole = operand;
    whole.span = e.span;
    return number(whole, true, want, adapt);
  }
  auto inner = check(e.args[0], want, Adapt::soft);
  if (isError(inner)) return poison(e.span);
  if (!ir::isNumeric(inner.type.scalar) || inner.type.list) {
    c_.add(
        report<Code::EXP001>(e.opSpan ? e.opSpan : e.span, "-", "`" + typeText(inner.type) + "`"));
    return poison(e.span);
  }
  auto out = make(ExprKind::unary, inner.type, e.span);
  out.op = ir::Op::negate;
  out.args.push_back(std::move(inner));
  return out;
}

ir::Expr Checker::binary(const Syntax& e, const ir::Type* want, Adapt adapt) {
  if (e.args.size() != 2 && e.op != SOp::isOp) return poison(e.span);
  switch (e.op) {
    case SOp::orOp:
    case SOp::andOp: return logic(e);
    case SOp::equal:
    case SOp::notEqual:
    case SOp::less:
    case SOp::lessEqual:
    case SOp::greater:
    case SOp::greaterEqual: return comparison(e);
    case SOp::isOp: return isNull(e);
    case SOp::like: return like(e);
    case SOp::add:
    case SOp::subtract:
    case SOp::multiply:
    case SOp::divide:
    case SOp::modulo: return arithmetic(e, want, adapt);
    case SOp::none:
    case SOp::notOp:
    case SOp::negate: break;
  }
  return poison(e.span);
}

ir::Expr Checker::logic(const Syntax& e) {
  auto a = condition(e.args[0]);
  auto b = condition(e.args[1]);
  const bool left = truth(a), right = truth(b);  // both are told of
  if (!left || !right || isError(a) || isError(b)) return poison(e.span);
  auto out = make(ExprKind::binary, plain(Scalar::boolean), e.span);
  out.op = irOp(e.op);
  out.type.optional = optionalLogic(out.op, a, b);
  out.args = operands(std::move(a), std::move(b));
  return out;
}

// Both sides, the one that knows its type first: the other may be a literal or a member that
// follows it.
void Checker::pair(syntax::ExprId a, syntax::ExprId b, Adapt adapt, const ir::Type* want,
                   ir::Expr& left, ir::Expr& right) {
  const bool first = anchored(a);
  const bool rightFirst = !first && anchored(b);
  auto& one = rightFirst ? right : left;
  auto& two = rightFirst ? left : right;
  // Two literals have only what is wanted of them to follow.
  one = check(rightFirst ? b : a, first || rightFirst ? nullptr : want, adapt);
  ir::Type hint = one.type;
  hint.optional = false;
  const bool known = hint.scalar != Scalar::error && hint.scalar != Scalar::null && !hint.list;
  if (one.type.scalar == Scalar::error &&
      !anchored(rightFirst ? a : b)) {  // nothing to follow: the cause is told
    two = poison(tree_[rightFirst ? a : b].span);
    return;
  }
  two = check(rightFirst ? a : b, known ? &hint : nullptr, adapt);
  if (!isError(left) && !isError(right)) {
    if (refuseAmbiguous(a, right.type))
      left = poison(left.span);
    else if (refuseAmbiguous(b, left.type))
      right = poison(right.span);
  }
}

// A bare word that was read as a property beside an enum that has a member of that name.
bool Checker::refuseAmbiguous(syntax::ExprId id, const ir::Type& other) {
  const Syntax& e = tree_[id];
  if (e.kind != SK::name || other.scalar != Scalar::enumeration || !findProperty(e.text))
    return false;
  const auto& en = enumOf(other.enumeration);
  if (std::ranges::find(en.values, e.text, &ir::EnumValue::name) == en.values.end()) return false;
  c_.add(report<Code::EXP004>(e.span, e.text, en.name, s_.entityName))
      .help("for the member write `" + en.name + "." + std::string(e.text) + "`")
      .fix({"write the member in full",
            FixSafety::review,
            {{e.span, en.name + "." + std::string(e.text)}}});
  return true;
}

bool Checker::comparable(const ir::Expr& a, const ir::Expr& b, bool ordered, const Syntax& e,
                         std::string_view op) {
  const Span at = e.opSpan ? e.opSpan : e.span;
  if (a.type.scalar == Scalar::null || b.type.scalar == Scalar::null) {
    const auto& null = a.type.scalar == Scalar::null ? a : b;
    auto& d = c_.add(report<Code::EXP003>(null.span));
    const bool equality = e.op == SOp::equal || e.op == SOp::notEqual;
    if (equality && null.span == b.span && e.opSpan) {
      const std::string mended = e.op == SOp::equal ? "is null" : "is not null";
      d.help("write `" + mended + "`")
          .fix({"write `" + mended + "`", FixSafety::safe, {{join(e.opSpan, b.span), mended}}});
    } else if (equality && null.span == a.span && e.opSpan) {
      const std::string mended =
          std::string(c_.sources.text(b.span)) + (e.op == SOp::equal ? " is null" : " is not null");
      d.help("write `" + mended + "`")
          .fix({"write `" + mended + "`", FixSafety::safe, {{join(a.span, b.span), mended}}});
    } else {
      d.help("test for null with `is null`");
    }
    return false;
  }
  const auto type = common(a.type, b.type);
  if (!type) {
    ir::Type x = a.type, y = b.type;
    x.optional = y.optional = false;
    auto& d = c_.add(report<Code::EXP002>(at, typeText(x), typeText(y)));
    d.label(a.span, "`" + typeText(x) + "`").label(b.span, "`" + typeText(y) + "`");
    const bool literalText = (a.kind == ExprKind::literal && ir::isTextual(x.scalar)) ||
                             (b.kind == ExprKind::literal && ir::isTextual(y.scalar));
    if (literalText)
      sayNearMiss(d, a.kind == ExprKind::literal ? a : b, a.kind == ExprKind::literal ? y : x);
    else if (ir::isTextual(x.scalar) || ir::isTextual(y.scalar))
      d.help("convert one of them with `to_string(…)`");
    else if (ir::isNumeric(x.scalar) && ir::isNumeric(y.scalar))
      d.help("convert one of them with `to_decimal(…)` or `to_float64(…)`");
    return false;
  }
  const Scalar s = type->scalar;
  const bool refused =
      type->list || s == Scalar::json ||
      (ordered && (s == Scalar::boolean || s == Scalar::enumeration || s == Scalar::bytes ||
                   (s == Scalar::duration && s_.use != Use::pause)));
  if (!refused) return true;
  ir::Type shown = *type;
  shown.optional = false;
  c_.add(report<Code::EXP001>(at, op, "`" + typeText(shown) + "`"));
  return false;
}

ir::Expr Checker::comparison(const Syntax& e) {
  ir::Expr a, b;
  pair(e.args[0], e.args[1], Adapt::compare, nullptr, a, b);
  if (isError(a) || isError(b)) return poison(e.span);
  const bool ordered = e.op != SOp::equal && e.op != SOp::notEqual;
  if (!comparable(a, b, ordered, e, spelled(e.op))) return poison(e.span);
  auto out =
      make(ExprKind::binary, plain(Scalar::boolean, a.type.optional || b.type.optional), e.span);
  out.op = irOp(e.op);
  out.args = operands(std::move(a), std::move(b));
  return out;
}

// `due + 1`: the function that is meant, over what is written.
std::string Checker::temporalHelp(const Syntax& e, const ir::Type& a, const ir::Type& b) const {
  const bool adds = e.op == SOp::add, subtracts = e.op == SOp::subtract;
  const auto date = [](const ir::Type& t) { return t.scalar == Scalar::date && !t.list; };
  const auto moment = [](const ir::Type& t) {
    return (t.scalar == Scalar::timestamp || t.scalar == Scalar::datetime) && !t.list;
  };
  const std::string left(c_.sources.text(tree_[e.args[0]].span));
  const std::string right(c_.sources.text(tree_[e.args[1]].span));
  const bool whole = tree_[e.args[1]].kind == syntax::ExprKind::number || right.starts_with('(');
  const std::string other = adds ? right : whole ? "-" + right : "-(" + right + ")";
  if ((adds || subtracts) && isInteger(b.scalar) && date(a))
    return fmt::format("write `add_days({}, {})`; months are added by `add_months`", left, other);
  if (adds && isInteger(a.scalar) && date(b))
    return fmt::format("write `add_days({}, {})`; months are added by `add_months`", right, left);
  if ((adds || subtracts) && isInteger(b.scalar) && moment(a))
    return fmt::format("write `add_seconds({}, {})`, or `add_days`, or `add_months`", left, other);
  if (subtracts && date(a) && date(b))
    return fmt::format("the days between two dates are `days_between({}, {})`", right, left);
  if (subtracts && moment(a) && moment(b))
    return fmt::format("the time between two is `seconds_between({}, {})`", right, left);
  return "dates and times are moved by `add_days`, `add_months` and `add_seconds`, and compared by "
         "`days_between` and `seconds_between`";
}

ir::Expr Checker::arithmetic(const Syntax& e, const ir::Type* want, Adapt) {
  const ir::Type* hint = want && ir::isNumeric(want->scalar) && !want->list ? want : nullptr;
  ir::Expr a, b;
  pair(e.args[0], e.args[1], Adapt::soft, hint, a, b);
  if (isError(a) || isError(b)) return poison(e.span);
  const Span at = e.opSpan ? e.opSpan : e.span;
  const auto refuse = [&](std::string help) {
    ir::Type x = a.type, y = b.type;
    x.optional = y.optional = false;
    auto& d = c_.add(
        report<Code::EXP001>(at, spelled(e.op), "`" + typeText(x) + "` and `" + typeText(y) + "`"));
    if (!help.empty()) d.help(std::move(help));
    return poison(e.span);
  };
  const auto numeric = [](const ir::Type& t) { return ir::isNumeric(t.scalar) && !t.list; };
  if (!numeric(a.type) || !numeric(b.type)) {
    if (e.op == SOp::add && ir::isTextual(a.type.scalar) && ir::isTextual(b.type.scalar))
      return refuse("texts are joined with `concat(a, b)`");
    if (isTemporal(a.type.scalar) || isTemporal(b.type.scalar))
      return refuse(temporalHelp(e, a.type, b.type));
    return refuse("");
  }
  auto type = common(a.type, b.type);
  if (!type) return refuse("convert one of them: `to_decimal(…)` or `to_float64(…)`");
  const bool divides = e.op == SOp::divide || e.op == SOp::modulo;
  if (divides && isZero(b)) {
    c_.add(report<Code::EXP014>(b.span));
    return poison(e.span);
  }
  if (e.op == SOp::modulo && !isInteger(type->scalar)) return refuse("`%` is for whole numbers");
  if (type->scalar == Scalar::decimal) {
    type->precision = 38;
    if (e.op == SOp::multiply) type->scale = uint16_t(std::min(38, digitsOf(a) + digitsOf(b)));
    if (e.op == SOp::divide)
      type->scale = std::max<uint16_t>(6, std::max(a.type.scale, b.type.scale));
  }
  auto out = make(ExprKind::binary, *type, e.span);
  out.op = irOp(e.op);
  out.args = operands(std::move(a), std::move(b));
  return out;
}

ir::Expr Checker::isNull(const Syntax& e) {
  if (e.args.empty()) return poison(e.span);
  const Syntax& right = e.args.size() > 1 ? tree_[e.args[1]] : e;
  if (e.args.size() > 1 && right.kind != SK::nullLiteral) {
    if (right.kind != SK::error)
      c_.add(report<Code::EXP013>(right.span, "anything but `null`"))
          .help("`is` tests for null; for equality write `==`");
    return poison(e.span);
  }
  nullTest_ = true;
  auto inner = check(e.args[0], nullptr, Adapt::soft);
  nullTest_ = false;
  if (isError(inner)) return poison(e.span);
  auto out = make(ExprKind::isNull, plain(Scalar::boolean), e.span);
  out.negated = e.negated;
  out.args.push_back(std::move(inner));
  return out;
}

ir::Expr Checker::inList(const Syntax& e) {
  if (e.args.empty()) return poison(e.span);
  auto out = make(ExprKind::inList, plain(Scalar::boolean), e.span);
  out.negated = e.negated;
  auto subject = check(e.args[0], nullptr, Adapt::soft);
  const bool known = !isError(subject);
  ir::Type hint = subject.type;
  hint.optional = false;
  bool bad = !known, optional = subject.type.optional;
  out.args.push_back(std::move(subject));
  syntax::ExprIds items(e.args.begin() + 1, e.args.end());
  if (items.size() == 1 && (tree_[items[0]].kind == SK::tuple || tree_[items[0]].kind == SK::list))
    items = tree_[items[0]].args;
  for (const auto id : items) {
    if (!known && !anchored(id)) continue;
    auto item = check(id, known ? &hint : nullptr, Adapt::compare);
    if (isError(item) || (known && !comparable(out.args[0], item, false, e, "in"))) bad = true;
    if (known && !bad && refuseAmbiguous(id, out.args[0].type)) bad = true;
    optional = optional || item.type.optional;
    out.args.push_back(std::move(item));
  }
  if (bad) return poison(e.span);
  out.type.optional = optional;
  return out;
}

ir::Expr Checker::between(const Syntax& e) {
  if (e.args.size() != 3) return poison(e.span);
  auto subject = check(e.args[0], nullptr, Adapt::soft);
  if (isError(subject)) return poison(e.span);
  ir::Type hint = subject.type;
  hint.optional = false;
  auto low = check(e.args[1], &hint, Adapt::compare);
  auto high = check(e.args[2], &hint, Adapt::compare);
  if (isError(low) || isError(high)) return poison(e.span);
  if (!comparable(subject, low, true, e, "between") ||
      !comparable(subject, high, true, e, "between"))
    return poison(e.span);
  auto out = make(ExprKind::between, plain(Scalar::boolean), e.span);
  out.negated = e.negated;
  out.type.optional = subject.type.optional || low.type.optional || high.type.optional;
  out.args = operands(std::move(subject), std::move(low), std::move(high));
  return out;
}

ir::Expr Checker::like(const Syntax& e) {
  auto a = check(e.args[0], nullptr, Adapt::soft);
  auto b = check(e.args[1], nullptr, Adapt::soft);
  if (isError(a) || isError(b)) return poison(e.span);
  const auto textual = [](const ir::Type& t) { return ir::isTextual(t.scalar) && !t.list; };
  if (!textual(a.type) || !textual(b.type)) {
    c_.add(report<Code::EXP001>(e.opSpan ? e.opSpan : e.span, "like",
                                "`" + typeText(a.type) + "` and `" + typeText(b.type) + "`"));
    return poison(e.span);
  }
  auto out =
      make(ExprKind::like, plain(Scalar::boolean, a.type.optional || b.type.optional), e.span);
  out.negated = e.negated;
  out.args = operands(std::move(a), std::move(b));
  return out;
}

}  // namespace cambium::sema
