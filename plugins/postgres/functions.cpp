// SQL of every function of compiler/ir/function.def: the list, conversions and numbers. Conversions
// give NULL, never an error, for text that is no number: a step that validates then counts the
// rows. Everything is immutable to the server, so that computed columns and indexes may have it.
// What each function means is in docs/expressions.md.
#include <fmt/core.h>

#include <charconv>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
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
  const std::string x = operand(sql);
  return fmt::format(
      "CASE WHEN abs({0}) < 4503599627370496 THEN sign({0}) * floor(abs({0}) + 0.5) ELSE {0} END",
      x);
}

// A float with all its digits: a plain cast to numeric keeps 15 (of a real 6).
std::string exactNumeric(const Expr& value, const std::string& sql) {
  const bool half = value.type.scalar == Scalar::float32;
  return cast(cast(half ? cast(sql, "double precision") : sql, "text"), "numeric");
}

std::string toInt64(const Expr& value, const std::string& sql) {
  const Scalar type = value.type.scalar;
  if (type == Scalar::int64) return operand(sql);
  if (isInteger(type)) return cast(sql, "bigint");
  if (type == Scalar::boolean) return cast(cast(sql, "integer"), "bigint");
  if (type == Scalar::decimal) return cast(sql, "bigint");
  if (isFloat(type))
    return fmt::format("CASE WHEN abs({0}) < 9223372036854775807 THEN CAST({1} AS bigint) END",
                       operand(sql), rounded(sql));
  const std::string t = fmt::format("btrim({})", sql);
  return fmt::format(
      "CASE WHEN {0} ~ '^[-+]?[0-9]{{1,100}}$' THEN CASE WHEN CAST({0} AS numeric) BETWEEN "
      "-9223372036854775808 AND 9223372036854775807 THEN CAST({0} AS bigint) END END",
      t);
}

// decimal(38, 10)
std::string toDecimal(const Expr& value, const std::string& sql) {
  const Type& type = value.type;
  if (isInteger(type.scalar)) return cast(sql, "numeric");
  if (type.scalar == Scalar::boolean) return cast(cast(sql, "integer"), "numeric");
  if (type.scalar == Scalar::decimal)
    return type.scale <= 10 ? operand(sql) : fmt::format("round({}, 10)", sql);
  if (isFloat(type.scalar))
    return fmt::format("CASE WHEN abs({}) < 1e28 THEN round({}, 10) END", operand(sql),
                       exactNumeric(value, sql));
  const std::string t = fmt::format("btrim({})", sql);
  return fmt::format(
      "CASE WHEN {0} ~ '^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)$' AND length({0}) < 10000 THEN CASE "
      "WHEN abs(CAST({0} AS numeric)) < 1e28 THEN round(CAST({0} AS numeric), 10) END END",
      t);
}

std::string toFloat64(const Expr& value, const std::string& sql) {
  const Type& type = value.type;
  if (type.scalar == Scalar::float64) return operand(sql);
  if (type.scalar == Scalar::boolean) return cast(cast(sql, "integer"), "double precision");
  if (ir::isNumeric(type.scalar)) return cast(sql, "double precision");
  const std::string t = fmt::format("btrim({})", sql);
  // What a double cannot hold is no number; the check is one of a number of any size.
  return fmt::format(
      "CASE WHEN ({0} ~ '^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)$' OR {0} ~ "
      "'^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]{{1,3}})?$') AND length({0}) < 10000 THEN "
      "CASE "
      "WHEN abs(CAST({0} AS numeric)) < 1.7976931348623158e308 THEN CASE WHEN CAST({0} AS numeric) "
      "= 0 OR abs(CAST({0} AS numeric)) > 2.5e-324 THEN CAST({0} AS double precision) ELSE 0 END "
      "END END",
      t);
}

std::string toBool(const Expr& value, const std::string& sql) {
  if (value.type.scalar == Scalar::boolean) return operand(sql);
  if (ir::isNumeric(value.type.scalar)) return fmt::format("({} <> 0)", operand(sql));
  return fmt::format(
      "CASE WHEN lower(btrim({0})) IN ('true', 't', 'yes', 'y', 'on', '1') THEN true "
      "WHEN lower(btrim({0})) IN ('false', 'f', 'no', 'n', 'off', '0') THEN false END",
      sql);
}

std::string round(const Arguments& a, const Expr& e) {
  const Scalar type = e.args[0].type.scalar;
  if (isInteger(type)) return operand(a[0]);
  const int64_t digits = integerLiteral(e, 1).value_or(0);
  if (type == Scalar::decimal) return fmt::format("round({}, {})", a[0], digits);
  if (digits == 0) return rounded(a[0]);
  return fmt::format(
      "CASE WHEN abs({0}) < 1e15 THEN CAST(round({2}, {1}) AS double precision) ELSE {0} END",
      operand(a[0]), digits, exactNumeric(e.args[0], a[0]));
}

// The engine skips NULLs: here one makes the result NULL.
std::string extreme(const char* name, const Arguments& a, const Expr& e) {
  if (a.size() == 1) return operand(a[0]);
  std::string list, nulls;
  for (size_t i = 0; i < a.size(); ++i) {
    list += (i ? ", " : "") + a[i];
    if (ir::mayBeNull(e.args[i]))
      nulls += (nulls.empty() ? "" : " OR ") + operand(a[i]) + " IS NULL";
  }
  const std::string all = fmt::format("{}({})", name, list);
  return nulls.empty() ? all : fmt::format("CASE WHEN NOT ({}) THEN {} END", nulls, all);
}

std::string joined(const char* name, const Arguments& a) {
  if (a.size() == 1) return operand(a[0]);
  std::string out = std::string(name) + "(";
  for (size_t i = 0; i < a.size(); ++i) out += (i ? ", " : "") + a[i];
  return out + ")";
}

}  // namespace

std::optional<int64_t> integerLiteral(const ir::Expr& e, size_t index) {
  if (index >= e.args.size() || e.args[index].kind != ExprKind::literal) return std::nullopt;
  const std::string& text = e.args[index].text;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string toText(const ir::Expr& value, const std::string& sql) {
  const Type& type = value.type;
  if (type.list) return cast(sql, "text");
  switch (type.scalar) {
    case Scalar::boolean:
      return fmt::format("CASE {} WHEN true THEN 'true' WHEN false THEN 'false' END", operand(sql));
    case Scalar::decimal: return fmt::format("CAST(round({}, {}) AS text)", sql, type.scale);
    case Scalar::int16:
    case Scalar::int32:
    case Scalar::int64:
    case Scalar::float32:
    case Scalar::float64:
    case Scalar::uuid:
    case Scalar::json: return cast(sql, "text");
    case Scalar::bytes: return fmt::format("encode({}, 'hex')", sql);
    case Scalar::date:
    case Scalar::time:
    case Scalar::timestamp:
    case Scalar::datetime: return instantAsText(sql, type.scalar);
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
    case Function::nullif: {
      // To the engine it has the type of the first one, whatever the second is.
      const auto& first = e.args[0].type;
      const bool widens = first.scalar != e.type.scalar && ir::isNumeric(first.scalar);
      return widens ? cast(joined("nullif", a), sqlTypeOf(e.type).c_str()) : joined("nullif", a);
    }
    case Function::least: return extreme("least", a, e);
    case Function::greatest: return extreme("greatest", a, e);
    case Function::absolute: return fmt::format("abs({})", a[0]);
    case Function::sign: return fmt::format("CAST(sign({}) AS bigint)", a[0]);
    case Function::ceil:
    case Function::floor:
      if (isInteger(e.args[0].type.scalar)) return operand(a[0]);
      return fmt::format("{}({})", function == Function::ceil ? "ceil" : "floor", a[0]);
    case Function::round: return round(a, e);
    case Function::toStringFn: return operand(toText(e.args[0], a[0]));
    case Function::toInt64: return toInt64(e.args[0], a[0]);
    case Function::toDecimal: return toDecimal(e.args[0], a[0]);
    case Function::toFloat64: return toFloat64(e.args[0], a[0]);
    case Function::toBool: return toBool(e.args[0], a[0]);
    case Function::uuid: return "gen_random_uuid()";
    case Function::session: return fmt::format("nullif(current_setting({}, true), '')", a[0]);
    case Function::autoincrement:  // a fact of the column (Column::autoIncrement), not a value
    case Function::env:
    case Function::none:
    case Function::count_: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace cambium::dialect::postgres
