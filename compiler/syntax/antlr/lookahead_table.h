// syntax/antlr/lookahead_table.h: which tokens may come next, for every state of the parser, as
// bits. The runtime keeps these sets as lists of intervals and copies one at every loop and every
// option, which costs up to a third of the time of a parse.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "atn/ATN.h"

namespace cambium::syntax {

class LookaheadTable {
public:
  using Bits = std::array<uint64_t, 4>;

  explicit LookaheadTable(const antlr4::atn::ATN&);

  // A set in which the rule may end contains everything: what follows is the caller's to judge.
  // `kind` as the parser has it (EOF is -1).
  bool contains(size_t state, size_t kind) const {
    return bits_[state][(kind & 0xFF) >> 6] >> (kind & 63) & 1;
  }

private:
  std::vector<Bits> bits_;
};

}  // namespace cambium::syntax
