// URLs, servers and users that are not what they should be, with the real binary on real servers:
// the code, the message and the exit code, that nothing is half done, and that no password is
// shown.
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
  static TestServer postgres(kPostgres, {.loopback = true});
  static TestServer mariadb(kMariadb, {.loopback = true});
  return kind == kPostgres ? postgres : mariadb;
}

TestServer& serverWithoutTls(ServerKind kind) {
  static TestServer postgres(kPostgres, {.loopback = true, .tls = false});
  static TestServer mariadb(kMariadb, {.loopback = true, .tls = false});
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
  for (const char* sql : refused.setUp)
    ask(on, database.name(), replaced(sql, "{database}", database.name()));

  const Listener silent(saysNothing), garbage(saysGarbage),
      old(serverOfVersion(refused.kind, refused.kind == kPostgres ? "9.6.24" : "5.5.68-MariaDB"));
  std::string url = refused.url;
  const std::pair<const char*, std::string> values[] = {
      {"{port}", portOf(on)},
      {"{database}", database.name()},
      {"{nobody}", std::to_string(silentPort())},
      {"{silent}", std::to_string(silent.port())},
      {"{garbage}", std::to_string(garbage.port())},
      {"{old}", std::to_string(old.port())},
      {"{plain}",
       url.find("{plain}") == std::string::npos ? "" : portOf(serverWithoutTls(refused.kind))},
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

INSTANTIATE_TEST_SUITE_P(All, ServerRefused, ::testing::ValuesIn(refusals()),
                         [](const auto& info) {
                           return std::string(info.param.kind == kPostgres ? "postgres_"
                                                                           : "mariadb_") +
                                  info.param.name;
                         });

}  // namespace
}  // namespace cambium::testing
