// The runner on a real database: the way through, stops, undo, and everything that must be refused.
#include <gtest/gtest.h>

#include <atomic>

#include "tests/support/scenario.h"

namespace cambium::test {
namespace {

using runner::Outcome;
using runner::PlanState;

class Runner : public testing::Test {
protected:
  void SetUp() override {
    session = open(folder.file("test.db"));
    ASSERT_TRUE(session);
    install(*session, plan, 200);
    before = dump(*session);
  }
  runner::RunReport run(const runner::RunOptions& o) {
    lines.clear();
    return runner::run(script, *session, o, into(lines));
  }
  std::string lease() { return ask(*session, "SELECT lease_owner FROM cambium_lease"); }
  std::string active() {
    auto found = runner::Ledger(*session).installation("test");
    return found && *found ? (*found)->version : "none";
  }
  void expectSoundChain() {
    auto whole = runner::Ledger(*session).verifyChain();
    ASSERT_TRUE(whole);
    EXPECT_TRUE(*whole);
  }

  Folder folder;
  plan::Plan plan = planOfClients();
  emit::Script script = scriptOf(plan);
  std::unique_ptr<dialect::Session> session;
  std::string before;
  std::vector<std::string> lines;
};

TEST_F(Runner, goesThroughAllPhases) {
  const auto report = run(options());
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(report.state, PlanState::done);
  EXPECT_EQ(report.message, "");
  EXPECT_EQ(report.stepsDone, script.steps.size());
  auto live = session->introspect();
  ASSERT_TRUE(live);
  EXPECT_EQ(catalog::describe(*live), catalog::describe(plan.after));
  EXPECT_EQ(ask(*session, "SELECT count(*) FROM client WHERE full_name = 'n' || id"), "200");
  EXPECT_EQ(active(), "1.1.0");
  EXPECT_EQ(lease(), "");
  expectSoundChain();
  ASSERT_FALSE(lines.empty());
  EXPECT_NE(lines.front().find("\"type\":\"plan_start\""), std::string::npos);
  EXPECT_EQ(lines.back(), "{\"through\":\"contract\",\"type\":\"done\"}");
  // The same plan again: nothing to do.
  const auto again = run(options());
  EXPECT_EQ(again.outcome, Outcome::ok) << again.message;
  EXPECT_TRUE(lines.empty());
}

TEST_F(Runner, stopsAfterEachPhaseAndGoesOn) {
  auto o = options();
  const std::pair<plan::Phase, PlanState> stops[] = {{plan::Phase::expand, PlanState::paused},
                                                     {plan::Phase::backfill, PlanState::paused},
                                                     {plan::Phase::validate, PlanState::paused},
                                                     {plan::Phase::switch_, PlanState::switched},
                                                     {plan::Phase::contract, PlanState::done}};
  for (const auto& [phase, state] : stops) {
    o.through = phase;
    const auto report = run(o);
    EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
    EXPECT_EQ(report.state, state);
    EXPECT_EQ(active(), phase < plan::Phase::switch_ ? "1.0.0" : "1.1.0");
  }
}

TEST_F(Runner, undoFromEveryStageLeadsBack) {
  for (auto phase :
       {plan::Phase::expand, plan::Phase::backfill, plan::Phase::validate, plan::Phase::switch_}) {
    auto o = options();
    o.through = phase;
    ASSERT_EQ(run(o).outcome, Outcome::ok);
    auto back = options();
    back.undo = true;
    const auto report = run(back);
    EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
    EXPECT_EQ(report.state, PlanState::undone);
    EXPECT_EQ(report.message, "");
    EXPECT_EQ(dump(*session), before);
    EXPECT_EQ(active(), "1.0.0");
    expectSoundChain();
    EXPECT_EQ(run(back).outcome, Outcome::ok) << "a second undo has nothing to do";
  }
}

TEST_F(Runner, refusesUndoAfterContract) {
  ASSERT_EQ(run(options()).outcome, Outcome::ok);
  auto back = options();
  back.undo = true;
  const auto report = run(back);
  EXPECT_EQ(report.outcome, Outcome::failed);
  EXPECT_NE(report.message.find("point of no return"), std::string::npos) << report.message;
  EXPECT_EQ(active(), "1.1.0");
}

TEST_F(Runner, undoOfAPlanThatNeverRanIsRefused) {
  auto back = options();
  back.undo = true;
  EXPECT_EQ(run(back).outcome, Outcome::failed);
}

TEST_F(Runner, aChangedDatabaseIsStaleAndNamed) {
  must(*session, "ALTER TABLE client ADD COLUMN note TEXT");
  auto report = run(options());
  EXPECT_EQ(report.outcome, Outcome::stale);
  EXPECT_NE(report.message.find("table `client`"), std::string::npos) << report.message;
  auto o = options();
  o.expected = &plan.before;
  report = run(o);
  EXPECT_EQ(report.outcome, Outcome::stale);
  EXPECT_NE(report.message.find("client.note"), std::string::npos) << report.message;
  EXPECT_EQ(ask(*session, "SELECT count(*) FROM cambium_plan"), "0");
}

TEST_F(Runner, anotherActiveVersionIsStale) {
  script.fromDigest = std::string(64, '7');
  EXPECT_EQ(run(options()).outcome, Outcome::stale);
}

TEST_F(Runner, anotherPlanUnderWayIsStale) {
  auto o = options();
  o.through = plan::Phase::expand;
  ASSERT_EQ(run(o).outcome, Outcome::ok);
  script.toModel = "{}";
  const auto report = run(o);
  EXPECT_EQ(report.outcome, Outcome::stale);
  EXPECT_NE(report.message.find("under way"), std::string::npos);
}

TEST_F(Runner, aPlanForAnotherKindOfDatabaseIsStale) {
  script.dialect = "other";
  EXPECT_EQ(run(options()).outcome, Outcome::stale);
}

TEST(RunnerFresh, aPlanForAnotherDatabaseLeavesNoTraces) {
  Folder folder;
  auto session = open(folder.file("fresh.db"));
  ASSERT_TRUE(session);
  const auto script = scriptOfClients();
  EXPECT_EQ(runner::run(script, *session, options(), nowhere()).outcome, Outcome::stale);
  EXPECT_EQ(ask(*session, "SELECT count(*) FROM sqlite_schema"), "0");
}

TEST_F(Runner, somebodyDropsAColumnInBetween) {
  auto o = options();
  o.through = plan::Phase::expand;
  ASSERT_EQ(run(o).outcome, Outcome::ok);
  must(*session, "DROP TRIGGER sync_client_full_name");
  must(*session, "ALTER TABLE client DROP COLUMN full_name");
  const std::string found = dump(*session);
  const auto report = run(options());
  EXPECT_EQ(report.outcome, Outcome::quarantined);
  EXPECT_EQ(report.state, PlanState::quarantined);
  EXPECT_NE(report.quarantine.find("table `client`"), std::string::npos) << report.quarantine;
  EXPECT_NE(report.quarantine.find("trigger `sync_client_full_name`"), std::string::npos);
  EXPECT_EQ(dump(*session), found) << "nothing may be executed";
  // Mended by hand, the same run goes on.
  must(*session, "ALTER TABLE client ADD COLUMN \"full_name\" TEXT");
  must(*session, script.steps[1].action.sql.statements[0]);
  const auto mended = run(options());
  EXPECT_EQ(mended.outcome, Outcome::ok) << mended.message;
  EXPECT_EQ(mended.state, PlanState::done);
}

TEST_F(Runner, aStepDoneByHandIsFoundDone) {
  auto o = options();
  o.through = plan::Phase::validate;
  ASSERT_EQ(run(o).outcome, Outcome::ok);
  o.through = plan::Phase::switch_;
  ASSERT_EQ(run(o).outcome, Outcome::ok);
  must(*session, "DROP TRIGGER sync_client_full_name");  // step 8, exactly
  const auto report = run(options());
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(ask(*session, "SELECT outcome FROM cambium_step WHERE step_no = 8"), "found done");
}

TEST_F(Runner, aVerificationThatFailsKeepsTheState) {
  auto o = options();
  o.through = plan::Phase::backfill;
  ASSERT_EQ(run(o).outcome, Outcome::ok);
  must(*session, "UPDATE client SET full_name = NULL WHERE id IN (3, 4)");
  auto report = run(options());
  EXPECT_EQ(report.outcome, Outcome::partial);
  EXPECT_EQ(report.failedStep, 5u);
  EXPECT_NE(report.message.find("(2 rows)"), std::string::npos) << report.message;
  must(*session, "UPDATE client SET full_name = name WHERE full_name IS NULL");
  report = run(options());
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
}

TEST_F(Runner, aDuplicateStopsTheUniqueIndexAndNothingIsHalfDone) {
  must(*session, "UPDATE client SET name = 'same' WHERE id IN (10, 20)");
  const auto report = run(options());
  EXPECT_EQ(report.outcome, Outcome::partial);
  EXPECT_EQ(report.failedStep, 6u);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, dialect::DbError::Kind::constraint);
  EXPECT_EQ(lease(), "");
  must(*session, "UPDATE client SET full_name = 'other' WHERE id = 20");
  EXPECT_EQ(run(options()).outcome, Outcome::ok);
  expectSoundChain();
}

TEST_F(Runner, diskFullLeavesNothingHalfDone) {
  const int pages = std::stoi(ask(*session, "PRAGMA page_count"));
  bool finished = false;
  int failures = 0;
  // A little more room each time: it fails further along each time, and each run goes on where the
  // one before stopped.
  for (int room = 0; room < 60 && !finished; ++room) {
    must(*session, "PRAGMA max_page_count = " + std::to_string(pages + room));
    const auto report = run(options());
    finished = report.outcome == Outcome::ok;
    if (finished) break;
    ++failures;
    ASSERT_TRUE(report.outcome == Outcome::failed || report.outcome == Outcome::partial)
        << report.message;
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->kind, dialect::DbError::Kind::diskFull) << report.message;
    EXPECT_FALSE(session->inTransaction());
    EXPECT_EQ(ask(*session, "PRAGMA foreign_keys"), "1");
  }
  EXPECT_TRUE(finished);
  EXPECT_GT(failures, 0);
  auto live = session->introspect();
  ASSERT_TRUE(live);
  EXPECT_EQ(catalog::describe(*live), catalog::describe(plan.after));
  expectSoundChain();
}

TEST_F(Runner, pausesBetweenBatchesAndGoesOnAtTheCursor) {
  std::atomic<bool> pause{false};
  auto o = options();
  o.batchRows = 20;
  o.batchTargetMs = 1;
  o.pause = &pause;
  int batches = 0;
  const auto report = runner::run(script, *session, o, [&](const runner::RunEvent& event) {
    if (std::holds_alternative<runner::Progress>(event) && ++batches == 2) pause = true;
  });
  EXPECT_EQ(report.outcome, Outcome::paused) << report.message;
  EXPECT_EQ(report.state, PlanState::paused);
  const std::string filled =
      ask(*session, "SELECT count(*) FROM client WHERE full_name IS NOT NULL");
  EXPECT_NE(filled, "0");
  EXPECT_NE(filled, "200");
  EXPECT_EQ(ask(*session, "SELECT rows_done FROM cambium_cursor"), filled);
  EXPECT_EQ(lease(), "");
  pause = false;
  EXPECT_EQ(runner::run(script, *session, o, nowhere()).outcome, Outcome::ok);
  EXPECT_EQ(ask(*session, "SELECT count(*) FROM client WHERE full_name = 'n' || id"), "200");
  EXPECT_EQ(ask(*session, "SELECT count(*) FROM cambium_cursor"), "0");
}

TEST_F(Runner, newerValuesAreNeverOverwritten) {
  auto o = options();
  o.through = plan::Phase::expand;
  ASSERT_EQ(run(o).outcome, Outcome::ok);
  must(*session, "UPDATE client SET full_name = 'new application' WHERE id = 7");
  ASSERT_EQ(run(options()).outcome, Outcome::ok);
  EXPECT_EQ(ask(*session, "SELECT full_name FROM client WHERE id = 7"), "new application");
}

}  // namespace
}  // namespace cambium::test
