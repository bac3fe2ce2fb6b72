// sema/expr_literals.cpp: literals, which take the type that their place asks for.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "compiler/sema/expr_checker.h"
#include "compiler/sema/literals.h"

namespace cambium::sema {

using ir::ExprKind;
using ir::Scalar;
using SK = syntax::ExprKind;

ir::Expr Checker::number(const Syntax& e, bool negative, const ir::Type* want, Adapt adapt) {
  Number n = parseNumber(e.text);
  n.negative = negative;
  const auto literal = [&](ir::Type type) {
    type.optional = type.list = false;
    type.alias = {};
    auto out = make(ExprKind::literal, type, e.span);
    out.text = n.text();
    return out;
  };
  // The shortest text that gives the same number back.
  const auto floating = [&](ir::Expr literal) {
    double value = 0;
    const char* const end = literal.text.data() + literal.text.size();
    const bool read = std::from_chars(literal.text.data(), end, value).ec == std::errc{};
    const bool narrow = literal.type.scalar == Scalar::float32;
    if (!read || !std::isfinite(narrow ? double(float(value)) : value)) {
      c_.add(report<Code::TYP006>(e.span, n.text(), typeText(plain(literal.type.scalar))));
      return poison(e.span);
    }
    char shortest[32];
    literal.text.assign(shortest, std::to_chars(shortest, shortest + sizeof shortest, value).ptr);
    return literal;
  };
  if (want && !want->list) {
    if (isInteger(want->scalar) && isWhole(n)) {
      if (fitsInteger(n, want->scalar)) return literal(*want);
      if (adapt != Adapt::soft) {
        c_.add(report<Code::TYP006>(e.span, n.text(), typeText(plain(want->scalar))));
        return poison(e.span);
      }
    } else if (want->scalar == Scalar::decimal && n.exponent.empty()) {
      if (fitsDecimal(n, want->precision, want->scale)) return literal(*want);
      if (adapt == Adapt::strict) {
        ir::Type shown = *want;
        shown.optional = false;
        c_.add(report<Code::TYP008>(e.span, n.text(), typeText(shown)));
        return poison(e.span);
      }
    } else if (want->scalar == Scalar::float32 || want->scalar == Scalar::float64) {
      return floating(literal(*want));
    }
  }
  if (!n.exponent.empty()) return floating(literal(plain(Scalar::float64)));
  if (isWhole(n) && fitsInteger(n, Scalar::int64)) return literal(plain(Scalar::int64));
  ir::Type decimal = plain(Scalar::decimal);
  const size_t whole = n.integer == "0" ? 0 : n.integer.size();
  if (whole + n.fraction.size() > 38) {
    c_.add(report<Code::TYP006>(
        e.span, n.text(),
        "decimal(38, " + std::to_string(std::min<size_t>(n.fraction.size(), 38)) + ")"));
    return poison(e.span);
  }
  decimal.scale = uint16_t(n.fraction.size());
  decimal.precision = uint16_t(std::max<size_t>(1, whole + n.fraction.size()));
  return literal(decimal);
}

ir::Expr Checker::string(const Syntax& e, const ir::Type* want, Adapt adapt) {
  auto out = make(ExprKind::literal, plain(Scalar::text), e.span);
  if (e.kind == SK::duration) {
    if (!durationMilliseconds(e.text)) {
      c_.add(report<Code::TYP006>(e.span, e.text, "duration"));
      return poison(e.span);
    }
    out.type = plain(Scalar::duration);
    out.text = canonicalDuration(e.text);
    return out;
  }
  out.text = e.value;
  if (!want || want->list) return out;
  switch (want->scalar) {
    case Scalar::string:
      if (const size_t size = codePoints(e.value);
          adapt == Adapt::strict && want->length && size > want->length) {
        ir::Type shown = *want;
        shown.optional = false;
        c_.add(report<Code::TYP007>(e.span, size, want->length, typeText(shown)));
        return poison(e.span);
      }
      [[fallthrough]];
    case Scalar::text:
      out.type = plain(want->scalar);
      out.type.length = want->length;
      return out;
    case Scalar::uuid:
    case Scalar::date:
    case Scalar::time:
    case Scalar::timestamp:
    case Scalar::datetime: {
      const auto text = canonicalText(e.value, want->scalar);
      if (!text) {
        c_.add(report<Code::TYP009>(e.span, e.value, typeText(plain(want->scalar))))
            .help("write for example `" + std::string(example(want->scalar)) + "`");
        return poison(e.span);
      }
      out.type = plain(want->scalar);
      out.text = *text;
      return out;
    }
    case Scalar::enumeration: {
      const auto& en = enumOf(want->enumeration);
      auto& d = c_.add(report<Code::TYP001>(e.span, "this", "text", en.name));
      if (std::ranges::find(en.values, e.value, &ir::EnumValue::name) != en.values.end())
        d.help("a member is written without quotes")
            .fix({"write the member", FixSafety::safe, {{e.span, e.value}}});
      return poison(e.span);
    }
    default: return out;
  }
}

}  // namespace cambium::sema
