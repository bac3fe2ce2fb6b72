#include "compiler/syntax/look_alikes.h"

#include <algorithm>
#include <array>

namespace cambium::syntax {
namespace {

struct Pair {
  uint32_t codePoint;
  std::string_view ours;
};

constexpr Pair kSigns[] = {
    {0x00D7, "*"}, {0x00F7, "/"},  {0x2010, "-"},  {0x2011, "-"},  {0x2012, "-"},  {0x2013, "-"},
    {0x2014, "-"}, {0x2044, "/"},  {0x2190, "<-"}, {0x2192, "->"}, {0x21D2, "->"}, {0x2212, "-"},
    {0x2215, "/"}, {0x2217, "*"},  {0x2236, ":"},  {0x2260, "!="}, {0x2264, "<="}, {0x2265, ">="},
    {0x22C5, "*"}, {0x27F6, "->"}, {0x3001, ","},  {0x3002, "."},  {0xFE55, ":"}};

// Cyrillic and Greek letters that no reader can tell from Latin ones.
constexpr Pair kSame[] = {{0x0391, "A"}, {0x0392, "B"}, {0x0395, "E"}, {0x0396, "Z"}, {0x0397, "H"},
                          {0x0399, "I"}, {0x039A, "K"}, {0x039C, "M"}, {0x039D, "N"}, {0x039F, "O"},
                          {0x03A1, "P"}, {0x03A4, "T"}, {0x03A5, "Y"}, {0x03A7, "X"}, {0x03BF, "o"},
                          {0x0405, "S"}, {0x0406, "I"}, {0x0408, "J"}, {0x0410, "A"}, {0x0412, "B"},
                          {0x0415, "E"}, {0x041A, "K"}, {0x041C, "M"}, {0x041D, "H"}, {0x041E, "O"},
                          {0x0420, "P"}, {0x0421, "C"}, {0x0422, "T"}, {0x0425, "X"}, {0x0430, "a"},
                          {0x0435, "e"}, {0x043E, "o"}, {0x0440, "p"}, {0x0441, "c"}, {0x0443, "y"},
                          {0x0445, "x"}, {0x0455, "s"}, {0x0456, "i"}, {0x0458, "j"}};

// U+00C0 to U+00FF without their accents; × and ÷ are signs.
constexpr std::array<std::string_view, 64> kWithoutAccent = {
    "A", "A", "A", "A", "Ae", "A", "Ae", "C", "E", "E", "E", "E", "I",  "I", "I",  "I",
    "D", "N", "O", "O", "O",  "O", "Oe", "",  "O", "U", "U", "U", "Ue", "Y", "Th", "ss",
    "a", "a", "a", "a", "ae", "a", "ae", "c", "e", "e", "e", "e", "i",  "i", "i",  "i",
    "d", "n", "o", "o", "o",  "o", "oe", "",  "o", "u", "u", "u", "ue", "y", "th", "y"};

template <size_t N>
std::string_view find(const Pair (&table)[N], uint32_t c) {
  const auto at = std::ranges::find(table, c, &Pair::codePoint);
  return at == std::end(table) ? std::string_view() : at->ours;
}

// Full-width forms have the order of ASCII.
constexpr uint32_t kFullWidth = 0xFF01, kFullWidthEnd = 0xFF5F;
constexpr std::string_view kAscii =
    "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|"
    "}~";

bool isFullWidth(uint32_t c) {
  return c >= kFullWidth && c < kFullWidthEnd;
}

}  // namespace

std::string_view signFor(uint32_t c) {
  return isFullWidth(c) ? kAscii.substr(c - kFullWidth, 1) : find(kSigns, c);
}

std::string_view letterFor(uint32_t c, bool& same) {
  const auto found = find(kSame, c);
  same = !found.empty();
  if (same) return found;
  return c >= 0xC0 && c < 0x100 ? kWithoutAccent[c - 0xC0] : std::string_view();
}

bool isTypographicQuote(uint32_t c) {
  return (c >= 0x2018 && c <= 0x201F) || c == 0x00AB || c == 0x00BB || c == 0x2039 || c == 0x203A ||
         c == 0x300C || c == 0x300D;
}

bool isForeignBlank(uint32_t c) {
  return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

}  // namespace cambium::syntax
