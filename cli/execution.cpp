#include "cli/execution.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <limits>

#include <fmt/ranges.h>

#include "cli/interrupt.h"
#include "cli/kept.h"
#include "cli/pause_when.h"
#include "cli/progress.h"
#include "compiler/artifact/seal.h"
#include "compiler/catalog/version_faces.h"

namespace cambium::cli {

namespace {

constexpr std::string_view kDestructive = "destructive";
constexpr std::string_view kNoApprovals =
    "approvals come with the registry, which this release does not have: both versions stay, until "
    "the environment says `destructive allow`";

size_t stepsDone(const Execution& execution) {
  if (!execution.open) return 0;
  const auto& steps = execution.open->steps;
  const auto end = std::ranges::find_if(
      steps, [](runner::StepState s) { return s != runner::StepState::applied; });
  return static_cast<size_t>(end - steps.begin());
}

// The steps that will delete data.
std::vector<const emit::ScriptStep*> deletions(const Execution& execution, plan::Phase through) {
  std::vector<const emit::ScriptStep*> found;
  if (execution.undo) return found;
  for (size_t i = stepsDone(execution); i < execution.script.steps.size(); ++i) {
    const auto& step = execution.script.steps[i];
    if (step.phase == plan::Phase::contract && step.phase <= through &&
        step.compatibility == kDestructive)
      found.push_back(&step);
  }
  return found;
}

// A person agrees, by flag or at the terminal; otherwise how the command ends.
Outcome agree(Context& context, const Execution& execution, const std::string& environment,
              plan::Phase through) {
  const auto steps = deletions(execution, through);
  if (steps.empty() || context.invocation.has("yes")) return Outcome::ok;
  auto d = report<Code::RUN061>({});
  for (const auto* step : steps) d.note(fmt::format("step {}: {}", step->number, step->title));
  if (!context.canAsk())
    return context.fail(
        std::move(d).help("add `--yes` to agree, or stop before it with `--through switch`"));
  std::string question = fmt::format("In environment `{}` this deletes data:\n", environment);
  for (const auto* step : steps)
    question += fmt::format("  {} {} {}\n", step->number, step->sign, step->title);
  question += fmt::format("Type `{}` to go on: ", environment);
  if (context.ask(question, environment)) return Outcome::ok;
  return context.fail(std::move(d).help("nothing was done"));
}

// How far a run goes: as the command line says, else as the environment does.
plan::Phase throughOf(const Context& context, const Policy& policy) {
  const std::string wish = context.invocation.value("through");
  return wish.empty() ? policy.through : plan::findPhase(wish).value_or(policy.through);
}

// How long a change beside writers waits for each of those that are in its way: nobody waits behind
// it, so it has more patience than one that wants a lock.
unsigned patienceBesideWriters(const ir::Environment& environment) {
  constexpr uint64_t kTimes = 20, kLongest = std::numeric_limits<int32_t>::max();
  return static_cast<unsigned>(std::min(
      kLongest, kTimes * environment.lockTimeoutMs * (uint64_t{environment.lockRetries} + 1)));
}

std::string planName(const emit::Script& script) {
  return fmt::format("{} {} → {}", script.package, versionText(script.fromVersion),
                     script.toVersion);
}

bool contracts(const emit::Script& script) {
  return std::ranges::any_of(script.steps,
                             [](const auto& step) { return step.phase == plan::Phase::contract; });
}

// For tests: the process ends like one that is killed, at the n-th point where the database
// changes.
std::function<void(const char*)> crashPoint() {
  const char* text = std::getenv("CAMBIUM_CRASH_AT");
  const long at = text ? std::strtol(text, nullptr, 10) : 0;
  if (at <= 0) return {};
  return [at](const char*) {
    static long seen = 0;  // of all plans that this process runs
    if (++seen == at) ::raise(SIGKILL);
  };
}

Outcome outcomeOf(runner::Outcome outcome) {
  switch (outcome) {
    case runner::Outcome::ok: return Outcome::ok;
    case runner::Outcome::failed: return Outcome::failed;
    case runner::Outcome::stale: return Outcome::stale;
    case runner::Outcome::partial:
    case runner::Outcome::paused:
    case runner::Outcome::quarantined: return Outcome::partial;
    case runner::Outcome::busy: return Outcome::busy;
  }
  return Outcome::internal;
}

Diagnostic diagnosticOf(const runner::RunReport& run, const emit::Script& script,
                        const Target& target, const std::string& message) {
  Diagnostic d;
  // Nothing of the plan was the cause, and nothing of it was done.
  if (run.error && run.failedStep == 0 && run.stepsDone == 0 &&
      run.outcome == runner::Outcome::failed)
    return describe(*run.error, target);
  switch (run.outcome) {
    case runner::Outcome::ok:
    case runner::Outcome::paused:
    case runner::Outcome::failed: d = report<Code::RUN070>({}, message); break;
    case runner::Outcome::partial: d = report<Code::RUN071>({}, message); break;
    case runner::Outcome::busy:
      d = run.outwaited
              ? report<Code::RUN096>({}, message)
                    .help(run.others.empty() ? "run it again"
                                             : "wait until they are done, or end them, then run "
                                               "it again")
              : report<Code::RUN072>({}, message);
      break;
    case runner::Outcome::stale:
      d = report<Code::RUN073>({}, message)
              .help(
                  "`cambium status` shows what is active, `cambium drift` what somebody changed "
                  "by hand: take that back or into the model, then plan again");
      break;
    case runner::Outcome::quarantined: d = report<Code::RUN074>({}, message); break;
  }
  if (run.failedStep > 0 && run.failedStep <= script.steps.size()) {
    const auto& step = script.steps[run.failedStep - 1];
    if (!step.cause.empty())
      d.note(fmt::format("asked for by {}{}{}", step.cause, step.change.empty() ? "" : ": ",
                         step.change));
  }
  if (!run.findRows.empty()) d.note("they are found by " + run.findRows);
  if (!run.help.empty()) d.help(run.help);
  if (run.error && !run.error->statement.empty())
    d.note("statement: " + withoutSecrets(run.error->statement, target.url));
  return d;
}

void fields(Context& context, const runner::RunReport& run, const emit::Script& script,
            const std::string& environment, const std::string& message) {
  Output& out = context.out;
  out.textField("environment", environment);
  out.textField("plan", emit::planDigest(script));
  out.textField("package", script.package);
  out.textField("from", script.fromVersion);
  out.textField("to", script.toVersion);
  out.textField("state", runner::toString(run.state));
  out.field("stepsDone", std::to_string(run.stepsDone));
  out.field("steps", std::to_string(script.steps.size()));
  if (!message.empty()) out.textField("message", message);
}

// The command that goes to the versions behind this one.
std::string onwards(const Execution& execution, const std::string& environment) {
  if (execution.script.wayBack.empty()) return "cambium apply -e " + environment;
  return fmt::format("cambium rollback -e {} --to {}", environment, execution.left.back());
}

// What holds now, what to run next, how to go back.
void conclude(Context& context, const runner::RunReport& run, const Execution& execution,
              const std::string& environment, const Policy& policy) {
  Output& out = context.out;
  const auto& script = execution.script;
  if (execution.undo) {
    out.print(fmt::format("{}: {} is undone\n", environment, planName(script)));
    return out.say("next: cambium status");
  }
  const bool contracted = contracts(script);
  if (run.state == runner::PlanState::done) {
    out.print(fmt::format("{}: {} is done ({})\n", environment, planName(script),
                          counted(script.steps.size(), "step")));
    if (!script.kept.empty())
      out.say(fmt::format("{} kept for {}: cambium kept -e {}",
                          script.kept.size() == 1
                              ? "what goes is"
                              : fmt::format("{} things are", script.kept.size()),
                          plan::toString(plan::Soak{script.soakSeconds}), environment));
    if (execution.goesOn) return;
    if (!execution.left.empty())
      return out.say(fmt::format("next: {} (to {})", onwards(execution, environment),
                                 fmt::join(execution.left, ", ")));
    return out.say(contracted ? "next: cambium status"
                              : fmt::format("next: cambium status {} undo: cambium undo -e {}",
                                            dot(out.err()), environment));
  }
  const bool switched = run.state == runner::PlanState::switched;
  out.print(fmt::format("{}: {} stands after step {} of {}{}\n", environment, planName(script),
                        run.stepsDone, script.steps.size(),
                        switched ? "; " + emit::promise(script) : ""));
  if (switched && !policy.waitsFor.empty())
    out.say(fmt::format("the contract phase waits: {}", policy.waitsFor));
  // Three versions are never alive at once.
  if (!execution.left.empty())
    out.say(fmt::format("{} waits until this plan has ended: then `{}` goes on",
                        fmt::join(execution.left, ", "), onwards(execution, environment)));
  if (switched && policy.approvals)
    return out.say(fmt::format("{}; undo: cambium undo -e {}", kNoApprovals, environment));
  const std::string next = switched && !policy.waitsFor.empty()
                               ? "cambium resume -e " + environment + " --through contract"
                               : "cambium resume -e " + environment;
  out.say(fmt::format("next: {} {} undo: cambium undo -e {}", next, dot(out.err()), environment));
}

// Whether the plan ends with a face of the new version; nothing where that cannot be told.
std::optional<bool> makesFace(const emit::Script& script, const catalog::Traits& traits) {
  // A face that is there already may stay as it is.
  if (script.fromVersion == script.toVersion) return std::nullopt;
  const auto model = artifact::unseal(script.toModel);
  if (!model) return std::nullopt;
  DiagnosticSink told;
  auto lowered = catalog::lower(*model, traits, told);
  if (!told.hasErrors()) catalog::addFace(*model, traits, lowered, told);
  if (told.hasErrors() || lowered.faces.empty()) return std::nullopt;
  const std::string name = catalog::viewNameOf(lowered.faces.front().face);
  return std::ranges::any_of(script.steps, [&](const auto& step) {
    return std::ranges::any_of(step.action.after, [&](const emit::ObjectProbe& probe) {
      return probe.kind == "view" && probe.name == name && !probe.digest.empty();
    });
  });
}

}  // namespace

std::string actor() {
  if (const passwd* user = ::getpwuid(::getuid())) return user->pw_name;
  return fmt::format("uid {}", ::getuid());
}

Policy policyOf(const ir::Environment& environment, const emit::Script& script) {
  Policy policy;
  const bool deletes = std::ranges::any_of(script.steps, [](const auto& step) {
    return step.phase == plan::Phase::contract && step.compatibility == kDestructive;
  });
  // Nobody knows whether applications still use the old version's face.
  const bool leaves = environment.accessViews && !script.fromVersion.empty() &&
                      script.fromVersion != script.toVersion &&
                      std::ranges::any_of(script.steps, [](const auto& step) {
                        return step.phase == plan::Phase::contract;
                      });
  if ((!deletes && !leaves) || environment.destructiveAllowed) return policy;
  policy.approvals = deletes && environment.approvals > 0;
  if (environment.promoteFrom.empty() && !policy.approvals) return policy;
  policy.through = plan::Phase::switch_;
  if (policy.approvals)
    policy.waitsFor = fmt::format("environment `{}` wants {} before data is deleted",
                                  environment.name, counted(environment.approvals, "approval"));
  else if (deletes)
    policy.waitsFor = fmt::format(
        "environment `{}` does not allow deletions by itself; `--through contract` says that it is "
        "time",
        environment.name);
  else
    policy.waitsFor = fmt::format(
        "applications may still use the face of {}; `--through contract` says that it is time",
        script.fromVersion);
  return policy;
}

Outcome agreeToWay(Context& context, const ReadyWay& way, const ir::Environment& environment) {
  auto d = report<Code::RUN061>({});
  std::string question = fmt::format("In environment `{}` this deletes data:\n", environment.name);
  bool deletes = false;
  for (const ReadyPlan& ready : way.plans) {
    const emit::Script& script = ready.script();
    const plan::Phase through = throughOf(context, policyOf(environment, script));
    for (const auto* step : deletions({script}, through)) {
      const std::string text = fmt::format("{} → {}, step {}: {}", versionText(script.fromVersion),
                                           script.toVersion, step->number, step->title);
      d.note(text);
      question += "  " + text + "\n";
      deletes = true;
    }
    if (through != plan::Phase::contract && contracts(script)) break;  // it stops there
  }
  if (!deletes || context.invocation.has("yes")) return Outcome::ok;
  if (!context.canAsk())
    return context.fail(
        std::move(d).help("add `--yes` to agree, or stop before it with `--through switch`"));
  question += fmt::format("Type `{}` to go on: ", environment.name);
  if (context.ask(question, environment.name)) return Outcome::ok;
  return context.fail(std::move(d).help("nothing was done"));
}

Or<bool> checkPlanFits(Context& context, const driver::Compilation& c, const Target& target,
                       const emit::Script& script) {
  const auto other = [&](const char* what, const std::string& planned,
                         const std::string& here) -> Or<bool> {
    return Failure{context.fail(report<Code::RUN056>({}, what, planned, here)
                                    .help("make a plan for this one: `cambium plan`"))};
  };
  if (script.package != c.model->package) return other("package", script.package, c.model->package);
  if (script.dialect != target.dialect->traits().dialect)
    return other("dialect", script.dialect, target.dialect->traits().dialect);
  const ir::Environment& environment = *target.environment;
  if (!script.environment.empty() && script.environment != environment.name)
    return other("environment", script.environment, environment.name);
  const auto face = makesFace(script, target.dialect->traits());
  if (face && *face != environment.accessViews)
    return other("access", *face ? "views" : "direct",
                 environment.accessViews ? "views" : "direct");
  // What the environment wants kept is not to go, and what is not is not to stay.
  const auto destroys = [](const emit::ScriptStep& step) {
    return step.phase == plan::Phase::contract && step.compatibility == kDestructive &&
           std::ranges::any_of(step.hazards, [](const auto& h) { return h.code == "LCK003"; });
  };
  if (script.soakSeconds != environment.soakSeconds &&
      (!script.kept.empty() || std::ranges::any_of(script.steps, destroys)))
    return other("soak", plan::toString(plan::Soak{script.soakSeconds}),
                 plan::toString(plan::Soak{environment.soakSeconds}));
  const auto sealed = c.sealedDigests.find(script.toVersion);
  const bool isSealed = sealed != c.sealedDigests.end() && sealed->second == script.toDigest;
  if (!environment.promoteFrom.empty() && !isSealed) {
    return Failure{context.fail(
        report<Code::CFG063>({}, environment.name, script.toVersion)
            .note(fmt::format("it is promoted to from `{}`: what runs here is what ran there",
                              environment.promoteFrom))
            .help("run `cambium seal`, then plan again"))};
  }
  return true;
}

Outcome execute(Context& context, Database& database, const Execution& execution) {
  const ir::Environment& environment = *database.target.environment;
  const emit::Script& script = execution.script;
  const Policy policy = policyOf(environment, script);
  const plan::Phase through = throughOf(context, policy);
  if (through == plan::Phase::contract && policy.approvals && !execution.undo) {
    auto d = report<Code::RUN061>({}).note(policy.waitsFor).note(std::string(kNoApprovals));
    const bool there = execution.open && execution.open->state == runner::PlanState::switched;
    if (!there) d.help("go as far as the switch: `--through switch`");
    return context.fail(std::move(d));
  }
  if (!execution.agreed)
    if (const Outcome agreed = agree(context, execution, environment.name, through);
        agreed != Outcome::ok)
      return agreed;

  runner::RunOptions options;
  options.through = through;
  options.undo = execution.undo;
  options.actor = actor();
  options.environment = environment.name;
  options.lockTimeoutMs = environment.lockTimeoutMs;
  options.lockRetries = environment.lockRetries;
  options.othersTimeoutMs = patienceBesideWriters(environment);
  options.batchRows = environment.backfillBatch;
  options.batchTargetMs = environment.backfillTargetMs;
  options.expected = execution.expected;
  options.crashPoint = crashPoint();
  const bool fills = std::ranges::any_of(
      script.steps, [](const auto& step) { return step.action.sql.batch.has_value(); });
  if (fills && !execution.undo) {
    auto mustWait = pauseWhen(context, database);
    if (!mustWait) return mustWait.error();
    options.mustWait = std::move(*mustWait);
  }
  runner::RunReport run;
  {
    const PauseOnInterrupt pause;
    options.pause = pause.flag();
    Progress progress(context, script.steps.size());
    run = runner::run(script, *database.session, options,
                      [&](const runner::RunEvent& event) { progress(event); });
  }
  const std::string message = withoutSecrets(run.message, database.target.url);
  fields(context, run, script, environment.name, message);
  const Outcome outcome = outcomeOf(run.outcome);
  if (run.outcome == runner::Outcome::ok) {
    if (!message.empty()) context.out.complain("warning: " + message);
    conclude(context, run, execution, environment.name, policy);
    if (environment.soakSeconds > 0) sayOverdue(context, database, script.package);
  } else if (run.outcome == runner::Outcome::paused) {
    context.out.complain(message);
    context.out.say(fmt::format("next: cambium resume -e {} {} undo: cambium undo -e {}",
                                environment.name, dot(context.out.err()), environment.name));
  } else {
    context.fail(diagnosticOf(run, script, database.target, message));
    if (run.outcome == runner::Outcome::partial)
      context.out.say(fmt::format("next: cambium resume -e {} {} undo: cambium undo -e {}",
                                  environment.name, dot(context.out.err()), environment.name));
  }
  return outcome;
}

}  // namespace cambium::cli
