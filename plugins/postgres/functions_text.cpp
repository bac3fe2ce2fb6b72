// SQL of the functions over texts. Positions and lengths are code points; the engine reads them as
// 32-bit integers, so anything larger is cut to that first.
#include <fmt/core.h>

#include <algorithm>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

constexpr int64_t kMost = 2147483647;

// A whole number between `low` and `high`, as the engine's integer.
std::string bounded(const Arguments& a, const ir::Expr& e, size_t index, int64_t low,
                    int64_t high = kMost) {
  if (const auto literal = integerLiteral(e, index))
    return fmt::format("{}", std::clamp(*literal, low, high));
  const std::string within =
      fmt::format("CASE WHEN {0} < {1} THEN {1} WHEN {0} > {2} THEN {2} ELSE {0} END",
                  operand(a[index]), low, high);
  return fmt::format("CAST({} AS integer)", within);
}

std::string concat(const Arguments& a, const ir::Expr& e) {
  std::string out;
  for (size_t i = 0; i < a.size(); ++i) {
    const std::string text = toText(e.args[i], a[i]);
    if (!out.empty()) out += " || ";
    out += ir::mayBeNull(e.args[i]) ? fmt::format("coalesce({}, '')", text) : operand(text);
  }
  return a.size() > 1 ? "(" + out + ")" : out;
}

std::string substring(const Arguments& a, const ir::Expr& e) {
  const auto start = integerLiteral(e, 1);
  if (a.size() < 3) return fmt::format("substr({}, {})", a[0], bounded(a, e, 1, 1));
  if (start && *start >= 1)
    return fmt::format("substr({}, {}, {})", a[0], bounded(a, e, 1, 1), bounded(a, e, 2, 0));
  // Positions before the first count towards the length; exactly, lest they overflow.
  const std::string from = operand(a[1]);
  const std::string length = fmt::format(
      "CAST({} AS numeric) + CASE WHEN {} < 1 THEN {} ELSE 1 END - 1", operand(a[2]), from, from);
  return fmt::format(
      "substr({0}, CAST(CASE WHEN {1} < 1 THEN 1 WHEN {1} > {3} THEN {3} ELSE {1} END AS integer), "
      "CAST(CASE WHEN {2} < 0 THEN 0 WHEN {2} > {3} THEN {3} ELSE {2} END AS integer))",
      a[0], from, length, kMost);
}

// One letter case of ASCII alone, whatever the collation says of others.
std::string cased(const std::string& sql, bool lower) {
  return fmt::format("{}({} COLLATE ucs_basic)", lower ? "lower" : "upper", operand(sql));
}

std::string repeated(const Arguments& a, const ir::Expr& e) {
  return fmt::format("repeat({}, {})", a[0], bounded(a, e, 1, 0));
}

std::string padded(const char* name, const Arguments& a, const ir::Expr& e) {
  const std::string length = bounded(a, e, 1, 0);
  return a.size() > 2 ? fmt::format("{}({}, {}, {})", name, a[0], length, a[2])
                      : fmt::format("{}({}, {})", name, a[0], length);
}

std::string splitPart(const Arguments& a, const ir::Expr& e) {
  if (const auto number = integerLiteral(e, 2)) {
    // The engine refuses 0 and counts from the end for less.
    if (*number < 1) return fmt::format("substr({} || {}, 1, 0)", operand(a[0]), operand(a[1]));
    return fmt::format("split_part({}, {}, {})", a[0], a[1], std::min(*number, kMost));
  }
  return fmt::format(
      "CASE WHEN {2} < 1 THEN substr({0} || {1}, 1, 0) ELSE split_part({3}, {4}, {5}) END",
      operand(a[0]), operand(a[1]), operand(a[2]), a[0], a[1], bounded(a, e, 2, 1));
}

// A text of one kind in which something is looked for: never a pattern, and never another's
// collation.
std::string startsWith(const Arguments& a) {
  return fmt::format("starts_with({}, {})", a[0], a[1]);
}

// "(?p)": . is no line feed.
std::optional<std::string> matches(const Arguments& a, const ir::Expr& e) {
  if (e.args[1].kind != ir::ExprKind::literal) return std::nullopt;
  return fmt::format("({} ~ {})", operand(a[0]),
                     textLiteral("(?p)" + enginePattern(e.args[1].text, "\\A", "\\Z")));
}

}  // namespace

std::optional<std::string> textCall(ir::Function function, const Arguments& a, const ir::Expr& e) {
  using ir::Function;
  switch (function) {
    case Function::concat: return concat(a, e);
    case Function::lower: return cased(a[0], true);
    case Function::upper: return cased(a[0], false);
    case Function::trim: return fmt::format("btrim({})", a[0]);
    case Function::length: return fmt::format("length({})", a[0]);
    case Function::substring: return substring(a, e);
    case Function::left: return fmt::format("left({}, {})", a[0], bounded(a, e, 1, 0));
    case Function::right: return fmt::format("right({}, {})", a[0], bounded(a, e, 1, 0));
    case Function::padLeft: return padded("lpad", a, e);
    case Function::padRight: return padded("rpad", a, e);
    case Function::repeat: return repeated(a, e);
    case Function::replace: return fmt::format("replace({}, {}, {})", a[0], a[1], a[2]);
    case Function::splitPart: return splitPart(a, e);
    case Function::position: return fmt::format("strpos({}, {})", a[0], a[1]);
    case Function::startsWith: return startsWith(a);
    case Function::endsWith:
      return fmt::format("(right({}, length({})) = {})", a[0], a[1], operand(a[1]));
    case Function::contains: return fmt::format("(strpos({}, {}) > 0)", a[0], a[1]);
    case Function::matches: return matches(a, e);
    default: return std::nullopt;
  }
}

}  // namespace cambium::dialect::postgres
