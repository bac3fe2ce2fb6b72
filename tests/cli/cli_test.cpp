// The binary as a person (and a script) meets it: exact output on stdout and stderr, exit codes,
// files.
#include "tests/cli/cli_fixture.h"
#include "tests/support/places.h"

namespace cambium::testing {
namespace {

// ---------------------------------------------------------------- the command line itself
TEST_F(Cli, withoutACommandItHelps) {
  const Ended run = cambium("");
  EXPECT_EQ(run.exit, 0);
  EXPECT_NE(run.out.find("cambium COMMAND"), std::string::npos);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(cambium("help").out, run.out);
  EXPECT_EQ(cambium("--help").out, run.out);
}

TEST_F(Cli, everyCommandHasHelpInTwoWays) {
  for (const char* command :
       {"init", "check", "fmt", "build", "seal", "diff", "plan", "apply", "status", "undo",
        "resume", "pull", "import", "adopt", "drift", "explain", "help", "version"}) {
    const Ended run = cambium(std::string(command) + " --help");
    EXPECT_EQ(run.exit, 0) << command;
    EXPECT_EQ(run.out.rfind(std::string("cambium ") + command + ": ", 0), 0u) << run.out;
    EXPECT_EQ(cambium(std::string("help ") + command).out, run.out);
  }
}

TEST_F(Cli, unknownWordsGetASuggestion) {
  Ended run = cambium("aply");
  EXPECT_EQ(run.exit, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "error: there is no command `aply`\nhelp: did you mean `apply`?\n");
  run = cambium("plan --explian 3");
  EXPECT_EQ(run.exit, 2);
  EXPECT_EQ(run.err, "error: `plan` has no flag `--explian`\nhelp: did you mean `--explain`?\n");
  run = cambium("check --color=alway");
  EXPECT_EQ(run.err, "error: `alway` is no value of `--color`\nhelp: did you mean `always`?\n");
  run = cambium("help plna");
  EXPECT_EQ(run.exit, 2);
  EXPECT_EQ(run.err, "error: there is no help about `plna`\nhelp: did you mean `plan`?\n");
  EXPECT_EQ(cambium("frobnicate").err,
            "error: there is no command `frobnicate`\nhelp: see `cambium help`\n");
}

TEST_F(Cli, usageErrorsAreExact) {
  EXPECT_EQ(cambium("apply --through").err,
            "error: `--through` wants a value: PHASE\nhelp: see `cambium help apply`\n");
  EXPECT_EQ(cambium("apply --yes=1").err,
            "error: `--yes` takes no value\nhelp: see `cambium help apply`\n");
  EXPECT_EQ(cambium("seal extra").err,
            "error: `extra` is one argument too many for `seal`\nhelp: see `cambium help seal`\n");
  EXPECT_EQ(cambium("init").err, "error: `init` wants NAME\nhelp: see `cambium help init`\n");
  EXPECT_EQ(cambium("-e dev -e prod status").err, "error: `-e` is given twice\n");
  EXPECT_EQ(cambium("status -x").err,
            "error: `status` has no flag `-x`\nhelp: see `cambium help status`\n");
  EXPECT_EQ(cambium("status --format markdown").err,
            "error: `status` has no markdown form\nhelp: it has text, json, jsonl\n");
  EXPECT_EQ(cambium("-C nowhere check").err,
            "error: `nowhere` cannot be entered: No such file or directory\n");
}

TEST_F(Cli, usageErrorsAreJsonWhereJsonWasAskedFor) {
  const Ended run = cambium("aply --format json");
  EXPECT_EQ(run.exit, 2);
  EXPECT_EQ(run.out,
            "{\"outcome\":\"usage\",\"exit\":2,\"diagnostics\":[],\"message\":\"there is no "
            "command `aply`\"}\n");
}

TEST_F(Cli, exitCodesAreOneTable) {
  const Ended run = cambium("help exit-codes");
  EXPECT_EQ(run.exit, 0);
  for (const char* row : {"  0  ok", "  1  failed", "  2  usage", "  3  findings", "  4  changes",
                          "  5  not-approved", "  6  stale", "  7  partial", "  8  busy",
                          " 70  internal", "130, 141, 143"})
    EXPECT_NE(run.out.find(row), std::string::npos) << row;
  EXPECT_EQ(cambium("help environment").exit, 0);
  EXPECT_EQ(cambium("help formats").exit, 0);
}

TEST_F(Cli, version) {
  const Ended run = cambium("version");
  EXPECT_EQ(run.exit, 0);
  EXPECT_TRUE(std::regex_match(run.out, std::regex("cambium \\d+\\.\\d+\\.\\d+\n"))) << run.out;
  EXPECT_EQ(cambium("--version").out, run.out);
  EXPECT_NE(
      cambium("version --json").out.find("\"dialects\":[\"mariadb\",\"postgres\",\"sqlite\"]"),
      std::string::npos);
}

TEST_F(Cli, aClosedPipeIsAQuietEnd) {
  const std::string command = "bash -c \"set -o pipefail; '" + binaryDir() +
                              "/bin/cambium' explain | true\" 2>'" + (root_ / ".err").string() +
                              "'";
  const int status = std::system(command.c_str());
  EXPECT_TRUE(WEXITSTATUS(status) == 141 || WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
  EXPECT_EQ(readFile(root_ / ".err"), "");
}

TEST_F(Cli, aFullDeviceIsAFailure) {
  const int status =
      std::system(("'" + binaryDir() + "/bin/cambium' help >/dev/full 2>/dev/null").c_str());
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

// ---------------------------------------------------------------- check
TEST_F(Cli, checkShowsTheMistake) {
  putMistake();
  const Ended run = cambium("check", "shop");
  EXPECT_EQ(run.exit, 3);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out.rfind("error[REF", 0), 0u) << run.out;
  EXPECT_NE(
      run.out.find("┌ order.cam:7:17\n7 │   customer: ref Customr\n  │                 ^^^^^^^"),
      std::string::npos)
      << run.out;
  EXPECT_NE(run.out.find("did you mean `Customer`?"), std::string::npos);
  EXPECT_NE(steady(run.out).find("1 error in 2 files (N ms)"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find('\033'), std::string::npos);  // a pipe gets no colours
}

TEST_F(Cli, coloursAndAscii) {
  putMistake();
  EXPECT_NE(cambium("check", "shop", "FORCE_COLOR=1").out.find("\033[1;31merror"),
            std::string::npos);
  EXPECT_NE(cambium("check --color always", "shop", "NO_COLOR=1").out.find('\033'),
            std::string::npos);
  EXPECT_EQ(cambium("check", "shop", "NO_COLOR=1 FORCE_COLOR=1").out.find('\033'),
            std::string::npos);
  EXPECT_EQ(cambium("check --color never", "shop", "FORCE_COLOR=1").out.find('\033'),
            std::string::npos);
  const Ended ascii = cambium("check --ascii", "shop");
  EXPECT_TRUE(std::all_of(ascii.out.begin(), ascii.out.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  })) << ascii.out;
}

TEST_F(Cli, theWidthIsKept) {
  putMistake();
  put("shop/order.cam",
      "entity Order { key id: int64  " + std::string(120, ' ') + " customer: ref Customr }\n");
  for (const auto& [columns, width] : {std::pair("80", 80u), std::pair("160", 160u)}) {
    const Ended run = cambium("check --ascii", "shop", std::string("COLUMNS=") + columns);
    size_t at = run.out.find('\n') + 1;
    for (int line = 0; line < 3; ++line) {
      const size_t end = run.out.find('\n', at);
      EXPECT_LE(end - at, width + 40u * (line == 2))
          << run.out;  // the words behind the carets may be longer
      at = end + 1;
    }
  }
}

TEST_F(Cli, checkAsJson) {
  putMistake();
  const Ended json = cambium("check --format json", "shop");
  EXPECT_EQ(json.exit, 3);
  EXPECT_EQ(json.out.rfind("{\"outcome\":\"findings\",\"exit\":3,\"diagnostics\":[{\"type\":"
                           "\"diagnostic\",\"code\":\"REF",
                           0),
            0u)
      << json.out;
  EXPECT_NE(json.out.find(
                "\"file\":\"order.cam\",\"range\":{\"start\":{\"line\":7,\"column\":17,\"byte\":"),
            std::string::npos)
      << json.out;
  EXPECT_NE(json.out.find("\"files\":2,\"errors\":1,\"warnings\":0}\n"), std::string::npos)
      << json.out;
  const Ended lines = cambium("check --format jsonl", "shop");
  EXPECT_EQ(lines.exit, 3);
  EXPECT_EQ(lines.out.rfind("{\"type\":\"diagnostic\",", 0), 0u);
  EXPECT_NE(lines.out.find("\n{\"type\":\"outcome\",\"outcome\":\"findings\",\"exit\":3,"),
            std::string::npos)
      << lines.out;
}

TEST_F(Cli, checkFix) {
  putSound();
  put("shop/order.cam", "entity Order {\n  key id: int64;\n  title string(40)\n}\n");
  const Ended run = cambium("check --fix", "shop");
  EXPECT_EQ(run.exit, 0) << run.out;
  EXPECT_EQ(get("shop/order.cam"), "entity Order {\n  key id: int64\n  title: string(40)\n}\n");
  EXPECT_EQ(run.err, "2 fixes applied in 1 file\n");
  EXPECT_EQ(steady(run.out), "no problems in 2 files (N ms)\n");
}

TEST_F(Cli, checkOfASoundPackage) {
  putSound();
  const Ended run = cambium("check", "shop");
  EXPECT_EQ(run.exit, 0);
  EXPECT_EQ(steady(run.out), "no problems in 2 files (N ms)\n");
  EXPECT_EQ(cambium("check -q", "shop").out, "");
  EXPECT_EQ(cambium("-C shop check -q").exit, 0);
}

TEST_F(Cli, aFolderWithoutAPackage) {
  const Ended run = cambium("check");
  EXPECT_EQ(run.exit, 2);
  EXPECT_EQ(run.out.rfind("error[CFG050]: there is no package in `.`\n", 0), 0u) << run.out;
}

TEST_F(Cli, aFileThatCannotBeRead) {
  putSound();
  fs::permissions(root_ / "shop/order.cam", fs::perms::none);
  const Ended run = cambium("check", "shop", asUser());
  EXPECT_EQ(run.exit, 1);
  EXPECT_EQ(run.out.rfind("error[CFG051]: `order.cam` cannot be read: permission denied\n", 0), 0u)
      << run.out;
}

// ---------------------------------------------------------------- fmt
TEST_F(Cli, fmt) {
  putSound();
  put("shop/order.cam", "entity   Order {\n key id:int64 // the number\n}\n");
  Ended run = cambium("fmt --check", "shop");
  EXPECT_EQ(run.exit, 3);
  EXPECT_EQ(run.out, "order.cam\n");
  run = cambium("fmt --diff", "shop");
  EXPECT_EQ(run.exit, 3);
  EXPECT_EQ(run.out,
            "--- order.cam\n+++ order.cam\n@@ -1,3 +1,3 @@\n-entity   Order {\n- key id:int64 // "
            "the number\n+entity Order {\n"
            "+  key id: int64  // the number\n }\n");
  EXPECT_EQ(cambium("fmt", "shop").exit, 0);
  EXPECT_EQ(get("shop/order.cam"), "entity Order {\n  key id: int64  // the number\n}\n");
  run = cambium("fmt --check", "shop");
  EXPECT_EQ(run.exit, 0);
  EXPECT_EQ(run.out, "");
  run = cambium("fmt --stdin-path x.cam < order.cam", "shop");
  EXPECT_EQ(run.exit, 0);
}

TEST_F(Cli, fmtLeavesABrokenFileAlone) {
  putSound();
  put("shop/order.cam", "entity   Order {\n key id int64\n");
  const Ended run = cambium("fmt", "shop");
  EXPECT_EQ(run.exit, 3);
  EXPECT_EQ(get("shop/order.cam"), "entity   Order {\n key id int64\n");
  EXPECT_EQ(run.err.rfind("error[SYN", 0), 0u) << run.err;
}

// ---------------------------------------------------------------- the way of a package
TEST_F(Cli, initThenApplyThenStatus) {
  Ended run = cambium("init shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.out, "shop/model.cam\nshop/package.cam\n");
  EXPECT_EQ(run.err, "next: cd shop && cambium apply\n");
  EXPECT_EQ(cambium("check -q", "shop").exit, 0) << cambium("check", "shop").out;
  EXPECT_EQ(cambium("fmt --check -q", "shop").exit, 0) << cambium("fmt --diff", "shop").out;
  EXPECT_EQ(cambium("plan --exit-code -q", "shop").exit, 4);
  EXPECT_FALSE(fs::exists(root_ / "shop/shop.db"));  // a plan makes nothing
  run = cambium("apply --dry-run", "shop");
  EXPECT_EQ(run.exit, 0);
  EXPECT_FALSE(fs::exists(root_ / "shop/shop.db"));
  run = cambium("apply", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.out.rfind("dev: shop nothing → 0.1.0 is done (", 0), 0u) << run.out;
  EXPECT_TRUE(fs::exists(root_ / "shop/shop.db"));
  run = cambium("apply", "shop");
  EXPECT_EQ(run.exit, 0);
  EXPECT_EQ(run.out, "nothing to do: dev is at shop 0.1.0\n");
  run = cambium("status", "shop");
  EXPECT_EQ(run.exit, 0);
  EXPECT_TRUE(std::regex_search(run.out, std::regex("dev +0\\.1\\.0 +done +none "))) << run.out;
  EXPECT_EQ(cambium("drift --exit-code", "shop").out,
            "no drift: dev is what shop 0.1.0 describes\n");
  EXPECT_EQ(cambium("plan --exit-code", "shop").exit, 0);
}

TEST_F(Cli, initRefusesToOverwrite) {
  put("shop/model.cam", "mine\n");
  const Ended run = cambium("init shop");
  EXPECT_EQ(run.exit, 2);
  EXPECT_EQ(run.err.rfind("error[CFG066]: `shop/model.cam` is there already\n", 0), 0u) << run.err;
  EXPECT_EQ(get("shop/model.cam"), "mine\n");
  EXPECT_FALSE(fs::exists(root_ / "shop/package.cam"));
  EXPECT_EQ(cambium("init my-shop").exit, 2);
  EXPECT_NE(cambium("init my-shop").err.find("for example `my_shop`"), std::string::npos);
}

TEST_F(Cli, sealIsForGood) {
  putSound();
  Ended run = cambium("seal", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(steady(run.out), "shop 1.0.0 is sealed: versions/1.0.0.json (DIGEST)\n");
  const std::string sealed = get("shop/versions/1.0.0.json");
  run = cambium("seal", "shop");
  EXPECT_EQ(run.exit, 0);
  EXPECT_EQ(steady(run.out), "shop 1.0.0 is sealed already (DIGEST)\n");
  put("shop/order.cam", "entity Order {\n  key id: int64\n  title: string(40)\n  note: text?\n}\n");
  run = cambium("seal", "shop");
  EXPECT_EQ(run.exit, 1);
  EXPECT_EQ(run.err.rfind("error[CFG056]", 0), 0u) << run.err;
  EXPECT_NE(run.err.find("note"), std::string::npos);
  EXPECT_EQ(get("shop/versions/1.0.0.json"), sealed);
  EXPECT_EQ(cambium("diff", "shop").exit, 3) << "what is sealed has its version for ever";
  std::string package = get("shop/package.cam");
  package.replace(package.find("1.0.0"), 5, "1.1.0");
  put("shop/package.cam", package);
  EXPECT_EQ(cambium("diff", "shop").exit, 0) << cambium("diff", "shop").err;
  EXPECT_EQ(cambium("diff --exit-code", "shop").exit, 4);
  EXPECT_EQ(cambium("diff 9.9.9 .", "shop").exit, 2);
}

TEST_F(Cli, aTamperedVersionStopsEverything) {
  putSound();
  ASSERT_EQ(cambium("seal", "shop").exit, 0);
  std::string sealed = get("shop/versions/1.0.0.json");
  const size_t at = sealed.find("title");
  ASSERT_NE(at, std::string::npos);
  sealed[at] = 'T';
  put("shop/versions/1.0.0.json", sealed);
  for (const char* command : {"check", "plan", "apply", "seal", "diff"}) {
    const Ended run = cambium(command, "shop");
    EXPECT_EQ(run.exit, 1) << command;
    EXPECT_NE((run.out + run.err)
                  .find("error[CFG053]: `versions/1.0.0.json` was changed after it was sealed"),
              std::string::npos)
        << run.err;
  }
  EXPECT_FALSE(fs::exists(root_ / "shop/shop.db"));
  put("shop/versions/1.0.0.json", "{\"half\":");
  EXPECT_EQ(cambium("check", "shop").exit, 1);
}

TEST_F(Cli, build) {
  putSound();
  const Ended run = cambium("build -o out --depfile out/shop.d", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.out, "out/shop.model.json\nout/shop.sqlite.sql\nout/shop.d\n");
  EXPECT_EQ(get("shop/out/shop.d"),
            "out/shop.model.json out/shop.sqlite.sql : \\\n  order.cam \\\n  package.cam\n");
  EXPECT_NE(get("shop/out/shop.sqlite.sql").find("CREATE TABLE \"order\""), std::string::npos);
  EXPECT_EQ(cambium("build -o out --depfile out/shop.d", "shop").out, "");  // write if changed
  EXPECT_EQ(cambium("build --dialect sqlit", "shop").err,
            "error: there is no dialect `sqlit`\nhelp: did you mean `sqlite`?\n");
}

// ---------------------------------------------------------------- environments and databases
TEST_F(Cli, environments) {
  putSound();
  Ended run = cambium("status -e dve", "shop");
  EXPECT_EQ(run.exit, 2);
  EXPECT_EQ(run.err,
            "error[CFG058]: there is no environment `dve`\n  └ help: did you mean `dev`?\n");
  put("shop/package.cam",
      "package shop version \"1.0.0\"\n\nenvironment dev { url env(\"SHOP_DEV_URL\") }\n");
  run = cambium("plan", "shop");
  EXPECT_EQ(run.exit, 2);
  EXPECT_EQ(run.err.rfind("error[CFG060]: the variable `SHOP_DEV_URL` is not set", 0), 0u)
      << run.err;
  run = cambium("plan", "shop", "SHOP_DEV_URL=sqlit://x.db");
  EXPECT_EQ(run.exit, 2);
  EXPECT_NE(run.err.find("did you mean `sqlite`?"), std::string::npos) << run.err;
  run = cambium("plan", "shop", "SHOP_DEV_URL=x.db");
  EXPECT_EQ(run.exit, 2);
}

TEST_F(Cli, passwordsAreNeverShown) {
  putSound();
  put("shop/package.cam",
      "package shop version \"1.0.0\"\n\nenvironment dev { url env(\"SHOP_DEV_URL\") }\n");
  for (const char* command :
       {"plan", "apply", "status", "drift", "adopt", "undo", "diff env:dev ."})
    for (const char* url : {"sqlite://user:hunter2@nowhere/x/y.db",
                            "nothing://user:hunter2@host/db?password=hunter2"}) {
      const Ended run = cambium(command, "shop", std::string("SHOP_DEV_URL='") + url + "'");
      EXPECT_EQ((run.out + run.err).find("hunter2"), std::string::npos)
          << command << run.out << run.err;
    }
}

TEST_F(Cli, notADatabase) {
  putSound();
  put("shop/shop.db",
      "this is a text and no database, however long one makes it, and it stays one\n");
  for (const char* command : {"plan", "apply", "status", "drift", "adopt"}) {
    const Ended run = cambium(command, "shop");
    EXPECT_EQ(run.exit, 1) << command << run.err;
    EXPECT_NE(run.err.find("error[RUN051]"), std::string::npos) << command << run.err;
  }
  EXPECT_EQ(get("shop/shop.db").substr(0, 14), "this is a text");
}

TEST_F(Cli, aDatabaseThatIsNotThere) {
  putSound();
  for (const char* command : {"resume", "undo", "adopt"}) {
    const Ended run = cambium(command, "shop");
    EXPECT_EQ(run.exit, 1) << command;
    EXPECT_NE(run.err.find("error[RUN050]"), std::string::npos) << run.err;
  }
  EXPECT_FALSE(fs::exists(root_ / "shop/shop.db"));
  EXPECT_EQ(cambium("pull sqlite://none.db").exit, 1);
}

TEST_F(Cli, aForeignDatabaseIsPulledAndAdopted) {
  putSound();
  ASSERT_EQ(std::system(("sqlite3 '" + (root_ / "shop/shop.db").string() +
                         "' 'CREATE TABLE album (id INTEGER PRIMARY KEY, title TEXT NOT NULL)'")
                            .c_str()),
            0);
  Ended run = cambium("plan", "shop");
  EXPECT_EQ(run.exit, 1);
  EXPECT_NE(run.err.find("error[RUN053]"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("cambium adopt"), std::string::npos);
  EXPECT_EQ(cambium("adopt", "shop").exit, 3);
  run = cambium("pull sqlite://shop/shop.db -o pulled --package music");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.out, "pulled/package.cam\npulled/model.cam\n");
  EXPECT_EQ(cambium("check -q", "pulled").exit, 0) << cambium("check", "pulled").out;
  EXPECT_EQ(cambium("adopt", "pulled").exit, 0) << cambium("adopt", "pulled").err;
  EXPECT_EQ(cambium("drift --exit-code", "pulled").exit, 0);
  EXPECT_EQ(cambium("pull sqlite://shop/shop.db -o pulled").exit,
            2);  // never over files that are there
  ASSERT_EQ(
      std::system(
          ("sqlite3 '" + (root_ / "shop/shop.db").string() + "' 'CREATE TABLE extra (x)'").c_str()),
      0);
  run = cambium("drift --exit-code", "pulled");
  EXPECT_EQ(run.exit, 4);
  EXPECT_EQ(run.out, "extra    table extra\n");
}

// ---------------------------------------------------------------- plans
TEST_F(Cli, plansAreForOnePlace) {
  putSound();
  put("other/package.cam",
      "package other version \"1.0.0\"\n\nenvironment dev { url \"sqlite://other.db\" }\n");
  put("other/model.cam", "entity Thing {\n  key id: int64\n}\n");
  ASSERT_EQ(cambium("plan -o p.plan -q", "shop").exit, 0);
  Ended run = cambium("apply ../shop/p.plan", "other");
  EXPECT_EQ(run.exit, 6);
  EXPECT_EQ(run.err.rfind("error[RUN056]: the plan is for package `shop`, this is `other`\n", 0),
            0u)
      << run.err;
  EXPECT_FALSE(fs::exists(root_ / "other/other.db"));

  std::string plan = get("shop/p.plan");
  const size_t at = plan.find("title");
  ASSERT_NE(at, std::string::npos);
  put("shop/changed.plan", plan.replace(at, 5, "titel"));
  run = cambium("apply changed.plan", "shop");
  EXPECT_EQ(run.exit, 1);
  EXPECT_EQ(run.err.rfind("error[RUN05", 0), 0u) << run.err;
  EXPECT_EQ(cambium("apply order.cam", "shop").exit, 1);
  EXPECT_EQ(cambium("apply none.plan", "shop").exit, 1);

  ASSERT_EQ(cambium("apply p.plan", "shop").exit, 0);
  put("shop/order.cam", "entity Order {\n  key id: int64\n  title: string(40)\n  note: text?\n}\n");
  put("shop/package.cam",
      "package shop version \"1.1.0\"\n\nenvironment dev { url \"sqlite://shop.db\" }\n");
  ASSERT_EQ(cambium("plan -o second.plan -q", "shop").exit, 0);
  ASSERT_EQ(cambium("apply", "shop").exit, 0);
  fs::remove(root_ / "shop/shop.db");
  put("shop/shop.db", "");  // the database is another one now
  run = cambium("apply second.plan", "shop");
  EXPECT_EQ(run.exit, 6) << run.err;
  EXPECT_EQ(get("shop/shop.db"), "");
}

TEST_F(Cli, laterEnvironmentsTakeSealedVersionsOnly) {
  putSound();
  put("shop/package.cam",
      "package shop version \"1.0.0\"\n\nenvironment dev { url \"sqlite://dev.db\" }\n\n"
      "environment prod {\n  url \"sqlite://prod.db\"\n  promote from dev\n}\n");
  Ended run = cambium("apply -e prod", "shop");
  EXPECT_EQ(run.exit, 5);
  EXPECT_NE(run.err.find("error[CFG063]"), std::string::npos) << run.err;
  EXPECT_FALSE(fs::exists(root_ / "shop/prod.db"));
  ASSERT_EQ(cambium("seal", "shop").exit, 0);
  EXPECT_EQ(cambium("apply -e prod", "shop").exit, 0);
  EXPECT_TRUE(fs::exists(root_ / "shop/prod.db"));
}

TEST_F(Cli, deletingWantsConsent) {
  putSound();
  ASSERT_EQ(cambium("seal -q", "shop").exit, 0);
  ASSERT_EQ(cambium("apply -q", "shop").exit, 0);
  put("shop/package.cam",
      "package shop version \"1.1.0\"\n\nenvironment dev { url \"sqlite://shop.db\" }\n");
  put("shop/order.cam", "entity Order {\n  key id: int64\n}\n");
  put("shop/migration.cam",
      "migration from \"1.0.0\" to \"1.1.0\" {\n  approve drop Order.title \"not used\"\n}\n");
  Ended run = cambium("apply", "shop");
  EXPECT_EQ(run.exit, 5) << run.err;
  EXPECT_NE(run.err.find("error[RUN061]"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("--yes"), std::string::npos);
  run = cambium("apply --through switch", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  run = cambium("status", "shop");
  EXPECT_NE(run.out.find("1.0.0"), std::string::npos);
  EXPECT_NE(run.out.find("switched"), std::string::npos) << run.out;
  EXPECT_EQ(cambium("plan", "shop").exit, 1);  // a plan is under way
  run = cambium("undo", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(cambium("drift --exit-code -q", "shop").exit, 0);
  run = cambium("apply --yes", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(cambium("undo", "shop").exit, 1);
}

TEST_F(Cli, aKilledRunGoesOn) {
  putSound();
  const Ended killed = cambium("apply", "shop", "CAMBIUM_CRASH_AT=6");
  EXPECT_EQ(killed.exit, 137);
  const Ended run = cambium("apply", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(cambium("drift --exit-code", "shop").exit, 0);
}

TEST_F(Cli, eventsAsJsonLines) {
  putSound();
  const Ended run = cambium("apply --format jsonl", "shop");
  EXPECT_EQ(run.exit, 0);
  EXPECT_NE(run.out.find("\"plan_start\""), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("\"step_end\""), std::string::npos);
  EXPECT_NE(
      run.out.find("{\"type\":\"outcome\",\"outcome\":\"ok\",\"exit\":0,\"environment\":\"dev\","),
      std::string::npos)
      << run.out;
}

// ---------------------------------------------------------------- explain
TEST_F(Cli, explain) {
  Ended run = cambium("explain CFG053");
  EXPECT_EQ(run.exit, 0);
  EXPECT_EQ(run.out, readFile(sourceDir() + "/docs/diagnostics/CFG053.md"));
  EXPECT_EQ(cambium("explain cfg053").out, run.out);
  run = cambium("explain CFG05");
  EXPECT_EQ(run.exit, 2);
  EXPECT_EQ(run.err,
            "error: there is no diagnostic `CFG05`\nhelp: did you mean `CFG005`, `CFG015` or "
            "`CFG025`?\n");
}

}  // namespace
}  // namespace cambium::testing
