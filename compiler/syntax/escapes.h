// syntax/escapes.h: what the escapes in a string stand for. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cambium::syntax {

struct BadEscape {
  size_t begin = 0;  // of the backslash, in the body
  size_t length = 0;
};

// In: what stands between the quotes. Out: the text; escapes that there are not stay away and are
// listed in `bad`, if it is given.
std::string unescaped(std::string_view body, std::vector<BadEscape>* bad = nullptr);

// Whether a string literal, quotes included, ends with the quote that began it.
bool isClosed(std::string_view literal);

}  // namespace cambium::syntax
