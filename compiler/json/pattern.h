// json/pattern.h: regular expressions as JSON Schema has them (ECMA-262), without what makes a
// match slow or undecidable by a machine with finitely many states: look-ahead, look-behind and
// back references are refused, as are classes by Unicode property. A search is linear in the text.
// Characters are code points; `\d \w \s` are those of ECMA-262.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/base/result.h"

namespace cambium::json {

class Pattern {
public:
  // Errors, in words: what it does not understand, and where the pattern grows too large.
  static Result<Pattern> compile(std::string_view text);

  // True when some part of the text matches.
  bool search(std::string_view text) const;

  struct Set {
    std::vector<std::pair<char32_t, char32_t>> ranges;
    bool negated = false;
    bool has(char32_t c) const;
  };
  enum class Op : uint8_t { set, split, jump, begin, end, wordEdge, noWordEdge, match };
  struct Step {
    Op op = Op::match;
    uint32_t a = 0, b = 0;  // set: which; split: both ways; jump: where to
  };

private:
  std::vector<Set> sets_;
  std::vector<Step> steps_;
};

}  // namespace cambium::json
