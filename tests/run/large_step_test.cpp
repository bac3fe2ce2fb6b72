// A step of many statements: what is recorded of it grows as it does, and a run that was cut off in
// the middle goes on from there.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "compiler/emit/script.h"
#include "runtime/runner/forwarding_session.h"
#include "tests/support/case_runner.h"
#include "tests/support/golden_file.h"
#include "tests/support/laws.h"

namespace cambium::testing {
namespace {

// Entities that each refer to the next one, and the last to the first: they come in one step.
CompiledCase circle(size_t entities) {
  std::string text = "# why: -\n-- model.cam --\n";
  for (size_t i = 0; i < entities; ++i)
    text += fmt::format("entity E{} {{ key id: int64  next: ref E{}? }}\n", i, (i + 1) % entities);
  return compileCase(parseGolden(text));
}

struct Built {
  CompiledCase compiled;
  std::optional<driver::Planned> planned;
};
Built built(size_t entities) {
  Built out{circle(entities), {}};
  if (!healthy(out.compiled.after)) return out;
  out.planned =
      planFresh(*out.compiled.after, out.compiled.after->model, *dialects().find("mariadb"));
  return out;
}

const emit::ScriptStep* largest(const emit::Script& script) {
  const auto found = std::ranges::max_element(
      script.steps, {}, [](const auto& step) { return step.action.sql.statements.size(); });
  return found == script.steps.end() ? nullptr : &*found;
}

TEST(LargeStep, TheRecordGrowsAsTheStepDoes) {
  const auto small = built(100), large = built(400);
  ASSERT_TRUE(small.planned && large.planned);
  ASSERT_GE(largest(large.planned->script)->action.sql.statements.size(), 400u);
  const auto a = emit::toPlanFile(small.planned->script).size(),
             b = emit::toPlanFile(large.planned->script).size();
  EXPECT_LT(b, 5 * a) << a << " and " << b;
  // It is read back as it was.
  const auto back = emit::readPlanFile(emit::toPlanFile(large.planned->script));
  ASSERT_TRUE(bool(back)) << back.error().detail;
  EXPECT_EQ(largest(*back)->action.between, largest(large.planned->script)->action.between);
  EXPECT_GE(largest(*back)->action.between.size(), 399u);
}

// A connection that is lost behind so many tables.
class CutOff : public runner::ForwardingSession {
public:
  CutOff(dialect::Session& session, size_t tables) : ForwardingSession(session), tables_(tables) {}

  dialect::DbResult<void> execute(std::string_view statement) override {
    const bool table = statement.starts_with("CREATE TABLE `e");
    if (table && tables_ == 0) {
      dialect::DbError error;
      error.kind = dialect::DbError::Kind::connectionLost;
      return Failure{error};
    }
    tables_ -= table;
    return inner_.execute(statement);
  }

private:
  size_t tables_;
};

TEST(LargeStep, TwoThousandStatementsGoOnFromWhereTheyWereCutOff) {
  constexpr size_t kTables = 2000, kDone = 1234;
  const auto all = built(kTables);
  ASSERT_TRUE(all.planned) << briefDiagnostics(all.compiled);
  const emit::Script& script = all.planned->script;
  ASSERT_GE(largest(script)->action.sql.statements.size(), kTables);
  ScratchDatabase database("mariadb");
  const auto session = database.open();
  CutOff first(*session, kDone);
  EXPECT_NE(runScript(script, first, plan::Phase::contract), "");
  auto live = session->introspect();
  ASSERT_TRUE(bool(live)) << live.error().message;
  ASSERT_EQ(live->tables.size(), kDone);

  EXPECT_EQ(runScript(script, *session, plan::Phase::contract), "");
  live = session->introspect();
  ASSERT_TRUE(bool(live)) << live.error().message;
  EXPECT_TRUE(catalog::compare(all.planned->to.catalog, *live).empty());
}

}  // namespace
}  // namespace cambium::testing
