// Policies that look at rows of other tables, on a real PostgreSQL, through every phase of a
// migration that gives what they look at other names: who asks is a login with a role of the model.
#include "tests/cli/postgres_logins.h"

namespace cambium::testing {
namespace {

// What a task refers to, and whose that is, as a version calls it.
std::string model(const std::string& entity, const std::string& tenant) {
  return "entity " + entity + " { key id: int64  " + tenant + ": string(20) }" + R"(
entity Task {
  key id: int64
  project: ref )" +
         entity + R"( on delete cascade
  text: string(40)
  labels: many Label
}
entity Label { key name: string(20)  tenant: string(20) }
role crew
grant all on )" +
         entity + R"( to crew
grant all on Task to crew
grant read on Label to crew
policy own on )" +
         entity + " for all using " + tenant + R"( == session("app.tenant")
policy own on Task for all using project.)" +
         tenant + R"( == session("app.tenant")
policy own on Label for all using tenant == session("app.tenant")
)";
}

const std::string kFirst = model("Project", "tenant");
const std::string kSecond = model("Undertaking", "owner") + R"(
migration from "1.0.0" to "1.1.0" {
  rename Project -> Undertaking
  rename Project.tenant -> owner
}
)";

class PostgresPaths : public PostgresLogins {
protected:
  void SetUp() override {
    PostgresLogins::SetUp();
    begin(kFirst, {{"app_crew", "crew"}},
          {"INSERT INTO project VALUES (1, 'a'), (2, 'b')",
           "INSERT INTO task VALUES (1, 1, 'of a'), (2, 2, 'of b')",
           "INSERT INTO label VALUES ('red', 'a'), ('blue', 'b')",
           "INSERT INTO task_labels VALUES (1, 'red'), (1, 'blue'), (2, 'blue')"});
    putVersion("1.1.0", kSecond);
  }
  std::unique_ptr<SqlClient> of(const std::string& tenant) const { return as("app_crew", tenant); }

  // What applications of either version find in the tables that both of them call alike.
  void expectBoth(const std::string& phase) const {
    SCOPED_TRACE(phase);
    const auto a = of("a"), b = of("b"), nobody = of("");
    EXPECT_EQ(ask(*a, "SELECT id, text FROM task ORDER BY id"), "1,of a;");
    EXPECT_EQ(ask(*b, "SELECT id, text FROM task ORDER BY id"), "2,of b;");
    EXPECT_EQ(ask(*nobody, "SELECT id FROM task"), "");
    EXPECT_EQ(ask(*a, "INSERT INTO task VALUES (9, 2, 'stolen')"), "refused: row");
    EXPECT_EQ(ask(*a, "UPDATE task SET project_id = 2 WHERE id = 1"), "refused: row");
    EXPECT_EQ(ask(*a, "DELETE FROM task WHERE id = 2 RETURNING id"), "");
    EXPECT_EQ(ask(*a, "INSERT INTO task VALUES (3, 1, 'more') RETURNING id"), "3;");
    EXPECT_EQ(ask(*a, "DELETE FROM task WHERE id = 3 RETURNING id"), "3;");
    // A pair is there where both of its ends are.
    EXPECT_EQ(ask(*a, "SELECT task_id, label_name FROM task_labels"), "1,red;");
    EXPECT_EQ(ask(*b, "SELECT task_id, label_name FROM task_labels"), "2,blue;");
    EXPECT_EQ(ask(*a, "INSERT INTO task_labels VALUES (2, 'red')"), "refused: row");
    EXPECT_EQ(ask(*b, "DELETE FROM task_labels WHERE label_name = 'blue' RETURNING task_id"), "2;");
    EXPECT_EQ(ask(*b, "INSERT INTO task_labels VALUES (2, 'blue')"), "");
  }
  // A row of either version's writing decides what is seen of the rows that refer to it.
  void expectWritten(const std::string& phase, const std::string& table,
                     const std::string& column) const {
    SCOPED_TRACE(phase + ", " + table);
    const auto c = of("c");
    EXPECT_EQ(ask(*c, "INSERT INTO " + table + " (id, " + column + ") VALUES (7, 'c')"), "");
    EXPECT_EQ(ask(*c, "INSERT INTO task VALUES (7, 7, 'of c')"), "");
    EXPECT_EQ(ask(*c, "SELECT id FROM task"), "7;");
    EXPECT_EQ(ask(*of("a"), "SELECT id FROM task"), "1;");
    EXPECT_EQ(ask(*c, "DELETE FROM task RETURNING id"), "7;");
    EXPECT_EQ(ask(*c, "DELETE FROM " + table + " RETURNING id"), "7;");
  }
};

TEST_F(PostgresPaths, holdInEveryPhase) {
  expectBoth("1.0.0");
  for (const char* phase : {"expand", "backfill", "validate", "switch"}) {
    must("apply -e dev -q --through " + std::string(phase));
    expectBoth(phase);
    expectWritten(phase, "project", "tenant");
  }
  expectWritten("switch", "undertaking", "owner");
  must("apply -e dev -q");
  expectBoth("contract");
  expectWritten("contract", "undertaking", "owner");
  must("drift -e dev --exit-code");
}

TEST_F(PostgresPaths, undoLeadsBack) {
  must("apply -e dev -q --through switch");
  must("undo -e dev --yes -q");
  expectBoth("after undo");
  expectWritten("after undo", "project", "tenant");
  putVersion("1.0.0", kFirst);
  must("drift -e dev --exit-code");
}

TEST_F(PostgresPaths, whatSomebodyChangesByHandIsFound) {
  putVersion("1.0.0", kFirst);
  must("drift -e dev --exit-code");
  owner_->ask("ALTER POLICY own ON task USING (project_id IN (SELECT id FROM project))");
  const Ended ended = cambium("drift -e dev --exit-code");
  EXPECT_NE(ended.exit, 0);
  EXPECT_NE(ended.out.find("changed  policy task.own"), std::string::npos)
      << ended.out << ended.err;
}

}  // namespace
}  // namespace cambium::testing
