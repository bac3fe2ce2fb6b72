// tests/cli/snapshot.h: what a failing run must leave as it was, and runs under a limit on the size
// of files.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>

#include <csignal>
#include <map>
#include <vector>

#include "tests/cli/cli_fixture.h"
#include "tests/support/places.h"

namespace cambium::testing {

class Snapshot : public Cli {
protected:
  void SetUp() override {
    Cli::SetUp();
    putVersion("1.0.0", "");
  }
  // The package in the scratch folder itself, so that a stray file anywhere in it is seen.
  void putVersion(const std::string& version, const std::string& more) const {
    put("package.cam", "package shop version \"" + version +
                           "\"\n\nenvironment dev { url \"sqlite://shop.db\"  destructive allow "
                           "}\n");
    put("order.cam", "entity Order {\n  key id: int64\n  title: string(40)\n" + more);
    if (more.empty()) put("order.cam", get("order.cam") + "}\n");
  }
  void putFirst() const { putVersion("1.0.0", ""); }
  void putSecond() const {
    putVersion(
        "1.1.0",
        "  code: string(60)\n}\n\nmigration from \"1.0.0\" to \"1.1.0\" {\n  fill Order.code "
        "= title\n}\n");
  }
  // 1.0.0 sealed and applied, with rows; 1.1.0, which rebuilds the table, in the folder.
  void putBoth(int rows) const {
    ASSERT_EQ(cambium("seal -q").exit, 0);
    ASSERT_EQ(cambium("apply -q").exit, 0);
    sqlite("shop.db", "with recursive n(i) as (select 1 union all select i + 1 from n where i < " +
                          std::to_string(rows) +
                          ") insert into \\\"order\\\" select i, 'the title of row ' || i from n");
    putSecond();
  }

  // What `sqlite3` prints; it must succeed.
  std::string sqlite(const std::string& database, const std::string& statement) const {
    FILE* pipe = ::popen(
        ("sqlite3 '" + (root_ / database).string() + "' \"" + statement + "\" 2>&1").c_str(), "r");
    const std::string said = readAll(::fileno(pipe));
    EXPECT_EQ(::pclose(pipe), 0) << statement << "\n" << said;
    return said;
  }
  // All of a database but the record of runs.
  std::string dump(const std::string& database) const {
    const std::string all = sqlite(database, ".dump");
    std::string kept;
    for (size_t at = 0; at < all.size();) {
      const size_t end = std::min(all.find('\n', at), all.size() - 1) + 1;
      const std::string line = all.substr(at, end - at);
      if (!line.starts_with("INSERT INTO cambium_")) kept += line;
      at = end;
    }
    return kept;
  }
  // Every file below the folder, but what the fixture keeps there, with its bytes.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      const std::string name = fs::relative(entry.path(), root_).string();
      if (entry.is_regular_file() && name != ".out" && name != ".err")
        out[name] = readFile(entry.path());
    }
    return out;
  }
  // The same files with the same bytes, but for the database, which may have been written to and
  // taken back: its content is the same.
  void expectUnchanged(const std::map<std::string, std::string>& before,
                       const std::string& about) const {
    auto after = files();
    for (const auto& [name, bytes] : before) {
      ASSERT_TRUE(after.contains(name)) << about << ": " << name << " is gone";
      if (after.at(name) != bytes) {
        EXPECT_EQ(name, "shop.db") << about << ": " << name << " was changed";
        put("before.db", bytes);
        EXPECT_EQ(dump("before.db"), dump("shop.db")) << about;
        fs::remove(root_ / "before.db");
      }
      after.erase(name);
    }
    for (const auto& [name, bytes] : after) ADD_FAILURE() << about << " left " << name;
  }

  // Runs the tool where no file may grow beyond `bytes`. The output goes through a pipe, which no
  // such limit stops. out = everything that was said.
  enum class Signal { ignored, asItIs };
  Ended limited(rlim_t bytes, const std::vector<std::string>& words,
                Signal signal = Signal::ignored) const {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const rlimit limit{bytes, bytes};
      ::dup2(ends[1], STDOUT_FILENO);
      ::dup2(ends[1], STDERR_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      std::signal(SIGXFSZ, signal == Signal::ignored ? SIG_IGN : SIG_DFL);
      const std::string program = binaryDir() + "/bin/cambium";
      std::vector<char*> argv{const_cast<char*>(program.c_str())};
      for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
      argv.push_back(nullptr);
      if (::chdir(root_.c_str()) == 0 && ::setenv("NO_COLOR", "1", 1) == 0 &&
          ::setrlimit(RLIMIT_FSIZE, &limit) == 0)
        ::execv(program.c_str(), argv.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    Ended run;
    run.out = readAll(ends[0]);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    run.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return run;
  }

private:
  static std::string readAll(int fd) {
    std::string all;
    char part[4096];
    for (ssize_t count; (count = ::read(fd, part, sizeof part)) > 0;)
      all.append(part, static_cast<size_t>(count));
    return all;
  }
};

}  // namespace cambium::testing
