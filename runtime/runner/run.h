// runner/run.h: stage 9, executes a script in a database, step by step; may be killed at any
// instant, and the same call goes on where it stopped: every step is probed again from the first to
// the last. Undo runs the same steps' undo in reverse by the same algorithm.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <variant>

#include "compiler/dialect/session.h"
#include "compiler/emit/script.h"
#include "runtime/runner/ledger.h"

namespace cambium::runner {

struct RunOptions {
  plan::Phase through = plan::Phase::contract;
  bool undo = false;
  std::string owner;  // "user@host pid 123"; "" = thisProcess()
  std::string actor;  // who asks
  std::string environment;
  unsigned lockTimeoutMs = 2000;  // for one lock in all; the session's own should be a fraction of
                                  // it (attempts are spread with jitter)
  unsigned lockRetries = 0;       // so many times the timeout once more
  // For each of those that a change beside writers waits for, outside a transaction: nobody waits
  // behind it, and what it has done until then is lost when it is given up.
  unsigned othersTimeoutMs = 15 * 60 * 1000;
  unsigned batchRows = 1000;  // first batch; adapts to
  unsigned batchTargetMs = 200;
  // Asked between batches, once a second at most: why the next one is to wait, in words; "" = it
  // need not.
  std::function<dialect::DbResult<std::string>(Session&)> mustWait;
  const std::atomic<bool>* pause =
      nullptr;  // set by Ctrl-C: stop after the current statement or batch
  const catalog::Catalog* expected = nullptr;  // what the plan starts from, where the caller has
                                               // it: names every difference of a stale database
  // For tests: called before and after everything that changes the database ("execute", "update",
  // "begin", "commit").
  std::function<void(const char* point)> crashPoint;
};

// "user@host pid 123" of this process: what RunOptions::owner wants. A lease whose process is gone
// from this host is taken over at once.
std::string thisProcess();

// ---- events, not prints (runner.md 11)
struct PlanStart {
  std::string digest, fromVersion, toVersion;
  unsigned steps = 0, done = 0;
};
struct StepStart {
  unsigned number = 0;
  std::string title;
};
struct StepSkipped {
  unsigned number = 0;
  std::string title;
};  // its post-probe holds already
struct Progress {
  unsigned number = 0;
  int64_t rows = 0, totalRows = 0;
  double rowsPerSecond = 0;
};
struct WaitingForLock {
  unsigned number = 0;
  unsigned attempt = 0;
  std::string holder;
};
// The step's statement ends only when these have ended what they are at: said before it begins.
struct WaitingForOthers {
  unsigned number = 0;
  std::vector<std::string> who;
};
// No batch is made until it is so no more (RunOptions::mustWait).
struct WaitingForLoad {
  unsigned number = 0;
  std::string why;
};
struct StepEnd {
  unsigned number = 0;
  std::string title;
  double milliseconds = 0;
  int64_t rows = 0;
};
struct Paused {
  unsigned number = 0;
  std::string reason;
};
struct Done {
  plan::Phase through{};
};
using RunEvent = std::variant<PlanStart, StepStart, StepSkipped, Progress, WaitingForLock,
                              WaitingForOthers, WaitingForLoad, StepEnd, Paused, Done>;
using EventSink = std::function<void(const RunEvent&)>;
std::string toJsonLine(const RunEvent&);  // {"type":"step_start",…}

enum class Outcome : uint8_t { ok, failed, stale, partial, busy, paused, quarantined };

struct RunReport {
  Outcome outcome = Outcome::ok;
  PlanState state = PlanState::running;
  unsigned stepsDone = 0;
  unsigned failedStep = 0;  // 0 = none
  std::string message;      // what happened, for a person; "" when ok
  std::string findRows;     // a query for the rows that a verification found; "" = none
  std::string help;         // what to do about them; "" = what the message says
  std::optional<dialect::DbError> error;
  std::optional<Lease> holder;  // busy
  // busy: a change beside writers has waited long enough for others, among whom are now these, each
  // in words (Session::others).
  bool outwaited = false;
  std::vector<std::string> others;
  std::string quarantine;  // what was found that neither probe explains
};

RunReport run(const emit::Script&, Session&, const RunOptions&, const EventSink&);

}  // namespace cambium::runner
