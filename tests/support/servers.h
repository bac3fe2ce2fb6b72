// tests/support/servers.h: PostgreSQL and MariaDB for a test.
//
//   auto database = TestServer::shared(ServerKind::postgres).freshDatabase();
//   … database.url() …          // dropped at the end of the scope
//
// A server is private: its data in a fresh folder under TMPDIR, reached through a Unix socket in
// it, seen by nobody else, gone with the test process however that ends (server_process.h). It is
// set as after installation (isolation, sql_mode, the case of names, UTF-8), time zone UTC, but
// small and without waiting for the disk. What is committed survives the crash of the server.
//
// CAMBIUM_TEST_POSTGRES_URL and CAMBIUM_TEST_MARIADB_URL name servers to be used instead, by users
// who may create databases. CAMBIUM_TEST_POSTGRES_BIN and CAMBIUM_TEST_MARIADB_BIN name the folder
// of the programs, where they are not Debian's.
//
// Errors are thrown (std::runtime_error): no program, no start, no database. Nothing is skipped.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/server_process.h"

namespace cambium::testing {

enum class ServerKind { postgres, mariadb };

struct ServerOptions {
  // Listens at a free port of 127.0.0.1, too, with a password and (for whom asks) TLS.
  bool loopback = false;
  // With `loopback`: whether it has a certificate, and so can encrypt.
  bool tls = true;
};

class TestServer;

// An empty database of one test; dropped, with the sessions that are still in it, when this object
// is destroyed. Its server must outlive it.
class TestDatabase {
public:
  TestDatabase(TestDatabase&&) noexcept;
  TestDatabase& operator=(TestDatabase&&) = delete;
  ~TestDatabase();
  const std::string& name() const { return name_; }
  std::string url() const;
  // Through the port. Only of servers that have one.
  std::string loopbackUrl() const;

private:
  friend class TestServer;
  TestDatabase(TestServer& server, std::string name) : server_(&server), name_(std::move(name)) {}
  TestServer* server_;  // null when moved from
  std::string name_;
};

class TestServer {
public:
  // The one of this kind in this process, started by the first call; or the one that the
  // environment names.
  static TestServer& shared(ServerKind);
  // Another of that sort: a private one, unless the environment names one.
  static std::unique_ptr<TestServer> make(ServerKind);
  // One more, always private. Runs when the constructor returns.
  explicit TestServer(ServerKind, ServerOptions = {});
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  ServerKind kind() const { return kind_; }
  TestDatabase freshDatabase();
  // A database of it, by the superuser: postgres, root. By default the one that always exists.
  //   postgres://postgres@/NAME?host=FOLDER&port=5432
  //   mariadb://root@localhost/NAME?socket=FILE
  std::string url(const std::string& database = "") const;
  //   postgres://postgres:secret@127.0.0.1:PORT/NAME, and the same for mariadb and root
  std::string loopbackUrl(const std::string& database = "") const;
  // What a client needs to check the server's certificate (made out to 127.0.0.1 and localhost).
  std::filesystem::path certificate() const;

  // SIGKILL, and waits until nothing of it runs; then start() goes on with what is on the disk, at
  // the same url. Throws for a server that is not private.
  void crash();
  void start();
  // Its socket.
  std::filesystem::path socket() const;
  // 0 if it is not private or does not run.
  pid_t pid() const { return process_ ? process_->pid() : 0; }
  const std::filesystem::path& folder() const;

private:
  TestServer(ServerKind, std::string givenUrl);
  void waitUntilReady();
  void openLoopback();
  ServerProcess& own() const;

  ServerKind kind_;
  std::string givenUrl_;  // of a server that is not ours
  int port_ = 0;
  bool tls_ = true;
  unsigned databases_ = 0;
  std::unique_ptr<ServerProcess> process_;
};

}  // namespace cambium::testing
