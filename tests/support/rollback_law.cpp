#include "tests/support/rollback_law.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/diagnostics/render.h"
#include "compiler/driver/rollback.h"
#include "compiler/plan/rollback_loss.h"

namespace cambium::testing {

namespace {

using Kind = plan::RollbackLoss::Kind;

std::string_view headOf(Kind kind) {
  switch (kind) {
    case Kind::goes: return "goes";
    case Kind::changes: return "changes";
    case Kind::merged: return "merged";
    case Kind::returns: return "returns";
    case Kind::inTheWay: return "in the way";
  }
  return "";
}

void expectCatalog(dialect::Session& session, const catalog::Catalog& expected, const char* when) {
  const auto live = session.introspect();
  ASSERT_TRUE(bool(live)) << live.error().message;
  for (const auto& difference : catalog::compare(expected, *live))
    ADD_FAILURE() << when << ": " << difference.object << "\n  expected: " << difference.expected
                  << "\n  in the database: " << difference.actual;
}

// Puts back what the compilation knew before: a refusal here is no error of the case.
class Diagnostics {
public:
  explicit Diagnostics(driver::Compilation& c) : c_(c), before_(c.diagnostics) {
    c.diagnostics = {};
  }
  ~Diagnostics() { c_.diagnostics = before_; }
  std::string refusal() const {
    std::string out;
    for (const Diagnostic& d : c_.diagnostics.sorted())
      if (d.severity == Severity::error)
        out += fmt::format("refused: {}: {}\n", info(d.code).name, d.message);
    return out;
  }

private:
  driver::Compilation& c_;
  DiagnosticSink before_;
};

}  // namespace

std::string rollBack(const CompiledCase& c, const driver::Planned& forth,
                     const dialect::Dialect& dialect, dialect::Session& session) {
  const auto &newer = forth.changes.to, &older = forth.changes.from;
  const Diagnostics diagnostics(*c.after);
  const auto steps = driver::wayBack(MemoryFileSystem(), "", *c.after, newer, older);
  const auto refused = [&] {
    const std::string why = diagnostics.refusal();
    EXPECT_NE(why, "") << "a rollback is refused, and no code says why";
    return why;
  };
  if (!steps) return refused();
  EXPECT_EQ(steps->size(), 1u);
  const auto& step = steps->front();
  driver::Options options;
  options.faceBefore = options.faceAfter = c.accessViews;
  options.recordAs = step.to;
  const auto planned = driver::planBetween(*c.after, step.from, step.target, dialect, options);
  if (!planned) return refused();

  std::string out;
  for (const auto& change : planned->changes.changes)
    out += diff::toString(change, planned->changes) + "\n";
  bool stops = false;
  for (const auto& loss : plan::lossesOfRollback(planned->changes, step.forth, planned->from,
                                                 planned->to, dialect.traits())) {
    std::string rows;
    if (!loss.countSql.empty()) {
      const auto counted = session.query(loss.countSql);
      EXPECT_TRUE(bool(counted)) << loss.what << ": " << counted.error().message << "\n"
                                 << loss.countSql;
      if (!counted || counted->empty() || !counted->front().front()) continue;
      rows = *counted->front().front();
      if (rows == "0" && loss.kind != Kind::returns) continue;
      rows = ": " + rows;
    }
    stops = stops || loss.kind == Kind::inTheWay;
    out += fmt::format("{}: {}{}\n", headOf(loss.kind), loss.what, rows);
    if (loss.kind == Kind::inTheWay) out += fmt::format("  say: {}\n", loss.help);
  }
  if (stops) return out;  // the command line refuses it

  const auto end = runScript(planned->script, session, plan::Phase::contract);
  if (end.empty()) {
    expectCatalog(session, planned->to.catalog, "rolled back");
    return out + printRows(readRows(session, planned->to.catalog, dialect.traits()));
  }
  // Rows that the older version refuses are found before the switch.
  EXPECT_NE(end.find("does not hold"), std::string::npos) << "rolling back: " << end;
  const auto back = runScript(planned->script, session, plan::Phase::contract, /*undo=*/true);
  EXPECT_EQ(back, "") << "undo of a rollback that was stopped: " << end;
  if (back.empty()) expectCatalog(session, planned->from.catalog, "after undo of the rollback");
  return out + end.substr(0, end.find('\n')) + "\n";
}

}  // namespace cambium::testing
