// The private servers of the tests: that they answer, are apart, are set as they should be, and are
// gone afterwards, however the test process ended.
#include "tests/support/servers.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/support/sql_client.h"

namespace cambium::testing {
namespace {

namespace fs = std::filesystem;

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 1000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

bool isAlive(pid_t pid) {
  return ::kill(pid, 0) == 0;
}

std::string errorOf(const std::function<void()>& act) {
  try {
    act();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

class Servers : public ::testing::TestWithParam<ServerKind> {
protected:
  bool isPostgres() const { return GetParam() == ServerKind::postgres; }
  const char* variable(const char* end) const {
    static std::string name;
    name = std::string("CAMBIUM_TEST_") + (isPostgres() ? "POSTGRES_" : "MARIADB_") + end;
    return name.c_str();
  }

  // A private one for several tests. The shared one may be one that the environment names.
  TestServer& server() const {
    auto& server = isPostgres() ? postgres_ : mariadb_;
    if (!server) server = std::make_unique<TestServer>(GetParam());
    return *server;
  }
  static void TearDownTestSuite() {
    postgres_.reset();
    mariadb_.reset();
  }

private:
  static inline std::unique_ptr<TestServer> postgres_, mariadb_;
};

INSTANTIATE_TEST_SUITE_P(, Servers, ::testing::Values(ServerKind::postgres, ServerKind::mariadb),
                         [](const auto& of) {
                           return of.param == ServerKind::postgres ? "postgres" : "mariadb";
                         });

TEST_P(Servers, answers) {
  const auto database = TestServer::shared(GetParam()).freshDatabase();
  const std::string version = connect(database.url())->value("SELECT version()");
  EXPECT_NE(version.find(isPostgres() ? "PostgreSQL" : "MariaDB"), std::string::npos) << version;
}

TEST_P(Servers, databasesAreApartAndDropped) {
  TestServer& server = TestServer::shared(GetParam());
  const auto one = server.freshDatabase();
  std::string url;
  {
    const auto two = server.freshDatabase();
    url = two.url();
    const auto inOne = connect(one.url());
    const auto inTwo = connect(two.url());
    inOne->ask("CREATE TABLE a (id int)");
    inTwo->ask("CREATE TABLE a (id int)");
    inTwo->ask("BEGIN");
    inTwo->ask("INSERT INTO a VALUES (1)");  // and is still in it when it is dropped
    EXPECT_EQ(inOne->value("SELECT count(*) FROM a"), "0");
  }
  EXPECT_NE(errorOf([&] { connect(url); }), "");
  EXPECT_EQ(connect(one.url())->value("SELECT count(*) FROM a"), "0");
}

TEST_P(Servers, isSetAsAfterInstallation) {
  const auto client = connect(server().url());
  const auto shows = [&](const std::string& what, const std::string& value) {
    EXPECT_EQ(client->value((isPostgres() ? "SHOW " : "SELECT @@") + what), value) << what;
  };
  if (isPostgres()) {
    shows("default_transaction_isolation", "read committed");
    shows("standard_conforming_strings", "on");
    shows("server_encoding", "UTF8");
    shows("lc_collate", "C.UTF-8");
    shows("timezone", "UTC");
    shows("synchronous_commit", "on");
    shows("listen_addresses", "");
  } else {
    shows("tx_isolation", "REPEATABLE-READ");
    shows("sql_mode",
          "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,"
          "NO_ENGINE_SUBSTITUTION");
    shows("lower_case_table_names", "0");
    shows("character_set_server", "utf8mb4");
    shows("collation_server", "utf8mb4_general_ci");
    shows("time_zone", "+00:00");
    shows("default_storage_engine", "InnoDB");
    shows("skip_networking", "1");
  }
}

TEST_P(Servers, keepsWhatIsCommittedWhenItCrashes) {
  const auto database = server().freshDatabase();
  const auto client = connect(database.url());
  client->ask("CREATE TABLE a (id int)");
  client->ask("INSERT INTO a VALUES (1), (2)");
  client->ask("BEGIN");
  client->ask("INSERT INTO a VALUES (3)");
  const pid_t before = server().pid();
  server().crash();
  EXPECT_FALSE(isAlive(before));
  EXPECT_EQ(server().pid(), 0);
  EXPECT_NE(errorOf([&] { client->ask("SELECT 1"); }), "");
  server().start();
  EXPECT_NE(server().pid(), before);
  EXPECT_EQ(connect(database.url())->value("SELECT count(*) FROM a"), "2");
}

TEST_P(Servers, listensToThePasswordWhenAsked) {
  TestServer server(GetParam(), {.loopback = true});
  const auto database = server.freshDatabase();
  const std::string url = database.loopbackUrl();
  EXPECT_EQ(connect(url)->value("SELECT 1"), "1");
  connect(database.url())->ask("CREATE TABLE a (id int)");
  EXPECT_EQ(connect(url)->value("SELECT count(*) FROM a"), "0");
  std::string wrong = url;
  wrong.replace(wrong.find("secret"), 6, "guess");
  EXPECT_NE(errorOf([&] { connect(wrong); }), "");

  const std::string ca = urlEncode(server.certificate().string());
  const auto safe =
      connect(url + (isPostgres() ? "?sslmode=verify-full&sslrootcert=" : "?ca=") + ca);
  EXPECT_NE(safe->value(isPostgres() ? "SELECT version FROM pg_stat_ssl WHERE ssl AND pid = "
                                       "pg_backend_pid()"
                                     : "SELECT variable_value FROM information_schema."
                                       "session_status WHERE variable_name = 'SSL_VERSION'"),
            "");
}

TEST_P(Servers, areApartAndGoneAfterTheirScope) {
  fs::path folder;
  pid_t pid = 0;
  {
    TestServer second(GetParam());
    folder = second.folder();
    pid = second.pid();
    EXPECT_TRUE(fs::exists(folder));
    EXPECT_TRUE(isAlive(pid));
    EXPECT_NE(folder, server().folder());
    connect(second.url())->ask("CREATE DATABASE only_here");
    EXPECT_NE(errorOf([&] { connect(server().url("only_here")); }), "");
  }
  EXPECT_FALSE(fs::exists(folder));
  EXPECT_FALSE(isAlive(pid));
}

// A test process that is killed in the middle of a transaction; a child that it forked lives on and
// has all its files open.
TEST_P(Servers, areGoneWhenTheTestProcessIsKilled) {
  int channel[2];
  ASSERT_EQ(::pipe(channel), 0);
  const pid_t victim = ::fork();
  ASSERT_GE(victim, 0);
  if (victim == 0) {
    try {
      TestServer server(GetParam());
      const auto database = server.freshDatabase();
      const auto client = connect(database.url());
      client->ask("BEGIN");
      const pid_t bystander = ::fork();
      if (bystander != 0) {
        const std::string facts = std::to_string(server.pid()) + " " + std::to_string(bystander) +
                                  " " + server.folder().string() + "\n";
        (void)!::write(channel[1], facts.data(), facts.size());
      }
      while (true) ::pause();
    } catch (const std::exception& error) {
      std::fputs(error.what(), stderr);
    }
    ::_exit(1);
  }
  ::close(channel[1]);
  std::string facts;
  for (char c = 0; ::read(channel[0], &c, 1) == 1 && c != '\n';) facts += c;
  ::close(channel[0]);
  std::istringstream words(facts);
  pid_t server = 0;
  pid_t bystander = 0;
  std::string folder;
  ASSERT_TRUE(words >> server >> bystander >> folder) << "the victim had no server";
  EXPECT_TRUE(isAlive(server));
  EXPECT_TRUE(fs::exists(folder));

  ::kill(victim, SIGKILL);
  int status = 0;
  ::waitpid(victim, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(eventually([&] { return !isAlive(server); }));
  EXPECT_TRUE(eventually([&] { return !fs::exists(folder); }));
  EXPECT_TRUE(isAlive(bystander));
  ::kill(bystander, SIGKILL);
}

TEST_P(Servers, aServerThatIsGivenIsUsedAndNotOurs) {
  const char* const before = std::getenv(variable("URL"));
  const std::string kept = before ? before : "";
  ::setenv(variable("URL"), server().url().c_str(), 1);
  const auto given = TestServer::make(GetParam());
  ::setenv(variable("URL"), kept.c_str(), 1);
  EXPECT_EQ(given->url(), server().url());
  std::string url;
  {
    const auto database = given->freshDatabase();
    url = database.url();
    connect(url)->ask("CREATE TABLE a (id int)");
    EXPECT_EQ(connect(server().url(database.name()))->value("SELECT count(*) FROM a"), "0");
  }
  EXPECT_NE(errorOf([&] { connect(url); }), "");
  EXPECT_NE(errorOf([&] { given->crash(); }), "");
  EXPECT_EQ(given->pid(), 0);
}

TEST_P(Servers, aMissingProgramIsSaid) {
  const fs::path empty = freshServerFolder("cambium-empty");
  ::setenv(variable("BIN"), empty.c_str(), 1);
  const std::string error = errorOf([&] { TestServer server(GetParam()); });
  ::unsetenv(variable("BIN"));
  fs::remove_all(empty);
  EXPECT_NE(error.find(isPostgres() ? "install the package postgresql-15"
                                    : "install the package mariadb-server-core"),
            std::string::npos)
      << error;
}

TEST_P(Servers, whyAServerDoesNotStartIsSaid) {
  const fs::path folder = freshServerFolder("cambium-fake");
  const std::string names[] = {"postgres", "initdb", "mariadbd", "mariadb-install-db"};
  for (const std::string& name : names) {
    std::ofstream(folder / name) << "#!/bin/sh\n"
                                    "[ \"$1\" = --version ] && echo fake 1.0-"
                                 << ::getpid()
                                 << " && exit\n"
                                    "echo the disk is made of cheese\nexit 1\n";
    fs::permissions(folder / name, fs::perms(0755));
  }
  fs::permissions(folder, fs::perms(0755));
  ::setenv(variable("BIN"), folder.c_str(), 1);
  const std::string error = errorOf([&] { TestServer server(GetParam()); });
  ::unsetenv(variable("BIN"));
  fs::remove_all(folder);
  EXPECT_NE(error.find("the disk is made of cheese"), std::string::npos) << error;
}

}  // namespace
}  // namespace cambium::testing
