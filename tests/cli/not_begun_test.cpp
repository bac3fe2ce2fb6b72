// A run of which no step was begun gives way to the plan that the model has by now, wherever it
// ended; one that was begun goes on, and says that the model is another one.
#include "tests/cli/order_package.h"
#include "tests/support/case_runner.h"

namespace cambium::testing {
namespace {

class NotBegun : public OrderPackage {};

TEST_F(NotBegun, aRunThatFailedBeforeItsFirstStep) {
  putFirst();
  putOrder("  check short: length(title) <= 5\n");
  Ended run = cambium("apply");
  ASSERT_EQ(run.exit, 1) << run.err;
  ASSERT_NE(run.err.find("error[RUN070]"), std::string::npos) << run.err;
  putOrder("  check short: length(title) <= 10\n");
  run = cambium("plan");
  EXPECT_EQ(run.exit, 0) << run.err;
  run = cambium("status");
  EXPECT_NE(run.out.find("not begun"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("cambium apply -e dev or undo -e dev"), std::string::npos) << run.out;
  run = cambium("apply");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_TRUE(std::regex_search(
      run.err,
      std::regex("plan [0-9a-f]{8} \\(1\\.0\\.0 → 1\\.1\\.0\\) of [^\n]* was not begun and "
                 "is not this one: it is closed\n")))
      << run.err;
  EXPECT_NE(sql("select sql from sqlite_schema where name = 'order'").find("<= 10"),
            std::string::npos);
  EXPECT_EQ(cambium("drift --exit-code -q").exit, 0);
  // The events stay a chain, and the run that gave way is one that was taken back.
  EXPECT_EQ(sql("select plan_state from cambium_plan order by plan_id"), "done\nundone\ndone\n");
  EXPECT_EQ(sql("select count(*) from cambium_event where event_action = 'plan_given_up'"), "1\n");
}

TEST_F(NotBegun, theSamePlanGoesOn) {
  putFirst();
  putOrder("  check short: length(title) <= 5\n");
  ASSERT_EQ(cambium("apply -q").exit, 1);
  sql("update \\\"order\\\" set title = 'abc'");
  const Ended run = cambium("apply");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.err.find("going on with plan "), std::string::npos) << run.err;
  EXPECT_EQ(sql("select plan_state from cambium_plan order by plan_id"), "done\ndone\n");
}

// Who is told that a run goes on waits for it.
TEST_F(NotBegun, statusSaysWhetherAnybodyWorksOnIt) {
  putFirst();
  putOrder("  check short: length(title) <= 5\n");
  ASSERT_EQ(cambium("apply -q").exit, 1);
  EXPECT_NE(cambium("status").out.find("not begun, step 0 of 4 (stopped)"), std::string::npos);
  sql("update cambium_lease set lease_owner = 'ci@build pid 7', expires_at = "
      "'2999-01-01T00:00:00.000Z'");
  EXPECT_NE(cambium("status").out.find("not begun, step 0 of 4 (running)"), std::string::npos);
  sql("update cambium_lease set expires_at = '2000-01-01T00:00:00.000Z'");
  EXPECT_NE(cambium("status").out.find("not begun, step 0 of 4 (stopped)"), std::string::npos);
}

TEST_F(NotBegun, undoStillClosesIt) {
  putFirst();
  putOrder("  check short: length(title) <= 5\n");
  ASSERT_EQ(cambium("apply -q").exit, 1);
  EXPECT_EQ(cambium("undo -q").exit, 0);
  EXPECT_EQ(sql("select plan_state from cambium_plan order by plan_id"), "done\nundone\n");
}

// On a server what a failed first step leaves is for the probes to say; here it is nothing.
TEST_F(NotBegun, onServers) {
  for (const char* dialect : {"postgres", "mariadb"}) {
    ScratchDatabase database{dialect};
    const std::string url = "SHOP_DEV_URL='" + database.url() + "'";
    const auto putVersion = [&](const std::string& version, const std::string& members) {
      put("package.cam", "package shop version \"" + version +
                             "\"\n\nenvironment dev { url env(\"SHOP_DEV_URL\")  destructive "
                             "allow }\n");
      put("order.cam",
          "entity Purchase {\n  key id: int64\n  title: string(40)\n" + members + "}\n");
    };
    fs::remove(root_ / "versions/1.0.0.json");
    putVersion("1.0.0", "");
    ASSERT_EQ(cambium("apply -q", "", url).exit, 0) << dialect;
    ASSERT_EQ(cambium("seal -q").exit, 0);
    const auto session = database.open();
    ASSERT_TRUE(bool(session->execute("INSERT INTO purchase VALUES (1, 'abcdefgh')")));
    putVersion("1.1.0", "  check short: length(title) <= 5\n");
    Ended run = cambium("apply", "", url);
    ASSERT_EQ(run.exit, 1) << dialect << "\n" << run.err;
    putVersion("1.1.0", "  check short: length(title) <= 10\n");
    run = cambium("apply", "", url);
    EXPECT_EQ(run.exit, 0) << dialect << "\n" << run.err;
    EXPECT_NE(run.err.find("was not begun and is not this one: it is closed\n"), std::string::npos)
        << dialect << "\n"
        << run.err;
    EXPECT_EQ(cambium("drift --exit-code -q", "", url).exit, 0) << dialect;
  }
}

// Killed anywhere, and the model edited before the next run.
TEST_F(NotBegun, killedAndEdited) {
  size_t gaveWay = 0, wentOn = 0;
  for (int at = 1;; ++at) {
    for (const char* file : {"shop.db", "shop.db-journal", "versions/1.0.0.json"})
      fs::remove(root_ / file);
    putFirst();
    putOrder("  note: text?\n  check short: length(title) <= 20\n");
    const Ended killed = cambium("apply -q", "", "CAMBIUM_CRASH_AT=" + std::to_string(at));
    if (killed.exit == 0) break;
    ASSERT_LT(at, 500);
    putOrder("  remark: text?\n  check short: length(title) <= 10\n");
    Ended run = cambium("apply");
    // Killed behind its end: 1.1.0 is what it was, and the folder has another.
    if (run.exit == 3 && run.err.find("error[MIG050]") != std::string::npos) continue;
    ASSERT_EQ(run.exit, 0) << at << "\n" << run.err;
    if (run.err.find("going on with") != std::string::npos) {
      ++wentOn;
      EXPECT_NE(run.err.find("warning: shop 1.1.0 was edited since"), std::string::npos) << run.err;
      EXPECT_EQ(sql("select count(*) from pragma_table_info('order') where name = 'note'"), "1\n");
    } else {
      gaveWay += run.err.find("it is closed") != std::string::npos;
      EXPECT_EQ(sql("select count(*) from pragma_table_info('order') where name = 'remark'"),
                "1\n");
      EXPECT_EQ(cambium("drift --exit-code -q").exit, 0) << at;
    }
    EXPECT_EQ(sql("select title from \\\"order\\\""), "abcdefgh\n") << at;
  }
  EXPECT_GT(gaveWay, 0u);
  EXPECT_GT(wentOn, 0u);
}

}  // namespace
}  // namespace cambium::testing
