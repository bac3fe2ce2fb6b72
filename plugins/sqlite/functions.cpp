// SQL of every function of compiler/ir/function.def: the list, conversions and numbers. Conversions
// give NULL, never 0, for text that is no number: a step that validates then counts the rows,
// instead of a wrong value spreading. What each function means is in docs/expressions.md.
#include <fmt/core.h>

#include <charconv>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

using Arguments = std::vector<std::string>;
using ir::Expr;
using ir::ExprKind;
using ir::Scalar;
using ir::Type;

bool isInteger(Scalar s) {
  return s == Scalar::int16 || s == Scalar::int32 || s == Scalar::int64;
}
bool isFloat(Scalar s) {
  return s == Scalar::float32 || s == Scalar::float64;
}

// Of a decimal: whether its whole part is sure to fit into 64 bits.
bool isSmall(const Type& type) {
  return type.scalar == Scalar::decimal && type.precision - type.scale <= 18;
}

// ---- conversions. Conditions over text `t` (one operand).
std::string looksInteger(const std::string& t) {
  // `+ 0` stays an integer only if 64 bits hold it.
  return fmt::format(
      "{0} GLOB '[-+0-9]*' AND {0} GLOB '*[0-9]' AND substr({0}, 2) NOT GLOB '*[^0-9]*' AND "
      "typeof({0} + 0) = 'integer'",
      t);
}
std::string looksDecimal(const std::string& t) {
  return fmt::format(
      "{0} GLOB '[-+.0-9]*' AND {0} GLOB '*[0-9]*' AND substr({0}, 2) NOT GLOB '*[^.0-9]*' AND {0} "
      "NOT GLOB '*.*.*'",
      t);
}

std::string toInt64(const Expr& value, const std::string& sql) {
  const Type& type = value.type;
  if (isInteger(type.scalar) || type.scalar == Scalar::boolean) return operand(sql);
  if (isSmall(type)) return fmt::format("CAST(round({}) AS INTEGER)", sql);
  if (isFloat(type.scalar) || type.scalar == Scalar::decimal)
    return fmt::format(
        "CASE WHEN abs({0}) < 9223372036854775807.0 THEN CAST(round({0}) AS INTEGER) END", sql);
  const std::string t = fmt::format("trim({})", sql);
  return fmt::format("CASE WHEN {} THEN CAST({} AS INTEGER) END", looksInteger(t), t);
}

// decimal(38, 10)
std::string toDecimal(const Expr& value, const std::string& sql) {
  const Type& type = value.type;
  if (isInteger(type.scalar) || type.scalar == Scalar::boolean) return operand(sql);
  if (type.scalar == Scalar::decimal)
    return type.scale <= 10 ? operand(sql) : fmt::format("round({}, 10)", sql);
  if (isFloat(type.scalar))
    return fmt::format("CASE WHEN abs({0}) < 1e28 THEN round({0}, 10) END", sql);
  const std::string t = fmt::format("trim({})", sql);
  return fmt::format("CASE WHEN {} AND abs(CAST({} AS REAL)) < 1e28 THEN round({}, 10) END",
                     looksDecimal(t), t, t);
}

std::string toFloat64(const Expr& value, const std::string& sql) {
  const Type& type = value.type;
  if (isFloat(type.scalar)) return operand(sql);
  if (ir::isNumeric(type.scalar) || type.scalar == Scalar::boolean)
    return fmt::format("CAST({} AS REAL)", sql);
  const std::string t = fmt::format("trim({})", sql);
  const std::string cast = fmt::format("CAST({} AS REAL)", t);
  // A number with an exponent is just what JSON calls one. What a double cannot hold is no number.
  return fmt::format(
      "nullif(nullif(CASE WHEN {0} THEN {1} WHEN json_valid({2}) THEN CASE WHEN json_type({2}) IN "
      "('integer', 'real') THEN {1} END END, 9e999), -9e999)",
      looksDecimal(t), cast, t);
}

std::string toBool(const Expr& value, const std::string& sql) {
  if (value.type.scalar == Scalar::boolean) return operand(sql);
  if (ir::isNumeric(value.type.scalar)) return fmt::format("({} <> 0)", operand(sql));
  return fmt::format(
      "CASE WHEN lower(trim({0})) IN ('true', 't', 'yes', 'y', 'on', '1') THEN 1 "
      "WHEN lower(trim({0})) IN ('false', 'f', 'no', 'n', 'off', '0') THEN 0 END",
      sql);
}

// ---- numbers
// Down or up to a whole number: casting cuts towards zero, a comparison says whether that was the
// wrong way. Doubles of 2^52 and more have no fraction.
std::string whole(const Expr& value, const std::string& sql, bool up) {
  if (isInteger(value.type.scalar)) return operand(sql);
  const std::string x = operand(sql);
  const std::string cut =
      up ? fmt::format("CAST({0} AS INTEGER) + ({1} > CAST({0} AS INTEGER))", sql, x)
         : fmt::format("CAST({0} AS INTEGER) - ({1} < CAST({0} AS INTEGER))", sql, x);
  if (isSmall(value.type)) return "(" + cut + ")";
  return fmt::format("CASE WHEN abs({}) < 4503599627370496.0 THEN CAST({} AS REAL) ELSE {} END",
                     sql, cut, sql);
}

std::string round(const Arguments& a, const Expr& e) {
  const Scalar type = e.args[0].type.scalar;
  if (isInteger(type)) return operand(a[0]);
  const int64_t digits = integerLiteral(e, 1).value_or(0);
  if (type == Scalar::decimal) {
    if (const auto scale = scaleOf(e.args[0]); scale && *scale <= digits) return operand(a[0]);
    // 2.675 is a little less as a double: the last bits are pushed away from zero, so that a half
    // is one.
    if (digits > 0) return fmt::format("round({} * 1.0000000000000004, {})", operand(a[0]), digits);
  }
  return digits > 0 ? fmt::format("round({}, {})", a[0], digits) : fmt::format("round({})", a[0]);
}

std::string joined(const char* name, const Arguments& a) {
  if (a.size() == 1) return operand(a[0]);
  std::string out = std::string(name) + "(";
  for (size_t i = 0; i < a.size(); ++i) out += (i ? ", " : "") + a[i];
  return out + ")";
}

constexpr const char kUuid[] =
    "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), "
    "2) || '-' || "
    "substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || "
    "hex(randomblob(6)))";

}  // namespace

std::optional<int64_t> integerLiteral(const ir::Expr& e, size_t index) {
  if (index >= e.args.size() || e.args[index].kind != ExprKind::literal) return std::nullopt;
  const std::string& text = e.args[index].text;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string unlessNull(const ir::Expr& argument, const std::string& sql, const std::string& value) {
  if (!ir::mayBeNull(argument)) return value;
  return fmt::format("CASE WHEN {} IS NOT NULL THEN {} END", operand(sql), value);
}

std::string toText(const ir::Expr& value, const std::string& sql) {
  const Type& type = value.type;
  if (type.scalar == Scalar::boolean)
    return fmt::format("CASE {} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", operand(sql));
  if (type.scalar == Scalar::decimal) {
    if (isStoredAsText(value)) return sql;
    // printf() would make 0.00 of NULL.
    return unlessNull(value, sql, fmt::format("printf('%.{}f', {})", type.scale, sql));
  }
  if (isInteger(type.scalar) || isFloat(type.scalar)) return fmt::format("CAST({} AS TEXT)", sql);
  if (type.scalar == Scalar::bytes)
    return unlessNull(value, sql, fmt::format("lower(hex({}))", sql));
  return sql;
}

// The result stands as an operand wherever the call stood: operators come in parentheses of their
// own.
std::optional<std::string> call(ir::Function function, const Arguments& a, const ir::Expr& e) {
  using ir::Function;
  switch (function) {
    case Function::concat:
    case Function::lower:
    case Function::upper:
    case Function::trim:
    case Function::length:
    case Function::substring:
    case Function::left:
    case Function::right:
    case Function::padLeft:
    case Function::padRight:
    case Function::repeat:
    case Function::replace:
    case Function::splitPart:
    case Function::position:
    case Function::startsWith:
    case Function::endsWith:
    case Function::contains: return textCall(function, a, e);
    case Function::year:
    case Function::month:
    case Function::day:
    case Function::dayOfWeek:
    case Function::hour:
    case Function::minute:
    case Function::second:
    case Function::startOfMonth:
    case Function::startOfYear:
    case Function::addDays:
    case Function::addMonths:
    case Function::addSeconds:
    case Function::daysBetween:
    case Function::secondsBetween:
    case Function::toDate:
    case Function::now:
    case Function::today: return timeCall(function, a, e);
    case Function::jsonText:
    case Function::jsonNumber:
    case Function::jsonBool:
    case Function::jsonHas:
    case Function::jsonLength: return jsonCall(function, a, e);
    case Function::coalesce: return joined("coalesce", a);
    case Function::nullif: return joined("nullif", a);
    case Function::least: return joined("min", a);
    case Function::greatest: return joined("max", a);
    case Function::absolute: return fmt::format("abs({})", a[0]);
    case Function::sign:
      return fmt::format("CASE WHEN {0} > 0 THEN 1 WHEN {0} < 0 THEN -1 WHEN {0} = 0 THEN 0 END",
                         operand(a[0]));
    case Function::ceil: return whole(e.args[0], a[0], true);
    case Function::floor: return whole(e.args[0], a[0], false);
    case Function::round: return round(a, e);
    case Function::toStringFn: return operand(toText(e.args[0], a[0]));
    case Function::toInt64: return toInt64(e.args[0], a[0]);
    case Function::toDecimal: return toDecimal(e.args[0], a[0]);
    case Function::toFloat64: return toFloat64(e.args[0], a[0]);
    case Function::toBool: return toBool(e.args[0], a[0]);
    case Function::uuid: return kUuid;
    case Function::matches:        // no regular expressions without an extension
    case Function::session:        // a file has no sessions with names
    case Function::autoincrement:  // a fact of the column (Column::autoIncrement), not a value
    case Function::env:
    case Function::none:
    case Function::count_: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace cambium::dialect::sqlite
