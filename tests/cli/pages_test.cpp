// docs/diagnostics/: what a command tells, not the compiler alone, has an example that is a
// session. A block `console` holds commands (`$ …`) and what they print; any other block is the
// file whose name is the line before it. `Wrong` prints the code, `Right` does not; each begins in
// an empty folder. A page whose commands name "$SHOP_PROD_URL" or "$SHOP_SCRATCH_URL" has an empty
// database of PostgreSQL there, by a superuser. With CAMBIUM_UPDATE=1 the pages are rewritten.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include "compiler/diagnostics/diagnostic.h"
#include "tests/cli/cli_fixture.h"
#include "tests/support/servers.h"

namespace cambium::testing {
namespace {

// A section of a page: its lines from `begin` to `end`.
struct Example {
  std::string heading;
  size_t begin = 0, end = 0;
  bool session = false;
};

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::vector<Example> examplesOf(const std::vector<std::string>& page) {
  std::vector<Example> out;
  bool inBlock = false;
  for (size_t i = 0; i < page.size(); ++i) {
    if (page[i].starts_with("```")) inBlock = !inBlock;
    if (!inBlock && page[i].starts_with("## ")) {
      if (!out.empty()) out.back().end = i;
      out.push_back({page[i].substr(3), i + 1, page.size()});
    }
    if (!out.empty() && page[i] == "```console") out.back().session = true;
  }
  std::erase_if(out, [](const Example& e) { return !e.session; });
  return out;
}

class Pages : public Cli, public ::testing::WithParamInterface<Code> {
protected:
  // As a user would: permissions count (but on the way to a server of the test), and both streams
  // go to the terminal.
  std::string run(const std::string& command) const {
    writeFile(root_.string() + ".command", command);
    const std::string user = databases_.empty() ? asUser() : "";
    const std::string line = "cd '" + root_.string() + "' && env -u NO_COLOR -u FORCE_COLOR -u " +
                             "COLUMNS -u SHOP_DEV_URL " + databases() + "PATH='" + binaryDir() +
                             "/bin':\"$PATH\" " + user + " sh '" + root_.string() + ".command' >'" +
                             out() + "' 2>&1 </dev/null";
    (void)!std::system(line.c_str());
    std::string text = replaced(readFile(out()), root_.string(), "/srv/shop");
    for (const auto& [name, database] : databases_)
      text = replaced(text, database.url(), "postgres://db/" + shownAs(name));
    return text;
  }
  // Whatever the environment of the test names: what a page does may need a superuser, and be of
  // no use to others.
  static TestServer& server() {
    static TestServer own(ServerKind::postgres);
    return own;
  }
  static std::string shownAs(const std::string& name) {
    return name == "SHOP_PROD_URL" ? "shop" : "scratch";
  }
  std::string databases() const {
    std::string out;
    for (const auto& [name, database] : databases_) out += name + "='" + database.url() + "' ";
    return out;
  }
  // Beside the folder, which a command may close.
  std::string out() const { return root_.string() + ".out"; }
  void TearDown() override {
    Cli::TearDown();
    fs::remove(out());
    fs::remove(root_.string() + ".command");
  }
  // Nothing of the section before.
  void begin(const std::string& page) {
    databases_.clear();
    for (const char* name : {"SHOP_PROD_URL", "SHOP_SCRATCH_URL"})
      if (page.find("\"$" + std::string(name) + "\"") != std::string::npos)
        databases_.emplace(name, server().freshDatabase());
    fs::permissions(root_, fs::perms::owner_all);
    fs::remove_all(root_);
    fs::create_directory(root_);
  }

  // The lines of the section as they are when it has been run; `printed_`: what its commands said.
  std::vector<std::string> play(const std::vector<std::string>& page, const Example& example) {
    std::vector<std::string> is;
    printed_.clear();
    for (size_t i = example.begin; i < example.end; ++i) {
      is.push_back(page[i]);
      if (!page[i].starts_with("```")) continue;
      const bool console = page[i] == "```console";
      const std::string name = page[i - 1];
      std::string text;
      for (++i; i < example.end && page[i] != "```"; ++i) {
        if (!console) text += page[i] + "\n";
        if (!console || page[i].starts_with("$ ")) is.push_back(page[i]);
        if (!console || !page[i].starts_with("$ ")) continue;
        const std::string said = run(page[i].substr(2));
        printed_ += said;
        for (const std::string& line : linesOf(said)) is.push_back(line);
      }
      is.push_back("```");
      if (!console) put(name, text);
    }
    return is;
  }
  std::string printed_;
  std::map<std::string, TestDatabase> databases_;  // by the variable that has the URL
};

// What depends on the machine and the hour.
std::string everywhere(const std::string& text) {
  const std::string anyTime = std::regex_replace(
      steady(text), std::regex("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?Z?"),
      "TIME");
  const std::string anyRelease = std::regex_replace(
      anyTime, std::regex("(SQLite |PostgreSQL |tool by `gcc)[0-9.]*[0-9]"), "$1N");
  return std::regex_replace(anyRelease, std::regex("(pid |given up after )[0-9]+"), "$1N");
}

TEST_P(Pages, examplesAreWhatTheySay) {
  const std::string_view code = info(GetParam()).name;
  const fs::path file = fs::path(sourceDir()) / "docs/diagnostics" / (std::string(code) + ".md");
  const std::vector<std::string> page = linesOf(readFile(file));
  std::vector<std::string> mended = page;
  auto examples = examplesOf(page);
  ASSERT_EQ(examples.size(), 2u) << "one is wrong, one is right";
  EXPECT_EQ(examples[0].heading, "Wrong");
  EXPECT_EQ(examples[1].heading, "Right");
  std::ranges::reverse(examples);  // the last one first: places before it stay
  for (const Example& example : examples) {
    begin(joined(page));
    const std::vector<std::string> is = play(page, example);
    const std::string text = joined(is);
    EXPECT_EQ(printed_.find(code) != std::string::npos, example.heading == "Wrong") << text;
    const auto begin = mended.begin() + ptrdiff_t(example.begin);
    const auto end = mended.begin() + ptrdiff_t(example.end);
    const std::string said = joined({begin, end});
    if (!std::getenv("CAMBIUM_UPDATE")) {
      EXPECT_EQ(everywhere(text), everywhere(said)) << "CAMBIUM_UPDATE=1 rewrites the page";
    } else if (everywhere(text) != everywhere(said)) {
      mended.insert(mended.erase(begin, end), is.begin(), is.end());
    }
  }
  if (mended != page) writeFile(file, joined(mended));
}

std::vector<Code> withSessions() {
  std::vector<Code> out;
  for (size_t i = 0; i + 1 < std::size(kCodes); ++i) {
    const fs::path file =
        fs::path(sourceDir()) / "docs/diagnostics" / (std::string(kCodes[i].name) + ".md");
    if (fs::exists(file) && !examplesOf(linesOf(readFile(file))).empty()) out.push_back(Code(i));
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Diagnostics, Pages, ::testing::ValuesIn(withSessions()),
                         [](const auto& one) {
                           return std::string(cambium::info(one.param).name);
                         });

}  // namespace
}  // namespace cambium::testing
