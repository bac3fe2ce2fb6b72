// SQL of the functions over texts. Positions and lengths are code points; the engine counts
// negative ones from the end, so anything before the first is made the first.
#include <fmt/core.h>

#include <algorithm>

#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

constexpr int64_t kMost = 2147483647;

// A whole number between `low` and `high`.
std::string bounded(const Arguments& a, const ir::Expr& e, size_t index, int64_t low,
                    int64_t high = kMost) {
  if (const auto literal = integerLiteral(e, index))
    return fmt::format("{}", std::clamp(*literal, low, high));
  return fmt::format("least(greatest({}, {}), {})", a[index], low, high);
}

template <Server S>
std::string concat(const Arguments& a, const ir::Expr& e) {
  std::string out;
  for (size_t i = 0; i < a.size(); ++i) {
    const std::string text = toText<S>(e.args[i], a[i]);
    out +=
        (i ? ", " : "") + (ir::mayBeNull(e.args[i]) ? fmt::format("coalesce({}, '')", text) : text);
  }
  return "concat(" + out + ")";
}

std::string substring(const Arguments& a, const ir::Expr& e) {
  if (a.size() < 3) return fmt::format("substr({}, {})", a[0], bounded(a, e, 1, 1));
  const std::string from = bounded(a, e, 1, 1);
  if (const auto start = integerLiteral(e, 1); start && *start >= 1)
    return fmt::format("substr({}, {}, {})", a[0], from, bounded(a, e, 2, 0));
  // Positions before the first count towards the length; so far from the ends of 64 bits that their
  // sum is none of them.
  constexpr int64_t kFar = int64_t{1} << 62;
  return fmt::format("substr({}, {}, greatest({} + {} - 1, 0))", a[0], from,
                     bounded(a, e, 2, 0, kFar - 1), bounded(a, e, 1, 1 - kFar, 1));
}

// One letter case of ASCII alone: the engine's own functions know all alphabets.
std::string cased(const std::string& sql, bool lower) {
  std::string out = sql;
  for (char c = 'A'; c <= 'Z'; ++c) {
    const char small = static_cast<char>(c - 'A' + 'a');
    out = fmt::format("replace({}, '{}', '{}')", out, lower ? c : small, lower ? small : c);
  }
  return out;
}

// With nothing to fill with, nothing is filled.
std::string padded(const char* name, const Arguments& a, const ir::Expr& e) {
  const std::string length = bounded(a, e, 1, 0);
  if (a.size() < 3) return fmt::format("{}({}, {}, ' ')", name, a[0], length);
  const bool filled = e.args[2].kind == ir::ExprKind::literal && !e.args[2].text.empty();
  std::string pad = fmt::format("{}({}, {}, {})", name, a[0], length, a[2]);
  if (filled) return pad;
  return fmt::format("CASE WHEN {0} = '' THEN left({1}, {2}) ELSE {3} END", operand(a[2]), a[0],
                     length, pad);
}

std::string splitPart(const Arguments& a, const ir::Expr& e) {
  const auto number = integerLiteral(e, 2);
  const bool known = e.args[1].kind == ir::ExprKind::literal;
  const bool emptySeparator = known && e.args[1].text.empty();
  std::string nothing = fmt::format("left(concat({}, {}), 0)", a[0], a[1]);
  if (number && *number < 1) return nothing;
  const std::string n = bounded(a, e, 2, 1);
  const std::string before =
      number ? fmt::format("{}", std::min(*number, kMost) - 1) : fmt::format("{} - 1", n);
  // All parts up to this one, without those before it.
  const std::string behind = fmt::format(
      "substr(substring_index({0}, {1}, {2}), char_length(substring_index({0}, {1}, {3})) + "
      "char_length({1}) + 1)",
      a[0], a[1], n, before);
  const std::string first = fmt::format("substring_index({}, {}, 1)", a[0], a[1]);
  std::string part = behind;
  if (number == 1)
    part = first;
  else if (!number)
    part = fmt::format("CASE WHEN {0} < 1 THEN {1} WHEN {0} = 1 THEN {2} ELSE {3} END",
                       operand(a[2]), nothing, first, behind);
  if (known && !emptySeparator) return part;
  // An empty separator leaves one part.
  const std::string whole =
      number ? (*number == 1 ? a[0] : nothing)
             : fmt::format("CASE WHEN {} = 1 THEN {} ELSE {} END", operand(a[2]), a[0], nothing);
  if (emptySeparator)
    return number ? operand(whole)
                  : fmt::format("CASE WHEN {} IS NOT NULL THEN {} END", operand(a[2]), whole);
  return fmt::format("CASE WHEN {0} <> '' THEN {1} WHEN {0} = '' AND {2} IS NOT NULL THEN {3} END",
                     operand(a[1]), part, operand(a[2]), whole);
}

// MySQL's engine of regular expressions (ICU) has operators within a class: what would begin one is
// escaped.
std::string plainClasses(std::string_view pattern) {
  std::string out;
  bool inClass = false, atStart = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      out += c;
      out += pattern[++i];
      atStart = false;
      continue;
    }
    if (!inClass) {
      inClass = atStart = c == '[';
    } else if (c == ']') {
      inClass = false;
    } else {
      const bool range = c == '-' && !atStart && i + 1 < pattern.size() && pattern[i + 1] == '-';
      if (c == '[' || c == '&' || c == '{' || c == '}' || range) out += '\\';
      atStart = atStart && c == '^';
    }
    out += c;
  }
  return out;
}

template <Server S>
std::optional<std::string> matches(const Arguments& a, const ir::Expr& e) {
  if (e.args[1].kind != ir::ExprKind::literal) return std::nullopt;
  const std::string pattern = enginePattern(e.args[1].text, "\\A", "\\z");
  return fmt::format("({} REGEXP {})", operand(a[0]),
                     textLiteral(S == Server::mysql ? plainClasses(pattern) : pattern));
}

}  // namespace

template <Server S>
std::optional<std::string> textCall(ir::Function function, const Arguments& a, const ir::Expr& e) {
  using ir::Function;
  switch (function) {
    case Function::concat: return concat<S>(a, e);
    case Function::lower: return cased(a[0], true);
    case Function::upper: return cased(a[0], false);
    case Function::trim: return fmt::format("trim({})", a[0]);
    case Function::length: return fmt::format("char_length({})", a[0]);
    case Function::substring: return substring(a, e);
    case Function::left: return fmt::format("left({}, {})", a[0], bounded(a, e, 1, 0));
    case Function::right: return fmt::format("right({}, {})", a[0], bounded(a, e, 1, 0));
    case Function::padLeft: return padded("lpad", a, e);
    case Function::padRight: return padded("rpad", a, e);
    case Function::repeat: return fmt::format("repeat({}, {})", a[0], bounded(a, e, 1, 0));
    case Function::replace: {
      // Where it finds nothing the engine does not look at what to put there.
      const std::string out = fmt::format("replace({}, {}, {})", a[0], a[1], a[2]);
      return ir::mayBeNull(e.args[2])
                 ? fmt::format("CASE WHEN {} IS NOT NULL THEN {} END", operand(a[2]), out)
                 : out;
    }
    case Function::splitPart: return splitPart(a, e);
    case Function::position: return fmt::format("locate({}, {})", a[1], a[0]);
    case Function::startsWith:
      return fmt::format("(left({}, char_length({})) = {})", a[0], a[1], operand(a[1]));
    case Function::endsWith:
      return fmt::format("(right({}, char_length({})) = {})", a[0], a[1], operand(a[1]));
    case Function::contains: return fmt::format("(locate({}, {}) > 0)", a[1], a[0]);
    case Function::matches: return matches<S>(a, e);
    default: return std::nullopt;
  }
}

template std::optional<std::string> textCall<Server::mariadb>(ir::Function, const Arguments&,
                                                              const ir::Expr&);
template std::optional<std::string> textCall<Server::mysql>(ir::Function, const Arguments&,
                                                            const ir::Expr&);

}  // namespace cambium::dialect::mariadb
