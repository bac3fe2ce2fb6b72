// resume and undo: the plan that the database itself has stored, forward or back.
#include "cli/commands.h"
#include "cli/execution.h"
#include "cli/kept.h"
#include "cli/losses.h"
#include "compiler/artifact/seal.h"

namespace cambium::cli {

namespace {

struct Stored {
  Database database;
  Active active;
  driver::Compilation& package;
};

Or<Stored> openStored(Context& context) {
  const auto place = recordedPlace(context);
  if (!place) return Failure{place.error()};
  const auto target = targetOf(context, *place->package, *place->environment);
  if (!target) return Failure{target.error()};
  auto database = openDatabase(context, *target, Access::write);
  if (!database) return Failure{database.error()};
  auto active = activeVersion(context, *database, *place->package->model);
  if (!active) return Failure{active.error()};
  return Stored{std::move(*database), std::move(*active), *place->package};
}

}  // namespace

Outcome runResume(Context& context) {
  auto stored = openStored(context);
  if (!stored) return stored.error();
  const std::string& environment = stored->database.target.environment->name;
  if (!stored->active.open)
    return context.fail(report<Code::RUN059>({}, environment)
                            .help("a new plan is made and run by `cambium apply`"));
  const auto script = storedPlan(context, stored->database, *stored->active.open);
  if (!script) return script.error();
  Execution execution{*script};
  // A plan that was being taken back is taken back further: forward again is `apply` of the plan,
  // afterwards.
  execution.undo = stored->active.open->state == runner::PlanState::undoing;
  execution.open = stored->active.open;
  // Where a model with errors leads to is not known.
  const bool goesOn =
      !execution.undo && script->wayBack.empty() && !stored->package.diagnostics.hasErrors();
  if (auto to = artifact::unseal(script->toModel); to && goesOn)
    execution.left =
        versionsLeft(context, stored->package, std::make_shared<const ir::Model>(std::move(*to)),
                     stored->package.model);
  return execute(context, stored->database, execution);
}

Outcome runUndo(Context& context) {
  auto stored = openStored(context);
  if (!stored) return stored.error();
  const std::string& environment = stored->database.target.environment->name;
  std::optional<runner::PlanRecord> record = stored->active.open;
  if (!record && stored->active.installation) {
    // The last plan is done; where it had nothing to contract it can still be taken back. The
    // runner knows.
    auto last =
        runner::Ledger(*stored->database.session).lastPlan(stored->active.installation->package);
    if (!last) return context.fail(describe(last.error(), stored->database.target));
    if (*last && (*last)->state == runner::PlanState::done) record = std::move(*last);
  }
  if (!record)
    return context.fail(
        report<Code::RUN060>({}, environment).help("`cambium status` shows what is active"));
  // Nothing of it can be undone any more; what it took away may still be there.
  if (record->state == runner::PlanState::done) sayKept(context, stored->database, *record);
  const auto script = storedPlan(context, stored->database, *record);
  if (!script) return script.error();
  // Past the point of no return the runner refuses: there is nothing to agree to.
  const bool refused = record->state == runner::PlanState::done && !script->steps.empty() &&
                       script->steps.back().phase == plan::Phase::contract;
  if (!refused) {
    const auto losses = lossesOfUndo(context, stored->database, *script, *record);
    if (!losses) return losses.error();
    if (const Outcome agreed = agreeToLosses(context, *losses, environment); agreed != Outcome::ok)
      return agreed;
  }
  Execution execution{*script};
  execution.undo = true;
  execution.open = record;
  return execute(context, stored->database, execution);
}

}  // namespace cambium::cli
