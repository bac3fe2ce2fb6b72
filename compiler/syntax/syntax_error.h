// syntax/syntax_error.h: where the parser stumbled, before anybody puts it into words.
#pragma once

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/syntax/token.h"

namespace cambium::syntax {

struct SyntaxError {
  enum class Kind : uint8_t {
    unexpected,   // the token cannot stand here; `expected` could
    wrongCloser,  // a closing bracket, but not the one of `opener`; taken as if it were
    tooDeep,
    tooMany,  // the rest of the file was not read
  };
  static constexpr uint32_t kNone = ~uint32_t{0};

  Kind kind = Kind::unexpected;
  uint32_t token = 0;
  uint32_t opener = kNone;          // the innermost bracket that is open here
  bool endsDeclaration = false;     // the token begins another declaration (or is the end of the
                                    // file): something was not closed
  std::vector<TokenKind> expected;  // ascending
  std::vector<uint16_t> rules;      // the parser's rules, innermost first

  friend bool operator==(const SyntaxError&, const SyntaxError&) = default;
};

// At most so many are reported in one file.
inline constexpr size_t kMaxSyntaxErrors = 100;

// In words, each once. `tokens` and `text` as the parser saw them.
void reportSyntaxErrors(const std::vector<SyntaxError>& errors, FileId file, std::string_view text,
                        const std::vector<Token>& tokens, DiagnosticSink& sink);

}  // namespace cambium::syntax
