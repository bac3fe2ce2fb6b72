// What `mariadb:` and `mysql:` stand for: without a server the one that is named, with one the
// server itself. The server here is MariaDB.
#include "tests/cli/cli_fixture.h"
#include "tests/support/servers.h"
#include "tests/support/sql_client.h"

namespace cambium::testing {
namespace {

class MariadbOrMysql : public Cli {
protected:
  void SetUp() override {
    Cli::SetUp();
    put("shop/package.cam",
        "package shop version \"1.0.0\"\nenvironment prod { url \"mysql://nowhere.invalid/shop\" "
        "}\n"
        "entity Item { key id: uuid = uuid()  live: bool }\n");
  }
};

TEST_F(MariadbOrMysql, theSchemeTellsWhatIsBuilt) {
  const Ended built = cambium("build", "shop");
  EXPECT_EQ(built.exit, 0) << built.out << built.err;
  const std::string mysql = get("shop/build/shop.mysql.sql");
  EXPECT_NE(mysql.find("-- shop 1.0.0 for mysql: a fresh build"), std::string::npos) << mysql;
  EXPECT_NE(mysql.find("`id` binary(16) NOT NULL"), std::string::npos) << mysql;
  EXPECT_FALSE(fs::exists(root_ / "shop/build/shop.mariadb.sql"));
}

TEST_F(MariadbOrMysql, eachCanBeAskedForByItsName) {
  const Ended built =
      cambium("build --dialect mariadb --dialect mysql --dialect postgres14", "shop");
  EXPECT_EQ(built.exit, 0) << built.out << built.err;
  EXPECT_NE(get("shop/build/shop.mariadb.sql").find("`id` uuid NOT NULL"), std::string::npos);
  EXPECT_NE(get("shop/build/shop.mysql.sql").find("`id` binary(16) NOT NULL"), std::string::npos);
  EXPECT_TRUE(fs::exists(root_ / "shop/build/shop.postgres14.sql"));
  EXPECT_NE(cambium("build --dialect mysqll", "shop").err.find("mysql"), std::string::npos);
}

// The database is not there yet: what it is made for is known only when it is.
TEST_F(MariadbOrMysql, theServerTellsWhatIsRun) {
  auto& server = TestServer::shared(ServerKind::mariadb);
  const auto database = server.freshDatabase();
  connect(server.url())->ask("DROP DATABASE `" + database.name() + "`");
  std::string url = database.url();
  url.replace(0, url.find("://"), "mysql");
  put("shop/package.cam", "package shop version \"1.0.0\"\nenvironment prod { url \"" + url +
                              "\" }\nentity Item { key id: uuid = uuid()  live: bool }\n");
  const Ended ended = cambium("apply -e prod --yes --no-progress", "shop");
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  const Ended drift = cambium("drift -e prod", "shop");
  EXPECT_EQ(drift.exit, 0) << drift.out << drift.err;
  const Ended again = cambium("apply -e prod --yes --no-progress", "shop");
  EXPECT_NE(again.out.find("nothing to do"), std::string::npos) << again.out << again.err;
}

}  // namespace
}  // namespace cambium::testing
