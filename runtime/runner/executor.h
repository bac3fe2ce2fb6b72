// runner/executor.h: one run of a script: prepares (ledger, lease, position), goes forward or back
// step by step, and leaves a state that the next run understands, whatever happens. Used by run()
// alone.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "runtime/runner/extras_session.h"
#include "runtime/runner/frontier.h"
#include "runtime/runner/lease.h"
#include "runtime/runner/run.h"

namespace cambium::runner {

// Why a run ends here; nothing = it goes on.
using Stop = std::optional<RunReport>;

enum class Direction : uint8_t { forward, back };

class Stopwatch {
public:
  double milliseconds() const {
    return std::chrono::duration<double, std::milli>(Clock::now() - start_).count();
  }

private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

// What the probes of an action say about the live catalog.
enum class Probed : uint8_t { before, after, neither };

class Executor {
public:
  Executor(const emit::Script&, ExtrasSession&, const RunOptions&, const EventSink&);
  RunReport run();

private:
  // ---- executor.cpp: the way through
  // What is in the database, without the tables of others.
  DbResult<catalog::Catalog> look();
  RunReport go();
  Stop prepare();
  Stop makeLedger();
  Stop takeLease();
  Stop readExtras();
  Stop openPlan();
  Stop startPlan();
  Stop lookAhead();
  Stop position();
  bool mayLeave(size_t k) const;
  // What stands in the way of the first `steps` steps' undo; the last of them may be under way.
  Stop countAhead(size_t steps, bool lastIsBegun);
  Stop forward();
  Stop back();
  Stop finish();
  Stop finishUndo();
  // ---- step.cpp: one step
  Stop step(size_t index, Direction);
  Stop transactional(const emit::ScriptStep&, const emit::Action&, Direction);
  Stop attempt(const emit::ScriptStep&, const emit::Action&, Direction);
  Stop nonTransactional(const emit::ScriptStep&, const emit::Action&, Direction);
  Stop statements(const emit::ScriptStep&, const emit::Action&, unsigned part);
  Stop verify(const emit::ScriptStep&, const emit::Action&);
  Stop refuse(const emit::ScriptStep&, const emit::Action&, const emit::Check&, int64_t rows);
  Stop mustBeEmpty(const emit::ScriptStep&, const emit::Action&);
  Stop record(const emit::ScriptStep&, Direction, std::string_view outcome);
  Stop finishStep(const emit::ScriptStep&, Direction, std::string_view outcome);
  Stop activate(Direction);
  DbResult<Probed> probe(const emit::Action&);
  // What objects look like at one moment, by kind and name: each is asked for once.
  using Looks = std::map<std::pair<std::string, std::string>, std::string>;
  DbResult<bool> holds(const std::vector<emit::ObjectProbe>&, Looks&);
  // How many of the operations of a step that commits each are done; 0 = none, or nobody knows.
  DbResult<unsigned> partDone(const emit::Action&);
  Stop quarantine(const emit::ScriptStep&, const emit::Action&, Direction);
  // Statements outside a transaction; `patienceMs`: Session::waitAtMost, where it is not 0.
  Stop outside(const std::vector<std::string>& statements, const emit::ScriptStep&,
               unsigned patienceMs = 0);
  Stop outwaited(const DbError&, const emit::ScriptStep&, unsigned patienceMs);
  // ---- backfill.cpp
  Stop batches(const emit::ScriptStep&, const emit::Action&, Direction);
  // Of so many rows, and of half as many each time that somebody is in the way; `rows` is then how
  // many they were.
  Stop oneBatch(const emit::ScriptStep&, const dialect::BatchSql&, Cursor&, unsigned& rows,
                int64_t& changed, bool& last);
  Stop finishBatches(const emit::ScriptStep&, const emit::Action&, Direction, int64_t& pending);
  // Until the server is no longer as busy as RunOptions::mustWait says.
  Stop waitForLoad(const emit::ScriptStep&);
  DbResult<int64_t> count(const std::string& sql);

  // ---- trouble.cpp: ends of a run
  // Begins a transaction under the fence; waits for locks within the budget.
  Stop begin(const emit::ScriptStep*);
  Stop commit(const emit::ScriptStep*);
  // Runs `body` in a fenced transaction, again while the database is locked.
  Stop fenced(const emit::ScriptStep*, const std::function<Stop()>& body);
  Stop trouble(const DbError&, const emit::ScriptStep*);
  Stop stop(Outcome, std::string message, const emit::ScriptStep* = nullptr);
  Stop busy(std::optional<Lease> holder, const emit::ScriptStep* = nullptr);
  std::vector<std::string> others();
  Stop pausedAt(const emit::ScriptStep&);
  void undoTransaction();
  // Waits before another attempt. `spentMs`: what the one in vain took, `heldUpMs`: how long others
  // may have had to wait for it. False: the budget is used up.
  bool retryLater(const emit::ScriptStep*, double spentMs, double heldUpMs);
  // What `ask` says, asked again while the database is locked.
  template <class Ask>
  std::invoke_result_t<Ask> patiently(Ask ask) {
    attempts_ = 0;
    waitedMs_ = 0;
    for (;;) {
      const Stopwatch watch;
      auto said = ask();
      if (said || said.error().kind != DbError::Kind::busy ||
          !retryLater(nullptr, watch.milliseconds(), 0))
        return said;
    }
  }
  bool pauseAsked() const { return options_.pause && options_.pause->load(); }
  std::string standing() const;
  std::string title() const;
  // "step 3 (`order.note text null`)"; a step of many objects names the first of them.
  static std::string named(const emit::ScriptStep&);
  Stop setState(PlanState, std::string_view action);
  std::string payload(const emit::ScriptStep*, std::string_view outcome) const;
  void send(const RunEvent& e) const {
    if (sink_) sink_(e);
  }

  const emit::Script& script_;
  Session& session_;
  ExtrasSession& extras_;  // the same, to be told
  const RunOptions& options_;
  const EventSink& sink_;
  Ledger ledger_;
  LeaseKeeper lease_;
  std::string digest_;
  PlanRecord record_;
  std::optional<PlanRecord> givesWay_;  // under way by the ledger, and never begun
  std::optional<Installation> installed_;
  size_t done_ = 0;  // steps in force
  bool nothingToDo_ = false;
  unsigned attempts_ = 0;  // at the lock that is waited for
  double waitedMs_ = 0;
  int64_t rows_ = 0;  // changed by the step
  std::chrono::steady_clock::time_point loadAsked_;
};

}  // namespace cambium::runner
