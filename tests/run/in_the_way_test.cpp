// Others who are at work while a run wants a lock: it says who they are and since when, goes on
// when they end, and lets nobody queue up behind it for long.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <mutex>
#include <thread>

#include "compiler/dialect/loader.h"
#include "tests/support/laws.h"

namespace cambium::testing {
namespace {

using dialect::Session;
using runner::Outcome;
using runner::RunReport;
using std::chrono::milliseconds;

class InTheWay : public ::testing::TestWithParam<const char*> {
protected:
  // The old version with two rows, and the plan to the new one.
  void begin(const std::string& versions) {
    compiled_ = compileCase(parseGolden(versions));
    ASSERT_TRUE(healthy(compiled_.after)) << briefDiagnostics(compiled_);
    const auto& dialect = *dialects().find(GetParam());
    const auto base = planFresh(*compiled_.after, compiled_.before->model, dialect);
    planned_ = planCase(compiled_, dialect);
    ASSERT_TRUE(base && planned_);
    const auto session = database_.open();
    ASSERT_EQ(runScript(base->script, *session, plan::Phase::contract), "");
    must(*session, "INSERT INTO a (id, code) VALUES (1, 'one'), (2, 'two')");
  }
  static void must(Session& session, const std::string& sql) {
    const auto done = session.execute(sql);
    ASSERT_TRUE(bool(done)) << sql << "\n" << done.error().message;
  }
  bool postgres() const { return std::string(GetParam()) == "postgres"; }

  // Somebody who has read the table and not ended the transaction; what a message calls them.
  std::unique_ptr<Session> reader(std::string& name) {
    auto session = database_.open();
    if (postgres()) must(*session, "SET application_name = 'report'");
    const auto id = session->query(postgres() ? "SELECT pg_catalog.pg_backend_pid()"
                                              : "SELECT connection_id()");
    name = (postgres() ? "pid " : "connection ") + id->front().front().value_or("");
    must(*session, postgres() ? "BEGIN ISOLATION LEVEL REPEATABLE READ"
                              : "START TRANSACTION WITH CONSISTENT SNAPSHOT");
    EXPECT_TRUE(bool(session->query("SELECT id FROM a")));
    return session;
  }

  // In a thread and a session of its own, with a lock timeout that is as short as can be.
  std::future<RunReport> start(unsigned patienceMs) {
    dialect::SessionOptions wanted;
    wanted.lockTimeoutMs = 200;
    const std::vector<std::string> folders{std::string(CAMBIUM_BINARY_DIR) + "/lib/cambium"};
    const auto plugin = dialect::loadDatabasePlugin(GetParam(), folders);
    EXPECT_TRUE(bool(plugin));
    auto opened = plugin->open(database_.url(), wanted);
    EXPECT_TRUE(bool(opened)) << opened.error().message;
    std::shared_ptr<Session> session = std::move(*opened);
    return std::async(std::launch::async, [this, session, patienceMs] {
      runner::RunOptions options;
      options.owner = "test@localhost pid 1";
      options.actor = "test";
      options.environment = "test";
      options.lockTimeoutMs = patienceMs;
      return runner::run(planned_->script, *session, options, [this](const runner::RunEvent& e) {
        const std::lock_guard guard(mutex_);
        events_.push_back(runner::toJsonLine(e));
      });
    });
  }
  std::string told(const std::string& type) {
    const std::lock_guard guard(mutex_);
    for (const auto& line : events_)
      if (line.find("\"type\":\"" + type + "\"") != std::string::npos) return line;
    return {};
  }
  std::string waitFor(const std::string& type) {
    for (int i = 0; i < 1000; ++i) {
      if (auto line = told(type); !line.empty()) return line;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return "nothing of " + type;
  }
  void expectNew() {
    const auto live = database_.open()->introspect();
    ASSERT_TRUE(bool(live)) << live.error().message;
    for (const auto& one : catalog::compare(planned_->to.catalog, *live))
      ADD_FAILURE() << one.object << ": " << one.expected << " | " << one.actual;
  }

  ScratchDatabase database_{GetParam()};
  CompiledCase compiled_;
  std::optional<driver::Planned> planned_;
  std::mutex mutex_;
  std::vector<std::string> events_;
};

constexpr const char* kColumn = R"(# why: -
-- before.cam --
entity A { key id: int64  code: string(20) }
-- after.cam --
entity A { key id: int64  code: string(20)  more: text? }
)";

TEST_P(InTheWay, WhoHoldsALockIsNamedAndNobodyElseWaitsLong) {
  begin(kColumn);
  std::string name;
  auto holder = reader(name);
  auto running = start(20'000);
  // Beside the run, which wants the table for itself again and again.
  milliseconds longest{0};
  const auto other = database_.open();
  const auto until = std::chrono::steady_clock::now() + milliseconds(3000);
  while (std::chrono::steady_clock::now() < until) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_TRUE(bool(other->query("SELECT count(*) FROM a")));
    longest = std::max(longest, std::chrono::duration_cast<milliseconds>(
                                    std::chrono::steady_clock::now() - before));
  }
  // The lock timeout, which MariaDB has in whole seconds, and what a busy machine adds.
  EXPECT_LT(longest.count(), postgres() ? 1200 : 2200);
  const auto line = waitFor("waiting_for_lock");
  EXPECT_NE(line.find(name + " ("), std::string::npos) << line;
  EXPECT_NE(line.find(") in a transaction since 20"), std::string::npos) << line;
  must(*holder, "COMMIT");
  const auto report = running.get();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  expectNew();
}

TEST_P(InTheWay, WhoDoesNotEndIsNamedInTheEnd) {
  begin(kColumn);
  std::string name;
  auto holder = reader(name);
  const auto report = start(1500).get();
  EXPECT_EQ(report.outcome, Outcome::busy);
  EXPECT_NE(report.message.find("locked (" + name + " ("), std::string::npos) << report.message;
  must(*holder, "COMMIT");
  EXPECT_EQ(start(1500).get().outcome, Outcome::ok);
  expectNew();
}

// On PostgreSQL an index that is built beside writers waits for every transaction that is older,
// without a limit; MariaDB's waits for the lock alone.
TEST_P(InTheWay, WhomAnIndexWaitsForIsNamedBeforeItIsBuilt) {
  begin(R"(# why: -
-- before.cam --
entity A { key id: int64  code: string(20) }
-- after.cam --
entity A { key id: int64  code: string(20)  index (code) }
)");
  std::string name;
  auto holder = reader(name);
  auto running = start(20'000);
  const auto line = waitFor(postgres() ? "waiting_for_others" : "waiting_for_lock");
  EXPECT_NE(line.find(name + " ("), std::string::npos) << line;
  if (postgres()) {
    EXPECT_NE(line.find("(report, user "), std::string::npos) << line;
  }
  EXPECT_NE(line.find("in a transaction since 20"), std::string::npos) << line;
  EXPECT_EQ(running.wait_for(milliseconds(500)), std::future_status::timeout);
  must(*holder, "COMMIT");
  const auto report = running.get();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  expectNew();
}

// Nobody is at work: nobody is named.
TEST_P(InTheWay, AnIdleSessionIsNotNamed) {
  begin(kColumn);
  const auto idle = database_.open();
  must(*idle, "SELECT 1");
  const auto asking = database_.open();
  const auto others = asking->others();
  ASSERT_TRUE(bool(others)) << others.error().message;
  EXPECT_TRUE(others->empty()) << others->front();
}

INSTANTIATE_TEST_SUITE_P(Servers, InTheWay, ::testing::Values("postgres", "mariadb"),
                         [](const auto& info) { return info.param; });

// ---- SQLite, where one writes at a time
class WriteAheadLog : public ::testing::Test {
protected:
  void SetUp() override {
    compiled_ = compileCase(parseGolden(R"(# why: -
-- before.cam --
entity A { key id: int64  code: string(20) }
-- after.cam --
entity A { key id: int64  name: string(20)  more: text? }
migration from "1.0.0" to "1.1.0" { rename A.code -> name }
)"));
    ASSERT_TRUE(healthy(compiled_.after)) << briefDiagnostics(compiled_);
    const auto& dialect = *dialects().find("sqlite");
    const auto base = planFresh(*compiled_.after, compiled_.before->model, dialect);
    planned_ = planCase(compiled_, dialect);
    ASSERT_TRUE(base && planned_);
    session_ = database_.open();
    ASSERT_EQ(runScript(base->script, *session_, plan::Phase::contract), "");
    must(*session_, "INSERT INTO a VALUES (1, 'one')");
  }
  static void must(Session& session, const std::string& sql) {
    const auto done = session.execute(sql);
    ASSERT_TRUE(bool(done)) << sql << "\n" << done.error().message;
  }
  static std::string ask(Session& session, const std::string& sql) {
    const auto rows = session.query(sql);
    if (!rows) return rows.error().message;
    return rows->empty() ? "no row" : rows->front().front().value_or("NULL");
  }
  std::unique_ptr<Session> reader(const std::string& mode) {
    EXPECT_EQ(ask(*session_, "PRAGMA journal_mode = " + mode), mode);
    auto other = database_.open();
    must(*other, "BEGIN DEFERRED");
    EXPECT_EQ(ask(*other, "SELECT code FROM a"), "one");
    return other;
  }

  ScratchDatabase database_{"sqlite"};
  CompiledCase compiled_;
  std::optional<driver::Planned> planned_;
  std::unique_ptr<Session> session_;
};

TEST_F(WriteAheadLog, AReaderKeepsItsOldRowsWhileTheRunGoesThrough) {
  const auto old = reader("wal");
  EXPECT_EQ(runScript(planned_->script, *session_, plan::Phase::contract), "");
  EXPECT_EQ(ask(*session_, "SELECT name FROM a"), "one");
  // What it has begun to read, it reads to the end.
  EXPECT_EQ(ask(*old, "SELECT code FROM a"), "one");
  must(*old, "COMMIT");
  EXPECT_EQ(ask(*old, "SELECT name FROM a"), "one");
}

TEST_F(WriteAheadLog, WithoutItAReaderKeepsTheRunWaitingAndItSaysSo) {
  const auto old = reader("delete");
  runner::RunOptions options;
  options.owner = "test@localhost pid 1";
  options.actor = "test";
  options.environment = "test";
  options.lockTimeoutMs = 300;
  unsigned waits = 0;
  const auto report =
      runner::run(planned_->script, *session_, options, [&](const runner::RunEvent& event) {
        waits += std::holds_alternative<runner::WaitingForLock>(event);
      });
  EXPECT_EQ(report.outcome, Outcome::busy);
  EXPECT_GT(waits, 0u);
  EXPECT_NE(report.message.find("another program keeps the database locked; try again later"),
            std::string::npos)
      << report.message;
  must(*old, "COMMIT");
  EXPECT_EQ(runScript(planned_->script, *session_, plan::Phase::contract), "");
  EXPECT_EQ(ask(*session_, "SELECT name FROM a"), "one");
}

}  // namespace
}  // namespace cambium::testing
