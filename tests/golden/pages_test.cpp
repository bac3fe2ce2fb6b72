// docs/diagnostics/: every code has a page, headed by its title; what a page calls wrong yields
// this code and no other error, what it calls right yields neither. Sessions with the tool are
// tried by tests/cli/pages_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "compiler/diagnostics/diagnostic.h"
#include "tests/support/case_runner.h"
#include "tests/support/laws.h"
#include "tests/support/places.h"

namespace fs = std::filesystem;

namespace cambium::testing {
namespace {

fs::path pageOf(std::string_view code) {
  return fs::path(sourceDir()) / "docs/diagnostics" / (std::string(code) + ".md");
}

// The code blocks of a page below a heading, each with the file name on the line before it
// (model.cam where there is none).
GoldenFile examples(const std::string& page, const std::string& heading) {
  GoldenFile out;
  std::istringstream lines(page);
  std::string name = "model.cam";
  bool here = false, inBlock = false;
  for (std::string line; std::getline(lines, line);) {
    if (!inBlock && line.rfind("## ", 0) == 0) {
      here = line == "## " + heading;
      name = "model.cam";
    } else if (!inBlock && line.rfind("```", 0) == 0) {
      inBlock = true;
      if (here) out.sections.push_back({name, ""});
    } else if (inBlock && line == "```") {
      inBlock = false;
    } else if (inBlock && here) {
      out.sections.back().text += line + "\n";
    } else if (line.size() > 4 && line.compare(line.size() - 4, 4, ".cam") == 0 &&
               line.find(' ') == std::string::npos) {
      name = line;
    }
  }
  return out;
}

struct Found {
  bool thisCode = false, otherError = false;
  std::string text;
};

Found check(const GoldenFile& file, Code code) {
  const CompiledCase compiled = compileCase(file);
  for (const auto& dialect : dialects().all()) (void)planCase(compiled, *dialect);
  Found found;
  for (const auto* one : {compiled.before.get(), compiled.after.get()}) {
    if (!one) continue;
    for (const Diagnostic& d : one->diagnostics.all()) {
      found.thisCode = found.thisCode || d.code == code;
      found.otherError = found.otherError || (d.code != code && d.severity == Severity::error);
    }
  }
  found.text = briefDiagnostics(compiled);
  return found;
}

// What no package and no session can show; their pages say why.
constexpr Code kWithoutExample[] = {Code::NAM014, Code::CFG068, Code::RUN001, Code::RUN064};

TEST(DiagnosticPages, everyCodeHasOneAndItsExamplesBehave) {
  for (size_t i = 0; i + 1 < std::size(kCodes); ++i) {
    const CodeInfo& info = kCodes[i];
    SCOPED_TRACE(std::string(info.name));
    ASSERT_TRUE(fs::exists(pageOf(info.name))) << "a code without a page";
    const std::string page = readFile(pageOf(info.name));
    const std::string heading = "# " + std::string(info.name) + ": " + std::string(info.title);
    EXPECT_EQ(page.substr(0, page.find('\n')), heading);
    const bool none = std::ranges::find(kWithoutExample, Code(i)) != std::end(kWithoutExample);
    EXPECT_EQ(page.find("\n## Wrong\n") == std::string::npos, none);
    EXPECT_EQ(page.find("There is no example here: ") != std::string::npos, none);
    if (page.find("\n```console\n") != std::string::npos) continue;
    GoldenFile wrong = examples(page, "Wrong");
    GoldenFile right = examples(page, "Right");
    if (info.name.starts_with("ADV"))
      wrong.settings["advice"] = right.settings["advice"] = "wanted";
    if (Code(i) == Code::SYN018) wrong.settings["escapes"] = "hex";
    if (Code(i) == Code::NAM011) wrong.settings["package"] = "as written";
    EXPECT_EQ(wrong.sections.empty(), none);
    EXPECT_EQ(right.sections.empty(), none);
    if (!wrong.sections.empty()) {
      const Found found = check(wrong, Code(i));
      EXPECT_TRUE(found.thisCode) << "the wrong example does not yield it:\n" << found.text;
      EXPECT_FALSE(found.otherError) << "the wrong example has another error:\n" << found.text;
    }
    if (!right.sections.empty()) {
      const Found found = check(right, Code(i));
      EXPECT_FALSE(found.thisCode || found.otherError) << "the right example:\n" << found.text;
    }
  }
}

// Mistakes of the tool itself.
constexpr Code kNotMadeToOccur[] = {Code::CFG068, Code::RUN064};

TEST(DiagnosticCodes, eachOccursInATest) {
  std::string text;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(sourceDir()) / "tests"))
    if (entry.is_regular_file() && entry.path().filename() != "pages_test.cpp")
      text += readFile(entry.path());
  for (size_t i = 0; i + 1 < std::size(kCodes); ++i) {
    const bool made = std::ranges::find(kNotMadeToOccur, Code(i)) == std::end(kNotMadeToOccur);
    EXPECT_TRUE(!made || text.find(kCodes[i].name) != std::string::npos) << kCodes[i].name;
  }
}

TEST(DiagnosticPages, noneIsAboutACodeThatDoesNotExist) {
  for (const auto& entry : fs::directory_iterator(fs::path(sourceDir()) / "docs/diagnostics")) {
    const std::string name = entry.path().stem().string();
    EXPECT_TRUE(name == "README" || findCode(name)) << name;
  }
}

}  // namespace
}  // namespace cambium::testing
