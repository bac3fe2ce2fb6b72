// SQL of every function of compiler/ir/function.def: the list, conversions and numbers. Conversions
// give NULL, never an error, for text that is no number: a step that validates then counts the
// rows. Everything is immutable to the server, so that computed columns and indexes may have it.
// What each function means is in docs/expressions.md.
#include <fmt/core.h>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

using ir::Expr;
using ir::isFloat;
using ir::isInteger;
using ir::Scalar;
using ir::Type;

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
  const int64_t digits = integerLiteral(e, 1).value_or(0);
  if (type == Scalar::decimal) return fmt::format("round({}, {})", a[0], digits);
  if (digits == 0) return rounded(a[0]);
  return fmt::format(
      "CASE WHEN abs({0}) < 1e15 THEN CAST(round({2}, {1}) AS double precision) ELSE {0} END",
      operand(a[0]), digits, exactNumeric(e.args[0], a[0]));
}

// The engine skips NULLs: here one makes the result NULL.
std::string extreme(const char* name, const Arguments& a, const Expr& e) {
  std::string list, nulls;
  for (size_t i = 0; i < a.size(); ++i) {
    list += (i ? ", " : "") + a[i];
    if (ir::mayBeNull(e.args[i]))
      nulls += (nulls.empty() ? "" : " OR ") + operand(a[i]) + " IS NULL";
  }
  const std::string all = fmt::format("{}({})", name, list);
  return nulls.empty() ? all : fmt::format("CASE WHEN NOT ({}) THEN {} END", nulls, all);
}

}  // namespace

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

namespace {

// To the engine it has the type of the first one, whatever the second is.
std::string nullif(const Arguments& a, const Expr& e) {
  const Type& first = e.args[0].type;
  const bool widens = first.scalar != e.type.scalar && ir::isNumeric(first.scalar);
  return widens ? cast(called("nullif", a), sqlTypeOf(e.type).c_str()) : called("nullif", a);
}

constexpr FunctionWriters kWriters = {
    .text = textCall,
    .time = timeCall,
    .json = jsonCall,
    .nullif = nullif,
    .least = [](const Arguments& a, const Expr& e) { return extreme("least", a, e); },
    .greatest = [](const Arguments& a, const Expr& e) { return extreme("greatest", a, e); },
    .sign = [](const Arguments& a, const Expr&) { return cast(called("sign", a), "bigint"); },
    .ceil = [](const Arguments& a, const Expr&) { return called("ceil", a); },
    .floor = [](const Arguments& a, const Expr&) { return called("floor", a); },
    .round = round,
    .toText = toText,
    .toInt64 = toInt64,
    .toDecimal = toDecimal,
    .toFloat64 = toFloat64,
    .toBool = toBool,
    .uuid = "gen_random_uuid()",
    .session =
        [](const Arguments& a, const Expr&) {
          return fmt::format("nullif(current_setting({}, true), '')", a[0]);
        },
    .operand = operand,
};

}  // namespace

std::optional<std::string> call(ir::Function function, const Arguments& a, const ir::Expr& e) {
  return callOf(kWriters, function, a, e);
}
}  // namespace cambium::dialect::postgres
