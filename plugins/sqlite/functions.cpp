// SQL of every function of compiler/ir/function.def. Conversions give NULL, never 0, for text that
// is no number: a step that validates then counts the rows, instead of a wrong value spreading.
// README.md lists what differs from other databases.
#include <fmt/core.h>

#include <charconv>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

using Arguments = std::vector<std::string>;
using ir::Scalar;
using ir::Type;

bool isInteger(Scalar s) {
  return s == Scalar::int16 || s == Scalar::int32 || s == Scalar::int64;
}
bool isFloat(Scalar s) {
  return s == Scalar::float32 || s == Scalar::float64;
}

bool isText(const Type& t) {
  return ir::isTextual(t.scalar) || t.scalar == Scalar::enumeration || t.scalar == Scalar::json ||
         isTextDecimal(t);
}

// The argument's type; poison where the tree does not say (then nothing special is done).
Type typeOf(const ir::Expr& e, size_t index) {
  return index < e.args.size() ? e.args[index].type : Type{};
}

std::optional<int64_t> integerLiteral(const ir::Expr& e, size_t index) {
  if (index >= e.args.size() || e.args[index].kind != ir::ExprKind::literal) return std::nullopt;
  const std::string& text = e.args[index].text;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string unlessNull(const Type& type, const std::string& sql, const std::string& value) {
  if (!type.optional) return value;
  return fmt::format("CASE WHEN {} IS NOT NULL THEN {} END", operand(sql), value);
}

std::string toText(const Type& type, const std::string& sql) {
  if (type.scalar == Scalar::boolean)
    return fmt::format("CASE {} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", operand(sql));
  // printf() would make 0.00 of NULL.
  if (type.scalar == Scalar::decimal && !isTextDecimal(type))
    return unlessNull(type, sql, fmt::format("printf('%.{}f', {})", type.scale, sql));
  if (isInteger(type.scalar) || isFloat(type.scalar) || type.scalar == Scalar::bytes)
    return fmt::format("CAST({} AS TEXT)", sql);
  return sql;
}

std::string concat(const Arguments& a, const ir::Expr& e) {
  std::string out;
  for (size_t i = 0; i < a.size(); ++i) {
    const Type type = typeOf(e, i);
    std::string text = operand(toText(type, a[i]));
    // A poisoned or unknown type may be NULL, too.
    if (type.optional || type.scalar == Scalar::null || type.scalar == Scalar::error)
      text = fmt::format("coalesce({}, '')", toText(type, a[i]));
    if (!out.empty()) out += " || ";
    out += text;
  }
  return a.size() > 1 ? "(" + out + ")" : out;
}

std::string substring(const Arguments& a, const ir::Expr& e) {
  // substr() counts from the end for positions below 1, and backwards for negative lengths: other
  // databases cut there.
  const auto start = integerLiteral(e, 1);
  const auto length = integerLiteral(e, 2);
  const std::string from = start && *start >= 1 ? a[1] : fmt::format("max({}, 1)", a[1]);
  if (a.size() < 3) return fmt::format("substr({}, {})", a[0], from);
  if (start && *start >= 1)
    return fmt::format("substr({}, {}, {})", a[0], from,
                       length && *length >= 0 ? a[2] : fmt::format("max({}, 0)", a[2]));
  return fmt::format("substr({}, {}, max({} + min({}, 1) - 1, 0))", a[0], from, operand(a[2]),
                     a[1]);
}

// True if no character of the separator can be part of an escape sequence of a JSON string, nor of
// its quotes.
bool isPlainSeparator(const std::string& text) {
  for (unsigned char c : text) {
    if (c < 0x20 || c == '"' || c == '\\' || c == '/') return false;
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return false;
  }
  return !text.empty();
}

std::optional<std::string> splitPart(const Arguments& a, const ir::Expr& e) {
  const auto number = integerLiteral(e, 2);
  if (number == 1)
    return fmt::format("substr({0}, 1, instr({0} || {1}, {1}) - 1)", operand(a[0]), operand(a[1]));
  const bool literalSeparator = e.args.size() > 1 && e.args[1].kind == ir::ExprKind::literal;
  if (literalSeparator && isPlainSeparator(e.args[1].text) && (!number || *number > 0)) {
    // The text as a JSON array of its parts: one mention of the text, and no subquery (which a
    // check or a computed column may not have).
    const std::string path = number ? fmt::format("'$[{}]'", *number - 1)
                                    : fmt::format("'$[' || ({} - 1) || ']'", operand(a[2]));
    const std::string part = fmt::format(
        "coalesce(json_extract('[' || replace(json_quote({}), {}, '\",\"') || ']', {}), '')", a[0],
        a[1], path);
    return unlessNull(typeOf(e, 0), a[0], part);
  }
  if (number == 2) {
    const std::string all = fmt::format("{} || {}", operand(a[0]), operand(a[1]));
    const std::string rest =
        fmt::format("substr({0}, instr({0}, {1}) + length({1}))", all, operand(a[1]));
    return fmt::format("substr({0}, 1, instr({0}, {1}) - 1)", rest, operand(a[1]));
  }
  return std::nullopt;
}

// Conditions over text `t` (one operand).
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

std::optional<std::string> toInt64(const Type& type, const std::string& sql) {
  if (isInteger(type.scalar) || type.scalar == Scalar::boolean) return operand(sql);
  if (type.scalar == Scalar::decimal && !isTextDecimal(type))
    return fmt::format("CAST(round({}) AS INTEGER)", sql);
  if (isFloat(type.scalar))
    return fmt::format(
        "CASE WHEN abs({}) < 9223372036854775807.0 THEN CAST(round({}) AS INTEGER) END", sql, sql);
  if (isTextDecimal(type))
    return fmt::format(
        "CASE WHEN abs(CAST({0} AS REAL)) < 9223372036854775807.0 THEN CAST(round({0}) AS INTEGER) "
        "END",
        sql);
  if (!isText(type)) return std::nullopt;
  const std::string t = fmt::format("trim({})", sql);
  return fmt::format("CASE WHEN {} THEN CAST({} AS INTEGER) END", looksInteger(t), t);
}

std::optional<std::string> toReal(const Type& type, const std::string& sql, bool exponents) {
  if (isFloat(type.scalar) || (type.scalar == Scalar::decimal && !isTextDecimal(type)))
    return operand(sql);
  if (isInteger(type.scalar) || type.scalar == Scalar::boolean || isTextDecimal(type))
    return fmt::format("CAST({} AS REAL)", sql);
  if (!isText(type)) return std::nullopt;
  const std::string t = fmt::format("trim({})", sql);
  const std::string cast = fmt::format("CAST({} AS REAL)", t);
  std::string out = fmt::format("CASE WHEN {} THEN {}", looksDecimal(t), cast);
  if (exponents)  // a number with an exponent is just what JSON calls one
    out += fmt::format(
        " WHEN json_valid({0}) THEN CASE WHEN json_type({0}) IN ('integer', 'real') THEN {1} END",
        t, cast);
  return out + " END";
}

std::optional<std::string> toBool(const Type& type, const std::string& sql) {
  if (type.scalar == Scalar::boolean) return operand(sql);
  if (isInteger(type.scalar) || isFloat(type.scalar) ||
      (type.scalar == Scalar::decimal && !isTextDecimal(type)))
    return fmt::format("({} <> 0)", operand(sql));
  if (!isText(type) || isTextDecimal(type)) return std::nullopt;
  return fmt::format(
      "CASE WHEN lower(trim({0})) IN ('true', 't', 'yes', 'y', 'on', '1') THEN 1 "
      "WHEN lower(trim({0})) IN ('false', 'f', 'no', 'n', 'off', '0') THEN 0 END",
      sql);
}

std::string joined(const char* name, const Arguments& a) {
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

// The result stands as an operand wherever the call stood: operators come in parentheses of their
// own.
std::optional<std::string> call(ir::Function function, const Arguments& a, const ir::Expr& e) {
  using ir::Function;
  switch (function) {
    case Function::concat: return concat(a, e);
    case Function::coalesce: return a.size() == 1 ? operand(a[0]) : joined("coalesce", a);
    case Function::nullif: return joined("nullif", a);
    case Function::lower: return joined("lower", a);
    case Function::upper: return joined("upper", a);
    case Function::trim: return joined("trim", a);
    case Function::length: return joined("length", a);
    case Function::substring: return substring(a, e);
    case Function::replace: return joined("replace", a);
    case Function::splitPart: return splitPart(a, e);
    case Function::startsWith:
      return fmt::format("(substr({0}, 1, length({1})) = {2})", a[0], a[1], operand(a[1]));
    case Function::contains: return fmt::format("(instr({}, {}) > 0)", a[0], a[1]);
    case Function::matches: return std::nullopt;  // no regular expressions without an extension
    case Function::absolute: return joined("abs", a);
    case Function::round:
      return isInteger(typeOf(e, 0).scalar) ? operand(a[0]) : joined("round", a);
    case Function::toStringFn: return operand(toText(typeOf(e, 0), a[0]));
    case Function::toInt64: return toInt64(typeOf(e, 0), a[0]);
    case Function::toDecimal: return toReal(typeOf(e, 0), a[0], false);
    case Function::toFloat64: return toReal(typeOf(e, 0), a[0], true);
    case Function::toBool: return toBool(typeOf(e, 0), a[0]);
    case Function::uuid: return kUuid;
    case Function::now: return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
    case Function::today: return "date('now')";
    case Function::session:        // a file has no sessions with names
    case Function::autoincrement:  // a fact of the column (Column::autoIncrement), not a value
    case Function::env:
    case Function::none:
    case Function::count_: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace cambium::dialect::sqlite
