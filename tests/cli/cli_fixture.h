// tests/cli/cli_fixture.h: runs the real binary in a scratch folder and gives back what it printed.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <regex>

#include "tests/support/golden_file.h"
#include "tests/support/places.h"

namespace cambium::testing {

namespace fs = std::filesystem;

struct Ended {
  int exit = -1;
  std::string out, err;
};

class Cli : public ::testing::Test {
protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "cambium-cli-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override {
    fs::permissions(root_, fs::perms::owner_all);
    fs::remove_all(root_);
  }

  // `arguments` as the shell reads them, in folder `in` below the scratch folder.
  Ended cambium(const std::string& arguments, const std::string& in = "",
                const std::string& environment = "") const {
    const std::string command = "cd '" + (root_ / in).string() +
                                "' && env -u NO_COLOR -u FORCE_COLOR -u COLUMNS -u SHOP_DEV_URL " +
                                environment + " '" + binaryDir() + "/bin/cambium' " + arguments +
                                " >'" + (root_ / ".out").string() + "' 2>'" +
                                (root_ / ".err").string() + "' </dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            readFile(root_ / ".out"), readFile(root_ / ".err")};
  }
  // What stands before a command so that the permissions of files count for it: root may do
  // everything, but without these two capabilities it is the owner like anybody else.
  static std::string asUser() {
    return ::geteuid() == 0 ? "setpriv --bounding-set=-dac_override,-dac_read_search" : "";
  }
  void put(const std::string& name, const std::string& text) const {
    writeFile(root_ / name, text);
  }
  std::string get(const std::string& name) const { return readFile(root_ / name); }
  // A small package with one mistake.
  void putMistake() const {
    put("shop/package.cam",
        "package shop version \"1.0.0\"\nenvironment dev { url \"sqlite://shop.db\" }\n");
    put("shop/order.cam",
        "entity Customer {\n  key id: int64\n}\n\nentity Order {\n  key id: int64\n  customer: ref "
        "Customr\n}\n");
  }
  void putSound() const {
    put("shop/package.cam",
        "package shop version \"1.0.0\"\n\nenvironment dev { url \"sqlite://shop.db\" }\n");
    put("shop/order.cam", "entity Order {\n  key id: int64\n  title: string(40)\n}\n");
  }
  fs::path root_;
};

// What no test can know in advance.
inline std::string steady(std::string text) {
  text = std::regex_replace(text, std::regex("\\(\\d+ ms\\)"), "(N ms)");
  return std::regex_replace(text, std::regex("[0-9a-f]{64}|\\b[0-9a-f]{8}\\b"), "DIGEST");
}

}  // namespace cambium::testing
