// The ledger: made once, read back as written, and no event can be changed without being noticed.
#include <gtest/gtest.h>

#include "runtime/runner/frontier.h"
#include "runtime/runner/lease.h"
#include "tests/support/scenario.h"

namespace cambium::test {
namespace {

using runner::Ledger;

class LedgerTest : public testing::Test {
protected:
  void SetUp() override {
    session = open(folder.file("test.db"));
    ASSERT_TRUE(session);
  }
  Folder folder;
  std::unique_ptr<dialect::Session> session;
};

TEST_F(LedgerTest, aDatabaseWithoutOneHasNothing) {
  Ledger ledger(*session);
  auto there = ledger.exists();
  ASSERT_TRUE(there);
  EXPECT_FALSE(*there);
  auto installed = ledger.installation("test");
  ASSERT_TRUE(installed);
  EXPECT_FALSE(*installed);
  auto plan = ledger.openPlan("test");
  ASSERT_TRUE(plan);
  EXPECT_FALSE(*plan);
  auto whole = ledger.verifyChain();
  EXPECT_TRUE(whole && *whole);
  EXPECT_EQ(ask(*session, "SELECT count(*) FROM sqlite_schema"), "0") << "reading makes no tables";
}

TEST_F(LedgerTest, isMadeOnceAndNotSeenByIntrospection) {
  EXPECT_TRUE(Ledger(*session).create());
  EXPECT_TRUE(Ledger(*session).create());
  EXPECT_EQ(ask(*session, "SELECT count(*) FROM cambium_lease"), "1");
  auto live = session->introspect();
  ASSERT_TRUE(live);
  EXPECT_EQ(catalog::describe(*live), catalog::describe(catalog::Catalog{}));
}

TEST_F(LedgerTest, adoptRecordsTheVersion) {
  Ledger ledger(*session);
  ASSERT_TRUE(ledger.adopt(
      {"shop", "prod", "1.0.0", std::string(64, 'a'), "{\"it's\": \":x\"}", "", ""}, "ann"));
  auto installed = ledger.installation("shop");
  ASSERT_TRUE(installed && *installed);
  EXPECT_EQ((*installed)->version, "1.0.0");
  EXPECT_EQ((*installed)->model, "{\"it's\": \":x\"}");
  EXPECT_EQ((*installed)->planDigest, "");
  EXPECT_FALSE((*installed)->activatedAt.empty());
  auto events = ledger.events();
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ((*events)[0].action, "adopt");
  EXPECT_EQ((*events)[0].actor, "ann");
}

TEST_F(LedgerTest, plansAreKeptWhole) {
  install(*session, planOfClients(), 3);
  const auto script = scriptOfClients();
  auto o = options();
  o.through = plan::Phase::backfill;
  ASSERT_EQ(runner::run(script, *session, o, nowhere()).outcome, runner::Outcome::ok);
  auto record = Ledger(*session).openPlan("test");
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->document, emit::toPlanFile(script));
  EXPECT_EQ((*record)->state, runner::PlanState::paused);
  EXPECT_EQ((*record)->steps.size(), 4u);
  const auto read = emit::readPlanFile((*record)->document);
  ASSERT_TRUE(read);
  EXPECT_EQ(emit::planDigest(*read), (*record)->digest);
}

TEST_F(LedgerTest, theDatabaseRefusesToChangeEvents) {
  ASSERT_TRUE(Ledger(*session).adopt({"shop", "", "1", "d", "", "", ""}, "ann"));
  EXPECT_FALSE(session->execute("UPDATE cambium_event SET actor = 'bob'"));
  EXPECT_FALSE(session->execute("DELETE FROM cambium_event"));
}

TEST_F(LedgerTest, everyTamperedEventIsFound) {
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(Ledger(*session).adopt({"shop", "", std::to_string(i), "d", "", "", ""}, "ann"));
  }
  must(*session, "DROP TRIGGER cambium_event_no_UPDATE");
  must(*session, "DROP TRIGGER cambium_event_no_DELETE");
  const char* attacks[] = {
      "UPDATE cambium_event SET actor = 'bob' WHERE event_no = 2",
      "UPDATE cambium_event SET payload = replace(payload, 'shop', 'shoq') WHERE event_no = 3",
      "UPDATE cambium_event SET happened_at = '2020-01-01T00:00:00.000Z' WHERE event_no = 1",
      "UPDATE cambium_event SET event_hash = replace(event_hash, substr(event_hash, 1, 1), 'x') "
      "WHERE event_no = 4",
      "DELETE FROM cambium_event WHERE event_no = 2",
      "DELETE FROM cambium_event WHERE event_no = 4",
      "DELETE FROM cambium_event",
      "UPDATE cambium_event SET event_no = event_no + 10",
      "INSERT INTO cambium_event SELECT 5, happened_at, actor, event_action, payload, "
      "previous_hash, event_hash "
      "FROM cambium_event WHERE event_no = 4",
  };
  for (const char* attack : attacks) {
    ASSERT_TRUE(session->begin());
    must(*session, attack);
    auto whole = Ledger(*session).verifyChain();
    ASSERT_TRUE(whole) << attack;
    EXPECT_FALSE(*whole) << attack;
    ASSERT_TRUE(session->rollback());
  }
  auto whole = Ledger(*session).verifyChain();
  EXPECT_TRUE(whole && *whole);
}

TEST_F(LedgerTest, aRunnerRefusesABrokenChain) {
  install(*session, planOfClients(), 3);
  must(*session, "DROP TRIGGER cambium_event_no_UPDATE");
  must(*session, "UPDATE cambium_event SET actor = 'bob'");
  const std::string before = dump(*session);
  const auto report = runner::run(scriptOfClients(), *session, options(), nowhere());
  EXPECT_EQ(report.outcome, runner::Outcome::quarantined);
  EXPECT_EQ(dump(*session), before);
}

TEST_F(LedgerTest, anInstallationSurvivesItsJson) {
  EXPECT_FALSE(runner::installationFromJson(""));
  EXPECT_FALSE(runner::installationFromJson("{"));
  EXPECT_EQ(runner::toJson(std::nullopt), "");
  const runner::Installation i{"p", "e", "v", "d", "{\"m\": 1}", "t", "q"};
  const auto back = runner::installationFromJson(runner::toJson(i));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->model, i.model);
  EXPECT_EQ(back->planDigest, "q");
}

TEST(Lease, timesAreAddedAcrossMidnightAndYears) {
  EXPECT_EQ(runner::addSeconds("2026-12-31T23:59:45.250Z", 30), "2027-01-01T00:00:15.250Z");
  EXPECT_EQ(runner::addSeconds("2028-02-28T23:59:59.000Z", 1), "2028-02-29T00:00:00.000Z");
  EXPECT_EQ(runner::addSeconds("yesterday", 1), "");
}

TEST(Lease, onlyACertainlyDeadProcessIsGone) {
  EXPECT_FALSE(runner::processIsGone(""));
  EXPECT_FALSE(runner::processIsGone("ann"));
  EXPECT_FALSE(runner::processIsGone("ann@elsewhere pid 999999"));
  EXPECT_FALSE(runner::processIsGone("ann@localhost pid 999999"));
  EXPECT_FALSE(runner::processIsGone(runner::thisProcess()));
}

}  // namespace
}  // namespace cambium::test
