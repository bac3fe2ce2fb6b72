// What a reference does to its rows by itself, while another form of it is kept in step.
#include <gtest/gtest.h>

#include "tests/run/change.h"

namespace cambium::testing {
namespace {

using plan::Phase;

constexpr const char* kToValue = R"case(# why: -
-- before.cam --
entity Shop { key code: string(8) }
entity Item { key id: int64  shop: ref Shop? on delete set null }
-- after.cam --
entity Shop { key code: string(8) }
entity Item { key id: int64  code: string(8)? }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  split Item.shop -> code up { code = shop } down { shop = code }
}
)case";

class Cascades : public ::testing::TestWithParam<const char*> {};

// Where no trigger learns of it, the old form does not go before somebody has seen to it.
TEST_P(Cascades, WhatAReferenceLosesTheNewFormLosesToo) {
  Change c(GetParam(), kToValue);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO shop (code) VALUES ('a'), ('b')");
  must(s, "INSERT INTO item (id, shop_code) VALUES (1, 'a'), (2, 'b')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "DELETE FROM shop WHERE code = 'a'");
  EXPECT_EQ(cell(s, "SELECT shop_code FROM item WHERE id = 1"), "NULL");
  const std::string end = runScript(c.planned->script, s, Phase::contract);
  if (std::string(GetParam()) == "mariadb") {
    EXPECT_NE(end.find("code does not agree with shop_code"), std::string::npos) << end;
    must(s, "UPDATE item SET code = NULL WHERE id = 1");
    EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  } else {
    EXPECT_EQ(end, "");
  }
  EXPECT_EQ(cell(s, "SELECT code FROM item WHERE id = 1"), "NULL");
  EXPECT_EQ(cell(s, "SELECT code FROM item WHERE id = 2"), "b");
}
INSTANTIATE_TEST_SUITE_P(Engines, Cascades, ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cambium::testing
