// cli/rollback.h: the way back to an older version when nothing of it is left in the database:
// plans like any other (compiler/diff/rollback.h), and what they lose, counted before anything is
// done.
#pragma once

#include "cli/planning.h"
#include "compiler/driver/rollback.h"
#include "compiler/plan/rollback_loss.h"

namespace cambium::cli {

struct CountedLoss {
  plan::RollbackLoss loss;
  std::optional<int64_t> rows;  // nothing: that cannot be counted (yet)
  std::string keptAs = {};      // what comes back: under this name the database keeps its values
  bool losesData() const { return loss.kind < plan::RollbackLoss::Kind::returns && rows != 0; }
};

// Of one plan back; entries that no row is about are left out.
struct LossesOfStep {
  std::string from, to;  // versions
  std::vector<CountedLoss> losses;
};

struct WayBack {
  ReadyWay way;
  std::vector<LossesOfStep> losses;  // by plan; rows of the later ones are counted in their turn
};

// Where a rollback leads: `--to`, else what was active before, else the sealed version before it.
Or<ModelPtr> rollbackTarget(Context&, driver::Compilation&, Database&, const Active&);

// The plans from one version back to another, without a database.
Or<WayBack> makeWayBack(Context&, driver::Compilation&, const ModelPtr& from, const ModelPtr& to,
                        const dialect::Dialect&, const std::string& environment, Faces);
// From what is active in the database. A plan that is under way ends the command.
Or<WayBack> wayBackFromDatabase(Context&, driver::Compilation&, Database&, const Active&,
                                const ModelPtr& to);

// What a stored plan back loses; it starts from what is active.
Or<LossesOfStep> lossesOfScript(Context&, Database&, const Active&, const emit::Script&);

// As text and as fields. Values in the way (RUN087) end the command.
Or<bool> showLosses(Context&, const std::vector<LossesOfStep>&);
// A person agrees to them, by `--yes` or at the terminal; otherwise how the command ends.
Outcome agreeToRollback(Context&, const std::vector<LossesOfStep>&, const std::string& environment);

}  // namespace cambium::cli
