// README.md and docs/tour.md as a newcomer follows them: each block of commands is run as it
// stands, one after the other, and each block of the language takes the place of the model.
#include <sstream>

#include "tests/cli/cli_fixture.h"

namespace cambium::testing {
namespace {

struct Block {
  std::string language, file, text;
};

// The code blocks of a page from a heading to the next one of its level; "" is the whole page.
// `file`: the line before a block, where that is a name.
std::vector<Block> blocksOf(const std::string& page, const std::string& heading) {
  std::vector<Block> out;
  std::istringstream in(readFile(fs::path(sourceDir()) / page));
  bool here = heading.empty(), inBlock = false;
  std::string before;
  for (std::string line; std::getline(in, line); before = line) {
    if (inBlock && line == "```") {
      inBlock = false;
    } else if (inBlock) {
      if (here) out.back().text += line + "\n";
    } else if (line.starts_with("```")) {
      inBlock = true;
      if (here) out.push_back({line.substr(3), before.ends_with(".cam") ? before : "", ""});
    } else if (line.starts_with("## ") && !heading.empty()) {
      here = line == "## " + heading;
    }
  }
  return out;
}

class Newcomer : public Cli {
protected:
  // Without a terminal, in the folder that the commands before have gone to. What they print.
  std::string follow(const std::string& commands) {
    const std::string line =
        "cd '" + (root_ / folder_).string() +
        "' && env -u NO_COLOR -u FORCE_COLOR -u COLUMNS -u BLOG_DEV_URL -u SHOP_DEV_URL PATH='" +
        binaryDir() + "/bin':\"$PATH\" sh -e '" + file("commands") + "' >'" + file("out") +
        "' 2>&1 </dev/null";
    writeFile(file("commands"), commands + "pwd >'" + file("folder") + "'\n");
    const int status = std::system(line.c_str());
    std::string out = readFile(file("out"));
    EXPECT_EQ(status, 0) << commands << out;
    if (status != 0) return out;
    std::string folder = readFile(file("folder"));
    folder_ = fs::relative(folder.substr(0, folder.find('\n')), root_).string();
    return out;
  }
  std::string file(const std::string& name) const { return (root_ / ("." + name)).string(); }

  std::string folder_ = ".";
};

TEST_F(Newcomer, firstMinute) {
  std::string out;
  for (const Block& block : blocksOf("README.md", "A first minute")) {
    ASSERT_EQ(block.language, "sh");
    std::string commands = block.text;
    // Where the tool is, is for the test to say.
    if (commands.starts_with("export PATH=")) commands.erase(0, commands.find('\n') + 1);
    out += follow(commands);
  }
  EXPECT_NE(out.find("0.1.0 → 0.2.0 stands after step"), std::string::npos) << out;
  EXPECT_NE(out.find("0.1.0 → 0.2.0 is done"), std::string::npos) << out;
  EXPECT_NE(out.find("0.2.0 → 0.1.0 is done"), std::string::npos) << out;
}

TEST_F(Newcomer, tour) {
  std::string out;
  size_t models = 0;
  for (const Block& block : blocksOf("docs/tour.md", "")) {
    if (block.language == "sh") {
      out += follow(block.text);
      continue;
    }
    ASSERT_EQ(block.language, "cam");
    put(folder_ + "/model.cam", block.text);
    ++models;
    // Those of the section about versions wait for the commands behind them.
    if (block.file.empty()) follow("cambium check\nrm -f shop.db && cambium apply -q\n");
  }
  EXPECT_GE(models, 8u);
  EXPECT_NE(out.find("Carl|von Linne|NL\n"), std::string::npos) << out;
  EXPECT_NE(out.find("Ada Lovelace\nCarl von Linne\n"), std::string::npos) << out;
  EXPECT_NE(out.find("1.0.0 → 1.1.0 is done"), std::string::npos) << out;
}

// Who copies from a pulled model does so from beside the package: below it, it would be part of it.
TEST_F(Newcomer, aPackageBelowAnotherIsToldOf) {
  putSound();
  follow("sqlite3 app.db 'create table a (id integer primary key)'\n");
  Ended run = cambium("pull sqlite://app.db -o shop/pulled");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.err.find(" lies above `shop/pulled`: every `.cam` file below a package belongs to "
                         "it, so move the new one beside it\n"),
            std::string::npos)
      << run.err;
  run = cambium("check", "shop");
  EXPECT_NE((run.out + run.err).find("error[NAM008]"), std::string::npos) << run.out << run.err;
  run = cambium("init inner -q", "shop");
  EXPECT_NE(run.err.find(" lies above `inner`"), std::string::npos) << run.err;
  run = cambium("pull sqlite://app.db -o pulled");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.err.find("lies above"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace cambium::testing
