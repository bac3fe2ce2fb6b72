// What `check --fix` does to every broken program: what it applies without asking never makes
// anything worse. Each round of fixes leaves fewer findings and no new kind of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "compiler/diagnostics/fixes.h"
#include "compiler/diagnostics/render.h"
#include "tests/support/case_runner.h"
#include "tests/support/places.h"

namespace fs = std::filesystem;

namespace cambium::testing {
namespace {

std::set<std::string_view> codesOf(const driver::Compilation& c) {
  std::set<std::string_view> codes;
  for (const Diagnostic& d : c.diagnostics.all()) codes.insert(info(d.code).name);
  return codes;
}

// The case with the texts that the fixes leave; nothing if there is no fix to apply.
std::optional<GoldenFile> mended(const GoldenFile& file, const driver::Compilation& c) {
  const AppliedFixes applied = applySafeFixes(c.diagnostics.sorted(), c.sources, c.files.size());
  if (applied.count == 0) return std::nullopt;
  GoldenFile next = file;
  next.settings.erase("escapes");
  for (const auto& [id, text] : applied.texts)
    for (Section& section : next.sections)
      if (section.name == c.sources[id].name()) section.text = text;
  return next;
}

TEST(SafeFixes, neverMakeAnythingWorse) {
  constexpr int kRounds = 5;  // as many as `check --fix` has
  size_t fixes = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(sourceDir()) / "tests/golden/broken")) {
    SCOPED_TRACE(entry.path().stem().string());
    GoldenFile file = parseGolden(readFile(entry.path()));
    CompiledCase before = compileCase(file);
    const auto codes = codesOf(*before.after);
    for (int round = 0; round < kRounds; ++round) {
      const auto next = mended(file, *before.after);
      if (!next) break;
      ++fixes;
      CompiledCase after = compileCase(*next);
      EXPECT_LT(after.after->diagnostics.all().size(), before.after->diagnostics.all().size())
          << briefDiagnostics(after);
      EXPECT_TRUE(std::ranges::includes(codes, codesOf(*after.after)))
          << "another kind of finding:\n"
          << briefDiagnostics(after);
      file = *next;
      before = std::move(after);
    }
  }
  EXPECT_GT(fixes, 50u) << "the corpus has few safe fixes";
}

}  // namespace
}  // namespace cambium::testing
