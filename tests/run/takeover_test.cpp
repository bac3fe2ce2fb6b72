// MariaDB: a table takes the name of the view that stood for it. Applications of the new version
// find it under that name at every moment: beside transactions that hold it, where it cannot be had
// in time, and wherever the run is cut off.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "runtime/runner/forwarding_session.h"
#include "tests/run/change.h"

namespace cambium::testing {
namespace {

using plan::Phase;
using runner::Outcome;
using std::chrono::milliseconds;

// With triggers that keep both forms of a value in step, and one that asks for it; and a table
// between two that follows. `old`: the table's name, before that of the view or behind it.
std::string versions(const std::string& old) {
  return fmt::format(R"(# why: -
-- before.cam --
entity Tag {{ key code: string(8) }}
entity Was @table("{0}") {{ key id: int64  code: int64  tags: many Tag @table("{0}_tags") }}
-- after.cam --
entity Tag {{ key code: string(8) }}
entity Thing {{ key id: int64  word: string(20)  labels: many Tag }}
-- migration.cam --
migration from "1.0.0" to "1.1.0" {{
  rename Was -> Thing
  rename Was.code -> word
  rename Was.tags -> labels
  convert Was.code up to_string(code) down to_int64(word)
}}
)",
                     old);
}

// Up to the switch, with a row.
struct Switched : Change {
  explicit Switched(const std::string& old) : Change("mariadb", versions(old).c_str()) {
    if (!planned) return;
    must(*session, "INSERT INTO tag (code) VALUES ('x')");
    must(*session, "INSERT INTO " + old + " (id, code) VALUES (1, 7)");
    EXPECT_EQ(runScript(planned->script, *session, Phase::switch_), "");
  }
};

class TakeOver : public ::testing::TestWithParam<const char*> {
protected:
  void SetUp() override { ASSERT_TRUE(change.planned) << briefDiagnostics(change.compiled); }

  runner::RunReport contract(dialect::Session& session, unsigned patienceMs) {
    runner::RunOptions options;
    options.owner = "test@localhost pid 1";
    options.actor = "test";
    options.environment = "test";
    options.lockTimeoutMs = patienceMs;
    return runner::run(change.planned->script, session, options, [](const runner::RunEvent&) {});
  }
  void expectSame(const catalog::Catalog& expected) {
    const auto live = change.database.open()->introspect();
    ASSERT_TRUE(bool(live)) << live.error().message;
    for (const auto& one : catalog::compare(expected, *live))
      ADD_FAILURE() << one.object << ": " << one.expected << " | " << one.actual;
  }
  // Every view and table, also one that is ours.
  std::string names() {
    return cell(*change.session,
                "SELECT group_concat(table_name ORDER BY table_name) FROM "
                "information_schema.tables WHERE table_schema = database() AND (table_name NOT "
                "LIKE 'cambium%' OR table_name LIKE 'cambium_gone%')");
  }

  Switched change{GetParam()};
};

constexpr const char* kTriggers =
    "SELECT count(*) FROM information_schema.triggers WHERE trigger_schema = database() AND "
    "event_object_table NOT LIKE 'cambium%'";

// What an application of the new version does. "" or what is wrong.
std::string work(dialect::Session& session, int id) {
  for (const auto& sql :
       {fmt::format("INSERT INTO thing (id, word) VALUES ({}, '1')", id),
        fmt::format("INSERT INTO thing_labels (thing_id, tag_code) VALUES ({}, 'x')", id),
        fmt::format("UPDATE thing SET word = '{0}' WHERE id = {0}", id)})
    if (const auto done = session.execute(sql); !done) return sql + "\n" + done.error().message;
  const auto found = cell(session, fmt::format("SELECT word FROM thing WHERE id = {}", id));
  return found == std::to_string(id) ? "" : fmt::format("row {} says {}", id, found);
}

TEST_P(TakeOver, NobodyMissesTheNameBesideLongTransactions) {
  std::atomic<bool> stop = false;
  std::atomic<int> next = 1000, done = 0;
  std::mutex mutex;
  std::vector<std::string> wrong;
  const auto beside = [&](auto&& act) {
    return std::jthread([&, act, session = std::shared_ptr(change.database.open())] {
      while (!stop)
        if (auto what = act(*session); !what.empty()) {
          const std::lock_guard guard(mutex);
          wrong.push_back(std::move(what));
        }
    });
  };
  {
    std::vector<std::jthread> all;
    for (int i = 0; i < 2; ++i)
      all.push_back(beside([&](dialect::Session& s) {
        ++done;
        return work(s, ++next);
      }));
    // Three quarters of the time somebody holds the table.
    all.push_back(beside([&](dialect::Session& s) -> std::string {
      must(s, "START TRANSACTION");
      const auto read = s.query("SELECT count(*) FROM thing");
      std::this_thread::sleep_for(milliseconds(1500));
      must(s, "COMMIT");
      std::this_thread::sleep_for(milliseconds(500));
      return read ? "" : read.error().message;
    }));
    std::this_thread::sleep_for(milliseconds(300));
    const auto report = contract(*change.session, 120'000);
    EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
    std::this_thread::sleep_for(milliseconds(100));
    stop = true;
  }
  EXPECT_GE(done, 20);
  for (const auto& what : wrong) ADD_FAILURE() << what;
  EXPECT_EQ(cell(*change.session, "SELECT count(*) FROM thing"), std::to_string(done + 1));
  EXPECT_EQ(names(), "tag,thing,thing_labels");
  expectSame(change.planned->to.catalog);
}

TEST_P(TakeOver, ATableThatIsNotToBeHadStaysAsItWas) {
  const auto before = change.database.open()->introspect();
  ASSERT_TRUE(bool(before));
  // Somebody who has nothing of the view.
  const std::string old = GetParam();
  const auto holder = change.database.open();
  must(*holder, "START TRANSACTION");
  EXPECT_EQ(cell(*holder, "SELECT count(*) FROM " + old), "1");
  EXPECT_EQ(cell(*holder, "SELECT count(*) FROM " + old + "_tags"), "0");
  EXPECT_EQ(contract(*change.session, 1500).outcome, Outcome::busy);
  auto after = change.database.open()->introspect();
  ASSERT_TRUE(bool(after));
  // What is made ready for it nobody uses.
  for (const char* ready : {"thing__new", "thing_labels__new"}) after->dropView(ready);
  for (const auto& one : catalog::compare(*before, *after))
    ADD_FAILURE() << one.object << ": " << one.expected << " | " << one.actual;
  EXPECT_EQ(work(*change.database.open(), 2), "");
  must(*holder, "COMMIT");
  const auto report = contract(*change.session, 20'000);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(names(), "tag,thing,thing_labels");
  expectSame(change.planned->to.catalog);
}

// A connection that is lost at the n-th statement of CONTRACT, before it or behind it.
class CutOff : public runner::ForwardingSession {
public:
  CutOff(dialect::Session& session, const emit::Script& script, size_t nth, bool behind)
      : ForwardingSession(session), script_(script), left_(nth), behind_(behind) {}

  dialect::DbResult<void> execute(std::string_view statement) override {
    const bool counts = std::ranges::any_of(script_.steps, [&](const auto& step) {
      return step.phase == Phase::contract &&
             std::ranges::find(step.action.sql.statements, statement) !=
                 step.action.sql.statements.end();
    });
    if (!counts || left_ == 0 || --left_ > 0) return inner_.execute(statement);
    cut_ = std::string(statement);
    if (behind_) (void)inner_.execute(statement);
    dialect::DbError error;
    error.kind = dialect::DbError::Kind::connectionLost;
    return Failure{error};
  }
  const std::string& cut() const { return cut_; }

private:
  const emit::Script& script_;
  size_t left_;
  bool behind_;
  std::string cut_;
};

TEST_P(TakeOver, GoesOnFromEveryStatementAndNobodyMissesTheName) {
  bool renamed = false;
  for (const bool behind : {false, true}) {
    for (size_t nth = 1;; ++nth) {
      Switched change(GetParam());
      ASSERT_TRUE(change.planned);
      const auto& script = change.planned->script;
      const std::string triggers = cell(*change.session, kTriggers);
      CutOff first(*change.session, script, nth, behind);
      const std::string said = runScript(script, first, Phase::contract);
      if (first.cut().empty()) {
        EXPECT_EQ(said, "");
        EXPECT_GE(nth, 8u);
        break;
      }
      SCOPED_TRACE((behind ? "behind " : "before ") + first.cut());
      renamed = renamed || first.cut().starts_with("RENAME TABLE");
      change.session.reset();  // and with it the locks on tables
      change.session = change.database.open();
      // Without its triggers a table may refuse what is written (docs/limits.md).
      if (cell(*change.session, kTriggers) == triggers) {
        EXPECT_EQ(work(*change.session, 2), "");
      }
      EXPECT_EQ(cell(*change.session,
                     "SELECT concat(max(word = '7'), count(tag_code)) FROM thing LEFT JOIN "
                     "thing_labels ON thing.id = 1 AND thing_id = 99"),
                "10");
      EXPECT_EQ(runScript(script, *change.session, Phase::contract), "");
      EXPECT_EQ(work(*change.session, 3), "");
      EXPECT_EQ(cell(*change.session,
                     "SELECT count(*) FROM information_schema.tables WHERE table_schema = "
                     "database() AND table_name LIKE 'cambium_gone%'"),
                "0");
      const auto live = change.session->introspect();
      ASSERT_TRUE(bool(live)) << live.error().message;
      for (const auto& one : catalog::compare(change.planned->to.catalog, *live))
        ADD_FAILURE() << one.object << ": " << one.expected << " | " << one.actual;
      if (::testing::Test::HasFailure()) return;
    }
  }
  EXPECT_TRUE(renamed);
}

INSTANTIATE_TEST_SUITE_P(Names, TakeOver, ::testing::Values("item", "zone"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cambium::testing
