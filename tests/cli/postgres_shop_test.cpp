// The example shop on a real PostgreSQL, with the real binary: 1.0.0 with rows becomes 1.1.0, both
// versions write in between, undo leads back, nothing drifts.
#include "tests/cli/cli_fixture.h"
#include "tests/support/case_runner.h"
#include "tests/support/places.h"

namespace cambium::testing {
namespace {

class PostgresShop : public Cli {
protected:
  void SetUp() override {
    Cli::SetUp();
    fs::copy(fs::path(sourceDir()) / "examples/shop", root_ / "shop", fs::copy_options::recursive);
    session_ = database_.open();
  }

  Ended run(const std::string& arguments) const {
    return cambium(arguments, "shop", "SHOP_DEV_URL='" + database_.url() + "'");
  }
  void must(const std::string& arguments) const {
    const Ended ended = run(arguments);
    ASSERT_EQ(ended.exit, 0) << "cambium " << arguments << "\n" << ended.out << ended.err;
  }
  void sql(const std::string& statement) const {
    const auto done = session_->execute(statement);
    ASSERT_TRUE(bool(done)) << done.error().message << "\n" << statement;
  }
  std::string ask(const std::string& query) const {
    const auto rows = session_->query(query);
    if (!rows) return "error: " + rows.error().message;
    std::string out;
    for (const auto& row : *rows) {
      for (size_t i = 0; i < row.size(); ++i) out += (i ? "," : "") + row[i].value_or("NULL");
      out += "\n";
    }
    return out;
  }

  void buildFirstVersion() const {
    must("plan -e dev --to 1.0.0 -o first.plan -q");
    must("apply first.plan -e dev --yes --no-progress");
    sql("INSERT INTO client (email, fullname, nick, balance, status, legacy_code, created_at, "
        "updated_at) SELECT 'c' || i || '@example.com', 'First' || i % 7 || ' Last' || i % 5, CASE "
        "WHEN i % 3 > 0 THEN 'nick' || i END, i / 4.0, 'active', 'L' || i, now(), now() FROM "
        "generate_series(1, 500) AS i");
    sql("INSERT INTO product (sku, name, price) VALUES ('apple', 'Apple', 1.25)");
    sql("INSERT INTO \"order\" (code, client_id, status) SELECT 1000 + id, id, 'draft' FROM "
        "client");
    sql("INSERT INTO order_line (order_id, line_no, product_sku, quantity, price) SELECT id, 1, "
        "'apple', 1 + id % 5, 1.25 FROM \"order\"");
  }

  ScratchDatabase database_{"postgres"};
  std::unique_ptr<dialect::Session> session_;
};

TEST_F(PostgresShop, becomesTheNextVersionWithAllItsRows) {
  buildFirstVersion();
  must("drift -e dev");
  must("plan -e dev -o second.plan");
  must("apply second.plan -e dev --through switch --yes --no-progress");

  // Each application writes as it knows the shop, and each sees what the other wrote.
  sql("INSERT INTO client (email, fullname, status, created_at, updated_at) VALUES "
      "('old@example.com', 'Old Client', 'active', now(), now())");
  sql("INSERT INTO customer (email, first_name, last_name, country, created_at, updated_at) VALUES "
      "('new@example.com', 'New', 'Customer', 'FR', now(), now())");
  EXPECT_EQ(ask("SELECT first_name, last_name, country FROM customer WHERE email = "
                "'old@example.com'"),
            "Old,Client,NL\n");
  EXPECT_EQ(ask("SELECT fullname, balance FROM client WHERE email = 'new@example.com'"),
            "New Customer,0.00\n");
  sql("UPDATE client SET nick = 'renamed' WHERE email = 'c1@example.com'");
  EXPECT_EQ(ask("SELECT nickname FROM customer WHERE email = 'c1@example.com'"), "renamed\n");

  must("apply second.plan -e dev --yes --no-progress");
  must("drift -e dev");
  EXPECT_EQ(ask("SELECT count(*), count(DISTINCT first_name), sum(balance) FROM customer"),
            "502,9,31312.50\n");
  EXPECT_EQ(ask("SELECT count(*), min(code), max(code) FROM \"order\""), "500,S-1001,S-1500\n");
}

TEST_F(PostgresShop, undoLeadsBack) {
  buildFirstVersion();
  const std::string before = ask("SELECT * FROM client ORDER BY id");
  must("plan -e dev -o second.plan");
  must("apply second.plan -e dev --through switch --yes --no-progress");
  must("undo -e dev --yes --no-progress");
  must("drift -e dev");
  EXPECT_EQ(ask("SELECT * FROM client ORDER BY id"), before);
}

}  // namespace
}  // namespace cambium::testing
