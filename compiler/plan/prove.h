// plan/prove.h: stage 7, a plan is executed on a catalog in memory before anybody trusts it:
//   - the last step ends exactly in the fresh build of the new version;
//   - after every step up to the switch everything that applications of the old version use is
//   there (and accepts what they write), and from
//     the switch until contract starts, everything that the new version's use;
//   - undoing from after any step before contract leads back to the start.
#pragma once

#include <optional>
#include <string>

#include "compiler/plan/plan.h"

namespace cambium::plan {

struct ProofFailure {
  unsigned step = 0;  // 0 = before the first
  std::string claim;  // which of the above
  std::string difference;
};

std::optional<ProofFailure> prove(const Plan&, const catalog::Traits&);

}  // namespace cambium::plan
