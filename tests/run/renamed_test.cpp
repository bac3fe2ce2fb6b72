// What has a name and no values, renamed under applications that use it.
#include <gtest/gtest.h>

#include "tests/run/change.h"

namespace cambium::testing {
namespace {

using plan::Phase;

constexpr const char* kRole = R"case(# why: -
-- before.cam --
entity Note { key id: int64  tenant: string(9) }
role renamed_support
grant all on Note to renamed_support
policy own on Note for all to renamed_support using tenant == "a"
-- after.cam --
entity Note { key id: int64  tenant: string(9) }
role renamed_helpers
grant all on Note to renamed_helpers
policy own on Note for all to renamed_helpers using tenant == "a"
-- migration.cam --
migration from "1.0.0" to "1.1.0" { rename renamed_support -> renamed_helpers }
)case";

// Roles are of the server: those of this test have names of their own.
void makeLogin(dialect::Session& s, const std::string& name) {
  must(s, "DO $$BEGIN CREATE ROLE " + name + "; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
}

std::string asRole(dialect::Session& s, const std::string& role, const std::string& sql) {
  must(s, "SET ROLE " + role);
  must(s, "SET row_security = on");
  const std::string out = cell(s, sql);
  must(s, "RESET ROLE");
  return out;
}

std::string has(dialect::Session& s, const std::string& who, const std::string& role) {
  return cell(s, "SELECT pg_has_role('" + who + "', '" + role + "', 'MEMBER')");
}

TEST(RenamedRole, KeepsWhoeverHasIt) {
  Change c("postgres", kRole);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  for (const char* who : {"renamed_ann", "renamed_bob", "renamed_chief", "renamed_new"})
    makeLogin(s, who);
  must(s, "GRANT renamed_support TO renamed_ann");
  must(s, "GRANT renamed_support TO renamed_chief WITH ADMIN OPTION");
  must(s, "INSERT INTO note VALUES (1, 'a'), (2, 'b')");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::expand), "");
  EXPECT_EQ(has(s, "renamed_ann", "renamed_helpers"), "t");
  EXPECT_EQ(has(s, "renamed_bob", "renamed_helpers"), "f");
  EXPECT_EQ(cell(s,
                 "SELECT pg_has_role('renamed_chief', 'renamed_helpers', 'MEMBER WITH ADMIN "
                 "OPTION')"),
            "t");
  EXPECT_EQ(cell(s,
                 "SELECT pg_has_role('renamed_ann', 'renamed_helpers', 'MEMBER WITH ADMIN "
                 "OPTION')"),
            "f");
  must(s, "GRANT renamed_support TO renamed_bob");  // meanwhile
  must(s, "GRANT renamed_helpers TO renamed_new");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  for (const char* who : {"renamed_ann", "renamed_bob", "renamed_new"})
    EXPECT_EQ(asRole(s, who, "SELECT string_agg(id::text, ',') FROM note"), "1") << who;
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  for (const char* who : {"renamed_ann", "renamed_bob", "renamed_new"}) {
    EXPECT_EQ(has(s, who, "renamed_helpers"), "t") << who;
    EXPECT_EQ(asRole(s, who, "SELECT string_agg(id::text, ',') FROM note"), "1") << who;
  }
  EXPECT_NE(asRole(s, "renamed_support", "SELECT count(*) FROM note"), "1");
}

constexpr const char* kConstraint = R"case(# why: -
-- before.cam --
entity Note { key id: int64  code: string(9)  unique by_code (code) @constraint  index by_id (id desc) }
-- after.cam --
entity Note { key id: int64  code: string(9)  unique coded (code) @constraint  index newest (id desc) }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  rename Note.by_code -> coded
  rename Note.by_id -> newest
}
)case";

// Nothing is built: the index is the same file before and after.
TEST(RenamedConstraint, IsTheSameIndexUntilContractUnderItsOldName) {
  Change c("postgres", kConstraint);
  ASSERT_TRUE(c.planned);
  auto& s = *c.session;
  must(s, "INSERT INTO note VALUES (1, 'a')");
  const auto files = [&](const char* unique, const char* index) {
    return cell(s, std::string("SELECT pg_relation_filenode('") + unique +
                       "') || ',' || "
                       "pg_relation_filenode('" +
                       index + "')");
  };
  const std::string before = files("uq_note_by_code", "ix_note_by_id");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::switch_), "");
  must(s, "INSERT INTO note VALUES (1, 'a') ON CONFLICT ON CONSTRAINT uq_note_by_code DO NOTHING");
  ASSERT_EQ(runScript(c.planned->script, s, Phase::contract), "");
  must(s, "INSERT INTO note VALUES (2, 'a') ON CONFLICT ON CONSTRAINT uq_note_coded DO NOTHING");
  EXPECT_EQ(files("uq_note_coded", "ix_note_newest"), before);
  EXPECT_EQ(cell(s, "SELECT count(*) FROM note"), "1");
}

}  // namespace
}  // namespace cambium::testing
