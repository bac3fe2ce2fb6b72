// Both versions under load: for each kind of change applications of the old and the new version
// read and write while the plan is carried out and undone, and no one of them fails, reads what
// nobody wrote or loses what somebody did.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/run/load.h"

namespace cambium::testing {
namespace {

using plan::Phase;

constexpr unsigned kThings = 40;

class UnderLoad : public ::testing::TestWithParam<OnEngine> {
protected:
  static const Scenario& scenario() { return scenarios()[std::get<0>(GetParam())]; }
  static const char* engine() { return std::get<1>(GetParam()); }
};

// "" or what was found.
std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& one : all) out += one + "\n";
  return out;
}

// There and back from each phase, then through.
void thereAndBack(Load& load) {
  ASSERT_TRUE(load.planned());
  load.fill();
  load.start(kOld);
  // There and back from each stage, with applications of the old version.
  for (const Phase through : {Phase::expand, Phase::backfill, Phase::validate}) {
    ASSERT_EQ(load.run(through), "") << "to " << plan::toString(through);
    load.work(kThings / 2);
    ASSERT_EQ(load.run(through, /*undo=*/true), "") << "from " << plan::toString(through);
  }
  load.stop(kOld);
  load.check({kOld});
  ASSERT_EQ(joined(load.found()), "") << "before the switch";

  // To the switch, and back from it; then through.
  for (const bool back : {true, false}) {
    SCOPED_TRACE(back ? "there and back" : "through");
    if (!load.until()) load.start(kOld);
    ASSERT_EQ(load.run(Phase::switch_), "");
    load.start(kFresh);
    load.work(kThings);
    load.stop(kOld);
    if (!back) break;
    load.stop(kFresh);
    load.check(load.until() ? std::vector{kFresh} : std::vector{kOld, kFresh});
    ASSERT_EQ(joined(load.found()), "") << "after the switch";
    load.fit();
    if (!load.until()) load.start(kOld);
    ASSERT_EQ(load.run(Phase::switch_, /*undo=*/true), "");
    load.stop(kOld);
    load.start(kOld);
    load.work(kThings / 2);
    load.stop(kOld);
    load.check({kOld});
    ASSERT_EQ(joined(load.found()), "") << "after the undo";
  }
  ASSERT_EQ(load.run(Phase::contract), "");
  load.work(kThings / 2);
  load.stop(kFresh);
  load.check({kFresh});
  EXPECT_EQ(joined(load.found()), "") << "at the end";
  EXPECT_GE(load.things(kFresh), kThings);
}

TEST_P(UnderLoad, NothingFailsAndNothingIsLost) {
  Load load(scenario(), engine());
  thereAndBack(load);
}

INSTANTIATE_TEST_SUITE_P(Changes, UnderLoad, ::testing::ValuesIn(scenariosOnEngines()),
                         [](const auto& info) { return nameOf(info.param); });

// The same where applications use nothing but the face of their version: old ones go on up to
// contract, whatever the names mean by then.
class ThroughFaces : public ::testing::TestWithParam<std::pair<size_t, const char*>> {
protected:
  static const Scenario& scenario() { return faceScenarios()[GetParam().first]; }
};

TEST_P(ThroughFaces, NothingFailsAndNothingIsLost) {
  Load load(scenario(), GetParam().second, Access::views);
  thereAndBack(load);
}

std::vector<std::pair<size_t, const char*>> facesOfAll() {
  std::vector<std::pair<size_t, const char*>> out;
  for (size_t i = 0; i < faceScenarios().size(); ++i)
    for (const char* engine : {"sqlite", "postgres", "mariadb"})
      if (faceScenarios()[i].exceptOn.find(engine) == std::string::npos)
        out.emplace_back(i, engine);
  return out;
}

INSTANTIATE_TEST_SUITE_P(Changes, ThroughFaces, ::testing::ValuesIn(facesOfAll()),
                         [](const auto& info) {
                           return faceScenarios()[info.param.first].name + "_" + info.param.second;
                         });

// A face that takes the old version's default for a value of its own is found out.
TEST(WithoutABlank, SomebodyNotices) {
  const auto& scenario =
      *std::ranges::find(faceScenarios(), "default_that_the_new_version_lacks", &Scenario::name);
  Load load(scenario, "postgres", Access::views);
  ASSERT_TRUE(load.planned());
  load.fill();
  ASSERT_EQ(load.run(Phase::switch_), "");
  must(load.session(),
       "ALTER VIEW test_v1_1_0.cambium_insert_item ALTER COLUMN title DROP DEFAULT");
  load.start(kFresh);
  std::vector<std::string> found;
  for (int round = 0; round < 200 && found.empty(); ++round) {
    load.work(kThings / 2);
    found = load.found();
  }
  load.stop(kFresh);
  EXPECT_FALSE(found.empty());
}

}  // namespace
}  // namespace cambium::testing
