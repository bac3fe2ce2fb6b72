// runner/lease.h: who may change this database at the moment. The lease has a token that only
// grows: each transaction of the runner renews the lease under its token first, so a runner that
// was overtaken (it slept, its machine was paused) changes nothing any more. Where the engine has
// locks of a session (Session::lockRun), the lease goes with one: nobody overtakes a session that
// lives, be its statement ever so long.
#pragma once

#include <optional>
#include <string>

#include "runtime/runner/ledger.h"

namespace cambium::runner {

inline constexpr int kLeaseSeconds = 30;

class LeaseKeeper {
public:
  LeaseKeeper(Session& session, Ledger& ledger, std::string owner, std::string actor)
      : session_(session), ledger_(ledger), owner_(std::move(owner)), actor_(std::move(actor)) {}

  // One attempt, in a transaction of its own. Out: nothing = the lease is ours; otherwise the one
  // who has it. Fails with `busy` if the database is locked.
  DbResult<std::optional<Lease>> take();
  // The fence, inside a transaction: true = still ours, and for another 30 seconds from now.
  DbResult<bool> renew(unsigned step);
  // Gives it back; a failure does no harm (it expires).
  void release();
  int64_t token() const { return token_; }

private:
  DbResult<std::optional<Lease>> takeRow(Session::RunLock);
  void unlock();

  Session& session_;
  Ledger& ledger_;
  std::string owner_, actor_;
  int64_t token_ = 0;    // 0 = not ours
  bool locked_ = false;  // the session has the lock of a run
};

// "2026-01-31T12:34:56.789Z" plus seconds; "" if the text is not such a time.
std::string addSeconds(std::string_view time, int seconds);
// True if the owner ("user@host pid 123") was a process of this very host that does not exist any
// more. False when in doubt.
bool processIsGone(std::string_view owner);

}  // namespace cambium::runner
