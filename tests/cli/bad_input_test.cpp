// Inputs that are not what they should be: files, environments, databases, plans. The message, the
// exit code, and that nothing was lost or half-written.
#include <map>

#include "tests/cli/cli_fixture.h"

namespace cambium::testing {
namespace {

class BadInput : public Cli {
protected:
  void SetUp() override {
    Cli::SetUp();
    put("package.cam",
        "package shop version \"1.0.0\"\n\nenvironment dev { url \"sqlite://shop.db\"  destructive "
        "allow }\n");
    put("order.cam", "entity Order {\n  key id: int64\n  title: string(40)\n}\n");
  }
  void sql(const std::string& statement) const {
    const std::string command =
        "sqlite3 '" + (root_ / "shop.db").string() + "' \"" + statement + "\"";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  // 1.0.0 applied with rows, 1.1.0 in the folder: it rebuilds the table.
  void putTwo(int rows) const {
    ASSERT_EQ(cambium("seal -q").exit, 0);
    ASSERT_EQ(cambium("apply -q").exit, 0);
    sql("with recursive n(i) as (select 1 union all select i + 1 from n where i < " +
        std::to_string(rows) +
        ") insert into \\\"order\\\" select i, 'the title of row ' || i from n");
    put("package.cam",
        "package shop version \"1.1.0\"\n\nenvironment dev { url \"sqlite://shop.db\"  destructive "
        "allow }\n");
    put("order.cam",
        "entity Order {\n  key id: int64\n  title: string(40)\n  code: string(60)\n}\n"
        "migration from \"1.0.0\" to \"1.1.0\" { fill Order.code = title }\n");
  }
  // Every file below the folder (but what the fixture keeps there), with its bytes.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      const std::string name = fs::relative(entry.path(), root_).string();
      if (entry.is_regular_file() && name != ".out" && name != ".err")
        out[name] = readFile(entry.path());
    }
    return out;
  }
  std::string dump(const std::string& query) const {
    const std::string out = (root_ / ".err").string();
    const std::string command =
        "sqlite3 '" + (root_ / "shop.db").string() + "' \"" + query + "\" > '" + out + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return readFile(out);
  }
  // Fails as said, and changes no file.
  void expectRefused(const std::string& arguments, int exit, const std::string& text,
                     const std::string& environment = "") const {
    const auto before = files();
    const Ended run = cambium(arguments, "", environment);
    EXPECT_EQ(run.exit, exit) << arguments << "\n" << run.out << run.err;
    const std::string said = run.out + run.err;
    EXPECT_NE(said.find(text), std::string::npos) << arguments << "\n" << said.substr(0, 2000);
    EXPECT_LT(said.size(), 5000u) << arguments;
    const auto after = files();
    for (const auto& [name, bytes] : after) {
      if (before.count(name) && before.at(name) == bytes) continue;
      // The lease is written before anything is looked at.
      EXPECT_EQ(name, "shop.db") << arguments;
      put("before.db", before.count(name) ? before.at(name) : "");
      EXPECT_EQ(withoutLease("shop.db"), withoutLease("before.db")) << arguments;
      fs::remove(root_ / "before.db");
    }
    EXPECT_EQ(before.size(), after.size()) << arguments;
  }
  std::string withoutLease(const std::string& database) const {
    const std::string out = (root_ / ".err").string();
    EXPECT_EQ(std::system(("sqlite3 '" + (root_ / database).string() +
                           "' .dump | grep -v 'INSERT INTO cambium_lease' > '" + out + "'")
                              .c_str()),
              0);
    return readFile(out);
  }
};

// ---------------------------------------------------------------- model files
TEST_F(BadInput, filesThatAreNoText) {
  const std::pair<std::string, std::string> kTable[] = {
      {"entity A { key id: int64 }\xff\n",
       "error[SYN018]: the file is not UTF-8: the byte 0xFF belongs to no character\n  ┌ "
       "bad.cam:1:27\n"},
      {std::string("entity A { key id: int64 }\0\n", 28), "error[SYN019]: "},
      {"// \xe2\x80\xae hi\nentity A { key id: int64 }\n",
       "error[SYN019]: the text holds the bidirectional character U+202E\n  ┌ bad.cam:1:4\n"},
      {"entity A { key id: int64 check " + std::string(10000, '(') + "id > 0" +
           std::string(10000, ')') + " }\n",
       "error[SYN021]: this is nested more than 256 levels deep\n  ┌ bad.cam:1:287\n"},
      {"// " + std::string(20'000'000, 'x') + "\n",
       "error[SYN020]: the file has 20000004 bytes, more than the 16777216 that are read\n  ┌ "
       "bad.cam:1:1\n"},
  };
  for (const auto& [text, message] : kTable) {
    put("bad.cam", text);
    for (const char* command : {"check", "fmt", "seal", "apply"})
      expectRefused(command, 3, message);
  }
}

// What it says of its other lines is a guess, however many other characters are in the way before.
TEST_F(BadInput, noFixIsAppliedToWhatIsNotUtf8) {
  std::string many;
  for (int i = 0; i < 300; ++i) many += "// \xe2\x80\xae\n";
  for (const std::string& before : {std::string(), many}) {
    const std::string text = before + "entity A { key id: int64; }\n// \xff\n";
    put("bad.cam", text);
    const Ended run = cambium("check --fix");
    EXPECT_EQ(run.exit, 3) << run.out;
    if (before.empty()) {
      EXPECT_NE(run.out.find("error[SYN018]"), std::string::npos) << run.out.substr(0, 2000);
    }
    EXPECT_EQ(get("bad.cam"), text);
  }
}

// Several mistakes of one run are reported together, and nothing is formatted, sealed or applied.
TEST_F(BadInput, syntaxErrorsInTenPlaces) {
  put("package.cam", "package shop version 1.0.0\nenvironment dev { url }\n");
  put("order.cam",
      "entity Order {\n  key id int64\n  title: string(40\n  note: 'x'\n  a: int32 b: = 3\n"
      "  check a <> 1\n  check a +\n  unique (a b)\n}\nenum E { a; b }\n"
      "migration from \"1\" { rename A.b => c }\n");
  const Ended run = cambium("check");
  EXPECT_EQ(run.exit, 3);
  size_t errors = 0;
  for (size_t at = 0; (at = run.out.find("error[SYN", at)) != std::string::npos; ++at) ++errors;
  EXPECT_GE(errors, 10u) << run.out;
  EXPECT_EQ(run.out.find("mismatched"), std::string::npos);
  EXPECT_EQ(run.out.find("extraneous"), std::string::npos);
  for (const char* command : {"fmt", "seal", "apply", "plan"})
    expectRefused(command, 3, "error[SYN");
}

TEST_F(BadInput, anUnknownEnvironment) {
  for (const char* command : {"plan -e de", "apply -e de", "status -e de", "drift -e de"})
    expectRefused(command, 2,
                  "error[CFG058]: there is no environment `de`\n  └ help: did you mean `dev`?\n");
}

// ---------------------------------------------------------------- databases
TEST_F(BadInput, filesThatAreNoDatabase) {
  put("shop.db", "hello, this is a text\n");
  for (const char* command : {"plan", "apply", "drift", "adopt", "undo", "resume", "status"})
    expectRefused(command, 1, "error[RUN051]: `sqlite://shop.db` is not a database");
  fs::remove(root_ / "shop.db");
  ASSERT_EQ(cambium("apply -q").exit, 0);
  put("shop.db", get("shop.db").substr(0, 6000));
  for (const char* command : {"plan", "apply", "drift", "undo"})
    expectRefused(command, 1, "error[RUN067]: the database `sqlite://shop.db` is damaged: ");
  fs::remove(root_ / "shop.db");
  fs::create_directory(root_ / "shop.db");
  expectRefused("apply", 1,
                "error[RUN050]: the database `sqlite://shop.db` cannot be opened: shop.db: is a "
                "directory\n");
}

TEST_F(BadInput, aDatabaseThatMayOnlyBeRead) {
  putTwo(10);
  fs::permissions(root_ / "shop.db", fs::perms::owner_read);
  // Reading works.
  EXPECT_EQ(cambium("plan", "", asUser()).exit, 0);
  EXPECT_EQ(cambium("status", "", asUser()).exit, 0);
  expectRefused("apply", 1,
                "error[RUN052]: the database `sqlite://shop.db` can only be read: ", asUser());
  fs::permissions(root_ / "shop.db", fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(cambium("apply -q").exit, 0);
}

TEST_F(BadInput, aDatabaseLockedBySomebodyElse) {
  putTwo(10);
  // A transaction of another program, held while the tool runs.
  const std::string database = (root_ / "shop.db").string();
  FILE* other = ::popen(("sqlite3 '" + database + "' >/dev/null").c_str(), "w");
  ASSERT_NE(other, nullptr);
  std::fputs("begin exclusive;\n\n", other);
  std::fputs((".shell touch '" + (root_ / "locked").string() + "'\n").c_str(), other);
  std::fflush(other);
  for (int i = 0; i < 500 && !fs::exists(root_ / "locked"); ++i) ::usleep(10'000);
  put("package.cam",
      "package shop version \"1.1.0\"\n\nenvironment dev { url \"sqlite://shop.db\"  destructive "
      "allow  lock timeout 50ms retries 1 }\n");
  expectRefused("apply", 8, "error[RUN057]: the database `sqlite://shop.db` is locked");
  ::pclose(other);
  EXPECT_EQ(cambium("apply -q").exit, 0);
}

// What the disk refuses is taken back; what was done before stands, and the run goes on later.
TEST_F(BadInput, aFullDisk) {
  putTwo(20'000);
  const std::string rows = dump("select count(*), sum(id), sum(length(title)) from \\\"order\\\"");
  const auto kilobytes = fs::file_size(root_ / "shop.db") / 1024;
  // No file may grow beyond this; the signal is ignored, so that the write itself fails.
  const std::string limited = "sh -c \"trap '' XFSZ; ulimit -f " + std::to_string(kilobytes * 2) +
                              "; exec \\\"\\$0\\\" \\\"\\$@\\\"\"";
  const Ended full = cambium("apply", "", limited);
  EXPECT_TRUE(full.exit == 7 || full.exit == 1) << full.exit << full.err;
  EXPECT_NE(full.err.find("error["), std::string::npos) << full.err;
  EXPECT_EQ(dump("pragma integrity_check"), "ok\n");
  EXPECT_EQ(dump("select count(*), sum(id), sum(length(title)) from \\\"order\\\""), rows);
  const Ended done = cambium(full.exit == 7 ? "resume" : "apply");
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(dump("select count(*), sum(id), sum(length(title)) from \\\"order\\\""), rows);
  EXPECT_EQ(dump("select count(*) from \\\"order\\\" where code is not title"), "0\n");
  EXPECT_EQ(cambium("drift --exit-code").exit, 0);
}

// ---------------------------------------------------------------- plans
TEST_F(BadInput, plansThatDoNotFit) {
  putTwo(10);
  ASSERT_EQ(cambium("plan -o p.plan -q").exit, 0);
  const std::string plan = get("p.plan");
  put("cut.plan", plan.substr(0, plan.size() / 2));
  expectRefused("apply cut.plan", 1, "error[RUN054]: `cut.plan` is not a plan: ");
  std::string changed = plan;
  changed.replace(changed.find("order.code"), 10, "order.kode");
  put("changed.plan", changed);
  expectRefused("apply changed.plan", 1,
                "error[RUN055]: the plan `changed.plan` was changed after it was made");
  // The database moved on since the plan was made.
  sql("create index by_hand on \\\"order\\\" (title)");
  expectRefused("apply p.plan", 6, "error[RUN073]: the plan does not fit the database: ");
  sql("drop index by_hand");
  EXPECT_EQ(cambium("apply p.plan -q").exit, 0);
  // Once more: there is nothing left to do, and that is no error.
  EXPECT_EQ(cambium("apply p.plan").exit, 0);
  // The same plan for a database that is somewhere else.
  fs::remove(root_ / "shop.db");
  ASSERT_EQ(cambium("apply -q").exit, 0);
  // No database: a plan that starts from a version makes none.
  fs::remove(root_ / "shop.db");
  expectRefused("apply p.plan", 1,
                "error[RUN050]: the database `sqlite://shop.db` cannot be opened: shop.db: no such "
                "file\n");
}

}  // namespace
}  // namespace cambium::testing
