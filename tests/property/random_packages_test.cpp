// Random pairs of versions with rows, through every law. CAMBIUM_SEED=n replays one; CAMBIUM_LONG=1
// runs many more. A failure is shrunk by lowering the number of edits and entities, and the
// smallest case that still fails is printed.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "tests/support/laws.h"
#include "tests/support/random_package.h"

namespace cambium::testing {
namespace {

// Runs the laws and returns what failed, without failing the test that asks.
std::string failuresOf(const RandomSettings& settings) {
  const GoldenFile file = randomCase(settings);
  ::testing::TestPartResultArray results;
  {
    ::testing::ScopedFakeTestPartResultReporter reporter(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    const CompiledCase compiled = compileCase(file);
    for (const auto& dialect : dialects().all())
      if (healthy(compiled.after)) (void)planCase(compiled, *dialect);
    const bool errors = !healthy(compiled.before) || !healthy(compiled.after);
    if (errors)
      ADD_FAILURE() << "a random package has errors:\n" << briefDiagnostics(compiled);
    else
      checkLaws(file, compiled, nullptr);
  }
  std::string text;
  for (int i = 0; i < results.size(); ++i)
    if (results.GetTestPartResult(i).failed())
      text += std::string(results.GetTestPartResult(i).message()) + "\n";
  return text;
}

RandomSettings shrink(RandomSettings settings) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (auto member : {&RandomSettings::edits, &RandomSettings::entities}) {
      RandomSettings candidate = settings;
      if (candidate.*member <= 1) continue;
      --(candidate.*member);
      if (!failuresOf(candidate).empty()) {
        settings = candidate;
        smaller = true;
        break;
      }
    }
  }
  return settings;
}

TEST(RandomPackages, everyLawHolds) {
  const char* seed = std::getenv("CAMBIUM_SEED");
  const uint64_t first = seed ? std::strtoull(seed, nullptr, 10) : 1;
  const uint64_t count = seed ? 1 : std::getenv("CAMBIUM_LONG") ? 2000 : 60;
  for (uint64_t n = first; n < first + count; ++n) {
    RandomSettings settings;
    settings.seed = n;
    settings.entities = 2 + unsigned(n % 5);
    settings.edits = 1 + unsigned(n % 9);
    if (failuresOf(settings).empty()) continue;
    const RandomSettings small = shrink(settings);
    ADD_FAILURE() << "seed " << n << " (shrunk to " << small.entities << " entities, "
                  << small.edits << " edits)\n"
                  << failuresOf(small) << "\n"
                  << printGolden(randomCase(small));
    return;
  }
}

TEST(RandomPackages, everyKindOfEditOccurs) {
  std::map<std::string, unsigned> seen;
  for (uint64_t n = 1; n <= 60; ++n) {
    RandomSettings settings{n, 2 + unsigned(n % 5), 1 + unsigned(n % 9)};
    for (const auto& kind : usedEdits(settings)) ++seen[kind];
  }
  for (const auto& kind : editKinds()) EXPECT_GT(seen[kind], 0u) << kind << " never occurs";
}

}  // namespace
}  // namespace cambium::testing
