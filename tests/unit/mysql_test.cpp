// MySQL 8 behind the gate of the dialect `mariadb`, as far as it can be seen without such a server:
// which servers are let in, what is planned for them, and how what they say of a schema is read.
// The texts that a server says are those of MySQL's own tests and documentation.
#include <gtest/gtest.h>

#include "compiler/catalog/catalog.h"
#include "plugins/builtin_dialects.h"
#include "plugins/mariadb/mariadb.h"
#include "plugins/mariadb/sql_tree.h"
#include "runtime/runner/run.h"
#include "tests/unit/sqlite_fixture.h"

namespace cambium::testing {
namespace {

namespace mariadb = dialect::mariadb;
using mariadb::Server;

TEST(MysqlServer, isToldByItsVersion) {
  const auto found = mariadb::serverOf("8.0.36", "MySQL Community Server - GPL");
  EXPECT_EQ(found.server, Server::mysql);
  EXPECT_EQ(found.product, "MySQL 8.0.36");
  EXPECT_EQ(found.refusal, "");
  const auto percona = mariadb::serverOf("8.0.36-28", "Percona Server (GPL), Release 28");
  EXPECT_EQ(percona.server, Server::mysql);
  EXPECT_EQ(percona.version, "8.0.36");
  EXPECT_EQ(percona.refusal, "");
  EXPECT_EQ(mariadb::serverOf("8.0.17", "").refusal, "");
  EXPECT_EQ(mariadb::serverOf("9.1.0", "MySQL Community Server - GPL").refusal, "");
  const auto maria = mariadb::serverOf("10.11.19-MariaDB-0+deb12u1", "Debian 12");
  EXPECT_EQ(maria.server, Server::mariadb);
  EXPECT_EQ(maria.product, "MariaDB 10.11.19");
  EXPECT_EQ(maria.refusal, "");
}

TEST(MysqlServer, isRefusedWhereItIsTooOldOrAnother) {
  for (const char* version : {"5.7.44-log", "8.0.11", "8.0.16"})
    EXPECT_NE(mariadb::serverOf(version, "MySQL Community Server - GPL")
                  .refusal.find("is too old: 8.0.17 is the first"),
              std::string::npos)
        << version;
  EXPECT_NE(mariadb::serverOf("10.6.12-MariaDB", "").refusal.find("10.10 is the first"),
            std::string::npos);
  EXPECT_NE(mariadb::serverOf("8.0.11-TiDB-v7.5.0", "TiDB Server").refusal.find("neither"),
            std::string::npos);
  EXPECT_NE(mariadb::serverOf("nonsense", "").refusal, "");
}

TEST(MysqlGate, isFoundByNameSchemeAndServer) {
  const dialect::Dialects all = dialect::builtinDialects();
  const auto* mysql = all.find("mysql");
  const auto* plain = all.find("mariadb");
  ASSERT_TRUE(mysql && plain);
  EXPECT_EQ(mysql->gate(), "MySQL 8");
  EXPECT_EQ(mysql->traits().dialect, "mariadb");
  EXPECT_EQ(mysql->traits().displayName, "MySQL 8");
  // While nobody is asked, the scheme tells; then the server does, whatever the scheme.
  EXPECT_EQ(all.findByScheme("mysql"), mysql);
  EXPECT_EQ(all.findByScheme("mariadb"), plain);
  EXPECT_EQ(mysql->forServer(""), plain);
  EXPECT_EQ(plain->forServer("MySQL 8"), mysql);
  EXPECT_EQ(mysql->forServer("MySQL 8"), mysql);
  EXPECT_EQ(plain->forServer("14"), nullptr);
  EXPECT_EQ(all.find("postgres14"), all.find("postgres")->forServer("14"));
  EXPECT_EQ(all.findByScheme("postgres"), all.find("postgres"));
}

TEST(MysqlGate, aPlanForItIsBegunOnNoOther) {
  Database database;
  emit::Script script;
  script.dialect = "sqlite";
  script.server = std::string(mariadb::kGateMysql);
  const auto report = runner::run(script, *database.session, {}, [](const auto&) {});
  EXPECT_EQ(report.outcome, runner::Outcome::stale);
  EXPECT_NE(report.message.find("the plan is for servers of MySQL 8"), std::string::npos)
      << report.message;
}

// ---- what information_schema says
TEST(MysqlSaid, expressionsAreEscapedOnceMore) {
  EXPECT_EQ(mariadb::mysqlUnescaped(R"(_utf8mb4\'plain\')"), "_utf8mb4'plain'");
  EXPECT_EQ(mariadb::mysqlUnescaped(R"(_utf8mb4\'it\\\'s\')"), R"(_utf8mb4'it\'s')");
  const auto value = [](const char* said) {
    return mariadb::settledExpression(mariadb::mysqlUnescaped(said), Server::mysql);
  };
  EXPECT_EQ(value(R"(_utf8mb4\'it\\\'s\')"), "'it''s'");
  EXPECT_EQ(value(R"(_utf8mb4\'a\\\'b\\\'c\')"), "'a''b''c'");
  EXPECT_EQ(value(R"(_utf8mb4\'a\\\\b\')"), R"('a\\b')");
  EXPECT_EQ(value(R"(_utf8mb4\'line1\\nline2\')"), "'line1\nline2'");
  EXPECT_EQ(value(R"(_utf8mb4\'say "hi"\')"), R"('say "hi"')");
}

TEST(MysqlSaid, defaultsThatAreValuesHaveNoQuotes) {
  const auto settled = [](const char* said, const char* extra, const char* type) {
    return mariadb::settledDefault(mariadb::mysqlDefault(said, extra, type), type, Server::mysql);
  };
  EXPECT_EQ(settled("it's", "", "varchar(50)"), "'it''s'");
  EXPECT_EQ(settled("", "", "varchar(50)"), "''");
  EXPECT_EQ(settled("5", "", "int"), "5");
  EXPECT_EQ(settled("5", "", "varchar(50)"), "'5'");
  EXPECT_EQ(settled("0.50", "", "decimal(12,2)"), "0.50");
  EXPECT_EQ(settled("2020-01-01 00:00:00.000", "", "datetime(3)"), "'2020-01-01 00:00:00.000'");
  EXPECT_EQ(settled("utc_timestamp(3)", "DEFAULT_GENERATED", "datetime(3)"), "utc_timestamp(3)");
  EXPECT_EQ(settled(R"(_utf8mb4\'x\')", "DEFAULT_GENERATED", "longtext"), "'x'");
  EXPECT_EQ(settled(R"(cast(_utf8mb4\'{"a": 1}\' as json))", "DEFAULT_GENERATED", "json"),
            R"(cast('{"a": 1}' as json))");
  EXPECT_EQ(settled("0x00FF", "", "varbinary(16)"), "x'00ff'");
}

// One form for what was said and what comes back.
void expectSame(const char* ours, const char* said) {
  EXPECT_EQ(mariadb::settledCheck(ours, Server::mysql),
            mariadb::settledCheck(mariadb::mysqlUnescaped(said), Server::mysql));
}

TEST(MysqlSaid, checksComeBackAsTheyWereSaid) {
  expectSame("`f1` < 10", "(`f1` < 10)");
  expectSame("`f1` + `f2` > 10 and `f1` is not null",
             "(((`f1` + `f2`) > 10) and (`f1` is not null))");
  expectSame("`stu_code` LIKE 'j%'", R"((`stu_code` like _utf8mb4\'j%\'))");
  expectSame("NOT `stu_code` LIKE 'j%'", R"((not((`stu_code` like _utf8mb4\'j%\'))))");
  expectSame("(`email` REGEXP '@')", R"(regexp_like(`email`,_utf8mb4\'@\'))");
  expectSame("`country` in ('usa', 'uk')", R"((`country` in (_utf8mb4\'usa\',_utf8mb4\'uk\')))");
  expectSame("`c` not between 10 and 20", "(`c` not between 10 and 20)");
  expectSame("CASE WHEN `c1` > 10 THEN `c2` = 20 END",
             "((case when (`c1` > 10) then (`c2` = 20) end) <> 0)");
  expectSame("`on`", "(`on` <> 0)");
  expectSame("`on` and `n` > 1", "((0 <> `on`) and (`n` > 1))");
  expectSame("not `on` or `n` > 1", "((0 = `on`) or (`n` > 1))");
  expectSame("`a` MOD 2 = 0", "((`a` % 2) = 0)");
  expectSame("(CAST(`n` AS CHAR) COLLATE utf8mb4_0900_bin) <> 'x'",
             R"(((cast(`n` as char charset utf8mb4) collate utf8mb4_0900_bin) <> _utf8mb4\'x\'))");
  expectSame("`u` = x'00FF'", "(`u` = 0x00ff)");
  expectSame("`n` > -1", "(`n` > -(1))");
}

TEST(MysqlSaid, aCheckIsATruth) {
  const auto settled = [](const char* sql) { return mariadb::settledCheck(sql, Server::mysql); };
  EXPECT_EQ(settled("`on`"), "`on` <> 0");
  EXPECT_EQ(settled("json_contains_path(`d`, 'one', '$.a')"),
            "json_contains_path(`d`, 'one', '$.a') <> 0");
  EXPECT_EQ(settled("`a` = 1"), "`a` = 1");
  // MariaDB's stay as they are.
  EXPECT_EQ(mariadb::settledCheck("`on`", Server::mariadb), "`on`");
}

// ---- indexes
catalog::Table pages() {
  catalog::Table table;
  table.name = "page";
  const auto add = [&](const char* name, const char* type) {
    catalog::Column column;
    column.name = name;
    column.type = type;
    table.columns.push_back(std::move(column));
  };
  add("slug", "varchar(80)");
  add("title", "longtext");
  add("live", "tinyint(1)");
  return table;
}

catalog::Index indexOver(std::vector<catalog::IndexPart> parts, std::string where, bool unique) {
  catalog::Index index;
  index.name = "i";
  index.parts = std::move(parts);
  index.whereSql = std::move(where);
  index.unique = unique;
  return index;
}

// What the server says of such an index becomes it again.
void expectIndex(const catalog::Index& said, const std::string& sql,
                 std::vector<catalog::IndexPart> server) {
  const auto table = pages();
  EXPECT_EQ(mariadb::indexSql(said, &table, Server::mysql), sql);
  catalog::Index found = indexOver(std::move(server), "", said.unique);
  mariadb::readMysqlParts(found, table);
  EXPECT_EQ(found.parts, said.parts);
  EXPECT_EQ(found.whereSql, said.whereSql);
}

TEST(MysqlIndex, hasConditionsHashesAndBeginningsAsExpressions) {
  expectIndex(indexOver({{"slug", "", false}}, "", true), "UNIQUE KEY `i` (`slug`)",
              {{"slug", "", false}});
  expectIndex(indexOver({{"slug", "", false}}, "`live` <> 0", true),
              "UNIQUE KEY `i` ((if(`live` <> 0, `slug`, NULL)))",
              {{"", "if((0 <> `live`),`slug`,NULL)", false}});
  expectIndex(indexOver({{"title", "", false}}, "", true), "UNIQUE KEY `i` ((sha2(`title`, 256)))",
              {{"", "sha2(`title`,256)", false}});
  expectIndex(indexOver({{"title", "", false}}, "`slug` = 'a'", true),
              "UNIQUE KEY `i` ((sha2(if(`slug` = 'a', `title`, NULL), 256)))",
              {{"", "sha2(if((`slug` = _utf8mb4'a'),`title`,NULL),256)", false}});
  expectIndex(indexOver({{"", "lcase(`slug`)", false}}, "", true),
              "UNIQUE KEY `i` ((sha2(lcase(`slug`), 256)))",
              {{"", "sha2(lower(`slug`),256)", false}});
  expectIndex(indexOver({{"", "lcase(`slug`)", true}, {"slug", "", false}}, "", false),
              "KEY `i` ((left(lcase(`slug`), 384)) DESC, `slug`)",
              {{"", "left(lower(`slug`),384)", true}, {"slug", "", false}});
}

TEST(MysqlIndex, ofOthersStaysAsItIs) {
  catalog::Index found = indexOver({{"", "(`slug` + 1)", false}}, "", false);
  mariadb::readMysqlParts(found, pages());
  EXPECT_EQ(found.parts[0].sql, "(`slug` + 1)");
  EXPECT_EQ(found.parts[0].column, "");
}

}  // namespace
}  // namespace cambium::testing
