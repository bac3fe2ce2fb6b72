// Where a foreign key tells no trigger what it does (MariaDB), triggers of what is referred to do
// it: each of them taken away is missed.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/run/load.h"

namespace cambium::testing {
namespace {

using plan::Phase;

class WithoutACascade : public ::testing::TestWithParam<const char*> {};

TEST_P(WithoutACascade, SomebodyNotices) {
  const auto& all = scenarios();
  const auto scenario = std::ranges::find(all, GetParam(), &Scenario::name);
  ASSERT_NE(scenario, all.end());
  size_t count = 1;
  for (size_t i = 0; i < count; ++i) {
    Load load(*scenario, "mariadb");
    ASSERT_TRUE(load.planned());
    load.fill();
    ASSERT_EQ(load.run(Phase::switch_), "");
    const auto triggers = load.session().query(
        "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = database() "
        "AND trigger_name LIKE 'cambium_cascade%' ORDER BY 1");
    ASSERT_TRUE(bool(triggers));
    ASSERT_FALSE(triggers->empty());
    count = triggers->size();
    const std::string name = (*triggers)[i][0].value_or("");
    must(load.session(), "DROP TRIGGER " + name);
    load.start(kOld);
    load.start(kFresh);
    std::vector<std::string> found;
    for (int round = 0; round < 200 && found.empty(); ++round) {
      load.work(20);
      found = load.found();
    }
    load.stop(kOld);
    load.stop(kFresh);
    EXPECT_FALSE(found.empty()) << "nobody misses " << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Changes, WithoutACascade,
                         ::testing::Values("reference_becomes_a_value",
                                           "value_becomes_a_reference_that_loses"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cambium::testing
