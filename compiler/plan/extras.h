// plan/extras.h: what a plan does to the things that somebody agreed to leave beside the model's
// tables. A plan knows nothing of them: what stands on a table or a column that it moves, drops or
// makes anew would be broken by it, or go along in silence.
#pragma once

#include <string>
#include <vector>

#include "compiler/catalog/extras.h"
#include "compiler/plan/plan.h"

namespace cambium::plan {

struct Touch {
  unsigned step = 0;
  std::string title;   // of the step
  std::string object;  // the extra
  std::string what;    // what the step does: "drops `film.title`"
  bool fires = false;  // a trigger that only fires while rows are filled: nothing is broken
};
// By step; each extra once for each thing that is done to it.
std::vector<Touch> touches(const Plan&, const catalog::Extras&);

}  // namespace cambium::plan
