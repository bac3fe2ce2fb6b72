#include "tests/pairs/pair_laws.h"

#include <fmt/core.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <tuple>

#include "runtime/runner/ledger.h"
#include "tests/support/lock_watch.h"

namespace cambium::testing {
namespace {

std::vector<TableRows> rowsOf(const GoldenFile& file, const char* section) {
  const Section* rows = file.find(section);
  return rows ? parseRows(rows->text) : std::vector<TableRows>{};
}

// Of the rows of an entity (its table has more than any other) the last three are written while the
// run is under way: by applications of the old version after EXPAND and after VALIDATE, and by one
// of the new version after SWITCH. Where each version has a face these would be written through it:
// all rows are there from the start.
struct LateRows {
  std::vector<TableRows> atStart, afterExpand, afterValidate, afterSwitch;
};

LateRows lateRowsOf(const GoldenFile& file, bool accessViews) {
  constexpr size_t kOthersHave = 5;
  LateRows out;
  if (accessViews) {
    out.atStart = rowsOf(file, "rows before");
    return out;
  }
  const auto take = [](TableRows& table, size_t row) {
    TableRows one{table.table, table.columns, {table.rows.at(row)}};
    table.rows.erase(table.rows.begin() + long(row));
    return one;
  };
  for (auto& table : rowsOf(file, "rows after"))
    if (const size_t rows = table.rows.size(); rows > kOthersHave)
      out.afterSwitch.push_back(take(table, rows - 1));
  for (auto& table : rowsOf(file, "rows before")) {
    if (const size_t rows = table.rows.size(); rows > kOthersHave) {
      table.rows.pop_back();
      out.afterValidate.push_back(take(table, rows - 2));
      out.afterExpand.push_back(take(table, rows - 3));
    }
    out.atStart.push_back(std::move(table));
  }
  return out;
}

// A database of each engine, made once and emptied for each pair: to make another one, and to open
// a session whose server has seen nothing yet, would take longer than most pairs.
class Rooms : public ::testing::Environment {
public:
  // Empty. What a failure has left somewhere is not gone on with.
  dialect::Session& cleared(const std::string& dialect) {
    auto& room = all_[dialect];
    if (room &&
        (room->uses == kUses || room->session->inTransaction() || !room->session->removeAll(false)))
      room.reset();
    if (!room) room = std::make_unique<Room>(dialect);
    ++room->uses;
    return *room->session;
  }
  // While their servers are still there.
  void TearDown() override { all_.clear(); }

private:
  // Of every trigger that a session has seen at work, also of those that are gone, PostgreSQL keeps
  // the plans, and goes through all of them at each change of the catalog: after a hundred pairs
  // one would take three times as long.
  static constexpr unsigned kUses = 6;

  struct Room {
    explicit Room(const std::string& dialect) : database(dialect), session(database.open()) {}
    ScratchDatabase database;
    std::unique_ptr<dialect::Session> session;
    unsigned uses = 0;
  };
  std::map<std::string, std::unique_ptr<Room>> all_;
};

auto& rooms() {
  static auto* const all = new Rooms;
  return *all;
}
// GoogleTest owns it.
[[maybe_unused]] const auto* const kRooms = ::testing::AddGlobalTestEnvironment(&rooms());

// A version in an empty database, by the statements of its plan alone: a run would look at the
// catalog before and behind each of them, and that a run builds a version is what the golden cases
// prove.
void build(const emit::Script& script, dialect::Session& session) {
  const auto all = [&](const std::vector<std::string>& statements) {
    for (const auto& sql : statements) {
      const auto done = session.execute(sql);
      EXPECT_TRUE(bool(done)) << done.error().message << " in " << sql;
    }
  };
  for (const auto& step : script.steps) {
    const auto& sql = step.action.sql;
    const bool whole = sql.stepClass == dialect::StepClass::transactional;
    all(sql.before);
    if (whole) {
      EXPECT_TRUE(bool(session.begin()));
    }
    all(sql.statements);
    if (whole) {
      EXPECT_TRUE(bool(session.commit()));
    }
    all(sql.after);
  }
}

// What is there when the new version is built from nothing and the rows are inserted into it.
struct Wanted {
  catalog::Catalog catalog;
  std::vector<TableRows> rows;
};

std::optional<Wanted> buildFresh(const GoldenFile& file, const CompiledCase& c,
                                 const dialect::Dialect& dialect) {
  const auto fresh = planFresh(*c.after, c.after->model, dialect, c.accessViews);
  if (!fresh) {
    ADD_FAILURE() << "the new version cannot be built from nothing";
    return std::nullopt;
  }
  auto& session = rooms().cleared(dialect.traits().dialect);
  build(fresh->script, session);
  insertRows(session, rowsOf(file, "rows after"), fresh->to.catalog, dialect.traits());
  auto live = session.introspect();
  if (!live) {
    ADD_FAILURE() << live.error().message;
    return std::nullopt;
  }
  return Wanted{std::move(*live), readRows(session, fresh->to.catalog, dialect.traits())};
}

}  // namespace

void checkPair(const GoldenFile& file, const CompiledCase& c, const dialect::Dialect& dialect,
               bool watched) {
  const auto& traits = dialect.traits();
  const auto planned = planCase(c, dialect);
  if (!planned) {
    ADD_FAILURE() << "there is no plan\n" << briefDiagnostics(c);
    return;
  }
  const auto base = planFresh(*c.after, c.before->model, dialect, c.accessViews);
  if (!base) {
    ADD_FAILURE() << "the old version cannot be built";
    return;
  }
  auto& session = rooms().cleared(traits.dialect);
  build(base->script, session);
  runner::Ledger ledger(session);
  const auto& script = planned->script;
  const auto adopted = ledger.adopt(
      {script.package, "test", script.fromVersion, script.fromDigest, "{}", "", ""}, "test");
  EXPECT_TRUE(bool(adopted)) << adopted.error().message;
  const LateRows late = lateRowsOf(file, c.accessViews);
  insertRows(session, late.atStart, planned->from.catalog, traits);
  const auto start = readRows(session, planned->from.catalog, traits);

  const auto run = [&](plan::Phase through, bool undo) {
    return watched ? runWatched(script, session, through, undo)
                   : runScript(script, session, through, undo);
  };

  static const std::vector<TableRows> kNone;
  // Where a phase has no step, the run to it is the one to the phase before.
  size_t steps = 0;
  for (const auto through :
       {plan::Phase::expand, plan::Phase::backfill, plan::Phase::validate, plan::Phase::switch_}) {
    const auto reached = size_t(std::ranges::count_if(
        planned->script.steps, [&](const auto& s) { return s.phase <= through; }));
    if (reached == steps) continue;
    steps = reached;
    for (const bool undo : {false, true})
      if (const auto end = run(through, undo); !end.empty()) {
        ADD_FAILURE() << (undo ? "undo from " : "to ") << plan::toString(through) << ": " << end;
        return;
      }
    expectCatalog(session, planned->from.catalog, "after undo");
    const auto rows = readRows(session, planned->from.catalog, traits);
    auto expected = start;
    acceptFills(expected, rows, *planned);
    EXPECT_EQ(printRows(rows), printRows(expected))
        << "rows after undo from " << plan::toString(through);
  }
  for (const auto& [through, rows, catalog] :
       {std::tuple(plan::Phase::expand, &late.afterExpand, &planned->from.catalog),
        std::tuple(plan::Phase::validate, &late.afterValidate, &planned->from.catalog),
        std::tuple(plan::Phase::switch_, &late.afterSwitch, &planned->to.catalog),
        std::tuple(plan::Phase::contract, &kNone, &planned->to.catalog)}) {
    if (const auto end = run(through, false); !end.empty()) {
      ADD_FAILURE() << "migrating to " << plan::toString(through) << ": " << end;
      return;
    }
    SCOPED_TRACE(fmt::format("rows written after {}", plan::toString(through)));
    insertRows(session, *rows, *catalog, traits);
  }
  const auto live = session.introspect();
  if (!live) {
    ADD_FAILURE() << live.error().message;
    return;
  }
  expectSame(planned->to.catalog, *live, "new version");
  const auto rows = readRows(session, planned->to.catalog, traits);

  const auto wanted = buildFresh(file, c, dialect);
  if (!wanted) return;
  expectSame(wanted->catalog, *live, "beside the new version built from nothing");
  EXPECT_EQ(printRows(rows), printRows(wanted->rows)) << "the migrated rows";
  // There the migrated rows are these, too: that is a law of its own.
  const auto& embedded = *dialects().find("sqlite");
  if (&dialect == &embedded) return;
  const auto there = buildFresh(file, c, embedded);
  if (!there) return;
  EXPECT_EQ(printRowsAlike(rows), printRowsAlike(there->rows))
      << "not the rows of " << embedded.traits().displayName;
}

std::string failuresOf(const Pair& pair, const dialect::Dialect& engine) {
  // What watches a run asks the server about every statement, which takes twice as long; the golden
  // cases are all watched. (No divisor of the number of parts: each part has some.)
  constexpr uint64_t kOneOf = 9;
  const bool watched = pair.seed % kOneOf == 0;
  const GoldenFile file = caseOf(pair);
  ::testing::TestPartResultArray results;
  {
    const ::testing::ScopedFakeTestPartResultReporter reporter(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    const CompiledCase compiled = compileCase(file);
    checkTexts(compiled);
    if (!healthy(compiled.before) || !healthy(compiled.after)) {
      ADD_FAILURE() << "a random package has errors:\n" << briefDiagnostics(compiled);
    } else {
      SCOPED_TRACE("on " + engine.traits().displayName);
      checkPair(file, compiled, engine, watched);
    }
  }
  std::string text;
  for (int i = 0; i < results.size(); ++i)
    if (results.GetTestPartResult(i).failed())
      text += std::string(results.GetTestPartResult(i).message()) + "\n";
  return text;
}

Pair shrunk(Pair pair, const std::function<bool(const Pair&)>& fails) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (auto& candidate : smallerPairs(pair)) {
      if (!fails(candidate)) continue;
      pair = std::move(candidate);
      smaller = true;
      break;
    }
  }
  return pair;
}

}  // namespace cambium::testing
