// SQL of the functions over texts. Positions and lengths are code points; the engine reads them as
// 32-bit integers, so anything larger is cut to that first.
#include <fmt/core.h>

#include <algorithm>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

constexpr int64_t kMost = 2147483647;

// A whole number between `least` and what the engine can read, said as shortly as its type allows.
std::string bounded(const Arguments& a, const ir::Expr& e, size_t index, int64_t least) {
  if (const auto literal = integerLiteral(e, index))
    return fmt::format("{}", std::clamp(*literal, least, kMost));
  const std::string low = fmt::format("max({}, {})", a[index], least);
  return e.args[index].type.scalar == ir::Scalar::int64 ? fmt::format("min({}, {})", low, kMost)
                                                        : low;
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
  // substr() counts from the end for positions below 1, and backwards for negative lengths: other
  // databases cut there.
  const auto start = integerLiteral(e, 1);
  const std::string from = bounded(a, e, 1, 1);
  if (a.size() < 3) return fmt::format("substr({}, {})", a[0], from);
  if (start && *start >= 1)
    return fmt::format("substr({}, {}, {})", a[0], from, bounded(a, e, 2, 0));
  return fmt::format("substr({}, {}, min(max({} + min({}, 1) - 1, 0), {}))", a[0], from,
                     operand(a[2]), a[1], kMost);
}

std::string right(const Arguments& a, const ir::Expr& e) {
  // The length is said twice: without it, less than the start asks for would be nothing.
  const std::string count = bounded(a, e, 1, 0);
  if (const auto literal = integerLiteral(e, 1))
    return *literal > 0 ? fmt::format("substr({0}, -{1}, {1})", a[0], count)
                        : fmt::format("substr({}, 1, 0)", a[0]);
  return fmt::format(
      "CASE WHEN {0} > 0 THEN substr({1}, -{2}, {2}) WHEN {0} <= 0 THEN substr({1}, 1, 0) END",
      operand(a[1]), a[0], count);
}

// `text` so many times. A text of 00s is the one thing here whose length can be said.
std::string repeated(const std::string& text, const std::string& times) {
  return fmt::format("replace(hex(zeroblob({})), '00', {})", times, text);
}

std::string padded(const Arguments& a, const ir::Expr& e, bool before) {
  const std::string length = bounded(a, e, 1, 0);
  const std::string filling =
      fmt::format("substr({}, 1, max({} - length({}), 0))",
                  repeated(a.size() > 2 ? a[2] : "' '", length), length, a[0]);
  const std::string text = fmt::format("substr({}, 1, {})", a[0], length);
  return before ? fmt::format("({} || {})", filling, text)
                : fmt::format("({} || {})", text, filling);
}

std::string replaced(const Arguments& a, const ir::Expr& e) {
  const std::string out = fmt::format("replace({}, {}, {})", a[0], a[1], a[2]);
  // Where there is nothing to look for, the engine does not look at what to put there.
  const bool sought = e.args[1].kind == ir::ExprKind::literal && !e.args[1].text.empty();
  return sought ? out : unlessNull(e.args[2], a[2], out);
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

// "" where none of the operands is NULL.
std::string emptyOf(const Arguments& a) {
  return fmt::format("substr({} || {}, 1, 0)", operand(a[0]), operand(a[1]));
}

// One part by a literal separator: the text as a JSON array of its parts. One mention of the text,
// and no subquery (which a check or a computed column may not have).
std::string partByPlainSeparator(const Arguments& a, const ir::Expr& e,
                                 std::optional<int64_t> number) {
  constexpr int64_t kMostParts = 1000000000;  // the engine's index of an array wraps at 32 bits
  const std::string path = number
                               ? fmt::format("'$[{}]'", std::min(*number, kMostParts) - 1)
                               : fmt::format("'$[' || (min({}, {}) - 1) || ']'", a[2], kMostParts);
  std::string part = unlessNull(
      e.args[0], a[0],
      fmt::format(
          "coalesce(json_extract('[' || replace(json_quote({}), {}, '\",\"') || ']', {}), '')",
          a[0], a[1], path));
  if (number) return part;
  return fmt::format("CASE WHEN {0} > 0 THEN {1} WHEN {0} <= 0 THEN {2} END", operand(a[2]), part,
                     emptyOf(a));
}

// What stands before the first separator, or all of it.
std::string before(const std::string& text, const std::string& separator) {
  return fmt::format(
      "CASE instr({0}, {1}) WHEN 0 THEN {0} ELSE substr({0}, 1, instr({0}, {1}) - 1) "
      "END",
      text, separator);
}
// What stands behind the first separator, "" without one.
std::string behind(const std::string& text, const std::string& separator) {
  return fmt::format(
      "CASE instr({0}, {1}) WHEN 0 THEN '' ELSE substr({0}, instr({0}, {1}) + "
      "length({1})) END",
      text, separator);
}

// The short form of `before`, for a separator that cannot begin in the text and end in the one that
// is put behind it.
std::string beforeLiteral(const Arguments& a, const std::string& separator) {
  for (size_t n = 1; n < separator.size(); ++n)
    if (separator.ends_with(separator.substr(0, n))) return before(a[0], a[1]);
  return fmt::format("substr({0}, 1, instr({0} || {1}, {1}) - 1)", operand(a[0]), operand(a[1]));
}

std::optional<std::string> splitPart(const Arguments& a, const ir::Expr& e) {
  const auto number = integerLiteral(e, 2);
  if (number && *number < 1) return emptyOf(a);
  const bool known = e.args[1].kind == ir::ExprKind::literal;
  if (known && e.args[1].text.empty()) {  // the whole text is its one part
    if (number) return *number == 1 ? operand(a[0]) : emptyOf(a);
    return fmt::format("CASE WHEN {0} = 1 THEN {1} WHEN {0} IS NOT NULL THEN {2} END",
                       operand(a[2]), a[0], emptyOf(a));
  }
  if (number == 1 && known) return beforeLiteral(a, e.args[1].text);
  if (number == 1)
    return fmt::format("CASE WHEN {} = '' THEN {} ELSE {} END", operand(a[1]), a[0],
                       before(a[0], a[1]));
  if (known && isPlainSeparator(e.args[1].text)) return partByPlainSeparator(a, e, number);
  if (number == 2) return before(behind(a[0], a[1]), a[1]);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> textCall(ir::Function function, const Arguments& a, const ir::Expr& e) {
  using ir::Function;
  switch (function) {
    case Function::concat: return concat(a, e);
    case Function::lower: return fmt::format("lower({})", a[0]);
    case Function::upper: return fmt::format("upper({})", a[0]);
    case Function::trim: return fmt::format("trim({})", a[0]);
    case Function::length: return fmt::format("length({})", a[0]);
    case Function::substring: return substring(a, e);
    case Function::left: return fmt::format("substr({}, 1, {})", a[0], bounded(a, e, 1, 0));
    case Function::right: return right(a, e);
    case Function::padLeft: return padded(a, e, true);
    case Function::padRight: return padded(a, e, false);
    case Function::repeat: return unlessNull(e.args[1], a[1], repeated(a[0], bounded(a, e, 1, 0)));
    case Function::replace: return replaced(a, e);
    case Function::splitPart: return splitPart(a, e);
    case Function::position: return fmt::format("instr({}, {})", a[0], a[1]);
    case Function::startsWith:
      return fmt::format("(substr({0}, 1, length({1})) = {2})", a[0], a[1], operand(a[1]));
    case Function::endsWith:
      return fmt::format("(substr({0}, length({0}) - length({1}) + 1) = {2})", a[0], a[1],
                         operand(a[1]));
    case Function::contains: return fmt::format("(instr({}, {}) > 0)", a[0], a[1]);
    default: return std::nullopt;
  }
}

}  // namespace cambium::dialect::sqlite
