#include "tests/support/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace cambium::testing {
namespace {

constexpr size_t kChunk = 1 << 16;

int listenAt(int& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 16) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    ::close(fd);
    throw std::runtime_error("no free port of 127.0.0.1");
  }
  port = ntohs(address.sin_port);
  return fd;
}

// What came; "" = the other side is gone.
std::string receive(int fd) {
  std::string bytes(kChunk, '\0');
  const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), 0);
  bytes.resize(static_cast<size_t>(std::max<ssize_t>(got, 0)));
  return bytes;
}

bool sendAll(int fd, const std::string& bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t sent = ::send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    at += static_cast<size_t>(sent);
  }
  return true;
}

std::string number(uint32_t value, int bytes, bool bigEndian) {
  std::string out;
  for (int i = 0; i < bytes; ++i)
    out += static_cast<char>(value >> 8 * (bigEndian ? bytes - 1 - i : i) & 0xff);
  return out;
}

// ---- the protocol of PostgreSQL, as far as it is needed
std::string postgresMessage(char type, const std::string& body) {
  return type + number(static_cast<uint32_t>(body.size()) + 4, 4, true) + body;
}

void oldPostgres(int fd, const std::string& version) {
  for (;;) {  // a wish for encryption is declined, then the start is told
    const std::string request = receive(fd);
    if (request.size() < 8) return;
    const bool wish = request.size() == 8;
    if (!wish) break;
    sendAll(fd, "N");
  }
  const std::string zero(1, '\0');
  std::string hello = postgresMessage('R', number(0, 4, true));
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"server_version", version},
                                    {"client_encoding", "UTF8"},
                                    {"standard_conforming_strings", "on"}})
    hello += postgresMessage('S', name + zero + value + zero);
  const std::string ready = postgresMessage('Z', "I");
  sendAll(fd, hello + postgresMessage('K', std::string(8, '\1')) + ready);
  for (std::string request = receive(fd); !request.empty(); request = receive(fd))
    if (request[0] == 'Q') sendAll(fd, postgresMessage('C', "SET" + zero) + ready);
}

// ---- and of MariaDB
std::string mariadbPacket(unsigned sequence, const std::string& body) {
  return number(static_cast<uint32_t>(body.size()), 3, false) + static_cast<char>(sequence) + body;
}

std::string counted(const std::string& text) {
  return static_cast<char>(text.size()) + text;
}

std::string column(const std::string& name) {
  return counted("def") + counted("") + counted("") + counted("") + counted(name) + counted("") +
         "\x0c" + number(45, 2, false) + number(255, 4, false) + "\xfd" + number(0, 2, false) +
         std::string(3, '\0');
}

void oldMariadb(int fd, const std::string& version) {
  // PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH, TRANSACTIONS, CONNECT_WITH_DB
  const uint32_t can = 0x00000200 | 0x00008000 | 0x00080000 | 0x00002000 | 0x00000008 | 0x00000001;
  const std::string zero(1, '\0');
  const std::string ok = zero + zero + zero + number(2, 2, false) + number(0, 2, false);
  const std::string end = "\xfe" + number(0, 2, false) + number(2, 2, false);
  sendAll(fd, mariadbPacket(0, "\x0a" + version + zero + number(7, 4, false) + "abcdefgh" + zero +
                                   number(can & 0xffff, 2, false) + "\x2d" + number(2, 2, false) +
                                   number(can >> 16, 2, false) + "\x15" + std::string(10, '\0') +
                                   "ijklmnopqrst" + zero + "mysql_native_password" + zero));
  if (receive(fd).empty()) return;
  sendAll(fd, mariadbPacket(2, ok));
  for (std::string request = receive(fd); !request.empty(); request = receive(fd)) {
    if (request.find("version()") == std::string::npos) {
      sendAll(fd, mariadbPacket(1, ok));
      continue;
    }
    sendAll(fd, mariadbPacket(1, "\x02") + mariadbPacket(2, column("version()")) +
                    mariadbPacket(3, column("@@version_comment")) + mariadbPacket(4, end) +
                    mariadbPacket(5, counted(version) + counted("an old server")) +
                    mariadbPacket(6, end));
  }
}

}  // namespace

// ---------------------------------------------------------------- Listener
Listener::Listener(std::function<void(int)> serve) : serve_(std::move(serve)) {
  socket_ = listenAt(port_);
  acceptor_ = std::thread([this] { acceptAll(); });
}

Listener::~Listener() {
  ending_ = true;
  ::shutdown(socket_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  ::close(socket_);
}

void Listener::acceptAll() {
  while (!ending_) {
    const int fd = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd] {
      serve_(fd);
      const std::lock_guard done(mutex_);
      open_.erase(std::find(open_.begin(), open_.end(), fd));
      ::close(fd);
    });
  }
}

// ---------------------------------------------------------------- in a server's place
void saysNothing(int connection) {
  while (!receive(connection).empty()) {
  }
}

void saysGarbage(int connection) {
  sendAll(connection, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  ::shutdown(connection, SHUT_WR);
  saysNothing(connection);
}

std::function<void(int)> serverOfVersion(ServerKind kind, const std::string& version) {
  return [kind, version](int fd) {
    if (kind == ServerKind::postgres)
      oldPostgres(fd, version);
    else
      oldMariadb(fd, version);
  };
}

int silentPort() {
  int port = 0;
  ::close(listenAt(port));
  return port;
}

// ---------------------------------------------------------------- Proxy
Proxy::Proxy(ServerKind kind, std::filesystem::path socket)
    : kind_(kind), socket_(std::move(socket)) {
  listener_ = std::make_unique<Listener>([this](int client) { pass(client); });
}

void Proxy::cutAt(std::string text, unsigned nth, Moment moment, std::function<void()> then) {
  const std::lock_guard lock(mutex_);
  text_ = std::move(text);
  left_ = nth;
  moment_ = moment;
  then_ = std::move(then);
  cut_ = false;
}

// The beginning of the statement alone: what a statement carries may be a plan, with statements of
// its own.
std::string statementOf(ServerKind kind, const std::string& request) {
  constexpr size_t kEnough = 200;
  size_t begin = 5;  // MariaDB: a header of four bytes, the command
  if (kind == ServerKind::postgres) {
    if (request.empty() || (request[0] != 'P' && request[0] != 'Q')) return {};
    if (request[0] == 'P') begin = std::min(request.find('\0', 5), request.size()) + 1;
  }
  if (begin >= request.size()) return {};
  const std::string text = request.substr(begin, kEnough);
  return text.substr(0, text.find('\0'));
}

bool Proxy::isTheOne(const std::string& request) {
  const std::lock_guard lock(mutex_);
  const std::string statement = statementOf(kind_, request);
  return left_ > 0 && !statement.empty() && statement.find(text_) != std::string::npos &&
         --left_ == 0;
}

// To its end: PostgreSQL says that it is ready, MariaDB answers in one go. Meanwhile the rest of a
// long request goes on its way.
void Proxy::swallowAnswer(int client, int server) const {
  std::string answer;
  for (;;) {
    pollfd fds[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0) return;
    if (fds[0].revents != 0) {
      const std::string rest = receive(client);
      if (rest.empty() || !sendAll(server, rest)) return;
    }
    if (fds[1].revents == 0) continue;
    const std::string more = receive(server);
    answer += more;
    if (more.empty() || kind_ == ServerKind::mariadb) return;
    constexpr std::string_view kReady{"Z\0\0\0\5", 5};
    if (answer.size() > kReady.size() &&
        answer.compare(answer.size() - kReady.size() - 1, kReady.size(), kReady) == 0)
      return;
  }
}

void Proxy::pass(int client) {
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket_.c_str(), sizeof address.sun_path - 1);
  if (::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(server);
    return;
  }
  for (;;) {
    pollfd fds[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0) break;
    if (fds[1].revents != 0) {
      const std::string reply = receive(server);
      if (reply.empty() || !sendAll(client, reply)) break;
    }
    if (fds[0].revents == 0) continue;
    const std::string request = receive(client);
    if (request.empty()) break;
    const bool cut = isTheOne(request);
    if (cut && moment_ == Moment::late) {
      then_();
      cut_ = true;
      if (!sendAll(server, request)) break;
      continue;
    }
    if (!(cut && moment_ == Moment::before) && !sendAll(server, request)) break;
    if (!cut) continue;
    if (moment_ == Moment::during) std::this_thread::sleep_for(std::chrono::milliseconds(3));
    if (moment_ == Moment::after) swallowAnswer(client, server);
    if (then_) then_();
    cut_ = true;
    break;
  }
  ::shutdown(client, SHUT_RDWR);
  ::close(server);
}

}  // namespace cambium::testing
