// tests/support/wire.h: what stands between the product and a server, or in a server's place, and
// behaves badly on purpose. All of it listens at a free port of 127.0.0.1, in threads of the test,
// and is gone with its object.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/servers.h"

namespace cambium::testing {

// Calls `serve` for each connection, in a thread of its own; the connection ends with that call.
class Listener {
public:
  explicit Listener(std::function<void(int connection)> serve);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  int port() const { return port_; }

private:
  void acceptAll();

  std::function<void(int)> serve_;
  int socket_ = -1, port_ = 0;
  std::atomic<bool> ending_{false};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// ---- in a server's place
// Accepts, and says nothing until the client goes.
void saysNothing(int connection);
// Answers the first bytes, or the mere connection, with what belongs to no database.
void saysGarbage(int connection);
// Just so much of each protocol that a client is let in, is told this version, and gets an answer
// to its first questions.
std::function<void(int)> serverOfVersion(ServerKind, const std::string& version);

// ---- between the product and a server
enum class Moment {
  before,  // the request has not reached the server
  during,  // the server is at it, a few milliseconds long
  after,   // the server has done it, and its answer has not reached the client
  late,    // nothing is cut: the request reaches the server when `then` has come back
};

// Passes everything on; at one request of the clients, `then` happens, and that client's
// connection is cut.
class Proxy {
public:
  // `socket`: the server's.
  Proxy(ServerKind, std::filesystem::path socket);
  int port() const { return listener_->port(); }
  // At the n-th (1, 2 …) statement that has this text near its beginning, from now on. Requests are
  // counted over all connections. Without `then` the connection is cut and nothing else.
  void cutAt(std::string text, unsigned nth, Moment, std::function<void()> then = {});
  // Whether that came to pass.
  bool wasCut() const { return cut_; }

private:
  void pass(int client);
  void swallowAnswer(int client, int server) const;
  bool isTheOne(const std::string& request);

  ServerKind kind_;
  std::filesystem::path socket_;
  std::mutex mutex_;
  std::string text_;
  unsigned left_ = 0;
  Moment moment_ = Moment::before;
  std::function<void()> then_;
  std::atomic<bool> cut_{false};
  std::unique_ptr<Listener> listener_;  // the last to come, the first to go
};

// A port of 127.0.0.1 at which nobody listens.
int silentPort();

}  // namespace cambium::testing
