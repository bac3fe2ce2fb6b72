// Types that grow in place: wide values from the switch on, and a way back that cuts nothing off.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/run/change.h"

namespace cambium::testing {
namespace {

using plan::Phase;

constexpr const char* kLonger = R"case(# why: -
-- before.cam --
entity Part { key id: int64  code: string(4)  note: string(10)? }
-- after.cam --
entity Part { key id: int64  code: string(8)  note: string(20)? }
)case";

class Growth : public ::testing::TestWithParam<const char*> {};

TEST_P(Growth, TheWayBackIsOpenWhileEveryValueFits) {
  Change c(GetParam(), kLonger);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  for (const auto& step : c.planned->plan.steps)
    EXPECT_NE(step.phase, Phase::backfill) << step.title;  // no second column
  must(s, "INSERT INTO part (id, code) VALUES (1, 'abcd'), (2, 'ab')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "UPDATE part SET code = 'abcdefgh' WHERE id = 2");
  const auto told = runScript(c.planned->script, s, Phase::switch_, /*undo=*/true);
  EXPECT_NE(told.find("rows of part whose code does not fit"), std::string::npos) << told;
  EXPECT_EQ(cell(s, "SELECT code FROM part WHERE id = 2"), "abcdefgh");
  must(s, "UPDATE part SET code = 'gh' WHERE id = 2");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_, /*undo=*/true), "");
  EXPECT_EQ(cell(s, "SELECT code FROM part WHERE id = 1"), "abcd");
  EXPECT_FALSE(s.execute("UPDATE part SET code = 'abcde' WHERE id = 1"));
}

INSTANTIATE_TEST_SUITE_P(Run, Growth, ::testing::Values("postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cambium::testing
