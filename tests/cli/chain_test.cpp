// A database that is several versions behind: the way through them, what may be left out of it,
// where it stops, and what a killed process finds again.
#include "compiler/catalog/catalog.h"
#include "tests/cli/cli_fixture.h"
#include "tests/support/case_runner.h"

namespace cambium::testing {
namespace {

class Chain : public Cli {
protected:
  void putPackage(const std::string& version, const std::string& rest = "destructive allow") const {
    put("package.cam",
        "package shop version \"" + version +
            "\"\n\nenvironment dev { url env(\"SHOP_DEV_URL\", \"sqlite://shop.db\")  " + rest +
            " }\n");
  }
  // A version with these members of its one entity and these lines of its migration.
  void putVersion(const std::string& version, const std::string& members,
                  const std::string& from = "", const std::string& lines = "") const {
    putPackage(version);
    std::string text = "entity Item {\n  key id: int64\n" + members + "}\n";
    if (!lines.empty())
      text += "migration from \"" + from + "\" to \"" + version + "\" {\n" + lines + "}\n";
    put("item.cam", text);
  }
  void seal() const {
    const Ended run = cambium("seal -q");
    ASSERT_EQ(run.exit, 0) << run.err;
  }
  Ended on(const std::string& url, const std::string& arguments,
           const std::string& more = "") const {
    return cambium(arguments, "", "SHOP_DEV_URL='" + url + "' " + more);
  }
  std::string sql(const std::string& text) const {
    const std::string command = "sqlite3 '" + (root_ / "shop.db").string() + "' \"" + text +
                                "\" >'" + (root_ / ".rows").string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << text;
    return get(".rows");
  }
  // 1.0.0 sealed and built, with a row.
  void putFirst(const std::string& members = "  title: string(40)\n") const {
    putVersion("1.0.0", members);
    seal();
    const Ended run = cambium("apply -q");
    ASSERT_EQ(run.exit, 0) << run.err;
    sql("insert into item (id, title) values (1, 'abc')");
  }
  // All that a database has, but the record of runs.
  static std::string all(const ScratchDatabase& database, const std::string& dialect) {
    const auto session = database.open();
    const auto live = session->introspect();
    if (!live) return "cannot be read: " + live.error().message;
    return catalog::describe(*live) +
           printRows(readRows(*session, *live, dialects().find(dialect)->traits()));
  }
};

// ---------------------------------------------------------------- twenty versions
constexpr int kVersions = 20;

std::string number(int minor) {
  return "1." + std::to_string(minor) + ".0";
}

// What version 1.`minor`.0 has besides its key, the lines of its migration from the one before, and
// those of one from 1.0.0 at once.
struct Twenty {
  std::vector<std::pair<std::string, std::string>> members = {{"title", "string(40)"}};
  std::string lines, atOnce;

  void rename(const std::string& to) {
    lines += "  rename Item." + members.front().first + " -> " + to + "\n";
    members.front().first = to;
  }
  void next(int minor) {
    lines.clear();
    const std::string k = std::to_string(minor);
    switch (minor % 5) {
      case 0:  // what came three versions ago goes
        lines = "  approve drop Item.size_" + std::to_string(minor - 3) + " \"not used\"\n";
        std::erase_if(
            members, [&](const auto& m) { return m.first == "size_" + std::to_string(minor - 3); });
        break;
      case 1: members.emplace_back("note_" + k, "text?"); break;
      case 2: members.emplace_back("size_" + k, "int32 = " + k); break;
      case 3: rename("title_" + k); break;
      case 4:
        members.emplace_back("copy_" + k, "string(60)");
        lines = "  fill Item.copy_" + k + " = " + members.front().first + "\n";
        break;
    }
  }
  std::string text() const {
    std::string out;
    for (const auto& [name, type] : members) out += "  " + name + ": " + type + "\n";
    return out;
  }
  std::string jump() const {
    std::string out = "  rename Item.title -> " + members.front().first + "\n";
    for (const auto& [name, type] : members)
      if (name.starts_with("copy_"))
        out += "  fill Item." + name + " = " + members.front().first + "\n";
    return out;
  }
};

class TwentyVersions : public Chain, public ::testing::WithParamInterface<const char*> {};

TEST_P(TwentyVersions, equalOneJump) {
  const std::string dialect = GetParam();
  const ScratchDatabase walked{dialect}, jumped{dialect};
  Twenty model;
  putVersion("1.0.0", model.text());
  seal();
  for (const auto* database : {&walked, &jumped}) {
    const Ended run = on(database->url(), "apply -q");
    ASSERT_EQ(run.exit, 0) << run.err;
    const auto session = database->open();
    for (const char* row : {"(1, 'one')", "(2, 'two')", "(3, 'three')"})
      ASSERT_TRUE(
          bool(session->execute("INSERT INTO item (id, title) VALUES " + std::string(row))));
  }
  for (int minor = 1; minor <= kVersions; ++minor) {
    model.next(minor);
    putVersion(number(minor), model.text(), number(minor - 1), model.lines);
    if (minor < kVersions) seal();
  }
  const Ended run = on(walked.url(), "apply --yes --no-progress");
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_NE(run.err.find(" plans, each after the end of the one before: 1.0.0 → "),
            std::string::npos)
      << run.err;
  // The new versions of each group of five that only add are one plan.
  EXPECT_NE(run.err.find("nothing is lost by going past 1.1.0, 1.6.0, 1.11.0, 1.16.0: "),
            std::string::npos)
      << run.err;
  EXPECT_EQ(on(walked.url(), "drift --exit-code -q").exit, 0);

  putVersion(number(kVersions), model.text(), "1.0.0", model.jump());
  const Ended once = on(jumped.url(), "apply --yes --no-progress");
  ASSERT_EQ(once.exit, 0) << once.out << once.err;
  EXPECT_EQ(once.err.find("plans, each"), std::string::npos) << once.err;
  // What goes past nothing but values is not in either.
  const std::string end = all(walked, dialect);
  EXPECT_NE(end.find("copy_4"), std::string::npos) << end;
  EXPECT_EQ(end, all(jumped, dialect));
}

INSTANTIATE_TEST_SUITE_P(Engines, TwentyVersions,
                         ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& one) { return std::string(one.param); });

// ---------------------------------------------------------------- killed on the way
class KilledChain : public Chain, public ::testing::WithParamInterface<const char*> {
protected:
  void putFour() const {
    putVersion("1.0.0", "  title: string(40)\n");
    seal();
    putVersion("1.1.0", "  name: string(40)\n", "1.0.0", "  rename Item.title -> name\n");
    seal();
    putVersion("1.2.0", "  name: string(40)\n  code: string(60)\n", "1.1.0",
               "  fill Item.code = name\n");
    seal();
    putVersion("1.3.0", "  code: string(60)\n", "1.2.0", "  approve drop Item.name \"no\"\n");
  }
};

TEST_P(KilledChain, goesOnToTheSameEnd) {
  const std::string dialect = GetParam();
  putFour();
  std::string end;
  size_t inTheMiddle = 0;
  const int stride = dialect == "sqlite" ? 11 : 43;
  for (int at = 0;; at += stride) {
    const ScratchDatabase database{dialect};
    for (const char* command : {"plan --to 1.0.0 -q -o first.plan", "apply -q first.plan"})
      ASSERT_EQ(on(database.url(), command).exit, 0) << command;
    ASSERT_TRUE(bool(database.open()->execute("INSERT INTO item (id, title) VALUES (1, 'abc')")));
    const Ended killed =
        on(database.url(), "apply -q --yes", "CAMBIUM_CRASH_AT=" + std::to_string(at));
    if (at > 0 && killed.exit == 0) break;
    ASSERT_LT(at, 2000);
    if (at > 0) {
      const std::string status = on(database.url(), "status --format json").out;
      inTheMiddle += status.find("\"version\":\"1.1.0\"") != std::string::npos ||
                     status.find("\"version\":\"1.2.0\"") != std::string::npos;
      const Ended again = on(database.url(), "apply -q --yes");
      ASSERT_EQ(again.exit, 0) << at << "\n" << again.err;
    }
    EXPECT_EQ(on(database.url(), "drift --exit-code -q").exit, 0) << at;
    const std::string now = all(database, dialect);
    if (at == 0) end = now;
    EXPECT_EQ(now, end) << "killed at " << at;
    EXPECT_NE(now.find("abc"), std::string::npos) << now;
  }
  EXPECT_GT(inTheMiddle, 0u);
}

INSTANTIATE_TEST_SUITE_P(Engines, KilledChain, ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& one) { return std::string(one.param); });

// ---------------------------------------------------------------- what may be left out
TEST_F(Chain, whatMakesNoDifferenceIsLeftOut) {
  putFirst();
  putVersion("1.1.0", "  title: string(40)\n  note: text?\n");
  seal();
  putVersion("1.2.0", "  title: string(40)\n  note: text?\n  more: text?\n");
  EXPECT_NE(cambium("status").out.find("cambium plan -e dev (to 1.2.0)\n"), std::string::npos);
  const Ended run = cambium("apply --no-progress");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.err.find("nothing is lost by going past 1.1.0: all changes there are safe, and "
                         "nothing is said of rows\nplan "),
            0u)
      << run.err;
  EXPECT_EQ(sql("select from_version, to_version from cambium_plan order by plan_id"),
            "|1.0.0\n1.0.0|1.2.0\n");
}

// At once every row would get the default of 1.2.0.
TEST_F(Chain, aValueThatOnlyAVersionBetweenGives) {
  putFirst();
  putVersion("1.1.0", "  title: string(40)\n  size: int32 = 1\n");
  seal();
  putVersion("1.2.0", "  title: string(40)\n  size: int32 = 2\n");
  const Ended run = cambium("apply -q");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(sql("select size from item"), "1\n");
}

// At once nobody would say what becomes of the rows: at 1.2.0 the property may be empty.
TEST_F(Chain, aLineOfAVersionBetweenIsNotLost) {
  putFirst();
  putVersion("1.1.0", "  title: string(40)\n  code: string(40)\n", "1.0.0",
             "  fill Item.code = title\n");
  seal();
  putVersion("1.2.0", "  title: string(40)\n  code: string(40)?\n");
  const Ended run = cambium("apply -q");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(sql("select code from item"), "abc\n");
}

// A version that was sealed between two that are said to follow one another is not on the way.
TEST_F(Chain, theVersionThatTheMigrationNames) {
  putFirst();
  putVersion("1.0.5", "  title: string(40)\n  patch: text?\n");
  seal();
  putVersion("1.1.0", "  name: string(40)\n", "1.0.0", "  rename Item.title -> name\n");
  const Ended run = cambium("apply -q --yes");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(sql("select name from item"), "abc\n");
  EXPECT_EQ(sql("select to_version from cambium_plan order by plan_id"), "1.0.0\n1.1.0\n");
}

// ---------------------------------------------------------------- where it stops
TEST_F(Chain, stopsWhereTheEnvironmentStopsIt) {
  putFirst("  title: string(40)\n  fax: text?\n");
  putVersion("1.1.0", "  title: string(40)\n", "1.0.0", "  approve drop Item.fax \"no\"\n");
  seal();
  putVersion("1.2.0", "  name: string(40)\n", "1.1.0", "  rename Item.title -> name\n");
  putPackage("1.2.0", "destructive approvals 1");
  Ended run = cambium("apply --no-progress");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.err.find("1.2.0 waits until this plan has ended: then `cambium apply -e dev` goes "
                         "on\n"),
            std::string::npos)
      << run.err;
  run = cambium("status");
  EXPECT_NE(run.out.find("1.0.0 → 1.1.0"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("cambium resume -e dev or undo -e dev, then 1.2.0\n"), std::string::npos)
      << run.out;
  EXPECT_NE(cambium("status --format json").out.find("\"left\":[\"1.2.0\"]"), std::string::npos);
  // Three versions are never alive: the second plan is not begun, however often it is asked for.
  EXPECT_EQ(cambium("apply -q").exit, 0);
  EXPECT_EQ(sql("select count(*) from cambium_plan"), "2\n");
  EXPECT_EQ(sql("select count(*) from pragma_table_info('item') where name = 'name'"), "0\n");
  putPackage("1.2.0");
  run = cambium("apply --yes --no-progress");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(sql("select to_version || ' ' || plan_state from cambium_plan order by plan_id"),
            "1.0.0 done\n1.1.0 done\n1.2.0 done\n");
  EXPECT_EQ(cambium("drift --exit-code -q").exit, 0);
}

TEST_F(Chain, agreesToAllDeletionsBeforeItBegins) {
  putFirst("  title: string(40)\n  fax: text?\n");
  putVersion("1.1.0", "  name: string(40)\n  fax: text?\n", "1.0.0",
             "  rename Item.title -> name\n");
  seal();
  putVersion("1.2.0", "  name: string(40)\n", "1.1.0", "  approve drop Item.fax \"no\"\n");
  const Ended run = cambium("apply --no-progress");
  EXPECT_EQ(run.exit, 5) << run.err;
  EXPECT_NE(run.err.find("note: 1.1.0 → 1.2.0, step "), std::string::npos) << run.err;
  EXPECT_EQ(sql("select count(*) from cambium_plan"), "1\n") << "nothing was begun";
  const Ended dry = cambium("apply --dry-run");
  EXPECT_EQ(dry.exit, 0) << dry.err;
  EXPECT_NE(dry.out.find("1.1.0 → 1.2.0"), std::string::npos) << dry.out;
  EXPECT_EQ(sql("select count(*) from cambium_plan"), "1\n");
}

TEST_F(Chain, resumeSaysWhatIsLeft) {
  putFirst();
  putVersion("1.1.0", "  name: string(40)\n", "1.0.0", "  rename Item.title -> name\n");
  seal();
  putVersion("1.2.0", "  name: string(40)\n  code: string(60)\n", "1.1.0",
             "  fill Item.code = name\n");
  ASSERT_EQ(cambium("apply -q --through switch").exit, 0);
  EXPECT_EQ(sql("select count(*) from cambium_plan"), "2\n");
  const Ended run = cambium("resume --no-progress");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.err.find("next: cambium apply -e dev (to 1.2.0)\n"), std::string::npos) << run.err;
  EXPECT_EQ(cambium("apply -q").exit, 0);
  EXPECT_EQ(sql("select code from item"), "abc\n");
}

// A way with a hole in it is not begun.
TEST_F(Chain, isPlannedToItsEndBeforeItBegins) {
  putFirst();
  putVersion("1.1.0", "  title: string(40)\n  size: int32 = 1\n  check size > 0\n");
  seal();
  putVersion("1.2.0", "  title: string(40)\n  size: int32 = 1\n  tag: string(9) = \"x\"\n");
  seal();
  putVersion("1.3.0", "  name: string(40)\n  size: int32 = 1\n  tag: string(9) = \"x\"\n", "1.2.0",
             "  rename Item.title -> name\n");
  seal();
  putVersion("1.4.0", "  label: string(40)\n  size: int32 = 1\n  tag: string(9) = \"x\"\n", "1.3.0",
             "  rename Item.name -> label\n");
  // The version that renames is lost: nobody says what became of the title.
  const std::string lost = get("versions/1.3.0.json");
  seal();
  put("item.cam",
      "entity Item {\n  key id: int64\n  label: string(40)\n  size: int32 = 1\n  tag: "
      "string(9) = \"x\"\n}\n");
  fs::remove(root_ / "versions/1.3.0.json");
  putPackage("1.5.0");
  const Ended run = cambium("apply");
  EXPECT_EQ(run.exit, 3) << run.err;
  EXPECT_NE(run.err.find("error[RUN080]: the way from `1.0.0` to `1.5.0` cannot be planned: it "
                         "breaks off between `1.2.0` and `1.4.0`\n"),
            std::string::npos)
      << run.err;
  EXPECT_NE(run.err.find("`cambium plan --to 1.2.0 -o FILE`"), std::string::npos) << run.err;
  EXPECT_EQ(sql("select count(*) from cambium_plan"), "1\n") << "nothing was begun";
  put("versions/1.3.0.json", lost);
  EXPECT_EQ(cambium("apply -q --yes").exit, 0);
  EXPECT_EQ(sql("select label from item"), "abc\n");
}

}  // namespace
}  // namespace cambium::testing
