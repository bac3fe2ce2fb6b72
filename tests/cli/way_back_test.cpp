// `undo` counts what it would delete, and the words of commands about drift, approvals and
// mistakes in the working folder.
#include "tests/cli/cli_fixture.h"

namespace cambium::testing {
namespace {

class WayBack : public Cli {
protected:
  void putPackage(const std::string& version, const std::string& settings = "") const {
    put("shop/package.cam", "package shop version \"" + version +
                                "\"\n\nenvironment dev { url \"sqlite://shop.db\" " + settings +
                                " }\n");
  }
  void sql(const std::string& text) const {
    const std::string command =
        "sqlite3 '" + (root_ / "shop/shop.db").string() + "' \"" + text + "\"";
    ASSERT_EQ(std::system(command.c_str()), 0) << text;
  }
  // 1.0.0 with a row, then 1.1.0 with a new property, a new entity and a renamed property, up to
  // the switch or to its end.
  void putTwo() const {
    putSound();
    ASSERT_EQ(cambium("apply -q", "shop").exit, 0);
    ASSERT_EQ(cambium("seal -q", "shop").exit, 0);
    sql("insert into \\\"order\\\" values (1, 'one'), (2, 'two')");
    putPackage("1.1.0");
    put("shop/order.cam",
        "entity Order {\n  key id: int64\n  name: string(40)\n  note: text?\n  state: string(10) "
        "= \"new\"\n}\nentity Label { key name: string(20) }\ntags Topic on Order { gift, fragile "
        "}\n");
    put("shop/1.1.0.cam",
        "migration from \"1.0.0\" to \"1.1.0\" {\n  rename Order.title -> name\n}\n");
    const Ended run = cambium("apply -q --through switch", "shop");
    ASSERT_EQ(run.exit, 0) << run.err;
  }
};

TEST_F(WayBack, whatNobodyWroteGoesUnasked) {
  putTwo();
  const Ended run = cambium("undo", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(cambium("drift --exit-code -q", "shop").exit, 0);
}

TEST_F(WayBack, whatWasWrittenIsCountedAndAskedFor) {
  putTwo();
  sql("update \\\"order\\\" set note = 'x' where id = 1");
  sql("update \\\"order\\\" set state = 'sent'");
  sql("insert into label values ('a'), ('b'), ('c')");
  Ended run = cambium("undo", "shop");
  EXPECT_EQ(run.exit, 5);
  EXPECT_EQ(run.err,
            "error[RUN061]: the plan deletes data, and nobody agreed to it\n"
            "  ├ note: undo deletes table `label`: 3 rows\n"
            "  ├ note: undo deletes column `order.note`: 1 row\n"
            "  ├ note: undo deletes column `order.state`: 2 rows\n"
            "  └ help: add `--yes` to agree\n");
  run = cambium("undo --yes", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(cambium("drift --exit-code -q", "shop").exit, 0);
}

TEST_F(WayBack, tagsOfRowsAreCounted) {
  const std::string order = "entity Order { key id: int64 }\n";
  const auto tags = [&](const std::string& states, const std::string& topics) {
    put("shop/order.cam", order + "tags State on Order single { " + states +
                              " }\ntags Topic on Order multiple { " + topics + " }\n");
  };
  putPackage("1.0.0");
  tags("open", "home");
  ASSERT_EQ(cambium("apply -q", "shop").exit, 0);
  ASSERT_EQ(cambium("seal -q", "shop").exit, 0);
  putPackage("1.1.0");
  tags("open, closed", "home, work, idle");
  ASSERT_EQ(cambium("apply -q --through switch", "shop").exit, 0);
  sql("insert into \\\"order\\\" values (1, 'closed'), (2, 'open')");
  sql("insert into order_topic values (1, 'home'), (1, 'work'), (2, 'work')");
  const Ended run = cambium("undo", "shop");
  EXPECT_EQ(run.exit, 5);
  EXPECT_EQ(run.err,
            "error[RUN061]: the plan deletes data, and nobody agreed to it\n"
            "  ├ note: undo deletes tag `State.closed`: 1 row\n"
            "  ├ note: undo deletes tag `Topic.work`: 2 rows\n"
            "  └ help: add `--yes` to agree\n");
}

TEST_F(WayBack, ofAFirstVersionRowsAreCounted) {
  putSound();
  ASSERT_EQ(cambium("apply -q", "shop").exit, 0);
  sql("insert into \\\"order\\\" values (1, 'one')");
  EXPECT_EQ(cambium("undo", "shop").exit, 5);
  sql("delete from \\\"order\\\"");
  EXPECT_EQ(cambium("undo", "shop").exit, 0);
}

// ---------------------------------------------------------------- approvals
TEST_F(WayBack, approvalsAreNotThereYet) {
  putSound();
  ASSERT_EQ(cambium("apply -q", "shop").exit, 0);
  ASSERT_EQ(cambium("seal -q", "shop").exit, 0);
  putPackage("1.1.0", " destructive approvals 1");
  put("shop/order.cam", "entity Order {\n  key id: int64\n}\n");
  put("shop/1.1.0.cam",
      "migration from \"1.0.0\" to \"1.1.0\" {\n  approve drop Order.title \"not used\"\n}\n");
  Ended run = cambium("apply", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.err.find("approvals come with the registry"), std::string::npos) << run.err;
  EXPECT_EQ(run.err.find("next: cambium resume"), std::string::npos) << run.err;
  run = cambium("resume --through contract", "shop");
  EXPECT_EQ(run.exit, 5);
  EXPECT_NE(run.err.find("approvals come with the registry"), std::string::npos) << run.err;
  EXPECT_EQ(run.err.find("--through switch"), std::string::npos) << run.err;
}

// ---------------------------------------------------------------- drift
TEST_F(WayBack, planTellsOfDrift) {
  putSound();
  ASSERT_EQ(cambium("apply -q", "shop").exit, 0);
  ASSERT_EQ(cambium("seal -q", "shop").exit, 0);
  sql("create index by_hand on \\\"order\\\" (title)");
  putPackage("1.1.0");
  put("shop/order.cam", "entity Order {\n  key id: int64\n  title: string(40)\n  a: text?\n}\n");
  Ended run = cambium("plan", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.err,
            "warning: dev is not what shop 1.0.0 describes (1 difference): `apply` would refuse "
            "the plan\nnext: cambium drift -e dev\n");
  run = cambium("apply", "shop");
  EXPECT_EQ(run.exit, 6);
  EXPECT_NE(run.err.find("error[RUN073]"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("`cambium drift` what somebody changed by hand"), std::string::npos);
}

TEST_F(WayBack, driftIsATableOfWholeLines) {
  putSound();
  ASSERT_EQ(cambium("apply -q", "shop").exit, 0);
  sql("alter table \\\"order\\\" add column more text default 'a|b'");
  sql("create view by_hand as select\n  1");
  const Ended run = cambium("drift --format markdown", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("| ", 0) != 0 && line.rfind("|--", 0) != 0) continue;
    EXPECT_EQ(line.back(), '|') << line;
  }
  EXPECT_NE(run.out.find("<br>"), std::string::npos) << run.out;
}

// ---------------------------------------------------------------- what a killed process leaves
// A journal beside the file: whoever comes next takes back what it holds, also to read only.
TEST_F(WayBack, aJournalThatAKilledProcessLeft) {
  putSound();
  ASSERT_EQ(cambium("apply -q", "shop").exit, 0);
  sql("with recursive n(i) as (values (1) union all select i + 1 from n where i < 4000) "
      "insert into \\\"order\\\" select i, 'abcdefghijklmnopqrstuvwxyz' from n");
  // The copies are the files of a transaction that nobody ends: too large for its cache, so that
  // part of it is in the file already.
  put("shop/leave.sql",
      "pragma cache_size = 5;\nbegin;\nupdate \"order\" set title = 'half done';\n"
      ".shell cp shop.db left.db\n.shell cp shop.db-journal left.db-journal\nrollback;\n");
  ASSERT_EQ(
      std::system(("cd '" + (root_ / "shop").string() + "' && sqlite3 shop.db <leave.sql").c_str()),
      0);
  for (const char* command : {"status", "plan", "drift --exit-code", "apply -q"}) {
    for (const char* ending : {".db", ".db-journal"})
      fs::copy_file(root_ / "shop" / ("left" + std::string(ending)),
                    root_ / "shop" / ("shop" + std::string(ending)),
                    fs::copy_options::overwrite_existing);
    const Ended run = cambium(command, "shop");
    EXPECT_EQ(run.exit, 0) << command << "\n" << run.out << run.err;
    EXPECT_FALSE(fs::exists(root_ / "shop/shop.db-journal")) << command;
  }
  EXPECT_EQ(std::system(("cd '" + (root_ / "shop").string() +
                         "' && test $(sqlite3 shop.db \"select count(*) from \\\"order\\\" where "
                         "title = 'half done'\") = 0")
                            .c_str()),
            0);
}

// ---------------------------------------------------------------- mistakes in the working folder
TEST_F(WayBack, statusShowsWhatRunsBesideMistakes) {
  putSound();
  ASSERT_EQ(cambium("apply -q", "shop").exit, 0);
  put("shop/order.cam", "entity Order {\n  key id: int64\n  title: strin(40)\n}\n");
  const Ended run = cambium("status", "shop");
  EXPECT_EQ(run.exit, 3);
  EXPECT_NE(run.err.find("error["), std::string::npos) << run.err;
  EXPECT_NE(run.out.find("dev  1.0.0    done"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("cambium check"), std::string::npos) << run.out;
}

TEST_F(WayBack, checkKnowsTheEnvironmentThatItIsGiven) {
  putSound();
  const Ended run = cambium("-e dve check", "shop");
  EXPECT_EQ(run.exit, cambium("-e dve plan", "shop").exit);
  EXPECT_NE(run.err.find("error[CFG058]: there is no environment `dve`"), std::string::npos)
      << run.err;
}

}  // namespace
}  // namespace cambium::testing
