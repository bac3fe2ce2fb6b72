// What `plan` says of the database beside the steps: rows in the way by their key, how much a step
// goes through, who follows the server, who is in the way, what the user may not do.
#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/cli/cli_fixture.h"
#include "tests/support/case_runner.h"
#include "tests/support/servers.h"
#include "tests/support/sql_client.h"

namespace cambium::testing {
namespace {

class Surroundings : public Cli {
protected:
  void putVersion(const std::string& version, const std::string& model,
                  const std::string& more = "") const {
    put("package.cam", "package shop version \"" + version +
                           "\"\nenvironment dev { url env(\"SHOP_DEV_URL\")  destructive allow  " +
                           more + " }\n");
    put("model.cam", model);
  }
  Ended on(const std::string& url, const std::string& arguments) const {
    return cambium(arguments, "", "SHOP_DEV_URL='" + url + "'");
  }
  void begin(const std::string& url, const std::string& model) const {
    putVersion("1.0.0", model);
    const Ended sealed = cambium("seal -q", "", "SHOP_DEV_URL='" + url + "'");
    ASSERT_EQ(sealed.exit, 0) << sealed.err;
    const Ended applied = on(url, "apply -q");
    ASSERT_EQ(applied.exit, 0) << applied.err;
  }
  static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
};

constexpr const char* kFirst =
    "entity Item {\n  key id: int64\n  title: string(40)?\n  code: string(20)\n}\n";
constexpr const char* kSecond =
    "entity Item {\n  key id: int64\n  code: string(20)\n  unique (code)\n"
    "  check short: length(code) < 20\n}\n"
    "migration from \"1.0.0\" to \"1.1.0\" {\n  approve drop Item.title \"not used\"\n}\n";

// ---------------------------------------------------------------- rows in the way, and how much
class SurroundingsOn : public Surroundings, public ::testing::WithParamInterface<const char*> {};

TEST_P(SurroundingsOn, listTheRowsAndSayHowMuch) {
  const ScratchDatabase database(GetParam());
  begin(database.url(), kFirst);
  const auto session = database.open();
  for (const char* sql : {"INSERT INTO item (id, title, code) VALUES (1, 'a', 'same'), (2, 'b', "
                          "'same'), (3, NULL, 'other'), (4, 'd', 'same')"})
    ASSERT_TRUE(session->execute(sql));
  const std::string engine = GetParam();
  const std::string analyzed = engine == "mariadb" ? "TABLE item" : "item";
  if (engine != "sqlite") {
    ASSERT_TRUE(session->query("ANALYZE " + analyzed));
  }
  putVersion("1.1.0", kSecond);

  const Ended plain = on(database.url(), "plan");
  ASSERT_EQ(plain.exit, 0) << plain.err;
  EXPECT_TRUE(has(plain.out, "rows of Item with title: 3 rows\n")) << plain.out;
  EXPECT_FALSE(has(plain.out, "same")) << plain.out;
  EXPECT_TRUE(has(plain.out, "≈ 4 rows")) << plain.out;

  const Ended listed = on(database.url(), "plan --samples 2");
  ASSERT_EQ(listed.exit, 0) << listed.err;
  EXPECT_TRUE(has(listed.out, "rows of Item with title: 3 rows\n    1, 2, …\n")) << listed.out;
  EXPECT_TRUE(has(listed.out, "keeps unique: 1 row\n    same\n")) << listed.out;

  const Ended json = on(database.url(), "plan --samples 2 --format json");
  EXPECT_TRUE(has(json.out, "\"probeSamples\":[")) << json.out;
  EXPECT_TRUE(has(json.out, "{\"rows\":4,\"bytes\":")) << json.out;
  const Ended markdown = on(database.url(), "plan --samples 2 --format markdown");
  EXPECT_TRUE(has(markdown.out, "with title<br>1, 2, …")) << markdown.out;
}

TEST_P(SurroundingsOn, showNothingThatIsSensitive) {
  const ScratchDatabase database(GetParam());
  begin(database.url(),
        "entity Item {\n  key id: int64\n  code: string(20) @sensitive\n}\n"
        "entity Card {\n  key number: string(20) @sensitive\n  note: text?\n}\n"
        "entity Use {\n  key id: int64\n  card: ref Card\n}\n");
  const auto session = database.open();
  for (const char* sql :
       {"INSERT INTO item (id, code) VALUES (1, 'hidden'), (2, 'hidden')",
        "INSERT INTO card (number, note) VALUES ('hidden', 'x')",
        "INSERT INTO \"use\" (id, card_number) VALUES (1, 'hidden'), (2, 'hidden')"}) {
    std::string text = sql;
    if (GetParam() == std::string("mariadb")) std::ranges::replace(text, '"', '`');
    ASSERT_TRUE(session->execute(text)) << text;
  }
  putVersion("1.1.0",
             "entity Item {\n  key id: int64\n  code: string(20) @sensitive\n  unique (code)\n}\n"
             "entity Card {\n  key number: string(20) @sensitive\n}\n"
             "entity Use {\n  key id: int64\n  card: ref Card\n  unique (card)\n}\n"
             "migration from \"1.0.0\" to \"1.1.0\" {\n  approve drop Card.note \"not used\"\n}\n");
  const Ended listed = on(database.url(), "plan --samples 5");
  ASSERT_EQ(listed.exit, 0) << listed.err;
  EXPECT_TRUE(has(listed.out, "rows of Card with note: 1 row")) << listed.out;
  EXPECT_TRUE(has(listed.out, "values of Use that occur twice")) << listed.out;
  EXPECT_FALSE(has(listed.out, "hidden")) << listed.out;
}

INSTANTIATE_TEST_SUITE_P(OnEveryEngine, SurroundingsOn,
                         ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

TEST_F(Surroundings, samplesAreOfADatabase) {
  putVersion("1.0.0", kFirst);
  EXPECT_EQ(cambium("plan --samples many").exit, 2);
  const Ended offline = cambium("plan --from 1.0.0 --samples 2");
  EXPECT_EQ(offline.exit, 2);
  EXPECT_TRUE(has(offline.err, "no database is asked")) << offline.err;
}

// ---------------------------------------------------------------- servers
// Until it is seen that a transaction has gone on for a while.
template <class Seen>
bool soon(Seen seen) {
  for (int i = 0; i < 60; ++i) {
    if (seen()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  return false;
}

TEST_F(Surroundings, postgresSaysWhoFollowsAndWhoIsInTheWay) {
  auto database = TestServer::shared(ServerKind::postgres).freshDatabase();
  begin(database.url(), kFirst);
  putVersion("1.1.0", kSecond);
  const auto one = connect(database.url());
  EXPECT_FALSE(has(on(database.url(), "plan").out, "read by nobody"));
  one->ask("SELECT pg_create_physical_replication_slot('standby_one')");
  const std::string slot = on(database.url(), "plan").out;
  one->ask("SELECT pg_drop_replication_slot('standby_one')");
  EXPECT_TRUE(has(slot,
                  "! slot standby_one (physical, read by nobody: the log is kept for it): it "
                  "follows what these steps write: "))
      << slot;
  EXPECT_TRUE(has(slot, "wait for nobody who is behind")) << slot;

  const std::string who = " in a transaction since ";
  EXPECT_FALSE(has(on(database.url(), "plan").out, who));
  one->ask("BEGIN");
  one->ask("SELECT count(*) FROM item");
  EXPECT_TRUE(soon([&] {
    const std::string text = on(database.url(), "plan").out;
    return has(text, who) && has(text, "steps that need a lock on what it uses wait until it ends");
  }));
  one->ask("ROLLBACK");
}

TEST_F(Surroundings, postgresSaysWhatTheUserMayNotDo) {
  auto database = TestServer::shared(ServerKind::postgres).freshDatabase();
  begin(database.url(), kFirst);
  putVersion("1.1.0", kSecond);
  const auto owner = connect(database.url());
  owner->ask(
      "DO $$BEGIN CREATE ROLE surroundings_app LOGIN; EXCEPTION WHEN duplicate_object THEN "
      "NULL; END$$");
  owner->ask("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO surroundings_app");
  std::string url = database.url();
  url.replace(url.find("postgres@"), 8, "surroundings_app");
  for (const char* why : {"may not create anything in schema `public`", "belongs to `postgres`"}) {
    const Ended plan = on(url, "plan");
    ASSERT_EQ(plan.exit, 0) << plan.err;
    EXPECT_TRUE(has(plan.out, "! `apply` would refuse the plan: ")) << plan.out;
    EXPECT_TRUE(has(plan.out, why)) << plan.out;
    const Ended applied = on(url, "apply --yes");
    EXPECT_NE(applied.exit, 0);
    EXPECT_TRUE(has(applied.err, why)) << applied.err;
    owner->ask("GRANT CREATE ON SCHEMA public TO surroundings_app");
  }
  EXPECT_EQ(owner->ask("SELECT count(*) FROM information_schema.columns WHERE table_name = "
                       "'item'")[0][0],
            "3");
  // What that user could do to the triggers of somebody else's plan.
  putVersion("1.1.0",
             "entity Item {\n  key id: int64\n  name: string(40)?\n  code: string(20)\n}\n"
             "migration from \"1.0.0\" to \"1.1.0\" {\n  rename Item.title -> name\n}\n");
  const Ended warned = on(database.url(), "plan");
  EXPECT_TRUE(
      has(warned.out,
          "! role surroundings_app may make functions in schema public, which triggers of "
          "ours would call with the rights of postgres: REVOKE CREATE ON SCHEMA public FROM "
          "surroundings_app"))
      << warned.out << warned.err;
  owner->ask("DROP OWNED BY surroundings_app");
  const Ended quiet = on(database.url(), "plan");
  EXPECT_FALSE(has(quiet.out, "may make functions")) << quiet.out;
}

TEST_F(Surroundings, mariadbSaysWhoIsInTheWay) {
  auto database = TestServer::shared(ServerKind::mariadb).freshDatabase();
  begin(database.url(), kFirst);
  putVersion("1.1.0", kSecond);
  const auto one = connect(database.url());
  one->ask("START TRANSACTION");
  one->ask("SELECT count(*) FROM item");
  EXPECT_TRUE(soon([&] {
    return has(on(database.url(), "plan").out,
               "steps that need a lock on what it uses wait until it ends");
  }));
  one->ask("ROLLBACK");
}

// A user of its own, and one that has its rights from a role.
TEST_F(Surroundings, mariadbSaysWhatTheUserMayNotDo) {
  auto& server = TestServer::shared(ServerKind::mariadb);
  auto database = server.freshDatabase();
  begin(database.url(), kFirst);
  putVersion("1.1.0", kSecond);
  const auto root = connect(database.url());
  const std::string all = "`" + database.name() + "`.*";
  for (const char* sql : {"CREATE OR REPLACE USER surroundings_app@localhost",
                          "CREATE OR REPLACE ROLE surroundings_role"})
    root->ask(sql);
  root->ask("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON " + all +
            " TO surroundings_app@localhost");
  std::string url = database.url();
  url.replace(url.find("root@"), 4, "surroundings_app");
  const Ended plan = on(url, "plan");
  ASSERT_EQ(plan.exit, 0) << plan.err;
  EXPECT_TRUE(has(plan.out, "lacks rights that the plan needs: GRANT ALTER")) << plan.out;
  const Ended refused = on(url, "apply --yes");
  EXPECT_NE(refused.exit, 0);
  EXPECT_TRUE(has(refused.err, "lacks rights")) << refused.err;

  root->ask("GRANT ALL ON " + all + " TO surroundings_role");
  root->ask("GRANT surroundings_role TO surroundings_app@localhost");
  root->ask("SET DEFAULT ROLE surroundings_role FOR surroundings_app@localhost");
  const Ended granted = on(url, "plan");
  EXPECT_FALSE(has(granted.out, "lacks rights")) << granted.out;
  const Ended applied = on(url, "apply --yes");
  EXPECT_EQ(applied.exit, 0) << applied.err;
  root->ask("DROP USER surroundings_app@localhost");
  root->ask("DROP ROLE surroundings_role");
}

// ---------------------------------------------------------------- pause when
constexpr const char* kFilled =
    "entity Item {\n  key id: int64\n  title: string(40)?\n  code: string(20)\n  size: int32\n}\n"
    "migration from \"1.0.0\" to \"1.1.0\" {\n  fill Item.size = 1\n}\n";
constexpr const char* kRow = "INSERT INTO item (id, title, code) VALUES (1, 'a', 'b')";

class PauseWhen : public Surroundings, public ::testing::WithParamInterface<const char*> {};

// Somebody's transaction, in another database of the server where that counts, is older than the
// environment wants.
TEST_P(PauseWhen, aBackfillWaitsForTheServer) {
  const ScratchDatabase database(GetParam());
  begin(database.url(), kFirst);
  const auto other = database.open();
  ASSERT_TRUE(other->execute(kRow));
  putVersion("1.1.0", kFilled, "backfill batch 10 pause when oldest_transaction > 1s");
  const Ended expanded = on(database.url(), "apply --through expand");
  ASSERT_EQ(expanded.exit, 0) << expanded.err;
  ASSERT_TRUE(other->execute("BEGIN"));
  ASSERT_TRUE(other->query("SELECT count(*) FROM item"));
  std::this_thread::sleep_for(std::chrono::milliseconds(2200));
  Ended run;
  std::thread apply([&] { run = on(database.url(), "apply --yes"); });
  const bool waited =
      soon([&] { return has(readFile(root_ / ".err"), "waits: oldest_transaction is "); });
  EXPECT_TRUE(waited) << readFile(root_ / ".err");
  ASSERT_TRUE(other->execute("ROLLBACK"));
  apply.join();
  EXPECT_EQ(run.exit, 0) << run.err;
  const auto rows = other->query("SELECT size FROM item");
  ASSERT_TRUE(rows && rows->size() == 1);
  EXPECT_EQ(rows->front().front(), "1");
}
INSTANTIATE_TEST_SUITE_P(OnServers, PauseWhen, ::testing::Values("postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

TEST_F(Surroundings, aBackfillThatWaitsCanBePaused) {
  const ScratchDatabase database("sqlite");
  begin(database.url(), kFirst);
  const auto session = database.open();
  ASSERT_TRUE(session->execute(kRow));
  putVersion("1.1.0", kFilled, "backfill pause when free_disk < 9000000000000000");
  // Ctrl-C as soon as it says that it waits.
  const std::string interrupted =
      " sh -c '\"$@\" & child=$!; for i in $(seq 200); do grep -q waits: .err && break; sleep 0.1; "
      "done; kill -INT $child; wait $child' sh";
  const Ended run =
      cambium("apply --yes", "", "SHOP_DEV_URL='" + database.url() + "'" + interrupted);
  EXPECT_TRUE(has(run.err, "waits: free_disk is ")) << run.err;
  EXPECT_TRUE(has(run.err, "next: cambium resume -e dev")) << run.err;
  putVersion("1.1.0", kFilled, "backfill pause when free_disk < 1");
  const Ended resumed = on(database.url(), "resume --yes");
  EXPECT_EQ(resumed.exit, 0) << resumed.err;
  EXPECT_FALSE(has(resumed.err, "waits")) << resumed.err;
}

TEST_F(Surroundings, whatADatabaseDoesNotTellIsNotWaitedFor) {
  const ScratchDatabase database("sqlite");
  begin(database.url(), kFirst);
  putVersion("1.1.0", kFilled, "backfill pause when oldest_transaction > 1s or free_disk < 1");
  const Ended run = on(database.url(), "apply --yes");
  EXPECT_NE(run.exit, 0);
  EXPECT_TRUE(has(run.err, "error[RUN100]: `pause when` asks for `oldest_transaction`")) << run.err;
}

}  // namespace
}  // namespace cambium::testing
