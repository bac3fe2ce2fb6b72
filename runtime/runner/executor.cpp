#include "runtime/runner/executor.h"

#include <fmt/core.h>
#include <llvm/Support/FormatVariadic.h>
#include <llvm/Support/JSON.h>

#include <span>

#include "compiler/catalog/external.h"
#include "runtime/runner/count_ahead.h"
#include "runtime/runner/sql.h"
#include "runtime/runner/watched_session.h"

namespace cambium::runner {
namespace {

constexpr size_t kDifferencesShown = 5;

std::string differences(const std::vector<Mismatch>& all) {
  std::string out;
  for (size_t i = 0; i < all.size() && i < kDifferencesShown; ++i) {
    out += (i == 0 ? "" : "; ") + toString(all[i]);
  }
  if (all.size() > kDifferencesShown)
    out += fmt::format("; and {} more", all.size() - kDifferencesShown);
  return out;
}

std::string differences(const std::vector<catalog::Difference>& all) {
  std::string out;
  for (size_t i = 0; i < all.size() && i < kDifferencesShown; ++i) {
    const char* what = "has changed";
    if (all[i].kind == catalog::DifferenceKind::missing) what = "is missing";
    if (all[i].kind == catalog::DifferenceKind::extra) what = "is new";
    out += fmt::format("{}{} {}", i == 0 ? "" : "; ", all[i].object, what);
  }
  if (all.size() > kDifferencesShown)
    out += fmt::format("; and {} more", all.size() - kDifferencesShown);
  return out;
}

bool isOpen(const std::optional<PlanRecord>& plan) {
  return plan && plan->state != PlanState::done && plan->state != PlanState::undone;
}

}  // namespace

Executor::Executor(const emit::Script& script, ExtrasSession& session, const RunOptions& options,
                   const EventSink& sink)
    : script_(script),
      session_(session),
      extras_(session),
      options_(options),
      sink_(sink),
      ledger_(session_),
      lease_(session_, ledger_, options.owner.empty() ? thisProcess() : options.owner,
             options.actor),
      digest_(emit::planDigest(script)) {}

DbResult<catalog::Catalog> Executor::look() {
  auto live = session_.introspect();
  if (live) catalog::leaveOut(*live, script_.external);
  // What somebody grants to a role that no model knows is in nobody's way.
  if (live)
    std::erase_if(live->opaque,
                  [](const catalog::Opaque& object) { return object.kind == "grant"; });
  return live;
}

RunReport Executor::run() {
  RunReport report = go();
  undoTransaction();
  lease_.release();
  return report;
}

RunReport Executor::go() {
  if (auto end = prepare()) return *end;
  if (nothingToDo_) return *stop(Outcome::ok, {});
  PlanStart start{digest_, script_.fromVersion, script_.toVersion,
                  static_cast<unsigned>(script_.steps.size()), static_cast<unsigned>(done_)};
  send(start);
  if (auto end = options_.undo ? back() : forward()) return *end;
  if (auto end = finish()) return *end;
  send(Done{options_.undo ? plan::Phase::expand : options_.through});
  return *stop(Outcome::ok, {});
}

// ---------------------------------------------------------------- before the first step
Stop Executor::prepare() {
  if (script_.dialect != session_.server().dialect) {
    return stop(Outcome::stale, fmt::format("the plan is for {}; this database is {}",
                                            script_.dialect, session_.server().product));
  }
  if (auto end = makeLedger()) return end;
  if (auto end = takeLease()) return end;
  if (auto end = readExtras()) return end;
  auto whole = ledger_.verifyChain();
  if (!whole) return trouble(whole.error(), nullptr);
  if (!*whole) {
    return stop(Outcome::quarantined,
                "the record of events in this database (cambium_event) was changed by somebody; "
                "nothing is executed until that is cleared up");
  }
  return openPlan();
}

Stop Executor::makeLedger() {
  auto there = ledger_.exists();
  if (!there) return trouble(there.error(), nullptr);
  if (*there) return std::nullopt;
  // A database that this plan is not for shall not get our tables.
  if (auto end = options_.undo ? stop(Outcome::failed, "there is nothing to undo in this database")
                               : startPlan()) {
    return end;
  }
  auto made = patiently([&] { return ledger_.create(); });
  return made ? std::nullopt : trouble(made.error(), nullptr);
}

Stop Executor::readExtras() {
  auto known = patiently([&] { return ledger_.extras(script_.package); });
  if (!known) return trouble(known.error(), nullptr);
  extras_.learn(std::move(*known));
  return std::nullopt;
}

Stop Executor::takeLease() {
  auto holder = patiently([&] { return lease_.take(); });
  if (!holder) return trouble(holder.error(), nullptr);
  return *holder ? busy(*holder) : std::nullopt;
}

Stop Executor::openPlan() {
  auto installed = ledger_.installation(script_.package);
  if (!installed) return trouble(installed.error(), nullptr);
  installed_ = *installed;
  auto last = ledger_.lastPlan(script_.package);
  if (!last) return trouble(last.error(), nullptr);
  const bool ours = *last && (*last)->digest == digest_;

  // Another plan that was not begun gives way.
  if (isOpen(*last) && !ours && !(*last)->begun && !options_.undo) {
    givesWay_ = **last;
    return startPlan();
  }
  if (isOpen(*last) && !ours) {
    return stop(
        Outcome::stale,
        fmt::format("plan {} ({} → {}) is under way in this database: finish it or undo it first",
                    (*last)->digest.substr(0, 8),
                    (*last)->fromVersion.empty() ? "nothing" : (*last)->fromVersion,
                    (*last)->toVersion));
  }
  if (options_.undo) {
    if (ours && (*last)->state == PlanState::undone) {
      record_ = **last;
      nothingToDo_ = true;
      return std::nullopt;
    }
    const bool active = ours && ((*last)->state != PlanState::done ||
                                 (installed_ && installed_->planDigest == digest_));
    if (!active) {
      return stop(
          Outcome::failed,
          fmt::format("{} is not in force in this database: there is nothing to undo", title()));
    }
    record_ = **last;
    return position();
  }
  if (isOpen(*last)) {
    record_ = **last;
    return position();
  }
  return startPlan();
}

// A plan that this database has not begun: the database must be exactly what the plan starts from.
Stop Executor::startPlan() {
  if (script_.server != session_.server().gate) {
    return stop(Outcome::stale, fmt::format("the plan is for {}; this database is {}: plan again",
                                            script_.server.empty() ? "other servers"
                                                                   : "servers of " + script_.server,
                                            session_.server().product));
  }
  auto live = look();
  if (!live) return trouble(live.error(), nullptr);
  const std::string fingerprint = catalog::fingerprint(*live);
  const std::string version = installed_ ? installed_->version : std::string();
  if (installed_ && installed_->digest == script_.toDigest &&
      fingerprint == script_.afterFingerprint) {
    done_ = script_.steps.size();
    record_.state = PlanState::done;
    nothingToDo_ = true;
    return std::nullopt;
  }
  const bool known =
      installed_ ? installed_->digest == script_.fromDigest : script_.fromVersion.empty();
  if (!known) {
    return stop(
        Outcome::stale,
        fmt::format("the plan starts from {} {}; active in this database is {}: plan again",
                    script_.package, script_.fromVersion.empty() ? "nothing" : script_.fromVersion,
                    version.empty() ? "no version of it" : version));
  }
  if (fingerprint != script_.beforeFingerprint) {
    std::string what;
    if (options_.expected) what = differences(catalog::compare(*options_.expected, *live));
    if (what.empty()) what = differences(Frontier(script_, *live).mismatches(0));
    if (what.empty()) what = "an object that the plan does not touch has changed";
    return stop(Outcome::stale,
                fmt::format("the database is not what the plan starts from: {}", what));
  }
  if (auto end = lookAhead()) return end;
  auto there = ledger_.exists();
  if (!there) return trouble(there.error(), nullptr);
  if (!*there) return std::nullopt;  // asked before the ledger is made
  record_ = {};
  record_.digest = digest_;
  record_.package = script_.package;
  record_.environment = options_.environment;
  record_.fromVersion = script_.fromVersion;
  record_.toVersion = script_.toVersion;
  record_.document = emit::toPlanFile(script_);
  record_.previous = toJson(installed_);
  return fenced(nullptr, [&]() -> Stop {
    if (givesWay_) {
      if (auto set = ledger_.setPlanState(givesWay_->id, PlanState::undone); !set)
        return trouble(set.error(), nullptr);
      const std::string what =
          llvm::formatv("{0}", llvm::json::Value(llvm::json::Object{{"plan", givesWay_->digest},
                                                                    {"for", digest_}}))
              .str();
      if (auto told = ledger_.append(options_.actor, "plan_given_up", what); !told)
        return trouble(told.error(), nullptr);
    }
    auto id = ledger_.addPlan(record_);
    if (!id) return trouble(id.error(), nullptr);
    record_.id = *id;
    if (auto told = ledger_.append(options_.actor, "plan_started", payload(nullptr, {})); !told) {
      return trouble(told.error(), nullptr);
    }
    return std::nullopt;
  });
}

// What cannot end is not begun.
Stop Executor::lookAhead() {
  std::vector<const dialect::Emitted*> steps;
  for (const auto& step : script_.steps) steps.push_back(&step.action.sql);
  auto why = session_.obstacle(steps);
  if (!why) return trouble(why.error(), nullptr);
  if (why->empty()) return std::nullopt;
  return stop(Outcome::failed, fmt::format("{}; {}", *why, standing()));
}

// A plan that was begun: every step is probed, first to last.
Stop Executor::position() {
  size_t applied = 0;
  while (applied < record_.steps.size() && record_.steps[applied] == StepState::applied) ++applied;
  applied = std::min(applied, script_.steps.size());
  auto live = look();
  if (!live) return trouble(live.error(), nullptr);
  const bool undoing = record_.state == PlanState::undoing || options_.undo;
  const Frontier frontier(script_, *live);
  auto found = frontier.find(applied, undoing);
  if (!found && options_.undo)
    found = frontier.find(applied, false);  // done, unrecorded, and now to be undone
  done_ = applied;
  const auto within = found ? std::nullopt : frontier.findWithin(applied);
  // It is gone on with, or led back from, by the step itself.
  if (within) found = options_.undo ? *within + 1 : *within;
  if (!found) {
    const std::string what = differences(frontier.mismatches(applied));
    if (auto end = setState(PlanState::quarantined, "quarantined")) return end;
    auto report = stop(Outcome::quarantined,
                       fmt::format("{}: {}; nothing was executed: bring these objects back, then "
                                   "run it again",
                                   title(), what));
    report->quarantine = what;
    return report;
  }
  if (options_.undo && *found > 0 && script_.steps[*found - 1].phase == plan::Phase::contract) {
    return stop(
        Outcome::failed,
        fmt::format("{} has passed the point of no return: what it dropped cannot be brought "
                    "back by undo; `cambium rollback` leads back by a plan of its own",
                    title()));
  }
  // What happened without being recorded: the process ended between the change and the record of
  // it.
  // What may have left something behind is gone through again, also where it is found done or
  // undone.
  bool begun = false;
  if (options_.undo) {
    for (size_t k = applied; k > *found; --k)
      if (mayLeave(k - 1)) found = k;
    begun = *found == applied && applied < record_.steps.size() &&
            record_.steps[applied] == StepState::intent && mayLeave(applied);
    if (begun) ++*found;
  } else {
    for (size_t k = *found; k > applied; --k)
      if (mayLeave(k - 1)) found = k - 1;
  }
  if (within || begun) applied = done_ = *found;
  for (size_t k = applied; k < *found; ++k) {
    const auto& step = script_.steps[k];
    if (auto end = fenced(&step, [&] { return record(step, Direction::forward, "found done"); }))
      return end;
    done_ = k + 1;
    send(StepSkipped{step.number, step.title});
  }
  for (size_t k = applied; k > *found; --k) {
    const auto& step = script_.steps[k - 1];
    if (auto end = fenced(&step, [&] { return record(step, Direction::back, "found undone"); }))
      return end;
    done_ = k - 1;
    send(StepSkipped{step.number, step.title});
  }
  if (options_.undo) {
    if (auto end = countAhead(done_, within || begun)) return end;
    return setState(PlanState::undoing, "plan_undoing");
  }
  if (done_ == script_.steps.size() && record_.state == PlanState::running) return std::nullopt;
  return setState(PlanState::running, "plan_resumed");
}

// Whether a change that failed may have left behind what the catalog does not show (an index that
// is not valid), as only one outside a transaction may. The step itself takes it away.
bool Executor::mayLeave(size_t k) const {
  const auto& action = options_.undo ? script_.steps[k].undo : script_.steps[k].action;
  return action.sql.stepClass == dialect::StepClass::nonTransactional &&
         action.before != action.after;
}

// Each step counts again when its turn has come: somebody may write between. What speaks of
// something that is not there yet, or may be something else by then, is counted there alone.
Stop Executor::countAhead(size_t steps, bool lastIsBegun) {
  for (size_t k = lastIsBegun ? steps - 1 : steps; k > 0; --k) {
    const auto& step = script_.steps[k - 1];
    for (const auto& check : step.undo.verify) {
      const auto between = std::span(script_.steps).subspan(k, steps - k);
      if (std::ranges::any_of(between, [&](const emit::ScriptStep& later) {
            return mayChangeCount(later.undo, check.countSql);
          }))
        continue;
      const auto rows = count(check.countSql);
      if (rows && *rows > 0) return refuse(step, step.undo, check, *rows);
    }
  }
  return std::nullopt;
}

// ---------------------------------------------------------------- the way through
Stop Executor::forward() {
  while (done_ < script_.steps.size() && script_.steps[done_].phase <= options_.through) {
    if (pauseAsked()) return pausedAt(script_.steps[done_]);
    if (auto end = step(done_, Direction::forward)) return end;
    ++done_;
  }
  return std::nullopt;
}

Stop Executor::back() {
  while (done_ > 0) {
    if (pauseAsked()) return pausedAt(script_.steps[done_ - 1]);
    if (auto end = step(done_ - 1, Direction::back)) return end;
    --done_;
  }
  return std::nullopt;
}

Stop Executor::finish() {
  if (options_.undo) return finishUndo();
  if (done_ < script_.steps.size()) {
    const bool switched = script_.steps[done_].phase == plan::Phase::contract;
    return switched ? setState(PlanState::switched, "plan_switched")
                    : setState(PlanState::paused, "plan_stopped");
  }
  auto live = look();
  if (!live) return trouble(live.error(), nullptr);
  bool switches = false;
  for (const auto& step : script_.steps) switches = switches || step.switches;
  if (!switches) {
    // A plan of nothing but words (documentation, names in the model) still moves the version.
    if (auto end = fenced(nullptr, [&] { return activate(Direction::forward); })) return end;
  }
  const bool exact = catalog::fingerprint(*live) == script_.afterFingerprint;
  if (auto end = setState(PlanState::done, exact ? "plan_done" : "plan_done_with_drift"))
    return end;
  if (exact) return std::nullopt;
  send(Done{options_.through});
  return stop(Outcome::ok,
              "every step is done, but something else was changed in the database meanwhile: "
              "`cambium drift` shows it");
}

Stop Executor::finishUndo() {
  auto live = look();
  if (!live) return trouble(live.error(), nullptr);
  const bool exact = catalog::fingerprint(*live) == script_.beforeFingerprint;
  if (auto end = setState(PlanState::undone, exact ? "plan_undone" : "plan_undone_with_drift"))
    return end;
  if (exact) return std::nullopt;
  send(Done{plan::Phase::expand});
  return stop(Outcome::ok,
              "every step is undone, but something else was changed in the database "
              "meanwhile: `cambium drift` shows it");
}

RunReport run(const emit::Script& script, Session& session, const RunOptions& options,
              const EventSink& sink) {
  if (!options.crashPoint) {
    ExtrasSession own(session);
    return Executor(script, own, options, sink).run();
  }
  WatchedSession watched(session, options.crashPoint);
  ExtrasSession own(watched);
  return Executor(script, own, options, sink).run();
}

}  // namespace cambium::runner
