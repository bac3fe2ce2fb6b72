// On a server a run has a lock of its session: nobody overtakes a runner that lives, whatever the
// lease says, and nobody waits for one that is dead.
#include <gtest/gtest.h>

#include "runtime/runner/run.h"
#include "tests/support/case_runner.h"
#include "tests/support/golden_file.h"
#include "tests/support/laws.h"

namespace cambium::testing {
namespace {

using dialect::Session;
using runner::Outcome;

constexpr const char* kVersions = R"(# why: -
-- before.cam --
entity A { key id: int64  name: text }
-- after.cam --
entity A { key id: int64  name: text  more: text? }
)";

class RunLock : public ::testing::TestWithParam<const char*> {
protected:
  void SetUp() override {
    compiled_ = compileCase(parseGolden(kVersions));
    ASSERT_TRUE(healthy(compiled_.after)) << briefDiagnostics(compiled_);
    const auto& dialect = *dialects().find(GetParam());
    const auto base = planFresh(*compiled_.after, compiled_.before->model, dialect);
    planned_ = planCase(compiled_, dialect);
    ASSERT_TRUE(base && planned_);
    first_ = database_.open();
    second_ = database_.open();
    ASSERT_EQ(runScript(base->script, *first_, plan::Phase::contract), "");
  }

  runner::RunReport run(Session& session) {
    runner::RunOptions options;
    options.owner = "bob@elsewhere pid 8";
    options.actor = "bob";
    options.environment = "test";
    return runner::run(planned_->script, session, options, [](const runner::RunEvent&) {});
  }
  void lease(const std::string& owner, const std::string& expires) {
    const auto done = first_->execute(
        "UPDATE cambium_lease SET token = token + 1, lease_owner = '" + owner +
        "', acquired_at = '2026-01-01T00:00:00.000Z', expires_at = '" + expires + "', step_no = 3");
    ASSERT_TRUE(bool(done)) << done.error().message;
  }
  bool free() {
    const auto other = database_.open();
    const bool out = *other->lockRun() == Session::RunLock::ours;
    if (out) other->unlockRun();
    return out;
  }

  ScratchDatabase database_{GetParam()};
  CompiledCase compiled_;
  std::optional<driver::Planned> planned_;
  std::unique_ptr<Session> first_, second_;
};

TEST_P(RunLock, IsOfOneSessionUntilItEnds) {
  EXPECT_EQ(*first_->lockRun(), Session::RunLock::ours);
  EXPECT_EQ(*second_->lockRun(), Session::RunLock::others);
  first_->unlockRun();
  EXPECT_EQ(*second_->lockRun(), Session::RunLock::ours);
  EXPECT_EQ(*first_->lockRun(), Session::RunLock::others);
  second_.reset();
  EXPECT_TRUE(free());
  // Another schema or database of the same server is another matter.
  ScratchDatabase other{GetParam()};
  const auto there = other.open();
  EXPECT_EQ(*first_->lockRun(), Session::RunLock::ours);
  EXPECT_EQ(*there->lockRun(), Session::RunLock::ours);
}

// A statement that takes longer than the lease lasts.
TEST_P(RunLock, ALivingRunnerIsNotOvertakenWhenItsLeaseHasExpired) {
  ASSERT_EQ(*first_->lockRun(), Session::RunLock::ours);
  lease("ann@elsewhere pid 7", "2020-01-01T00:00:00.000Z");
  const auto report = run(*second_);
  EXPECT_EQ(report.outcome, Outcome::busy);
  ASSERT_TRUE(report.holder);
  EXPECT_EQ(report.holder->owner, "ann@elsewhere pid 7");
  EXPECT_EQ(first_->query("SELECT lease_owner FROM cambium_lease")->at(0).at(0),
            "ann@elsewhere pid 7");

  first_->unlockRun();
  EXPECT_EQ(run(*second_).outcome, Outcome::ok);
  EXPECT_TRUE(free());
}

// It has the lock, and has not written its lease yet.
TEST_P(RunLock, ARunnerThatHasJustBegunIsBusy) {
  ASSERT_EQ(*first_->lockRun(), Session::RunLock::ours);
  const auto report = run(*second_);
  EXPECT_EQ(report.outcome, Outcome::busy);
  ASSERT_TRUE(report.holder);
  EXPECT_EQ(report.holder->owner, "another session");
}

// Nobody has to wait for the lease of a runner whose session is gone.
TEST_P(RunLock, ADeadRunnerIsTakenOverAtOnce) {
  lease("ann@elsewhere pid 7", "2999-01-01T00:00:00.000Z");
  EXPECT_EQ(run(*second_).outcome, Outcome::ok);
  EXPECT_EQ(first_
                ->query("SELECT count(*) FROM cambium_event WHERE event_action = "
                        "'lease_taken_over'")
                ->at(0)
                .at(0),
            "1");
  EXPECT_TRUE(free());
}

TEST_P(RunLock, IsGivenBackWhenTheRunFails) {
  ASSERT_TRUE(bool(first_->execute("ALTER TABLE a ADD COLUMN more integer")));
  EXPECT_NE(run(*second_).outcome, Outcome::ok);
  EXPECT_TRUE(free());
}

INSTANTIATE_TEST_SUITE_P(Servers, RunLock, ::testing::Values("postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cambium::testing
