// plugins/sqlite/tokens.h: the tokens of stored CREATE statements.
// In: SQL text. Out: its tokens, comments and white space gone but remembered; the last one is
// `end`. An unclosed token is one of kind `broken`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cambium::dialect::sqlite {

enum class TokenKind : unsigned char { word, name, text, number, symbol, broken, end };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view raw;  // as written
  std::string value;     // word: as written; name ("…", […], `…`) and text: without quotes
  bool spaceBefore = false;
  bool is(std::string_view symbolOrKeyword) const;  // a symbol, or a word in any case
  bool isName() const {
    return kind == TokenKind::word || kind == TokenKind::name || kind == TokenKind::text;
  }
};

std::vector<Token> tokenize(std::string_view sql);

// ASCII only, as the engine compares names.
bool sameName(std::string_view a, std::string_view b);
std::string lowerCase(std::string_view);

}  // namespace cambium::dialect::sqlite
