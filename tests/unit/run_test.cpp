// Parts of the runner that need no database: events as lines, and the position in a script.
#include <gtest/gtest.h>

#include "runtime/runner/frontier.h"
#include "tests/support/scenario.h"

namespace cambium::test {
namespace {

TEST(Events, areOneJsonLineEach) {
  using namespace runner;
  EXPECT_EQ(toJsonLine(StepStart{3, "a \"b\""}),
            R"({"step":3,"title":"a \"b\"","type":"step_start"})");
  EXPECT_EQ(toJsonLine(PlanStart{"d", "1", "2", 9, 4}),
            R"({"done":4,"from":"1","plan":"d","steps":9,"to":"2","type":"plan_start"})");
  EXPECT_EQ(toJsonLine(Progress{1, 10, 20, 5.55}),
            R"({"rows":10,"rows_per_second":6,"step":1,"total_rows":20,"type":"progress"})");
  EXPECT_EQ(toJsonLine(WaitingForLock{1, 2, "x"}),
            R"({"attempt":2,"holder":"x","step":1,"type":"waiting_for_lock"})");
  EXPECT_EQ(toJsonLine(Paused{2, "asked to"}), R"({"reason":"asked to","step":2,"type":"paused"})");
  EXPECT_EQ(toJsonLine(Done{plan::Phase::backfill}), R"({"through":"backfill","type":"done"})");
}

class FrontierTest : public testing::Test {
protected:
  // The catalog after k steps.
  catalog::Catalog after(size_t k) const {
    catalog::Catalog c = plan.before;
    for (size_t i = 0; i < k; ++i) {
      for (const auto& operation : plan.steps[i].operations) {
        EXPECT_EQ(plan::apply(operation, c, sqlite().traits()), "");
      }
    }
    return c;
  }
  plan::Plan plan = planOfClients();
  emit::Script script = scriptOf(plan);
};

TEST_F(FrontierTest, everyPrefixIsRecognised) {
  for (size_t k = 0; k <= script.steps.size(); ++k) {
    const runner::Frontier frontier(script, after(k));
    EXPECT_TRUE(frontier.holdsAt(k)) << k;
    EXPECT_EQ(frontier.find(k, false), k);
    EXPECT_TRUE(frontier.mismatches(k).empty());
  }
}

TEST_F(FrontierTest, oneStepDoneButNotRecordedIsFound) {
  EXPECT_EQ(runner::Frontier(script, after(1)).find(0, false), 1u);
  EXPECT_EQ(runner::Frontier(script, after(6)).find(5, false), 6u);
  EXPECT_EQ(runner::Frontier(script, after(1)).find(2, true), 1u);
}

TEST_F(FrontierTest, stepsThatLeaveNoTraceAreNeverSkipped) {
  // Step 4 fills rows: a catalog as after step 6 does not prove that it ran.
  EXPECT_FALSE(runner::Frontier(script, after(6)).find(3, false));
}

TEST_F(FrontierTest, aRecordThatRanAheadIsNotBelieved) {
  EXPECT_FALSE(runner::Frontier(script, after(1)).find(2, false));
}

TEST_F(FrontierTest, aForeignChangeIsNamed) {
  catalog::Catalog live = after(3);
  live.findTable("client")->findColumn("city")->type = "ANY";
  const runner::Frontier frontier(script, live);
  EXPECT_FALSE(frontier.find(3, false));
  const auto wrong = frontier.mismatches(3);
  ASSERT_EQ(wrong.size(), 1u);
  EXPECT_EQ(runner::toString(wrong[0]), "table `client` is not as it should be after step 1");
}

}  // namespace
}  // namespace cambium::test
