// syntax/lines_of_strings.h: strings that go on over the end of their line, which no string may.
// In: the tokens, in which such a string has no end, and what follows it was read as words up to
// the quote that ends it, which opens another one. Out: the tokens as they are meant.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/source/source.h"
#include "compiler/syntax/token.h"

namespace cambium::syntax {

// Takes out of `tokens` and `comments` what stands inside of such strings, and reads what stands
// behind them. The strings, with both of their quotes; their tokens still end with their first
// line.
std::vector<Span> joinLines(FileId file, std::string_view text, std::vector<Token>& tokens,
                            std::vector<CommentToken>& comments);

}  // namespace cambium::syntax
