// docs/*.md and README.md: every block of the language in them compiles, for every dialect. The
// blocks under one heading are one package; a line that is nothing but a file name (`before.cam`)
// names the block behind it. What is meant to be wrong stands in docs/diagnostics/, or is marked
// `cam wrong`.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <sstream>

#include "compiler/artifact/seal.h"
#include "compiler/syntax/parse.h"
#include "tests/support/case_runner.h"
#include "tests/support/laws.h"
#include "tests/support/places.h"

namespace fs = std::filesystem;

namespace cambium::testing {
namespace {

struct Example {
  std::string heading;
  GoldenFile package;
};

std::vector<Example> examplesOf(const std::string& page) {
  std::vector<Example> out;
  std::istringstream lines(page);
  std::string heading, name;
  enum class In { prose, cam, other } in = In::prose;
  for (std::string line; std::getline(lines, line);) {
    if (in != In::prose && line == "```") {
      in = In::prose;
      name.clear();
    } else if (in == In::cam) {
      out.back().package.sections.back().text += line + "\n";
    } else if (in == In::other) {
      continue;
    } else if (line.starts_with("```")) {
      in = line == "```cam" ? In::cam : In::other;
      if (in == In::other) continue;
      if (out.empty() || out.back().heading != heading) out.push_back({heading, {}});
      auto& sections = out.back().package.sections;
      if (name.empty()) name = "part" + std::to_string(sections.size() + 1) + ".cam";
      sections.push_back({name, ""});
    } else if (line.starts_with("#")) {
      heading = line;
    } else if (line.ends_with(".cam") && line.find(' ') == std::string::npos) {
      name = line;
    }
  }
  return out;
}

size_t syntaxErrors(const std::string& text) {
  SourceMap sources;
  DiagnosticSink sink;
  (void)syntax::parse(sources, sources.add("block.cam", text), sink);
  return sink.errorCount();
}

class Docs : public ::testing::TestWithParam<std::string> {};

TEST_P(Docs, everyBlockCompiles) {
  for (const Example& example : examplesOf(readFile(fs::path(sourceDir()) / GetParam()))) {
    SCOPED_TRACE(example.heading);
    GoldenFile file = example.package;
    // A migration block needs two versions: without them it is only read.
    std::erase_if(file.sections, [](const Section& section) {
      const bool alone = section.text.starts_with("migration ");
      EXPECT_TRUE(!alone || syntaxErrors(section.text) == 0) << section.text;
      return alone;
    });
    if (file.sections.empty()) continue;
    const auto& first = file.sections.front();
    const bool twoVersions = first.name == "before.cam";
    bool hasPackage = false;
    for (const auto& section : file.sections)
      hasPackage = hasPackage || section.text.starts_with("package ") ||
                   section.text.find("\npackage ") != std::string::npos;
    if (hasPackage) file.settings["package"] = "as written";
    if (!twoVersions && file.sections.size() == 1 && !hasPackage)
      file.sections.front().name = "model.cam";
    const CompiledCase compiled = compileCase(file);
    for (const auto& dialect : dialects().all()) (void)planCase(compiled, *dialect);
    for (const auto* one : {compiled.before.get(), compiled.after.get()}) {
      if (!one) continue;
      EXPECT_EQ(one->diagnostics.errorCount(), 0u) << briefDiagnostics(compiled);
    }
  }
}

std::vector<std::string> pages() {
  std::vector<std::string> out{"README.md"};
  for (const auto& entry : fs::directory_iterator(fs::path(sourceDir()) / "docs"))
    if (entry.path().extension() == ".md")
      out.push_back("docs/" + entry.path().filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

// examples/tour as a whole is the golden case stories/tour: the same files, the same sealed
// version.
TEST(Tour, theCaseIsTheExample) {
  const fs::path root(sourceDir()), tour = root / "examples/tour";
  const GoldenFile file = parseGolden(readFile(root / "tests/golden/stories/tour.case"));
  std::map<std::string, std::string> inCase, inExample;
  for (const auto& section : file.sections)
    if (section.name.ends_with(".cam") && !section.name.starts_with("before"))
      inCase[section.name] = section.text;
  for (const auto& entry : fs::recursive_directory_iterator(tour))
    if (entry.path().extension() == ".cam")
      inExample[fs::relative(entry.path(), tour).string()] = readFile(entry.path());
  EXPECT_EQ(inCase, inExample);
  const CompiledCase compiled = compileCase(file);
  ASSERT_TRUE(compiled.before && compiled.before->model);
  EXPECT_EQ(artifact::seal(*compiled.before->model), readFile(tour / "versions/1.3.0.json"));
}

INSTANTIATE_TEST_SUITE_P(Pages, Docs, ::testing::ValuesIn(pages()), [](const auto& info) {
  std::string name = info.param;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
});

}  // namespace
}  // namespace cambium::testing
