// Files that somebody changed, cut off or locked up: whatever byte it is, it is noticed before
// anything is done.
#include "tests/cli/snapshot.h"

namespace cambium::testing {
namespace {

class Tampered : public Snapshot {
protected:
  // Fails as said, says no more than a screen of text, and changes nothing. `text` begins a line.
  Ended expectRefused(const std::string& arguments, int exit, const std::string& text,
                      const std::string& environment = "") const {
    const auto before = files();
    const Ended run = cambium(arguments, "", environment);
    EXPECT_EQ(run.exit, exit) << arguments << "\n" << run.out << run.err;
    EXPECT_NE(("\n" + run.out + run.err).find("\n" + text), std::string::npos)
        << arguments << "\n"
        << (run.out + run.err).substr(0, 2000);
    EXPECT_LT(run.out.size() + run.err.size(), 5000u) << arguments;
    expectUnchanged(before, arguments);
    return run;
  }
};

// ---------------------------------------------------------------- what was sealed
TEST_F(Tampered, everyByteOfASealedVersionCounts) {
  ASSERT_EQ(cambium("seal -q").exit, 0);
  const std::string sealed = get("versions/1.0.0.json");
  putSecond();
  for (size_t at = 0; at < sealed.size(); at += 7) {
    std::string other = sealed;
    other[at] = static_cast<char>(other[at] ^ 1);
    put("versions/1.0.0.json", other);
    const Ended run = cambium("check");
    EXPECT_EQ(run.exit, 1) << at << run.out;
    const std::string said = run.out + run.err;
    const bool known =
        said.rfind("error[CFG053]: `versions/1.0.0.json` was changed after", 0) == 0 ||
        said.rfind("error[CFG054]: `versions/1.0.0.json` is not a sealed", 0) == 0 ||
        said.rfind("error[CFG055]: `versions/1.0.0.json` holds `", 0) == 0;
    EXPECT_TRUE(known) << at << ": " << sealed[at] << " is " << other[at] << "\n" << said;
  }
  for (const size_t length : {size_t{0}, size_t{1}, sealed.size() / 2, sealed.size() - 2}) {
    put("versions/1.0.0.json", sealed.substr(0, length));
    for (const char* command : {"check", "seal", "plan", "apply", "diff"})
      expectRefused(command, 1, "error[CFG05");
  }
  put("versions/1.0.0.json", sealed);
  EXPECT_EQ(cambium("check -q").exit, 0);
}

TEST_F(Tampered, everyByteOfAPlanCounts) {
  putBoth(3);
  ASSERT_EQ(cambium("plan -o p.plan -q").exit, 0);
  const std::string plan = get("p.plan");
  const auto before = files();
  for (size_t at = 0; at < plan.size(); at += 1 + plan.size() / 150) {
    std::string other = plan;
    other[at] = static_cast<char>(other[at] ^ 1);
    put("p.plan", other);
    const Ended run = cambium("apply p.plan");
    EXPECT_EQ(run.exit, 1) << at << run.out << run.err;
    const bool known =
        run.err.rfind("error[RUN054]: `p.plan` is not a plan: ", 0) == 0 ||
        run.err.rfind("error[RUN055]: the plan `p.plan` was changed after it was made\n", 0) == 0;
    EXPECT_TRUE(known) << at << ": " << plan[at] << " is " << other[at] << "\n" << run.err;
  }
  put("p.plan", plan);
  expectUnchanged(before, "apply of changed plans");
  for (const size_t length : {size_t{0}, size_t{1}, plan.size() / 2, plan.size() - 2}) {
    put("p.plan", plan.substr(0, length));
    expectRefused("apply p.plan", 1, "error[RUN054]: `p.plan` is not a plan: ");
  }
  put("p.plan", plan);
  EXPECT_EQ(cambium("apply p.plan -q").exit, 0);
}

// ---------------------------------------------------------------- plans that do not fit
TEST_F(Tampered, plansForSomethingElse) {
  putBoth(3);
  ASSERT_EQ(cambium("plan -o p.plan -q").exit, 0);
  const std::string package = get("package.cam");

  // Another environment of the package, whose database is another one.
  put("package.cam", package + "environment test { url \"sqlite://test.db\" }\n");
  expectRefused("apply p.plan -e test", 6,
                "error[RUN056]: the plan is for environment `dev`, this is `test`\n  └ help: make "
                "a plan for this one: `cambium plan`\n");
  put("package.cam", package);

  // Under the same name another database: one of nobody, and one of another package.
  fs::rename(root_ / "shop.db", root_ / "ours.db");
  sqlite("shop.db", "create table thing (id integer primary key)");
  expectRefused("apply p.plan", 6,
                "error[RUN073]: the plan does not fit the database: the plan starts from shop "
                "1.0.0; active in this database is no version of it: plan again\n");
  fs::remove(root_ / "shop.db");

  // The database has moved on to the version, by another plan with another way to it.
  fs::copy_file(root_ / "ours.db", root_ / "shop.db");
  const std::string order = get("order.cam");
  putVersion("1.1.0", "  note: text?\n}\n");
  ASSERT_EQ(cambium("apply -q").exit, 0);
  put("order.cam", order);
  const Ended stale = expectRefused("apply p.plan", 6,
                                    "error[RUN073]: the plan does not fit the database: the plan "
                                    "starts from shop 1.0.0; active in this database is 1.1.0: "
                                    "plan again\n");
  EXPECT_EQ(stale.err.find("Stale"), std::string::npos);
}

// ---------------------------------------------------------------- databases
TEST_F(Tampered, aDatabaseCutOffAnywhere) {
  putBoth(600);
  const std::string whole = get("shop.db");
  ASSERT_GT(whole.size(), size_t{64} << 10);
  // (A file of no byte, or of one, is an empty database to the engine.)
  std::vector<size_t> lengths{15, 16, 99, 100, 511, 512, 1024, 4095};
  // (The last page may be a free one, which nobody misses.)
  for (size_t length = 4096; length + 8192 < whole.size(); length += 4096) {
    lengths.push_back(length);
    lengths.push_back(length + 1000);
  }
  for (const size_t length : lengths) {
    put("shop.db", whole.substr(0, length));
    const std::string cut = get("shop.db");
    for (const char* command : {"plan", "apply", "drift", "undo", "pull sqlite://shop.db -o p"}) {
      const Ended run = cambium(command);
      EXPECT_EQ(run.exit, 1) << command << " of " << length << " bytes\n" << run.out << run.err;
      const bool known =
          run.err.find("error[RUN051]: `sqlite://shop.db` is not a database") !=
              std::string::npos ||
          run.err.find("error[RUN067]: the database `sqlite://shop.db` is damaged: ") !=
              std::string::npos;
      EXPECT_TRUE(known) << command << " of " << length << " bytes\n" << run.err;
      EXPECT_TRUE(get("shop.db") == cut) << command << " wrote to " << length << " bytes";
      EXPECT_FALSE(fs::exists(root_ / "shop.db-journal") || fs::exists(root_ / "p")) << command;
    }
  }
  put("shop.db", whole);
  EXPECT_EQ(cambium("apply -q").exit, 0);
}

TEST_F(Tampered, aFolderThatMayOnlyBeRead) {
  putBoth(10);
  ASSERT_EQ(cambium("plan -o p.plan -q").exit, 0);
  put("ugly/x.cam", "entity   X {\n  key id: int64\n}\n");
  for (const char* folder : {".", "ugly", "versions"})
    fs::permissions(root_ / folder, fs::perms::owner_read | fs::perms::owner_exec);
  put(".out", "");  // made before the folder was locked
  // What only reads works.
  for (const char* command : {"check", "plan", "status", "drift", "apply --dry-run"})
    EXPECT_EQ(cambium(command, "", asUser()).exit, 0) << command;
  const std::string readOnly =
      "error[RUN052]: the database `sqlite://shop.db` can only be read: attempt to write a "
      "readonly database\n";
  for (const char* command : {"apply", "apply p.plan", "undo --yes"}) {
    const Ended run = expectRefused(command, 1, readOnly, asUser());
    EXPECT_NE(run.err.find("help: give yourself the right to write to it and to its folder\n"),
              std::string::npos)
        << run.err;
  }
  expectRefused("seal", 1,
                "error[CFG065]: `versions/1.1.0.json` cannot be written: permission denied\n",
                asUser());
  expectRefused("plan -o q.plan", 1,
                "error[CFG065]: `q.plan` cannot be written: permission denied\n", asUser());
  expectRefused("fmt ugly/x.cam", 1,
                "error[CFG065]: `ugly/x.cam` cannot be written: permission denied\n", asUser());
  expectRefused("build -o out", 1, "error[CFG065]: `out` cannot be written: Permission denied\n",
                asUser());
  expectRefused("init fresh", 1, "error[CFG065]: `fresh` cannot be written: Permission denied\n",
                asUser());
  expectRefused("pull sqlite://shop.db -o pulled", 1,
                "error[CFG065]: `pulled` cannot be written: Permission denied\n", asUser());
  for (const char* folder : {".", "ugly", "versions"})
    fs::permissions(root_ / folder, fs::perms::owner_all);
  EXPECT_EQ(cambium("apply p.plan -q").exit, 0);
}

TEST_F(Tampered, aDatabaseThatMayNotBeReadAtAll) {
  putBoth(3);
  const auto before = files();
  fs::permissions(root_ / "shop.db", fs::perms::none);
  for (const char* command : {"plan", "apply", "status", "drift", "undo", "resume", "adopt",
                              "pull sqlite://shop.db -o pulled"}) {
    const Ended run = cambium(command, "", asUser());
    EXPECT_EQ(run.exit, 1) << command;
    EXPECT_EQ(run.err.rfind("error[RUN050]: the database `sqlite://shop.db` cannot be opened: "
                            "shop.db: Permission denied\n",
                            0),
              0u)
        << command << run.err;
  }
  fs::permissions(root_ / "shop.db", fs::perms::owner_read | fs::perms::owner_write);
  expectUnchanged(before, "commands on a database without rights");
}

// ---------------------------------------------------------------- model files
// The same bytes in the file that says which package it is: it is a mistake of that file, not a
// folder without a package.
TEST_F(Tampered, badBytesInThePackageFile) {
  const std::string package = get("package.cam");
  put("package.cam", package + "// \xe9\n");
  for (const char* command : {"check", "seal", "plan", "apply", "build"})
    expectRefused(command, 3,
                  "error[SYN018]: the file is not UTF-8: the byte 0xE9 belongs to no character\n  "
                  "┌ package.cam:4:4\n");
  put("package.cam", package + "// \xe2\x80\xae\n");
  for (const char* command : {"check", "seal", "plan", "apply", "build"})
    expectRefused(command, 3,
                  "error[SYN019]: the text holds the bidirectional character U+202E\n  ┌ "
                  "package.cam:4:4\n");
}

// Ten thousand levels of whatever can be nested are an error in one place, and no stack ends.
TEST_F(Tampered, tenThousandLevelsOfAnything) {
  const auto times = [](const std::string& text) {
    std::string all;
    for (int i = 0; i < 10'000; ++i) all += text;
    return all;
  };
  std::string groups;
  for (int i = 0; i < 10'000; ++i) groups += "group g" + std::to_string(i) + " { ";
  const std::pair<std::string, int> kTable[] = {
      {"  check " + times("(") + "id > 0\n", 256},
      {"  check " + times("(") + "id > 0" + times(")") + "\n", 256},
      {"  check " + times("not ") + "(id > 0)\n", 1000},
      {"  check " + times("- ") + "id > 0\n", 1000},
      {"  check id" + times(" + 1") + " > 0\n", 1000},
      {"  check id > 0" + times(" and id > 0") + "\n", 1000},
      {"  check id" + times(".id") + " > 0\n", 1000},
      {"  " + groups + "\n", 256},
  };
  for (const auto& [member, most] : kTable) {
    put("order.cam", "entity Order {\n  key id: int64\n" + member + "}\n");
    for (const char* command : {"check", "fmt"})
      expectRefused(command, 3,
                    "error[SYN021]: this is nested more than " + std::to_string(most) +
                        " levels deep\n  ┌ order.cam:3:");
  }
}

}  // namespace
}  // namespace cambium::testing
