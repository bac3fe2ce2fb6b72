// Roles, grants and policies on a real PostgreSQL, through every phase of a migration: applications
// of both versions are logins of their own that have a role of the model, and nothing else.
#include "tests/cli/postgres_logins.h"

namespace cambium::testing {
namespace {

constexpr const char* kFirst = R"(
entity Client {
  key id:  int64
  tenant:  string(20)
  name:    string(40)
  secret:  string(40)?
}
entity Tariff { key code: string(9)  price: int32 }

role support
role desk
grant read, insert, update on Client except secret to support
grant delete on Client to support
grant read on Client to desk
grant read on Tariff to desk
policy own on Client for all using tenant == session("app.tenant")
)";

constexpr const char* kSecond = R"(
entity Client {
  key id:  int64
  owner:   string(20)
  name:    string(40)
  secret:  string(40)?
  phone:   string(20)?
}
entity Tariff { key code: string(9)  price: int32 }

role support
role desk
view Names of Client { id, name }
grant read, insert, update on Client except secret to support
grant delete on Client to support
grant read on Client except secret, phone to desk
grant read on Names to support
policy own on Client for all using owner == session("app.tenant")
migration from "1.0.0" to "1.1.0" {
  rename Client.tenant -> owner
}
)";

class PostgresAccess : public PostgresLogins {
protected:
  void SetUp() override {
    PostgresLogins::SetUp();
    begin(kFirst, {{"app_support", "support"}, {"app_desk", "desk"}},
          {"INSERT INTO client VALUES (1, 'a', 'Ann', 's1'), (2, 'b', 'Bob', 's2')",
           "INSERT INTO tariff VALUES ('basic', 5)"});
    putVersion("1.1.0", kSecond);
  }

  // What an application of the old version finds, in any phase until contract.
  void expectOld(const std::string& phase) const {
    SCOPED_TRACE("old applications, " + phase);
    const auto a = as("app_support", "a"), b = as("app_support", "b"), none = as("app_support", "");
    const auto desk = as("app_desk", "a");
    EXPECT_EQ(ask(*a, "SELECT id, tenant, name FROM client ORDER BY id"), "1,a,Ann;");
    EXPECT_EQ(ask(*b, "SELECT id, tenant, name FROM client ORDER BY id"), "2,b,Bob;");
    EXPECT_EQ(ask(*none, "SELECT id FROM client"), "");
    EXPECT_EQ(ask(*a, "SELECT secret FROM client"), "refused: right");
    EXPECT_EQ(ask(*a, "UPDATE client SET secret = 'x'"), "refused: right");
    EXPECT_EQ(ask(*a, "INSERT INTO client (id, tenant, name) VALUES (9, 'b', 'Eve')"),
              "refused: row");
    EXPECT_EQ(ask(*a, "UPDATE client SET tenant = 'b' WHERE id = 1"), "refused: row");
    EXPECT_EQ(ask(*a, "UPDATE client SET name = 'Bobby' WHERE id = 2"), "");
    EXPECT_EQ(ask(*a, "INSERT INTO client (id, tenant, name) VALUES (3, 'a', 'Al') RETURNING id"),
              "3;");
    EXPECT_EQ(ask(*a, "UPDATE client SET name = 'Alf' WHERE id = 3 RETURNING name"), "Alf;");
    EXPECT_EQ(ask(*b, "DELETE FROM client WHERE id = 3 RETURNING id"), "");
    EXPECT_EQ(ask(*a, "DELETE FROM client WHERE id = 3 RETURNING id"), "3;");
    EXPECT_EQ(ask(*desk, "SELECT name, secret FROM client"), "Ann,s1;");
    EXPECT_EQ(ask(*desk, "UPDATE client SET name = 'x'"), "refused: right");
    EXPECT_EQ(ask(*desk, "SELECT price FROM tariff"), "5;");
    EXPECT_EQ(ask(*a, "SELECT price FROM tariff"), "refused: right");
  }
  // The same of the new version, from the switch on.
  void expectNew(const std::string& phase) const {
    SCOPED_TRACE("new applications, " + phase);
    const auto a = as("app_support", "a"), b = as("app_support", "b"), none = as("app_support", "");
    const auto desk = as("app_desk", "a");
    EXPECT_EQ(ask(*a, "SELECT id, owner, name, phone FROM client ORDER BY id"), "1,a,Ann,NULL;");
    EXPECT_EQ(ask(*b, "SELECT id, owner, name FROM client ORDER BY id"), "2,b,Bob;");
    EXPECT_EQ(ask(*none, "SELECT id FROM client"), "");
    EXPECT_EQ(ask(*a, "SELECT secret FROM client"), "refused: right");
    EXPECT_EQ(ask(*desk, "SELECT name FROM client"), "Ann;");
    EXPECT_EQ(ask(*desk, "SELECT phone FROM client"), "refused: right");
    EXPECT_EQ(ask(*a, "SELECT id, name FROM names"), "1,Ann;");
    EXPECT_EQ(ask(*desk, "SELECT id, name FROM names"), "refused: right");
    EXPECT_EQ(ask(*a, "INSERT INTO client (id, owner, name) VALUES (9, 'b', 'Eve')"),
              "refused: row");
    EXPECT_EQ(ask(*a, "UPDATE client SET owner = 'b' WHERE id = 1"), "refused: row");
    EXPECT_EQ(ask(*a,
                  "INSERT INTO client (id, owner, name, phone) VALUES (3, 'a', 'Al', '1') "
                  "RETURNING id"),
              "3;");
    EXPECT_EQ(ask(*b, "UPDATE client SET name = 'x' WHERE id = 3 RETURNING id"), "");
    EXPECT_EQ(ask(*a, "UPDATE client SET name = 'Alf' WHERE id = 3 RETURNING name"), "Alf;");
    EXPECT_EQ(ask(*b, "DELETE FROM client WHERE id = 3 RETURNING id"), "");
    EXPECT_EQ(ask(*a, "DELETE FROM client WHERE id = 3 RETURNING id"), "3;");
  }
};

TEST_F(PostgresAccess, holdsInEveryPhase) {
  expectOld("1.0.0");
  for (const char* phase : {"expand", "backfill", "validate", "switch"}) {
    must("apply -e dev -q --through " + std::string(phase));
    expectOld(phase);
  }
  expectNew("switch");
  // Neither form tells lies about the other.
  const auto a = as("app_support", "a"), b = as("app_support", "b");
  EXPECT_EQ(ask(*a, "INSERT INTO client (id, tenant, owner, name) VALUES (7, 'a', 'b', 'Eve')"),
            "refused: row");
  EXPECT_EQ(ask(*a, "UPDATE client SET owner = 'b' WHERE id = 1"), "refused: row");
  EXPECT_EQ(ask(*a, "INSERT INTO client (id, owner, name) VALUES (5, 'a', 'Amy')"), "");
  EXPECT_EQ(ask(*a, "SELECT tenant, owner FROM client WHERE id = 5"), "a,a;");
  EXPECT_EQ(ask(*b, "SELECT tenant FROM client WHERE id = 5"), "");
  EXPECT_EQ(ask(*a, "DELETE FROM client WHERE id = 5"), "");
  must("apply -e dev -q");
  expectNew("contract");
  EXPECT_EQ(ask(*as("app_desk", "a"), "SELECT secret FROM client"), "refused: right");
  EXPECT_EQ(ask(*as("app_desk", "a"), "SELECT price FROM tariff"), "refused: right");
  must("drift -e dev --exit-code");
}

TEST_F(PostgresAccess, undoLeadsBack) {
  must("apply -e dev -q --through switch");
  must("undo -e dev --yes -q");
  expectOld("after undo");
  putVersion("1.0.0", kFirst);
  must("drift -e dev --exit-code");
}

TEST_F(PostgresAccess, whatSomebodyGrantsByHandIsFound) {
  owner_->ask("GRANT SELECT ON tariff TO support");
  owner_->ask("GRANT SELECT ON tariff TO app_desk");
  owner_->ask("DROP POLICY own ON client");
  putVersion("1.0.0", kFirst);
  const Ended ended = cambium("drift -e dev --exit-code");
  EXPECT_NE(ended.exit, 0);
  EXPECT_NE(ended.out.find("extra    grant tariff.SELECT to support"), std::string::npos)
      << ended.out << ended.err;
  EXPECT_NE(ended.out.find("extra    grant tariff to app_desk"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("missing  policy client.own"), std::string::npos) << ended.out;
}

// The grant to a role that no model speaks of is in nobody's way.
TEST_F(PostgresAccess, othersAreLeftAlone) {
  owner_->ask("GRANT SELECT ON client TO app_desk");
  must("apply -e dev -q");
  EXPECT_EQ(ask(*owner_, "SELECT has_table_privilege('app_desk', 'client', 'SELECT')"), "t;");
}

// A session that does not see every row is told so.
TEST_F(PostgresAccess, whoMayNotMakeRolesIsToldSo) {
  owner_->ask(
      "DO $$BEGIN CREATE ROLE plain LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; "
      "END$$");
  owner_->ask("CREATE SCHEMA plain AUTHORIZATION plain");
  std::string url = database_.url();
  url.replace(url.find("postgres@"), 8, "plain");
  put("package.cam",
      "package shop version \"1.0.0\"\nenvironment dev { url \"" + url + "&schema=plain\" }\n");
  put("model.cam",
      "entity Note { key id: int64 }\nrole never_made\ngrant read on Note to "
      "never_made\n");
  fs::remove_all(root_ / "versions");
  const Ended ended = cambium("apply -e dev");
  EXPECT_NE(ended.exit, 0);
  EXPECT_NE(ended.err.find("error[RUN070]"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("permission denied to create role"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("the user of this run lacks a right"), std::string::npos) << ended.err;
}

}  // namespace
}  // namespace cambium::testing
