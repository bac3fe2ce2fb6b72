// SQL of every function of compiler/ir/function.def: the list, conversions and numbers. Conversions
// give NULL, never an error or 0, for text that is no number: in a strict session a CAST of such a
// text would stop the statement. What each function means is in docs/expressions.md.
#include <fmt/core.h>

#include <charconv>

#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
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

std::string cast(const std::string& sql, const char* type) {
  return fmt::format("CAST({} AS {})", sql, type);
}

// A float without a fraction, halves away from zero. (round() of a double takes the even one.)
std::string rounded(const std::string& sql) {
  return fmt::format(
      "CASE WHEN abs({0}) < 4503599627370496 THEN sign({0}) * floor(abs({0}) + 0.5e0) ELSE {0} END",
      sql);
}

std::string toInt64(const Expr& value, const std::string& sql) {
  const Scalar type = value.type.scalar;
  if (isInteger(type) || type == Scalar::boolean) return operand(sql);
  if (type == Scalar::decimal) return cast(fmt::format("round({})", sql), "SIGNED");
  if (isFloat(type))
    return fmt::format("CASE WHEN abs({0}) < 9223372036854775807e0 THEN CAST({1} AS SIGNED) END",
                       sql, rounded(sql));
  return fmt::format(
      "CASE WHEN trim({0}) REGEXP '^[-+]?0*[0-9]{{1,19}}$' THEN CASE WHEN CAST(trim({0}) AS "
      "DECIMAL(65,0)) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(trim({0}) AS "
      "SIGNED) END END",
      sql);
}

// decimal(38, 10)
std::string toDecimal(const Expr& value, const std::string& sql) {
  const Type& type = value.type;
  if (isInteger(type.scalar) || type.scalar == Scalar::boolean) return operand(sql);
  if (type.scalar == Scalar::decimal)
    return type.scale <= 10 ? operand(sql) : fmt::format("round({}, 10)", sql);
  if (isFloat(type.scalar))
    return fmt::format("CASE WHEN abs({0}) < 1e28 THEN round(CAST({0} AS DECIMAL(65,30)), 10) END",
                       sql);
  return fmt::format(
      "CASE WHEN trim({0}) REGEXP '^[-+]?0*([0-9]{{1,28}}([.][0-9]*)?|[.][0-9]+)$' THEN "
      "round(CAST(trim({0}) AS DECIMAL(65,30)), 10) END",
      sql);
}

std::string toFloat64(const Expr& value, const std::string& sql) {
  const Type& type = value.type;
  if (type.scalar == Scalar::float64) return operand(sql);
  if (ir::isNumeric(type.scalar) || type.scalar == Scalar::boolean) return cast(sql, "DOUBLE");
  // What a double cannot hold is no number: the engine would take the largest for it.
  return fmt::format(
      "CASE WHEN trim({0}) REGEXP '^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)$' OR trim({0}) REGEXP "
      "'^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]{{1,3}})?$' THEN CASE WHEN "
      "abs(CAST(trim({0}) AS DOUBLE)) < 1.7976931348623157e308 THEN CAST(trim({0}) AS DOUBLE) END "
      "END",
      sql);
}

std::string toBool(const Expr& value, const std::string& sql) {
  if (value.type.scalar == Scalar::boolean) return operand(sql);
  if (ir::isNumeric(value.type.scalar)) return fmt::format("({} <> 0)", operand(sql));
  return fmt::format(
      "CASE WHEN trim({0}) REGEXP '(?i)^(true|t|yes|y|on|1)$' THEN 1 WHEN trim({0}) REGEXP "
      "'(?i)^(false|f|no|n|off|0)$' THEN 0 END",
      sql);
}

std::string round(const Arguments& a, const Expr& e) {
  const Scalar type = e.args[0].type.scalar;
  if (isInteger(type)) return operand(a[0]);
  const int64_t digits = integerLiteral(e, 1).value_or(0);
  if (type == Scalar::decimal) return fmt::format("round({}, {})", a[0], digits);
  if (digits == 0) return rounded(a[0]);
  return fmt::format(
      "CASE WHEN abs({0}) < 1e15 THEN CAST(round(CAST({0} AS DECIMAL(65,30)), {1}) AS DOUBLE) ELSE "
      "{0} END",
      a[0], digits);
}

std::string joined(const char* name, const Arguments& a) {
  if (a.size() == 1) return operand(a[0]);
  std::string out = std::string(name) + "(";
  for (size_t i = 0; i < a.size(); ++i) out += (i ? ", " : "") + a[i];
  return out + ")";
}

// A random one (version 4); uuid() would tell where and when it was made.
constexpr const char kUuid[] =
    "CAST(concat(hex(random_bytes(4)), '-', hex(random_bytes(2)), '-4', "
    "substr(hex(random_bytes(2)), 2), '-', substr('89AB', 1 + (ord(random_bytes(1)) & 3), 1), "
    "substr(hex(random_bytes(2)), 2), '-', hex(random_bytes(6))) AS uuid)";

}  // namespace

std::optional<int64_t> integerLiteral(const ir::Expr& e, size_t index) {
  if (index >= e.args.size() || e.args[index].kind != ExprKind::literal) return std::nullopt;
  const std::string& text = e.args[index].text;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string asText(const std::string& sql) {
  return fmt::format("(CAST({} AS CHAR) COLLATE {})", sql, kCollation);
}

std::string toText(const ir::Expr& value, const std::string& sql) {
  const Type& type = value.type;
  if (type.list) return sql;
  switch (type.scalar) {
    case Scalar::boolean:
      return fmt::format("CASE {} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", sql);
    case Scalar::decimal: return asText(fmt::format("round({}, {})", sql, type.scale));
    case Scalar::int16:
    case Scalar::int32:
    case Scalar::int64:
    case Scalar::float32:
    case Scalar::float64:
    case Scalar::uuid: return asText(sql);
    case Scalar::bytes: return fmt::format("lower(hex({}))", sql);
    case Scalar::date:
    case Scalar::time:
    case Scalar::timestamp:
    case Scalar::datetime: return instantAsText(sql, type.scalar);
    case Scalar::json:
    case Scalar::string:
    case Scalar::text:
    case Scalar::duration:
    case Scalar::enumeration:
    case Scalar::null:
    case Scalar::error: return sql;
  }
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
    case Function::contains:
    case Function::matches: return textCall(function, a, e);
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
    case Function::least: return joined("least", a);
    case Function::greatest: return joined("greatest", a);
    case Function::absolute: return fmt::format("abs({})", a[0]);
    case Function::sign: return fmt::format("sign({})", a[0]);
    case Function::ceil:
    case Function::floor:
      if (isInteger(e.args[0].type.scalar)) return operand(a[0]);
      return fmt::format("{}({})", function == Function::ceil ? "ceiling" : "floor", a[0]);
    case Function::round: return round(a, e);
    case Function::toStringFn: return operand(toText(e.args[0], a[0]));
    case Function::toInt64: return toInt64(e.args[0], a[0]);
    case Function::toDecimal: return toDecimal(e.args[0], a[0]);
    case Function::toFloat64: return toFloat64(e.args[0], a[0]);
    case Function::toBool: return toBool(e.args[0], a[0]);
    case Function::uuid: return kUuid;
    case Function::session:        // neither a check nor a view may have a variable of a session
    case Function::autoincrement:  // a fact of the column (Column::autoIncrement), not a value
    case Function::env:
    case Function::none:
    case Function::count_: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace cambium::dialect::mariadb
