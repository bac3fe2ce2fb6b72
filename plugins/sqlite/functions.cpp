// SQL of every function of compiler/ir/function.def: the list, conversions and numbers. Conversions
// give NULL, never 0, for text that is no number: a step that validates then counts the rows,
// instead of a wrong value spreading. What each function means is in docs/expressions.md.
#include <fmt/core.h>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

using ir::Expr;
using ir::isFloat;
using ir::isInteger;
using ir::Scalar;
using ir::Type;

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
  const int64_t digits = integerLiteral(e, 1).value_or(0);
  if (type == Scalar::decimal) {
    if (const auto scale = scaleOf(e.args[0]); scale && *scale <= digits) return operand(a[0]);
    // 2.675 is a little less as a double: the last bits are pushed away from zero, so that a half
    // is one.
    if (digits > 0) return fmt::format("round({} * 1.0000000000000004, {})", operand(a[0]), digits);
  }
  return digits > 0 ? fmt::format("round({}, {})", a[0], digits) : fmt::format("round({})", a[0]);
}

constexpr const char kUuid[] =
    "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), "
    "2) || '-' || "
    "substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || "
    "hex(randomblob(6)))";

}  // namespace

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

namespace {

constexpr FunctionWriters kWriters = {
    .text = textCall,
    .time = timeCall,
    .json = jsonCall,
    .nullif = [](const Arguments& a, const Expr&) { return called("nullif", a); },
    .least = [](const Arguments& a, const Expr&) { return called("min", a); },
    .greatest = [](const Arguments& a, const Expr&) { return called("max", a); },
    .sign =
        [](const Arguments& a, const Expr&) {
          return fmt::format(
              "CASE WHEN {0} > 0 THEN 1 WHEN {0} < 0 THEN -1 WHEN {0} = 0 THEN 0 END",
              operand(a[0]));
        },
    .ceil = [](const Arguments& a, const Expr& e) { return whole(e.args[0], a[0], true); },
    .floor = [](const Arguments& a, const Expr& e) { return whole(e.args[0], a[0], false); },
    .round = round,
    .toText = toText,
    .toInt64 = toInt64,
    .toDecimal = toDecimal,
    .toFloat64 = toFloat64,
    .toBool = toBool,
    .uuid = kUuid,
    .session = nullptr,  // a file has no sessions with names
    .operand = operand,
};

}  // namespace

std::optional<std::string> call(ir::Function function, const Arguments& a, const ir::Expr& e) {
  return callOf(kWriters, function, a, e);
}
}  // namespace cambium::dialect::sqlite
