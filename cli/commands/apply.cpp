#include <algorithm>

#include "cli/commands.h"
#include "cli/execution.h"
#include "cli/extras.h"
#include "compiler/artifact/seal.h"

namespace cambium::cli {

namespace {

// Only a plan that starts from nothing makes the database.
Access accessFor(const emit::Script& script) {
  return script.fromVersion.empty() ? Access::create : Access::write;
}

// What would be run, and how far.
Outcome dryRun(Context& context, const ReadyPlan& ready, const ir::Environment& environment,
               const std::string& product) {
  const Policy policy = policyOf(environment, ready.script());
  context.out.print(
      emit::printSummary(ready.script(), printOptions(context, ready, &environment, product)));
  const std::string through =
      context.invocation.value("through", std::string(plan::toString(policy.through)));
  context.out.textField("plan", emit::planDigest(ready.script()));
  context.out.textField("through", through);
  context.out.field("steps", std::to_string(ready.script().steps.size()));
  context.out.say(fmt::format("nothing was done; without --dry-run this runs through {}", through));
  return Outcome::ok;
}

bool dry(const Context& context) {
  return context.invocation.has("dry-run");
}

std::string called(const runner::PlanRecord& plan) {
  return fmt::format("plan {} ({} → {}) of {}", plan.digest.substr(0, 8),
                     versionText(plan.fromVersion), plan.toVersion, plan.startedAt);
}

void sayGoingOn(Context& context, const runner::PlanRecord& plan) {
  context.out.say("going on with " + called(plan));
}

// A plan that was recorded, and no step of it begun: this one, or one that gives way to it.
void sayWhatBecomesOf(Context& context, const runner::PlanRecord& open,
                      const emit::Script& script) {
  if (open.digest == emit::planDigest(script)) return sayGoingOn(context, open);
  context.out.say(called(open) + " was not begun and is not this one: it is closed");
}

// The sealed version of that number is needed to know whether the plan's model is it.
void loadTarget(Context& context, driver::Compilation& c, const std::string& version) {
  if (std::ranges::find(c.versions, version) != c.versions.end())
    driver::loadSealed(context.fs, "", c, version);
}

// What stands in the database beside the model may be younger than the plan: the steps are looked
// at again.
Or<bool> checkStored(Context& context, driver::Compilation& c, Database& database,
                     const Active& active, const emit::Script& script) {
  if (active.extras.empty()) return true;
  auto to = artifact::unseal(script.toModel);
  if (!to)
    return Failure{context.fail(report<Code::RUN054>({}, script.toVersion, to.error().detail))};
  const auto faces = facesOf(context, database, active);
  if (!faces) return Failure{faces.error()};
  const auto ready =
      makePlan(context, c, active.model, std::make_shared<const ir::Model>(std::move(*to)),
               *database.target.dialect, script.environment, *faces);
  if (!ready) return Failure{ready.error()};
  return checkExtras(context, database, active, ready->planned.plan);
}

Outcome applyFile(Context& context, driver::Compilation& c, const std::string& path) {
  auto script = readPlan(context, path);
  if (!script) return script.error();
  if (!context.invocation.has("env") && !script->environment.empty()) {
    const auto& all = c.model->environments;
    const bool known =
        std::ranges::any_of(all, [&](const auto& e) { return e.name == script->environment; });
    if (!known) {
      return context.fail(
          report<Code::RUN056>({}, "environment", script->environment, c.model->package)
              .note("the package has no environment of that name"));
    }
  }
  const ir::Environment* environment = nullptr;
  for (const auto& e : c.model->environments)
    if (!context.invocation.has("env") && e.name == script->environment) environment = &e;
  if (!environment) {
    const auto chosen = chooseEnvironment(context, c);
    if (!chosen) return chosen.error();
    environment = *chosen;
  }
  const auto target = targetOf(context, c, *environment);
  if (!target) return target.error();
  loadTarget(context, c, script->toVersion);
  if (const auto fits = checkPlanFits(context, c, *target, *script); !fits) return fits.error();
  if (dry(context)) {
    ReadyPlan ready;
    ready.planned.script = std::move(*script);
    return dryRun(context, ready, *environment, "");
  }
  auto database = openDatabase(context, *target, accessFor(*script));
  if (!database) return database.error();
  const auto active = activeVersion(context, *database, *c.model);
  if (!active) return active.error();
  Execution execution{*script};
  if (active->open && active->open->digest == emit::planDigest(*script))
    execution.open = active->open;
  else if (const auto fits = checkStored(context, c, *database, *active, *script); !fits)
    return fits.error();
  if (active->open && !active->open->begun) sayWhatBecomesOf(context, *active->open, *script);
  return execute(context, *database, execution);
}

}  // namespace

Outcome runApply(Context& context) {
  const auto& arguments = context.invocation.arguments;
  const auto package = loadPackage(context);
  if (!package) return package.error();
  driver::Compilation& c = **package;
  if (!arguments.empty()) return applyFile(context, c, arguments.front());

  const auto environment = chooseEnvironment(context, c);
  if (!environment) return environment.error();
  const auto target = targetOf(context, c, **environment);
  if (!target) return target.error();
  const auto to = modelOfVersion(context, c, "");
  if (!to) return to.error();
  // Nothing is made, not even the file of a database, before there is a plan for it.
  Or<Database> database = openDatabase(context, *target, Access::read);
  if (!database) return database.error();
  const auto active = activeVersion(context, *database, *c.model);
  if (!active) return active.error();

  std::optional<emit::Script> stored;
  std::optional<ReadyPlan> ready;
  if (active->open && active->open->begun) {
    auto script = storedPlan(context, *database, *active->open);
    if (!script) return script.error();
    stored = std::move(*script);
    sayGoingOn(context, *active->open);
    if (stored->toVersion == (*to)->version && stored->toDigest != artifact::digest(**to))
      context.out.complain(fmt::format(
          "warning: {} {} was edited since: the plan goes on as it was made; `cambium undo -e {}` "
          "takes it back, and then `cambium apply` makes another one",
          (*to)->package, (*to)->version, (*environment)->name));
  } else {
    auto made = planFromDatabase(context, c, *database, *active, *to);
    if (!made) return made.error();
    ready = std::move(*made);
    if (ready->nothingToDo) {
      context.out.textField("environment", (*environment)->name);
      context.out.field("steps", "0");
      context.out.print(fmt::format("nothing to do: {} is at {} {}\n", (*environment)->name,
                                    (*to)->package, (*to)->version));
      if (active->open)
        context.out.say(fmt::format("{} was not begun: `cambium undo -e {}` closes it",
                                    called(*active->open), (*environment)->name));
      return Outcome::ok;
    }
  }
  const emit::Script& script = stored ? *stored : ready->script();
  if (!stored) {
    loadTarget(context, c, script.toVersion);
    if (const auto fits = checkPlanFits(context, c, *target, script); !fits) return fits.error();
  }
  if (dry(context)) {
    ReadyPlan shown;
    if (ready)
      shown = std::move(*ready);
    else
      shown.planned.script = *stored;
    return dryRun(context, shown, **environment, database->product());
  }
  const auto announce = [&] {
    context.out.say(fmt::format("plan {}  {} {} {} {}  in {} ({})",
                                emit::planDigest(script).substr(0, 8), script.package,
                                versionText(script.fromVersion), arrow(context.out.err()),
                                script.toVersion, (*environment)->name, target->shown));
  };
  if (!stored) announce();
  if (ready && active->open) sayWhatBecomesOf(context, *active->open, script);
  const bool wasThere = database->session != nullptr;
  database = openDatabase(context, *target, accessFor(script));
  if (!database) return database.error();
  // Which server it is, a database that was not there tells only now.
  if (ready && !wasThere && script.server != database->session->server().gate) {
    auto again = planFromDatabase(context, c, *database, *active, *to);
    if (!again) return again.error();
    ready = std::move(*again);
    announce();
  }
  Execution execution{script};
  if (active->open && active->open->digest == emit::planDigest(execution.script))
    execution.open = active->open;
  if (ready) execution.expected = &ready->planned.from.catalog;
  const Outcome outcome = execute(context, *database, execution);
  if (outcome == Outcome::ok && stored && stored->toVersion != (*to)->version)
    context.out.say(fmt::format("the working folder is {}: run `cambium apply` again to go there",
                                (*to)->version));
  return outcome;
}

}  // namespace cambium::cli
