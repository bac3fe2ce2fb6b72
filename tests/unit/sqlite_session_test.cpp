// Opening, settings that are read back, transactions, and errors by their kind.
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "tests/support/places.h"
#include "tests/unit/sqlite_fixture.h"

namespace cambium::testing {
namespace {

using dialect::DbError;
using dialect::SessionOptions;
using Kind = DbError::Kind;

constexpr SessionOptions kCreate{2000, false, true};

// The kind of the error; fails the test if there is none.
template <class Result>
Kind kindOf(const Result& result) {
  if (!result) return result.error().kind;
  ADD_FAILURE() << "no error";
  return Kind::other;
}

class SqliteSession : public ::testing::Test {
protected:
  ~SqliteSession() override { std::filesystem::remove_all(folder); }
  std::string path(const std::string& name) const { return folder + "/" + name; }
  std::string url(const std::string& name) const { return "sqlite://" + path(name); }
  Kind openKind(const std::string& target, SessionOptions options = {}) {
    auto opened = openUrl(target, options);
    if (opened) return Kind::other;
    message = opened.error().message;
    return opened.error().kind;
  }
  std::string folder = temporaryFolder();
  std::string message;
};

TEST_F(SqliteSession, SpellingsOfUrls) {
  for (const std::string& name :
       {std::string("a b.db"), std::string("100% = 'a\" ?mode=ro#x.db"), std::string("größe.db")}) {
    {
      Database db("sqlite:" + path(name), kCreate);
      db.run("CREATE TABLE t (a)");
    }
    EXPECT_TRUE(std::filesystem::exists(path(name))) << name;
    Database again(url(name), {});
    EXPECT_EQ("t\n", again.rows("SELECT name FROM sqlite_schema"));
    EXPECT_EQ(path(name), again.session->server().database);
  }
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder);
  {
    Database db("sqlite://relative.db", kCreate);
    db.run("CREATE TABLE t (a)");
  }
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(path("relative.db")));
}

TEST_F(SqliteSession, WhatCannotBeOpened) {
  EXPECT_EQ(Kind::cannotOpen, openKind(url("missing.db")));
  EXPECT_NE(std::string::npos, message.find("no such file")) << message;
  EXPECT_FALSE(std::filesystem::exists(path("missing.db")));
  EXPECT_EQ(Kind::cannotOpen, openKind("sqlite://" + folder));
  EXPECT_NE(std::string::npos, message.find("is a directory")) << message;
  EXPECT_EQ(Kind::cannotOpen, openKind(url("no/where.db"), kCreate));
  EXPECT_EQ(Kind::cannotOpen, openKind("sqlite://"));
  std::ofstream(path("text.db")) << std::string(4096, 'x');
  EXPECT_EQ(Kind::notADatabase, openKind(url("text.db"), kCreate));
}

TEST_F(SqliteSession, SettingsAreReadBack) {
  Database db;
  EXPECT_EQ("1\n", db.rows("PRAGMA foreign_keys"));
  EXPECT_EQ("0\n", db.rows("PRAGMA recursive_triggers"));
  EXPECT_EQ("2000\n", db.rows("PRAGMA busy_timeout"));
  ASSERT_TRUE(db.session->begin());
  const auto done = db.session->execute("PRAGMA foreign_keys = OFF");
  ASSERT_FALSE(done);
  EXPECT_NE(std::string::npos, done.error().message.find("inside a transaction"));
  ASSERT_TRUE(db.session->rollback());
  db.run("PRAGMA foreign_keys = OFF");
  EXPECT_EQ("0\n", db.rows("PRAGMA foreign_keys"));
  EXPECT_EQ(24u, db.session->now()->size());
}

TEST_F(SqliteSession, OneStatementAsItIs) {
  Database db;
  db.run("CREATE TABLE t (a TEXT) -- a:b\n;  /* x */ ;");
  EXPECT_FALSE(db.session->execute("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)"));
  EXPECT_FALSE(db.session->execute("INSERT INTO t VALUES (:a)"));
  EXPECT_FALSE(db.session->execute("  -- nothing"));
  EXPECT_EQ(Kind::sql, kindOf(db.session->execute("SELECT \"nobody\"")));
  db.run("INSERT INTO t VALUES (':a it''s a:b')");
  EXPECT_EQ(":a it's a:b\n", db.rows("SELECT a FROM t"));
}

TEST_F(SqliteSession, ValuesGoAndComeBack) {
  Database db;
  db.run("CREATE TABLE t (a TEXT, b INTEGER)");
  const std::string odd("a\0:b '\xc3\xbc", 8);
  const std::vector<std::pair<std::string_view, dialect::Value>> values = {
      {"a", odd}, {"b", "9007199254740993"}};
  EXPECT_EQ(1, *db.session->update("INSERT INTO t VALUES (:a, :b)", values));
  const std::vector<std::pair<std::string_view, dialect::Value>> none = {{"a", std::nullopt},
                                                                         {"b", std::nullopt}};
  EXPECT_EQ(1, *db.session->update("INSERT INTO t VALUES (:a, :b)", none));
  const auto rows = db.session->query("SELECT a, b, typeof(b) FROM t ORDER BY rowid");
  ASSERT_TRUE(rows);
  EXPECT_EQ(odd, (*rows)[0][0]);
  EXPECT_EQ("9007199254740993", (*rows)[0][1]);
  EXPECT_EQ("integer", (*rows)[0][2]);
  EXPECT_FALSE((*rows)[1][0]);
  EXPECT_EQ(2, *db.session->update("UPDATE t SET a = 'x'"));
  EXPECT_FALSE(db.session->query("SELECT :missing"));
  EXPECT_TRUE(db.session->query("SELECT 1 WHERE 0")->empty());
}

TEST_F(SqliteSession, KindsOfErrors) {
  Database one(url("shared.db"), kCreate), two(url("shared.db"), {50, false, false});
  one.run("CREATE TABLE t (a TEXT UNIQUE NOT NULL)");
  one.run("INSERT INTO t VALUES ('x')");
  const auto twice = one.session->execute("INSERT INTO t VALUES ('x')");
  EXPECT_EQ(Kind::constraint, twice.error().kind);
  EXPECT_EQ(2067, twice.error().native);
  EXPECT_NE(std::string::npos, twice.error().message.find("t.a"));
  EXPECT_EQ(Kind::constraint, kindOf(one.session->update("INSERT INTO t VALUES (NULL)")));

  ASSERT_TRUE(one.session->begin());
  EXPECT_TRUE(one.session->inTransaction());
  EXPECT_EQ(Kind::busy, kindOf(two.session->begin()));
  ASSERT_TRUE(one.session->commit());
  EXPECT_TRUE(two.session->begin());
  ASSERT_TRUE(two.session->rollback());
  ASSERT_TRUE(two.session->rollback());

  Database reader(url("shared.db"), {50, true, false});
  EXPECT_EQ(Kind::readOnly, kindOf(reader.session->begin()));
  EXPECT_EQ("x\n", reader.rows("SELECT a FROM t"));

  one.run("PRAGMA max_page_count = 4");
  const auto full = one.session->execute("INSERT INTO t SELECT hex(randomblob(30000))");
  EXPECT_EQ(Kind::diskFull, full.error().kind);
  EXPECT_EQ("x\n", one.rows("SELECT a FROM t"));
}

TEST_F(SqliteSession, ALimitOnTheFileSizeIsAFullDisk) {
  Database db(url("limited.db"), kCreate);
  db.run("CREATE TABLE t (a TEXT)");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 20000;
  setrlimit(RLIMIT_FSIZE, &small);
  const auto full = db.session->execute("INSERT INTO t SELECT hex(randomblob(300000))");
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(full);
  EXPECT_EQ(Kind::diskFull, full.error().kind) << full.error().message;
}

TEST_F(SqliteSession, InterruptStopsAStatement) {
  Database db;
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    db.session->interrupt();
  });
  const auto endless = db.session->execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
  other.join();
  ASSERT_FALSE(endless);
  EXPECT_EQ(9, endless.error().native);
}

TEST_F(SqliteSession, PluginsThatDoNotFit) {
  const std::vector<std::string> nowhere = {folder};
  EXPECT_EQ(Code::PLG001, dialect::loadDatabasePlugin("sqlite", nowhere).error().code);
  std::ofstream(path("cambium-db-broken.so")) << "not a library";
  EXPECT_EQ(Code::PLG002, dialect::loadDatabasePlugin("broken", nowhere).error().code);
  std::filesystem::copy_file(binaryDir() + "/lib/cambium/cambium-db-sqlite.so",
                             path("cambium-db-other.so"));
  EXPECT_EQ(Code::PLG006, dialect::loadDatabasePlugin("other", nowhere).error().code);
  const std::vector<std::string> misfits = {binaryDir() + "/lib/misfit"};
  EXPECT_EQ(Code::PLG003, dialect::loadDatabasePlugin("misfit_entry", misfits).error().code);
  EXPECT_EQ(Code::PLG004, dialect::loadDatabasePlugin("misfit_api", misfits).error().code);
  EXPECT_EQ(Code::PLG005, dialect::loadDatabasePlugin("misfit_abi", misfits).error().code);
}

}  // namespace
}  // namespace cambium::testing
