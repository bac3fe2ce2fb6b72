// tests/pairs/pair.h: a random pair of versions: a few entities, and gadgets fitted to them
// (gadgets.h). Valid by construction, a function of the seed alone, and made smaller by taking
// gadgets out, which leaves the others as they are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/pairs/gadgets.h"
#include "tests/support/golden_file.h"

namespace cambium::testing {

enum class KeyForm : unsigned char { counting, text, uuid };

struct PairEntity {
  unsigned number;
  KeyForm key;
  unsigned rows;
};
struct FittedGadget {
  const Gadget* gadget;
  unsigned number;         // in its names
  unsigned entity, other;  // in Pair::entities
  unsigned type;           // among kinds of types (pair.cpp)
  unsigned beside = 0;     // the number of the gadget whose property {X} is
};
struct Pair {
  uint64_t seed = 0;
  std::vector<PairEntity> entities;
  std::vector<FittedGadget> gadgets;
};

Pair randomPair(uint64_t seed);

// Each without one of its gadgets (and what is said about its property), or without an entity that
// no gadget is fitted to.
std::vector<Pair> smallerPairs(const Pair&);

// As a golden case, which it may become: before.cam, after.cam with the migration, rows before, and
// the rows that the new version must have.
GoldenFile caseOf(const Pair&);

std::string describe(const Pair&);  // its seed and its gadgets

}  // namespace cambium::testing
