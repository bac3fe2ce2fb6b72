// tests/support/random_package.h: random packages that are valid by construction, and random next
// versions of them with the migration block they need. Everything is a function of the seed; `size`
// and `edits` may be lowered to shrink a failure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/golden_file.h"

namespace cambium::testing {

struct RandomSettings {
  uint64_t seed = 0;
  unsigned entities = 6;
  unsigned edits = 8;
};

// A case as the golden runner reads it: before.cam, after.cam (with the migration), rows before.
GoldenFile randomCase(const RandomSettings&);

// The kinds of edits that the generator knows; a test demands that each occurs.
std::vector<std::string> editKinds();
// The kinds that the case of these settings really used.
std::vector<std::string> usedEdits(const RandomSettings&);

}  // namespace cambium::testing
