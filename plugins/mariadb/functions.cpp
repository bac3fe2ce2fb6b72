// SQL of every function of compiler/ir/function.def: the list, conversions and numbers. Conversions
// give NULL, never an error or 0, for text that is no number: in a strict session a CAST of such a
// text would stop the statement. What each function means is in docs/expressions.md.
#include <fmt/core.h>

#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
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
  const int64_t digits = integerLiteral(e, 1).value_or(0);
  if (type == Scalar::decimal) return fmt::format("round({}, {})", a[0], digits);
  if (digits == 0) return rounded(a[0]);
  return fmt::format(
      "CASE WHEN abs({0}) < 1e15 THEN CAST(round(CAST({0} AS DECIMAL(65,30)), {1}) AS DOUBLE) ELSE "
      "{0} END",
      a[0], digits);
}

// A random one (version 4); uuid() would tell where and when it was made.
constexpr const char kUuid[] =
    "CAST(concat(hex(random_bytes(4)), '-', hex(random_bytes(2)), '-4', "
    "substr(hex(random_bytes(2)), 2), '-', substr('89AB', 1 + (ord(random_bytes(1)) & 3), 1), "
    "substr(hex(random_bytes(2)), 2), '-', hex(random_bytes(6))) AS uuid)";
// The same as bytes: MySQL's operators for bits take texts of bytes.
constexpr const char kUuidBytes[] =
    "(random_bytes(16) & x'ffffffffffff0fff3fffffffffffffff' | "
    "x'00000000000040008000000000000000')";

}  // namespace

std::string asText(const std::string& sql, Server server) {
  return fmt::format("(CAST({} AS CHAR) COLLATE {})", sql, collationOf(server));
}

template <Server S>
std::string toText(const ir::Expr& value, const std::string& sql) {
  const Type& type = value.type;
  if (type.list) return S == Server::mysql ? asText(sql, S) : sql;
  switch (type.scalar) {
    case Scalar::boolean:
      return fmt::format("CASE {} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", sql);
    case Scalar::decimal: return asText(fmt::format("round({}, {})", sql, type.scale), S);
    case Scalar::int16:
    case Scalar::int32:
    case Scalar::int64:
    case Scalar::float32:
    case Scalar::float64: return asText(sql, S);
    case Scalar::uuid:
      return asText(S == Server::mysql ? fmt::format("bin_to_uuid({})", sql) : sql, S);
    case Scalar::bytes: return fmt::format("lower(hex({}))", sql);
    case Scalar::date:
    case Scalar::time:
    case Scalar::timestamp:
    case Scalar::datetime: return instantAsText(sql, type.scalar, S);
    case Scalar::json: return S == Server::mysql ? asText(sql, S) : sql;
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

template <Server S>
constexpr FunctionWriters kWriters = {
    .text = textCall<S>,
    .time = timeCall,
    .json = jsonCall<S>,
    .nullif = [](const Arguments& a, const Expr&) { return called("nullif", a); },
    .least = [](const Arguments& a, const Expr&) { return called("least", a); },
    .greatest = [](const Arguments& a, const Expr&) { return called("greatest", a); },
    .sign = [](const Arguments& a, const Expr&) { return called("sign", a); },
    .ceil = [](const Arguments& a, const Expr&) { return called("ceiling", a); },
    .floor = [](const Arguments& a, const Expr&) { return called("floor", a); },
    .round = round,
    .toText = toText<S>,
    .toInt64 = toInt64,
    .toDecimal = toDecimal,
    .toFloat64 = toFloat64,
    .toBool = toBool,
    .uuid = S == Server::mysql ? kUuidBytes : kUuid,
    .session = nullptr,  // neither a check nor a view may have a variable of a session
    .operand = operand,
};

}  // namespace

template <Server S>
std::optional<std::string> call(ir::Function function, const Arguments& a, const ir::Expr& e) {
  return callOf(kWriters<S>, function, a, e);
}

template std::string toText<Server::mariadb>(const ir::Expr&, const std::string&);
template std::string toText<Server::mysql>(const ir::Expr&, const std::string&);
template std::optional<std::string> call<Server::mariadb>(ir::Function, const Arguments&,
                                                          const ir::Expr&);
template std::optional<std::string> call<Server::mysql>(ir::Function, const Arguments&,
                                                        const ir::Expr&);

}  // namespace cambium::dialect::mariadb
