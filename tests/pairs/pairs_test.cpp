// Random pairs of versions with rows, through every law, on each database. CAMBIUM_PAIRS=54 replays
// one, CAMBIUM_PAIRS=1-50 some; CAMBIUM_LONG=1 runs many more.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <typeinfo>
#include <utility>
#include <variant>

#include "tests/pairs/pair_laws.h"

namespace cambium::testing {
namespace {

// As many as `./dev test` takes on each database; the first ones of more are the same.
constexpr uint64_t kPairs = 300, kLongPairs = 5000;

struct Seeds {
  uint64_t first = 1, last = kPairs;
};
Seeds seeds() {
  const char* asked = std::getenv("CAMBIUM_PAIRS");
  if (!asked || !*asked) return {1, std::getenv("CAMBIUM_LONG") ? kLongPairs : kPairs};
  char* end = nullptr;
  Seeds out;
  out.first = out.last = std::strtoull(asked, &end, 10);
  if (*end == '-') out.last = std::strtoull(end + 1, &end, 10);
  if (*end || out.first == 0) ADD_FAILURE() << "CAMBIUM_PAIRS=" << asked << ": it is 54, or 1-50";
  return out;
}

std::vector<const dialect::Dialect*> engines() {
  const char* only = std::getenv("CAMBIUM_LAWS_ON");
  std::vector<const dialect::Dialect*> out;
  for (const auto& dialect : dialects().all())
    if (!only || dialect->traits().dialect == only) out.push_back(dialect.get());
  return out;
}

// The smallest pair that fails as this one does is what there is to look at.
void expectNoFailure(uint64_t seed, const dialect::Dialect& on) {
  const Pair pair = randomPair(seed);
  if (failuresOf(pair, on).empty()) return;
  const Pair small = shrunk(pair, [&](const Pair& p) { return !failuresOf(p, on).empty(); });
  ADD_FAILURE() << describe(pair) << "\nshrunk to " << describe(small) << "\n"
                << failuresOf(small, on) << "\n"
                << printGolden(caseOf(small));
}

// In parts, so that several processes may share them (GTEST_TOTAL_SHARDS).
class PairsPart : public ::testing::TestWithParam<uint64_t> {};
constexpr uint64_t kParts = 20;

TEST_P(PairsPart, everyLawHolds) {
  const auto [first, last] = seeds();
  for (const auto* engine : engines())
    for (uint64_t seed = first; seed <= last && !HasFailure(); ++seed)
      if (seed % kParts == GetParam()) expectNoFailure(seed, *engine);
}
INSTANTIATE_TEST_SUITE_P(Seeds, PairsPart, ::testing::Range(uint64_t{0}, kParts));

TEST(Pairs, haveEveryGadget) {
  std::map<const Gadget*, unsigned> seen;
  for (uint64_t seed = 1; seed <= kPairs; ++seed)
    for (const auto& g : randomPair(seed).gadgets) ++seen[g.gadget];
  for (const auto* gadget : gadgets())
    EXPECT_GT(seen[gadget], 0u) << gadget->name << " never occurs";
}

template <size_t... I>
std::vector<std::string> kindsOfChange(std::index_sequence<I...>) {
  return {typeid(std::variant_alternative_t<I, diff::ChangeForms>).name()...};
}

// No kind of change has the weight zero: each is in one of the pairs that are run.
TEST(Pairs, haveEveryKindOfChange) {
  constexpr size_t kKinds = std::variant_size_v<diff::ChangeForms>;
  std::vector<unsigned> seen(kKinds, 0);
  for (uint64_t seed = 1; seed <= kPairs; ++seed) {
    const CompiledCase compiled = compileCase(caseOf(randomPair(seed)));
    const auto planned = planCase(compiled, *dialects().find("sqlite"));
    ASSERT_TRUE(planned) << "seed " << seed << "\n" << briefDiagnostics(compiled);
    for (const auto& change : planned->changes.changes) ++seen[change.index()];
  }
  const auto kinds = kindsOfChange(std::make_index_sequence<kKinds>());
  for (size_t kind = 0; kind < kKinds; ++kind)
    EXPECT_GT(seen[kind], 0u) << kinds[kind] << " never occurs";
}

// A failure of two gadgets on one entity is found to be one of these two.
TEST(Pairs, shrinkToWhatFails) {
  const auto has = [](const Pair& pair, const std::string& name) {
    return std::ranges::any_of(pair.gadgets, [&](const auto& g) { return g.gadget->name == name; });
  };
  for (uint64_t seed = 1; seed <= kPairs; ++seed) {
    const Pair pair = randomPair(seed);
    if (pair.gadgets.size() < 4) continue;
    const std::string a = pair.gadgets[1].gadget->name, b = pair.gadgets[3].gadget->name;
    const Pair small = shrunk(pair, [&](const Pair& p) { return has(p, a) && has(p, b); });
    // What is said about the property of another gadget needs that one.
    const auto beside = size_t(
        std::ranges::count_if(small.gadgets, [](const FittedGadget& g) { return g.beside != 0; }));
    EXPECT_LE(small.gadgets.size(), 2u + beside) << describe(small);
    EXPECT_TRUE(has(small, a) && has(small, b));
  }
}

}  // namespace
}  // namespace cambium::testing
