#include "tests/support/servers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <regex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/support/sql_client.h"

namespace cambium::testing {
namespace {

namespace fs = std::filesystem;
using Command = std::vector<std::string>;

constexpr auto kStartPatience = std::chrono::seconds(60);
// To be raised when the commands that make a data folder change.
constexpr const char* kTemplateLayout = "1";

const char* schemeOf(ServerKind kind) {
  return kind == ServerKind::postgres ? "postgres" : "mariadb";
}

const char* superuserOf(ServerKind kind) {
  return kind == ServerKind::postgres ? "postgres" : "root";
}

const char* firstDatabaseOf(ServerKind kind) {
  return kind == ServerKind::postgres ? "postgres" : "mysql";
}

const char* urlVariableOf(ServerKind kind) {
  return kind == ServerKind::postgres ? "CAMBIUM_TEST_POSTGRES_URL" : "CAMBIUM_TEST_MARIADB_URL";
}

fs::path programOf(ServerKind kind, const std::string& name) {
  if (kind == ServerKind::postgres)
    return findProgram(name, "CAMBIUM_TEST_POSTGRES_BIN", {"/usr/lib/postgresql/15/bin"},
                       "postgresql-15");
  return findProgram(name, "CAMBIUM_TEST_MARIADB_BIN", {"/usr/sbin", "/usr/bin"},
                     "mariadb-server-core and mariadb-client-core");
}

// PostgreSQL's socket is named after a port, even if there is none.
int socketPort(int port) {
  return port ? port : 5432;
}

// No fsync, but every commit is written: the server may be killed, only the machine must not.
Command postgresCommand(const fs::path& folder, int port, bool tls) {
  Command command = {programOf(ServerKind::postgres, "postgres"), "-D", folder / "data"};
  const std::string at = folder.string();
  for (const std::string& setting :
       {"unix_socket_directories=" + at, std::string("unix_socket_permissions=0700"),
        "listen_addresses=" + std::string(port ? "127.0.0.1" : ""),
        "port=" + std::to_string(socketPort(port)), std::string("fsync=off"),
        std::string("full_page_writes=off"), std::string("shared_buffers=16MB"),
        std::string("timezone=UTC"), std::string("log_timezone=UTC"),
        std::string("dynamic_shared_memory_type=mmap"), std::string("logging_collector=off"),
        std::string("cluster_name=cambium test")}) {
    command.push_back("-c");
    command.push_back(setting);
  }
  if (port && tls)
    for (const std::string& setting : {std::string("ssl=on"), "ssl_cert_file=" + at + "/cert.pem",
                                       "ssl_key_file=" + at + "/key.pem"}) {
      command.push_back("-c");
      command.push_back(setting);
    }
  return command;
}

Command mariadbCommand(const fs::path& folder, int port, bool tls) {
  const std::string at = folder.string();
  Command command = {programOf(ServerKind::mariadb, "mariadbd"),
                     "--no-defaults",
                     "--datadir=" + at + "/data",
                     "--socket=" + at + "/socket",
                     "--pid-file=" + at + "/pid",
                     "--tmpdir=" + at,
                     "--skip-name-resolve",
                     "--character-set-server=utf8mb4",
                     "--collation-server=utf8mb4_general_ci",
                     "--default-time-zone=+00:00",
                     "--debug-no-sync",  // also of the log of DDL and the forms of tables
                     "--innodb-flush-method=nosync",
                     "--innodb-flush-log-at-trx-commit=2",
                     "--innodb-buffer-pool-size=16M",
                     "--innodb-log-file-size=4M",
                     "--key-buffer-size=1M",
                     "--aria-pagecache-buffer-size=8M"};
  if (!port) {
    command.push_back("--skip-networking");
    return command;
  }
  command.push_back("--bind-address=127.0.0.1");
  command.push_back("--port=" + std::to_string(port));
  if (!tls) return command;
  command.push_back("--ssl-cert=" + at + "/cert.pem");
  command.push_back("--ssl-key=" + at + "/key.pem");
  return command;
}

Command serverCommand(ServerKind kind, const fs::path& folder, int port, bool tls) {
  return kind == ServerKind::postgres ? postgresCommand(folder, port, tls)
                                      : mariadbCommand(folder, port, tls);
}

Command dataCommand(ServerKind kind, const fs::path& folder) {
  if (kind == ServerKind::postgres)
    return {programOf(kind, "initdb"), "-D",
            folder / "data",           "--username=postgres",
            "--encoding=UTF8",         "--locale=C.UTF-8",
            "--auth-local=trust",      "--auth-host=scram-sha-256",
            "--wal-segsize=1",         "--no-sync",
            "--no-instructions"};
  return {programOf(kind, "mariadb-install-db"),
          "--no-defaults",
          "--datadir=" + (folder / "data").string(),
          "--auth-root-authentication-method=normal",
          "--skip-test-db",
          "--skip-name-resolve",
          "--innodb-log-file-size=4M",
          "--innodb-flush-method=nosync"};
}

// "postgres-15.20", "mariadb-10.11.19-MariaDB-0+deb12u1"
std::string templateKey(ServerKind kind, const fs::path& folder) {
  const fs::path program = serverCommand(kind, folder, 0, false)[0];
  const std::string printed = runInFolder(folder, {program, "--version"});
  std::smatch version;
  std::regex_search(printed, version, std::regex(R"([0-9]+\.[0-9][-+.\w]*)"));
  return std::string(schemeOf(kind)) + "-" + version.str() + "-" + kTemplateLayout;
}

void makeCertificate(const fs::path& folder) {
  const fs::path openssl = findProgram("openssl", "CAMBIUM_TEST_OPENSSL_BIN", {}, "openssl");
  runInFolder(folder, {openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt",
                       "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                       "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                       "-keyout", "key.pem", "-out", "cert.pem"});
}

// Free now. Somebody else may take it before the server does; its start then fails.
int freePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool good = ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  if (!good) throw std::runtime_error("no free port of 127.0.0.1");
  return ntohs(address.sin_port);
}

// The url with another database.
std::string withDatabase(const std::string& url, const std::string& database) {
  const size_t query = std::min(url.find('?'), url.size());
  const size_t slash = url.find('/', url.find("://") + 3);
  return url.substr(0, std::min(slash, query)) + "/" + database + url.substr(query);
}

void drop(const TestServer& server, const std::string& name) {
  const auto client = connect(server.url());
  if (server.kind() == ServerKind::postgres) {
    client->ask("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    return;
  }
  for (const auto& row :
       client->ask("SELECT id FROM information_schema.processlist WHERE db = '" + name + "'")) {
    try {
      client->ask("KILL CONNECTION " + row.at(0).value_or("0"));
    } catch (const std::runtime_error&) {
      // gone by itself
    }
  }
  client->ask("SET lock_wait_timeout = 30");  // by default it waits for a day
  client->ask("DROP DATABASE IF EXISTS " + name);
}

}  // namespace

TestDatabase::TestDatabase(TestDatabase&& other) noexcept
    : server_(std::exchange(other.server_, nullptr)), name_(std::move(other.name_)) {}

TestDatabase::~TestDatabase() {
  if (!server_) return;
  try {
    drop(*server_, name_);
  } catch (const std::exception& error) {  // a crashed server; one of ours is removed anyway
    std::cerr << "database " << name_ << " is not dropped: " << error.what() << "\n";
  }
}

std::string TestDatabase::url() const {
  return server_->url(name_);
}

std::string TestDatabase::loopbackUrl() const {
  return server_->loopbackUrl(name_);
}

std::unique_ptr<TestServer> TestServer::make(ServerKind kind) {
  const char* const given = std::getenv(urlVariableOf(kind));
  if (!given || !*given) return std::make_unique<TestServer>(kind);
  return std::unique_ptr<TestServer>(new TestServer(kind, std::string(given)));
}

TestServer& TestServer::shared(ServerKind kind) {
  if (kind == ServerKind::postgres) {
    static const auto postgres = make(kind);
    return *postgres;
  }
  static const auto mariadb = make(kind);
  return *mariadb;
}

TestServer::TestServer(ServerKind kind, std::string givenUrl)
    : kind_(kind), givenUrl_(std::move(givenUrl)) {}

TestServer::TestServer(ServerKind kind, ServerOptions options)
    : kind_(kind), port_(options.loopback ? freePort() : 0), tls_(options.tls) {
  (void)serverCommand(kind, "", 0,
                      false);  // says which program is missing, before anything is made
  const fs::path folder =
      freshServerFolder(kind == ServerKind::postgres ? "cambium-pg" : "cambium-my");
  const int endSignal = kind == ServerKind::postgres ? SIGQUIT : SIGKILL;
  process_ =
      std::make_unique<ServerProcess>(folder, serverCommand(kind, folder, port_, tls_), endSignal);
  fillDataFolder(folder, templateKey(kind, folder),
                 [&] { runInFolder(folder, dataCommand(kind, folder)); });
  if (port_ && tls_) makeCertificate(folder);
  start();
  if (port_) openLoopback();
}

TestServer::~TestServer() = default;

TestDatabase TestServer::freshDatabase() {
  std::string name = "test_" + std::to_string(++databases_);
  if (!process_) {  // others use it, too
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    name = "cambium_" + name + "_" + std::to_string(::getpid()) + "_" +
           std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  }
  connect(url())->ask("CREATE DATABASE " + name);
  return {*this, name};
}

std::string TestServer::url(const std::string& database) const {
  if (!process_) return database.empty() ? givenUrl_ : withDatabase(givenUrl_, database);
  const std::string at = urlEncode(process_->folder().string());
  const std::string name = database.empty() ? firstDatabaseOf(kind_) : database;
  const std::string start = std::string(schemeOf(kind_)) + "://" + superuserOf(kind_) + "@";
  if (kind_ == ServerKind::mariadb)
    return start + "localhost/" + name + "?socket=" + at + "/socket";
  // With the port, which PGPORT would change otherwise.
  return start + "/" + name + "?host=" + at + "&port=" + std::to_string(socketPort(port_));
}

std::string TestServer::loopbackUrl(const std::string& database) const {
  if (!port_) throw std::runtime_error("this test server has no port");
  return std::string(schemeOf(kind_)) + "://" + superuserOf(kind_) +
         ":secret@127.0.0.1:" + std::to_string(port_) + "/" +
         (database.empty() ? firstDatabaseOf(kind_) : database);
}

fs::path TestServer::certificate() const {
  return own().folder() / "cert.pem";
}

ServerProcess& TestServer::own() const {
  if (!process_)
    throw std::runtime_error(std::string("the server of ") + urlVariableOf(kind_) +
                             " is not ours to do this with");
  return *process_;
}

const fs::path& TestServer::folder() const {
  return own().folder();
}

fs::path TestServer::socket() const {
  return own().folder() / (kind_ == ServerKind::postgres
                               ? ".s.PGSQL." + std::to_string(socketPort(port_))
                               : std::string("socket"));
}

void TestServer::crash() {
  own().kill();
}

void TestServer::start() {
  own().start();
  waitUntilReady();
}

void TestServer::waitUntilReady() {
  const auto deadline = std::chrono::steady_clock::now() + kStartPatience;
  std::string error;
  while (!connect(url(), error)) {
    if (!process_->isRunning())
      throw std::runtime_error(std::string("the test server ") + schemeOf(kind_) +
                               " ended at its start:\n" + process_->log());
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error(std::string("the test server ") + schemeOf(kind_) +
                               " is not ready: " + error + "\n" + process_->log());
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void TestServer::openLoopback() {
  const auto client = connect(url());
  if (kind_ == ServerKind::postgres) {
    client->ask("ALTER USER postgres PASSWORD 'secret'");
    return;
  }
  client->ask("CREATE OR REPLACE USER root@127.0.0.1 IDENTIFIED BY 'secret'");
  client->ask("GRANT ALL ON *.* TO root@127.0.0.1 WITH GRANT OPTION");
}

}  // namespace cambium::testing
