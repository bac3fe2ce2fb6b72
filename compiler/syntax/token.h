// syntax/token.h: a token is a kind and a place. Kinds and their numbers come from
// grammar/CambiumLexer.g4.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace cambium::syntax {

enum class TokenKind : int16_t {
  endOfFile = -1,  // as in ANTLR
#define TOKEN(name, number, text) name = number,
#include "grammar/token_table.def"
#undef TOKEN
};

inline constexpr int kTokenKinds = 0
#define TOKEN(name, number, text) +1
#include "grammar/token_table.def"
#undef TOKEN
    ;
// The look-ahead sets have 256 bits and keep the last one for the end of the file.
static_assert(kTokenKinds < 255);

// "entity", "{"; empty for kinds whose texts differ.
std::string_view fixedText(TokenKind);
// A word of the language that may also be a name (`key`, `index`, …).
bool isSoftWord(TokenKind);
// Whatever can stand for a name: identifiers, quoted names, soft words.
bool isNameLike(TokenKind);
bool isReserved(TokenKind);

struct Token {
  uint32_t begin = 0;
  uint32_t end = 0;  // half-open, bytes
  TokenKind kind = TokenKind::endOfFile;
  bool startsLine = false;  // no other token before it on its line
  bool quiet = false;  // what is wrong here has been reported: no further error may name this token
};

// A comment, documentation included.
struct CommentToken {
  uint32_t begin = 0;
  uint32_t end = 0;
  TokenKind kind = TokenKind::LINE_COMMENT;
  bool ownLine = false;  // nothing but blanks before it on its line
  uint32_t before = 0;   // index of the token that follows (or, inside a label, of the label)
};

}  // namespace cambium::syntax
