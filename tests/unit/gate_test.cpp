// Servers of an older version: what is planned for them is theirs, is recorded in the plan, and is
// begun on no other. No server of 14 is at hand here: what the gate does is seen in the SQL.
#include <gtest/gtest.h>

#include "compiler/emit/script.h"
#include "plugins/postgres/servers.h"
#include "runtime/runner/run.h"
#include "tests/unit/model_of.h"
#include "tests/unit/sqlite_fixture.h"

namespace cambium::testing {
namespace {

constexpr const char* kModel =
    "entity Order { key id: int64  title: string(40)  open: bool }\n"
    "view OpenOrder of Order where open { id, title }\n";

const dialect::Dialect& postgres(std::string_view gate) {
  static const dialect::Dialects all = dialect::builtinDialects();
  return *all.find("postgres")->forServer(gate);
}

// The first plan of the model for such a server; its warnings into `said`.
emit::Script firstScript(const dialect::Dialect& dialect, std::string& said) {
  const auto model = std::make_shared<const ir::Model>(modelOf(kModel));
  DiagnosticSink sink;
  const auto lowered = catalog::lower(*model, dialect.traits(), sink);
  dialect.check(*model, lowered.catalog, sink);
  const auto changes = diff::diff(diff::emptyModel(*model), model, sink);
  const auto plan = plan::plan(changes, {}, lowered, dialect.traits(), sink);
  SourceMap sources;  // the model's own is gone: the same text again
  sources.add("model.cam", std::string("package test version \"1.0.0\"\n") + kModel);
  const auto script = emit::emit(plan, dialect, sources, sink);
  for (const auto& d : sink.sorted())
    said += std::string(info(d.code).name) + " " + d.message + "\n";
  return script;
}

std::string sqlOf(const emit::Script& script) {
  std::string out;
  for (const auto& step : script.steps)
    for (const auto& sql : step.action.sql.statements) out += sql + "\n";
  return out;
}

TEST(Gate, viewsOf15AskWithTheRightsOfWhoAsks) {
  std::string said;
  const auto script = firstScript(postgres(""), said);
  EXPECT_EQ(said, "");
  EXPECT_EQ(script.server, "");
  EXPECT_NE(sqlOf(script).find("CREATE VIEW \"open_order\" WITH (security_invoker='true') AS"),
            std::string::npos)
      << sqlOf(script);
}

TEST(Gate, on14TheyCannotAndThatIsSaid) {
  std::string said;
  const auto script = firstScript(postgres("14"), said);
  EXPECT_EQ(said,
            "DDL008 PostgreSQL 14 does not enforce the rights of who asks the view `OpenOrder`\n");
  EXPECT_EQ(sqlOf(script).find("security_invoker"), std::string::npos);
  EXPECT_NE(sqlOf(script).find("CREATE VIEW \"open_order\" AS"), std::string::npos)
      << sqlOf(script);
  const catalog::Face face{"old", "new", {"id"}, {{"id", "id"}}, {}, {}};
  EXPECT_EQ(postgres("14").traits().faceView(face),
            "CREATE VIEW \"old\" AS\nSELECT\n  \"id\" AS \"id\"\nFROM \"new\"");
}

TEST(Gate, isRecordedInThePlan) {
  std::string said;
  const auto script = firstScript(postgres("14"), said);
  EXPECT_EQ(script.server, "14");
  const auto read = emit::readPlanFile(emit::toPlanFile(script));
  ASSERT_TRUE(bool(read)) << read.error().detail;
  EXPECT_EQ(read->server, "14");
  EXPECT_EQ(emit::planDigest(*read), emit::planDigest(script));
}

TEST(Gate, aPlanIsBegunOnNoOtherServer) {
  Database database;
  emit::Script script;
  script.dialect = "sqlite";
  script.server = "14";
  const auto report = runner::run(script, *database.session, {}, [](const auto&) {});
  EXPECT_EQ(report.outcome, runner::Outcome::stale);
  EXPECT_NE(report.message.find("the plan is for servers of 14; this database is SQLite"),
            std::string::npos)
      << report.message;
}

// The first releases of 14 could leave rows out of an index that was built beside writers.
TEST(Gate, theFirstReleasesOf14BuildNoIndexBesideWriters) {
  dialect::Emitted column, index;
  column.statements = {"ALTER TABLE \"order\" ADD COLUMN \"a\" text"};
  index.statements = {"DO $a$ BEGIN END $a$",
                      "CREATE UNIQUE INDEX CONCURRENTLY \"uq\" ON \"order\" (\"a\")"};
  const std::vector<const dialect::Emitted*> harmless = {&column}, builds = {&column, &index};
  using dialect::postgres::faultOf;
  EXPECT_EQ(faultOf(140003, builds),
            "PostgreSQL 14.3 may leave rows out of an index that is built beside writers: update "
            "the server to 14.4 or later");
  EXPECT_EQ(faultOf(140003, harmless), "");
  for (const int release : {130022, 140004, 150020, 170000})
    EXPECT_EQ(faultOf(release, builds), "") << release;
}

TEST(Gate, thereIsNoOther) {
  EXPECT_EQ(postgres("").forServer("13"), nullptr);
  EXPECT_EQ(postgres("14").gate(), "14");
}

}  // namespace
}  // namespace cambium::testing
