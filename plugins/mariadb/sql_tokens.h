// plugins/mariadb/sql_tokens.h: SQL as a list of tokens. Comments are passed over.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cambium::dialect::mariadb {

struct SqlToken {
  enum class Kind : unsigned char { word, name, text, number, hex, symbol, end };
  Kind kind = Kind::end;
  std::string text;           // of a word in lower case, of a name and a text what the quotes hold
  size_t begin = 0, end = 0;  // in the source

  bool is(std::string_view word) const {
    return (kind == Kind::word || kind == Kind::symbol) && text == word;
  }
};

// Ends with a token `end`. Empty if the text is none (a quote that is not closed).
std::vector<SqlToken> sqlTokens(std::string_view sql);

}  // namespace cambium::dialect::mariadb
