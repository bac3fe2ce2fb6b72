// tests/support/format_laws.h: what holds for whatever is formatted.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace cambium::testing {

// Formatting keeps the meaning and every comment, comes to rest at once and ends its last line.
// Fails for a text that does not parse.
::testing::AssertionResult keepsTheFormatLaws(const std::string& text);
bool parses(const std::string& text);

// The same tokens with blanks, line ends and comments anywhere between them.
std::string withOtherBlanks(const std::string& text, std::mt19937& random);

}  // namespace cambium::testing
