// How SQLite spells names and literals.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "compiler/base/json_text.h"
#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// "2026-01-31T12:34:56Z" → "2026-01-31T12:34:56.000Z", the one form in which text order is time
// order. Anything else as it is.
std::string canonicalTimestamp(std::string_view text) {
  constexpr std::string_view pattern = "dddd-dd-ddTdd:dd:dd";
  if (text.size() < pattern.size() + 1 || text.back() != 'Z') return std::string(text);
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool fits = pattern[i] == 'd'   ? isDigit(text[i])
                      : pattern[i] == 'T' ? text[i] == 'T' || text[i] == ' '
                                          : text[i] == pattern[i];
    if (!fits) return std::string(text);
  }
  std::string_view fraction = text.substr(pattern.size(), text.size() - pattern.size() - 1);
  if (!fraction.empty() && (fraction[0] != '.' || fraction.size() < 2)) return std::string(text);
  for (char c : fraction.substr(fraction.empty() ? 0 : 1))
    if (!isDigit(c)) return std::string(text);
  std::string digits(fraction.substr(fraction.empty() ? 0 : 1));
  digits.resize(3, '0');
  std::string out(text.substr(0, pattern.size()));
  out[10] = 'T';
  return out + "." + digits + "Z";
}

// "5" → "5.00": the one form of a decimal that is kept as text.
std::string withScale(std::string text, unsigned scale) {
  if (scale == 0) return text;
  auto point = text.find('.');
  if (point == std::string::npos) {
    point = text.size();
    text += '.';
  }
  const size_t digits = text.size() - point - 1;
  if (digits < scale) text.append(scale - digits, '0');
  return text;
}

std::string blobLiteral(std::string_view bytes) {
  std::string out = "x'";
  for (unsigned char c : bytes) out += fmt::format("{:02X}", c);
  return out + "'";
}

}  // namespace

std::string textLiteral(std::string_view text) {
  std::string out = "'";
  bool hasZero = false;
  for (char c : text) {
    if (c == '\0') {  // SQL text ends at a zero byte
      out += "' || char(0) || '";
      hasZero = true;
      continue;
    }
    if (c == '\'') out += '\'';
    out += c;
  }
  out += '\'';
  return hasZero ? "(" + out + ")" : out;
}

namespace {

// An element as JSON says it, in the one form that is kept.
std::string element(const ir::Expr& e) {
  if (e.kind == ir::ExprKind::member) return literalAsJson(e);
  if (e.type.scalar == ir::Scalar::decimal && isTextDecimal(e.type)) return jsonQuoted(e.text);
  if (e.type.scalar == ir::Scalar::timestamp) return jsonQuoted(canonicalTimestamp(e.text));
  return literalAsJson(e);
}

}  // namespace

std::string list(const ir::Expr& e, const std::vector<std::string>& elements) {
  const auto known = jsonListText(e, element);
  return known ? textLiteral(*known) : called("json_array", elements);
}

std::string literal(const ir::Expr& e) {
  if (e.kind == ir::ExprKind::member) return textLiteral(e.text);
  if (e.type.list) return textLiteral(e.text);
  switch (e.type.scalar) {
    case ir::Scalar::null:
    case ir::Scalar::error: return "NULL";
    case ir::Scalar::boolean: return e.text == "true" ? "1" : "0";
    case ir::Scalar::int16:
    case ir::Scalar::int32:
    case ir::Scalar::int64:
    case ir::Scalar::float32:
    case ir::Scalar::float64: return e.text;
    case ir::Scalar::decimal:
      return isTextDecimal(e.type) ? textLiteral(withScale(e.text, e.type.scale)) : e.text;
    case ir::Scalar::bytes: return blobLiteral(e.text);
    case ir::Scalar::timestamp: return textLiteral(canonicalTimestamp(e.text));
    case ir::Scalar::string:
    case ir::Scalar::text:
    case ir::Scalar::uuid:
    case ir::Scalar::date:
    case ir::Scalar::time:
    case ir::Scalar::datetime:
    case ir::Scalar::duration:
    case ir::Scalar::json:
    case ir::Scalar::enumeration: return textLiteral(e.text);
  }
  return "NULL";
}

bool isPlainDefault(std::string_view sql) {
  if (sql.empty()) return false;
  if (isNumberLiteral(sql)) return true;
  if (sql[0] == '\'') return isQuotedWhole(sql);
  if ((sql[0] == 'x' || sql[0] == 'X') && sql.size() > 1 && sql[1] == '\'')
    return isQuotedWhole(sql.substr(1));
  const std::string word = upper(sql);
  return word == "NULL" || word == "TRUE" || word == "FALSE" || word == "CURRENT_TIMESTAMP" ||
         word == "CURRENT_DATE" || word == "CURRENT_TIME";
}

}  // namespace cambium::dialect::sqlite
