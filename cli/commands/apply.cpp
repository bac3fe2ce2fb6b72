#include <algorithm>

#include "cli/commands.h"
#include "cli/execution.h"
#include "cli/extras.h"
#include "cli/rollback.h"
#include "compiler/artifact/seal.h"

namespace cambium::cli {

namespace {

// Only a plan that starts from nothing makes the database.
Access accessFor(const emit::Script& script) {
  return script.fromVersion.empty() ? Access::create : Access::write;
}

// What would be run, and how far.
Outcome dryRun(Context& context, const ReadyWay& way, const ir::Environment& environment,
               const std::string& product) {
  sayWay(context, way);
  std::string through;
  for (const ReadyPlan& ready : way.plans) {
    const Policy policy = policyOf(environment, ready.script());
    context.out.print(
        emit::printSummary(ready.script(), printOptions(context, ready, &environment, product)));
    if (through.empty())
      through = context.invocation.value("through", std::string(plan::toString(policy.through)));
  }
  const emit::Script& script = way.plans.front().script();
  context.out.textField("plan", emit::planDigest(script));
  context.out.textField("through", through);
  context.out.field("steps", std::to_string(script.steps.size()));
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
  auto recorded = artifact::unseal(script.toModel);
  auto to = artifact::unseal(script.wayBack.empty() ? script.toModel : script.wayBack);
  if (!to || !recorded)
    return Failure{context.fail(report<Code::RUN054>(
        {}, script.toVersion, to ? recorded.error().detail : to.error().detail))};
  const auto faces = facesOf(context, database, active);
  if (!faces) return Failure{faces.error()};
  const auto ready = makePlan(
      context, c, active.model, std::make_shared<const ir::Model>(std::move(*to)),
      *database.target.dialect, script.environment, *faces,
      script.wayBack.empty() ? nullptr : std::make_shared<const ir::Model>(std::move(*recorded)));
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
    ReadyWay way;
    way.plans.emplace_back().planned.script = std::move(*script);
    return dryRun(context, way, *environment, "");
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
  // Only from what it starts from can its losses be counted; from elsewhere it is refused anyway.
  const bool back = !script->wayBack.empty() && active->installation && database->session &&
                    active->installation->digest == script->fromDigest;
  if (back && !(active->open && active->open->begun)) {
    const auto losses = lossesOfScript(context, *database, *active, *script);
    if (!losses) return losses.error();
    if (const auto shown = showLosses(context, {*losses}); !shown) return shown.error();
    if (const Outcome agreed = agreeToRollback(context, {*losses}, environment->name);
        agreed != Outcome::ok)
      return agreed;
    execution.agreed = true;
  }
  return execute(context, *database, execution);
}

// The working folder's version, from what an environment's database is at.
class Apply {
public:
  Apply(Context& context, driver::Compilation& c, const ir::Environment& environment,
        const Target& target, const ModelPtr& to)
      : context_(context), c_(c), environment_(environment), target_(target), to_(to) {}

  Outcome run() {
    if (const auto opened = open(); !opened) return opened.error();
    if (active_.open && active_.open->begun) {
      const auto arrived = goOn();
      if (!arrived) return arrived.error();
      if (!*arrived) return Outcome::ok;
    }
    return walk();
  }

private:
  // Nothing is made, not even the file of a database, before there is a plan for it.
  Or<bool> open() {
    auto database = openDatabase(context_, target_, Access::read);
    if (!database) return Failure{database.error()};
    database_ = std::move(*database);
    auto active = activeVersion(context_, database_, *c_.model);
    if (!active) return Failure{active.error()};
    active_ = std::move(*active);
    return true;
  }

  Or<bool> openFor(const emit::Script& script) {
    auto database = openDatabase(context_, target_, accessFor(script));
    if (!database) return Failure{database.error()};
    database_ = std::move(*database);
    return true;
  }

  // The plan that is under way. True: it has ended, and there are versions to go to.
  Or<bool> goOn() {
    const auto stored = storedPlan(context_, database_, *active_.open);
    if (!stored) return Failure{stored.error()};
    const emit::Script& script = *stored;
    if (!script.wayBack.empty())
      return Failure{context_.fail(
          report<Code::RUN084>({}, environment_.name, script.fromVersion, script.toVersion)
              .help(fmt::format("to its end: `cambium resume -e {}`", environment_.name))
              .help(fmt::format("to {} again: `cambium undo -e {}`", script.fromVersion,
                                environment_.name)))};
    sayGoingOn(context_, *active_.open);
    if (script.toVersion == to_->version && script.toDigest != artifact::digest(*to_))
      context_.out.complain(fmt::format(
          "warning: {} {} was edited since: the plan goes on as it was made; `cambium undo -e {}` "
          "takes it back, and then `cambium apply` makes another one",
          to_->package, to_->version, environment_.name));
    if (dry(context_)) {
      ReadyWay shown;
      shown.plans.emplace_back().planned.script = script;
      if (const Outcome done = dryRun(context_, shown, environment_, database_.product());
          done != Outcome::ok)
        return Failure{done};
      return false;
    }
    if (const auto opened = openFor(script); !opened) return Failure{opened.error()};
    Execution execution{script};
    execution.open = active_.open;
    if (auto model = artifact::unseal(script.toModel))
      execution.left =
          versionsLeft(context_, c_, std::make_shared<const ir::Model>(std::move(*model)), to_);
    execution.goesOn = !execution.left.empty();
    const auto arrived = execute(execution);
    if (arrived && script.toVersion != to_->version && !execution.goesOn)
      context_.out.say(fmt::format(
          "the working folder is {}: run `cambium apply` again to go there", to_->version));
    return arrived;
  }

  // From what is active, one plan after the other.
  Outcome walk() {
    auto made = wayFromDatabase(context_, c_, database_, active_, to_);
    if (!made) return made.error();
    ReadyWay way = std::move(*made);
    if (way.plans.front().nothingToDo) return nothingToDo();
    for (const ReadyPlan& ready : way.plans) {
      loadTarget(context_, c_, ready.script().toVersion);
      if (const auto fits = checkPlanFits(context_, c_, target_, ready.script()); !fits)
        return fits.error();
    }
    if (dry(context_)) return dryRun(context_, way, environment_, database_.product());
    sayWay(context_, way);
    const bool several = way.plans.size() > 1;
    if (several)
      if (const Outcome agreed = agreeToWay(context_, way, environment_); agreed != Outcome::ok)
        return agreed;
    announce(way.plans.front().script());
    if (active_.open) sayWhatBecomesOf(context_, *active_.open, way.plans.front().script());
    const bool wasThere = database_.session != nullptr;
    for (size_t i = 0; i < way.plans.size(); ++i) {
      if (i > 0) announce(way.plans[i].script());
      if (const auto opened = openFor(way.plans[i].script()); !opened) return opened.error();
      // Which server it is, a database that was not there tells only now.
      if (!wasThere && way.plans[i].script().server != database_.session->server().gate) {
        auto again = wayFromDatabase(context_, c_, database_, active_, to_);
        if (!again) return again.error();
        way = std::move(*again);
        announce(way.plans[i].script());
      }
      const auto& script = way.plans[i].script();
      Execution execution{script};
      if (active_.open && active_.open->digest == emit::planDigest(script))
        execution.open = active_.open;
      execution.expected = &way.plans[i].planned.from.catalog;
      execution.agreed = several;
      for (size_t next = i + 1; next < way.plans.size(); ++next)
        execution.left.push_back(way.plans[next].script().toVersion);
      execution.goesOn = !execution.left.empty();
      const auto arrived = execute(execution);
      if (!arrived) return arrived.error();
      if (!*arrived) break;
    }
    return Outcome::ok;
  }

  // True: there is more to do, the plan has ended, and its version is what is active.
  Or<bool> execute(const Execution& execution) {
    const Outcome outcome = cli::execute(context_, database_, execution);
    if (outcome != Outcome::ok) return Failure{outcome};
    if (!execution.goesOn) return false;
    if (const auto read = open(); !read) return Failure{read.error()};
    return !active_.open && active_.installation &&
           active_.installation->digest == execution.script.toDigest;
  }

  Outcome nothingToDo() {
    context_.out.textField("environment", environment_.name);
    context_.out.field("steps", "0");
    context_.out.print(fmt::format("nothing to do: {} is at {} {}\n", environment_.name,
                                   to_->package, to_->version));
    if (active_.open)
      context_.out.say(fmt::format("{} was not begun: `cambium undo -e {}` closes it",
                                   called(*active_.open), environment_.name));
    return Outcome::ok;
  }

  void announce(const emit::Script& script) {
    context_.out.say(fmt::format("plan {}  {} {} {} {}  in {} ({})",
                                 emit::planDigest(script).substr(0, 8), script.package,
                                 versionText(script.fromVersion), arrow(context_.out.err()),
                                 script.toVersion, environment_.name, target_.shown));
  }

  Context& context_;
  driver::Compilation& c_;
  const ir::Environment& environment_;
  const Target& target_;
  ModelPtr to_;
  Database database_;
  Active active_;
};

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
  return Apply(context, c, **environment, *target, *to).run();
}

}  // namespace cambium::cli
