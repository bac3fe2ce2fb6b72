// tests/property/hostile_words.h: names and texts that try to be something else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cambium::testing {

struct HostileWord {
  std::string text;
  // Can be written as it is: in documentation, and between backticks. Line feeds, signs without a
  // shape of their own and backticks cannot.
  bool written = true;
  // Can be a name: the language has no names with control characters or signs without a shape.
  bool name = true;
};

// Each differs from the others by more than the case of letters of ASCII.
const std::vector<HostileWord>& hostileWords();

// A literal of the language: what cannot be written stands there by its number.
std::string camText(std::string_view text);

// The word with an ending, at most so many bytes: characters go from its beginning.
std::string ended(const std::string& word, const std::string& ending, size_t most);

}  // namespace cambium::testing
