#include "tests/support/laws.h"

#include <gtest/gtest.h>
#include <cstdlib>

#include <algorithm>

#include "compiler/artifact/seal.h"
#include "compiler/diagnostics/render.h"
#include "compiler/format/format.h"
#include "compiler/syntax/parse.h"
#include "runtime/verify/generated_rows.h"
#include "tests/support/lock_watch.h"
#include "tests/support/rollback_law.h"

namespace cambium::testing {

bool healthy(const std::unique_ptr<driver::Compilation>& c) {
  return c && c->model && !c->diagnostics.hasErrors();
}

std::optional<driver::Planned> planCase(const CompiledCase& c, const dialect::Dialect& dialect) {
  if (!healthy(c.after) || (c.before && !healthy(c.before))) return std::nullopt;
  const auto from = c.before ? c.before->model : diff::emptyModel(*c.after->model);
  driver::Options options;
  options.faceBefore = c.accessViews && c.before;
  options.faceAfter = c.accessViews;
  options.soak = c.soak;
  options.advice = c.advice;
  return driver::planBetween(*c.after, from, c.after->model, dialect, options);
}

std::optional<driver::Planned> planFresh(driver::Compilation& c,
                                         const std::shared_ptr<const ir::Model>& model,
                                         const dialect::Dialect& dialect, bool accessViews) {
  driver::Options options;
  options.faceAfter = accessViews;
  return driver::planBetween(c, diff::emptyModel(*model), model, dialect, options);
}

void acceptFills(std::vector<TableRows>& before, const std::vector<TableRows>& after,
                 const driver::Planned& planned) {
  for (const auto& change : planned.changes.changes) {
    const auto* required = std::get_if<diff::RequireProperty>(&change);
    if (!required) continue;
    const auto& model = *planned.changes.from;
    const std::string& table = planned.from.table(model[required->from].entity);
    for (const std::string& column : planned.from.columnsOf(required->from))
      for (auto& rows : before) {
        const auto at = std::find(rows.columns.begin(), rows.columns.end(), column);
        if (rows.table != table || at == rows.columns.end()) continue;
        const auto cell = size_t(at - rows.columns.begin());
        for (const auto& found : after)
          if (found.table == table)
            for (size_t i = 0; i < rows.rows.size() && i < found.rows.size(); ++i)
              if (!rows.rows[i][cell]) rows.rows[i][cell] = found.rows[i][cell];
      }
  }
}

void expectSame(const catalog::Catalog& expected, const catalog::Catalog& live, const char* when) {
  for (const auto& difference : catalog::compare(expected, live))
    ADD_FAILURE() << when << ": " << difference.object << "\n  expected: " << difference.expected
                  << "\n  in the database: " << difference.actual;
}

void expectCatalog(dialect::Session& session, const catalog::Catalog& expected, const char* when) {
  const auto live = session.introspect();
  ASSERT_TRUE(bool(live)) << live.error().message;
  expectSame(expected, *live, when);
}

namespace {

void checkFormat(const driver::Compilation& c) {
  for (const auto& tree : c.trees) {
    if (tree.hasErrors) continue;
    const std::string once = format::format(tree, c.sources);
    SourceMap sources;
    DiagnosticSink sink;
    const auto again = syntax::parse(sources, sources.add("formatted.cam", once), sink);
    EXPECT_FALSE(sink.hasErrors()) << "formatted text does not parse:\n"
                                   << renderBrief(sink.sorted(), sources) << once;
    EXPECT_TRUE(format::sameMeaning(tree, c.sources, again, sources))
        << "formatting changed the meaning:\n"
        << once;
    EXPECT_EQ(format::format(again, sources), once) << "formatting is not idempotent";
  }
}

void checkSeal(const ir::Model& model) {
  const std::string document = artifact::seal(model);
  const auto back = artifact::unseal(document);
  ASSERT_TRUE(bool(back)) << back.error().detail;
  EXPECT_TRUE(ir::sameModel(model, *back)) << "the sealed model reads back differently:\n"
                                           << firstDifference(document, artifact::seal(*back));
  EXPECT_EQ(artifact::seal(*back), document);
}

// What comes back on the way back holds for what is written first, and the rows are looked at in
// another transaction, beside writers.
void checkWayBack(const emit::Script& script, const catalog::Traits& traits) {
  if (!traits.constraintBeforeRows) return;
  for (const auto& step : script.steps)
    for (const std::string& sql : step.undo.sql.statements) {
      const bool adds = sql.starts_with("ALTER TABLE ") && sql.find(" ADD ") != std::string::npos;
      const bool constraint = sql.find(" CHECK (") != std::string::npos ||
                              sql.find(" FOREIGN KEY (") != std::string::npos;
      EXPECT_FALSE(adds && constraint && sql.find(" NOT VALID") == std::string::npos)
          << "undo of step " << step.number << " looks at every row under its lock: " << sql;
    }
}

// Builds the old version, loads the rows, migrates in every way there is, and looks at the database
// each time.
void checkMigration(const GoldenFile& file, const CompiledCase& c, const dialect::Dialect& dialect,
                    std::string* rowsAfterOut, std::string* runOut, std::string* rollbackOut) {
  const auto& traits = dialect.traits();
  const auto planned = planCase(c, dialect);
  if (!planned) return;
  checkWayBack(planned->script, traits);
  const auto base =
      c.before ? planFresh(*c.after, c.before->model, dialect, c.accessViews) : std::nullopt;
  const Section* rows = file.find("rows before");
  std::vector<TableRows> rowsBefore;

  const auto build = [&](dialect::Session& session) {
    if (base) {
      ASSERT_EQ(runScript(base->script, session, plan::Phase::contract), "")
          << "building the old version";
      if (rows)
        insertRows(session, parseRows(rows->text), planned->from.catalog, traits);
      else if (!file.settings.count("empty"))
        verify::writeRows(session, planned->from.catalog, traits, {});
    }
  };
  if (file.find("run")) {  // as far as the rows let it, and back
    ScratchDatabase database(traits.dialect);
    const auto session = database.open();
    build(*session);
    if (::testing::Test::HasFatalFailure()) return;
    rowsBefore = readRows(*session, planned->from.catalog, traits);
    const auto end = runWatched(planned->script, *session, plan::Phase::contract);
    EXPECT_NE(end, "") << "nothing stopped it";
    if (runOut) *runOut = end;
    ASSERT_EQ(runWatched(planned->script, *session, plan::Phase::contract, /*undo=*/true), "")
        << "undo of what was stopped";
    expectCatalog(*session, planned->from.catalog, "after undo");
    EXPECT_EQ(printRows(readRows(*session, planned->from.catalog, traits)), printRows(rowsBefore));
    return;
  }
  {  // straight through
    ScratchDatabase database(traits.dialect);
    const auto session = database.open();
    build(*session);
    if (::testing::Test::HasFatalFailure()) return;
    if (base) expectCatalog(*session, planned->from.catalog, "old version");
    rowsBefore = readRows(*session, planned->from.catalog, traits);
    ASSERT_EQ(runWatched(planned->script, *session, plan::Phase::contract), "") << "migrating";
    expectCatalog(*session, planned->to.catalog, "new version");
    const auto rowsAfter = readRows(*session, planned->to.catalog, traits);
    const Section* expected = file.find("rows after");
    if (rowsAfterOut) {
      *rowsAfterOut = printRows(rowsAfter);
    } else if (expected) {
      EXPECT_EQ(printRowsAlike(rowsAfter), printRowsAlike(parseRows(expected->text)))
          << "the migrated rows";
    }
    if (base && rollbackOut &&
        driver::versionLess(planned->changes.from->version, planned->changes.to->version)) {
      SCOPED_TRACE("rolled back");
      *rollbackOut = rollBack(c, *planned, dialect, *session);
    }
  }
  // From each phase there and back, in one database: what an undo leaves is as good as the start.
  // Where a phase has no step, the run to it is the one to the phase before.
  ScratchDatabase database(traits.dialect);
  const auto session = database.open();
  build(*session);
  if (::testing::Test::HasFatalFailure()) return;
  size_t steps = 0;
  for (const auto through :
       {plan::Phase::expand, plan::Phase::backfill, plan::Phase::validate, plan::Phase::switch_}) {
    const auto& all = planned->script.steps;
    const auto reached =
        size_t(std::ranges::count_if(all, [&](const auto& s) { return s.phase <= through; }));
    if (reached == steps) continue;
    steps = reached;
    ASSERT_EQ(runWatched(planned->script, *session, through), "")
        << "to " << plan::toString(through);
    ASSERT_EQ(runWatched(planned->script, *session, through, /*undo=*/true), "")
        << "undo from " << plan::toString(through);
    expectCatalog(*session, planned->from.catalog, "after undo");
    const auto rowsNow = readRows(*session, planned->from.catalog, traits);
    auto rowsThen = rowsBefore;
    acceptFills(rowsThen, rowsNow, *planned);
    EXPECT_EQ(printRows(rowsNow), printRows(rowsThen))
        << "rows after undo from " << plan::toString(through);
  }
}

}  // namespace

void checkTexts(const CompiledCase& c) {
  for (const auto* compilation : {c.before.get(), c.after.get()}) {
    if (!compilation) continue;
    checkFormat(*compilation);
    if (!compilation->model || compilation->diagnostics.hasErrors()) continue;
    checkSeal(*compilation->model);
    DiagnosticSink sink;
    EXPECT_TRUE(diff::diff(compilation->model, compilation->model, sink).changes.empty())
        << "a model differs from itself";
  }
}

void checkLaws(const GoldenFile& file, const CompiledCase& c, std::string* rowsAfter,
               std::string* run, std::string* rollback) {
  checkTexts(c);
  // The rows are printed as the embedded database has them; the others must have the same. A server
  // takes longer than all the rest: CMake lists each engine as a test of its own.
  const char* only = std::getenv("CAMBIUM_LAWS_ON");
  for (const auto* dialect : dialectsOf(file)) {
    if (only && dialect->traits().dialect != only) continue;
    if (!healthy(c.after) || (c.before && !healthy(c.before))) continue;
    SCOPED_TRACE("on " + dialect->traits().displayName);
    const bool prints = dialect->traits().dialect == "sqlite";
    std::string elsewhere;  // the way back as this database has it
    checkMigration(file, c, *dialect, prints ? rowsAfter : nullptr, prints ? run : nullptr,
                   rollback && !prints ? &elsewhere : rollback);
  }
}

}  // namespace cambium::testing
