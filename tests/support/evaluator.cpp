#include "tests/support/evaluator.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace cambium::testing {
namespace {

using ir::Expr;
using ir::ExprKind;
using ir::Op;
using ir::Scalar;
using Kind = Value::Kind;

Int128 power10(unsigned n) {
  Int128 out = 1;
  while (n--) out *= 10;
  return out;
}

// Held to the type of the expression: what does not fit is outside.
Value held(Value v, const ir::Type& type) {
  if (v.kind == Kind::whole && isInteger(type.scalar)) {
    const int bits = type.scalar == Scalar::int16 ? 15 : type.scalar == Scalar::int32 ? 31 : 63;
    const Int128 limit = Int128(1) << bits;
    if (v.number < -limit || v.number >= limit) return Value::outside(asDouble(v));
  }
  if (v.kind == Kind::decimal && type.scalar == Scalar::decimal) {
    const Int128 most = power10(38 - std::min<unsigned>(v.scale, 38));
    const Int128 whole = v.number / power10(v.scale);
    if (whole >= most || whole <= -most) return Value::outside(asDouble(v));
  }
  if (v.kind == Kind::real && !std::isfinite(v.real)) return Value::outside(v.real);
  return v;
}

// Both as what the wider of them is: whole, decimal of one scale, or real.
void unify(Value& a, Value& b) {
  if (a.kind == Kind::real || b.kind == Kind::real) {
    a = Value::ofReal(asDouble(a));
    b = Value::ofReal(asDouble(b));
    return;
  }
  if (a.kind == Kind::decimal || b.kind == Kind::decimal) {
    const unsigned scale = std::max(a.scale, b.scale);
    a = Value::decimal(a.number * power10(scale - a.scale), scale);
    b = Value::decimal(b.number * power10(scale - b.scale), scale);
  }
}

// a / b, to the nearest, half away from zero.
Int128 nearest(Int128 a, Int128 b) {
  const bool negative = (a < 0) != (b < 0);
  const Int128 x = a < 0 ? -a : a, y = b < 0 ? -b : b;
  const Int128 q = x / y + (x % y * 2 >= y ? 1 : 0);
  return negative ? -q : q;
}

// A float that is 0 only because no smaller one can be told from it.
Value orTooSmall(double result, bool nonZero) {
  const bool lost = result == 0 && nonZero;
  return lost ? Value::outside(std::numeric_limits<double>::denorm_min()) : Value::ofReal(result);
}

Value arithmetic(const Expr& e, Value a, Value b) {
  if (e.op == Op::multiply && a.kind != Kind::real && b.kind != Kind::real) {
    Int128 product = 0;
    if (__builtin_mul_overflow(a.number, b.number, &product))
      return Value::outside(asDouble(a) * asDouble(b));
    const unsigned scale = a.scale + b.scale;
    return scale || a.kind == Kind::decimal || b.kind == Kind::decimal
               ? Value::decimal(product, scale)
               : Value::whole(product);
  }
  unify(a, b);
  const bool real = a.kind == Kind::real;
  const auto like = [&](Int128 n) {
    return a.kind == Kind::decimal ? Value::decimal(n, a.scale) : Value::whole(n);
  };
  switch (e.op) {
    case Op::add: return real ? Value::ofReal(a.real + b.real) : like(a.number + b.number);
    case Op::subtract: return real ? Value::ofReal(a.real - b.real) : like(a.number - b.number);
    case Op::multiply: return orTooSmall(a.real * b.real, a.real != 0 && b.real != 0);
    case Op::divide:
      if (real) return b.real == 0 ? Value::null() : orTooSmall(a.real / b.real, a.real != 0);
      if (b.number == 0) return Value::null();
      if (isInteger(e.type.scalar)) return Value::whole(a.number / b.number);
      {
        Int128 dividend = 0;
        if (__builtin_mul_overflow(a.number, power10(e.type.scale), &dividend))
          return Value::outside(asDouble(a) / asDouble(b));
        return Value::decimal(nearest(dividend, b.number), e.type.scale);
      }
    case Op::modulo: return b.number == 0 ? Value::null() : Value::whole(a.number % b.number);
    default: std::abort();
  }
}

bool isComparison(Op op) {
  return op == Op::equal || op == Op::notEqual || op == Op::less || op == Op::lessEqual ||
         op == Op::greater || op == Op::greaterEqual;
}

bool holds(Op op, int order) {
  switch (op) {
    case Op::equal: return order == 0;
    case Op::notEqual: return order != 0;
    case Op::less: return order < 0;
    case Op::lessEqual: return order <= 0;
    case Op::greater: return order > 0;
    case Op::greaterEqual: return order >= 0;
    default: std::abort();
  }
}

Value negated(const Value& v, bool yes) {
  return !yes || v.kind != Kind::boolean ? v : Value::boolean(!v.number);
}

class Evaluator {
public:
  Evaluator(const Properties& properties, Seen* seen) : properties_(properties), seen_(seen) {}

  Value operator()(const Expr& e) const {
    Value v = held(bare(e), e.type);
    if (seen_ && v.kind == Kind::decimal) note(v, e.type);
    return v;
  }

private:
  // At the scale of the type: that many digits are computed, and printed.
  void note(const Value& v, const ir::Type& type) const {
    std::string digits = toString(v);
    std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
    const auto first = std::min(digits.find_first_not_of('0'), digits.size());
    seen_->digits = std::max(seen_->digits, unsigned(digits.size() - first) +
                                                (type.scale > v.scale ? type.scale - v.scale : 0));
    seen_->largest = std::max(seen_->largest, std::fabs(asDouble(v)));
  }

  Value bare(const Expr& e) const {
    switch (e.kind) {
      case ExprKind::literal:
        return e.type.scalar == Scalar::null ? Value::null() : valueOf(e.text, e.type);
      case ExprKind::member: return Value::ofText(e.text);
      case ExprKind::property: return properties_(e.path);
      case ExprKind::value: return properties_({"value"});
      case ExprKind::call: return call(e);
      case ExprKind::unary: return unary(e);
      case ExprKind::binary: return binary(e);
      case ExprKind::isNull: {
        const Value v = (*this)(e.args[0]);
        return v.kind == Kind::outside ? v : Value::boolean(v.isNull() != e.negated);
      }
      case ExprKind::inList: return inList(e);
      case ExprKind::between: {
        const Value v = (*this)(e.args[0]);
        const Value both = conjunction(compared(Op::greaterEqual, v, (*this)(e.args[1])),
                                       compared(Op::lessEqual, v, (*this)(e.args[2])), true);
        return negated(both, e.negated);
      }
      case ExprKind::like: {
        const Value a = (*this)(e.args[0]), b = (*this)(e.args[1]);
        if (a.kind == Kind::outside || b.kind == Kind::outside) return Value::outside(0);
        if (a.isNull() || b.isNull()) return Value::null();
        return Value::boolean(likeMatches(a.text, b.text) != e.negated);
      }
      case ExprKind::caseWhen: return caseWhen(e);
      case ExprKind::list:
      case ExprKind::aggregate:
      case ExprKind::native:
      case ExprKind::error: std::abort();
    }
    std::abort();
  }

  static Value compared(Op op, const Value& a, const Value& b) {
    if (a.kind == Kind::outside || b.kind == Kind::outside) return Value::outside(0);
    if (a.isNull() || b.isNull()) return Value::null();
    return Value::boolean(holds(op, compareValues(a, b)));
  }

  // `and` (all), `or` (not all): unknown unless one side decides.
  static Value conjunction(const Value& a, const Value& b, bool all) {
    if (a.kind == Kind::outside || b.kind == Kind::outside) return Value::outside(0);
    const auto decides = [&](const Value& v) { return !v.isNull() && bool(v.number) != all; };
    if (decides(a) || decides(b)) return Value::boolean(!all);
    return a.isNull() || b.isNull() ? Value::null() : Value::boolean(all);
  }

  Value unary(const Expr& e) const {
    const Value v = (*this)(e.args[0]);
    if (v.kind == Kind::outside) return Value::outside(0);
    if (v.isNull()) return v;
    if (e.op == Op::notOp) return Value::boolean(!v.number);
    if (v.kind == Kind::real) return Value::ofReal(-v.real);
    Value out = v;
    out.number = -out.number;
    return out;
  }

  Value binary(const Expr& e) const {
    const Value a = (*this)(e.args[0]), b = (*this)(e.args[1]);
    if (e.op == Op::andOp || e.op == Op::orOp) return conjunction(a, b, e.op == Op::andOp);
    if (isComparison(e.op)) return compared(e.op, a, b);
    if (a.kind == Kind::outside || b.kind == Kind::outside) return Value::outside(0);
    if (a.isNull() || b.isNull()) return Value::null();
    return arithmetic(e, a, b);
  }

  Value inList(const Expr& e) const {
    const Value v = (*this)(e.args[0]);
    Value found = Value::boolean(false);
    for (size_t i = 1; i < e.args.size(); ++i)
      found = conjunction(found, compared(Op::equal, v, (*this)(e.args[i])), false);
    return negated(found, e.negated);
  }

  Value caseWhen(const Expr& e) const {
    const size_t pairs = (e.args.size() - (e.hasElse ? 1 : 0)) / 2;
    for (size_t i = 0; i < pairs; ++i) {
      const Value condition = (*this)(e.args[2 * i]);
      if (condition.kind == Kind::outside) return condition;
      if (!condition.isNull() && condition.number) return (*this)(e.args[2 * i + 1]);
    }
    return e.hasElse ? (*this)(e.args.back()) : Value::null();
  }

  Value call(const Expr& e) const {
    std::vector<Value> arguments;
    for (const Expr& argument : e.args) arguments.push_back((*this)(argument));
    for (const Value& v : arguments)
      if (v.kind == Kind::outside) return Value::outside(0);
    if (e.function == ir::Function::coalesce) {
      for (const Value& v : arguments)
        if (!v.isNull()) return v;
      return Value::null();
    }
    if (e.function == ir::Function::concat) {
      std::string out;
      for (const Value& v : arguments) out += v.text;
      return Value::ofText(out);
    }
    if (e.function == ir::Function::nullif) {
      const Value same = compared(Op::equal, arguments[0], arguments[1]);
      return !same.isNull() && same.number ? Value::null() : arguments[0];
    }
    for (const Value& v : arguments)
      if (v.isNull()) return v;
    return evaluateCall(e, arguments);
  }

  const Properties& properties_;
  Seen* seen_;
};

}  // namespace

Value Value::boolean(bool b) {
  Value v;
  v.kind = Kind::boolean;
  v.number = b;
  return v;
}
Value Value::whole(Int128 n) {
  Value v;
  v.kind = Kind::whole;
  v.number = n;
  return v;
}
Value Value::decimal(Int128 n, unsigned scale) {
  Value v;
  v.kind = Kind::decimal;
  v.number = n;
  v.scale = scale;
  return v;
}
Value Value::ofReal(double r) {
  Value v;
  v.kind = Kind::real;
  v.real = r;
  return v;
}
Value Value::ofText(std::string t) {
  Value v;
  v.kind = Kind::text;
  v.text = std::move(t);
  return v;
}
Value Value::outside(double about) {
  Value v;
  v.kind = Kind::outside;
  v.real = about;
  return v;
}

double asDouble(const Value& v) {
  if (v.kind == Kind::real || v.kind == Kind::outside) return v.real;
  if (v.kind != Kind::decimal) return double(v.number);
  return std::strtod(toString(v).c_str(), nullptr);
}

std::string toString(const Value& v) {
  switch (v.kind) {
    case Kind::null: return "null";
    case Kind::boolean: return v.number ? "true" : "false";
    case Kind::whole:
    case Kind::decimal: {
      Int128 n = v.number < 0 ? -v.number : v.number;
      std::string digits;
      do {
        digits += char('0' + int(n % 10));
        n /= 10;
      } while (n);
      while (digits.size() <= v.scale) digits += '0';
      std::reverse(digits.begin(), digits.end());
      if (v.scale) digits.insert(digits.size() - v.scale, ".");
      return (v.number < 0 ? "-" : "") + digits;
    }
    case Kind::real: return fmt::format("{}", v.real);
    case Kind::text:
    case Kind::bytes: return v.text;
    case Kind::outside: return fmt::format("outside of the type (about {})", v.real);
  }
  return {};
}

Value valueOf(const std::string& text, const ir::Type& type) {
  switch (type.scalar) {
    case Scalar::boolean: return Value::boolean(text == "true");
    case Scalar::int16:
    case Scalar::int32:
    case Scalar::int64: return Value::whole(std::strtoll(text.c_str(), nullptr, 10));
    case Scalar::float32:
    case Scalar::float64: return Value::ofReal(std::strtod(text.c_str(), nullptr));
    case Scalar::decimal: {
      Int128 n = 0;
      unsigned scale = 0;
      bool behind = false;
      for (const char c : text) {
        if (c == '.') behind = true;
        if (c < '0' || c > '9') continue;
        n = n * 10 + (c - '0');
        scale += behind;
      }
      if (text.starts_with('-')) n = -n;
      // A literal in arithmetic has the digits that it is written with, a value those of its type.
      return scale < type.scale ? Value::decimal(n * power10(type.scale - scale), type.scale)
                                : Value::decimal(n, scale);
    }
    case Scalar::bytes: {
      Value v = Value::ofText(text);
      v.kind = Kind::bytes;
      return v;
    }
    default: return Value::ofText(text);
  }
}

int compareValues(const Value& left, const Value& right) {
  Value a = left, b = right;
  if (a.kind == Kind::text || a.kind == Kind::bytes) {
    const int order = a.text.compare(b.text);  // UTF-8 keeps the order of code points
    return order < 0 ? -1 : order > 0;
  }
  unify(a, b);
  if (a.kind == Kind::real) return a.real < b.real ? -1 : a.real > b.real;
  return a.number < b.number ? -1 : a.number > b.number;
}

Value rounded(const Value& v, unsigned digits) {
  if (v.kind == Kind::whole) return v;
  if (v.kind == Kind::decimal) {
    if (v.scale <= digits) return v;
    return Value::decimal(nearest(v.number, power10(v.scale - digits)), digits);
  }
  if (std::fabs(v.real) >= 4503599627370496.0) return v;
  const double factor = std::pow(10.0, digits);
  if (!std::isfinite(v.real * factor)) return v;
  return Value::ofReal(std::round(v.real * factor) / factor);
}

Value evaluate(const ir::Expr& e, const Properties& properties, Seen* seen) {
  return Evaluator(properties, seen)(e);
}

}  // namespace cambium::testing
