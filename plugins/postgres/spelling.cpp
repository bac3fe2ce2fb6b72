// How PostgreSQL spells names and literals. Strings have no escapes (standard_conforming_strings).
#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

using ir::Scalar;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}
bool isWord(char c) {
  return isWordStart(c) || isDigit(c) || c == '$';
}

// The end of the token in quotes that starts at `at`, npos if it is not closed.
size_t endOfQuoted(std::string_view sql, size_t at) {
  const char mark = sql[at];
  for (size_t i = at + 1; i < sql.size(); ++i) {
    if (sql[i] != mark) continue;
    if (i + 1 < sql.size() && sql[i + 1] == mark)
      ++i;
    else
      return i + 1;
  }
  return std::string_view::npos;
}

// The end of the parenthesis that opens at `at`, npos if it is not closed.
size_t endOfParenthesis(std::string_view sql, size_t at) {
  const char open = sql[at], close = open == '[' ? ']' : ')';
  unsigned depth = 0;
  for (size_t i = at; i < sql.size();) {
    const char c = sql[i];
    if (c == '\'' || c == '"') {
      i = endOfQuoted(sql, i);
      if (i == std::string_view::npos) return i;
      continue;
    }
    if (c == open) ++depth;
    if (c == close && --depth == 0) return i + 1;
    ++i;
  }
  return std::string_view::npos;
}

bool isNumber(std::string_view sql) {
  if (!sql.empty() && (sql[0] == '-' || sql[0] == '+')) sql.remove_prefix(1);
  if (sql.empty() || !(isDigit(sql[0]) || sql[0] == '.')) return false;
  for (size_t i = 0; i < sql.size(); ++i) {
    const bool sign =
        (sql[i] == '-' || sql[i] == '+') && i && (sql[i - 1] == 'e' || sql[i - 1] == 'E');
    if (!isWord(sql[i]) && sql[i] != '.' && !sign) return false;
  }
  return true;
}

// "2026-01-31T12:34:56.500Z" → "2026-01-31 12:34:56.5+00", as the server writes it in UTC. Anything
// else as it is.
std::string instant(std::string_view text) {
  constexpr std::string_view pattern = "dddd-dd-ddTdd:dd:dd";
  const bool zoned = text.ends_with('Z');
  std::string_view rest = text;
  if (zoned) rest.remove_suffix(1);
  if (rest.size() < pattern.size()) return std::string(text);
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool fits = pattern[i] == 'd'   ? isDigit(rest[i])
                      : pattern[i] == 'T' ? rest[i] == 'T' || rest[i] == ' '
                                          : rest[i] == pattern[i];
    if (!fits) return std::string(text);
  }
  std::string out(rest);
  out[10] = ' ';
  if (out.find('.') != std::string::npos) {
    while (out.ends_with('0')) out.pop_back();
    if (out.ends_with('.')) out.pop_back();
  }
  return zoned ? out + "+00" : out;
}

std::string bytesText(std::string_view bytes) {
  std::string out = "\\x";
  for (const unsigned char c : bytes) out += fmt::format("{:02x}", c);
  return out;
}

std::string lowerCase(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

std::string dollarQuoted(std::string_view text) {
  std::string tag = "$cambium$";
  for (unsigned n = 1; text.find(tag) != std::string_view::npos; ++n)
    tag = fmt::format("$cambium{}$", n);
  return tag + std::string(text) + tag;
}

std::string textLiteral(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + '\'';
}

std::string list(const ir::Expr& e, const std::vector<std::string>& elements) {
  if (elements.empty()) return "'{}'";
  std::string out;
  for (const auto& element : elements) out += (out.empty() ? "" : ", ") + element;
  ir::Type type = e.type;
  type.list = true;
  return fmt::format("CAST(ARRAY[{}] AS {})", out, sqlTypeOf(type));
}

std::string literal(const ir::Expr& e) {
  if (e.kind == ir::ExprKind::member) return textLiteral(e.text);
  if (e.type.list) return textLiteral(e.text);
  switch (e.type.scalar) {
    case Scalar::null:
    case Scalar::error: return "NULL";
    case Scalar::boolean: return e.text == "true" ? "true" : "false";
    case Scalar::int16:
    case Scalar::int32:
    case Scalar::int64:
    case Scalar::float32:
    case Scalar::float64:
    case Scalar::decimal: return e.text;
    case Scalar::bytes: return textLiteral(bytesText(e.text));
    case Scalar::timestamp:
    case Scalar::datetime: return textLiteral(instant(e.text));
    case Scalar::uuid: return textLiteral(lowerCase(e.text));
    case Scalar::string:
    case Scalar::text:
    case Scalar::date:
    case Scalar::time:
    case Scalar::duration:
    case Scalar::json:
    case Scalar::enumeration: return textLiteral(e.text);
  }
  return "NULL";
}

std::string operand(std::string_view sql) {
  const std::string whole(sql);
  if (sql.empty()) return "()";
  if (sql[0] == '\'' && endOfQuoted(sql, 0) == sql.size()) return whole;
  if (sql[0] != '-' && sql[0] != '+' && isNumber(sql)) return whole;
  if (sql[0] == '(') return endOfParenthesis(sql, 0) == sql.size() ? whole : "(" + whole + ")";
  size_t i = 0;
  if (sql.substr(0, 4) == "NEW." || sql.substr(0, 4) == "OLD.") i = 4;
  if (i < sql.size() && sql[i] == '"' && endOfQuoted(sql, i) == sql.size()) return whole;
  if (isWordStart(sql[i])) {
    size_t end = i;
    while (end < sql.size() && isWord(sql[end])) ++end;
    if (end == sql.size()) return whole;
    if ((sql[end] == '(' || sql[end] == '[') && endOfParenthesis(sql, end) == sql.size())
      return whole;
  }
  return "(" + whole + ")";
}

bool isPlainDefault(std::string_view sql) {
  if (sql.empty()) return false;
  if (isNumber(sql)) return sql.find_first_of("eExX_") == std::string_view::npos;
  if (sql[0] == '\'') return endOfQuoted(sql, 0) == sql.size();
  return sql == "NULL" || sql == "true" || sql == "false" || sql == "now()" ||
         sql == "gen_random_uuid()";
}

}  // namespace cambium::dialect::postgres
