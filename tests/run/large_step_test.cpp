// A step of many statements: what is recorded of it grows as it does, and a run that was cut off in
// the middle goes on from there.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/emit/script.h"
#include "runtime/runner/forwarding_session.h"
#include "tests/support/case_runner.h"
#include "tests/support/golden_file.h"
#include "tests/support/laws.h"
#include "tests/support/sql_client.h"

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
Built built(size_t entities, const char* dialect = "mariadb") {
  Built out{circle(entities), {}};
  if (!healthy(out.compiled.after)) return out;
  out.planned =
      planFresh(*out.compiled.after, out.compiled.after->model, *dialects().find(dialect));
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

// A PostgreSQL server that has little room for locks.
class FewLocks : public ::testing::Test {
protected:
  void SetUp() override {
    const auto client = connect(server_.url());
    client->ask("ALTER SYSTEM SET max_locks_per_transaction = 10");
    server_.crash();
    server_.start();
    database_.emplace(server_.freshDatabase());
    session_ = openDatabase("postgres", database_->url());
  }
  std::string tables() {
    const auto rows = session_->query("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'e%'");
    return rows ? rows->front().front().value_or("") : rows.error().message;
  }

  TestServer server_{ServerKind::postgres};
  std::optional<TestDatabase> database_;
  std::unique_ptr<dialect::Session> session_;
};

TEST_F(FewLocks, WhatCanNotEndIsNotBegun) {
  const auto all = built(450, "postgres");
  ASSERT_TRUE(all.planned) << briefDiagnostics(all.compiled);
  const std::string end = runScript(all.planned->script, *session_, plan::Phase::contract);
  EXPECT_NE(end.find("raise `max_locks_per_transaction` (10 now)"), std::string::npos) << end;
  EXPECT_NE(end.find("nothing was changed"), std::string::npos) << end;
  EXPECT_EQ(session_->query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
                ->front()
                .front(),
            "0");
}

TEST_F(FewLocks, AStepThatFindsNoRoomIsTakenBackAndSaysSoInShort) {
  const auto all = built(100, "postgres");
  ASSERT_TRUE(all.planned) << briefDiagnostics(all.compiled);
  // Somebody else has nearly all the room. What an attempt that fails has taken, it keeps.
  const auto other = connect(database_->url());
  EXPECT_THROW(other->ask("SELECT pg_advisory_lock(i) FROM generate_series(1, 100000) AS i"),
               std::runtime_error);
  other->ask("SELECT pg_advisory_unlock(i) FROM generate_series(1, 200) AS i");
  const std::string end = runScript(all.planned->script, *session_, plan::Phase::contract);
  EXPECT_NE(end.find("raise `max_locks_per_transaction` and start the server again"),
            std::string::npos)
      << end;
  EXPECT_NE(end.find("nothing was changed"), std::string::npos) << end;
  EXPECT_LT(end.size(), 800u) << end;
  EXPECT_EQ(tables(), "0");
  other->ask("SELECT pg_advisory_unlock_all()");
  EXPECT_EQ(runScript(all.planned->script, *session_, plan::Phase::contract), "");
  EXPECT_EQ(tables(), "100");
}

TEST(ManyColumns, ThoseThatWereDroppedCount) {
  const auto compiled = compileCase(parseGolden(R"(# why: -
-- before.cam --
entity A { key id: int64 }
-- after.cam --
entity A { key id: int64  b: int32?  c: int32?  d: int32? }
)"));
  ASSERT_TRUE(healthy(compiled.after)) << briefDiagnostics(compiled);
  const auto& dialect = *dialects().find("postgres");
  const auto base = planFresh(*compiled.after, compiled.before->model, dialect);
  const auto planned = planCase(compiled, dialect);
  ASSERT_TRUE(base && planned);
  for (const int dropped : {1597, 1596}) {
    ScratchDatabase database("postgres");
    const auto session = database.open();
    ASSERT_EQ(runScript(base->script, *session, plan::Phase::contract), "");
    const auto done = session->execute(
        fmt::format("DO $$ BEGIN FOR i IN 1..{} LOOP ALTER TABLE a ADD x int; ALTER TABLE a DROP "
                    "x; END LOOP; END $$",
                    dropped));
    ASSERT_TRUE(bool(done)) << done.error().message;
    const std::string end = runScript(planned->script, *session, plan::Phase::contract);
    if (dropped == 1596) {
      EXPECT_EQ(end, "");
      continue;
    }
    EXPECT_NE(end.find("table `a` has had 1598 columns"), std::string::npos) << end;
    EXPECT_NE(end.find("nothing was changed"), std::string::npos) << end;
    const auto live = session->introspect();
    ASSERT_TRUE(bool(live)) << live.error().message;
    EXPECT_TRUE(catalog::compare(planned->from.catalog, *live).empty());
  }
}

}  // namespace
}  // namespace cambium::testing
