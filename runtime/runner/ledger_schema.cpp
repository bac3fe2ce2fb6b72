// The tables of the ledger, and their creation. Only types and clauses that all engines read alike.
#include "runtime/runner/ledger.h"
#include "runtime/runner/sql.h"

namespace cambium::runner {
namespace {

constexpr int64_t kFormat = 1;

constexpr std::string_view kTables[] = {
    R"(CREATE TABLE IF NOT EXISTS cambium_meta (
  id INTEGER NOT NULL PRIMARY KEY,
  format INTEGER NOT NULL,
  head VARCHAR(64) NOT NULL
))",
    R"(CREATE TABLE IF NOT EXISTS cambium_installation (
  package_name VARCHAR(200) NOT NULL PRIMARY KEY,
  environment VARCHAR(100) NOT NULL,
  version_text VARCHAR(100) NOT NULL,
  digest VARCHAR(64) NOT NULL,
  model TEXT NOT NULL,
  activated_at VARCHAR(30) NOT NULL,
  plan_digest VARCHAR(64) NOT NULL
))",
    R"(CREATE TABLE IF NOT EXISTS cambium_plan (
  plan_id BIGINT NOT NULL PRIMARY KEY,
  digest VARCHAR(64) NOT NULL,
  package_name VARCHAR(200) NOT NULL,
  environment VARCHAR(100) NOT NULL,
  from_version VARCHAR(100) NOT NULL,
  to_version VARCHAR(100) NOT NULL,
  plan_state VARCHAR(20) NOT NULL,
  document TEXT NOT NULL,
  previous_installation TEXT NOT NULL,
  started_at VARCHAR(30) NOT NULL,
  updated_at VARCHAR(30) NOT NULL
))",
    R"(CREATE TABLE IF NOT EXISTS cambium_step (
  plan_id BIGINT NOT NULL,
  step_no BIGINT NOT NULL,
  step_state VARCHAR(20) NOT NULL,
  attempt BIGINT NOT NULL,
  token BIGINT NOT NULL,
  outcome VARCHAR(100) NOT NULL,
  updated_at VARCHAR(30) NOT NULL,
  PRIMARY KEY (plan_id, step_no)
))",
    R"(CREATE TABLE IF NOT EXISTS cambium_cursor (
  plan_id BIGINT NOT NULL,
  step_no BIGINT NOT NULL,
  upper_bound TEXT NOT NULL,
  last_key TEXT NOT NULL,
  rows_done BIGINT NOT NULL,
  PRIMARY KEY (plan_id, step_no)
))",
    R"(CREATE TABLE IF NOT EXISTS cambium_lease (
  id INTEGER NOT NULL PRIMARY KEY,
  token BIGINT NOT NULL,
  lease_owner VARCHAR(300) NOT NULL,
  acquired_at VARCHAR(30) NOT NULL,
  expires_at VARCHAR(30) NOT NULL,
  step_no BIGINT NOT NULL
))",
    R"(CREATE TABLE IF NOT EXISTS cambium_event (
  event_no BIGINT NOT NULL PRIMARY KEY,
  happened_at VARCHAR(30) NOT NULL,
  actor VARCHAR(300) NOT NULL,
  event_action VARCHAR(50) NOT NULL,
  payload TEXT NOT NULL,
  previous_hash VARCHAR(64) NOT NULL,
  event_hash VARCHAR(64) NOT NULL
))"};

// What one engine calls a text of any length is too short for a plan in another.
std::string withDocuments(std::string_view statement, std::string_view type) {
  constexpr std::string_view kText = " TEXT ";
  std::string out(statement);
  for (size_t at = 0; (at = out.find(kText, at)) != std::string::npos; at += type.size() + 2)
    out.replace(at + 1, kText.size() - 2, type);
  return out;
}

}  // namespace

DbResult<bool> Ledger::exists() {
  if (known_) return true;
  auto rows = session_.query("SELECT format FROM cambium_meta WHERE id = 1");
  if (!rows) {
    // A table that is not there is an error of the statement; anything else is a trouble of its
    // own.
    if (rows.error().kind == DbError::Kind::sql) return false;
    return Failure{rows.error()};
  }
  if (rows->empty()) return false;
  if (numberAt(rows->front(), 0) > kFormat) {
    DbError error;
    error.message = "the records in this database were written by a newer version of the tool";
    return Failure{error};
  }
  known_ = true;
  return true;
}

DbResult<void> Ledger::create() {
  auto there = exists();
  if (!there) return Failure{there.error()};
  if (*there) return {};
  auto made = inTransaction(session_, [&] { return createTables(); });
  if (made) known_ = true;
  return made;
}

DbResult<void> Ledger::createTables() {
  for (auto statement : kTables) {
    if (auto done = session_.execute(withDocuments(statement, session_.documentType())); !done)
      return done;
  }
  // Another process may have made them while we waited for the lock.
  auto rows = session_.query("SELECT format FROM cambium_meta WHERE id = 1");
  if (!rows) return Failure{rows.error()};
  if (!rows->empty()) return {};
  for (const auto& statement : session_.refuseChanges("cambium_event")) {
    if (auto done = session_.execute(statement); !done) return done;
  }
  const Params meta{{"format", value(kFormat)}};
  auto inserted =
      session_.update("INSERT INTO cambium_meta (id, format, head) VALUES (1, :format, '')", meta);
  if (!inserted) return Failure{inserted.error()};
  auto lease = session_.update(
      "INSERT INTO cambium_lease (id, token, lease_owner, acquired_at, expires_at, step_no) "
      "VALUES (1, 0, '', '', '', 0)");
  if (!lease) return Failure{lease.error()};
  return {};
}

}  // namespace cambium::runner
