// `plan --verify-on URL`: the plan is run for real in an empty database, which is as empty
// afterwards; what it finds there, and what it refuses.
#include "runtime/runner/ledger.h"
#include "tests/cli/cli_fixture.h"
#include "tests/support/case_runner.h"

namespace cambium::testing {
namespace {

class VerifyOn : public Cli {
protected:
  void putPackage(const std::string& version) const {
    put("package.cam", "package shop version \"" + version +
                           "\"\n\nenvironment dev { url env(\"SHOP_DEV_URL\", "
                           "\"sqlite://shop.db\")  destructive allow }\n");
  }
  // 1.0.0 sealed, and 1.1.0 with a change of nearly every sort.
  void putTwo(const std::string& more = "") const {
    putPackage("1.0.0");
    put("shop.cam",
        "entity Client {\n  key id: int64 = autoincrement()\n  fullname: string(60)\n  fax: "
        "string(20)?\n  purchases: many Purchase inverse client\n}\nentity Purchase {\n  key id: "
        "int64\n  client: ref Client on delete cascade\n  note: text?\n}\ntags Topic on Purchase "
        "multiple { gift }\nview Notes of Purchase where note is not null { id, client.fullname "
        "as who }\n");
    ASSERT_EQ(cambium("seal -q").exit, 0);
    putPackage("1.1.0");
    put("shop.cam",
        "entity Customer {\n  key id: int64 = autoincrement()\n  name: string(60)\n  country: "
        "string(2)\n  purchases: many Purchase inverse client\n" +
            more +
            "}\nentity Purchase {\n  key id: int64\n  client: ref Customer on delete cascade\n  "
            "note: text?\n  state: string(10) = \"new\"\n  index (state)\n}\ntags Topic on "
            "Purchase multiple { gift, fragile }\nview Notes of Purchase where note is not null { "
            "id, client.name as who }\nmigration from \"1.0.0\" to \"1.1.0\" {\n  rename Client -> "
            "Customer\n  rename Client.fullname -> name\n  fill Customer.country = \"NL\"\n  "
            "approve drop Client.fax \"nobody has one\"\n}\n");
  }
  Ended planOn(const std::string& environment, const std::string& scratch,
               const std::string& more = "") const {
    return cambium("plan --from 1.0.0 --verify-on '" + scratch + "' " + more, "",
                   "SHOP_DEV_URL='" + environment + "'");
  }
  static void expectEmpty(dialect::Session& session) {
    const auto live = session.introspect();
    ASSERT_TRUE(bool(live)) << live.error().message;
    EXPECT_EQ(catalog::describe(*live), "");
    const auto record = runner::Ledger(session).exists();
    ASSERT_TRUE(bool(record));
    EXPECT_FALSE(*record);
  }
};

class VerifyOnEngines : public VerifyOn, public ::testing::WithParamInterface<const char*> {};

TEST_P(VerifyOnEngines, doesWhatItSaysAndLeavesNothing) {
  putTwo();
  const ScratchDatabase scratch{GetParam()};
  {
    const auto session = scratch.open();
    ASSERT_TRUE(bool(session->execute("CREATE TABLE there_once (id INTEGER)")));
    ASSERT_TRUE(bool(session->execute("DROP TABLE there_once")));
  }
  Ended run = planOn(scratch.url(), scratch.url());
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.err.find("1.0.0 → 1.1.0 does what it says, with "), std::string::npos) << run.err;
  EXPECT_EQ(run.err.find("the plan refuses"), std::string::npos) << run.err;
  expectEmpty(*scratch.open());
  // It is empty enough to be used again.
  run = planOn(scratch.url(), scratch.url(), "--format json");
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("\"verified\":[{\"from\":\"1.0.0\",\"to\":\"1.1.0\",\"tables\":"),
            std::string::npos)
      << run.out;
  EXPECT_EQ(run.out.find("\"rows\":0"), std::string::npos) << run.out;
  expectEmpty(*scratch.open());
}

TEST_P(VerifyOnEngines, whatIsThereIsNotTouched) {
  putTwo();
  const ScratchDatabase scratch{GetParam()};
  const auto session = scratch.open();
  ASSERT_TRUE(bool(session->execute("CREATE TABLE of_somebody (id INTEGER)")));
  ASSERT_TRUE(bool(session->execute("INSERT INTO of_somebody VALUES (7)")));
  const Ended run = planOn(scratch.url(), scratch.url());
  EXPECT_EQ(run.exit, 2) << run.err;
  EXPECT_NE(run.err.find("error[RUN081]: the database `"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("is not empty: there is table `of_somebody`\n"), std::string::npos)
      << run.err;
  const auto rows = session->query("SELECT id FROM of_somebody");
  ASSERT_TRUE(bool(rows));
  EXPECT_EQ(rows->size(), 1u);
  const auto live = session->introspect();
  ASSERT_TRUE(bool(live));
  EXPECT_EQ(live->tables.size(), 1u);
}

// A check that the generated rows do not pass stops the plan, as it has to.
TEST_P(VerifyOnEngines, rowsThatThePlanRefuses) {
  putTwo("  check long: length(name) > 30\n");
  const ScratchDatabase scratch{GetParam()};
  const Ended run = planOn(scratch.url(), scratch.url());
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.err.find("more rows than these the plan refuses: "), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("does what it says, with"), std::string::npos) << run.err;
}

INSTANTIATE_TEST_SUITE_P(Engines, VerifyOnEngines,
                         ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& one) { return std::string(one.param); });

// What was not there is not there afterwards.
TEST_F(VerifyOn, aDatabaseThatItMakes) {
  putTwo();
  Ended run = planOn("sqlite://shop.db", "sqlite://try.db");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_FALSE(fs::exists(root_ / "try.db"));
  EXPECT_FALSE(fs::exists(root_ / "shop.db"));
  EXPECT_EQ(planOn("sqlite://shop.db", "sqlite::memory:").exit, 0);

  const std::string maria = TestServer::shared(ServerKind::mariadb).url("made_to_try");
  run = planOn(maria, maria);
  EXPECT_EQ(run.exit, 0) << run.err;
  const ScratchDatabase other{"mariadb"};
  const auto databases = other.open()->query("SHOW DATABASES LIKE 'made_to_try'");
  ASSERT_TRUE(bool(databases));
  EXPECT_TRUE(databases->empty());

  const ScratchDatabase there{"postgres"};
  const auto session = there.open();
  const std::string postgres =
      std::regex_replace(there.url(), std::regex("schema=\\w+"), "schema=made_to_try");
  run = planOn(postgres, postgres);
  EXPECT_EQ(run.exit, 0) << run.err;
  const auto schemas =
      session->query("SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = 'made_to_try'");
  ASSERT_TRUE(bool(schemas));
  EXPECT_TRUE(schemas->empty());
}

TEST_F(VerifyOn, aDatabaseOfAnotherKind) {
  putTwo();
  const ScratchDatabase scratch{"postgres"};
  const Ended run = planOn("sqlite://shop.db", scratch.url());
  EXPECT_EQ(run.exit, 6) << run.err;
  EXPECT_NE(run.err.find("error[RUN056]: the plan is for dialect `sqlite`, this is `postgres`\n"),
            std::string::npos)
      << run.err;
}

// The first version, and each of several.
TEST_F(VerifyOn, everyPlanOfAWay) {
  putTwo();
  Ended run = cambium("plan --to 1.0.0 --verify-on sqlite::memory:");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.err.find("nothing → 1.0.0 does what it says, without rows"), std::string::npos)
      << run.err;
  ASSERT_EQ(cambium("seal -q").exit, 0);
  put("shop.cam", std::regex_replace(get("shop.cam"), std::regex("migration[^}]*\\}\n"), ""));
  put("shop.cam", std::regex_replace(get("shop.cam"), std::regex("name: string\\(60\\)"),
                                     "called: string(60)"));
  put("shop.cam",
      std::regex_replace(get("shop.cam"), std::regex("client\\.name"), "client.called") +
          "migration from \"1.1.0\" to \"1.2.0\" { rename Customer.name -> called }\n");
  putPackage("1.2.0");
  run = planOn("sqlite://shop.db", "sqlite::memory:");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.err.find("1.0.0 → 1.1.0 does what it says, with "), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("1.1.0 → 1.2.0 does what it says, with "), std::string::npos) << run.err;
}

// A server on which somebody forbids what the plan needs: the plan is right, and would not run.
TEST_F(VerifyOn, whatDoesNotHoldThere) {
  putTwo();
  const TestDatabase database = TestServer::shared(ServerKind::postgres).freshDatabase();
  const auto session = openDatabase("postgres", database.url());
  for (const char* statement :
       {"CREATE SCHEMA of_others",
        "CREATE FUNCTION of_others.no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE "
        "EXCEPTION ''not here''; END'",
        "CREATE EVENT TRIGGER nobody_indexes ON ddl_command_start WHEN TAG IN ('CREATE INDEX') "
        "EXECUTE FUNCTION of_others.no()"})
    ASSERT_TRUE(bool(session->execute(statement))) << statement;
  const Ended run = planOn(database.url(), database.url());
  EXPECT_EQ(run.exit, 1) << run.err;
  EXPECT_NE(run.err.find("error[RUN082]: tried on `"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("the plan 1.0.0 → 1.1.0 does not do what it says: "), std::string::npos)
      << run.err;
  EXPECT_NE(run.err.find("not here"), std::string::npos) << run.err;
  expectEmpty(*session);
}

}  // namespace
}  // namespace cambium::testing
