// What stands in a command's way outside the model: versions, environments, records, databases.
// Each has its code, its words and its exit code, and leaves everything as it was.
#include "tests/cli/cli_fixture.h"

namespace cambium::testing {
namespace {

constexpr const char* kOrder = "entity Order {\n  key id: int64\n  title: string(40)\n}\n";
constexpr const char* kNext =
    "entity Order {\n  key id: int64\n  title: string(40)\n  short: string(3)\n}\n"
    "migration from \"1.0.0\" to \"1.1.0\" { fill Order.short = title }\n";

class Codes : public Cli {
protected:
  void put10() const {
    putPackage("version \"1.0.0\"");
    put("order.cam", kOrder);
  }
  void putPackage(const std::string& rest) const {
    put("package.cam", "package shop " + rest +
                           "\n\nenvironment dev { url \"sqlite://shop.db\"  destructive allow }\n");
  }
  void sql(const std::string& statement) const {
    const std::string command =
        "sqlite3 '" + (root_ / "shop.db").string() + "' \"" + statement + "\"";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  // Version 1.0.0 sealed and applied, one row, and 1.1.0 in the folder.
  void putTwo() const {
    put10();
    ASSERT_EQ(cambium("seal -q").exit, 0);
    ASSERT_EQ(cambium("apply -q").exit, 0);
    sql("insert into \\\"order\\\" values (1, 'abcdefgh')");
    putPackage("version \"1.1.0\"");
    put("order.cam", kNext);
  }
  void expectError(const std::string& arguments, int exit, const std::string& first) const {
    const Ended run = cambium(arguments);
    EXPECT_EQ(run.exit, exit) << arguments << "\n" << run.out << run.err;
    const std::string text = run.err + run.out;
    EXPECT_NE(text.find(first), std::string::npos) << arguments << "\n" << text;
  }
};

// ---------------------------------------------------------------- sealed versions
TEST_F(Codes, versionsThatAreNotThereOrNotWhatTheySay) {
  put10();
  ASSERT_EQ(cambium("seal -q").exit, 0);
  expectError("diff 0.5.0 1.0.0", 2,
              "error[CFG052]: there is no sealed version `0.5.0`\n  └ help: the newest one is "
              "`1.0.0`\n");
  const std::string sealed = get("versions/1.0.0.json");
  put("versions/0.9.0.json", sealed);
  expectError("check", 1,
              "error[CFG055]: `versions/0.9.0.json` holds `shop` version `1.0.0`\n  └ help: a "
              "sealed version is in the file of its own number\n");
  fs::remove(root_ / "versions/0.9.0.json");
  put("versions/1.0.0.json", "{\"x\":1}");
  expectError("check", 1,
              "error[CFG054]: `versions/1.0.0.json` is not a sealed version: it does not say of "
              "which format it is\n  └ help: bring `versions/1.0.0.json` back from version "
              "control\n");
  put("versions/1.0.0.json", "");
  expectError("check", 1, "`versions/1.0.0.json` is not a sealed version: it is empty\n");
  put("versions/1.0.0.json", "{\n<<<<<<< ours\n\"cambium\"");
  expectError("check", 1, "it holds the marks of a merge that is not finished (`<<<<<<<`)\n");
  put("versions/1.0.0.json", sealed.substr(0, sealed.size() / 2));
  expectError("check", 1, "is not a sealed version: it is not JSON, or not the whole of it\n");
  put("versions/1.0.0.json", "{\"cambium\":\"model/99\"}");
  expectError("check", 1, "help: it was written by a newer release of the tool");
}

TEST_F(Codes, aVersionMustBeStated) {
  put10();
  putPackage("");
  expectError("seal", 3,
              "error[CFG057]: package `shop` states no version\n  └ help: state one: `package "
              "shop version \"0.1.0\"`\n");
  EXPECT_FALSE(fs::exists(root_ / "versions"));
}

// ---------------------------------------------------------------- environments
TEST_F(Codes, urls) {
  put10();
  put("package.cam", "package shop version \"1.0.0\"\n");
  expectError("plan", 2, "error[CFG059]: package `shop` has no environment\n");
  put("package.cam", "package shop version \"1.0.0\"\nenvironment dev { url \"oracle://x\" }\n");
  expectError("plan", 2,
              "error[CFG061]: no database here speaks `oracle:`\n  └ help: known are `mariadb:`, "
              "`mysql:`, `postgres:`, `postgresql:`, `sqlite:`");
  put("package.cam", "package shop version \"1.0.0\"\nenvironment dev { url \"shop.db\" }\n");
  expectError("plan", 2, "error[CFG062]: `shop.db` is not the url of a database\n");
  expectError("check", 3, "error[CFG062]: `shop.db` is not the url of a database\n");
  // What a variable holds is not the package's; what stands for it is.
  put("package.cam",
      "package shop version \"1.0.0\"\nenvironment dev { url env(\"SHOP_DEV_URL\") }\n"
      "environment test { url env(\"SHOP_TEST_URL\", \"oracle://x\") }\n");
  const Ended run = cambium("check", "", "SHOP_DEV_URL=oracle://y");
  EXPECT_EQ(run.exit, 3) << run.out;
  EXPECT_EQ(
      run.out.find("error[CFG061]: no database here speaks `oracle:`\n  ┌ package.cam:3:13\n"), 0u)
      << run.out;
  EXPECT_NE(run.out.find("\n1 error in "), std::string::npos) << run.out;
}

TEST_F(Codes, packagesThatCannotBeMade) {
  expectError("init 9shop", 2, "error[CFG067]: `9shop` is not a name for a package\n");
  EXPECT_FALSE(fs::exists(root_ / "9shop"));
  expectError("init case", 2, "error[CFG067]: `case` is not a name for a package\n");
  put("in.sql", "create table a (id int primary key);\n");
  EXPECT_EQ(cambium("import in.sql --from sqlite --out out").exit, 0);
  EXPECT_NE(get("out/package.cam").find("package imported "), std::string::npos);
  expectError("init /proc/shop", 1, "error[CFG065]: `/proc/shop` cannot be written: ");
}

// ---------------------------------------------------------------- what is recorded
TEST_F(Codes, nothingToResumeOrUndo) {
  put10();
  ASSERT_EQ(cambium("apply -q").exit, 0);
  expectError("resume", 1,
              "error[RUN059]: nothing is under way in environment `dev`\n  └ help: a new plan is "
              "made and run by `cambium apply`\n");
  ASSERT_EQ(cambium("undo -q").exit, 0);
  expectError("undo", 1,
              "error[RUN060]: there is nothing to undo in environment `dev`\n  └ help: `cambium "
              "status` shows what is active\n");
}

TEST_F(Codes, adoptRecordsOnlyWhatIsTrue) {
  put10();
  sql("create table \\\"order\\\" (id integer primary key)");
  const Ended run = cambium("adopt");
  EXPECT_EQ(run.exit, 3);
  EXPECT_NE((run.err + run.out)
                .find("error[RUN062]: the database `sqlite://shop.db` is not what version "
                      "`1.0.0` describes: "),
            std::string::npos)
      << run.err << run.out;
  EXPECT_NE(run.out.find("missing  column order.title\n"), std::string::npos) << run.out;
  EXPECT_NE(
      cambium("status --format json").out.find("\"version\":null,\"since\":null,\"plan\":null"),
      std::string::npos);
}

TEST_F(Codes, adoptDoesNotReplaceARecord) {
  put10();
  ASSERT_EQ(cambium("apply -q").exit, 0);
  EXPECT_EQ(cambium("adopt").exit, 0);  // the same once more
  putPackage("version \"1.1.0\"");
  expectError("adopt", 1,
              "error[RUN069]: environment `dev` has version `1.0.0` recorded already\n  └ help: "
              "go on from there: `cambium plan -e dev`\n");
}

TEST_F(Codes, aRecordThatCannotBeRead) {
  put10();
  ASSERT_EQ(cambium("apply -q").exit, 0);
  sql("update cambium_installation set model = 'x'");
  for (const char* command : {"plan", "apply", "drift", "adopt"})
    expectError(command, 1,
                "error[RUN063]: the version recorded in the database `sqlite://shop.db` cannot be "
                "read: ");
}

// ---------------------------------------------------------------- runs that stop
TEST_F(Codes, aRunThatStopsOnItsWay) {
  putTwo();
  const Ended stopped = cambium("apply");
  EXPECT_EQ(stopped.exit, 7);
  EXPECT_NE(stopped.err.find("error[RUN071]: the run stopped on its way: step 3 (`order.short of "
                             "rows that have none`) failed: CHECK constraint failed: "
                             "ck_order_short; steps 1 to 2 stand; run it again to go on, or undo "
                             "it\n  ├ note: asked for by order.cam:6: + Order.short: string(3)\n"),
            std::string::npos)
      << stopped.err;
  // A third version cannot start in between.
  ASSERT_EQ(cambium("seal -q").exit, 0);
  putPackage("version \"1.2.0\"");
  expectError("plan", 1, "is under way in environment `dev`\n");
  expectError("plan", 1, "error[RUN058]: plan ");
  putPackage("version \"1.1.0\"");

  sql("update \\\"order\\\" set title = 'abc'");
  sql("create index zz on \\\"order\\\" (title)");
  expectError("resume", 7, "error[RUN074]: the database is in no state that the plan explains: ");
  expectError("resume", 7, "table `order` is not as it should be");
  sql("drop index zz");
  const Ended resumed = cambium("resume");
  EXPECT_EQ(resumed.exit, 0) << resumed.err;
  EXPECT_NE(resumed.err.find("order.short of rows that have none  1 row "), std::string::npos)
      << resumed.err;
}

// The database is two versions behind: what each says of its rows it says of the one before.
TEST_F(Codes, versionsThatLieBetween) {
  putTwo();
  ASSERT_EQ(cambium("seal -q").exit, 0);
  putPackage("version \"1.2.0\"");
  put("order.cam",
      "entity Order {\n  key id: int64\n  title: string(40)\n  brief: string(3)\n}\n"
      "migration from \"1.1.0\" to \"1.2.0\" { rename Order.short -> brief }\n");
  sql("update \\\"order\\\" set title = 'abc'");
  const std::string said =
      "error[RUN075]: no one plan leads from `1.0.0` to `1.2.0`\n"
      "  ├ note: 2 plans lead there, one after the other: 1.0.0 → 1.1.0 → 1.2.0\n"
      "  ├ help: the first of them: `cambium plan -e dev --to 1.1.0`\n"
      "  └ help: `cambium apply` goes the whole way\n";
  for (const char* one : {"plan -o next.plan", "plan --explain 1", "plan --graph dot"})
    expectError(one, 3, said);
  EXPECT_FALSE(fs::exists(root_ / "next.plan"));
  expectError("plan", 0, "2 plans, each after the end of the one before: 1.0.0 → 1.1.0 → 1.2.0\n");
  expectError("plan --from 1.0.0 --to 1.1.0 --graph dot", 0, "digraph plan {\n");
  expectError("plan --from 1.0.0 --to 1.1.0 --graph mermaid", 0, "flowchart TD\n");
  expectError("plan --from 1.0.0 --to 1.1.0 --graph svg", 2, "there is no graph in the form `svg`");
  ASSERT_EQ(cambium("plan -e dev --to 1.1.0 -o next.plan").exit, 0);
  EXPECT_EQ(cambium("apply -e dev next.plan").exit, 0);
  EXPECT_EQ(cambium("apply").exit, 0);
}

TEST_F(Codes, undoCountsBeforeItTightens) {
  put10();
  ASSERT_EQ(cambium("seal -q").exit, 0);
  ASSERT_EQ(cambium("apply -q").exit, 0);
  putPackage("version \"1.1.0\"");
  put("order.cam", "entity Order {\n  key id: int64\n  title: string(40)?\n}\n");
  ASSERT_EQ(cambium("apply --through switch -q").exit, 0);
  sql("insert into \\\"order\\\" values (1, null)");
  const Ended refused = cambium("undo");
  EXPECT_EQ(refused.exit, 7) << refused.err;
  EXPECT_NE(refused.err.find("cannot be undone: rows of order without title, which the old version "
                             "requires (1 row); correct them, then undo it again"),
            std::string::npos)
      << refused.err;
  sql("delete from \\\"order\\\"");
  EXPECT_EQ(cambium("undo").exit, 0);
}

TEST_F(Codes, aRunThatFailsBeforeAnythingWasDone) {
  put10();
  ASSERT_EQ(cambium("seal -q").exit, 0);
  ASSERT_EQ(cambium("apply -q").exit, 0);
  sql("insert into \\\"order\\\" values (1, 'x')");
  putPackage("version \"1.1.0\"");
  put("order.cam",
      "entity Order {\n  key id: int64\n  title: string(40)\n  check long: length(title) > 3\n}\n");
  expectError("apply", 1,
              "error[RUN070]: the run failed: step 1 (`no rows of order that check ck_order_long "
              "refuses`) does not hold: rows of order that check ck_order_long refuses (1 row); "
              "correct them, then run it again\n");
  EXPECT_NE(cambium("status --format json").out.find("\"version\":\"1.0.0\""), std::string::npos);
}

TEST_F(Codes, anotherRunIsAtWork) {
  put10();
  ASSERT_EQ(cambium("seal -q").exit, 0);
  ASSERT_EQ(cambium("apply -q").exit, 0);
  putPackage("version \"1.1.0\"");
  put("order.cam", "entity Order {\n  key id: int64\n  title: string(60)\n}\n");
  sql("update cambium_lease set lease_owner = 'somebody@elsewhere pid 1', "
      "expires_at = '2999-01-01T00:00:00.000Z'");
  expectError("apply", 8,
              "error[RUN072]: the database is busy: somebody@elsewhere pid 1 is at work");
}

TEST_F(Codes, whatADatabaseRefuses) {
  put10();
  sql("pragma encoding = 'UTF-16'; create table x (a)");
  expectError("plan", 1,
              "error[RUN065]: the database `sqlite://shop.db` refused: shop.db: the database is "
              "encoded in UTF-16le, only UTF-8 is supported\n");
  fs::remove(root_ / "shop.db");
  const Ended full =
      cambium("apply", "", "sh -c \"trap '' XFSZ; ulimit -f 4; exec \\\"\\$0\\\" \\\"\\$@\\\"\"");
  EXPECT_EQ(full.exit, 1) << full.err;
  EXPECT_NE(
      full.err.find("error[RUN066]: there is no room left for the database `sqlite://shop.db`: "),
      std::string::npos)
      << full.err;
}

TEST_F(Codes, aDamagedDatabase) {
  put10();
  ASSERT_EQ(cambium("apply -q").exit, 0);
  std::string bytes = get("shop.db");
  for (size_t i = 4096; i < 8192 && i < bytes.size(); ++i) bytes[i] = char(0xAB);
  put("shop.db", bytes);
  for (const char* command : {"status", "plan", "drift"})
    expectError(command, 1, "error[RUN067]: the database `sqlite://shop.db` is damaged: ");
  EXPECT_EQ(get("shop.db"), bytes);
}

// ---------------------------------------------------------------- documentation
TEST_F(Codes, missingDocumentationIsToldWhenAskedFor) {
  putPackage("version \"1.0.0\"");
  put("order.cam",
      "/// What somebody buys.\nentity Order {\n  key id: int64\n  /// In short.\n  title: "
      "string(40)\n}\n");
  EXPECT_EQ(cambium("check").err.find("NAM021"), std::string::npos);
  const Ended asked = cambium("check --docs");
  EXPECT_EQ(asked.exit, 0) << asked.err;
  const std::string text = asked.err + asked.out;
  EXPECT_NE(text.find("warning[NAM021]: nothing documents property `Order.id`"), std::string::npos)
      << text;
  EXPECT_EQ(text.find("`Order.title`"), std::string::npos) << text;
}

// ---------------------------------------------------------------- advice
TEST_F(Codes, habitsAreToldWhenAskedFor) {
  putPackage("version \"1.0.0\"");
  put("order.cam",
      "entity Order {\n  key id: int32 = autoincrement()\n  total: float64\n  weight: float64 "
      "@allow(ADV003, \"measured\")\n}\n");
  const Ended unasked = cambium("check");
  EXPECT_EQ((unasked.err + unasked.out).find("warning"), std::string::npos)
      << unasked.err + unasked.out;
  const Ended asked = cambium("check --advice");
  EXPECT_EQ(asked.exit, 0) << asked.err;
  const std::string text = asked.err + asked.out;
  EXPECT_NE(text.find("warning[ADV001]: `Order.id` counts in 32 bits"), std::string::npos) << text;
  EXPECT_NE(text.find("warning[ADV003]: `Order.total` is a `float64`"), std::string::npos) << text;
  EXPECT_EQ(text.find("`Order.weight`"), std::string::npos) << text;
}

}  // namespace
}  // namespace cambium::testing
