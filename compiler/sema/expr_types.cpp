// sema/expr_types.cpp: which types go together, and what may become what.
#include <algorithm>

#include "compiler/sema/expr_checker.h"

namespace cambium::sema {

using ir::ExprKind;
using ir::Scalar;

namespace {

// Calls that say how a value is to be cut: what they give is held to the target by the database.
bool isCut(const ir::Expr& e) {
  if (e.kind != ExprKind::call) return false;
  switch (e.function) {
    case ir::Function::round:
    case ir::Function::toInt64:
    case ir::Function::toDecimal:
    case ir::Function::toFloat64: return true;
    default: return false;
  }
}

ir::Type commonText(const ir::Type& a, const ir::Type& b) {
  const bool strings = a.scalar == Scalar::string && b.scalar == Scalar::string;
  ir::Type out = plain(strings ? Scalar::string : Scalar::text);
  if (strings && a.length && b.length) out.length = std::max(a.length, b.length);
  return out;
}

// Nothing for a decimal and a float: one of them would lose what it is for.
std::optional<ir::Type> commonNumber(const ir::Type& a, const ir::Type& b) {
  const bool integers = isInteger(a.scalar) && isInteger(b.scalar);
  if (integers || (isFloat(a.scalar) && isFloat(b.scalar)))
    return plain(std::max(a.scalar, b.scalar));
  const bool exact = a.scalar == Scalar::decimal || b.scalar == Scalar::decimal;
  if (isFloat(a.scalar) || isFloat(b.scalar))
    return exact ? std::nullopt : std::optional(plain(Scalar::float64));
  const auto digits = [](const ir::Type& t) {
    return t.scalar == Scalar::decimal ? t.precision - t.scale
           : t.scalar == Scalar::int16 ? 5
           : t.scalar == Scalar::int32 ? 10
                                       : 19;
  };
  ir::Type out = plain(Scalar::decimal);
  out.scale = std::max(a.scale, b.scale);
  out.precision = uint16_t(std::min(38, std::max(digits(a), digits(b)) + out.scale));
  return out;
}

}  // namespace

const ir::Enum& Checker::enumOf(ir::EnumId id) const {
  static const ir::Enum kNone;
  if (id.index() < c_.model.enums.size()) return c_.model[id];
  if (s_.allEnums)
    for (const auto* foreign : *s_.allEnums)
      if (id.index() >= foreign->base && id.index() - foreign->base < foreign->model->enums.size())
        return (*foreign->model)[ir::EnumId(id.index() - foreign->base)];
  return kNone;
}

bool Checker::sameEnum(ir::EnumId a, ir::EnumId b) const {
  if (a == b) return true;
  const auto main = [&](ir::EnumId id) {
    if (id.index() < c_.model.enums.size() || !s_.allEnums) return id;
    for (const auto* foreign : *s_.allEnums)
      if (id.index() >= foreign->base && id.index() - foreign->base < foreign->main.size()) {
        const auto own = foreign->main[id.index() - foreign->base];
        return own ? own : id;
      }
    return id;
  };
  return main(a) == main(b) || enumOf(a).name == enumOf(b).name;
}

std::string Checker::typeText(const ir::Type& t) const {
  if (t.scalar != Scalar::enumeration) return ir::toString(t, c_.model);
  return enumOf(t.enumeration).name + (t.list ? "[]" : "") + (t.optional ? "?" : "");
}

std::optional<ir::Type> Checker::common(const ir::Type& a, const ir::Type& b) const {
  std::optional<ir::Type> out = a.scalar == Scalar::null ? b : a;
  if (a.scalar != Scalar::null && b.scalar != Scalar::null) {
    if (a.list != b.list) return std::nullopt;
    if (ir::isTextual(a.scalar) && ir::isTextual(b.scalar))
      out = commonText(a, b);
    else if (ir::isNumeric(a.scalar) && ir::isNumeric(b.scalar))
      out = commonNumber(a, b);
    else if (a.scalar != b.scalar ||
             (a.scalar == Scalar::enumeration && !sameEnum(a.enumeration, b.enumeration)))
      return std::nullopt;
    else if (a.scalar == Scalar::bytes)
      out->length = a.length && b.length ? std::max(a.length, b.length) : 0;
    if (!out) return std::nullopt;
  }
  out->alias = {};
  out->list = a.scalar == Scalar::null ? b.list : a.list;
  out->optional = a.optional || b.optional;
  return out;
}

bool Checker::fits(const ir::Expr& e, const ir::Type& target) const {
  const ir::Type& t = e.type;
  if (t.scalar == Scalar::null) return true;
  // An empty list is a list of anything.
  if (t.list && target.list && e.kind == ExprKind::list && e.args.empty()) return true;
  if (t.list != target.list) return false;
  if (ir::isTextual(t.scalar) && ir::isTextual(target.scalar)) return true;
  if (t.scalar == Scalar::enumeration)
    return target.scalar == Scalar::enumeration && sameEnum(t.enumeration, target.enumeration);
  if (!ir::isNumeric(t.scalar) || !ir::isNumeric(target.scalar)) return t.scalar == target.scalar;
  if (isInteger(target.scalar))
    return isInteger(t.scalar) && (t.scalar <= target.scalar || isCut(e));
  if (isFloat(target.scalar)) {
    if (isInteger(t.scalar) || isCut(e)) return true;
    return isFloat(t.scalar) && t.scalar <= target.scalar;
  }
  if (isFloat(t.scalar)) return false;
  if (isCut(e)) return true;
  // What arithmetic gives is held to the digits by the database; a property must fit as a whole.
  if (t.scalar == Scalar::decimal) {
    if (t.scale > target.scale) return false;
    return e.kind != ExprKind::property || t.precision - t.scale <= target.precision - target.scale;
  }
  return true;
}

std::string Checker::fixForNull(const ir::Expr& e, const ir::Type& target) const {
  std::string zero;
  if (target.list)
    zero = "[]";
  else if (ir::isTextual(target.scalar))
    zero = "\"\"";
  else if (ir::isNumeric(target.scalar))
    zero = "0";
  else if (target.scalar == Scalar::boolean)
    zero = "false";
  if (zero.empty() || !e.span) return {};
  return "coalesce(" + std::string(c_.sources.text(e.span)) + ", " + zero + ")";
}

// A literal of another type that says what was meant: "1" for a number, 1 for a truth value.
void Checker::sayNearMiss(Diagnostic& d, const ir::Expr& e, const ir::Type& target) const {
  const auto write = [&](const std::string& mended, const std::string& help) {
    d.help(help + ": `" + mended + "`")
        .fix({"write `" + mended + "`", FixSafety::review, {{e.span, mended}}});
  };
  const bool text = ir::isTextual(e.type.scalar);
  if (text && ir::isNumeric(target.scalar)) {
    const bool number = !e.text.empty() &&
                        e.text.find_first_not_of("0123456789.") == std::string::npos &&
                        e.text.front() != '.' && e.text.back() != '.';
    if (number && std::ranges::count(e.text, '.') <= (isInteger(target.scalar) ? 0 : 1))
      write(e.text, "a number stands without quotes");
    else
      d.help("a number stands without quotes");
  } else if (text && target.scalar == Scalar::boolean) {
    if (e.text == "true" || e.text == "false")
      write(e.text, "a truth value stands without quotes");
    else
      d.help("a truth value is `true` or `false`");
  } else if (text && target.scalar == Scalar::json) {
    d.help("JSON is written as it is, without quotes: `{ \"a\": 1 }`");
  } else if (ir::isNumeric(e.type.scalar) && target.scalar == Scalar::boolean) {
    if (e.text == "0" || e.text == "1")
      write(e.text == "1" ? "true" : "false", "a truth value is `true` or `false`");
    else
      d.help("a truth value is `true` or `false`");
  } else if (ir::isTextual(target.scalar) && ir::isNumeric(e.type.scalar)) {
    write("\"" + std::string(c_.sources.text(e.span)) + "\"", "a text stands in quotes");
  }
}

void Checker::assign(const ir::Expr& e, const ir::Type& target, std::string_view what) {
  if (isError(e) || target.scalar == Scalar::error) return;
  if (!fits(e, target)) {
    ir::Type given = e.type, wanted = target;
    given.optional = wanted.optional = false;
    auto& d = c_.add(report<Code::TYP001>(e.span, what, typeText(given), typeText(wanted)));
    if (target.list && !e.type.list && e.kind == ExprKind::literal) {
      d.help("a list stands in brackets: `[" + std::string(c_.sources.text(e.span)) + "]`")
          .fix({"write brackets",
                FixSafety::review,
                {{e.span, "[" + std::string(c_.sources.text(e.span)) + "]"}}});
      return;
    }
    if (target.list || e.type.list) return;
    if (e.kind == ExprKind::literal) return sayNearMiss(d, e, target);
    if (target.scalar == Scalar::date && given.scalar == Scalar::timestamp) {
      d.help("the day is `today()`");
      if (e.kind == ExprKind::call && e.function == ir::Function::now)
        d.fix({"write `today()`", FixSafety::review, {{e.span, "today()"}}});
      return;
    }
    if (ir::isTextual(target.scalar))
      d.help("convert it with `to_string(…)`");
    else if (target.scalar == Scalar::decimal && given.scalar == Scalar::decimal)
      d.help("round it: `round(…, " + std::to_string(target.scale) + ")`");
    else if (isInteger(target.scalar) && isInteger(given.scalar))
      d.help("it may be too large for that: make the type `" + typeText(given) + "`");
    else if (isInteger(target.scalar))
      d.help("convert it with `to_int64(…)`");
    else if (target.scalar == Scalar::decimal)
      d.help("convert it with `to_decimal(…)`");
    else if (target.scalar == Scalar::float64 || target.scalar == Scalar::float32)
      d.help("convert it with `to_float64(…)`");
    else if (target.scalar == Scalar::boolean)
      d.help("convert it with `to_bool(…)`");
    return;
  }
  if (!e.type.optional || target.optional) return;
  auto& d = c_.add(report<Code::TYP002>(e.span, what));
  const auto mended = e.type.scalar == Scalar::null ? std::string() : fixForNull(e, target);
  if (mended.empty()) {
    d.help("make the property optional, or give a value");
    return;
  }
  d.help("say what stands for null: `" + mended + "`")
      .fix({"use `coalesce`", FixSafety::review, {{e.span, mended}}});
}

}  // namespace cambium::sema
