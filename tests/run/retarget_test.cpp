// A reference that leads to another entity, while applications of both versions write and delete
// what it leads to.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/run/change.h"

namespace cambium::testing {
namespace {

using plan::Phase;

constexpr const char* kElsewhere = R"case(# why: -
-- before.cam --
entity Person { key id: int64 }
entity Company { key id: int64 }
entity Bill { key id: int64  payer: ref Person? on delete set null  owner: ref Person on delete cascade }
-- after.cam --
entity Person { key id: int64 }
entity Company { key id: int64 }
entity Bill { key id: int64  sender: ref Company? on delete set null  account: ref Company on delete cascade }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  rename Bill.payer -> sender
  convert Bill.payer up payer down sender
  rename Bill.owner -> account
  convert Bill.owner up owner down account
}
)case";

class Retarget : public ::testing::TestWithParam<const char*> {
protected:
  static void fill(dialect::Session& s) {
    must(s, "INSERT INTO person (id) VALUES (1), (2), (3), (4), (5), (9)");
    must(s, "INSERT INTO company (id) VALUES (1), (2), (3), (4), (5), (8)");
    must(s, "INSERT INTO bill (id, payer_id, owner_id) VALUES (10, 1, 3), (11, 2, 3), (12, 2, 4)");
  }
  // So many of each, by the same numbers.
  static void payers(dialect::Session& s, int count) {
    for (int id = 1; id <= count; ++id)
      for (const char* table : {"person", "company"})
        must(s, fmt::format("INSERT INTO {} (id) VALUES ({})", table, id));
  }
  static std::string bills(dialect::Session& s) { return cell(s, "SELECT count(*) FROM bill"); }
};

TEST_P(Retarget, OfTwoForeignKeysTheOneActsWhoseVersionIsActive) {
  Change c(GetParam(), kElsewhere);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  fill(s);
  ASSERT_EQ(runScript(c.planned->script, s, Phase::expand), "");
  must(s, "INSERT INTO bill (id, payer_id, owner_id) VALUES (13, NULL, 4)");
  EXPECT_EQ(cell(s, "SELECT account_id FROM bill WHERE id = 13"), "4");
  // What has no row in the new target is refused.
  EXPECT_FALSE(s.execute("INSERT INTO bill (id, payer_id, owner_id) VALUES (14, 9, 3)"));
  ASSERT_EQ(runScript(c.planned->script, s, Phase::validate), "");
  EXPECT_EQ(cell(s, "SELECT sender_id FROM bill WHERE id = 11"), "2");
  // An old application knows nothing of companies: nothing happens to its rows.
  EXPECT_FALSE(s.execute("DELETE FROM company WHERE id = 1"));
  EXPECT_FALSE(s.execute("DELETE FROM company WHERE id = 3"));
  EXPECT_EQ(bills(s), "4");
  must(s, "DELETE FROM person WHERE id = 4");
  EXPECT_EQ(bills(s), "2");
  must(s, "DELETE FROM person WHERE id = 1");
  EXPECT_EQ(cell(s, "SELECT sender_id FROM bill WHERE id = 10"), "NULL");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  // A new one knows nothing of persons.
  EXPECT_FALSE(s.execute("DELETE FROM person WHERE id = 2"));
  EXPECT_FALSE(s.execute("DELETE FROM person WHERE id = 3"));
  EXPECT_FALSE(s.execute("INSERT INTO bill (id, account_id) VALUES (15, 8)"));
  must(s, "INSERT INTO bill (id, sender_id, account_id) VALUES (16, 5, 2)");
  EXPECT_EQ(cell(s, "SELECT owner_id FROM bill WHERE id = 16"), "2");
  must(s, "DELETE FROM company WHERE id = 5");
  EXPECT_EQ(cell(s, "SELECT payer_id FROM bill WHERE id = 16"), "NULL");
  must(s, "DELETE FROM company WHERE id = 3");
  EXPECT_EQ(bills(s), "1");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  // And nothing is left of what it was.
  must(s, "DELETE FROM person WHERE id = 2");
  must(s, "INSERT INTO bill (id, account_id) VALUES (15, 8)");
}

TEST_P(Retarget, RowsThatWouldLeadToNothingStopTheRunBeforeAnythingIsDone) {
  Change c(GetParam(), kElsewhere);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  fill(s);
  must(s, "INSERT INTO bill (id, payer_id, owner_id) VALUES (14, 9, 3)");
  const auto stopped = runScript(c.planned->script, s, Phase::contract);
  EXPECT_NE(stopped.find("rows of bill whose new sender_id would refer to no row of company"),
            std::string::npos)
      << stopped;
  EXPECT_FALSE(s.query("SELECT sender_id FROM bill"));
  must(s, "INSERT INTO company (id) VALUES (9)");
  EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  EXPECT_EQ(cell(s, "SELECT sender_id FROM bill WHERE id = 14"), "9");
}

constexpr const char* kMerged = R"case(# why: -
-- before.cam --
entity Person { key id: int64 }
entity Branch { key id: int64 }
entity Company { key id: int64 }
entity Bill { key id: int64  payer: ref Person? on delete cascade  branch: ref Branch? }
-- after.cam --
entity Person { key id: int64 }
entity Branch { key id: int64 }
entity Company { key id: int64 }
entity Bill { key id: int64  account: ref Company? on delete cascade  owner: ref Company on delete cascade }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  merge Bill.branch, payer -> account
        up   { account = coalesce(branch, payer) }
        down { payer = account, branch = null }
  fill Bill.owner = 4
}
)case";

TEST_P(Retarget, WhatIsMergedOrFilledTakesNoRowsAlongBeforeTheSwitch) {
  Change c(GetParam(), kMerged);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  payers(s, 4);
  must(s, "INSERT INTO bill (id, payer_id) VALUES (10, 1), (11, 2)");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::validate), "");
  EXPECT_EQ(cell(s, "SELECT account_id FROM bill WHERE id = 10"), "1");
  EXPECT_FALSE(s.execute("DELETE FROM company WHERE id = 1"));
  EXPECT_FALSE(s.execute("DELETE FROM company WHERE id = 4"));
  EXPECT_EQ(bills(s), "2");
  must(s, "DELETE FROM person WHERE id = 2");
  EXPECT_EQ(bills(s), "1");
  must(s, "INSERT INTO bill (id, payer_id) VALUES (12, 1)");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  EXPECT_FALSE(s.execute("DELETE FROM person WHERE id = 1"));
  EXPECT_EQ(bills(s), "2");
  must(s, "DELETE FROM company WHERE id = 1");
  EXPECT_EQ(bills(s), "0");
  must(s, "INSERT INTO bill (id, owner_id) VALUES (13, 4)");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  must(s, "DELETE FROM company WHERE id = 4");
  EXPECT_EQ(bills(s), "0");
}

constexpr const char* kCopied = R"case(# why: -
-- before.cam --
entity Person { key id: int64 }
entity Company { key id: int64 }
entity Bill { key id: int64  payer: ref Person? on delete set null }
-- after.cam --
entity Person { key id: int64 }
entity Company { key id: int64 }
entity Bill { key id: int64  payer: ref Person? on delete set null  account: ref Company? on delete cascade }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  split Bill.payer -> account
        up { account = payer }
}
)case";

TEST_P(Retarget, WhatIsMadeOfAReferenceThatStaysTakesNoRowsAlongBeforeTheSwitch) {
  Change c(GetParam(), kCopied);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  payers(s, 2);
  must(s, "INSERT INTO bill (id, payer_id) VALUES (10, 1), (11, 2)");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::validate), "");
  EXPECT_EQ(cell(s, "SELECT account_id FROM bill WHERE id = 10"), "1");
  EXPECT_FALSE(s.execute("DELETE FROM company WHERE id = 1"));
  EXPECT_EQ(bills(s), "2");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "DELETE FROM company WHERE id = 1");
  EXPECT_EQ(bills(s), "1");
  // The one that stays does what it did.
  must(s, "DELETE FROM person WHERE id = 2");
  EXPECT_EQ(cell(s, "SELECT payer_id FROM bill WHERE id = 11"), "NULL");
}

constexpr const char* kSplit = R"case(# why: -
-- before.cam --
entity Person { key id: int64 }
entity Company { key id: int64 }
entity Bill { key id: int64  payer: ref Person? on delete set null }
-- after.cam --
entity Person { key id: int64 }
entity Company { key id: int64 }
entity Bill { key id: int64  who: ref Person? on delete set null  account: ref Company? }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  split Bill.payer -> account, who
        up   { account = payer, who = payer }
        down { payer = who }
}
)case";

TEST_P(Retarget, WhereOneOfTwoLeadsWhereTheOldOneDidRowsThereCanGo) {
  Change c(GetParam(), kSplit);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  payers(s, 3);
  must(s, "INSERT INTO bill (id, payer_id) VALUES (10, 1), (11, 2), (12, 3)");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::validate), "");
  must(s, "DELETE FROM person WHERE id = 1");
  EXPECT_EQ(cell(s, "SELECT who_id FROM bill WHERE id = 10"), "NULL");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "DELETE FROM person WHERE id = 2");
  EXPECT_EQ(cell(s, "SELECT payer_id FROM bill WHERE id = 11"), "NULL");
  EXPECT_EQ(cell(s, "SELECT who_id FROM bill WHERE id = 11"), "NULL");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  must(s, "DELETE FROM person WHERE id = 3");
}

constexpr const char* kOther = R"case(# why: -
-- before.cam --
entity Person { key id: int64 }
entity Branch { key id: int64 }
entity Bill { key id: int64  payer: ref Person? on delete set null  branch: ref Branch? }
-- after.cam --
entity Person { key id: int64 }
entity Branch { key id: int64 }
entity Bill { key id: int64  owner: ref Person? on delete cascade }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  merge Bill.branch, payer -> owner
        up   { owner = coalesce(branch, payer) }
        down { payer = owner, branch = null }
}
)case";

// PostgreSQL, MariaDB and MySQL look at the one that does not act before the other form is written.
TEST_P(Retarget, WhereItLeadsWhereTheOldOneDidNothingIsLostThatTheOtherVersionKeeps) {
  Change c(GetParam(), kOther);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO person (id) VALUES (1), (2)");
  must(s, "INSERT INTO bill (id, payer_id) VALUES (10, 1), (11, 2)");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::validate), "");
  const bool refused = GetParam() != std::string("sqlite");
  EXPECT_EQ(bool(s.execute("DELETE FROM person WHERE id = 1")), !refused);
  EXPECT_EQ(bills(s), "2");
  EXPECT_EQ(cell(s, "SELECT owner_id FROM bill WHERE id = 10"), refused ? "1" : "NULL");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  must(s, "DELETE FROM person WHERE id = 2");
  EXPECT_EQ(bills(s), "1");
}

INSTANTIATE_TEST_SUITE_P(Engines, Retarget, ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cambium::testing
