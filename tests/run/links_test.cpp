// One and several, kept in step while applications of both versions write: a reference that becomes
// a many-to-many, and the other way round.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <random>
#include <thread>

#include "tests/run/change.h"
#include "tests/run/writers.h"

namespace cambium::testing {
namespace {

using dialect::Session;
using plan::Phase;

constexpr const char* kToMany = R"case(# why: -
-- before.cam --
entity Label { key code: string(10) }
entity Product { key id: int64  label: ref Label? }
-- after.cam --
entity Label { key code: string(10) }
entity Product { key id: int64  label: many Label }
)case";

constexpr const char* kToOne = R"case(# why: -
-- before.cam --
entity Label { key code: string(10) }
entity Product { key id: int64  label: many Label }
-- after.cam --
entity Label { key code: string(10) }
entity Product { key id: int64  label: ref Label? }
-- migration.cam --
migration from "1.0.0" to "1.1.0" { approve narrow Product.label "one is enough" }
)case";

std::string several(Session& s, int product) {
  const auto rows = s.query(fmt::format(
      "SELECT label_code FROM product_label WHERE product_id = {} ORDER BY label_code", product));
  if (!rows) return rows.error().message;
  std::string out;
  for (const auto& row : *rows) out += (out.empty() ? "" : " ") + row.front().value_or("NULL");
  return out;
}
std::string reference(Session& s, int product) {
  return cell(s, fmt::format("SELECT label_code FROM product WHERE id = {}", product));
}
void refer(Session& s, int product, const char* label) {
  must(s, fmt::format("UPDATE product SET label_code = {} WHERE id = {}", label, product));
}
void give(Session& s, int product, const char* label) {
  must(s, fmt::format("INSERT INTO product_label (product_id, label_code) VALUES ({}, '{}')",
                      product, label));
}
void take(Session& s, int product, const char* label) {
  must(s, fmt::format("DELETE FROM product_label WHERE product_id = {} AND label_code = '{}'",
                      product, label));
}
constexpr const char* kLabels = "INSERT INTO label (code) VALUES ('a'), ('b'), ('c'), ('d')";

class Links : public ::testing::TestWithParam<const char*> {};

TEST_P(Links, AReferenceBecomesTheFirstOfSeveral) {
  Change c(GetParam(), kToMany);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, kLabels);
  must(s, "INSERT INTO product (id, label_code) VALUES (1, 'a'), (2, NULL), (3, 'c')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::expand), "");
  // Old applications, before the rows are carried over.
  must(s, "INSERT INTO product (id, label_code) VALUES (4, 'd'), (5, NULL)");
  EXPECT_EQ(several(s, 4), "d");
  refer(s, 4, "'b'");
  EXPECT_EQ(several(s, 4), "b");
  refer(s, 4, "NULL");
  EXPECT_EQ(several(s, 4), "");
  EXPECT_EQ(several(s, 1), "");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  EXPECT_EQ(several(s, 1), "a");
  EXPECT_EQ(several(s, 2), "");
  EXPECT_EQ(several(s, 3), "c");
  // New ones: what old ones see stays as long as it is one of the several.
  give(s, 1, "b");
  EXPECT_EQ(reference(s, 1), "a");
  give(s, 2, "d");
  give(s, 2, "c");
  EXPECT_EQ(reference(s, 2), "d");
  take(s, 2, "d");
  EXPECT_EQ(reference(s, 2), "c");
  take(s, 2, "c");
  EXPECT_EQ(reference(s, 2), "NULL");
  must(s, "UPDATE product_label SET label_code = 'd' WHERE product_id = 3");
  EXPECT_EQ(reference(s, 3), "d");
  // Old ones change what they see, and nothing else.
  refer(s, 1, "'d'");
  EXPECT_EQ(several(s, 1), "b d");
  refer(s, 1, "NULL");
  EXPECT_EQ(several(s, 1), "b");
  EXPECT_EQ(reference(s, 1), "NULL");
  refer(s, 1, "'b'");
  EXPECT_EQ(several(s, 1), "b");
  must(s, "DELETE FROM product WHERE id = 3");
  EXPECT_EQ(several(s, 3), "");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  EXPECT_EQ(several(s, 1), "b");
}

TEST_P(Links, OfSeveralOneBecomesTheReference) {
  Change c(GetParam(), kToOne);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, kLabels);
  must(s, "INSERT INTO product (id) VALUES (1), (2), (3), (4)");
  for (const char* label : {"b", "a"}) give(s, 1, label);
  give(s, 3, "c");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::expand), "");
  give(s, 2, "d");
  EXPECT_EQ(reference(s, 2), "d");
  take(s, 2, "d");
  EXPECT_EQ(reference(s, 2), "NULL");
  take(s, 3, "c");  // not carried over yet
  give(s, 3, "b");
  EXPECT_EQ(reference(s, 3), "b");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  EXPECT_EQ(reference(s, 1), "a");
  EXPECT_EQ(reference(s, 4), "NULL");
  // New applications.
  refer(s, 4, "'c'");
  EXPECT_EQ(several(s, 4), "c");
  refer(s, 4, "'d'");
  EXPECT_EQ(several(s, 4), "d");
  refer(s, 1, "'c'");
  EXPECT_EQ(several(s, 1), "b c");
  refer(s, 1, "NULL");
  EXPECT_EQ(several(s, 1), "");
  refer(s, 1, "NULL");
  must(s, "INSERT INTO product (id, label_code) VALUES (5, 'a')");
  EXPECT_EQ(several(s, 5), "a");
  // Old ones.
  give(s, 5, "b");
  EXPECT_EQ(reference(s, 5), "a");
  take(s, 5, "a");
  EXPECT_EQ(reference(s, 5), "b");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  EXPECT_EQ(reference(s, 5), "b");
  EXPECT_EQ(reference(s, 4), "d");
}

// The key of a row changes: what refers to it follows, and both forms are as they were.
TEST_P(Links, ARowGetsAnotherKey) {
  for (const char* versions : {kToMany, kToOne}) {
    SCOPED_TRACE(versions);
    Change c(GetParam(), versions);
    ASSERT_TRUE(c.planned);
    auto& s = *c.session;
    must(s, kLabels);
    must(s, "INSERT INTO product (id) VALUES (1)");
    if (versions == kToMany)
      refer(s, 1, "'b'");
    else
      give(s, 1, "b");
    for (const auto phase : {Phase::backfill, Phase::switch_}) {
      ASSERT_EQ(runScript(c.planned->script, s, phase), "");
      must(s, "UPDATE product SET id = 7 WHERE id = 1");
      EXPECT_EQ(several(s, 7), "b");
      EXPECT_EQ(reference(s, 7), "b");
      must(s, "UPDATE product SET id = 1 WHERE id = 7");
    }
    EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  }
}

// An old application knows no reference: what it deletes takes no row along, nor is it refused,
// whatever the new reference does on delete.
TEST_P(Links, WhatOldApplicationsDeleteTakesNoRowAlong) {
  std::string versions = kToOne;
  const std::string one = "label: ref Label?";
  versions.replace(versions.find(one), one.size(), one + " on delete cascade");
  Change c(GetParam(), versions.c_str());
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, kLabels);
  must(s, "INSERT INTO product (id) VALUES (1), (2)");
  for (const char* label : {"a", "b"}) give(s, 1, label);
  give(s, 2, "a");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  EXPECT_EQ(reference(s, 1), "a");
  must(s, "DELETE FROM label WHERE code = 'a'");
  EXPECT_EQ(several(s, 1), "b");
  EXPECT_EQ(several(s, 2), "");
  EXPECT_EQ(reference(s, 1), "b");
  EXPECT_EQ(reference(s, 2), "NULL");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  must(s, "DELETE FROM label WHERE code = 'b'");
  EXPECT_EQ(cell(s, "SELECT count(*) FROM product"), "1");
}

// A write that fails within a trigger leaves nothing behind that would keep the next one from being
// carried over.
TEST_P(Links, AWriteThatFailsDoesNotStopTheNext) {
  Change c(GetParam(), kToMany);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, kLabels);
  must(s, "INSERT INTO product (id, label_code) VALUES (1, 'a')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  EXPECT_FALSE(bool(s.execute("UPDATE product SET label_code = 'nothing' WHERE id = 1")));
  EXPECT_FALSE(bool(s.execute("INSERT INTO product_label VALUES (1, 'nothing')")));
  refer(s, 1, "'b'");
  EXPECT_EQ(several(s, 1), "b");
}

// Each of two takes away what the other one would choose instead: the second finds what the first
// one left.
class LinksOfTwo : public ::testing::TestWithParam<const char*> {};

TEST_P(LinksOfTwo, TheSecondSeesWhatTheFirstTookAway) {
  Change c(GetParam(), kToMany);
  ASSERT_TRUE(c.planned);
  auto& first = *c.session;
  must(first, kLabels);
  must(first, "INSERT INTO product (id, label_code) VALUES (1, 'a')");
  ASSERT_EQ(runScript(c.planned->script, first, Phase::switch_), "");
  give(first, 1, "b");
  must(first, "BEGIN");
  take(first, 1, "a");
  const auto other = c.database.open();
  auto second = std::async(std::launch::async, [&] { take(*other, 1, "b"); });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  must(first, "COMMIT");
  second.get();
  EXPECT_EQ(several(first, 1), "");
  EXPECT_EQ(reference(first, 1), "NULL");
}

// A statement that has looked at the links before it has to wait for the row of the reference: what
// it saw then is not what is there when it goes on.
TEST_P(LinksOfTwo, WhoHasLookedBeforeLooksAgain) {
  Change c(GetParam(), kToMany);
  ASSERT_TRUE(c.planned);
  auto& first = *c.session;
  must(first, kLabels);
  must(first, "INSERT INTO product (id, label_code) VALUES (1, 'a')");
  ASSERT_EQ(runScript(c.planned->script, first, Phase::switch_), "");
  must(first, "BEGIN");
  refer(first, 1, "'b'");
  const auto other = c.database.open();
  auto second = std::async(std::launch::async, [&] {
    must(*other,
         "INSERT INTO product_label (product_id, label_code) SELECT 1, 'd' WHERE NOT EXISTS "
         "(SELECT 1 FROM product_label WHERE product_id = 1 AND label_code = 'd')");
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  must(first, "COMMIT");
  second.get();
  EXPECT_EQ(several(first, 1), "b d");
  EXPECT_EQ(reference(first, 1), "b");
}

// What applications write that know one label of a product, or several.
std::string label(std::mt19937& random, bool one) {
  const char* const labels[] = {"'a'", "'b'", "'c'", "'d'"};
  const unsigned product = 1 + random() % 40;
  const char* const label = labels[random() % 4];
  // What others refer to goes, and comes again.
  if (random() % 16 == 0) return std::string("DELETE FROM label WHERE code = 'd'");
  if (random() % 16 == 0) return std::string("INSERT INTO label (code) VALUES ('d')");
  if (one)
    return fmt::format("UPDATE product SET label_code = {} WHERE id = {}",
                       random() % 4 ? label : "NULL", product);
  if (random() % 2)
    return fmt::format(
        "INSERT INTO product_label (product_id, label_code) SELECT {0}, {1} WHERE NOT EXISTS "
        "(SELECT 1 FROM product_label WHERE product_id = {0} AND label_code = {1})",
        product, label);
  return fmt::format("DELETE FROM product_label WHERE product_id = {} AND label_code = {}", product,
                     label);
}

class LinksUnderLoad : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(LinksUnderLoad, BothFormsAgree) {
  const auto [engine, versions] = GetParam();
  const bool toMany = std::string_view(versions) == kToMany;
  Change c(engine, versions);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, kLabels);
  for (int i = 1; i <= 400; ++i) {
    must(s, fmt::format("INSERT INTO product (id) VALUES ({})", i));
    if (toMany)
      refer(s, i, i % 3 ? "'a'" : "'b'");
    else
      for (const char* label : {"a", "c"}) give(s, i, label);
  }
  Writers old(c, 0, [=](auto& random) { return label(random, toMany); });
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  Writers fresh(c, 100, [=](auto& random) { return label(random, !toMany); });
  finish(old, fresh);
  EXPECT_EQ(cell(s,
                 "SELECT count(*) FROM product p WHERE label_code IS NOT NULL AND NOT EXISTS "
                 "(SELECT 1 FROM product_label l WHERE l.product_id = p.id AND l.label_code = "
                 "p.label_code)"),
            "0");
  if (!toMany) {
    EXPECT_EQ(cell(s,
                   "SELECT count(*) FROM product p WHERE label_code IS NULL AND EXISTS (SELECT "
                   "1 FROM product_label l WHERE l.product_id = p.id)"),
              "0");
  }
  EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
}

constexpr auto kEngines = {"sqlite", "postgres", "mariadb"};
INSTANTIATE_TEST_SUITE_P(Engines, Links, ::testing::ValuesIn(kEngines),
                         [](const auto& info) { return std::string(info.param); });
INSTANTIATE_TEST_SUITE_P(Engines, LinksOfTwo, ::testing::Values("postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });
INSTANTIATE_TEST_SUITE_P(Engines, LinksUnderLoad,
                         ::testing::Combine(::testing::Values("postgres", "mariadb"),
                                            ::testing::Values(kToMany, kToOne)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param)) +
                                  (std::get<1>(info.param) == kToMany ? "ToMany" : "ToOne");
                         });

}  // namespace
}  // namespace cambium::testing
