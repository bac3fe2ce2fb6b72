#include "compiler/syntax/antlr/lookahead_table.h"

#include "Token.h"
#include "misc/IntervalSet.h"

namespace cambium::syntax {

LookaheadTable::LookaheadTable(const antlr4::atn::ATN& atn) : bits_(atn.states.size()) {
  for (size_t i = 0; i < atn.states.size(); ++i) {
    auto* state = atn.states[i];
    if (!state) continue;
    auto& bits = bits_[i];
    const antlr4::misc::IntervalSet next = atn.nextTokens(state);
    if (next.contains(antlr4::Token::EPSILON)) {
      bits.fill(~uint64_t{0});
      continue;
    }
    for (const ssize_t kind : next.toList())
      bits[(size_t(kind) & 0xFF) >> 6] |= uint64_t{1} << (size_t(kind) & 63);
  }
}

}  // namespace cambium::syntax
