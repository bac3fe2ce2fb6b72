// How MariaDB spells names and literals, whatever ANSI_QUOTES says. Texts have escapes: our
// sessions do not know NO_BACKSLASH_ESCAPES, and what they store remembers that.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "compiler/base/json_text.h"
#include "plugins/mariadb/mariadb.h"
#include "plugins/mariadb/sql_tokens.h"

namespace cambium::dialect::mariadb {
namespace {

using ir::Scalar;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

// "2026-01-31T12:34:56.5Z" → "2026-01-31 12:34:56.5". Anything else as it is.
std::string instant(std::string_view text) {
  constexpr std::string_view pattern = "dddd-dd-ddTdd:dd:dd";
  std::string_view rest = text;
  if (rest.ends_with('Z')) rest.remove_suffix(1);
  if (rest.size() < pattern.size()) return std::string(text);
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool fits = pattern[i] == 'd'   ? isDigit(rest[i])
                      : pattern[i] == 'T' ? rest[i] == 'T' || rest[i] == ' '
                                          : rest[i] == pattern[i];
    if (!fits) return std::string(text);
  }
  std::string out(rest);
  out[10] = ' ';
  return out;
}

std::string bytesLiteral(std::string_view bytes) {
  std::string out = "x'";
  for (const unsigned char c : bytes) out += fmt::format("{:02x}", c);
  return out + "'";
}

// An element as JSON says it, in the one form that is kept.
std::string element(const ir::Expr& e) {
  const bool uuid = e.kind != ir::ExprKind::member && e.type.scalar == Scalar::uuid;
  return uuid ? jsonQuoted(lowered(e.text)) : literalAsJson(e);
}

}  // namespace

std::string quote(std::string_view identifier) {
  std::string out = "`";
  for (const char c : identifier) {
    if (c == '`') out += '`';
    out += c;
  }
  return out + '`';
}

std::string quoteList(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + quote(name);
  return out;
}

std::string textLiteral(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += c;
    if (c == '\0')
      out += "\\0";
    else
      out += c;
  }
  return out + '\'';
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

namespace {

// JSON is a type of MySQL's own, and a text to MariaDB.
template <Server S>
std::string jsonLiteral(std::string_view text) {
  return S == Server::mysql ? "CAST(" + textLiteral(text) + " AS JSON)" : textLiteral(text);
}

// MySQL has no type for them: sixteen bytes.
template <Server S>
std::string uuidLiteral(std::string_view text) {
  std::string small = lowered(text);
  if constexpr (S == Server::mysql) {
    std::erase(small, '-');
    return "x'" + small + "'";
  }
  return textLiteral(small);
}

}  // namespace

template <Server S>
std::string list(const ir::Expr& e, const std::vector<std::string>& elements) {
  const auto known = jsonListText(e, element);
  return known ? jsonLiteral<S>(*known) : called("json_array", elements);
}

template <Server S>
std::string literal(const ir::Expr& e) {
  if (e.kind == ir::ExprKind::member) return textLiteral(e.text);
  if (e.type.list) return jsonLiteral<S>(e.text);
  switch (e.type.scalar) {
    case Scalar::null:
    case Scalar::error: return "NULL";
    case Scalar::boolean: return e.text == "true" ? "1" : "0";
    case Scalar::int16:
    case Scalar::int32:
    case Scalar::int64:
    case Scalar::decimal: return e.text;
    case Scalar::float32:
    case Scalar::float64:  // without an exponent it would be a decimal
      return e.text.find_first_of("eE") == std::string::npos ? e.text + "e0" : e.text;
    case Scalar::bytes: return bytesLiteral(e.text);
    case Scalar::timestamp:
    case Scalar::datetime: return textLiteral(instant(e.text));
    case Scalar::uuid: return uuidLiteral<S>(e.text);
    case Scalar::json: return jsonLiteral<S>(e.text);
    case Scalar::string:
    case Scalar::text:
    case Scalar::date:
    case Scalar::time:
    case Scalar::duration:
    case Scalar::enumeration: return textLiteral(e.text);
  }
  return "NULL";
}

template std::string list<Server::mariadb>(const ir::Expr&, const std::vector<std::string>&);
template std::string list<Server::mysql>(const ir::Expr&, const std::vector<std::string>&);
template std::string literal<Server::mariadb>(const ir::Expr&);
template std::string literal<Server::mysql>(const ir::Expr&);

std::string operand(std::string_view sql) {
  std::string whole(sql);
  const auto tokens = sqlTokens(sql);
  if (tokens.size() <= 1) return "(" + whole + ")";
  using Kind = SqlToken::Kind;
  size_t i = 0;
  // NEW.`a`, `t`.`a`
  while (i + 2 < tokens.size() && tokens[i + 1].is(".") &&
         (tokens[i].kind == Kind::word || tokens[i].kind == Kind::name))
    i += 2;
  const Kind kind = tokens[i].kind;
  if (i + 2 == tokens.size() && kind != Kind::symbol) return whole;
  // DATE'…'
  if (i + 3 == tokens.size() && kind == Kind::word && tokens[i + 1].kind == Kind::text)
    return whole;
  if (kind == Kind::word && tokens[i].text == "case") return "(" + whole + ")";
  if (kind == Kind::word && tokens[i + 1].is("(")) ++i;
  if (tokens[i].is("(")) {
    unsigned open = 0;
    for (; i + 1 < tokens.size(); ++i) {
      if (tokens[i].is("(")) ++open;
      if (tokens[i].is(")") && --open == 0) break;
    }
    if (i + 2 == tokens.size()) return whole;
  }
  return "(" + whole + ")";
}

bool isConstant(std::string_view sql) {
  using Kind = SqlToken::Kind;
  const auto tokens = sqlTokens(sql);
  const size_t first = !tokens.empty() && tokens[0].is("-") ? 1 : 0;
  return tokens.size() == first + 2 &&
         (tokens[first].kind == Kind::number || (tokens[0].kind == Kind::text && first == 0));
}

}  // namespace cambium::dialect::mariadb
