// tests/support/lock_watch.h: stands between a run and PostgreSQL and holds what each step says of
// itself against what the server has locked and copied when the step commits.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "compiler/emit/script.h"
#include "runtime/runner/forwarding_session.h"
#include "runtime/runner/run.h"

namespace cambium::testing {

// The strongest lock on anything that was there before the step is the one that its text begins
// with; a table that nobody may read meanwhile is named, in a statement or in that text; a table
// has other pages, or another index, if and only if the step says that writers wait for that.
// Failures are reported to GoogleTest.
class LockWatch : public runner::ForwardingSession {
public:
  LockWatch(dialect::Session& inner, const emit::Script& script)
      : ForwardingSession(inner), script_(script) {}

  // What the run tells: which step it is at.
  void tell(const runner::RunEvent&);

  dialect::DbResult<void> begin() override;
  dialect::DbResult<void> commit() override;

private:
  struct Relation {
    std::string name, pages;
    std::set<std::string> indexes;
  };
  using Relations = std::map<std::string, Relation>;  // by oid
  Relations relations();
  void check(const emit::ScriptStep&, const dialect::Emitted&);

  const emit::Script& script_;
  const emit::ScriptStep* step_ = nullptr;
  bool undo_ = false;
  Relations before_;
};

// runScript() with such a watch, where the database is one that can be watched; and on every one
// with a TimeoutWatch.
std::string runWatched(const emit::Script&, dialect::Session&, plan::Phase through,
                       bool undo = false);

}  // namespace cambium::testing
