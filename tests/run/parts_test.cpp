// An entity that becomes two, and two that become one, while applications of both versions write.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include "tests/run/change.h"
#include "tests/run/writers.h"

namespace cambium::testing {
namespace {

using dialect::Session;
using plan::Phase;

constexpr const char* kSplit = R"case(# why: -
-- before.cam --
entity Sale { key id: int64  note: string(20)?  carrier: string(20)?  tracking_no: string(20)? }
-- after.cam --
entity Sale { key id: int64  note: string(20)? }
entity Shipment { key sale: ref Sale on delete cascade  carrier: string(20)?  tracking: string(20)? @unique }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  split Sale -> Sale, Shipment by sale
    up { carrier = upper(carrier), tracking = tracking_no }
    down { carrier = lower(carrier), tracking_no = tracking }
}
)case";

constexpr const char* kMerge = R"case(# why: -
-- before.cam --
entity Sale { key id: int64  note: string(20)? }
entity Shipment { key id: int64 = autoincrement()  sale: ref Sale on delete cascade @unique  carrier: string(20)  tracking: string(20)? }
-- after.cam --
entity Sale { key id: int64  note: string(20)?  carrier: string(20)?  tracking_no: string(20)? }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  merge Sale, Shipment -> Sale by sale
    up { carrier = carrier, tracking_no = tracking }
    down { carrier = coalesce(carrier, "none"), tracking = tracking_no }
}
)case";

// The old version requires what goes over.
constexpr const char* kRequired = R"case(# why: -
-- before.cam --
entity Sale { key id: int64  carrier: string(20) }
-- after.cam --
entity Sale { key id: int64 }
entity Shipment { key sale: ref Sale on delete cascade  carrier: string(20) }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  split Sale -> Sale, Shipment by sale
    up { carrier = carrier }
    down { carrier = coalesce(carrier, "none") }
}
)case";

std::string joined(const std::vector<dialect::Row>& rows) {
  std::string out;
  for (const auto& row : rows)
    for (const auto& value : row) out += (out.empty() ? "" : " ") + value.value_or("NULL");
  return out;
}
std::string ask(Session& s, const std::string& sql) {
  const auto rows = s.query(sql);
  return rows ? joined(*rows) : rows.error().message;
}
std::string columns(Session& s, int sale) {
  return ask(s, fmt::format("SELECT carrier, tracking_no FROM sale WHERE id = {}", sale));
}
std::string part(Session& s, int sale, const char* owner = "sale_id") {
  return ask(s, fmt::format("SELECT carrier, tracking FROM shipment WHERE {} = {}", owner, sale));
}

class Parts : public ::testing::TestWithParam<const char*> {};

TEST_P(Parts, AnEntityBecomesTwo) {
  Change c(GetParam(), kSplit);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s,
       "INSERT INTO sale (id, carrier, tracking_no) VALUES (1, 'ptt', 'x1'), (2, NULL, NULL), "
       "(3, NULL, 'x3')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::expand), "");
  // Old applications, before the rows are carried over.
  must(s, "INSERT INTO sale (id, carrier) VALUES (4, 'dhl'), (5, NULL)");
  EXPECT_EQ(part(s, 4), "DHL NULL");
  EXPECT_EQ(part(s, 5), "");
  must(s, "UPDATE sale SET tracking_no = 'x5' WHERE id = 5");
  EXPECT_EQ(part(s, 5), "NULL x5");
  must(s, "UPDATE sale SET carrier = NULL WHERE id = 4");
  EXPECT_EQ(part(s, 4), "");
  EXPECT_EQ(part(s, 1), "");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  EXPECT_EQ(part(s, 1), "PTT x1");
  EXPECT_EQ(part(s, 2), "");
  EXPECT_EQ(part(s, 3), "NULL x3");
  // New ones.
  must(s, "INSERT INTO sale (id) VALUES (6)");
  must(s, "INSERT INTO shipment (sale_id, carrier) VALUES (6, 'UPS')");
  EXPECT_EQ(columns(s, 6), "ups NULL");
  must(s, "UPDATE shipment SET tracking = 'x6' WHERE sale_id = 6");
  EXPECT_EQ(columns(s, 6), "ups x6");
  must(s, "UPDATE shipment SET sale_id = 2 WHERE sale_id = 6");
  EXPECT_EQ(columns(s, 6), "NULL NULL");
  EXPECT_EQ(columns(s, 2), "ups x6");
  must(s, "DELETE FROM shipment WHERE sale_id = 2");
  EXPECT_EQ(columns(s, 2), "NULL NULL");
  // One that says nothing is one all the same, until an old application says something.
  must(s, "INSERT INTO shipment (sale_id) VALUES (6)");
  EXPECT_EQ(columns(s, 6), "NULL NULL");
  must(s, "UPDATE sale SET note = 'n' WHERE id = 6");
  EXPECT_EQ(part(s, 6), "NULL NULL");
  must(s, "UPDATE sale SET carrier = 'dhl' WHERE id = 6");
  EXPECT_EQ(part(s, 6), "DHL NULL");
  // Old ones.
  must(s, "UPDATE sale SET carrier = 'Ups', tracking_no = NULL WHERE id = 1");
  EXPECT_EQ(part(s, 1), "UPS NULL");
  EXPECT_EQ(columns(s, 1), "Ups NULL");
  must(s, "UPDATE sale SET carrier = NULL, tracking_no = NULL WHERE id = 1");
  EXPECT_EQ(part(s, 1), "");
  must(s, "DELETE FROM sale WHERE id = 3");
  EXPECT_EQ(part(s, 3), "");
  // What the part refuses is refused, and the next write goes its way.
  EXPECT_FALSE(bool(s.execute("UPDATE sale SET tracking_no = 'x5' WHERE id = 1")));
  must(s, "UPDATE sale SET tracking_no = 'x9' WHERE id = 1");
  EXPECT_EQ(part(s, 1), "NULL x9");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  EXPECT_EQ(part(s, 6), "DHL NULL");
  EXPECT_EQ(part(s, 1), "NULL x9");
}

TEST_P(Parts, TwoBecomeOne) {
  Change c(GetParam(), kMerge);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO sale (id) VALUES (1), (2), (3)");
  must(s, "INSERT INTO shipment (sale_id, carrier, tracking) VALUES (1, 'ptt', 'x1')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::expand), "");
  EXPECT_EQ(columns(s, 1), "NULL NULL");
  must(s, "INSERT INTO shipment (sale_id, carrier) VALUES (2, 'dhl')");
  EXPECT_EQ(columns(s, 2), "dhl NULL");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  EXPECT_EQ(columns(s, 1), "ptt x1");
  EXPECT_EQ(columns(s, 3), "NULL NULL");
  // New ones.
  must(s, "UPDATE sale SET tracking_no = 'x3' WHERE id = 3");
  EXPECT_EQ(part(s, 3), "none x3");
  EXPECT_EQ(columns(s, 3), "NULL x3");
  must(s, "INSERT INTO sale (id, carrier) VALUES (4, 'ups')");
  EXPECT_EQ(part(s, 4), "ups NULL");
  must(s, "UPDATE sale SET carrier = NULL WHERE id = 4");
  EXPECT_EQ(part(s, 4), "");
  must(s, "DELETE FROM sale WHERE id = 2");
  EXPECT_EQ(part(s, 2), "");
  // Old ones.
  must(s, "UPDATE shipment SET carrier = 'dpd' WHERE sale_id = 3");
  EXPECT_EQ(columns(s, 3), "dpd x3");
  must(s, "DELETE FROM shipment WHERE sale_id = 1");
  EXPECT_EQ(columns(s, 1), "NULL NULL");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  EXPECT_EQ(columns(s, 3), "dpd x3");
}

TEST_P(Parts, WhatTheOldVersionRequiresHasAValueWithoutAPart) {
  Change c(GetParam(), kRequired);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  const auto carrier = [&](int sale) {
    return ask(s, fmt::format("SELECT carrier FROM sale WHERE id = {}", sale));
  };
  const auto of = [&](int sale) {
    return ask(s, fmt::format("SELECT carrier FROM shipment WHERE sale_id = {}", sale));
  };
  must(s, "INSERT INTO sale (id, carrier) VALUES (1, 'ptt'), (2, 'none')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  EXPECT_EQ(of(1), "ptt");
  EXPECT_EQ(of(2), "");
  must(s, "INSERT INTO sale (id) VALUES (3)");
  EXPECT_EQ(carrier(3), "none");
  EXPECT_EQ(of(3), "");
  must(s, "INSERT INTO shipment (sale_id, carrier) VALUES (3, 'dhl')");
  EXPECT_EQ(carrier(3), "dhl");
  must(s, "DELETE FROM shipment WHERE sale_id = 3");
  EXPECT_EQ(carrier(3), "none");
  must(s, "UPDATE sale SET carrier = 'ups' WHERE id = 3");
  EXPECT_EQ(of(3), "ups");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  EXPECT_EQ(of(3), "ups");
}

// What applications write that know the carrier of a sale, or its shipment.
std::string carried(std::mt19937& random, bool ofWhole) {
  const char* const carriers[] = {"'ptt'", "'dhl'", "'ups'", "NULL"};
  const unsigned sale = 1 + random() % 40;
  if (ofWhole)
    return fmt::format("UPDATE sale SET carrier = {} WHERE id = {}", carriers[random() % 4], sale);
  switch (random() % 3) {
    case 0:
      return fmt::format(
          "INSERT INTO shipment (sale_id, carrier) SELECT {0}, {1} WHERE NOT EXISTS "
          "(SELECT 1 FROM shipment WHERE sale_id = {0})",
          sale, carriers[random() % 3]);
    case 1:
      return fmt::format("UPDATE shipment SET carrier = {} WHERE sale_id = {}",
                         carriers[random() % 3], sale);
    default: return fmt::format("DELETE FROM shipment WHERE sale_id = {}", sale);
  }
}

class PartsUnderLoad : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(PartsUnderLoad, BothFormsAgree) {
  const auto [engine, versions] = GetParam();
  const bool splits = std::string_view(versions) == kSplit;
  Change c(engine, versions);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  for (int i = 1; i <= 400; ++i) {
    if (splits) {
      must(s, fmt::format("INSERT INTO sale (id, carrier) VALUES ({}, {})", i,
                          i % 3 ? "'ptt'" : "NULL"));
      continue;
    }
    must(s, fmt::format("INSERT INTO sale (id) VALUES ({})", i));
    if (i % 3)
      must(s, fmt::format("INSERT INTO shipment (sale_id, carrier) VALUES ({}, 'ptt')", i));
  }
  Writers old(c, 0, [=](auto& random) { return carried(random, splits); });
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  Writers fresh(c, 100, [=](auto& random) { return carried(random, !splits); });
  finish(old, fresh);
  EXPECT_EQ(cell(s,
                 "SELECT count(*) FROM sale t WHERE carrier IS NOT NULL AND NOT EXISTS "
                 "(SELECT 1 FROM shipment p WHERE p.sale_id = t.id AND lower(p.carrier) = "
                 "lower(t.carrier))"),
            "0");
  EXPECT_EQ(cell(s,
                 "SELECT count(*) FROM sale t JOIN shipment p ON p.sale_id = t.id WHERE "
                 "t.carrier IS NULL AND p.carrier IS NOT NULL"),
            "0");
  EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
}

constexpr auto kEngines = {"sqlite", "postgres", "mariadb"};
INSTANTIATE_TEST_SUITE_P(Engines, Parts, ::testing::ValuesIn(kEngines),
                         [](const auto& info) { return std::string(info.param); });
INSTANTIATE_TEST_SUITE_P(Engines, PartsUnderLoad,
                         ::testing::Combine(::testing::Values("postgres", "mariadb"),
                                            ::testing::Values(kSplit, kMerge)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param)) +
                                  (std::get<1>(info.param) == kSplit ? "Split" : "Merge");
                         });

}  // namespace
}  // namespace cambium::testing
