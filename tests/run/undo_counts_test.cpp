// What stands in the way of an undo is counted before its first step: a refused one has taken
// nothing back.
#include <gtest/gtest.h>

#include "runtime/runner/ledger.h"
#include "tests/run/change.h"

namespace cambium::testing {
namespace {

using plan::Phase;

constexpr const char* kOptional = R"case(# why: -
-- before.cam --
entity Part { key id: int64  code: string(4)  old: string(9)? }
-- after.cam --
entity Part { key id: int64  code: string(4)?  note: string(20)? }
entity Label { key name: string(20) }
migration from "1.0.0" to "1.1.0" { approve drop Part.old "not used" }
)case";

// What `name` is moves with the switch: there it is the new column.
constexpr const char* kNamesMove = R"case(# why: -
-- before.cam --
entity Part { key id: int64  name: string(9)  label: string(9)? }
-- after.cam --
entity Part { key id: int64  name: string(9)?  label: string(9)? }
migration from "1.0.0" to "1.1.0" { rename Part.name -> label  rename Part.label -> name }
)case";

class UndoCounts : public ::testing::TestWithParam<const char*> {
protected:
  static constexpr const char* kTold =
      "rows of part without code, which the old version requires (1 row)";
  static runner::PlanState stateOf(const Change& c) {
    const auto last = runner::Ledger(*c.session).lastPlan(c.planned->script.package);
    return last && *last ? (*last)->state : runner::PlanState::quarantined;
  }
  static std::string versionOf(const Change& c) {
    const auto found = runner::Ledger(*c.session).installation(c.planned->script.package);
    return found && *found ? (*found)->version : "none";
  }
};

TEST_P(UndoCounts, ARefusedOneHasTakenNothingBack) {
  Change c(GetParam(), kOptional);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO part (id, code) VALUES (1, 'abcd')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "INSERT INTO part (id, note) VALUES (2, 'new')");
  const std::string version = versionOf(c);
  ASSERT_EQ(version, c.planned->script.toVersion);
  const auto switched = s.introspect();
  ASSERT_TRUE(switched);
  for (int i = 0; i < 2; ++i) {
    std::vector<std::string> steps;
    const auto told = runScript(c.planned->script, s, Phase::switch_, /*undo=*/true,
                                [&](const runner::RunEvent& event) {
                                  if (const auto* step = std::get_if<runner::StepStart>(&event))
                                    steps.push_back(step->title);
                                });
    EXPECT_NE(told.find(kTold), std::string::npos) << told;
    EXPECT_NE(told.find("cannot be undone"), std::string::npos) << told;
    EXPECT_TRUE(steps.empty()) << steps.front();
    EXPECT_EQ(stateOf(c), runner::PlanState::switched);
    EXPECT_EQ(versionOf(c), version);
    expectCatalog(s, *switched, "after a refused undo");
  }
  EXPECT_EQ(cell(s, "SELECT note FROM part WHERE id = 2"), "new");
  must(s, "UPDATE part SET code = 'x' WHERE id = 2");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_, /*undo=*/true), "");
  expectCatalog(s, c.planned->from.catalog, "after undo");
  EXPECT_EQ(stateOf(c), runner::PlanState::undone);
}

TEST_P(UndoCounts, WhatIsWrittenMeanwhileIsCountedAtTheStep) {
  Change c(GetParam(), kOptional);
  ASSERT_TRUE(c.planned);
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::switch_), "");
  const auto other = c.database.open();
  bool written = false;
  const auto told = runScript(c.planned->script, *c.session, Phase::switch_, /*undo=*/true,
                              [&](const runner::RunEvent& event) {
                                if (written || !std::holds_alternative<runner::StepStart>(event))
                                  return;
                                written = true;
                                must(*other, "INSERT INTO part (id) VALUES (3)");
                              });
  EXPECT_TRUE(written);
  EXPECT_NE(told.find(kTold), std::string::npos) << told;
  EXPECT_EQ(stateOf(c), runner::PlanState::undoing);
  must(*other, "DELETE FROM part");
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::switch_, /*undo=*/true), "");
  expectCatalog(*c.session, c.planned->from.catalog, "after undo");
}

TEST_P(UndoCounts, ANameThatMovesIsNotTakenForAnother) {
  Change c(GetParam(), kNamesMove);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO part (id, name) VALUES (1, 'a')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  // What was `label` is `name` by now, and empty; what was `name` is not.
  EXPECT_EQ(cell(s, "SELECT name FROM part WHERE id = 1"), "NULL");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_, /*undo=*/true), "");
  expectCatalog(s, c.planned->from.catalog, "after undo");
  EXPECT_EQ(cell(s, "SELECT name FROM part WHERE id = 1"), "a");
}

INSTANTIATE_TEST_SUITE_P(Run, UndoCounts, ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cambium::testing
