// `undo`, `resume`, `kept` and `purge` do what the database has recorded: mistakes in the working
// folder stop them only where they may concern the environment itself.
#include "tests/cli/order_package.h"

namespace cambium::testing {
namespace {

class ModelWithErrors : public OrderPackage {
protected:
  std::string planState() const {
    return sql("select plan_state from cambium_plan order by plan_id desc limit 1");
  }
  void expectRefused(const std::string& arguments, const std::string& words) const {
    const Ended run = cambium(arguments);
    EXPECT_EQ(run.exit, 3) << arguments << "\n" << run.err;
    EXPECT_NE(run.err.find(words), std::string::npos) << arguments << "\n" << run.err;
    EXPECT_EQ(run.err.find("warning: the model has"), std::string::npos) << run.err;
  }
};

constexpr char kSaid[] =
    "warning: the model has 1 error, which `cambium check` shows: what is done here is what the "
    "database has recorded\n";

TEST_F(ModelWithErrors, undo) {
  putFirst();
  putOrder("  note: text?\n");
  ASSERT_EQ(cambium("apply -q").exit, 0);
  putOrder("  note: txt?\n");
  const Ended run = cambium("undo");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.err.find(kSaid), 0u) << run.err;
  EXPECT_EQ(planState(), "undone\n");
  EXPECT_EQ(sql("select name from pragma_table_info('order')"), "id\ntitle\n");
}

TEST_F(ModelWithErrors, resume) {
  putFirst();
  putOrder("  check short: length(title) <= 5\n");
  ASSERT_EQ(cambium("apply -q").exit, 1);
  sql("update \\\"order\\\" set title = 'abc'");
  putOrder("  check short: length(titel) <= 5\n");
  const Ended run = cambium("resume");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.err.find(kSaid), 0u) << run.err;
  EXPECT_EQ(planState(), "done\n");
}

// What was not read might be another environment: which one is meant has to be said then.
TEST_F(ModelWithErrors, aFileThatCannotBeRead) {
  putFirst();
  putOrder("  note: text?\n");
  ASSERT_EQ(cambium("apply -q").exit, 0);
  putOrder("  note: = {{\n");
  expectRefused("undo",
                "help: what the database has recorded is enough for this, where you say which "
                "environment it is: `-e dev`\n");
  EXPECT_EQ(planState(), "done\n");
  const Ended run = cambium("undo -e dev");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.err.find("warning: the model has "), 0u) << run.err;
  EXPECT_EQ(planState(), "undone\n");
}

TEST_F(ModelWithErrors, anEnvironmentWithErrors) {
  putFirst();
  putOrder("  note: text?\n");
  ASSERT_EQ(cambium("apply -q").exit, 0);
  const auto putEnvironment = [&](const std::string& text) {
    put("package.cam", "package shop version \"1.1.0\"\n\n" + text);
  };
  const std::string url = "url \"sqlite://shop.db\"";
  // A word in it that is none.
  putEnvironment("environment dev { " + url + "  destructive alow }\n");
  for (const char* command : {"undo", "undo -e dev", "resume -e dev", "kept", "purge"})
    expectRefused(command, "error[CFG005]");
  // Part of it is not read.
  putEnvironment("environment dev { " + url + "  destructive }\n");
  for (const char* command : {"undo", "undo -e dev"}) expectRefused(command, "error[SYN");
  // Nobody knows which of the two.
  putEnvironment("environment dev { " + url + " }\nenvironment dev { url \"sqlite://b.db\" }\n");
  for (const char* command : {"undo", "undo -e dev"}) expectRefused(command, "error[NAM001]");
  // A name that it does not have, in a model with errors.
  putPackage("1.1.0");
  putOrder("  note: txt?\n");
  expectRefused("undo -e prod", "error[REF002]");
  // The package's name is what the database is asked for.
  put("package.cam", "package shop version \"1.x\"\n\nenvironment dev { " + url + " }\n");
  putOrder("  note: text?\n");
  expectRefused("undo -e dev", "error[");
  EXPECT_EQ(planState(), "done\n");
}

// Another environment's mistake is none of this one.
TEST_F(ModelWithErrors, anotherEnvironmentWithErrors) {
  putFirst();
  putOrder("  note: text?\n");
  ASSERT_EQ(cambium("apply -q").exit, 0);
  put("package.cam",
      "package shop version \"1.1.0\"\n\nenvironment dev { url \"sqlite://shop.db\" }\n"
      "environment prod { url \"sqlite://prod.db\"  promote from dve }\n");
  expectRefused("undo -e prod", "error[REF010]");
  const Ended run = cambium("undo -e dev");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(planState(), "undone\n");
}

TEST_F(ModelWithErrors, whatIsKept) {
  const auto putSoaked = [&](const std::string& version) {
    put("package.cam", "package shop version \"" + version +
                           "\"\n\nenvironment dev { url \"sqlite://shop.db\"  destructive allow  "
                           "soak 7d }\n");
  };
  putFirst();
  putSoaked("1.1.0");
  put("order.cam",
      "entity Order {\n  key id: int64\n}\n"
      "migration from \"1.0.0\" to \"1.1.0\" { approve drop Order.title \"not used\" }\n");
  ASSERT_EQ(cambium("apply -q --yes").exit, 0);
  putOrder("  note: txt?\n");
  Ended run = cambium("kept");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.err.find(kSaid), 0u) << run.err;
  EXPECT_NE(run.out.find("Order.title"), std::string::npos) << run.out;
  run = cambium("purge --now --yes");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.out.find("1 thing removed"), std::string::npos) << run.out;
}

}  // namespace
}  // namespace cambium::testing
