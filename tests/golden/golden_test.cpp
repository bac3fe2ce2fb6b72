// Runs every tests/golden/**/*.case: compares each output section whole (or rewrites it: --update),
// and proves for all of them what must hold for any model: formatting is idempotent and keeps the
// meaning, sealing reads back equal, diff(x, x) is empty, the plan is proven, the database is what
// the catalog says, undo leads back.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "compiler/artifact/seal.h"
#include "compiler/diagnostics/render.h"
#include "compiler/emit/print.h"
#include "compiler/format/format.h"
#include "compiler/json/schema.h"
#include "compiler/plan/prove.h"
#include "compiler/syntax/parse.h"
#include "tests/golden/update.h"
#include "tests/support/case_runner.h"
#include "tests/support/laws.h"
#include "tests/support/places.h"

namespace fs = std::filesystem;

namespace cambium::testing {
namespace {

bool gUpdate = false;

}  // namespace

bool updating() {
  return gUpdate;
}

namespace {

class Case : public ::testing::Test {
public:
  explicit Case(fs::path path) : path_(std::move(path)) {}
  void TestBody() override;

private:
  void compareSections(GoldenFile&, const CompiledCase&);
  std::string output(const std::string& section, const CompiledCase&);

  fs::path path_;
  std::string rowsAfter_, run_, rollback_;
};

// What a sealed version has that the published schema does not know; "" = nothing.
std::string faultOfSealed(const std::string& sealed) {
  static const auto schema = [] {
    auto document = json::parse(readFile(cambium::sourceDir() + "/docs/schema/model.schema.json"));
    if (!document) throw std::runtime_error(document.error());
    auto compiled = json::Schema::compile(std::move(*document));
    if (!compiled) throw std::runtime_error(compiled.error().at + " " + compiled.error().what);
    return std::move(*compiled);
  }();
  const auto value = json::parse(sealed);
  if (!value) return value.error();
  const auto fault = schema.validate(*value);
  return fault ? fault->at + " " + fault->what : "";
}

std::string statements(const emit::Script& script) {
  std::string out;
  for (const auto& step : script.steps)
    for (const auto& statement : step.action.sql.statements) out += statement + ";\n";
  return out;
}

// "ddl sqlite" → {"ddl", the dialect}.
std::pair<std::string, const dialect::Dialect*> splitName(const std::string& section) {
  const auto blank = section.find(' ');
  if (blank == std::string::npos) return {section, nullptr};
  return {section.substr(0, blank), dialects().find(section.substr(blank + 1))};
}

bool isOutput(const std::string& section) {
  const auto [kind, dialect] = splitName(section);
  if (dialect) return kind == "ddl" || kind == "plan" || kind == "sql" || kind == "graph";
  return section == "diagnostics" || section == "ir" || section == "format" ||
         section == "changes" || section == "rows after" || section == "run" ||
         section == "rollback";
}

std::string Case::output(const std::string& section, const CompiledCase& c) {
  const auto [kind, dialect] = splitName(section);
  if (section == "diagnostics") return briefDiagnostics(c);
  if (!c.after) return "";
  if (section == "format") {
    std::string out;
    for (const auto& tree : c.after->trees) {
      if (c.after->sources[tree.file].name() == "package.cam" && c.after->trees.size() > 1)
        continue;
      out += format::format(tree, c.after->sources);
    }
    return out;
  }
  if (!healthy(c.after)) return "";
  if (section == "ir") return artifact::seal(*c.after->model);
  if (section == "rows after") return rowsAfter_;
  if (section == "run") return run_;
  if (section == "rollback") return rollback_;
  if (section == "changes") {
    const auto planned = planCase(c, *dialects().find("sqlite"));
    std::string out;
    if (planned)
      for (const auto& change : planned->changes.changes) {
        static const char* const kNames[] = {"safe", "breaking", "destructive"};
        out += fmt::format("{:<11} {}\n", kNames[size_t(diff::classify(change, planned->changes))],
                           diff::toString(change, planned->changes));
      }
    return out;
  }
  if (kind == "ddl") {
    const auto fresh = planFresh(*c.after, c.after->model, *dialect, c.accessViews);
    return fresh ? statements(fresh->script) : "";
  }
  const auto planned = planCase(c, *dialect);
  if (!planned) return "";
  std::string text = kind == "plan"
                         ? emit::printSummary(planned->script, {.destructiveAllowed = true})
                     : kind == "graph" ? emit::printGraph(planned->script, emit::GraphForm::mermaid)
                                       : emit::printSql(planned->script);
  // The digest changes with every word of the plan: a case that shows it would always differ.
  const std::string digest = emit::planDigest(planned->script);
  for (const std::string& shown : {digest, digest.substr(0, 8)})
    if (const size_t at = text.find(shown); at != std::string::npos)
      text.replace(at, shown.size(), "DIGEST");
  return text;
}

void Case::compareSections(GoldenFile& file, const CompiledCase& c) {
  bool changed = false;
  for (Section& section : file.sections) {
    if (!isOutput(section.name)) continue;
    std::string actual = output(section.name, c);
    if (!actual.empty() && actual.back() != '\n') actual += "\n";
    if (actual == section.text) continue;
    if (gUpdate) {
      section.text = actual;
      changed = true;
    } else {
      ADD_FAILURE() << "-- " << section.name << " -- differs at "
                    << firstDifference(section.text, actual);
    }
  }
  if (changed) writeFile(path_, printGolden(file));
}

void Case::TestBody() {
  GoldenFile file = parseGolden(readFile(path_));
  EXPECT_TRUE(file.settings.count("why")) << "a case says why it exists";
  const CompiledCase compiled = compileCase(file);
  // Planning adds what it finds to the diagnostics, so it comes first.
  for (const auto* dialect : dialectsOf(file)) (void)planCase(compiled, *dialect);
  // Servers behind a gate have a section where they differ. No law is asked of them, for none is at
  // hand; what holds for their plans without one is in mysql_test.cpp.
  for (const auto& section : file.sections)
    if (const auto* dialect = splitName(section.name).second; dialect && !dialect->gate().empty())
      (void)planCase(compiled, *dialect);
  checkLaws(file, compiled, &rowsAfter_, &run_, &rollback_);
  if (healthy(compiled.after)) {
    EXPECT_EQ(faultOfSealed(artifact::seal(*compiled.after->model)), "");
  }
  // Rows are printed as the embedded database has them, and the rest is the same on any.
  const char* only = std::getenv("CAMBIUM_LAWS_ON");
  if (everyVersionHasAFace()) return;  // the sections are without
  if (!only || std::string_view(only) == "sqlite") compareSections(file, compiled);
  const bool failed = (compiled.before && compiled.before->diagnostics.hasErrors()) ||
                      (compiled.after && compiled.after->diagnostics.hasErrors());
  EXPECT_EQ(failed, path_.filename().string().rfind("fail_", 0) == 0)
      << "a case is named fail_… if and only if it has an error:\n"
      << briefDiagnostics(compiled);
}

}  // namespace
}  // namespace cambium::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  std::string only;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--update")
      cambium::testing::gUpdate = true;
    else
      only = argv[i];
  }
  if (cambium::testing::gUpdate && std::getenv("CI")) {
    std::cerr << "--update is not for CI\n";
    return 2;
  }
  const fs::path root = fs::path(cambium::sourceDir()) / "tests/golden";
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& path : files) {
    const std::string name = fs::relative(path, root).string();
    if (!only.empty() && name.find(only) == std::string::npos) continue;
    ::testing::RegisterTest(
        path.parent_path().filename().c_str(), path.stem().c_str(), nullptr, nullptr, path.c_str(),
        1, [path]() -> ::testing::Test* { return new cambium::testing::Case(path); });
  }
  return RUN_ALL_TESTS();
}
