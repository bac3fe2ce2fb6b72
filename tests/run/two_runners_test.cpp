// Several runners at one database: one works, the others say who it is; a runner that was overtaken
// writes nothing more.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "tests/support/pulse.h"
#include "tests/support/scenario.h"

namespace cambium::test {
namespace {

using cambium::testing::Pulse;
using runner::Outcome;

class TwoRunners : public ::testing::Test {
protected:
  void SetUp() override {
    session = open(file);
    ASSERT_TRUE(session);
    install(*session, plan, 50);
  }
  void lease(const std::string& owner, const std::string& expires, int step = 3) {
    must(*session, "UPDATE cambium_lease SET token = token + 1, lease_owner = '" + owner +
                       "', acquired_at = '2026-01-01T00:00:00.000Z', expires_at = '" + expires +
                       "', step_no = " + std::to_string(step));
  }
  runner::RunReport run() { return runner::run(script, *session, options(), nowhere()); }

  Folder folder;
  std::string file = folder.file("test.db");
  plan::Plan plan = planOfClients();
  emit::Script script = scriptOf(plan);
  std::unique_ptr<dialect::Session> session;
};

TEST_F(TwoRunners, theSecondIsToldWhoWorksAndSinceWhen) {
  lease("ann@elsewhere pid 7", "2999-01-01T00:00:00.000Z");
  Pulse machine;
  const auto start = std::chrono::steady_clock::now();
  const auto report = run();
  EXPECT_LT(std::chrono::steady_clock::now() - start,
            std::chrono::seconds(2) + 4 * machine.longest());
  EXPECT_EQ(report.outcome, Outcome::busy);
  ASSERT_TRUE(report.holder);
  EXPECT_EQ(report.holder->owner, "ann@elsewhere pid 7");
  EXPECT_EQ(report.holder->step, 3u);
  EXPECT_NE(report.message.find("2026-01-01T00:00:00.000Z (step 3)"), std::string::npos)
      << report.message;
  EXPECT_EQ(ask(*session, "SELECT lease_owner FROM cambium_lease"), "ann@elsewhere pid 7");
}

TEST_F(TwoRunners, anExpiredLeaseIsTakenOver) {
  lease("ann@elsewhere pid 7", "2020-01-01T00:00:00.000Z");
  const std::string token = ask(*session, "SELECT token FROM cambium_lease");
  EXPECT_EQ(run().outcome, Outcome::ok);
  EXPECT_EQ(std::stoi(ask(*session, "SELECT token FROM cambium_lease")), std::stoi(token) + 1);
  EXPECT_EQ(
      ask(*session, "SELECT count(*) FROM cambium_event WHERE event_action = 'lease_taken_over'"),
      "1");
}

TEST_F(TwoRunners, theLeaseOfADeadProcessOfThisHostIsTakenOver) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  std::string owner = runner::thisProcess();
  owner = owner.substr(0, owner.rfind(' ') + 1) + std::to_string(child);
  lease(owner, "2999-01-01T00:00:00.000Z");
  EXPECT_EQ(run().outcome, Outcome::ok);
}

TEST_F(TwoRunners, theLeaseOfALivingProcessOfThisHostIsNot) {
  std::string owner = runner::thisProcess();
  owner = owner.substr(0, owner.rfind(' ') + 1) + std::to_string(getppid());
  lease(owner, "2999-01-01T00:00:00.000Z");
  EXPECT_EQ(run().outcome, Outcome::busy);
}

// It slept while its lease expired, somebody else took over: its next transaction finds that out
// and changes nothing.
TEST_F(TwoRunners, anOvertakenRunnerWritesNothingMore) {
  auto other = open(file);
  ASSERT_TRUE(other);
  std::string found;
  const auto report = runner::run(script, *session, options(), [&](const runner::RunEvent& event) {
    const auto* step = std::get_if<runner::StepStart>(&event);
    if (!step || step->number != 3) return;
    must(*other,
         "UPDATE cambium_lease SET token = token + 1, lease_owner = 'bob@elsewhere pid 8', "
         "expires_at = '2999-01-01T00:00:00.000Z'");
    found = dump(*other);
  });
  EXPECT_EQ(report.outcome, Outcome::busy);
  ASSERT_TRUE(report.holder);
  EXPECT_EQ(report.holder->owner, "bob@elsewhere pid 8");
  EXPECT_EQ(dump(*other), found);
  EXPECT_EQ(ask(*other, "SELECT lease_owner FROM cambium_lease"), "bob@elsewhere pid 8");
  EXPECT_EQ(ask(*other, "SELECT count(*) FROM cambium_step"), "2");
}

TEST_F(TwoRunners, aDatabaseLockedByAnotherProgramIsBusyWithinTheBudget) {
  auto other = open(file);
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->begin());
  unsigned waits = 0;
  Pulse machine;
  const auto start = std::chrono::steady_clock::now();
  const auto report = runner::run(script, *session, options(), [&](const runner::RunEvent& event) {
    waits += std::holds_alternative<runner::WaitingForLock>(event);
  });
  EXPECT_LT(std::chrono::steady_clock::now() - start,
            std::chrono::seconds(2) + 4 * machine.longest());
  EXPECT_EQ(report.outcome, Outcome::busy) << report.message;
  EXPECT_GT(waits, 0u);
  ASSERT_TRUE(other->rollback());
  EXPECT_EQ(run().outcome, Outcome::ok);
}

TEST_F(TwoRunners, aShortLockIsWaitedFor) {
  auto other = open(file);
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->begin());
  std::thread release([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
    ASSERT_TRUE(other->rollback());
  });
  auto o = options();
  o.lockTimeoutMs = 2000;
  const auto report = runner::run(script, *session, o, nowhere());
  release.join();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
}

TEST_F(TwoRunners, ofManyStartedTogetherEachStepIsDoneOnce) {
  constexpr int kRunners = 6;
  session.reset();
  pid_t children[kRunners];
  for (auto& child : children) {
    child = fork();
    if (child != 0) continue;
    auto mine = open(file);
    if (!mine) _exit(9);
    auto o = options(runner::thisProcess());
    o.lockTimeoutMs = 1500;
    _exit(static_cast<int>(runner::run(script, *mine, o, nowhere()).outcome));
  }
  int worked = 0;
  for (auto child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    const auto outcome = static_cast<Outcome>(WEXITSTATUS(status));
    EXPECT_TRUE(outcome == Outcome::ok || outcome == Outcome::busy) << WEXITSTATUS(status);
    worked += outcome == Outcome::ok;
  }
  EXPECT_GE(worked, 1);
  session = open(file);
  ASSERT_TRUE(session);
  EXPECT_EQ(run().outcome, Outcome::ok);
  EXPECT_EQ(ask(*session, "SELECT count(*) FROM cambium_event WHERE event_action = 'step_applied'"),
            "9");
  EXPECT_EQ(ask(*session, "SELECT count(*) FROM cambium_plan"), "1");
  auto whole = runner::Ledger(*session).verifyChain();
  EXPECT_TRUE(whole && *whole);
}

}  // namespace
}  // namespace cambium::test
