// import/sql_tokens.h: a script of MySQL's or SQLite's DDL as tokens with their places, and a
// cursor over them. Comments are no tokens; MySQL's `/*!40101 … */` is read as what it executes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cambium::importing {

enum class TokenKind : unsigned char { word, name, text, number, symbol, broken, end };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string value;  // of a name or text: without quotes; of a word: as written
  uint32_t begin = 0, end = 0;
  char quote = 0;  // of a name or text

  bool is(std::string_view wordOrSymbol) const;  // a word in any case
  bool isName() const { return kind == TokenKind::word || kind == TokenKind::name; }
};

struct TokenRules {
  bool backslash = false;         // '\'' is an escape
  bool doubleQuotesText = false;  // "x" is a text
  bool hashComment = false;
};

std::vector<Token> tokenize(std::string_view text, const TokenRules&);

class Cursor {
public:
  explicit Cursor(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  const Token& peek(size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  const Token& next() {
    const Token& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool atEnd() const { return peek().kind == TokenKind::end; }
  bool at(std::string_view word) const { return peek().is(word); }
  bool accept(std::string_view word);
  bool accept(std::string_view first, std::string_view second);
  // True if one of the words stands here.
  bool atAny(std::initializer_list<std::string_view> words) const;
  // Behind an opening parenthesis: past the closing one.
  void skipParentheses();
  // To the `;` that ends the statement, or the end; not past it.
  void skipStatement();
  size_t position() const { return at_; }
  void seek(size_t position) { at_ = position; }

private:
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace cambium::importing
