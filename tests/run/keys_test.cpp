// Keys that change while applications of both versions write: what the load does not do.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/run/change.h"

namespace cambium::testing {
namespace {

using plan::Phase;

constexpr const char* kAnotherKey = R"case(# why: -
-- before.cam --
entity Country { key id: int32  code: string(2) @unique }
entity City { key id: int64  country: ref Country  former: ref Country? on delete set null }
-- after.cam --
entity Country { key code: string(2)  id: int32 @unique }
entity City {
  key id: int64
  country: ref Country
  former: ref Country? on delete set null
  twin: ref Country?
}
entity Town { key id: int64  country: ref Country }
)case";

constexpr const char* kMadeUp = R"case(# why: -
-- before.cam --
entity Client { key id: int32  name: string(9) }
entity Bill { key id: int64  client: ref Client  payer: ref Client? on delete set null }
-- after.cam --
entity Client { key uid: uuid = uuid()  id: int32 @unique  name: string(9) }
entity Bill { key id: int64  client: ref Client  payer: ref Client? on delete set null }
)case";

constexpr const char* kGrows = R"case(# why: -
-- before.cam --
entity Client { key id: int32 = autoincrement()  name: string(9) }
entity Bill { key id: int32 = autoincrement()  client: ref Client }
-- after.cam --
entity Client { key id: int64 = autoincrement()  name: string(9) }
entity Bill { key id: int64 = autoincrement()  client: ref Client }
)case";

constexpr const char* kItself = R"case(# why: -
-- before.cam --
entity Person { key id: int32  badge: string(9) @unique  boss: ref Person? on delete set null }
-- after.cam --
entity Person { key badge: string(9)  id: int32 @unique  boss: ref Person? on delete set null }
)case";

class Keys : public ::testing::TestWithParam<const char*> {
protected:
  // Each row: "country_id/country_code former_id/former_code".
  static std::string city(dialect::Session& s, int id) {
    std::string out;
    for (const char* column : {"country_id", "country_code", "former_id", "former_code"})
      out += (out.empty() ? "" : " ") +
             cell(s, fmt::format("SELECT {} FROM city WHERE id = {}", column, id));
    return out;
  }
};

TEST_P(Keys, AReferenceFollowsToAnotherKey) {
  Change c(GetParam(), kAnotherKey);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO country (id, code) VALUES (1, 'NO'), (2, 'IT'), (3, 'FR')");
  must(s, "INSERT INTO city (id, country_id, former_id) VALUES (1, 1, NULL), (2, 2, 1)");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::expand), "");
  must(s, "INSERT INTO city (id, country_id, former_id) VALUES (3, 3, 2)");
  EXPECT_EQ(city(s, 3), "3 FR 2 IT");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::backfill), "");
  EXPECT_EQ(city(s, 2), "2 IT 1 NO");
  // An application of the old version changes what is to be the key: it has always been allowed to.
  must(s, "UPDATE country SET code = 'NN' WHERE id = 1");
  EXPECT_EQ(city(s, 2), "2 IT 1 NN");
  must(s, "UPDATE city SET country_id = 1 WHERE id = 3");
  EXPECT_EQ(city(s, 3), "1 NN 2 IT");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "INSERT INTO country (id, code) VALUES (4, 'DE')");
  must(s, "INSERT INTO city (id, country_code, former_code) VALUES (4, 'DE', NULL)");
  EXPECT_EQ(city(s, 4), "4 DE NULL NULL");
  must(s, "UPDATE city SET former_code = 'IT' WHERE id = 4");
  EXPECT_EQ(city(s, 4), "4 DE 2 IT");
  must(s, "UPDATE city SET former_id = NULL WHERE id = 4");
  EXPECT_EQ(city(s, 4), "4 DE NULL NULL");
  must(s, "INSERT INTO city (id, country_id, former_id) VALUES (5, 4, 3)");
  EXPECT_EQ(city(s, 5), "4 DE 3 FR");
  // What is new refers by the new key from the start, and follows it as well.
  must(s, "UPDATE city SET twin_code = 'IT' WHERE id = 5");
  must(s, "INSERT INTO town (id, country_code) VALUES (1, 'IT')");
  must(s, "UPDATE country SET code = 'II' WHERE id = 2");
  EXPECT_EQ(cell(s, "SELECT twin_code FROM city WHERE id = 5"), "II");
  EXPECT_EQ(cell(s, "SELECT country_code FROM town"), "II");
  EXPECT_EQ(city(s, 3), "1 NN 2 II");
  // Neither version may refer to nothing, or leave out what it requires.
  EXPECT_FALSE(s.execute("INSERT INTO city (id, country_code) VALUES (9, 'XX')"));
  EXPECT_FALSE(s.execute("INSERT INTO city (id, country_id) VALUES (9, 77)"));
  EXPECT_FALSE(s.execute("INSERT INTO city (id) VALUES (9)"));
  EXPECT_FALSE(s.execute("UPDATE city SET country_code = NULL WHERE id = 4"));
  EXPECT_FALSE(s.execute("UPDATE city SET country_id = NULL WHERE id = 4"));
  // What a reference does by itself it does to both forms.
  must(s, "DELETE FROM country WHERE code = 'FR'");
  EXPECT_EQ(city(s, 5), "4 DE NULL NULL");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  EXPECT_EQ(cell(s, "SELECT country_code FROM city WHERE id = 5"), "DE");
  EXPECT_EQ(cell(s, "SELECT former_code FROM city WHERE id = 2"), "NN");
  // What the model says holds again: a key that is referred to is not changed.
  EXPECT_FALSE(s.execute("UPDATE country SET code = 'ZZ' WHERE code = 'DE'"));
}

// Of a bill: its client's number, and that by the other key.
std::string billed(dialect::Session& s, int id, const char* role) {
  return cell(s, fmt::format("SELECT {}_id FROM bill WHERE id = {}", role, id)) + " " +
         cell(s, fmt::format("SELECT c.id FROM bill AS b JOIN client AS c ON c.uid = b.{}_uid "
                             "WHERE b.id = {}",
                             role, id));
}

TEST_P(Keys, AReferenceFollowsToAKeyThatIsMadeUp) {
  Change c(GetParam(), kMadeUp);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO client (id, name) VALUES (1, 'Ann'), (2, 'Bob')");
  must(s, "INSERT INTO bill (id, client_id, payer_id) VALUES (1, 1, NULL), (2, 2, 1)");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::expand), "");
  // A client that comes has its new key at once, and one that was there has none yet.
  must(s, "INSERT INTO client (id, name) VALUES (3, 'Cid'), (4, 'Dan')");
  must(s, "INSERT INTO bill (id, client_id, payer_id) VALUES (3, 3, 1)");
  EXPECT_EQ(billed(s, 3, "client"), "3 3");
  EXPECT_EQ(cell(s, "SELECT count(*) FROM bill WHERE payer_uid IS NULL"), "3");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::backfill), "");
  EXPECT_EQ(billed(s, 1, "client"), "1 1");
  EXPECT_EQ(billed(s, 2, "payer"), "1 1");
  EXPECT_EQ(billed(s, 3, "payer"), "1 1");
  EXPECT_EQ(cell(s, "SELECT count(DISTINCT uid) FROM client"), "4");
  must(s, "UPDATE bill SET client_id = 2 WHERE id = 3");
  EXPECT_EQ(billed(s, 3, "client"), "2 2");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  const std::string uid = "0b1d2f6e-5c1d-4c56-8c1f-000000000001";
  must(s, fmt::format("INSERT INTO client (uid, id, name) VALUES ('{}', 5, 'Eve')", uid));
  must(s, fmt::format("INSERT INTO bill (id, client_uid) VALUES (4, '{}')", uid));
  EXPECT_EQ(billed(s, 4, "client"), "5 5");
  must(s, "UPDATE bill SET payer_uid = (SELECT uid FROM client WHERE id = 4) WHERE id = 4");
  EXPECT_EQ(billed(s, 4, "payer"), "4 4");
  must(s, "UPDATE bill SET payer_id = 1 WHERE id = 4");
  EXPECT_EQ(billed(s, 4, "payer"), "1 1");
  // Neither version may refer to nothing, or leave out what it requires.
  EXPECT_FALSE(
      s.execute("INSERT INTO bill (id, client_uid) VALUES (9, "
                "'0b1d2f6e-5c1d-4c56-8c1f-0000000000ff')"));
  EXPECT_FALSE(s.execute("INSERT INTO bill (id, client_id) VALUES (9, 77)"));
  EXPECT_FALSE(s.execute("INSERT INTO bill (id) VALUES (9)"));
  EXPECT_FALSE(s.execute("DELETE FROM client WHERE id = 5"));
  // What a reference does by itself it does to both forms.
  must(s, "UPDATE bill SET client_id = 2 WHERE id = 1");
  must(s, "DELETE FROM client WHERE id = 1");
  EXPECT_EQ(cell(s, "SELECT count(*) FROM bill WHERE payer_id IS NULL AND payer_uid IS NULL"), "4");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  EXPECT_EQ(cell(s, "SELECT count(*) FROM bill AS b JOIN client AS c ON c.uid = b.client_uid"),
            "4");
  EXPECT_FALSE(s.execute("DELETE FROM client WHERE id = 5"));
}

TEST_P(Keys, ACountedKeyThatGrowsIsGivenBackToWhoInserts) {
  Change c(GetParam(), kGrows);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  const auto insert = [&](const std::string& sql) -> std::string {
    // MariaDB gives back with RETURNING what the others do.
    return cell(s, sql + " RETURNING id");
  };
  EXPECT_EQ(insert("INSERT INTO client (name) VALUES ('a')"), "1");
  EXPECT_EQ(insert("INSERT INTO bill (client_id) VALUES (1)"), "1");
  for (const auto phase : {Phase::expand, Phase::backfill, Phase::validate, Phase::switch_}) {
    ASSERT_EQ(runScript(c.planned->script, s, phase), "");
    const auto client = insert("INSERT INTO client (name) VALUES ('b')");
    EXPECT_EQ(client, std::to_string(static_cast<int>(phase) + 2));
    EXPECT_EQ(insert("INSERT INTO bill (client_id) VALUES (" + client + ")"), client);
    EXPECT_EQ(cell(s, "SELECT id FROM client WHERE id = " + client), client);
    EXPECT_EQ(cell(s, "SELECT client_id FROM bill WHERE id = " + client), client);
  }
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  EXPECT_EQ(insert("INSERT INTO client (name) VALUES ('c')"), "6");
  must(s, "INSERT INTO client (id, name) VALUES (5000000000, 'd')");
  EXPECT_EQ(insert("INSERT INTO bill (client_id) VALUES (5000000000)"), "6");
  EXPECT_EQ(cell(s, "SELECT client_id FROM bill WHERE id = 6"), "5000000000");
  EXPECT_FALSE(s.execute("INSERT INTO bill (client_id) VALUES (77)"));
}

// SQLite looks whether a reference leads to a row at the end of a statement, and its triggers run
// at each row: one that leads to a later row of the statement is looked up too early.
TEST(KeysOfOneStatement, AnUndoStopsWhereALookCameTooEarly) {
  Change c("sqlite", kItself);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "INSERT INTO person (id, badge, boss_badge) VALUES (12, 'BB', 'AA'), (11, 'AA', NULL)");
  EXPECT_EQ(cell(s, "SELECT boss_id FROM person WHERE id = 12"), "NULL");
  const auto told = runScript(c.planned->script, s, Phase::switch_, /*undo=*/true);
  EXPECT_NE(told.find("rows of person where boss_id does not agree with boss_badge"),
            std::string::npos)
      << told;
  must(s, "UPDATE person SET boss_id = 11 WHERE id = 12");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_, /*undo=*/true), "");
  EXPECT_EQ(cell(s, "SELECT boss_id FROM person WHERE id = 12"), "11");
}

INSTANTIATE_TEST_SUITE_P(Engines, Keys, ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cambium::testing
