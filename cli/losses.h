// cli/losses.h: what is lost with the way back. `undo` takes away what the new version brought, and
// with it the rows and values that were written there since.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/planning.h"

namespace cambium::cli {

struct Loss {
  std::string what;             // "table `post`", "column `post.subtitle`", "tag `Topic.gift`"
  std::optional<int64_t> rows;  // that hold something there, never 0; nullopt = not to be counted
};

// What the undo of this plan would delete for good. Columns that are kept in step with old ones and
// values that a default or a fill has put there are no loss, nor is a tag that nobody has.
Or<std::vector<Loss>> lossesOfUndo(Context&, Database&, const emit::Script&,
                                   const runner::PlanRecord&);

// A person agrees to them, by `--yes` or at the terminal; otherwise how the command ends.
Outcome agreeToLosses(Context&, const std::vector<Loss>&, const std::string& environment);

}  // namespace cambium::cli
