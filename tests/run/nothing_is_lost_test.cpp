// What only a server can lose: values that are written while a step waits for its lock, and those
// that the server itself writes when a row is touched.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

#include "tests/run/change.h"

namespace cambium::testing {
namespace {

using dialect::Session;

TEST(NothingIsLost, WhatIsCommittedWhileContractWaitsIsCounted) {
  Change c("postgres", R"case(# why: -
-- before.cam --
entity Client { key id: int32  fullname: string(40) }
-- after.cam --
entity Client { key id: int32  first: string(40)  last: string(40) }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  split Client.fullname -> first, last
    up { first = split_part(fullname, " ", 1), last = split_part(fullname, " ", 2) }
    down { fullname = concat(first, " ", last) }
}
)case");
  ASSERT_TRUE(c.planned);
  must(*c.session, "INSERT INTO client VALUES (1, 'Ann Lee')");
  ASSERT_EQ(runScript(c.planned->script, *c.session, plan::Phase::switch_), "");
  // An old application is in the middle of it.
  const auto old = c.database.open();
  must(*old, "BEGIN");
  must(*old, "INSERT INTO client (id, fullname) VALUES (2, 'Ann Maria Lee')");
  auto contract = std::async(std::launch::async, [&] {
    return runScript(c.planned->script, *c.session, plan::Phase::contract);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(800));
  must(*old, "COMMIT");
  EXPECT_NE(contract.get(), "");
  EXPECT_EQ(cell(*old, "SELECT fullname FROM client WHERE id = 2"), "Ann Maria Lee");
}

TEST(NothingIsLost, TheTimeOfALastChangeIsTheApplications) {
  Change c("mariadb", R"case(# why: -
-- before.cam --
entity Item { key id: int32  n: int32  at: timestamp? @native(mariadb: "timestamp(6) on update current_timestamp(6)") }
-- after.cam --
entity Item { key id: int32  m: int32  at: timestamp? @native(mariadb: "timestamp(6) on update current_timestamp(6)") }
-- migration.cam --
migration from "1.0.0" to "1.1.0" { rename Item.n -> m }
)case");
  ASSERT_TRUE(c.planned);
  must(*c.session, "INSERT INTO item (id, n, at) VALUES (1, 5, '2020-02-03 04:05:06')");
  EXPECT_EQ(runScript(c.planned->script, *c.session, plan::Phase::contract), "");
  EXPECT_EQ(cell(*c.session, "SELECT m FROM item"), "5");
  EXPECT_EQ(cell(*c.session, "SELECT year(at) FROM item"), "2020");
}

class OnEveryEngine : public ::testing::TestWithParam<const char*> {};

// A default that differs from row to row is not worked out once for all of them.
TEST_P(OnEveryEngine, EveryRowGetsAValueOfItsOwn) {
  Change c(GetParam(), R"case(# why: -
-- before.cam --
entity Client { key id: int64  name: text }
-- after.cam --
entity Client { key id: int64  name: text  token: uuid = uuid()  hint: uuid? = uuid() }
)case");
  ASSERT_TRUE(c.planned);
  must(*c.session, "INSERT INTO client (id, name) VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cy')");
  ASSERT_EQ(runScript(c.planned->script, *c.session, plan::Phase::switch_), "");
  must(*c.session, "INSERT INTO client (id, name) VALUES (4, 'Di'), (5, 'Eve')");  // an old one
  ASSERT_EQ(runScript(c.planned->script, *c.session, plan::Phase::contract), "");
  EXPECT_EQ(cell(*c.session, "SELECT count(DISTINCT token) FROM client"), "5");
  EXPECT_EQ(cell(*c.session, "SELECT count(DISTINCT hint) FROM client WHERE id < 4"), "3");
}

// The highest row is deleted before the migration: what counts is what was handed out.
TEST_P(OnEveryEngine, TheNumberOfADeletedRowDoesNotComeAgain) {
  Change c(GetParam(), R"case(# why: -
-- before.cam --
entity Job { key id: int64 = autoincrement()  state: string(10)? }
-- after.cam --
entity Job { key id: int64 = autoincrement()  state: string(10) }
-- migration.cam --
migration from "1.0.0" to "1.1.0" { fill Job.state = "new" }
)case");
  ASSERT_TRUE(c.planned);
  must(*c.session, "INSERT INTO job (state) VALUES ('a'), (NULL), ('c')");
  ASSERT_EQ(cell(*c.session, "SELECT max(id) FROM job"), "3");
  must(*c.session, "DELETE FROM job WHERE id = 3");
  ASSERT_EQ(runScript(c.planned->script, *c.session, plan::Phase::contract), "");
  must(*c.session, "INSERT INTO job (state) VALUES ('d')");
  EXPECT_EQ(cell(*c.session, "SELECT id FROM job WHERE state = 'd'"), "4");
}

INSTANTIATE_TEST_SUITE_P(Engines, OnEveryEngine, ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cambium::testing
