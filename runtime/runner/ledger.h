// runner/ledger.h: what a database knows about its own versions and runs: tables cambium_… in the target database, append-only events with a hash chain.
// The catalog is the truth, the ledger a hint (runner.md 1).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/dialect/session.h"
#include "compiler/emit/script.h"

namespace cambium::runner {

using dialect::DbResult;
using dialect::Session;

struct Installation {  // the active version of a package in this database
  std::string package, environment, version, digest;
  std::string model;       // the sealed document
  std::string activatedAt;
  std::string planDigest;  // that led to it; "" = adopted
};

enum class StepState : uint8_t { planned, intent, applied, undone };
enum class PlanState : uint8_t { running, paused, switched, done, undoing, undone, quarantined };
std::string_view toString(PlanState);

struct PlanRecord {
  std::string digest, package, environment, fromVersion, toVersion;
  PlanState state = PlanState::running;
  std::string document;  // the plan file
  std::string startedAt, updatedAt;
  std::vector<StepState> steps;  // by number - 1
};

struct Lease {
  std::string owner;  // "user@host pid 123"
  int64_t token = 0;
  std::string since, expiresAt;
  unsigned step = 0;
  bool expired = false;  // by the database's clock
};

struct Event {
  int64_t sequence = 0;
  std::string at, actor, action, payload, previousHash, hash;
};

class Ledger {
public:
  explicit Ledger(Session& session) : session_(session) {}
  DbResult<bool> exists();
  DbResult<void> create();  // idempotent; in the caller's transaction or its own
  DbResult<std::optional<Installation>> installation(std::string_view package);
  DbResult<std::optional<PlanRecord>> openPlan(std::string_view package);  // not done, not undone
  DbResult<std::optional<PlanRecord>> lastPlan(std::string_view package);
  DbResult<std::optional<Lease>> lease();
  DbResult<std::vector<Event>> events();
  DbResult<bool> verifyChain();
  // Records that the database already is at a version (adopt).
  DbResult<void> adopt(const Installation&, std::string_view actor);

private:
  Session& session_;
  friend class Executor;
};

}  // namespace cambium::runner
