// What a server answers is told apart by its code: whether the runner tries again, asks for the
// rows, or gives up, hangs on that. And a session of ours does not follow what a server or a
// database is set to.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

#include "tests/support/case_runner.h"
#include "tests/support/sql_client.h"

namespace cambium::testing {
namespace {

using dialect::DbError;
using dialect::Session;
using Kind = DbError::Kind;

class ServerErrors : public ::testing::TestWithParam<const char*> {
protected:
  void SetUp() override {
    postgres_ = std::string(GetParam()) == "postgres";
    first_ = database_.open();
    second_ = database_.open();
    must(*first_, "CREATE TABLE parent (id integer PRIMARY KEY)");
    must(*first_,
         "CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL, p integer, FOREIGN KEY (p) "
         "REFERENCES parent (id), CONSTRAINT small CHECK (n < 100))");
    must(*first_, "INSERT INTO t (id, n) VALUES (1, 1), (2, 2)");
  }
  static void must(Session& session, const std::string& sql) {
    const auto done = session.execute(sql);
    ASSERT_TRUE(bool(done)) << sql << "\n" << done.error().message;
  }
  static DbError refused(Session& session, const std::string& sql) {
    const auto done = session.execute(sql);
    EXPECT_FALSE(bool(done)) << sql;
    return done ? DbError{} : done.error();
  }
  // The statement is refused so; on PostgreSQL by its SQLSTATE, on MariaDB by its number.
  void expect(const DbError& error, Kind kind, const char* state, int number) const {
    EXPECT_EQ(static_cast<int>(error.kind), static_cast<int>(kind)) << error.message;
    if (postgres_)
      EXPECT_EQ(error.sqlState, state) << error.message;
    else
      EXPECT_EQ(error.native, number) << error.message;
  }
  // Both wait for the same of each other's time, or one for the other's.
  void patience(Session& session, int seconds) const {
    must(session, postgres_ ? "SET lock_timeout = '" + std::to_string(seconds) + "s'"
                            : "SET innodb_lock_wait_timeout = " + std::to_string(seconds));
  }

  bool postgres_ = false;
  ScratchDatabase database_{GetParam()};
  std::unique_ptr<Session> first_, second_;
};

TEST_P(ServerErrors, ALockThatIsNotToBeHadIsBusy) {
  must(*first_, "BEGIN");
  must(*first_, "UPDATE t SET n = 5 WHERE id = 1");
  patience(*second_, 1);
  expect(refused(*second_, "UPDATE t SET n = 6 WHERE id = 1"), Kind::busy, "55P03", 1205);
  must(*first_, "ROLLBACK");
}

TEST_P(ServerErrors, ADeadlockIsBusy) {
  for (auto* session : {first_.get(), second_.get()}) {
    patience(*session, 20);
    must(*session, "BEGIN");
  }
  must(*first_, "UPDATE t SET n = 5 WHERE id = 1");
  must(*second_, "UPDATE t SET n = 6 WHERE id = 2");
  auto other = std::async(std::launch::async, [&] {
    auto done = second_->execute("UPDATE t SET n = 6 WHERE id = 1");
    if (!done) (void)second_->execute("ROLLBACK");
    return done;
  });
  const auto mine = first_->execute("UPDATE t SET n = 5 WHERE id = 2");
  if (!mine) must(*first_, "ROLLBACK");
  const auto theirs = other.get();
  ASSERT_NE(bool(mine), bool(theirs));
  expect(mine ? theirs.error() : mine.error(), Kind::busy, "40P01", 1213);
}

TEST_P(ServerErrors, ARowThatChangedUnderASnapshotIsBusy) {
  if (!postgres_) must(*second_, "SET innodb_snapshot_isolation = ON");
  if (postgres_) {
    must(*second_, "BEGIN ISOLATION LEVEL REPEATABLE READ");
  } else {
    must(*second_, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    must(*second_, "START TRANSACTION WITH CONSISTENT SNAPSHOT");
  }
  ASSERT_TRUE(bool(second_->query("SELECT n FROM t")));
  must(*first_, "UPDATE t SET n = 7 WHERE id = 1");
  expect(refused(*second_, "UPDATE t SET n = 8 WHERE id = 1"), Kind::busy, "40001", 1020);
}

// Whether it was asked for or not, the run knows: it is neither a lock nor a fault of the rows.
TEST_P(ServerErrors, AStatementThatIsStoppedIsNeither) {
  if (postgres_)
    must(*first_, "SET statement_timeout = '100ms'");
  else
    must(*first_, "SET max_statement_time = 0.1");
  const char* slow = postgres_
                         ? "SELECT pg_sleep(20)"
                         : "SELECT count(*) FROM seq_1_to_1000000000 AS a WHERE a.seq % 7 = 8";
  expect(refused(*first_, slow), Kind::other, "57014", 1969);
  auto running = std::async(std::launch::async, [&] {
    return second_->execute(postgres_ ? "SELECT pg_sleep(20)" : slow);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  second_->interrupt();
  const auto done = running.get();
  ASSERT_FALSE(bool(done));
  expect(done.error(), Kind::other, "57014", 1317);
}

TEST_P(ServerErrors, WhatTheRowsDoNotAllowIsAConstraint) {
  expect(refused(*first_, "INSERT INTO t (id, n) VALUES (1, 1)"), Kind::constraint, "23505", 1062);
  expect(refused(*first_, "INSERT INTO t (id, n) VALUES (3, NULL)"), Kind::constraint, "23502",
         1048);
  expect(refused(*first_, "INSERT INTO t (id, n, p) VALUES (3, 1, 9)"), Kind::constraint, "23503",
         1452);
  expect(refused(*first_, "INSERT INTO t (id, n) VALUES (3, 100)"), Kind::constraint, "23514",
         4025);
}

TEST_P(ServerErrors, WhoMayOnlyReadIsTold) {
  must(*first_, "START TRANSACTION READ ONLY");
  expect(refused(*first_, "INSERT INTO t (id, n) VALUES (3, 1)"), Kind::readOnly, "25006", 1792);
}

TEST_P(ServerErrors, AStatementThatIsWrongIsNoneOfThese) {
  expect(refused(*first_, "SELECT * FROM nowhere"), Kind::sql, "42P01", 1146);
  expect(refused(*first_, "SELEC"), Kind::sql, "42601", 1064);
}

INSTANTIATE_TEST_SUITE_P(Servers, ServerErrors, ::testing::Values("postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

TEST(ServerSettings, OfADatabaseOfPostgresAreNotOurs) {
  auto& server = TestServer::shared(ServerKind::postgres);
  ScratchDatabase database("postgres");
  const std::string name = database.open()->query("SELECT current_database()")->at(0).at(0).value();
  const auto client = connect(server.url(name));
  const std::pair<const char*, const char*> settings[] = {
      {"TimeZone", "Asia/Kolkata"},
      {"default_transaction_isolation", "serializable"},
      {"DateStyle", "German"},
      {"IntervalStyle", "sql_standard"},
      {"extra_float_digits", "-5"},
      {"bytea_output", "escape"},
      {"lock_timeout", "77s"},
      {"statement_timeout", "10ms"},
      {"standard_conforming_strings", "off"}};
  for (const auto& [key, value] : settings)
    client->ask("ALTER DATABASE \"" + name + "\" SET " + key + " = '" + value + "'");
  {
    const auto session = database.open();
    for (const auto& [key, value] : settings) {
      const auto found = session->query(std::string("SELECT current_setting('") + key + "')");
      ASSERT_TRUE(bool(found)) << key;
      EXPECT_NE(found->at(0).at(0), value) << key;
    }
    EXPECT_EQ(session->query("SELECT '2026-03-01 00:00+00'::timestamptz::text")->at(0).at(0),
              "2026-03-01 00:00:00+00");
  }
  for (const auto& [key, value] : settings)
    client->ask("ALTER DATABASE \"" + name + "\" RESET " + key);
}

TEST(ServerSettings, OfAServerOfMariadbAreNotOurs) {
  TestServer server(ServerKind::mariadb);
  const auto database = server.freshDatabase();
  const auto client = connect(server.url());
  client->ask("SET GLOBAL sql_mode = ''");
  client->ask("SET GLOBAL time_zone = '+05:00'");
  client->ask("SET GLOBAL tx_isolation = 'SERIALIZABLE'");
  const auto session = openDatabase("mariadb", database.url());
  const auto ask = [&](const char* sql) { return session->query(sql)->at(0).at(0).value_or(""); };
  EXPECT_EQ(ask("SELECT @@time_zone"), "+00:00");
  EXPECT_NE(ask("SELECT @@sql_mode").find("STRICT"), std::string::npos);
  EXPECT_EQ(ask("SELECT @@tx_isolation"), "READ-COMMITTED");
  // A text that does not fit is refused, not cut.
  ASSERT_TRUE(bool(session->execute("CREATE TABLE t (s varchar(3))")));
  EXPECT_FALSE(bool(session->execute("INSERT INTO t VALUES ('four')")));
}

}  // namespace
}  // namespace cambium::testing
