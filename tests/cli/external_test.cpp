// Tables of others in a database: neither drift nor in the way of a plan, and never touched.
#include "tests/cli/cli_fixture.h"

namespace cambium::testing {
namespace {

class External : public Cli {
protected:
  void SetUp() override {
    Cli::SetUp();
    put("shop/package.cam",
        "package shop version \"1.0.0\"\n\nenvironment dev { url \"sqlite://shop.db\" }\n");
    putModel("");
    sql("CREATE TABLE legacy_users (id INTEGER PRIMARY KEY, login VARCHAR(60), age REAL)");
    sql("INSERT INTO legacy_users VALUES (1, 'first', 2.5)");
    sql("CREATE TRIGGER legacy_log AFTER INSERT ON legacy_users BEGIN SELECT 1; END");
  }
  void putModel(const std::string& more) const {
    put("shop/model.cam",
        "external entity LegacyUser @table(\"legacy_users\") {\n  key id: int64\n  login: "
        "string(60)\n}\nentity Order {\n  key id: int64\n  user: ref LegacyUser\n" +
            more + "}\n");
  }
  void sql(const std::string& statement) const {
    ASSERT_EQ(
        std::system(
            ("sqlite3 '" + (root_ / "shop/shop.db").string() + "' \"" + statement + "\"").c_str()),
        0);
  }
};

TEST_F(External, itsTableIsNotInTheWay) {
  Ended run = cambium("apply", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  run = cambium("drift --exit-code", "shop");
  EXPECT_EQ(run.exit, 0) << run.out;
  EXPECT_EQ(run.out, "no drift: dev is what shop 1.0.0 describes\n");
  ASSERT_EQ(cambium("seal", "shop").exit, 0);
  put("shop/package.cam",
      "package shop version \"1.1.0\"\n\nenvironment dev { url \"sqlite://shop.db\" }\n");
  putModel("  note: text?\n");
  run = cambium("apply --yes", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(cambium("drift --exit-code", "shop").exit, 0);
  // From a file, and with a change of the other's table between the plan and its run.
  put("shop/package.cam",
      "package shop version \"1.2.0\"\n\nenvironment dev { url \"sqlite://shop.db\" }\n");
  putModel("  note: text?\n  place: text?\n");
  ASSERT_EQ(cambium("seal", "shop").exit, 0);
  run = cambium("plan -o p.plan", "shop");
  ASSERT_EQ(run.exit, 0) << run.err;
  sql("ALTER TABLE legacy_users ADD COLUMN shoe_size INTEGER");
  run = cambium("apply p.plan --yes", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(cambium("drift --exit-code", "shop").exit, 0);
}

TEST_F(External, aMissingColumnIsTold) {
  ASSERT_EQ(cambium("apply", "shop").exit, 0);
  sql("ALTER TABLE legacy_users RENAME COLUMN login TO name");
  const Ended run = cambium("drift --exit-code", "shop");
  EXPECT_EQ(run.exit, 4);
  EXPECT_EQ(run.out, "missing  column legacy_users.login\n");
}

TEST_F(External, itMayBeElsewhere) {
  sql("DROP TABLE legacy_users");
  EXPECT_EQ(cambium("apply", "shop").exit, 0);
  EXPECT_EQ(cambium("drift --exit-code", "shop").exit, 0);
}

TEST_F(External, aDatabaseWithItIsAdopted) {
  sql("CREATE TABLE \\\"order\\\" (id INTEGER NOT NULL, user_id INTEGER NOT NULL, PRIMARY KEY "
      "(id)) STRICT");
  sql("CREATE INDEX ix_order_user_id ON \\\"order\\\" (user_id)");
  const Ended run = cambium("adopt", "shop");
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
}

}  // namespace
}  // namespace cambium::testing
