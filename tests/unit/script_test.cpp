// A plan as a script: statements, and probes that hold exactly before and after each step.
#include <gtest/gtest.h>

#include "compiler/base/sha256.h"
#include "compiler/emit/print.h"
#include "tests/support/scenario.h"

namespace cambium::test {
namespace {

std::string digestOf(const catalog::Catalog& c, const emit::ObjectProbe& probe) {
  if (probe.kind == "view") {
    const auto* v = c.findView(probe.name);
    return v ? sha256Hex(catalog::describe(*v)) : "";
  }
  if (probe.kind == "trigger") {
    const auto* t = c.findTrigger(probe.name);
    return t ? sha256Hex(catalog::describe(*t)) : "";
  }
  const auto* t = c.findTable(probe.name);
  return t ? sha256Hex(catalog::describe(*t)) : "";
}

TEST(Script, probesAreTheStatesAroundEachStep) {
  const auto plan = planOfClients();
  const auto script = scriptOf(plan);
  ASSERT_EQ(script.steps.size(), plan.steps.size());
  catalog::Catalog now = plan.before;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const auto& action = script.steps[i].action;
    ASSERT_EQ(action.before.size(), action.after.size());
    for (const auto& probe : action.before) EXPECT_EQ(probe.digest, digestOf(now, probe)) << i + 1;
    for (const auto& operation : plan.steps[i].operations) {
      ASSERT_EQ(plan::apply(operation, now, sqlite().traits()), "");
    }
    for (const auto& probe : action.after) EXPECT_EQ(probe.digest, digestOf(now, probe)) << i + 1;
  }
  EXPECT_EQ(script.afterFingerprint, catalog::fingerprint(now));
  EXPECT_EQ(script.beforeFingerprint, catalog::fingerprint(plan.before));
}

TEST(Script, undoIsTheMirrorBeforeContractAndNothingAfter) {
  const auto script = scriptOfClients();
  EXPECT_EQ(script.steps[0].undo.before, script.steps[0].action.after);
  EXPECT_EQ(script.steps[0].undo.after, script.steps[0].action.before);
  EXPECT_FALSE(script.steps[0].undo.sql.statements.empty());
  EXPECT_TRUE(script.steps.back().undo.sql.statements.empty());
}

TEST(Script, aCreatedTableHasNoDigestBefore) {
  const auto script = scriptOfClients();
  const auto& create = script.steps[2].action;
  ASSERT_EQ(create.before.size(), 1u);
  EXPECT_EQ(create.before[0].name, "visit");
  EXPECT_EQ(create.before[0].digest, "");
  EXPECT_EQ(create.after[0].digest.size(), 64u);
}

TEST(Script, theSwitchAndTheVerificationAreKnown) {
  const auto script = scriptOfClients();
  EXPECT_TRUE(script.steps[6].switches);
  EXPECT_EQ(script.steps[3].action.sql.stepClass, dialect::StepClass::batch);
  EXPECT_EQ(script.steps[4].action.sql.stepClass, dialect::StepClass::gate);
  ASSERT_EQ(script.steps[4].action.verify.size(), 1u);
}

TEST(Script, aRenamedTableTouchesBothNamesAndWhoRefersToIt) {
  catalog::Catalog before;
  catalog::Table parent;
  parent.name = "parent";
  parent.columns.push_back({"id", "INTEGER", true, "", "", false, false, ""});
  parent.primaryKey = {"id"};
  catalog::Table child = parent;
  child.name = "child";
  child.foreignKeys = {{"", {"id"}, "parent", {"id"}, "CASCADE", "NO ACTION"}};
  catalog::Table other = parent;
  other.name = "other";
  before.put(parent);
  before.put(child);
  before.put(other);
  plan::Plan plan;
  plan.before = before;
  plan::Step step;
  step.number = 1;
  step.operations = {plan::RenameTable{"parent", "ancestor"}};
  plan.steps = {step};
  const auto script = scriptOf(plan);
  std::vector<std::string> names;
  for (const auto& probe : script.steps[0].action.before) names.push_back(probe.name);
  EXPECT_EQ(names, (std::vector<std::string>{"ancestor", "child", "parent"}));
}

TEST(Script, anImpossibleStepIsReported) {
  plan::Plan plan;
  plan::Step step;
  step.number = 1;
  step.title = "nothing there";
  step.operations = {plan::RenameTable{"a", "b"}};
  plan.steps = {step};
  SourceMap sources;
  DiagnosticSink sink;
  emit::emit(plan, sqlite(), sources, sink);
  ASSERT_TRUE(sink.hasErrors());
  EXPECT_EQ(sink.all()[0].code, Code::RUN001);
}

// ---------------------------------------------------------------- printing
TEST(Print, summaryHasPhasesPointOfNoReturnAndTotals) {
  const auto script = scriptOfClients();
  emit::PrintOptions o;
  o.server = "SQLite 3.40.1";
  const std::string text = emit::printSummary(script, o);
  EXPECT_NE(text.find("test 1.0.0 → 1.1.0"), std::string::npos) << text;
  EXPECT_NE(text.find("  1 + client.full_name text null"), std::string::npos) << text;
  EXPECT_LT(text.find("SWITCH"), text.find("point of no return"));
  EXPECT_LT(text.find("point of no return"), text.find("CONTRACT"));
  EXPECT_NE(text.find("4 adds, 1 backfill, 1 check, 2 drops · applications of 1.0.0 and 1.1.0 both "
                      "work until CONTRACT\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find(" \n"), std::string::npos) << "no blanks at line ends";
}

TEST(Print, widthAsciiAndColor) {
  const auto script = scriptOfClients();
  emit::PrintOptions o;
  o.ascii = true;
  o.width = 50;
  const std::string text = emit::printSummary(script, o);
  for (char c : text) EXPECT_TRUE(static_cast<unsigned char>(c) < 0x80) << text;
  size_t at = text.find("EXPAND");
  for (size_t end; (end = text.find('\n', at)) != std::string::npos && at < text.rfind("adds");
       at = end + 1) {
    const std::string line = text.substr(at, end - at);
    if (line.find(" + ") != std::string::npos) {
      EXPECT_LE(line.size(), 50u) << line;
    }
  }
  o.color = true;
  EXPECT_NE(emit::printSummary(script, o).find("\x1b[32m+\x1b[0m"), std::string::npos);
}

TEST(Print, countsAndEstimatesWhereKnown) {
  auto script = scriptOfClients();
  script.probes.push_back({"rows of client without country", "SELECT 1", "breaking", "a.cam:1"});
  emit::PrintOptions o;
  o.probeCounts = {412};
  o.amounts = {{}, {}, {}, {4'100'000, 12'400'000}};
  const std::string text = emit::printSummary(script, o);
  EXPECT_NE(text.find("rows of client without country: 412 rows"), std::string::npos) << text;
  EXPECT_NE(text.find("≈ 4.1 M rows"), std::string::npos) << text;
}

TEST(Print, sqlIsCommentedAndNothingEscapesAComment) {
  auto script = scriptOfClients();
  script.steps[0].title = "evil\nDROP TABLE client";
  const std::string sql = emit::printSql(script);
  EXPECT_EQ(sql.find("\nDROP TABLE client"), std::string::npos);
  EXPECT_NE(sql.find("-- VALIDATE"), std::string::npos);
  EXPECT_NE(sql.find("-- must yield 0"), std::string::npos);
  EXPECT_NE(sql.find("-- the active version of test becomes 1.1.0"), std::string::npos);
}

TEST(Print, explainShowsStatementsProbesAndUndo) {
  const auto script = scriptOfClients();
  const std::string text = emit::printExplain(script.steps[2], script);
  EXPECT_NE(text.find("CREATE TABLE"), std::string::npos);
  EXPECT_NE(text.find("ready when  table `visit` is not there"), std::string::npos) << text;
  EXPECT_NE(text.find("DROP TABLE"), std::string::npos);
  EXPECT_NE(emit::printExplain(script.steps.back(), script).find("rollback to 1.0.0"),
            std::string::npos);
}

TEST(Print, markdownCellsHoldTheirText) {
  auto script = scriptOfClients();
  script.steps[0].title = "a|b `c` ```";
  const std::string text = emit::printMarkdown(script, {});
  EXPECT_NE(text.find("a\\|b \\`c\\`"), std::string::npos);
  EXPECT_NE(text.find("````sql"), std::string::npos)
      << "the fence must be longer than any in the text";
}

}  // namespace
}  // namespace cambium::test
