// What verify::tryOut finds: a plan that does what it says, and plans that somebody has spoilt.
#include "runtime/verify/verify.h"

#include <gtest/gtest.h>

#include "tests/support/laws.h"

namespace cambium::testing {
namespace {

constexpr const char* kCase = R"(
-- before.cam --
entity Client {
  key id: int64
  fullname: string(60)
  fax: string(20)?
}
entity Purchase {
  key id: int64
  client: ref Client
}
-- after.cam --
entity Client {
  key id: int64
  name: string(60)
  country: string(2)
}
entity Purchase {
  key id: int64
  client: ref Client
}
migration from "1.0.0" to "1.1.0" {
  rename Client.fullname -> name
  fill Client.country = "NL"
  approve drop Client.fax "nobody has one"
}
)";

class Verify : public ::testing::TestWithParam<const char*> {
protected:
  void SetUp() override {
    compiled_ = compileCase(parseGolden(kCase));
    dialect_ = dialects().find(GetParam());
    planned_ = planCase(compiled_, *dialect_);
    build_ = planFresh(*compiled_.after, compiled_.before->model, *dialect_);
    ASSERT_TRUE(planned_ && build_);
  }
  verify::Report tryOut() {
    ScratchDatabase database{GetParam()};
    const auto session = database.open();
    auto report = verify::tryOut({&build_->script, planned_->script, planned_->changes,
                                  planned_->from, planned_->to, dialect_->traits()},
                                 *session, "tester");
    EXPECT_FALSE(report.error) << report.error->message;
    const auto removed = session->removeAll(false);
    EXPECT_TRUE(bool(removed)) << removed.error().message;
    const auto live = session->introspect();
    EXPECT_TRUE(live && catalog::describe(*live).empty());
    return report;
  }
  // The first or the last step of a phase that is one transaction.
  emit::ScriptStep& step(plan::Phase phase, bool last = false) {
    emit::ScriptStep* found = nullptr;
    for (auto& one : planned_->script.steps)
      if (one.phase == phase && !one.action.sql.statements.empty() && (last || !found))
        found = &one;
    EXPECT_TRUE(found);
    return *found;
  }
  void spoil(dialect::Emitted& sql, const std::string& statement) {
    sql.statements.push_back(statement);
    // Of a step whose statements each commit, it belongs to what the last one completes.
    if (!sql.completes.empty()) sql.completes.push_back(sql.completes.back());
  }
  void expectFound(const std::string& claim, const std::string& difference) {
    const auto report = tryOut();
    ASSERT_TRUE(report.finding) << "nothing is found";
    EXPECT_EQ(report.finding->claim, claim);
    ASSERT_FALSE(report.finding->differences.empty());
    EXPECT_NE(report.finding->differences.front().find(difference), std::string::npos)
        << report.finding->differences.front();
  }

  CompiledCase compiled_;
  const dialect::Dialect* dialect_ = nullptr;
  std::optional<driver::Planned> planned_, build_;
};

TEST_P(Verify, aSoundPlan) {
  const auto report = tryOut();
  EXPECT_FALSE(report.finding) << report.finding->claim;
  EXPECT_EQ(report.tables, 2u);
  EXPECT_GE(report.rows, 4u);
  EXPECT_EQ(report.refused, "");
}

TEST_P(Verify, rowsThatAreLostOnTheWay) {
  spoil(step(plan::Phase::expand).action.sql, "DELETE FROM purchase");
  expectFound("after expand the rows are not what they were", "purchase: ");
}

TEST_P(Verify, rowsThatAreLostAtTheEnd) {
  spoil(step(plan::Phase::contract, true).action.sql, "DELETE FROM purchase");
  expectFound("at its end the rows are not what they were", "purchase: ");
}

TEST_P(Verify, valuesThatChangeAtTheEnd) {
  spoil(step(plan::Phase::contract, true).action.sql, "UPDATE client SET name = 'x'");
  expectFound("at its end the rows are not what they were", "client: ");
}

TEST_P(Verify, anUndoThatChangesRows) {
  auto& first = step(plan::Phase::expand);
  ASSERT_FALSE(first.undo.sql.statements.empty());
  spoil(first.undo.sql, "UPDATE client SET fullname = 'x'");
  expectFound("after undo from expand the rows are not what they were", "client: ");
}

TEST_P(Verify, anotherSchemaThanThatOfTheVersion) {
  catalog::Table* table = planned_->to.catalog.findTable("client");
  ASSERT_TRUE(table);
  std::erase_if(table->columns, [](const auto& column) { return column.name == "country"; });
  expectFound("at its end the schema is not that of 1.1.0", "client");
}

INSTANTIATE_TEST_SUITE_P(Engines, Verify, ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace cambium::testing
