// plan/repair.h: the operations that bring a database which somebody changed by hand back to what a
// version says of it. Nobody's applications are waited for and nothing is kept in step: it is for
// somebody to read, who knows what happened.
#pragma once

#include <string>
#include <vector>

#include "compiler/plan/operation.h"

namespace cambium::plan {

struct RepairStep {
  Operation operation;
  bool deletes = false;  // rows or values go with it
};

struct Repair {
  std::vector<RepairStep> steps;  // in order; what deletes comes last
  // What they leave as it is, in words: what no operation makes ("function …"), and why one of them
  // is not possible.
  std::vector<std::string> left;
};

// Both catalogs are of one dialect, the one of these traits.
Repair repair(const catalog::Catalog& live, const catalog::Catalog& wanted, const catalog::Traits&);

}  // namespace cambium::plan
