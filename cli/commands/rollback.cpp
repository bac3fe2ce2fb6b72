// rollback: an older version, published again as a new plan that goes forth like any other.
#include "cli/rollback.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/execution.h"

namespace cambium::cli {

namespace {

class Rollback {
public:
  Rollback(Context& context, driver::Compilation& c, const Target& target)
      : context_(context), c_(c), target_(target) {}

  Outcome run() {
    if (const auto opened = open(Access::read); !opened) return opened.error();
    if (active_.open && active_.open->begun) {
      const auto script = storedPlan(context_, database_, *active_.open);
      if (!script) return script.error();
      // The same command again: it goes on where it stopped.
      if (!script->wayBack.empty() && goesThere(*script)) return goOn(*script);
    }
    if (active_.installation && !active_.open &&
        active_.installation->version == context_.invocation.value("to"))
      return nothingToDo();
    const auto to = rollbackTarget(context_, c_, database_, active_);
    return to ? walk(*to) : to.error();
  }

private:
  const std::string& environment() const { return target_.environment->name; }

  Or<bool> open(Access access) {
    auto database = openDatabase(context_, target_, access);
    if (!database) return Failure{database.error()};
    database_ = std::move(*database);
    auto active = activeVersion(context_, database_, *c_.model);
    if (!active) return Failure{active.error()};
    active_ = std::move(*active);
    return true;
  }

  bool goesThere(const emit::Script& script) const {
    const std::string wanted = context_.invocation.value("to");
    return active_.open->state != runner::PlanState::undoing &&
           (wanted.empty() || !driver::versionLess(script.toVersion, wanted));
  }

  Outcome goOn(const emit::Script& script) {
    context_.out.say(fmt::format(
        "going on with plan {} ({} {} {}) of {}", active_.open->digest.substr(0, 8),
        script.fromVersion, arrow(context_.out.err()), script.toVersion, active_.open->startedAt));
    if (context_.invocation.has("dry-run")) return dryRun({});
    const auto record = active_.open;
    if (const auto opened = open(Access::write); !opened) return opened.error();
    Execution execution{script};
    execution.open = record;
    const Outcome outcome = execute(context_, database_, execution);
    const std::string wanted = context_.invocation.value("to");
    if (outcome != Outcome::ok || wanted.empty() || wanted == script.toVersion) return outcome;
    if (const auto read = open(Access::read); !read) return read.error();
    if (active_.open || active_.installation->version != script.toVersion) return outcome;
    const auto to = rollbackTarget(context_, c_, database_, active_);
    return to ? walk(*to) : to.error();
  }

  Outcome walk(const ModelPtr& to) {
    auto made = wayBackFromDatabase(context_, c_, database_, active_, to);
    if (!made) return made.error();
    const auto& plans = made->way.plans;
    for (const ReadyPlan& ready : plans) {
      const std::string& version = ready.script().toVersion;
      if (std::ranges::find(c_.versions, version) != c_.versions.end())
        driver::loadSealed(context_.fs, "", c_, version);
      if (const auto fits = checkPlanFits(context_, c_, target_, ready.script()); !fits)
        return fits.error();
    }
    sayWay(context_, made->way);
    if (const auto shown = showLosses(context_, made->losses); !shown) return shown.error();
    if (context_.invocation.has("dry-run")) return dryRun(plans);
    if (const Outcome agreed = agreeToRollback(context_, made->losses, environment());
        agreed != Outcome::ok)
      return agreed;
    for (size_t i = 0; i < plans.size(); ++i) {
      const auto& script = plans[i].script();
      if (const auto opened = open(Access::write); !opened) return opened.error();
      if (i > 0)
        if (const auto agreed = again(script); !agreed) return agreed.error();
      announce(script);
      Execution execution{script};
      if (active_.open && active_.open->digest == emit::planDigest(script))
        execution.open = active_.open;
      execution.expected = &plans[i].planned.from.catalog;
      execution.agreed = true;
      for (size_t next = i + 1; next < plans.size(); ++next)
        execution.left.push_back(plans[next].script().toVersion);
      execution.goesOn = !execution.left.empty();
      const Outcome outcome = execute(context_, database_, execution);
      if (outcome != Outcome::ok || i + 1 == plans.size()) return outcome;
      if (const auto read = open(Access::read); !read) return read.error();
      // It stands before its contract: the next one waits.
      if (active_.open || active_.installation->digest != script.toDigest) return outcome;
    }
    return Outcome::ok;
  }

  // What the later plans lose is known when their turn has come.
  Or<bool> again(const emit::Script& script) {
    const auto losses = lossesOfScript(context_, database_, active_, script);
    if (!losses) return Failure{losses.error()};
    if (const auto shown = showLosses(context_, {*losses}); !shown) return Failure{shown.error()};
    if (const Outcome agreed = agreeToRollback(context_, {*losses}, environment());
        agreed != Outcome::ok)
      return Failure{agreed};
    return true;
  }

  Outcome dryRun(const std::vector<ReadyPlan>& plans) {
    for (const ReadyPlan& ready : plans)
      context_.out.print(emit::printSummary(
          ready.script(), printOptions(context_, ready, target_.environment, database_.product())));
    if (!plans.empty()) context_.out.textField("plan", emit::planDigest(plans.front().script()));
    context_.out.say("nothing was done");
    return Outcome::ok;
  }

  Outcome nothingToDo() {
    context_.out.textField("environment", environment());
    context_.out.field("steps", "0");
    context_.out.print(fmt::format("nothing to do: {} is at {} {}\n", environment(),
                                   c_.model->package, active_.installation->version));
    return Outcome::ok;
  }

  void announce(const emit::Script& script) {
    context_.out.say(fmt::format("plan {}  {} {} {} {}  in {} ({})",
                                 emit::planDigest(script).substr(0, 8), script.package,
                                 script.fromVersion, arrow(context_.out.err()), script.toVersion,
                                 environment(), target_.shown));
  }

  Context& context_;
  driver::Compilation& c_;
  const Target& target_;
  Database database_;
  Active active_;
};

}  // namespace

Outcome runRollback(Context& context) {
  const auto package = loadPackage(context);
  if (!package) return package.error();
  const auto environment = chooseEnvironment(context, **package);
  if (!environment) return environment.error();
  const auto target = targetOf(context, **package, **environment);
  if (!target) return target.error();
  return Rollback(context, **package, *target).run();
}

}  // namespace cambium::cli
