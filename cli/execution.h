// cli/execution.h: running a plan from the command line: how far, with whose consent, and what is
// said afterwards.
#pragma once

#include <optional>

#include "cli/planning.h"

namespace cambium::cli {

struct Execution {
  const emit::Script& script;
  bool undo = false;
  std::optional<runner::PlanRecord> open;      // the same plan, begun before
  const catalog::Catalog* expected = nullptr;  // what it starts from, where that is known
};

// The phase in which the environment's rules stop a run that says nothing else.
struct Policy {
  plan::Phase through = plan::Phase::contract;
  bool approvals = false;  // it waits for approvals
  std::string waitsFor;    // why it stops before contract; "" = it does not
};
Policy policyOf(const ir::Environment&, const emit::Script&);

// Runs it (or, with --dry-run, says what would be run).
Outcome execute(Context&, Database&, const Execution&);

// A plan is only run in the environment, the package and the kind of database that it was made for,
// and later environments take sealed versions only.
Or<bool> checkPlanFits(Context&, const driver::Compilation&, const Target&, const emit::Script&);

}  // namespace cambium::cli
