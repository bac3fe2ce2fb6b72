// Indexes that come and go beside writers: a build or a removal that is cut off leaves an index
// that is not valid and that writers keep up nevertheless. Whichever way it goes on, nothing of it
// stays.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

#include "runtime/runner/run.h"
#include "tests/support/case_runner.h"
#include "tests/support/golden_file.h"
#include "tests/support/laws.h"

namespace cambium::testing {
namespace {

using dialect::Session;
using runner::Outcome;
using runner::RunReport;

constexpr const char* kUnique = R"(# why: -
-- before.cam --
entity A { key id: int64  code: text }
-- after.cam --
entity A { key id: int64  code: text  unique (code) }
)";
constexpr const char* kIndex = R"(# why: -
-- before.cam --
entity A { key id: int64  code: text }
-- after.cam --
entity A { key id: int64  code: text  index (code) }
)";

class Indexes : public ::testing::Test {
protected:
  // The old version with two rows, and the plan to the new one.
  void begin(const char* versions) {
    compiled_ = compileCase(parseGolden(versions));
    ASSERT_TRUE(healthy(compiled_.after)) << briefDiagnostics(compiled_);
    const auto& dialect = *dialects().find("postgres");
    const auto base = planFresh(*compiled_.after, compiled_.before->model, dialect);
    planned_ = planCase(compiled_, dialect);
    ASSERT_TRUE(base && planned_);
    watcher_ = database_.open();
    ASSERT_EQ(runScript(base->script, *watcher_, plan::Phase::contract), "");
    must(*watcher_, "INSERT INTO a VALUES (1, 'one'), (2, 'two')");
  }

  static void must(Session& session, const std::string& sql) {
    const auto done = session.execute(sql);
    ASSERT_TRUE(bool(done)) << sql << "\n" << done.error().message;
  }
  std::string ask(const std::string& sql) const {
    const auto rows = watcher_->query(sql);
    if (!rows) return rows.error().message;
    return rows->empty() ? "no row" : rows->front().front().value_or("NULL");
  }

  // A run in a thread and a session of its own.
  struct Running {
    std::string pid;
    std::future<RunReport> report;
  };
  Running start(plan::Phase through, bool undo = false) {
    std::shared_ptr<Session> session = database_.open();
    const auto pid = session->query("SELECT pg_catalog.pg_backend_pid()");
    Running out;
    out.pid = pid->front().front().value_or("");
    out.report = std::async(std::launch::async, [this, session, through, undo] {
      runner::RunOptions options;
      options.through = through;
      options.undo = undo;
      options.owner = "test@localhost pid 1";
      options.actor = "test";
      options.environment = "test";
      return runner::run(planned_->script, *session, options, [](const runner::RunEvent&) {});
    });
    return out;
  }
  RunReport run(plan::Phase through, bool undo = false) {
    return start(through, undo).report.get();
  }

  // Whether it comes to wait for others in a statement that has these words in it.
  bool waitsIn(const Running& running, const std::string& words) const {
    const std::string sql = fmt::format(
        "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE pid = {} AND wait_event_type = "
        "'Lock' AND query LIKE '%{}%'",
        running.pid, words);
    for (int i = 0; i < 1000; ++i) {
      if (ask(sql) == "1") return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  RunReport terminate(Running& running) const {
    EXPECT_EQ(ask("SELECT pg_catalog.pg_terminate_backend(" + running.pid + ")"), "t");
    return running.report.get();
  }

  std::string indexes(const char* condition = "TRUE") const {
    return ask(
        fmt::format("SELECT count(*) FROM pg_catalog.pg_index i WHERE i.indrelid = "
                    "'a'::regclass AND NOT i.indisprimary AND {}",
                    condition));
  }
  std::string differences(const catalog::Catalog& expected) const {
    const auto live = watcher_->introspect();
    if (!live) return live.error().message;
    std::string out;
    for (const auto& one : catalog::compare(expected, *live))
      out += one.object + ": " + one.expected + " | " + one.actual + "\n";
    return out;
  }

  // Cut off while it waits for who saw the table before: the index is there, and not valid.
  void leaveBehind() {
    const auto reader = database_.open();
    must(*reader, "BEGIN ISOLATION LEVEL REPEATABLE READ");
    must(*reader, "SELECT count(*) FROM cambium_lease");
    auto running = start(plan::Phase::contract);
    ASSERT_TRUE(waitsIn(running, "CREATE INDEX"));
    EXPECT_EQ(terminate(running).outcome, Outcome::partial);
    ASSERT_EQ(indexes("NOT i.indisvalid"), "1");
  }

  // An undo that is cut off while it waits for a writer: the index is not valid, and kept up.
  void leaveHalfRemoved() {
    ASSERT_EQ(run(plan::Phase::switch_).outcome, Outcome::ok);
    ASSERT_EQ(indexes(), "1");
    const auto writer = database_.open();
    must(*writer, "BEGIN");
    must(*writer, "UPDATE a SET code = 'uno' WHERE id = 1");
    auto running = start(plan::Phase::expand, /*undo=*/true);
    ASSERT_TRUE(waitsIn(running, "DROP INDEX"));
    EXPECT_NE(terminate(running).outcome, Outcome::ok);
    must(*writer, "COMMIT");
    ASSERT_EQ(indexes("NOT i.indisvalid AND i.indisready"), "1");
  }

  ScratchDatabase database_{"postgres"};
  CompiledCase compiled_;
  std::optional<driver::Planned> planned_;
  std::unique_ptr<Session> watcher_;
};

TEST_F(Indexes, ARemovalThatIsCutOffIsFinishedByTheNextUndo) {
  begin(kUnique);
  leaveHalfRemoved();

  const auto report = run(plan::Phase::expand, /*undo=*/true);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(report.message, "");
  EXPECT_EQ(indexes(), "0");
  EXPECT_EQ(differences(planned_->from.catalog), "");
  must(*watcher_, "INSERT INTO a VALUES (3, 'two')");
}

TEST_F(Indexes, ARemovalThatIsCutOffIsNoObstacleOnTheWayForward) {
  begin(kUnique);
  leaveHalfRemoved();

  const auto report = run(plan::Phase::contract);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(indexes(), "1");
  EXPECT_EQ(differences(planned_->to.catalog), "");
}

// The old version's index goes in CONTRACT.
TEST_F(Indexes, ARemovalThatIsCutOffInContractIsFinishedByTheNextApply) {
  begin(R"(# why: -
-- before.cam --
entity A { key id: int64  code: text  index (code) }
-- after.cam --
entity A { key id: int64  code: text }
)");
  const auto writer = database_.open();
  must(*writer, "BEGIN");
  must(*writer, "UPDATE a SET code = 'uno' WHERE id = 1");
  auto running = start(plan::Phase::contract);
  ASSERT_TRUE(waitsIn(running, "DROP INDEX"));
  EXPECT_NE(terminate(running).outcome, Outcome::ok);
  must(*writer, "COMMIT");
  ASSERT_EQ(indexes("NOT i.indisvalid AND i.indisready"), "1");

  const auto report = run(plan::Phase::contract);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(report.message, "");
  EXPECT_EQ(indexes(), "0");
  EXPECT_EQ(differences(planned_->to.catalog), "");
}

TEST_F(Indexes, ABuildThatIsCutOffIsLedBack) {
  begin(kIndex);
  leaveBehind();
  auto report = run(plan::Phase::expand, /*undo=*/true);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(report.message, "");
  EXPECT_EQ(indexes(), "0");
  EXPECT_EQ(differences(planned_->from.catalog), "");
  report = run(plan::Phase::contract);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(indexes("i.indisvalid"), "1");
  EXPECT_EQ(differences(planned_->to.catalog), "");
}

TEST_F(Indexes, WhatIsLeftBehindGoesWithoutStallingReaders) {
  begin(kIndex);
  leaveBehind();
  const auto reader = database_.open();
  must(*reader, "BEGIN");
  must(*reader, "SELECT count(*) FROM a");
  auto running = start(plan::Phase::contract);
  ASSERT_TRUE(waitsIn(running, "DROP INDEX"));
  // A new reader does not queue up behind that, a writer does not either.
  const auto other = database_.open();
  must(*other, "SET lock_timeout = '1s'");
  must(*other, "SELECT count(*) FROM a");
  must(*other, "INSERT INTO a VALUES (3, 'three')");
  EXPECT_EQ(ask("SELECT count(*) FROM pg_catalog.pg_locks WHERE relation = 'a'::regclass AND "
                "mode = 'AccessExclusiveLock'"),
            "0");
  must(*reader, "COMMIT");
  const auto report = running.report.get();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(indexes("i.indisvalid"), "1");
  EXPECT_EQ(differences(planned_->to.catalog), "");
}

// Counted before it is committed, found when the index is built.
TEST_F(Indexes, ADuplicateThatComesBehindTheCountStopsTheBuildAndNothingStays) {
  begin(kUnique);
  const auto writer = database_.open();
  must(*writer, "BEGIN");
  must(*writer, "INSERT INTO a VALUES (3, 'two')");
  auto running = start(plan::Phase::contract);
  ASSERT_TRUE(waitsIn(running, "CREATE UNIQUE INDEX"));
  must(*writer, "COMMIT");
  auto report = running.report.get();
  EXPECT_EQ(report.outcome, Outcome::partial) << report.message;
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->sqlState, "23505");
  EXPECT_EQ(indexes(), "0");
  must(*watcher_, "UPDATE a SET code = 'two' WHERE id = 1");  // nobody is kept from it

  must(*watcher_, "UPDATE a SET code = 'c' || id");
  report = run(plan::Phase::contract);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(indexes("i.indisvalid"), "1");
  EXPECT_EQ(differences(planned_->to.catalog), "");
}

// ---- what a step says of its lock
std::vector<std::string> stepsThatLook(const char* versions) {
  const auto compiled = compileCase(parseGolden(versions));
  EXPECT_TRUE(healthy(compiled.after)) << briefDiagnostics(compiled);
  const auto planned = planCase(compiled, *dialects().find("postgres"));
  std::vector<std::string> out;
  if (!planned) return out;
  for (const auto& step : planned->script.steps)
    for (const auto* action : {&step.action, &step.undo})
      if (action->sql.lock.find("looked at") != std::string::npos)
        out.push_back(fmt::format("{}{}: {}", action == &step.undo ? "undo of " : "",
                                  plan::toString(step.phase), action->sql.lock));
  return out;
}

TEST(StatedLock, OfAPropertyThatIsRequiredAgainSaysThatEveryRowIsLookedAt) {
  EXPECT_EQ(stepsThatLook(R"(# why: -
-- before.cam --
entity Customer { key number: string(12)  name: text }
-- after.cam --
entity Customer { key number: string(12)  name: text? }
)"),
            std::vector<std::string>{
                "undo of expand: ACCESS EXCLUSIVE, while every row is looked at of customer"});
}

// It is made NOT VALID before it goes, and so comes back without a look.
TEST(StatedLock, OfACheckThatComesBackSaysNothingOfTheKind) {
  EXPECT_EQ(stepsThatLook(R"(# why: -
-- before.cam --
entity Customer { key number: string(12)  name: text  check named: name != "" }
-- after.cam --
entity Customer { key number: string(12)  name: text }
)"),
            std::vector<std::string>{});
}

// A check has shown before that its columns have values.
TEST(StatedLock, OfAKeyThatChangesSaysNothingOfTheKind) {
  const char* const versions = R"(# why: -
-- before.cam --
entity Customer { key number: string(12)  name: text }
-- after.cam --
entity Customer { key code: string(12)  name: text }
-- migration.cam --
migration from "1.0.0" to "1.1.0" { rename Customer.number -> code }
)";
  EXPECT_EQ(stepsThatLook(versions), std::vector<std::string>{});
  // The check comes, is validated, and goes with the step that makes the key.
  const auto compiled = compileCase(parseGolden(versions));
  const auto planned = planCase(compiled, *dialects().find("postgres"));
  ASSERT_TRUE(planned);
  std::vector<std::string> about;
  for (const auto& step : planned->script.steps)
    for (const auto& sql : step.action.sql.statements)
      if (sql.find("ck_customer_code_required") != std::string::npos && sql.starts_with("ALTER"))
        about.push_back(fmt::format("{} {}", step.number, sql));
  ASSERT_EQ(about.size(), 3u);
  EXPECT_NE(about[0].find("CHECK (\"code\" IS NOT NULL) NOT VALID"), std::string::npos) << about[0];
  EXPECT_NE(about[1].find("VALIDATE CONSTRAINT"), std::string::npos) << about[1];
  EXPECT_NE(about[2].find("DROP CONSTRAINT"), std::string::npos) << about[2];
}

TEST(StatedLock, OfAPropertyThatBecomesRequiredSaysNothingOfTheKind) {
  EXPECT_EQ(stepsThatLook(R"(# why: -
-- before.cam --
entity Customer { key number: string(12)  name: text? }
-- after.cam --
entity Customer { key number: string(12)  name: text  note: text = "-" }
-- migration.cam --
migration from "1.0.0" to "1.1.0" { fill Customer.name = "-" }
)"),
            std::vector<std::string>{});
}

}  // namespace
}  // namespace cambium::testing
