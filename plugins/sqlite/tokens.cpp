#include "plugins/sqlite/tokens.h"

#include <algorithm>

namespace cambium::dialect::sqlite {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
bool isSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isWord(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         (c & 0x80);
}

// Past white space and comments.
size_t skipBlank(std::string_view sql, size_t i) {
  while (i < sql.size()) {
    if (isSpace(sql[i])) {
      ++i;
    } else if (sql.substr(i, 2) == "--") {
      i = std::min(sql.find('\n', i), sql.size());
    } else if (sql.substr(i, 2) == "/*") {
      const size_t end = sql.find("*/", i + 2);
      i = end == std::string_view::npos ? sql.size() : end + 2;
    } else {
      break;
    }
  }
  return i;
}

// From the opening quote at `i`; sets `value`. npos = not closed.
size_t endOfQuoted(std::string_view sql, size_t i, std::string& value) {
  const char close = sql[i] == '[' ? ']' : sql[i];
  for (++i; i < sql.size(); ++i) {
    if (sql[i] != close) {
      value += sql[i];
    } else if (close != ']' && i + 1 < sql.size() && sql[i + 1] == close) {
      value += close;
      ++i;
    } else {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

size_t endOfNumber(std::string_view sql, size_t i) {
  while (i < sql.size()) {
    const bool sign = (sql[i] == '+' || sql[i] == '-') && (sql[i - 1] == 'e' || sql[i - 1] == 'E');
    if (!isWord(sql[i]) && sql[i] != '.' && !sign) break;
    ++i;
  }
  return i;
}

size_t endOfSymbol(std::string_view sql, size_t i) {
  for (const char* two : {"||", "<=", ">=", "<>", "!=", "==", "<<", ">>", "->"})
    if (sql.substr(i, 2) == two) return sql.substr(i, 3) == "->>" ? i + 3 : i + 2;
  return i + 1;
}

}  // namespace

bool Token::is(std::string_view wanted) const {
  if (kind == TokenKind::symbol) return raw == wanted;
  return kind == TokenKind::word && sameName(raw, wanted);
}

std::vector<Token> tokenize(std::string_view sql) {
  std::vector<Token> out;
  size_t i = 0;
  while (true) {
    const size_t start = skipBlank(sql, i);
    Token token;
    token.spaceBefore = start > i;
    if (start >= sql.size()) {
      out.push_back(token);
      return out;
    }
    const char c = sql[start];
    size_t end = start + 1;
    if (c == '\'' || c == '"' || c == '`' || c == '[') {
      token.kind = c == '\'' ? TokenKind::text : TokenKind::name;
      end = endOfQuoted(sql, start, token.value);
    } else if ((c == 'x' || c == 'X') && start + 1 < sql.size() && sql[start + 1] == '\'') {
      token.kind = TokenKind::number;  // a blob: a literal whose text is its value
      end = endOfQuoted(sql, start + 1, token.value);
    } else if (isDigit(c) || (c == '.' && start + 1 < sql.size() && isDigit(sql[start + 1]))) {
      token.kind = TokenKind::number;
      end = endOfNumber(sql, start + 1);
    } else if (isWord(c)) {
      token.kind = TokenKind::word;
      while (end < sql.size() && isWord(sql[end])) ++end;
      token.value = sql.substr(start, end - start);
    } else {
      token.kind = TokenKind::symbol;
      end = endOfSymbol(sql, start);
    }
    if (end == std::string_view::npos) {
      token.kind = TokenKind::broken;
      end = sql.size();
    }
    token.raw = sql.substr(start, end - start);
    out.push_back(std::move(token));
    i = end;
  }
}

bool sameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string lowerCase(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

}  // namespace cambium::dialect::sqlite
