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

std::string nameOf(const Scenario& s, const char* engine) {
  return s.name + "_" + engine;
}

class UnderLoad : public ::testing::TestWithParam<std::tuple<size_t, const char*>> {
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
  if (load.away()) load.stop(kFresh);
  ASSERT_EQ(load.run(Phase::contract), "");
  if (load.away()) load.start(kFresh);
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

INSTANTIATE_TEST_SUITE_P(Changes, UnderLoad,
                         ::testing::Combine(::testing::Range(size_t{0}, scenarios().size()),
                                            ::testing::Values("sqlite", "postgres", "mariadb")),
                         [](const auto& info) {
                           return nameOf(scenarios()[std::get<0>(info.param)],
                                         std::get<1>(info.param));
                         });

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
                           return nameOf(faceScenarios()[info.param.first], info.param.second);
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
  for (int round = 0; round < 20 && found.empty(); ++round) {
    load.work(kThings / 2);
    found = load.found();
  }
  load.stop(kFresh);
  EXPECT_FALSE(found.empty());
}

// What keeps the two versions in step is taken away, one trigger at a time: each time somebody
// notices.
class WithoutATrigger : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {
protected:
  static const Scenario& scenario() {
    return *std::ranges::find(scenarios(), std::get<0>(GetParam()), &Scenario::name);
  }
  static std::string engine() { return std::get<1>(GetParam()); }
  // Name and table.
  static std::vector<dialect::Row> triggers(dialect::Session& s) {
    const auto rows = s.query(
        engine() == "sqlite"
            ? "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE "
              "'cambium_sync%' ORDER BY 1"
        : engine() == "mariadb"
            ? "SELECT trigger_name, event_object_table FROM information_schema.triggers WHERE "
              "trigger_schema = database() AND trigger_name LIKE 'cambium_sync%' ORDER BY 1"
            : "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
              "WHERE c.relnamespace = current_schema()::regnamespace AND t.tgname LIKE "
              "'cambium_sync%' ORDER BY 1");
    EXPECT_TRUE(bool(rows));
    return rows ? *rows : std::vector<dialect::Row>();
  }
};

TEST_P(WithoutATrigger, SomebodyNotices) {
  size_t count = 1;
  for (size_t i = 0; i < count; ++i) {
    Load load(scenario(), std::get<1>(GetParam()));
    ASSERT_TRUE(load.planned());
    load.fill();
    ASSERT_EQ(load.run(Phase::switch_), "");
    const auto all = triggers(load.session());
    ASSERT_FALSE(all.empty());
    count = all.size();
    const std::string name = all[i][0].value_or(""), table = all[i][1].value_or("");
    must(load.session(), "DROP TRIGGER " + name + (engine() == "postgres" ? " ON " + table : ""));
    load.start(kOld);
    load.start(kFresh);
    std::vector<std::string> found;
    for (int round = 0; round < 20 && found.empty(); ++round) {
      load.work(kThings / 2);
      found = load.found();
    }
    load.stop(kOld);
    load.stop(kFresh);
    if (found.empty()) {
      load.check({kOld, kFresh});
      found = load.found();
    }
    EXPECT_FALSE(found.empty()) << "nobody misses " << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Changes, WithoutATrigger,
                         ::testing::Combine(::testing::Values("property_renamed", "property_split",
                                                              "reference_by_another_key",
                                                              "key_renamed"),
                                            ::testing::Values("sqlite", "postgres", "mariadb")),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param)) + "_" +
                                  std::get<1>(info.param);
                         });

}  // namespace
}  // namespace cambium::testing
