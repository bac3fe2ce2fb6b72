// How a run waits, and how it ends when it cannot go on.
#include <fmt/format.h>
#include <llvm/Support/FormatVariadic.h>
#include <llvm/Support/JSON.h>

#include <chrono>
#include <random>
#include <thread>

#include "runtime/runner/executor.h"
#include "runtime/runner/sql.h"

namespace cambium::runner {
namespace {

constexpr double kFirstWaitMs = 20;
constexpr double kLongestWaitMs = 500;
// Who comes behind an attempt waits as long as it does. Between two of them everybody has so many
// times as long, once that many were in vain.
constexpr unsigned kTurnsOfOthers = 9;
constexpr double kLongestTurnMs = 5000;
constexpr double kLookMs = 50;  // whether to pause, while it waits

constexpr std::string_view kNotAllowed = "42501";  // insufficient_privilege, of the standard

std::string_view advice(const DbError& error) {
  if (error.sqlState == kNotAllowed)
    return "the user of this run lacks a right: run it as one who has it (a role may also be made "
           "beforehand, by somebody who may)";
  switch (error.kind) {
    case DbError::Kind::readOnly: return "the database can only be read: check its permissions";
    case DbError::Kind::diskFull: return "there is no room left: make room and run it again";
    case DbError::Kind::connectionLost:
      return "the connection was lost: run it again, it finds out what was done";
    case DbError::Kind::corrupt: return "the database is damaged: restore it before anything else";
    case DbError::Kind::cannotOpen:
    case DbError::Kind::notADatabase:
    case DbError::Kind::busy:
    case DbError::Kind::constraint:
    case DbError::Kind::sql:
    case DbError::Kind::other: return {};
  }
  return {};
}

}  // namespace

std::string Executor::title() const {
  return fmt::format("plan {} ({} → {})", digest_.substr(0, 8),
                     script_.fromVersion.empty() ? "nothing" : script_.fromVersion,
                     script_.toVersion);
}

std::string Executor::named(const emit::ScriptStep& step) {
  constexpr size_t kLongest = 120;  // bytes
  std::string title = step.title;
  if (title.size() > kLongest) {
    size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(title[end]) & 0xC0) == 0x80) --end;
    title = title.substr(0, end) + "…";
  }
  return fmt::format("step {} (`{}`)", step.number, title);
}

// What stands of the plan, and how to go on.
std::string Executor::standing() const {
  if (done_ == 0) return "nothing was changed";
  const std::string steps =
      done_ == 1 ? "step 1 stands" : fmt::format("steps 1 to {} stand", done_);
  const bool contracted = script_.steps[done_ - 1].phase == plan::Phase::contract;
  return steps + (contracted ? "; run it again to go on" : "; run it again to go on, or undo it");
}

std::string Executor::payload(const emit::ScriptStep* step, std::string_view outcome) const {
  llvm::json::Object o{{"plan", digest_}};
  if (step) {
    o["step"] = int64_t{step->number};
    o["title"] = llvm::json::isUTF8(step->title) ? step->title : llvm::json::fixUTF8(step->title);
  }
  if (!outcome.empty()) o["outcome"] = std::string(outcome);
  return llvm::formatv("{0}", llvm::json::Value(std::move(o))).str();
}

Stop Executor::stop(Outcome outcome, std::string message, const emit::ScriptStep* step) {
  undoTransaction();
  RunReport report;
  report.outcome = outcome;
  report.state = record_.state;
  report.stepsDone = static_cast<unsigned>(done_);
  report.failedStep = step ? step->number : 0;
  report.message = std::move(message);
  return report;
}

void Executor::undoTransaction() {
  if (!session_.inTransaction()) return;
  // If even this fails the connection is gone, and with it the transaction.
  static_cast<void>(session_.rollback());
}

// A courtesy to who waits: a user who may not see the sessions of others is told of none.
std::vector<std::string> Executor::others() {
  auto who = session_.others();
  return who ? std::move(*who) : std::vector<std::string>();
}

Stop Executor::busy(std::optional<Lease> holder, const emit::ScriptStep* step) {
  undoTransaction();
  if (!holder) {
    // Somebody locks the file; perhaps the lease says who.
    if (auto found = ledger_.lease();
        found && *found && !(*found)->owner.empty() && (*found)->token != lease_.token()) {
      holder = **found;
    }
  }
  std::string message =
      holder
          ? fmt::format("{} is at work in this database since {}{}", holder->owner, holder->since,
                        holder->step ? fmt::format(" (step {})", holder->step) : std::string())
          : "another program keeps the database locked";
  if (const auto who = holder ? std::vector<std::string>() : others(); !who.empty())
    message += fmt::format(" ({})", fmt::join(who, "; "));
  auto report = stop(Outcome::busy, message + "; try again later", step);
  report->holder = std::move(holder);
  return report;
}

// A change beside writers was given up because of others, whoever they are by now.
Stop Executor::outwaited(const DbError& error, const emit::ScriptStep& step, unsigned patienceMs) {
  undoTransaction();
  auto who = others();
  auto report = stop(
      Outcome::busy,
      fmt::format("{} waits for whoever is in a transaction that is older, and has been given up "
                  "after {:.3g} s{}; {}",
                  named(step), patienceMs / 1000.0,
                  who.empty() ? std::string() : fmt::format(" ({})", fmt::join(who, "; ")),
                  standing()),
      &step);
  report->error = error;
  report->outwaited = true;
  report->others = std::move(who);
  return report;
}

Stop Executor::trouble(const DbError& error, const emit::ScriptStep* step) {
  if (error.kind == DbError::Kind::busy) {
    auto report = busy(std::nullopt, step);
    report->error = error;
    return report;
  }
  undoTransaction();
  if (pauseAsked() && step && error.kind == DbError::Kind::other) return pausedAt(*step);
  std::string message =
      step ? fmt::format("{} failed: {}", named(*step), error.message) : error.message;
  if (auto help = advice(error); !help.empty()) message += fmt::format("; {}", help);
  // Whether the server did what it was asked last, and whether it was committed, nobody knows here:
  // the next run probes.
  const bool unknown = error.kind == DbError::Kind::connectionLost && step;
  if (!unknown || done_ > 0) message += fmt::format("; {}", standing());
  auto report =
      stop(done_ == 0 && !unknown ? Outcome::failed : Outcome::partial, std::move(message), step);
  report->error = error;
  // A note for whoever looks later; the failure may well be why it cannot be written.
  if (step && record_.id != 0 && error.kind != DbError::Kind::connectionLost) {
    static_cast<void>(inTransaction(session_, [&]() -> DbResult<void> {
      auto ours = lease_.renew(step->number);
      if (!ours) return Failure{ours.error()};
      if (!*ours) return {};
      return ledger_.append(options_.actor, "step_failed", payload(step, error.message));
    }));
  }
  return report;
}

Stop Executor::pausedAt(const emit::ScriptStep& step) {
  undoTransaction();
  if (auto failed = setState(PlanState::paused, "plan_paused")) return failed;
  send(Paused{step.number, "asked to"});
  return stop(Outcome::paused,
              fmt::format("paused before the end of step {}; {}", step.number, standing()));
}

// Full jitter, and never beyond the budget: one attempt more at its end.
bool Executor::retryLater(const emit::ScriptStep* step, double spentMs, double heldUpMs) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  ++attempts_;
  waitedMs_ += spentMs;
  std::string holder;
  if (auto found = ledger_.lease(); found && *found && (*found)->token != lease_.token()) {
    holder = (*found)->owner;
  } else if (const auto who = others(); !who.empty()) {
    holder = fmt::format("{}", fmt::join(who, "; "));
  }
  send(WaitingForLock{step ? step->number : 0, attempts_, holder});
  const double patience = options_.lockTimeoutMs * (1.0 + options_.lockRetries);
  const double left = patience - waitedMs_;
  if (left <= 0) return false;
  const double ceiling =
      std::min(kLongestWaitMs, kFirstWaitMs * static_cast<double>(1u << std::min(attempts_, 10u)));
  const double turn = std::min(kLongestTurnMs, heldUpMs * std::min(attempts_, kTurnsOfOthers));
  // Never in step with somebody who comes and goes, too.
  const double jitter =
      std::uniform_real_distribution<double>(1, std::max(ceiling, turn / 2))(random);
  const double wait = std::min(left, turn + jitter);
  for (const Stopwatch watch; !pauseAsked() && watch.milliseconds() < wait;) {
    const double rest = std::min(kLookMs, std::max(wait - watch.milliseconds(), 1.0));
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(rest));
  }
  waitedMs_ += wait;
  return !pauseAsked();
}

Stop Executor::begin(const emit::ScriptStep* step) {
  if (auto begun = session_.begin(); !begun) return trouble(begun.error(), step);
  auto ours = lease_.renew(step ? step->number : 0);
  if (!ours) return trouble(ours.error(), step);
  if (*ours) return std::nullopt;
  // Somebody found our lease expired and went on in our place: whatever we would do now could be
  // done twice.
  auto holder = ledger_.lease();
  return busy(holder ? *holder : std::nullopt, step);
}

Stop Executor::commit(const emit::ScriptStep* step) {
  // The step may have taken longer than the lease lasts: it starts anew with the commit.
  auto ours = lease_.renew(step ? step->number : 0);
  if (!ours) return trouble(ours.error(), step);
  if (auto committed = session_.commit(); !committed) return trouble(committed.error(), step);
  return std::nullopt;
}

Stop Executor::fenced(const emit::ScriptStep* step, const std::function<Stop()>& body) {
  attempts_ = 0;
  waitedMs_ = 0;
  for (;;) {
    const Stopwatch attempt;
    Stop result = begin(step);
    // Until then nobody waits for us.
    const double begun = result ? 0 : attempt.milliseconds();
    const bool began = !result;
    if (!result) result = body();
    if (!result && session_.inTransaction()) result = commit(step);
    if (!result) return result;
    undoTransaction();
    const bool locked = result->outcome == Outcome::busy && result->error;
    const double spent = attempt.milliseconds();
    if (!locked || !retryLater(step, spent, began ? spent - begun : 0)) return result;
  }
}

Stop Executor::setState(PlanState state, std::string_view action) {
  const PlanState old = record_.state;
  record_.state = state;
  auto failed = fenced(nullptr, [&]() -> Stop {
    if (auto set = ledger_.setPlanState(record_.id, state); !set)
      return trouble(set.error(), nullptr);
    if (auto told = ledger_.append(options_.actor, action, payload(nullptr, {})); !told) {
      return trouble(told.error(), nullptr);
    }
    return std::nullopt;
  });
  if (failed) record_.state = old;
  return failed;
}

}  // namespace cambium::runner
