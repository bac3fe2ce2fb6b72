// What a reference does to its rows by itself, while another form of it is kept in step. On MariaDB
// that sets off no trigger: triggers of what is referred to do it before.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "compiler/plan/prove.h"
#include "tests/run/change.h"
#include "tests/run/writers.h"

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

// A shop goes with its chain and is known by it; a visit keeps a shop from going.
constexpr const char* kChain = R"case(# why: -
-- before.cam --
entity Chain { key code: string(8) }
entity Shop { key chain: ref Chain on delete cascade on update cascade }
entity Visit { key id: int64  shop: ref Shop }
entity Item { key id: int64  shop: ref Shop? on delete set null on update cascade }
-- after.cam --
entity Chain { key code: string(8) }
entity Shop { key chain: ref Chain on delete cascade on update cascade }
entity Visit { key id: int64  shop: ref Shop }
entity Item { key id: int64  code: string(8)? }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  split Item.shop -> code up { code = shop } down { shop = code }
}
)case";

// The reference of the new version is called by what the value was called by.
constexpr const char* kToReference = R"case(# why: -
-- before.cam --
entity Shop { key code: string(8) }
entity Item { key id: int64  shop_code: string(8)? }
-- after.cam --
entity Shop { key code: string(8) }
entity Item { key id: int64  shop: ref Shop? on delete set null on update cascade }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  split Item.shop_code -> shop up { shop = shop_code } down { shop_code = shop }
}
)case";

constexpr const char* kItself = R"case(# why: -
-- before.cam --
entity Node { key code: string(8)  up: ref Node? on delete set null }
-- after.cam --
entity Node { key code: string(8)  above: string(8)? }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  split Node.up -> above up { above = up } down { up = above }
}
)case";

// Of a delivery only the new version knows the truck, and goes with it.
constexpr const char* kPart = R"case(# why: -
-- before.cam --
entity Truck { key id: int64 }
entity Sale { key id: int64  note: string(20)? }
-- after.cam --
entity Truck { key id: int64 }
entity Sale { key id: int64 }
entity Delivery { key sale: ref Sale on delete cascade  note: string(20)?  truck: ref Truck? on delete cascade }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  split Sale -> Sale, Delivery by sale up { note = note } down { note = note }
}
)case";

// Triggers stand on what the old reference leads to until the switch, and on what the new one leads
// to from then on: each of the two duties has none for the rest of the time.
constexpr const char* kElsewhere = R"case(# why: -
-- before.cam --
entity Person { key id: int64 }
entity Company { key id: int64 }
entity Item { key id: int64  payer: ref Person? on delete set null }
-- after.cam --
entity Person { key id: int64 }
entity Company { key id: int64 }
entity Item { key id: int64  payer: ref Company? on delete set null }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  convert Item.payer up payer down payer
}
)case";

// A shop may be its own boss.
constexpr const char* kItsOwn = R"case(# why: -
-- before.cam --
entity Shop { key code: string(8)  boss: ref Shop? }
entity Item { key id: int64  shop: ref Shop? on delete set null }
-- after.cam --
entity Shop { key code: string(8)  boss: ref Shop? }
entity Item { key id: int64  code: string(8)? }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  split Item.shop -> code up { code = shop } down { shop = code }
}
)case";

class Cascades : public ::testing::TestWithParam<const char*> {
protected:
  static bool told() { return std::string(GetParam()) != "mariadb"; }
  static std::string code(dialect::Session& s, int id) {
    return cell(s, fmt::format("SELECT code FROM item WHERE id = {}", id));
  }
};

TEST_P(Cascades, WhatAReferenceLosesTheNewFormLosesToo) {
  Change c(GetParam(), kToValue);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO shop (code) VALUES ('a'), ('b'), ('c'), ('d'), ('e')");
  must(s,
       "INSERT INTO item (id, shop_code) VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::backfill), "");
  must(s, "DELETE FROM shop WHERE code = 'a'");
  EXPECT_EQ(code(s, 1), "NULL");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "DELETE FROM shop WHERE code = 'b'");
  EXPECT_EQ(cell(s, "SELECT shop_code FROM item WHERE id = 2"), "NULL");
  EXPECT_EQ(code(s, 2), "NULL");
  // There and back: nothing of it is left.
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_, /*undo=*/true), "");
  must(s, "DELETE FROM shop WHERE code = 'c'");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  EXPECT_EQ(code(s, 3), "NULL");
  EXPECT_EQ(code(s, 4), "d");
  // A value stays what it is.
  must(s, "DELETE FROM shop WHERE code = 'd'");
  EXPECT_EQ(code(s, 4), "d");
}

TEST_P(Cascades, ByWayOfOthersAndByANewKey) {
  Change c(GetParam(), kChain);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO chain (code) VALUES ('a'), ('b'), ('c'), ('d')");
  must(s, "INSERT INTO shop (chain_code) VALUES ('a'), ('b'), ('c'), ('d')");
  must(s,
       "INSERT INTO item (id, shop_chain_code) VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), "
       "(5, 'd')");
  must(s, "INSERT INTO visit (id, shop_chain_code) VALUES (1, 'd')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "DELETE FROM chain WHERE code = 'a'");
  EXPECT_EQ(code(s, 1), "NULL");
  must(s, "UPDATE chain SET code = 'z' WHERE code = 'b'");
  EXPECT_EQ(cell(s, "SELECT shop_chain_code FROM item WHERE id = 2"), "z");
  EXPECT_EQ(code(s, 2), "z");
  // Whoever may not go takes nothing along.
  EXPECT_FALSE(bool(s.execute("DELETE FROM chain WHERE code = 'd'")));
  EXPECT_EQ(code(s, 4), "d");
  if (!told()) {
    must(s, "DELETE IGNORE FROM chain WHERE code IN ('c', 'd')");
    EXPECT_EQ(cell(s, "SELECT count(*) FROM shop"), "2");
    EXPECT_EQ(code(s, 3), "NULL");
    EXPECT_EQ(code(s, 4), "d");
    must(s, "DELETE IGNORE FROM shop WHERE chain_code = 'd'");
    EXPECT_EQ(code(s, 5), "d");
    // Nor does anything go where no foreign key does anything.
    must(s, "SET foreign_key_checks = 0");
    must(s, "DELETE FROM shop WHERE chain_code = 'z'");
    must(s, "INSERT INTO shop (chain_code) VALUES ('z')");
    must(s, "SET foreign_key_checks = 1");
    EXPECT_EQ(code(s, 2), "z");
  }
  EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
}

TEST_P(Cascades, OfANewReferenceUnderAnOldName) {
  Change c(GetParam(), kToReference);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO shop (code) VALUES ('a'), ('b'), ('c'), ('d')");
  must(s, "INSERT INTO item (id, shop_code) VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::validate), "");
  // The old version knows of no reference: nothing happens to its rows.
  EXPECT_FALSE(s.execute("DELETE FROM shop WHERE code = 'a'"));
  EXPECT_FALSE(s.execute("UPDATE shop SET code = 'x' WHERE code = 'b'"));
  EXPECT_EQ(cell(s, "SELECT shop_code FROM item WHERE id = 1"), "a");
  EXPECT_EQ(cell(s, "SELECT shop_code FROM item WHERE id = 2"), "b");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "DELETE FROM shop WHERE code = 'c'");
  must(s, "UPDATE shop SET code = 'y' WHERE code = 'd'");
  EXPECT_EQ(cell(s, "SELECT shop_code FROM item WHERE id = 3"), "NULL");
  EXPECT_EQ(cell(s, "SELECT shop_code FROM item WHERE id = 4"), "y");
  // Also in what the old version reads.
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_, /*undo=*/true), "");
  EXPECT_EQ(cell(s, "SELECT shop_code FROM item WHERE id = 3"), "NULL");
  EXPECT_EQ(cell(s, "SELECT shop_code FROM item WHERE id = 4"), "y");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  must(s, "DELETE FROM shop WHERE code = 'y'");
  EXPECT_EQ(cell(s, "SELECT shop_code FROM item WHERE id = 4"), "NULL");
}

TEST_P(Cascades, OfAPartThatGoesWithSomethingElse) {
  Change c(GetParam(), kPart);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO truck (id) VALUES (7)");
  must(s, "INSERT INTO sale (id, note) VALUES (1, 'one'), (2, 'two')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "UPDATE delivery SET truck_id = 7 WHERE sale_id = 1");
  must(s, "DELETE FROM truck WHERE id = 7");
  EXPECT_EQ(cell(s, "SELECT count(*) FROM delivery"), "1");
  EXPECT_EQ(cell(s, "SELECT note FROM sale WHERE id = 1"), "NULL");
  EXPECT_EQ(cell(s, "SELECT note FROM sale WHERE id = 2"), "two");
  EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
}

// A trigger may not write the table of the statement that it runs in. There the old form does not
// go before somebody has seen to it.
TEST_P(Cascades, WhatNoTriggerMayWriteIsCounted) {
  Change c(GetParam(), kItself);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO node (code) VALUES ('a'), ('b')");
  must(s, "INSERT INTO node (code, up_code) VALUES ('c', 'a'), ('d', 'b')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "DELETE FROM node WHERE code = 'a'");
  EXPECT_EQ(cell(s, "SELECT up_code FROM node WHERE code = 'c'"), "NULL");
  const std::string end = runScript(c.planned->script, s, Phase::contract);
  if (!told()) {
    EXPECT_NE(end.find("above does not agree with up_code"), std::string::npos) << end;
    must(s, "UPDATE node SET above = NULL WHERE code = 'c'");
    EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  } else {
    EXPECT_EQ(end, "");
  }
  EXPECT_EQ(cell(s, "SELECT above FROM node WHERE code = 'c'"), "NULL");
  EXPECT_EQ(cell(s, "SELECT above FROM node WHERE code = 'd'"), "b");
}

TEST_P(Cascades, AStatementThatReadsTheRowsIsNotRefused) {
  Change c(GetParam(), kToValue);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO shop (code) VALUES ('a'), ('b')");
  must(s, "INSERT INTO item (id, shop_code) VALUES (1, 'a'), (2, 'b')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "DELETE FROM shop WHERE code IN (SELECT shop_code FROM item WHERE id = 1)");
  EXPECT_EQ(cell(s, "SELECT shop_code FROM item WHERE id = 1"), "NULL");
  const std::string end = runScript(c.planned->script, s, Phase::contract);
  if (told()) {
    EXPECT_EQ(end, "");
    return;
  }
  EXPECT_NE(end.find("code does not agree with shop_code"), std::string::npos) << end;
  must(s, "UPDATE item SET code = NULL WHERE id = 1");
  EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
}
INSTANTIATE_TEST_SUITE_P(Engines, Cascades, ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

// The proof refuses a plan that leaves out any of these triggers, or knows of none.
TEST(CascadesOfPlans, NoneMayBeLeftOut) {
  for (const char* versions : {kToValue, kChain, kToReference, kPart, kElsewhere}) {
    const auto compiled = compileCase(parseGolden(versions));
    const auto& mariadb = *dialects().find("mariadb");
    const auto planned = planCase(compiled, mariadb);
    ASSERT_TRUE(planned);
    ASSERT_FALSE(plan::prove(planned->plan, mariadb.traits()));
    size_t triggers = 0;
    for (size_t i = 0; i < planned->plan.steps.size(); ++i) {
      const auto& operations = planned->plan.steps[i].operations;
      for (size_t k = 0; k < operations.size(); ++k) {
        const auto* made = std::get_if<plan::CreateTrigger>(&operations[k]);
        if (!made || !made->trigger.name.starts_with("cambium_cascade")) continue;
        ++triggers;
        auto less = planned->plan;
        auto& step = less.steps[i];
        step.operations.erase(step.operations.begin() + static_cast<std::ptrdiff_t>(k));
        std::erase_if(step.undo, [&](const auto& op) {
          const auto* gone = std::get_if<plan::DropTrigger>(&op);
          return gone && gone->trigger.name == made->trigger.name;
        });
        const auto failure = plan::prove(less, mariadb.traits());
        ASSERT_TRUE(failure) << made->trigger.name;
        // Of a reference that acts from the switch on it is the step that lets it go which finds
        // it.
        const bool missed =
            failure->difference.find("does not reach its other form") != std::string::npos ||
            failure->difference == "trigger `" + made->trigger.name + "` is not there";
        EXPECT_TRUE(missed) << failure->claim << ": " << failure->difference;
        // Nor may nobody ever have heard of it.
        auto never = planned->plan;
        for (auto& one : never.steps)
          for (auto* list : {&one.operations, &one.undo})
            std::erase_if(*list, [&](const auto& op) {
              const auto* come = std::get_if<plan::CreateTrigger>(&op);
              const auto* go = std::get_if<plan::DropTrigger>(&op);
              return (come && come->trigger.name == made->trigger.name) ||
                     (go && go->trigger.name == made->trigger.name);
            });
        const auto unseen = plan::prove(never, mariadb.traits());
        ASSERT_TRUE(unseen) << made->trigger.name;
        EXPECT_NE(unseen->difference.find("does not reach its other form"), std::string::npos)
            << unseen->claim << ": " << unseen->difference;
        auto nobody = planned->plan;
        nobody.duties.cascades.clear();
        const bool seen =
            versions != kPart;  // a foreign key of a part tells nothing of its other form
        EXPECT_EQ(plan::prove(nobody, mariadb.traits()).has_value(), seen) << versions;
      }
    }
    EXPECT_GT(triggers, 0u) << versions;
  }
}

// InnoDB does not let such a row go, though nobody else refers to it; so its items keep it.
TEST(CascadesOfPlans, ARowThatRefersToItselfStays) {
  Change c("mariadb", kItsOwn);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO shop (code, boss_code) VALUES ('a', 'a'), ('b', NULL)");
  must(s, "INSERT INTO item (id, shop_code) VALUES (1, 'a'), (2, 'b')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  EXPECT_FALSE(s.execute("DELETE FROM shop WHERE code = 'a'"));
  must(s, "DELETE FROM shop WHERE code = 'b'");
  EXPECT_EQ(cell(s, "SELECT code FROM item WHERE id = 1"), "a");
  EXPECT_EQ(cell(s, "SELECT shop_code FROM item WHERE id = 1"), "a");
  EXPECT_EQ(cell(s, "SELECT code FROM item WHERE id = 2"), "NULL");
  EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
}

// Old applications delete what rows refer to while new ones write these rows.
class CascadesUnderLoad : public ::testing::TestWithParam<const char*> {};

TEST_P(CascadesUnderLoad, BothFormsAgree) {
  Change c(GetParam(), kChain);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  for (int i = 0; i < 20; ++i) {
    must(s, fmt::format("INSERT INTO chain (code) VALUES ('c{}')", i));
    must(s, fmt::format("INSERT INTO shop (chain_code) VALUES ('c{}')", i));
  }
  for (int i = 0; i < 200; ++i)
    must(s, fmt::format("INSERT INTO item (id, shop_chain_code) VALUES ({}, 'c{}')", i, i % 20));
  Writers old(c, 0, [](std::mt19937& random) {
    const unsigned n = random() % 20;
    switch (random() % 6) {
      case 0: return fmt::format("INSERT INTO chain (code) VALUES ('c{}')", n);
      case 1: return fmt::format("INSERT INTO shop (chain_code) VALUES ('c{}')", n);
      case 2: return fmt::format("DELETE FROM chain WHERE code = 'c{}'", n);
      case 3: return fmt::format("DELETE FROM shop WHERE chain_code = 'c{}'", n);
      case 4:
        return fmt::format("UPDATE chain SET code = 'c{}' WHERE code = 'c{}'", random() % 20, n);
      default:
        return fmt::format("UPDATE item SET shop_chain_code = 'c{}' WHERE id = {}", n,
                           random() % 200);
    }
  });
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  Writers fresh(c, 100, [](std::mt19937& random) {
    return fmt::format("UPDATE item SET code = 'c{}' WHERE id = {}", random() % 20, random() % 200);
  });
  finish(old, fresh);
  EXPECT_EQ(cell(s,
                 "SELECT count(*) FROM item WHERE COALESCE(code, '-') <> COALESCE("
                 "shop_chain_code, '-')"),
            "0");
  EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
}
INSTANTIATE_TEST_SUITE_P(Engines, CascadesUnderLoad, ::testing::Values("postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cambium::testing
