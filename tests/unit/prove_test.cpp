// The proof finds every fault that we put into a good plan.
#include "compiler/plan/prove.h"

#include "tests/unit/planned.h"

namespace cambium::plan {
namespace {

using testing::planned;
using testing::proof;

const std::string kBefore =
    "enum S { a, b, c } entity Client { key id: int64 nick: string(9) code: int64 status: S = a "
    "note: text? legacy: text "
    "mail: text @unique } entity Post { key id: int64 by: ref Client }";
const std::string kAfter =
    "enum S { a, b } entity Customer { key id: int64 alias: string(9) code: text status: S = a "
    "note: text city: text @unique "
    "index by_alias (alias) check x: alias != note } entity Post { key id: int64 by: ref Customer "
    "} entity Fresh { key id: int64 "
    "of: ref Customer } migration from \"1.0.0\" to \"1.1.0\" { rename Client -> Customer rename "
    "Client.nick -> alias "
    "convert Client.code up to_string(code) down to_int64(code) fill Customer.note = \"?\" fill "
    "Customer.city = \"?\" "
    "approve drop Client.legacy \"x\" approve drop Client.mail \"x\" approve drop S.c \"x\" }";

void renumber(Plan& plan) {
  for (size_t i = 0; i < plan.steps.size(); ++i)
    plan.steps[i].number = static_cast<unsigned>(i + 1);
}

class ProveTest : public ::testing::Test {
protected:
  testing::Planned good = planned(kBefore, kAfter);
  std::string check(Plan plan) {
    renumber(plan);
    return proof(plan, good.traits());
  }
};

TEST_F(ProveTest, theGoodPlanIsProven) {
  ASSERT_EQ(good.codes, "");
  ASSERT_GT(good.plan.steps.size(), 15u);
  EXPECT_EQ(proof(good.plan, good.traits()), "");
}

TEST_F(ProveTest, everyMissingStepIsFound) {
  for (size_t i = 0; i < good.plan.steps.size(); ++i) {
    Plan bad = good.plan;
    bad.steps.erase(bad.steps.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_NE(check(bad), "") << "without step " << i + 1 << ": " << good.plan.steps[i].title;
  }
}

TEST_F(ProveTest, everyMissingOperationIsFound) {
  for (size_t i = 0; i < good.plan.steps.size(); ++i) {
    for (size_t o = 0; o < good.plan.steps[i].operations.size(); ++o) {
      Plan bad = good.plan;
      auto& list = bad.steps[i].operations;
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(o));
      EXPECT_NE(check(bad), "") << "without operation " << o + 1 << " of step " << i + 1 << ": "
                                << good.plan.steps[i].title;
    }
  }
}

TEST_F(ProveTest, everyMissingUndoIsFound) {
  for (size_t i = 0; i < good.plan.steps.size(); ++i) {
    for (size_t o = 0; o < good.plan.steps[i].undo.size(); ++o) {
      if (std::holds_alternative<SwitchVersion>(good.plan.steps[i].undo[o]))
        continue;  // no fact of a catalog
      Plan bad = good.plan;
      auto& list = bad.steps[i].undo;
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(o));
      EXPECT_NE(check(bad), "") << "without undo " << o + 1 << " of step " << i + 1 << ": "
                                << good.plan.steps[i].title;
    }
  }
}

TEST_F(ProveTest, swappedStepsAreFound) {
  // Steps of two phases never change places; within a phase the ones that rest on each other do
  // not.
  size_t found = 0;
  for (size_t i = 0; i + 1 < good.plan.steps.size(); ++i) {
    Plan bad = good.plan;
    std::swap(bad.steps[i], bad.steps[i + 1]);
    const bool phases = bad.steps[i].phase != bad.steps[i + 1].phase;
    const auto result = check(bad);
    if (phases) {
      EXPECT_NE(result, "") << bad.steps[i].title << " before " << bad.steps[i + 1].title;
    }
    found += !result.empty();
  }
  EXPECT_GE(found, 4u);
}

TEST_F(ProveTest, anotherColumnIsFound) {
  for (size_t i = 0; i < good.plan.steps.size(); ++i) {
    for (size_t o = 0; o < good.plan.steps[i].operations.size(); ++o) {
      Plan bad = good.plan;
      auto& op = bad.steps[i].operations[o];
      if (auto* add = std::get_if<AddColumn>(&op))
        add->column.name += "x";
      else if (auto* rename = std::get_if<RenameColumn>(&op))
        rename->to += "x";
      else if (auto* fill = std::get_if<Backfill>(&op))
        fill->set.front().first = "id";
      else if (auto* index = std::get_if<CreateIndex>(&op))
        index->index.parts.front().column = "id";
      else if (auto* rebuild = std::get_if<RebuildTable>(&op))
        rebuild->to.columns.back().name += "x";
      else if (auto* verify = std::get_if<Verify>(&op))
        verify->countSql += " AND 1";
      else if (auto* trigger = std::get_if<CreateTrigger>(&op))
        trigger->trigger.sql += " ";
      else if (auto* view = std::get_if<CreateView>(&op))
        view->view.sql += " ";
      else
        continue;
      EXPECT_NE(check(bad), "") << "operation " << o + 1 << " of step " << i + 1 << ": "
                                << good.plan.steps[i].title;
    }
  }
}

TEST_F(ProveTest, aStricterMiddleIsFound) {
  for (auto& step : good.plan.steps) {
    for (auto& op : step.operations) {
      auto* rebuild = std::get_if<RebuildTable>(&op);
      if (!rebuild || step.phase != Phase::expand) continue;
      rebuild->to.findColumn("legacy")->notNull = true;  // new applications do not know it
      EXPECT_NE(check(good.plan), "");
      return;
    }
  }
  FAIL() << "no rebuild in expand";
}

// The names of indexes are one space: that of another table's index must be given up before.
TEST_F(ProveTest, anIndexNameThatAnotherTableStillHasIsFound) {
  const std::string a = "entity A { key id: int64 n: int32 index x (n) @name(\"";
  good = planned(a + "one\") } entity B { key id: int64 n: int32 index y (n) @name(\"two\") }",
                 a + "two\") } entity B { key id: int64 n: int32 }");
  ASSERT_EQ(good.codes, "");
  EXPECT_EQ(check(good.plan), "");
  Plan bad = good.plan;
  const auto drops = [](const Step& step) {
    return std::holds_alternative<DropIndex>(step.operations.front()) &&
           std::get<DropIndex>(step.operations.front()).table == "b";
  };
  const auto at = std::ranges::find_if(bad.steps, drops);
  ASSERT_NE(at, bad.steps.end());
  std::rotate(at, at + 1, bad.steps.end());
  EXPECT_NE(check(bad).find("table `b` has an index `two`, and `a` takes the name"),
            std::string::npos)
      << check(bad);
}

TEST_F(ProveTest, aRefusedPlanIsRefused) {
  Plan bad = good.plan;
  bad.refusal = "a circle";
  EXPECT_NE(check(bad), "");
}

}  // namespace
}  // namespace cambium::plan
