// cli/execution.h: running a plan from the command line: how far, with whose consent, and what is
// said afterwards.
#pragma once

#include <optional>

#include "cli/planning.h"

namespace cambium::cli {

struct Execution {
  const emit::Script& script;
  bool undo = false;
  bool agreed = false;                         // to what it deletes
  std::vector<std::string> left;               // versions to go to behind this one
  bool goesOn = false;                         // who runs this goes on there
  std::optional<runner::PlanRecord> open;      // the same plan, begun before
  const catalog::Catalog* expected = nullptr;  // what it starts from, where that is known
};

// Who asks: the name of the user.
std::string actor();

// The phase in which the environment's rules stop a run that says nothing else.
struct Policy {
  plan::Phase through = plan::Phase::contract;
  bool approvals = false;  // it waits for approvals
  std::string waitsFor;    // why it stops before contract; "" = it does not
};
Policy policyOf(const ir::Environment&, const emit::Script&);

// A person agrees to what all these plans delete before the first of them begins, as far as the
// environment's rules let them go; otherwise how the command ends.
Outcome agreeToWay(Context&, const ReadyWay&, const ir::Environment&);

// Runs it (or, with --dry-run, says what would be run).
Outcome execute(Context&, Database&, const Execution&);

// A plan is only run in the environment, the package and the kind of database that it was made for,
// and later environments take sealed versions only.
Or<bool> checkPlanFits(Context&, const driver::Compilation&, const Target&, const emit::Script&);

}  // namespace cambium::cli
