// URLs, servers and users that are not what they should be, with the real binary on real servers:
// the code, the message and the exit code, that nothing is half done, and that no password is
// shown.
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "tests/cli/cli_fixture.h"
#include "tests/support/servers.h"
#include "tests/support/sql_client.h"
#include "tests/support/wire.h"

namespace cambium::testing {
namespace {

constexpr ServerKind kPostgres = ServerKind::postgres;
constexpr ServerKind kMariadb = ServerKind::mariadb;
// As it is, and as it stands in a url.
constexpr const char* kPassword = "hunter2!";
constexpr const char* kEncoded = "hunter2%21";

TestServer& server(ServerKind kind) {
  static TestServer postgres(kPostgres, ServerOptions{.loopback = true});
  static TestServer mariadb(kMariadb, ServerOptions{.loopback = true});
  return kind == kPostgres ? postgres : mariadb;
}

TestServer& serverWithoutTls(ServerKind kind) {
  static TestServer postgres(kPostgres, ServerOptions{.loopback = true, .tls = false});
  static TestServer mariadb(kMariadb, ServerOptions{.loopback = true, .tls = false});
  return kind == kPostgres ? postgres : mariadb;
}

std::string portOf(const TestServer& server) {
  const std::string url = server.loopbackUrl();
  const size_t colon = url.rfind(':');
  return url.substr(colon + 1, url.rfind('/') - colon - 1);
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

class OnServer : public Cli {
protected:
  void SetUp() override {
    Cli::SetUp();
    put("package.cam",
        "package shop version \"1.0.0\"\n\nenvironment dev { url env(\"SHOP_URL\") }\n");
    put("order.cam", "entity Order {\n  key id: int64\n  title: string(40)\n}\n");
  }
  Ended run(const std::string& command, const std::string& url) const {
    return cambium(command, "", "SHOP_URL='" + url + "'");
  }
  static void ask(TestServer& server, const std::string& database, const std::string& sql) {
    connect(server.url(database))->ask(sql);
  }
  // A user `app` with the password, who may do everything in the database.
  static void makeUser(TestServer& server, const std::string& database) {
    if (server.kind() == kPostgres) {
      ask(server, "", "DROP ROLE IF EXISTS app");
      ask(server, "", std::string("CREATE ROLE app LOGIN PASSWORD '") + kPassword + "'");
      ask(server, database, "GRANT ALL ON SCHEMA public TO app");
    } else {
      ask(server, "",
          std::string("CREATE OR REPLACE USER app@'127.0.0.1' IDENTIFIED BY '") + kPassword + "'");
      ask(server, "", "GRANT ALL ON " + database + ".* TO app@'127.0.0.1'");
    }
  }
  static void dropUser(TestServer& server, const std::string& database) {
    if (server.kind() == kPostgres) {
      ask(server, database, "DROP OWNED BY app");
      ask(server, "", "DROP ROLE app");
    } else {
      ask(server, "", "DROP USER app@'127.0.0.1'");
    }
  }
  // How many tables, views and the like are in the database.
  static std::string objects(TestServer& server, const std::string& database) {
    return connect(server.url(database))
        ->value(server.kind() == kPostgres
                    ? "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                    : "SELECT count(*) FROM information_schema.tables WHERE table_schema = "
                      "database()");
  }
  static void expectNoPassword(const Ended& ended) {
    for (const char* secret : {kPassword, kEncoded, "hunter2"})
      EXPECT_EQ((ended.out + ended.err).find(secret), std::string::npos) << ended.out << ended.err;
  }
  static void expectFailure(const Ended& ended, int exit, const std::string& code,
                            const std::string& message) {
    EXPECT_EQ(ended.exit, exit) << ended.out << ended.err;
    EXPECT_NE(ended.err.find("error[" + code + "]"), std::string::npos) << ended.out << ended.err;
    EXPECT_NE(ended.err.find(message), std::string::npos) << ended.err << "\nwanted: " << message;
    EXPECT_LT(ended.err.size(), 1500u) << ended.err;
    expectNoPassword(ended);
  }
};

// ---------------------------------------------------------------- one url, one command, one error
struct Refused {
  ServerKind kind;
  const char* name;
  // {port} {database} {nobody} {silent} {garbage} {old}: ports; {plain}: the port of a server
  // without TLS; {ca}, {other}: certificates
  const char* url;
  std::vector<const char*> setUp, tearDown;  // statements of the superuser, in the database
  const char* command;
  int exit;
  const char* code;
  const char* message;
};

std::ostream& operator<<(std::ostream& out, const Refused& refused) {
  return out << refused.name;
}

constexpr const char* kApply = "apply --yes --no-progress";

const std::vector<Refused>& refusals() {
  static const std::vector<Refused> all = {
#include "tests/cli/server_failures.inc"
  };
  return all;
}

class ServerRefused : public OnServer, public ::testing::WithParamInterface<Refused> {};

// A certificate that signed nothing here.
std::string otherCertificate(const fs::path& folder) {
  const std::string file = (folder / "other.pem").string();
  EXPECT_EQ(std::system(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
                         "-nodes -days 2 -subj /CN=other -keyout '" +
                         file + ".key' -out '" + file + "' 2>/dev/null")
                            .c_str()),
            0);
  return file;
}

TEST_P(ServerRefused, saysSo) {
  const Refused& refused = GetParam();
  auto& on = server(refused.kind);
  const auto database = on.freshDatabase();
  makeUser(on, database.name());
  const bool plain = std::string(refused.url).find("{plain}") != std::string::npos;
  if (plain)
    makeUser(serverWithoutTls(refused.kind), refused.kind == kPostgres ? "" : database.name());
  for (const char* sql : refused.setUp)
    ask(on, database.name(), replaced(sql, "{database}", database.name()));

  const Listener silent(saysNothing), garbage(saysGarbage),
      old(serverOfVersion(refused.kind, refused.kind == kPostgres ? "9.6.24" : "5.5.68-MariaDB")),
      mysql57(serverOfVersion(kMariadb, "5.7.44-log")), mysql8(serverOfVersion(kMariadb, "8.0.11")),
      tidb(serverOfVersion(kMariadb, "8.0.11-TiDB-v7.5.0"));
  std::string url = refused.url;
  const std::pair<const char*, std::string> values[] = {
      {"{port}", portOf(on)},
      {"{database}", database.name()},
      {"{nobody}", std::to_string(silentPort())},
      {"{silent}", std::to_string(silent.port())},
      {"{garbage}", std::to_string(garbage.port())},
      {"{old}", std::to_string(old.port())},
      {"{mysql57}", std::to_string(mysql57.port())},
      {"{mysql8}", std::to_string(mysql8.port())},
      {"{tidb}", std::to_string(tidb.port())},
      {"{plain}", plain ? portOf(serverWithoutTls(refused.kind)) : ""},
      {"{ca}", on.certificate().string()},
      {"{other}", url.find("{other}") == std::string::npos ? "" : otherCertificate(root_)},
  };
  for (const auto& [name, value] : values) url = replaced(url, name, value);

  const auto start = std::chrono::steady_clock::now();
  const Ended ended = run(replaced(refused.command, "{url}", "'" + url + "'"), url);
  expectFailure(ended, refused.exit, refused.code,
                replaced(refused.message, "{database}", database.name()));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(8));
  EXPECT_EQ(objects(on, database.name()), "0");

  for (const char* sql : refused.tearDown)
    ask(on, database.name(), replaced(sql, "{database}", database.name()));
  // The same user is let in with the right url: what was refused was refused for its reason.
  if (refused.setUp.empty()) {
    const std::string right = std::string(refused.kind == kPostgres ? "postgres" : "mariadb") +
                              "://app:" + kEncoded + "@127.0.0.1:" + portOf(on) + "/" +
                              database.name();
    const Ended again = run(kApply, right);
    EXPECT_EQ(again.exit, 0) << again.out << again.err;
  }
  dropUser(on, database.name());
}

INSTANTIATE_TEST_SUITE_P(All, ServerRefused, ::testing::ValuesIn(refusals()), [](const auto& info) {
  return std::string(info.param.kind == kPostgres ? "postgres_" : "mariadb_") + info.param.name;
});

// ---------------------------------------------------------------- what is not refused
class ServerSettings : public OnServer, public ::testing::WithParamInterface<ServerKind> {
protected:
  std::string loopback(TestServer& on, const std::string& database,
                       const std::string& options) const {
    return std::string(GetParam() == kPostgres ? "postgres" : "mariadb") + "://app:" + kEncoded +
           "@127.0.0.1:" + portOf(on) + "/" + database + options;
  }
};

TEST_P(ServerSettings, anEncryptedConnectionIsMadeAndChecked) {
  auto& on = server(GetParam());
  const auto database = on.freshDatabase();
  makeUser(on, database.name());
  const std::string ca = on.certificate().string();
  // On MariaDB the user is let in by no other way.
  if (GetParam() == kMariadb) ask(on, "", "ALTER USER app@'127.0.0.1' REQUIRE SSL");
  const std::vector<std::string> options =
      GetParam() == kPostgres
          ? std::vector<std::string>{"?sslmode=verify-full&sslrootcert=" + ca, "?sslmode=require"}
          : std::vector<std::string>{"?tls=required&ssl-ca=" + ca};
  for (const auto& one : options) {
    const Ended ended = run(kApply, loopback(on, database.name(), one));
    EXPECT_EQ(ended.exit, 0) << one << "\n" << ended.out << ended.err;
    expectNoPassword(ended);
  }
  dropUser(on, database.name());
}

// However impatient the server is with others: a run takes as long as it takes.
TEST_P(ServerSettings, timeoutsOfTheServerAreNotOurs) {
  auto& on = server(GetParam());
  const auto database = on.freshDatabase();
  const bool postgres = GetParam() == kPostgres;
  const std::vector<std::string> impatient =
      postgres ? std::vector<std::string>{"ALTER DATABASE " + database.name() +
                                              " SET statement_timeout = '100ms'",
                                          "ALTER DATABASE " + database.name() +
                                              " SET idle_session_timeout = '300ms'",
                                          "ALTER DATABASE " + database.name() +
                                              " SET idle_in_transaction_session_timeout = '300ms'"}
               : std::vector<std::string>{"SET GLOBAL wait_timeout = 1",
                                          "SET GLOBAL idle_transaction_timeout = 1",
                                          "SET GLOBAL max_statement_time = 0.1"};
  for (const auto& sql : impatient) ask(on, "", sql);
  for (const char* moment : {"COMMIT", postgres ? "BEGIN" : "START TRANSACTION"}) {
    Proxy proxy(GetParam(), on.socket());
    proxy.cutAt(moment, 3, Moment::late,
                [] { std::this_thread::sleep_for(std::chrono::milliseconds(1500)); });
    const std::string at = "@127.0.0.1:" + std::to_string(proxy.port()) + "/" + database.name();
    put("package.cam", std::string("package shop version \"1.") + (*moment == 'C' ? "0" : "1") +
                           ".0\"\n\nenvironment dev { url env(\"SHOP_URL\") }\n");
    const Ended ended =
        run(kApply, postgres ? "postgres://postgres" + at + "?sslmode=disable&gssencmode=disable"
                             : "mariadb://root" + at);
    EXPECT_EQ(ended.exit, 0) << moment << "\n" << ended.out << ended.err;
    EXPECT_TRUE(proxy.wasCut()) << moment;
    if (*moment == 'C') {
      EXPECT_EQ(cambium("seal -q").exit, 0);
    }
  }
  if (!postgres)
    for (const char* sql :
         {"SET GLOBAL wait_timeout = DEFAULT", "SET GLOBAL idle_transaction_timeout = DEFAULT",
          "SET GLOBAL max_statement_time = DEFAULT"})
      ask(on, "", sql);
}

INSTANTIATE_TEST_SUITE_P(All, ServerSettings, ::testing::Values(kPostgres, kMariadb),
                         [](const auto& info) {
                           return std::string(info.param == kPostgres ? "postgres" : "mariadb");
                         });

TEST_F(OnServer, aFullServerIsSaidToBeFull) {
  TestServer full(kMariadb, ServerOptions{.loopback = true, .tls = false});
  const auto database = full.freshDatabase();
  makeUser(full, database.name());
  ask(full, "", "SET GLOBAL max_connections = 10");
  const std::string url = std::string("mariadb://app:") + kEncoded + "@127.0.0.1:" + portOf(full) +
                          "/" + database.name();
  std::vector<std::unique_ptr<SqlClient>> others;
  std::string error;
  while (others.size() < 20) {
    auto one = connect(replaced(url, kEncoded, kPassword), error);
    if (!one) break;
    others.push_back(std::move(one));
  }
  EXPECT_EQ(others.size(), 10u) << error;
  expectFailure(run(kApply, url), 1, "RUN050", "Too many connections");
  others.clear();
  EXPECT_EQ(objects(full, database.name()), "0");
  EXPECT_EQ(run(kApply, url).exit, 0);
}

// A standby has everything and takes nothing.
TEST_F(OnServer, aStandbyIsReadAndNotWritten) {
  TestServer standby(kPostgres);
  const auto database = standby.freshDatabase();
  ask(standby, database.name(), "CREATE TABLE thing (id bigint PRIMARY KEY)");
  standby.crash();
  put("standby.signal", "");
  fs::copy_file(root_ / "standby.signal", standby.folder() / "data/standby.signal");
  standby.start();
  const std::string url = standby.url(database.name());
  expectFailure(run(kApply + std::string(" -e dev"), url), 1, "RUN053", "has tables");
  expectFailure(run("adopt -e dev", url), 1, "RUN052", "the server is a standby");
  const Ended pulled = run("pull '" + url + "' -o pulled", url);
  EXPECT_EQ(pulled.exit, 0) << pulled.out << pulled.err;
  EXPECT_NE(get("pulled/model.cam").find("entity Thing"), std::string::npos);
}

// An index that is built beside writers waits for who is in a transaction, but not without an end.
TEST_F(OnServer, othersInTheWayOfAnIndexAreNamed) {
  put("package.cam",
      "package shop version \"1.0.0\"\n\nenvironment dev {\n  url env(\"SHOP_URL\")\n  lock "
      "timeout "
      "100ms retries 0\n}\n");
  auto& on = server(kPostgres);
  const auto database = on.freshDatabase();
  const std::string url = on.url(database.name());
  ASSERT_EQ(run("seal -q", url).exit, 0);
  ASSERT_EQ(run(kApply, url).exit, 0);
  put("package.cam", replaced(get("package.cam"), "1.0.0", "1.1.0"));
  put("order.cam", "entity Order {\n  key id: int64\n  title: string(40)\n  index (title)\n}\n");
  const auto reader = connect(url);
  reader->ask("BEGIN ISOLATION LEVEL REPEATABLE READ");
  reader->ask("SELECT 1 FROM pg_class");
  const std::string pid = reader->value("SELECT pg_backend_pid()");
  expectFailure(run(kApply, url), 8, "RUN096",
                "is older, and has been given up after 2 s (pid " + pid + " (user postgres)");
  EXPECT_EQ(reader->value("SELECT count(*) FROM pg_index WHERE indrelid = '\"order\"'::regclass"),
            "1");
  reader->ask("COMMIT");
  const Ended again = run(kApply, url);
  EXPECT_EQ(again.exit, 0) << again.out << again.err;
}

// ---------------------------------------------------------------- a pooler
// PgBouncer in transaction mode in front of a server; gone with the object.
class Pooler {
public:
  Pooler(const TestServer& server, const fs::path& folder, const std::string& more)
      : port_(silentPort()) {
    const std::string file = (folder / "pgbouncer.ini").string();
    const std::string socket = server.socket().string();  // …/.s.PGSQL.PORT
    writeFile(file, "[databases]\n* = host=" + server.socket().parent_path().string() +
                        " port=" + socket.substr(socket.rfind('.') + 1) +
                        " user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " +
                        std::to_string(port_) +
                        "\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n" + more);
    const std::string log = (folder / "pgbouncer.log").string();
    process_ = ::fork();
    if (process_ == 0) {
      if (!std::freopen(log.c_str(), "w", stderr)) ::_exit(126);
      if (::geteuid() == 0)  // it does not run as root
        ::execlp("pgbouncer", "pgbouncer", "-u", "nobody", file.c_str(), nullptr);
      ::execlp("pgbouncer", "pgbouncer", file.c_str(), nullptr);
      ::_exit(127);
    }
    std::string error;
    int tries = 0;
    while (!connect(url("postgres"), error) && ++tries < 500)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_LT(tries, 500) << error << readFile(log);
  }
  ~Pooler() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Pooler(const Pooler&) = delete;
  Pooler& operator=(const Pooler&) = delete;
  std::string url(const std::string& database) const {
    return "postgres://postgres@127.0.0.1:" + std::to_string(port_) + "/" + database;
  }

private:
  int port_;
  pid_t process_ = 0;
};

TEST_F(OnServer, aPoolerIsFoundOut) {
  auto& on = server(kPostgres);
  const auto database = on.freshDatabase();
  // One that says that it does not pass settings on, one that swallows them.
  for (const char* more :
       {"", "ignore_startup_parameters = options, extra_float_digits, DateStyle\n"}) {
    const Pooler pooler(on, root_, more);
    expectFailure(run(kApply, pooler.url(database.name())), 1, "RUN050",
                  "is a connection pooler between here and the server?");
    EXPECT_EQ(objects(on, database.name()), "0");
  }
}

}  // namespace
}  // namespace cambium::testing
