// `rollback`: the way back after contract, on each kind of database. What it loses is counted
// before anything is done.
#include "compiler/catalog/catalog.h"
#include "tests/cli/cli_fixture.h"
#include "tests/support/case_runner.h"

namespace cambium::testing {
namespace {

class Rollback : public Cli {
protected:
  void putPackage(const std::string& version, const std::string& rest = "destructive allow") const {
    put("package.cam",
        "package shop version \"" + version +
            "\"\n\nenvironment dev { url env(\"SHOP_DEV_URL\", \"sqlite://shop.db\")  " + rest +
            " }\n");
  }
  Ended on(const std::string& url, const std::string& arguments) const {
    return cambium(arguments, "", "SHOP_DEV_URL='" + url + "'");
  }
  void must(const std::string& arguments, const std::string& url = "sqlite://shop.db") const {
    const Ended run = on(url, arguments);
    ASSERT_EQ(run.exit, 0) << arguments << "\n" << run.out << run.err;
  }
  void putFirst(const std::string& rest = "destructive allow") const {
    putPackage("1.0.0", rest);
    put("item.cam",
        "enum State { open, done }\n"
        "entity Item {\n  key id: int64\n  title: string(40)\n  code: string(10)\n"
        "  legacy: string(10)?\n  state: State\n}\n");
  }
  void putSecond(const std::string& rest = "destructive allow",
                 const std::string& more = "") const {
    putPackage("1.1.0", rest);
    put("item.cam",
        "enum State { open, done, late }\n"
        "entity Item {\n  key id: int64\n  name: string(40)\n  code: string(10)\n"
        "  note: text?\n  state: State\n}\nentity Label { key name: string(20) }\n"
        "migration from \"1.0.0\" to \"1.1.0\" {\n  rename Item.title -> name\n"
        "  convert Item.code up upper(code) down lower(code)\n"
        "  approve drop Item.legacy \"unused\"\n}\n" +
            more);
  }
  // 1.0.0 with a row, then 1.1.0 to its end.
  void putTwo(const std::string& url, const std::string& rest = "destructive allow") const {
    putFirst(rest);
    must("seal -q", url);
    must("apply -q", url);
    sql(url,
        "insert into item (id, title, code, legacy, state) values (1, 'one', 'a', 'L', 'open')");
    putSecond(rest);
    must("apply -q --yes", url);
  }
  static const char* dialectOf(const std::string& url) {
    return url.starts_with("sqlite")     ? "sqlite"
           : url.starts_with("postgres") ? "postgres"
                                         : "mariadb";
  }
  // The database file stands in the scratch folder.
  std::string whole(const std::string& url) const {
    return url == "sqlite://shop.db" ? "sqlite://" + (root_ / "shop.db").string() : url;
  }
  void sql(const std::string& url, const std::string& text) const {
    const auto done = openDatabase(dialectOf(url), whole(url))->execute(text);
    ASSERT_TRUE(bool(done)) << done.error().message;
  }
  std::string ask(const std::string& url, const std::string& text) const {
    const auto rows = openDatabase(dialectOf(url), whole(url))->query(text);
    if (!rows) return rows.error().message;
    std::string out;
    for (const auto& row : *rows) {
      for (size_t i = 0; i < row.size(); ++i) out += (i ? "," : "") + row[i].value_or("NULL");
      out += "\n";
    }
    return out;
  }

  // There and back with rows of new applications.
  void thereAndBack(const std::string& url) {
    putTwo(url);
    sql(url, "insert into item (id, name, code, note, state) values (2, 'two', 'Bc', 'n', 'open')");
    sql(url, "insert into label (name) values ('red'), ('blue')");
    Ended run = on(url, "rollback");
    EXPECT_EQ(run.exit, 5) << run.out << run.err;
    EXPECT_EQ(run.out,
              "1.1.0 → 1.0.0: what it loses\n"
              "  goes\n"
              "    table `label`: 2 rows\n"
              "    column `item.note`: 1 row\n"
              "  does not fit the older form\n"
              "    column `item.code`, of which `code` does not tell all: 1 row\n"
              "  comes back\n"
              "    column `item.legacy` empty: 2 rows\n");
    EXPECT_NE(run.err.find("error[RUN061]"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("table `label`: 2 rows"), std::string::npos) << run.err;
    EXPECT_EQ(ask(url, "select name from item order by id"), "one\ntwo\n") << "nothing was done";

    run = on(url, "rollback --yes --through switch");
    ASSERT_EQ(run.exit, 0) << run.out << run.err;
    // Applications of both versions work.
    sql(url, "insert into item (id, title, code, state) values (3, 'three', 'c', 'done')");
    sql(url, "update item set title = 'TWO' where id = 2");
    run = on(url, "apply");
    EXPECT_EQ(run.exit, 1) << run.out << run.err;
    EXPECT_NE(run.err.find("error[RUN084]: environment `dev` is on its way back from `1.1.0` to "
                           "`1.0.0`"),
              std::string::npos)
        << run.err;
    run = on(url, "resume --through contract --yes");
    ASSERT_EQ(run.exit, 0) << run.out << run.err;
    EXPECT_EQ(ask(url, "select id, title, code, legacy, state from item order by id"),
              "1,one,a,NULL,open\n2,TWO,bc,NULL,open\n3,three,c,NULL,done\n");
    must("drift --exit-code -q", url);
    run = on(url, "status");
    EXPECT_NE(run.out.find("1.0.0    rolled back from 1.1.0"), std::string::npos) << run.out;
    // The database is that of a fresh build.
    ScratchDatabase fresh(dialectOf(url));
    must("plan -q --to 1.0.0 -o first.plan", fresh.url());
    must("apply -q first.plan", fresh.url());
    EXPECT_EQ(tables(url), tables(fresh.url()));
    // And forth again.
    run = on(url, "apply --yes -q");
    ASSERT_EQ(run.exit, 0) << run.out << run.err;
    EXPECT_EQ(ask(url, "select id, name, code from item order by id"),
              "1,one,A\n2,TWO,BC\n3,three,C\n");
  }
  std::string tables(const std::string& url) const {
    const auto live = openDatabase(dialectOf(url), whole(url))->introspect();
    return live ? catalog::describe(*live) : live.error().message;
  }
};

TEST_F(Rollback, onSqlite) {
  thereAndBack("sqlite://shop.db");
}
TEST_F(Rollback, onPostgres) {
  ScratchDatabase database("postgres");
  thereAndBack(database.url());
}
TEST_F(Rollback, onMariadb) {
  ScratchDatabase database("mariadb");
  thereAndBack(database.url());
}

// There is nothing to agree to where nothing can be taken back.
TEST_F(Rollback, anUndoThatComesTooLateAsksNobody) {
  const std::string url = "sqlite://shop.db";
  putTwo(url);
  sql(url, "update item set note = 'new'");
  const Ended run = on(url, "undo");
  EXPECT_EQ(run.exit, 1) << run.out << run.err;
  EXPECT_NE(run.err.find("has passed the point of no return"), std::string::npos) << run.err;
  EXPECT_EQ(run.err.find("--yes"), std::string::npos) << run.err;
}

TEST_F(Rollback, aDryRunAndAPlanFile) {
  const std::string url = "sqlite://shop.db";
  putTwo(url);
  Ended run = cambium("rollback --dry-run");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.out.find("1.1.0 → 1.0.0: nothing that is there is lost\n"), std::string::npos)
      << run.out;
  EXPECT_NE(run.out.find("Plan "), std::string::npos) << run.out;
  EXPECT_EQ(run.err, "nothing was done\n");
  sql(url, "insert into label (name) values ('red')");
  run = cambium("plan --rollback -o back.plan");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.out.find("table `label`: 1 row\n"), std::string::npos) << run.out;
  run = cambium("apply back.plan");
  EXPECT_EQ(run.exit, 5) << run.out << run.err;
  EXPECT_NE(run.err.find("table `label`: 1 row"), std::string::npos) << run.err;
  must("apply back.plan --yes");
  EXPECT_EQ(ask(url, "select title, code from item"), "one,a\n");
  run = cambium("plan --rollback --from 1.1.0 --format json");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.out.find("\"what\":\"table `label`\",\"rows\":null"), std::string::npos) << run.out;
}

// A value that the older version does not have: the rows must get another one.
TEST_F(Rollback, valuesWithoutAPlaceAreSaidFirst) {
  const std::string url = "sqlite://shop.db";
  putTwo(url);
  sql(url, "update item set state = 'late'");
  Ended run = cambium("rollback --yes");
  EXPECT_EQ(run.exit, 1);
  EXPECT_EQ(run.err,
            "error[RUN087]: version `1.0.0` has no place for values that are there\n"
            "  ├ note: `State.late` in column `item.state`: 1 row\n"
            "  ├ help: correct these rows, or say what becomes of them in a block of the package:\n"
            "  └ help: `migration from \"1.1.0\" to \"1.0.0\" { rename State.late -> open  approve "
            "drop State.late\n          \"why\" }`\n");
  putSecond("destructive allow",
            "migration from \"1.1.0\" to \"1.0.0\" {\n  rename State.late -> open\n"
            "  approve drop State.late \"open is where it began\"\n}\n");
  run = cambium("rollback --yes");
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("column `item.state`: `late` becomes `open`: 1 row\n"), std::string::npos)
      << run.out;
  EXPECT_EQ(ask(url, "select title, state from item"), "one,open\n");
}

// What the older version requires and nobody can derive stands in a block.
TEST_F(Rollback, aRequiredPropertyAsksForAFill) {
  const std::string url = "sqlite://shop.db";
  putPackage("1.0.0");
  put("item.cam", "entity Item {\n  key id: int64\n  sku: string(10)\n}\n");
  must("seal -q");
  must("apply -q");
  sql(url, "insert into item (id, sku) values (1, 'a')");
  putPackage("1.1.0");
  const std::string second =
      "entity Item {\n  key id: int64\n}\nmigration from \"1.0.0\" to \"1.1.0\" {\n  approve drop "
      "Item.sku \"unused\"\n}\n";
  put("item.cam", second);
  must("apply -q --yes");
  Ended run = cambium("rollback --yes");
  EXPECT_EQ(run.exit, 3) << run.err;
  EXPECT_NE(run.err.find("error[EVO005]"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("fill Item.sku = \"\""), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("error[RUN083]: `1.1.0` cannot be rolled back to `1.0.0`"),
            std::string::npos)
      << run.err;
  put("item.cam",
      second + "migration from \"1.1.0\" to \"1.0.0\" {\n  fill Item.sku = to_string(id)\n}\n");
  run = cambium("rollback --yes");
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_EQ(ask(url, "select sku from item"), "1\n");
}

TEST_F(Rollback, throughSeveralVersions) {
  const std::string url = "sqlite://shop.db";
  putTwo(url);
  must("seal -q");
  putPackage("1.2.0");
  put("item.cam",
      "enum State { open, done, late }\n"
      "entity Item {\n  key id: int64\n  label: string(40)\n  code: string(10)\n  note: text?\n"
      "  state: State\n}\nentity Label { key name: string(20) }\n"
      "migration from \"1.1.0\" to \"1.2.0\" {\n  rename Item.name -> label\n}\n");
  must("apply -q --yes");
  sql(url, "update item set note = 'x'");
  Ended run = cambium("rollback --to 1.0.0");
  EXPECT_EQ(run.exit, 5) << run.out << run.err;
  EXPECT_NE(
      run.out.find("1.2.0 → 1.1.0: nothing that is there is lost\n"
                   "1.1.0 → 1.0.0: what it loses\n  goes\n    table `label`: not counted yet"),
      std::string::npos)
      << run.out;
  run = cambium("rollback --to 1.0.0 --yes");
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("column `item.note`: 1 row\n"), std::string::npos) << run.out;
  EXPECT_EQ(ask(url, "select title, code from item"), "one,a\n");
  EXPECT_NE(cambium("status").out.find("rolled back from 1.1.0"), std::string::npos);
}

TEST_F(Rollback, whereToIsSaidOrKnown) {
  putFirst();
  Ended run = cambium("rollback");
  EXPECT_EQ(run.exit, 1);
  EXPECT_NE(run.err.find("error[RUN085]: there is nothing to roll back to in environment `dev`: no "
                         "version is active"),
            std::string::npos)
      << run.err;
  must("apply -q");
  run = cambium("rollback");
  EXPECT_EQ(run.exit, 1);
  EXPECT_NE(run.err.find("error[RUN085]"), std::string::npos) << run.err;
  must("seal -q");
  putSecond();
  must("seal -q");
  run = cambium("rollback --to 1.1.0");
  EXPECT_EQ(run.exit, 2);
  EXPECT_NE(run.err.find("error[RUN086]: `1.1.0` is not older than `1.0.0`"), std::string::npos)
      << run.err;
  run = cambium("rollback --to 1.0.0");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.out, "nothing to do: dev is at shop 1.0.0\n");
  // While both versions are there `undo` is the way.
  must("apply -q --through switch");
  run = cambium("rollback");
  EXPECT_EQ(run.exit, 1);
  EXPECT_NE(run.err.find("error[RUN058]"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("`cambium undo -e dev`"), std::string::npos) << run.err;
}

// A rollback can be undone until its own contract.
TEST_F(Rollback, itsUndo) {
  const std::string url = "sqlite://shop.db";
  putTwo(url);
  sql(url, "update item set note = 'n'");
  must("rollback -q --yes --through switch");
  Ended run = cambium("undo");
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_EQ(ask(url, "select name, code, note from item"), "one,A,n\n");
  must("drift --exit-code -q");
  EXPECT_NE(cambium("status").out.find("1.1.0    done"), std::string::npos);
  // What applications of the older version wrote is counted.
  must("rollback -q --yes --through switch");
  sql(url, "update item set legacy = 'L2'");
  run = cambium("undo");
  EXPECT_EQ(run.exit, 5) << run.out << run.err;
  EXPECT_NE(run.err.find("undo deletes column `item.legacy`: 1 row"), std::string::npos) << run.err;
}

// Killed anywhere, the same command goes on.
TEST_F(Rollback, killedAndRunAgain) {
  const std::string url = "sqlite://shop.db";
  putTwo(url);
  int kills = 0;
  for (int at = 3; kills < 30; at += at / 2, ++kills) {
    const Ended run = cambium("rollback -q --yes", "", "CAMBIUM_CRASH_AT=" + std::to_string(at));
    if (run.exit == 0) break;
    ASSERT_EQ(run.exit, 128 + 9) << run.out << run.err;
  }
  EXPECT_GT(kills, 1);
  EXPECT_EQ(ask(url, "select title, code from item"), "one,a\n");
  must("drift --exit-code -q");
}

TEST_F(Rollback, theFaceOfTheOlderVersion) {
  ScratchDatabase database("postgres");
  const std::string url = database.url();
  putTwo(url, "destructive allow  access views");
  const Ended run = on(url, "rollback --yes --through contract");
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  must("drift --exit-code -q", url);
  EXPECT_EQ(ask(url, "select distinct viewname from pg_views where schemaname like '%v1_0_0%'"),
            "item\n");
}

// Undo before contract counts what the old form of a conversion does not hold.
TEST_F(Rollback, anUndoCountsWhatDownLoses) {
  const std::string url = "sqlite://shop.db";
  putFirst();
  must("seal -q");
  must("apply -q");
  sql(url,
      "insert into item (id, title, code, state) values (1, 'one', 'a', 'open'), (2, 'two', "
      "'b', 'open')");
  putSecond();
  must("apply -q --through switch");
  Ended run = cambium("undo");
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  must("apply -q --through switch");
  sql(url, "update item set code = 'Xy' where id = 2");
  run = cambium("undo");
  EXPECT_EQ(run.exit, 5) << run.out << run.err;
  EXPECT_NE(run.err.find("undo deletes column `item.code`: 1 row"), std::string::npos) << run.err;
  must("undo --yes");
  EXPECT_EQ(ask(url, "select code from item order by id"), "a\nxy\n");
}

}  // namespace
}  // namespace cambium::testing
