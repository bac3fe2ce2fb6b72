#include "tests/support/lock_watch.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "tests/support/case_runner.h"
#include "tests/support/timeout_watch.h"

namespace cambium::testing {
namespace {

using dialect::Wait;

// By strength; the first two keep nobody from anything but another step.
constexpr std::array<std::pair<const char*, const char*>, 8> kModes{
    {{"AccessShareLock", "none"},
     {"RowShareLock", "none"},
     {"RowExclusiveLock", "ROW EXCLUSIVE"},
     {"ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE"},
     {"ShareLock", "SHARE"},
     {"ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE"},
     {"ExclusiveLock", "EXCLUSIVE"},
     {"AccessExclusiveLock", "ACCESS EXCLUSIVE"}}};

size_t strengthOf(const std::string& mode) {
  for (size_t i = 0; i < kModes.size(); ++i)
    if (mode == kModes[i].first) return i;
  ADD_FAILURE() << "a lock that nobody knows: " << mode;
  return 0;
}

std::string joined(const std::set<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

// "ACCESS EXCLUSIVE, also on a, b, while …" → a and b.
std::set<std::string> alsoOn(const std::string& lock) {
  std::set<std::string> out;
  constexpr std::string_view kAlso = ", also on ";
  const size_t at = lock.find(kAlso);
  if (at == std::string::npos) return out;
  std::string list = lock.substr(at + kAlso.size());
  list = list.substr(0, list.find(", while "));
  for (size_t begin = 0; begin < list.size();) {
    const size_t end = std::min(list.find(", ", begin), list.size());
    out.insert(list.substr(begin, end - begin));
    begin = end + 2;
  }
  return out;
}

}  // namespace

void LockWatch::tell(const runner::RunEvent& event) {
  if (const auto* start = std::get_if<runner::StepStart>(&event)) {
    step_ = &script_.steps.at(start->number - 1);
    undo_ = start->title.starts_with("undo: ");
  } else if (std::holds_alternative<runner::StepEnd>(event)) {
    step_ = nullptr;
  }
}

dialect::DbResult<void> LockWatch::begin() {
  auto begun = inner_.begin();
  if (begun && step_) before_ = relations();
  return begun;
}

dialect::DbResult<void> LockWatch::commit() {
  if (step_) {
    const auto& sql = undo_ ? step_->undo.sql : step_->action.sql;
    if (sql.stepClass == dialect::StepClass::transactional) check(*step_, sql);
  }
  return inner_.commit();
}

LockWatch::Relations LockWatch::relations() {
  Relations out;
  const auto rows = inner_.query(
      "SELECT c.oid::text, c.relname, pg_catalog.pg_relation_filenode(c.oid)::text, "
      "pg_catalog.pg_relation_filenode(i.indexrelid)::text FROM pg_catalog.pg_class c LEFT JOIN "
      "pg_catalog.pg_index i ON i.indrelid = c.oid "
      "WHERE c.relkind IN ('r', 'v') AND c.relname NOT LIKE 'cambium\\_%' AND (c.relnamespace = "
      "pg_catalog.current_schema()::regnamespace OR pg_catalog.obj_description(c.relnamespace, "
      "'pg_namespace') = 'cambium: a version of ' || pg_catalog.current_schema())");
  if (!rows) {
    ADD_FAILURE() << rows.error().message;
    return out;
  }
  for (const auto& row : *rows) {
    auto& relation = out[row[0].value_or("")];
    relation.name = row[1].value_or("");
    relation.pages = row[2].value_or("");
    if (row[3]) relation.indexes.insert(*row[3]);
  }
  return out;
}

void LockWatch::check(const emit::ScriptStep& step, const dialect::Emitted& sql) {
  const std::string at =
      fmt::format("{}step {} ({})", undo_ ? "undo of " : "", step.number, step.title);
  const auto rows = inner_.query(
      "SELECT relation::text, mode FROM pg_catalog.pg_locks WHERE locktype = 'relation' AND "
      "granted AND pid = pg_catalog.pg_backend_pid()");
  if (!rows) {
    ADD_FAILURE() << rows.error().message;
    return;
  }
  size_t strongest = 0;
  std::set<std::string> closed, lockedSo;
  for (const auto& row : *rows) {
    const auto found = before_.find(row[0].value_or(""));
    if (found == before_.end()) continue;
    const size_t strength = strengthOf(row[1].value_or(""));
    if (strength > strongest) lockedSo.clear();
    strongest = std::max(strongest, strength);
    if (strength == strongest) lockedSo.insert(found->second.name);
    if (strength + 1 == kModes.size()) closed.insert(found->second.name);
  }
  const std::string said = sql.statements.empty() && sql.locks.empty() ? "none" : sql.lock;
  EXPECT_EQ(said.substr(0, said.find(',')), kModes[strongest].second)
      << at << ": on " << joined(lockedSo);
  // Who is shut out is named.
  const auto also = alsoOn(sql.lock);
  for (const auto& name : closed) {
    const std::string quoted = '"' + name + '"';
    const bool named =
        also.contains(name) || std::ranges::any_of(sql.statements, [&](const std::string& s) {
          return s.find(quoted) != std::string::npos;
        });
    EXPECT_TRUE(named) << at << ": " << name << " is locked, and nothing says so: " << sql.lock;
  }
  for (const auto& name : also)
    EXPECT_TRUE(closed.contains(name)) << at << ": " << name << " is not locked: " << sql.lock;

  // A table may have another name by now: it is known by either.
  std::set<std::string> copied, indexed, saidCopied, saidIndexed;
  const auto now = relations();
  for (const auto& [oid, was] : before_) {
    const auto found = now.find(oid);
    if (found == now.end()) continue;
    const auto& is = found->second;
    const auto said = [&](Wait::For what) {
      return std::ranges::any_of(sql.waits, [&](const Wait& wait) {
        return wait.what == what && (wait.table == was.name || wait.table == is.name);
      });
    };
    if (was.pages != is.pages) copied.insert(is.name);
    if (said(Wait::For::copy)) saidCopied.insert(is.name);
    // Who waits for the copy waits for its indexes along with it.
    if (was.pages != is.pages) continue;
    if (!std::ranges::includes(was.indexes, is.indexes)) indexed.insert(is.name);
    if (said(Wait::For::index)) saidIndexed.insert(is.name);
  }
  EXPECT_EQ(joined(saidCopied), joined(copied)) << at << ": tables whose rows are copied";
  EXPECT_EQ(joined(saidIndexed), joined(indexed)) << at << ": tables with a new index";
}

std::string runWatched(const emit::Script& script, dialect::Session& session, plan::Phase through,
                       bool undo) {
  TimeoutWatch timeouts(session);
  std::string end;
  if (session.server().dialect == "postgres") {
    LockWatch watch(timeouts, script);
    end = runScript(script, watch, through, undo,
                    [&](const runner::RunEvent& event) { watch.tell(event); });
  } else {
    end = runScript(script, timeouts, through, undo);
  }
  for (const auto& found : timeouts.found()) ADD_FAILURE() << found;
  return end;
}

}  // namespace cambium::testing
