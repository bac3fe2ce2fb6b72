// syntax/characters.cpp: UTF-8, and the characters that would make a text look like something else
// than it is.
#include <algorithm>
#include <array>

#include "compiler/syntax/scanner.h"

namespace cambium::syntax {
namespace {

struct Range {
  uint32_t first, last;
};

// Unicode bidirectional formatting (Trojan Source).
constexpr Range kBidirectional[] = {
    {0x061C, 0x061C}, {0x200E, 0x200F}, {0x202A, 0x202E}, {0x2066, 0x2069}};

// Characters without a shape of their own: soft hyphen, joiners, fillers, separators, annotations,
// variation selectors, tags.
constexpr Range kInvisible[] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F},  {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180B, 0x180F},
    {0x200B, 0x200D},   {0x2028, 0x2029},  {0x2060, 0x2065}, {0x206A, 0x206F}, {0x3164, 0x3164},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},  {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};

template <size_t N>
bool contains(const Range (&ranges)[N], uint32_t c) {
  return std::ranges::any_of(ranges, [c](Range r) { return c >= r.first && c <= r.last; });
}

// Bytes that need a closer look: controls and everything beyond ASCII.
constexpr std::array<bool, 256> kNotPlain = [] {
  std::array<bool, 256> table{};
  for (size_t c = 0; c < 256; ++c) table[c] = c < 0x20 || c >= 0x7F;
  for (const unsigned char c : {'\t', '\n', '\r', '\f'}) table[c] = false;
  return table;
}();

// Most texts are plain from end to end. A block at a time, without a branch for each byte.
size_t skipPlain(std::string_view text, size_t at) {
  constexpr size_t kBlock = 64;
  for (; at + kBlock <= text.size(); at += kBlock) {
    uint8_t odd = 0;
    for (size_t i = 0; i < kBlock; ++i) {
      const auto c = uint8_t(text[at + i]);
      const bool printed = uint8_t(c - 0x20) < 0x7F - 0x20;
      const bool blank = uint8_t(c - '\t') <= '\r' - '\t' && c != '\v';
      odd |= uint8_t(!(printed | blank));
    }
    if (odd) break;
  }
  while (at < text.size() && !kNotPlain[uint8_t(text[at])]) ++at;
  return at;
}

}  // namespace

Decoded decodeUtf8(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) -> uint32_t { return i < text.size() ? uint8_t(text[i]) : 0; };
  const auto more = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const uint32_t first = byte(at);
  if (at >= text.size()) return {};
  if (first < 0x80) return {first, 1};
  if (first >= 0xC2 && first < 0xE0 && more(at + 1))
    return {(first & 0x1F) << 6 | (byte(at + 1) & 0x3F), 2};
  if (first >= 0xE0 && first < 0xF0 && more(at + 1) && more(at + 2)) {
    const uint32_t c = (first & 0x0F) << 12 | (byte(at + 1) & 0x3F) << 6 | (byte(at + 2) & 0x3F);
    if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF)) return {c, 3};
  }
  if (first >= 0xF0 && first < 0xF5 && more(at + 1) && more(at + 2) && more(at + 3)) {
    const uint32_t c = (first & 0x07) << 18 | (byte(at + 1) & 0x3F) << 12 |
                       (byte(at + 2) & 0x3F) << 6 | (byte(at + 3) & 0x3F);
    if (c >= 0x10000 && c <= 0x10FFFF) return {c, 4};
  }
  return {};
}

bool isForeignCharacter(uint32_t c) {
  return c >= 0xA1 && c != 0x1680 && !(c >= 0x2000 && c < 0x2070) && c != 0x3000 && c != 0xFEFF;
}

std::vector<CharacterFault> findCharacterFaults(std::string_view text) {
  using Kind = CharacterFault::Kind;
  std::vector<CharacterFault> faults;
  bool validSoFar = true;
  uint32_t previous = 0;  // the character before, when it is beyond ASCII
  size_t at = text.substr(0, kByteOrderMark.size()) == kByteOrderMark ? kByteOrderMark.size() : 0;
  while (at < text.size()) {
    if (!kNotPlain[uint8_t(text[at])]) {
      at = skipPlain(text, at);
      previous = 0;
      continue;
    }
    const Decoded d = decodeUtf8(text, at);
    const auto add = [&](Kind kind, uint32_t length, uint32_t codePoint) {
      faults.push_back({kind, uint32_t(at), uint32_t(at + length), codePoint});
    };
    if (!d.length) {
      if (validSoFar) add(Kind::notUtf8, 1, uint8_t(text[at]));
      validSoFar = false;
      ++at;
      previous = 0;
      continue;
    }
    if (d.codePoint < 0x20 || (d.codePoint >= 0x7F && d.codePoint < 0xA0)) {
      add(Kind::control, d.length, d.codePoint);
    } else if (contains(kBidirectional, d.codePoint)) {
      add(Kind::bidirectional, d.length, d.codePoint);
    } else if (contains(kInvisible, d.codePoint)) {
      // One selector after a sign says "draw it as text" or "as a picture": it hides nothing.
      const bool presentation = (d.codePoint == 0xFE0E || d.codePoint == 0xFE0F) &&
                                previous > 0xA0 && !contains(kInvisible, previous);
      if (!presentation) add(Kind::invisible, d.length, d.codePoint);
    }
    previous = d.codePoint;
    at += d.length;
  }
  return faults;
}

}  // namespace cambium::syntax
