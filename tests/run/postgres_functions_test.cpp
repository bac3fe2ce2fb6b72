// The functions of the triggers that keep two versions in step: whoever may write the table sets
// them off, and nobody hangs them on a table of his own.
#include <gtest/gtest.h>

#include "tests/run/change.h"

namespace cambium::testing {
namespace {

using plan::Phase;

constexpr const char* kRenamed = R"case(# why: -
-- before.cam --
entity Client { key id: int64  nick: string(20)? }
-- after.cam --
entity Client { key id: int64  name: string(20)? }
-- migration.cam --
migration from "1.0.0" to "1.1.0" { rename Client.nick -> name }
)case";

TEST(PostgresFunctions, WhoMayWriteSetsThemOffAndNobodyTakesThem) {
  Change c("postgres", kRenamed);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  const auto functions = s.query(
      "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace AND "
      "p.proname LIKE 'cambium_sync%' ORDER BY 1");
  ASSERT_TRUE(bool(functions));
  ASSERT_FALSE(functions->empty());
  EXPECT_EQ(cell(s,
                 "SELECT count(*) FROM pg_proc p WHERE p.pronamespace = "
                 "current_schema()::regnamespace AND p.proname LIKE 'cambium_sync%' AND "
                 "has_function_privilege('public', p.oid, 'EXECUTE')"),
            "0");
  must(s, "CREATE ROLE writes_clients");
  must(s, "GRANT SELECT, INSERT, UPDATE ON client TO writes_clients");
  must(s, "GRANT ALL ON SCHEMA \"" + cell(s, "SELECT current_schema()") + "\" TO writes_clients");
  must(s, "SET ROLE writes_clients");
  must(s, "INSERT INTO client (id, nick) VALUES (1, 'Ada')");
  EXPECT_EQ(cell(s, "SELECT name FROM client WHERE id = 1"), "Ada");
  must(s, "UPDATE client SET name = 'Eve' WHERE id = 1");
  EXPECT_EQ(cell(s, "SELECT nick FROM client WHERE id = 1"), "Eve");
  must(s, "CREATE TABLE own (id int8, nick text, name text)");
  const auto taken =
      s.execute("CREATE TRIGGER taken AFTER INSERT ON own FOR EACH ROW EXECUTE FUNCTION " +
                functions->front()[0].value_or("") + "()");
  ASSERT_FALSE(bool(taken));
  EXPECT_EQ(taken.error().sqlState, "42501");
  must(s, "DROP TABLE own");
  must(s, "RESET ROLE");
  must(s, "DROP OWNED BY writes_clients");
  must(s, "DROP ROLE writes_clients");
  // There and back, and through: nothing minds.
  EXPECT_EQ(runScript(c.planned->script, s, Phase::switch_, /*undo=*/true), "");
  EXPECT_EQ(runScript(c.planned->script, s, Phase::contract), "");
}

}  // namespace
}  // namespace cambium::testing
