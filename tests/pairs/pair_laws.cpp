#include "tests/pairs/pair_laws.h"

#include <fmt/core.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
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

Wanted buildFresh(const GoldenFile& file, const CompiledCase& c, const driver::Planned& planned,
                  const dialect::Dialect& dialect) {
  Wanted out;
  const auto fresh = planFresh(*c.after, c.after->model, dialect, c.accessViews);
  if (!fresh) {
    ADD_FAILURE() << "the new version cannot be built from nothing";
    return out;
  }
  ScratchDatabase database(dialect.traits().dialect);
  const auto session = database.open();
  build(fresh->script, *session);
  insertRows(*session, rowsOf(file, "rows after"), planned.to.catalog, dialect.traits());
  auto live = session->introspect();
  if (!live)
    ADD_FAILURE() << live.error().message;
  else
    out.catalog = std::move(*live);
  out.rows = readRows(*session, planned.to.catalog, dialect.traits());
  return out;
}

}  // namespace

std::string checkPair(const GoldenFile& file, const CompiledCase& c,
                      const dialect::Dialect& dialect) {
  const auto& traits = dialect.traits();
  const auto planned = planCase(c, dialect);
  if (!planned) {
    ADD_FAILURE() << "there is no plan\n" << briefDiagnostics(c);
    return {};
  }
  const auto base = planFresh(*c.after, c.before->model, dialect, c.accessViews);
  if (!base) {
    ADD_FAILURE() << "the old version cannot be built";
    return {};
  }
  ScratchDatabase database(traits.dialect);
  const auto session = database.open();
  build(base->script, *session);
  runner::Ledger ledger(*session);
  const auto& script = planned->script;
  const auto adopted = ledger.adopt(
      {script.package, "test", script.fromVersion, script.fromDigest, "{}", "", ""}, "test");
  EXPECT_TRUE(bool(adopted)) << adopted.error().message;
  const LateRows late = lateRowsOf(file, c.accessViews);
  insertRows(*session, late.atStart, planned->from.catalog, traits);
  const auto start = readRows(*session, planned->from.catalog, traits);

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
      if (const auto end = runWatched(planned->script, *session, through, undo); !end.empty()) {
        ADD_FAILURE() << (undo ? "undo from " : "to ") << plan::toString(through) << ": " << end;
        return {};
      }
    expectCatalog(*session, planned->from.catalog, "after undo");
    const auto rows = readRows(*session, planned->from.catalog, traits);
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
    if (const auto end = runWatched(planned->script, *session, through); !end.empty()) {
      ADD_FAILURE() << "migrating to " << plan::toString(through) << ": " << end;
      return {};
    }
    SCOPED_TRACE(fmt::format("rows written after {}", plan::toString(through)));
    insertRows(*session, *rows, *catalog, traits);
  }
  expectCatalog(*session, planned->to.catalog, "new version");
  const auto rows = readRows(*session, planned->to.catalog, traits);

  const Wanted wanted = buildFresh(file, c, *planned, dialect);
  expectCatalog(*session, wanted.catalog, "beside the new version built from nothing");
  EXPECT_EQ(printRows(rows), printRows(wanted.rows)) << "the migrated rows";
  return printRowsAlike(rows);
}

std::string failuresOf(const Pair& pair, const std::vector<const dialect::Dialect*>& engines) {
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
      std::string first;
      for (const auto* engine : engines) {
        SCOPED_TRACE("on " + engine->traits().displayName);
        const std::string rows = checkPair(file, compiled, *engine);
        if (engine == engines.front()) first = rows;
        EXPECT_EQ(rows, first) << "not the rows of " << engines.front()->traits().displayName;
      }
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
