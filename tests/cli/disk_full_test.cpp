// A disk that is full, at every place where it can be: a database that may not grow beyond a page
// more each time, and files that cannot be written.
#include "tests/cli/snapshot.h"

namespace cambium::testing {
namespace {

using DiskFull = Snapshot;

constexpr rlim_t kPage = 4096;

// The error among what a run says, up to its first note.
std::string error(const std::string& said) {
  const size_t at = said.find("error[");
  return at == std::string::npos ? "" : said.substr(at, said.find('\n', at) - at);
}

TEST_F(DiskFull, aDatabaseThatMayNotGrowGoesOnWhereItStopped) {
  putBoth(300);
  fs::copy_file(root_ / "shop.db", root_ / "start.db");
  const std::string start = dump("start.db");
  ASSERT_EQ(cambium("apply -q").exit, 0);
  const std::string end = dump("shop.db");
  const auto size = fs::file_size(root_ / "shop.db");
  const std::string rows = "select count(*), sum(id), group_concat(title) from \\\"order\\\"";
  const std::string allRows = sqlite("start.db", rows);

  int refused = 0, stopped = 0;
  for (rlim_t limit = 0; limit <= size; limit += kPage) {
    const std::string about = "no file beyond " + std::to_string(limit) + " bytes";
    fs::copy_file(root_ / "start.db", root_ / "shop.db", fs::copy_options::overwrite_existing);
    auto before = files();
    const Ended run = limited(limit, {"apply"});
    if (run.exit == 0) continue;
    if (run.exit == 1) {
      ++refused;
      EXPECT_EQ(error(run.out),
                "error[RUN066]: there is no room left for the database `sqlite://shop.db`: disk "
                "I/O error (a limit on the size of files, or a quota)")
          << about;
      EXPECT_NE(run.out.find("help: make room and run it again\n"), std::string::npos) << run.out;
      EXPECT_EQ(dump("shop.db"), start) << about;
    } else {
      ++stopped;
      EXPECT_EQ(run.exit, 7) << about << run.out;
      EXPECT_EQ(error(run.out).rfind("error[RUN071]: the run stopped on its way: ", 0), 0u)
          << about << run.out;
      EXPECT_NE(run.out.find("disk I/O error (a limit on the size of files, or a quota); there is "
                             "no room left: make room and run it again; step"),
                std::string::npos)
          << about << run.out;
      EXPECT_NE(run.out.find("next: cambium resume -e dev"), std::string::npos) << run.out;
      EXPECT_EQ(sqlite("shop.db", rows), allRows) << about;
    }
    // Whoever opens the database next takes back what was half-written; then nothing is left over.
    EXPECT_EQ(sqlite("shop.db", "pragma integrity_check; pragma foreign_key_check"), "ok\n");
    const auto after = files();
    for (const auto& [name, bytes] : after) EXPECT_TRUE(before.contains(name)) << about << name;
    EXPECT_EQ(before.size(), after.size()) << about;

    const Ended resumed = cambium(run.exit == 7 ? "resume -q" : "apply -q");
    EXPECT_EQ(resumed.exit, 0) << about << resumed.err;
    EXPECT_EQ(dump("shop.db"), end) << about;
  }
  EXPECT_GT(refused, 3);
  EXPECT_GT(stopped, 3);
}

TEST_F(DiskFull, undoGoesOnWhereItStopped) {
  putBoth(300);
  const std::string start = dump("shop.db");
  ASSERT_EQ(cambium("apply --through switch -q").exit, 0);
  fs::copy_file(root_ / "shop.db", root_ / "switched.db");
  const auto size = fs::file_size(root_ / "shop.db");
  int failed = 0;
  for (rlim_t limit = 0; limit <= size + 4 * kPage; limit += 2 * kPage) {
    fs::copy_file(root_ / "switched.db", root_ / "shop.db", fs::copy_options::overwrite_existing);
    const Ended run = limited(limit, {"undo", "--yes"});
    if (run.exit != 0) {
      ++failed;
      EXPECT_TRUE(run.exit == 1 || run.exit == 7) << limit << run.out;
      EXPECT_NE(run.out.find("a limit on the size of files, or a quota"), std::string::npos)
          << limit << run.out;
      EXPECT_EQ(sqlite("shop.db", "pragma integrity_check"), "ok\n") << limit;
      const Ended again = cambium("undo -q --yes");
      EXPECT_EQ(again.exit, 0) << limit << again.err;
    }
    EXPECT_EQ(dump("shop.db"), start) << limit;
  }
  EXPECT_GT(failed, 3);
}

// A new database that finds no room is not there afterwards, or has nothing in it.
TEST_F(DiskFull, aFirstVersionIsThereWholeOrNotAtAll) {
  ASSERT_EQ(cambium("apply -q").exit, 0);
  const auto size = fs::file_size(root_ / "shop.db");
  const std::string end = dump("shop.db");
  fs::remove(root_ / "shop.db");
  int failed = 0;
  for (rlim_t limit = 0; limit <= size; limit += kPage) {
    const Ended run = limited(limit, {"apply"});
    if (run.exit != 0) {
      ++failed;
      EXPECT_TRUE(run.exit == 1 || run.exit == 7) << limit << run.out;
      EXPECT_NE(run.out.find("a limit on the size of files, or a quota"), std::string::npos)
          << limit << run.out;
      if (run.exit == 1) {
        EXPECT_EQ(
            sqlite("shop.db", "select name from sqlite_schema where name not like '%cambium%'"), "")
            << limit;
      }
      const Ended again = cambium(run.exit == 7 ? "resume -q" : "apply -q");
      EXPECT_EQ(again.exit, 0) << limit << again.err;
    }
    EXPECT_EQ(dump("shop.db"), end) << limit;
    fs::remove(root_ / "shop.db");
  }
  EXPECT_GT(failed, 3);
}

// ---------------------------------------------------------------- files
TEST_F(DiskFull, filesAreWrittenWholeOrNotAtAll) {
  struct Row {
    std::vector<std::string> words;
    const char *file, *model;
  };
  constexpr const char* kUgly = "entity   Order {\n  key id: int64\n}\n";
  constexpr const char* kMistake = "entity Order {\n  key id: int64;\n  title: string(40)\n}\n";
  const Row kTable[] = {
      {{"fmt"}, "order.cam", kUgly},
      {{"check", "--fix"}, "order.cam", kMistake},
      {{"seal"}, "versions/1.1.0.json", nullptr},
      {{"plan", "--from", "1.0.0", "-o", "p.plan"}, "p.plan", nullptr},
      {{"build", "-o", "out"}, "out/shop.model.json", nullptr},
      {{"init", "fresh"}, "fresh/model.cam", nullptr},
      {{"pull", "sqlite://shop.db", "-o", "pulled"}, "pulled/package.cam", nullptr},
  };
  putBoth(3);
  for (const auto& [words, file, model] : kTable) {
    if (model)
      put("order.cam", model);
    else
      putSecond();
    const auto before = files();
    const Ended run = limited(10, words);
    EXPECT_EQ(run.exit, 1) << words.front() << run.out;
    EXPECT_EQ(error(run.out),
              std::string("error[CFG065]: `") + file + "` cannot be written: File too large")
        << words.front() << run.out;
    expectUnchanged(before, words.front());
  }
}

// Several files of one command: if the last one finds no room, the first ones are not left behind,
// for the same command would refuse to go over them.
TEST_F(DiskFull, aPackageIsPulledWholeOrNotAtAll) {
  ASSERT_EQ(cambium("apply -q").exit, 0);
  for (int i = 0; i < 20; ++i)
    sqlite("shop.db", "create table extra" + std::to_string(i) + " (id integer primary key)");
  const auto before = files();
  const Ended run = limited(300, {"pull", "sqlite://shop.db", "-o", "pulled"});
  EXPECT_EQ(run.exit, 1) << run.out;
  EXPECT_EQ(error(run.out), "error[CFG065]: `pulled/model.cam` cannot be written: File too large");
  expectUnchanged(before, "pull");
  const Ended again = cambium("pull sqlite://shop.db -o pulled -q");
  EXPECT_EQ(again.exit, 0) << again.err;
}

// A limit that nobody told the shell to ignore is an error like any other, and no sudden death.
TEST_F(DiskFull, theSignalOfALimitIsAnError) {
  put("order.cam", "entity   Order {\n  key id: int64\n}\n");
  const auto before = files();
  const Ended run = limited(10, {"fmt"}, Signal::asItIs);
  EXPECT_EQ(run.exit, 1) << run.out;
  EXPECT_EQ(error(run.out), "error[CFG065]: `order.cam` cannot be written: File too large");
  expectUnchanged(before, "fmt");
}

}  // namespace
}  // namespace cambium::testing
