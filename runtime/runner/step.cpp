// One step, forward or back: by class, under the fence, between its probes.
#include <fmt/core.h>

#include <chrono>
#include <map>

#include "compiler/base/sha256.h"
#include "runtime/runner/executor.h"
#include "runtime/runner/sql.h"

namespace cambium::runner {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kCount = "SELECT count(*) FROM ";
constexpr unsigned kTidyMs = 5000;  // to take away what was begun

std::optional<dialect::ObjectKind> kindOf(const std::string& name) {
  if (name == "table") return dialect::ObjectKind::table;
  if (name == "view") return dialect::ObjectKind::view;
  if (name == "trigger") return dialect::ObjectKind::trigger;
  if (name == "kept") return dialect::ObjectKind::kept;
  return std::nullopt;
}

std::string words(const dialect::Row& row) {
  std::string out;
  for (const auto& value : row) {
    if (value) out += (out.empty() ? "" : " ") + *value;
  }
  return out;
}

bool changesNothing(const emit::Action& action) {
  return action.sql.statements.empty() && !action.sql.batch && action.before == action.after;
}

}  // namespace

Stop Executor::step(size_t index, Direction direction) {
  const auto& step = script_.steps[index];
  const auto& action = direction == Direction::forward ? step.action : step.undo;
  const auto start = Clock::now();
  rows_ = 0;
  const std::string title = direction == Direction::forward ? step.title : "undo: " + step.title;
  send(StepStart{step.number, title});

  const bool beside =
      action.sql.stepClass == dialect::StepClass::nonTransactional && session_.waitsForOthers();
  Stop end = outside(action.sql.before, step, beside ? options_.othersTimeoutMs : 0);
  if (!end) {
    switch (action.sql.stepClass) {
      case dialect::StepClass::transactional:
      case dialect::StepClass::gate: end = transactional(step, action, direction); break;
      case dialect::StepClass::nonTransactional:
        end = nonTransactional(step, action, direction);
        break;
      case dialect::StepClass::batch: end = batches(step, action, direction); break;
    }
  }
  // Settings of the connection are put back in any case.
  undoTransaction();
  Stop restored = outside(action.sql.after, step, beside ? kTidyMs : 0);
  if (end && restored && restored->outwaited)
    end->message += "; what was begun of it is still there, and the next run takes it away";
  if (end) return end;
  if (restored) return restored;
  const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  send(StepEnd{step.number, title, ms, rows_});
  return std::nullopt;
}

Stop Executor::outside(const std::vector<std::string>& statements, const emit::ScriptStep& step,
                       unsigned patienceMs) {
  if (statements.empty()) return std::nullopt;
  if (patienceMs > 0)
    if (auto set = session_.waitAtMost(patienceMs); !set) return trouble(set.error(), &step);
  Stop end;
  for (const auto& statement : statements) {
    const Stopwatch watch;
    auto ran = session_.execute(statement);
    if (ran) continue;
    const bool inVain = patienceMs > 0 && ran.error().kind == DbError::Kind::busy &&
                        watch.milliseconds() >= patienceMs;
    end = inVain ? outwaited(ran.error(), step, patienceMs) : trouble(ran.error(), &step);
    break;
  }
  if (patienceMs > 0)
    if (auto set = session_.waitAtMost(0); !set && !end) return trouble(set.error(), &step);
  return end;
}

DbResult<bool> Executor::holds(const std::vector<emit::ObjectProbe>& probes, Looks& looks) {
  for (const auto& probe : probes) {
    const auto kind = kindOf(probe.kind);
    if (!kind) return false;
    auto known = looks.find({probe.kind, probe.name});
    if (known == looks.end()) {
      auto found = session_.describe(*kind, probe.name);
      if (!found) return Failure{found.error()};
      known = looks
                  .emplace(std::pair(probe.kind, probe.name),
                           *found ? sha256Hex(**found) : std::string())
                  .first;
    }
    if (probe.digest != known->second) return false;
  }
  return true;
}

DbResult<Probed> Executor::probe(const emit::Action& action) {
  Looks looks;
  // Where the catalog looks the same before and after, only the ledger knows.
  if (action.before != action.after) {
    auto after = holds(action.after, looks);
    if (!after) return Failure{after.error()};
    if (*after) return Probed::after;
  }
  auto before = holds(action.before, looks);
  if (!before) return Failure{before.error()};
  return *before ? Probed::before : Probed::neither;
}

DbResult<unsigned> Executor::partDone(const emit::Action& action) {
  using Object = std::pair<std::string, std::string>;  // kind, name
  if (action.between.empty()) return 0u;
  // What is there is asked for once; how many objects differ from it is counted along.
  std::map<Object, std::string> live, expected;
  for (const auto& probe : action.before) {
    const auto kind = kindOf(probe.kind);
    if (!kind) return 0u;
    auto found = session_.describe(*kind, probe.name);
    if (!found) return Failure{found.error()};
    const Object object{probe.kind, probe.name};
    live[object] = *found ? sha256Hex(**found) : std::string();
    expected[object] = probe.digest;
  }
  size_t different = 0;
  for (const auto& [object, digest] : expected) different += live.at(object) != digest;
  for (size_t i = 0; i < action.between.size(); ++i) {
    for (const auto& probe : action.between[i]) {
      const Object object{probe.kind, probe.name};
      const auto is = live.find(object);
      if (is == live.end()) return 0u;  // no step of ours
      std::string& digest = expected.at(object);
      different -= is->second != digest;
      digest = probe.digest;
      different += is->second != digest;
    }
    if (different == 0) return static_cast<unsigned>(i + 1);
  }
  return 0u;
}

Stop Executor::transactional(const emit::ScriptStep& step, const emit::Action& action,
                             Direction direction) {
  return fenced(&step, [&] { return attempt(step, action, direction); });
}

// Inside a fenced transaction, which the caller commits.
Stop Executor::attempt(const emit::ScriptStep& step, const emit::Action& action,
                       Direction direction) {
  auto found = probe(action);
  if (!found) return trouble(found.error(), &step);
  if (*found == Probed::neither) return quarantine(step, action, direction);
  const bool already = *found == Probed::after;
  if (!already) {
    for (const auto& statement : action.sql.locks) {
      if (auto ran = session_.execute(statement); !ran) return trouble(ran.error(), &step);
    }
    if (auto end = verify(step, action)) return end;
    for (const auto& statement : action.sql.statements) {
      if (auto ran = session_.execute(statement); !ran) return trouble(ran.error(), &step);
    }
  }
  if (!already) {
    if (auto end = mustBeEmpty(step, action)) return end;
    auto now = probe(action);
    if (!now) return trouble(now.error(), &step);
    const bool holds =
        *now == Probed::after || (*now == Probed::before && action.before == action.after);
    if (!holds) {
      return stop(
          Outcome::partial,
          fmt::format("{} ran, but did not lead to what it promises, and was taken back; {}",
                      named(step), standing()),
          &step);
    }
  }
  return finishStep(step, direction,
                    already                  ? "found done"
                    : changesNothing(action) ? "checked"
                                             : "");
}

// What must hold before the statements.
Stop Executor::verify(const emit::ScriptStep& step, const emit::Action& action) {
  for (const auto& check : action.verify) {
    auto rows = count(check.countSql);
    if (!rows) return trouble(rows.error(), &step);
    if (*rows == 0) continue;
    return refuse(step, action, check, *rows);
  }
  return std::nullopt;
}

Stop Executor::refuse(const emit::ScriptStep& step, const emit::Action& action,
                      const emit::Check& check, int64_t rows) {
  auto report = stop(done_ == 0 ? Outcome::failed : Outcome::partial,
                     fmt::format("{} {}: {} ({} {}); correct them, then {}", named(step),
                                 &action == &step.undo ? "cannot be undone" : "does not hold",
                                 check.message, rows, rows == 1 ? "row" : "rows",
                                 &action == &step.undo ? "undo it again"
                                 : done_ == 0          ? "run it again"
                                                       : "run it again to go on, or undo it"),
                     &step);
  // A count of rows of one table is a question for these rows.
  const std::string_view sql = check.countSql;
  if (sql.starts_with(kCount) && !sql.substr(kCount.size()).starts_with("("))
    report->findRows = fmt::format("SELECT * FROM {}", sql.substr(kCount.size()));
  report->help = check.help;
  return report;
}

// What must hold before the commit: nothing was lost, nothing dangles.
Stop Executor::mustBeEmpty(const emit::ScriptStep& step, const emit::Action& action) {
  for (const auto& query : action.sql.mustBeEmpty) {
    auto rows = session_.query(query);
    if (!rows) return trouble(rows.error(), &step);
    if (rows->empty()) continue;
    return stop(done_ == 0 ? Outcome::failed : Outcome::partial,
                fmt::format("{} would lose or break something ({}{}) and was taken back; {}",
                            named(step), words(rows->front()),
                            rows->size() > 1 ? fmt::format(", and {} more", rows->size() - 1)
                                             : std::string(),
                            standing()),
                &step);
  }
  return std::nullopt;
}

Stop Executor::record(const emit::ScriptStep& step, Direction direction, std::string_view outcome) {
  const bool forward = direction == Direction::forward;
  auto set =
      ledger_.setStep(record_.id, step.number, forward ? StepState::applied : StepState::undone,
                      lease_.token(), outcome.substr(0, 100));
  if (!set) return trouble(set.error(), &step);
  auto told = ledger_.append(options_.actor, forward ? "step_applied" : "step_undone",
                             payload(&step, outcome));
  if (!told) return trouble(told.error(), &step);
  return std::nullopt;
}

Stop Executor::activate(Direction direction) {
  if (direction == Direction::back) {
    const auto previous = installationFromJson(record_.previous);
    auto set =
        previous ? ledger_.setInstallation(*previous) : ledger_.removeInstallation(script_.package);
    if (!set) return trouble(set.error(), nullptr);
    return std::nullopt;
  }
  auto now = session_.now();
  if (!now) return trouble(now.error(), nullptr);
  const Installation next{script_.package,  options_.environment, script_.toVersion,
                          script_.toDigest, script_.toModel,      *now,
                          digest_};
  if (auto set = ledger_.setInstallation(next); !set) return trouble(set.error(), nullptr);
  return std::nullopt;
}

Stop Executor::quarantine(const emit::ScriptStep& step, const emit::Action& action,
                          Direction direction) {
  std::string what;
  for (const auto& probe : action.before) {
    const auto kind = kindOf(probe.kind);
    if (!kind) continue;
    auto found = session_.describe(*kind, probe.name);
    if (!found) return trouble(found.error(), &step);
    const std::string digest = *found ? sha256Hex(**found) : std::string();
    if (digest == probe.digest) continue;
    if (!what.empty()) what += "\n";
    what += fmt::format("{} `{}` {}", probe.kind, probe.name,
                        !*found                ? "is missing"
                        : probe.digest.empty() ? "is there already, but is not what this step makes"
                                               : "was changed by somebody; found:\n" + **found);
  }
  undoTransaction();
  if (auto end = setState(PlanState::quarantined, "quarantined")) return end;
  auto report = stop(
      Outcome::quarantined,
      fmt::format("{} is neither {} nor ready: {}; nothing was executed: bring it back, then run "
                  "it again",
                  named(step), direction == Direction::forward ? "done" : "undone",
                  what.substr(0, what.find('\n'))),
      &step);
  report->quarantine = what;
  return report;
}

// Those of a change outside a transaction; `part`: the operations that are done.
Stop Executor::statements(const emit::ScriptStep& step, const emit::Action& action, unsigned part) {
  attempts_ = 0;
  waitedMs_ = 0;
  const bool beside = session_.waitsForOthers();
  if (beside) {
    if (auto who = others(); !who.empty()) send(WaitingForOthers{step.number, std::move(who)});
    if (auto set = session_.waitAtMost(options_.othersTimeoutMs); !set)
      return trouble(set.error(), &step);
  }
  std::optional<DbError> failed;
  bool inVain = false;
  const auto& completes = action.sql.completes;
  for (size_t i = 0; i < action.sql.statements.size() && !failed; ++i) {
    if (i < completes.size() && completes[i] <= part) continue;
    // One that had to wait for a lock too long has done nothing.
    const bool alone = beside || i == 0 || !completes.empty();
    for (std::optional<DbError> locked;;) {
      const Stopwatch attempt;
      auto ran = session_.execute(action.sql.statements[i]);
      if (ran) break;
      const double spent = attempt.milliseconds();
      const bool busy = ran.error().kind == DbError::Kind::busy;
      inVain = beside && busy && spent >= options_.othersTimeoutMs;
      if (alone && busy && !inVain && retryLater(&step, spent, beside ? 0 : spent)) {
        locked = ran.error();
        continue;
      }
      // What is built beside writers and refused is half there, and in the way of itself.
      failed = beside && locked ? *locked : ran.error();
      break;
    }
  }
  if (beside)
    if (auto set = session_.waitAtMost(0); !set && !failed) return trouble(set.error(), &step);
  if (!failed) return std::nullopt;
  if (inVain) return outwaited(*failed, step, options_.othersTimeoutMs);
  // The engine may have done it nevertheless (a lost connection): the probe decides; but not of
  // what was removed half beside writers, which the catalog does not show.
  if (!beside || failed->kind != DbError::Kind::busy)
    if (auto now = probe(action); now && *now == Probed::after) return std::nullopt;
  return trouble(*failed, &step);
}

// The change cannot be in a transaction: intent first, then the change, then what the probes say.
Stop Executor::nonTransactional(const emit::ScriptStep& step, const emit::Action& action,
                                Direction direction) {
  bool already = false;
  unsigned part = 0;  // operations done by a run that ended within the step
  auto end = fenced(&step, [&]() -> Stop {
    auto found = probe(action);
    if (!found) return trouble(found.error(), &step);
    part = 0;
    if (*found == Probed::neither) {
      auto known = partDone(action);
      if (!known) return trouble(known.error(), &step);
      if (*known == 0) return quarantine(step, action, direction);
      part = *known;
    }
    already = *found == Probed::after;
    if (already) return finishStep(step, direction, "found done");
    // Going back, the step stays `applied` until it is undone: that is what an intent says too.
    if (part == 0)
      if (auto failed = verify(step, action)) return failed;
    if (direction == Direction::back) return std::nullopt;
    auto set = ledger_.setStep(record_.id, step.number, StepState::intent, lease_.token(), "");
    if (!set) return trouble(set.error(), &step);
    return std::nullopt;
  });
  if (end || already) return end;
  if (auto failed = statements(step, action, part)) return failed;
  return fenced(&step, [&]() -> Stop {
    auto now = probe(action);
    if (!now) return trouble(now.error(), &step);
    if (*now != Probed::after && action.before != action.after) {
      return quarantine(step, action, direction);
    }
    if (auto failed = mustBeEmpty(step, action)) return failed;
    return finishStep(step, direction, "");
  });
}

Stop Executor::finishStep(const emit::ScriptStep& step, Direction direction,
                          std::string_view outcome) {
  if (step.switches) {
    if (auto end = activate(direction)) return end;
  }
  return record(step, direction, outcome);
}

}  // namespace cambium::runner
