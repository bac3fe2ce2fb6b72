// A process that is killed at any moment leaves a database from which the next run reaches the same
// end, and undo the same start.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/scenario.h"

namespace cambium::test {
namespace {

using runner::Outcome;
using runner::PlanState;

// Runs in a child that kills itself at the n-th point. Out: false = it came to its end before.
bool killedAt(int n, const std::string& file, const emit::Script& script, runner::RunOptions o) {
  const pid_t child = fork();
  if (child == 0) {
    auto session = open(file);
    if (!session) _exit(3);
    o.owner = runner::thisProcess();
    int seen = 0;
    o.crashPoint = [&](const char*) {
      if (++seen == n) raise(SIGKILL);
    };
    const auto report = runner::run(script, *session, o, nowhere());
    _exit(report.outcome == Outcome::ok ? 0 : 4);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return true;
  EXPECT_EQ(WEXITSTATUS(status), 0);
  return false;
}

class KillMatrix : public testing::Test {
protected:
  void SetUp() override {
    auto session = open(seed);
    ASSERT_TRUE(session);
    install(*session, plan, 120);
    atStart = dump(*session);
  }
  // One killed run and one that goes on, for each point; `check` sees the database at the end.
  template <class Check>
  int everyPoint(const runner::RunOptions& o, Check check) {
    int n = 1;
    for (;; ++n) {
      std::error_code ignored;
      std::filesystem::remove(work + "-journal", ignored);
      std::filesystem::remove(work + "-wal", ignored);
      std::filesystem::copy_file(seed, work, std::filesystem::copy_options::overwrite_existing);
      if (!killedAt(n, work, script, o)) break;
      auto session = open(work);
      if (!session) break;
      auto again = o;
      again.owner = runner::thisProcess();
      const auto report = runner::run(script, *session, again, nowhere());
      EXPECT_EQ(report.outcome, Outcome::ok) << "point " << n << ": " << report.message;
      auto whole = runner::Ledger(*session).verifyChain();
      EXPECT_TRUE(whole && *whole) << "point " << n;
      check(*session, n);
      if (HasFailure()) break;
    }
    return n - 1;
  }

  Folder folder;
  std::string seed = folder.file("seed.db"), work = folder.file("work.db");
  plan::Plan plan = planOfClients();
  emit::Script script = scriptOf(plan);
  std::string atStart;
};

TEST_F(KillMatrix, aKilledRunGoesOnToTheSameEnd) {
  auto o = options();
  o.batchRows = 40;
  // The uninterrupted run.
  std::filesystem::copy_file(seed, work);
  ASSERT_FALSE(killedAt(-1, work, script, o));
  std::string end;
  {
    auto session = open(work);
    ASSERT_TRUE(session);
    end = dump(*session);
  }
  const int points = everyPoint(o, [&](dialect::Session& session, int n) {
    EXPECT_EQ(dump(session), end) << "point " << n;
    auto active = runner::Ledger(session).installation("test");
    ASSERT_TRUE(active && *active);
    EXPECT_EQ((*active)->version, "1.1.0");
    EXPECT_EQ(ask(session, "SELECT count(*) FROM cambium_step WHERE step_state = 'applied'"), "9");
    EXPECT_EQ(
        ask(session, "SELECT count(*) FROM cambium_event WHERE event_action = 'step_applied'"), "9")
        << "a step must be recorded once, point " << n;
  });
  EXPECT_GT(points, 100);
}

TEST_F(KillMatrix, aKilledUndoGoesOnToTheStart) {
  {
    auto session = open(seed);
    ASSERT_TRUE(session);
    auto o = options();
    o.through = plan::Phase::switch_;
    ASSERT_EQ(runner::run(script, *session, o, nowhere()).outcome, Outcome::ok);
  }
  auto o = options();
  o.undo = true;
  const int points = everyPoint(o, [&](dialect::Session& session, int n) {
    EXPECT_EQ(dump(session), atStart) << "point " << n;
    auto active = runner::Ledger(session).installation("test");
    ASSERT_TRUE(active && *active);
    EXPECT_EQ((*active)->version, "1.0.0");
  });
  EXPECT_GT(points, 50);
}

}  // namespace
}  // namespace cambium::test
