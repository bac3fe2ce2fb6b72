// runner/ledger.h: what a database knows about its own versions and runs: tables cambium_… in the
// target database, append-only events with a hash chain. The catalog is the truth, the ledger a
// hint (runner.md 1). All of it is plain SQL that every engine reads alike; values go in as
// parameters.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/catalog/extras.h"
#include "compiler/dialect/session.h"
#include "compiler/emit/script.h"

namespace cambium::runner {

using dialect::DbError;
using dialect::DbResult;
using dialect::Session;

struct Installation {  // the active version of a package in this database
  std::string package, environment, version, digest;
  std::string model;  // the sealed document
  std::string activatedAt;
  std::string planDigest;  // that led to it; "" = adopted
};

enum class StepState : uint8_t { planned, intent, applied, undone };
enum class PlanState : uint8_t { running, paused, switched, done, undoing, undone, quarantined };
std::string_view toString(StepState);
std::string_view toString(PlanState);

struct PlanRecord {
  std::string digest, package, environment, fromVersion, toVersion;
  PlanState state = PlanState::running;
  std::string document;  // the plan file
  std::string startedAt, updatedAt;
  std::vector<StepState>
      steps;             // by number - 1; steps that were not begun may be left out at the end
  bool begun = false;    // a step was done or undone, or may have been: it leaves a trace before
                         // it changes anything that no transaction takes back
  int64_t id = 0;        // runs of one plan differ in it
  std::string previous;  // the installation before it, as JSON; "" = there was none
};

struct Lease {
  std::string owner;  // "user@host pid 123"; "" = free
  int64_t token = 0;
  std::string since, expiresAt;
  unsigned step = 0;
  bool expired = false;  // by the database's clock
};

struct Event {
  int64_t sequence = 0;
  std::string at, actor, action, payload, previousHash, hash;
};

// How far a batched step has come. Keys are JSON lists of their columns' values.
struct Cursor {
  std::string upperBound;
  std::string lastKey;  // "" = before the first row
  int64_t rowsDone = 0;
};

class Ledger {
public:
  explicit Ledger(Session& session) : session_(session) {}
  // ---- reading; nothing is there in a database without a ledger
  DbResult<bool> exists();
  DbResult<std::optional<Installation>> installation(std::string_view package);
  DbResult<std::optional<PlanRecord>> openPlan(std::string_view package);  // not done, not undone
  DbResult<std::optional<PlanRecord>> lastPlan(std::string_view package);
  // What PlanRecord::id of the next run will be: that of one that was not begun, which it goes on
  // with or takes the place of.
  DbResult<int64_t> nextRun(std::string_view package);
  DbResult<std::optional<Lease>> lease();
  DbResult<std::vector<Event>> events();
  // What somebody agreed to leave beside the package's tables.
  DbResult<catalog::Extras> extras(std::string_view package);
  // False if an event was changed, removed, added or moved by anybody but append().
  DbResult<bool> verifyChain();

  // ---- writing
  DbResult<void> create();  // idempotent; in the caller's transaction or its own
  // Records that the database already is at a version (adopt), and what is in it beside that. In
  // its own transaction.
  DbResult<void> adopt(const Installation&, std::string_view actor, const catalog::Extras& = {});

  // The rest is for the runner, and expects to be inside its transaction.
  DbResult<int64_t> addPlan(const PlanRecord&);
  DbResult<void> setPlanState(int64_t plan, PlanState);
  DbResult<void> setStep(int64_t plan, unsigned step, StepState, int64_t token,
                         std::string_view outcome);
  DbResult<void> setInstallation(const Installation&);
  DbResult<void> removeInstallation(std::string_view package);
  DbResult<std::optional<Cursor>> cursor(int64_t plan, unsigned step);
  DbResult<void> setCursor(int64_t plan, unsigned step, const Cursor&);
  DbResult<void> dropCursor(int64_t plan, unsigned step);
  DbResult<void> append(std::string_view actor, std::string_view action, std::string_view payload);

private:
  DbResult<std::optional<PlanRecord>> readPlan(std::string_view package, bool openOnly);
  DbResult<void> createTables();
  DbResult<void> setExtras(std::string_view package, const std::string& document);

  Session& session_;
  bool known_ = false;  // exists() was true once
};

// An installation as it is kept in PlanRecord::previous.
std::string toJson(const std::optional<Installation>&);
std::optional<Installation> installationFromJson(std::string_view);

}  // namespace cambium::runner
