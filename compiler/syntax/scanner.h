// syntax/scanner.h: text to tokens, by hand, because the generated lexer is seventy times slower.
// grammar/CambiumLexer.g4 says what the tokens are; a test holds this scanner to the generated
// lexer on every input, broken ones included. In: any bytes. Out: the tokens in order, ended by
// endOfFile; what is wrong has a kind of its own (UNTERMINATED_STRING, ERRCHAR, …) and is reported
// by whoever reads the tokens. Linear in the text. Never fails.
#pragma once

#include "compiler/syntax/token.h"

namespace cambium::syntax {

struct ScannedText {
  std::vector<Token> tokens;
  std::vector<CommentToken> comments;
  bool hasFaults = false;  // some token (or comment) is of a kind that no sentence contains
};

ScannedText scan(std::string_view text);

// A character that may not stand in a source file, wherever it stands.
struct CharacterFault {
  enum class Kind : uint8_t { notUtf8, bidirectional, invisible, control } kind{};
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t codePoint = 0;  // notUtf8: the byte
};

// Every such character, by position; of bytes that are not UTF-8 only the first.
std::vector<CharacterFault> findCharacterFaults(std::string_view text);

// One code point of UTF-8: its length in bytes, 0 if there is none at `at`.
struct Decoded {
  uint32_t codePoint = 0;
  uint32_t length = 0;
};
Decoded decodeUtf8(std::string_view text, size_t at);

// A letter or sign beyond ASCII that looks like part of a word (FOREIGN_CHAR of the grammar).
bool isForeignCharacter(uint32_t codePoint);

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace cambium::syntax
