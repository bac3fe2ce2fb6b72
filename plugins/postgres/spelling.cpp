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

bool isPlainDefault(std::string_view sql) {
  if (sql.empty()) return false;
  if (isNumberLiteral(sql)) return sql.find_first_of("eExX_") == std::string_view::npos;
  if (sql[0] == '\'') return isQuotedWhole(sql);
  return sql == "NULL" || sql == "true" || sql == "false" || sql == "now()" ||
         sql == "gen_random_uuid()";
}

}  // namespace cambium::dialect::postgres
