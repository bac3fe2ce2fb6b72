#include "tests/support/server_process.h"
#include "tests/support/places.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace cambium::testing {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLongestFolder = 70;  // a socket's whole name has room for 107 bytes
constexpr int kPatience = 60'000;      // milliseconds; servers start in less than one second

struct Identity {
  uid_t user;
  gid_t group;
};

Identity serverIdentity() {
  if (geteuid() != 0) return {geteuid(), getegid()};
  const passwd* const nobody = getpwnam("nobody");
  if (!nobody) throw std::runtime_error("no user `nobody`, as which root starts a test server");
  return {nobody->pw_uid, nobody->pw_gid};
}

[[noreturn]] void throwErrno(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

// Starts the keeper. `input` becomes its standard input, `output` the other two.
pid_t spawnKeeper(std::vector<std::string> words, int input, int output) {
  const std::string keeper = binaryDir() + "/bin/cambium_server_keeper";
  words.insert(words.begin(), keeper);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, keeper.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed) throw std::runtime_error(keeper + ": " + std::strerror(failed));
  return pid;
}

std::vector<std::string> keeperWords(const std::string& mode, const fs::path& folder) {
  const Identity identity = serverIdentity();
  return {mode, std::to_string(identity.user), std::to_string(identity.group), folder.string()};
}

std::string readAll(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string lastLines(const std::string& text, size_t count) {
  size_t at = text.size();
  for (size_t i = 0; i <= count && at != std::string::npos && at > 0; ++i)
    at = text.rfind('\n', at - 1);
  return at == std::string::npos || at == 0 ? text : text.substr(at + 1);
}

// Throws fs::filesystem_error.
void copyFolder(const fs::path& from, const fs::path& to, Identity owner) {
  const auto give = [&](const fs::path& path) {
    if (geteuid() == 0 && ::lchown(path.c_str(), owner.user, owner.group) != 0)
      throwErrno(path.string());
  };
  fs::create_directory(to, from);
  give(to);
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path target = to / entry.path().lexically_relative(from);
    if (entry.is_directory())
      fs::create_directory(target, entry.path());
    else
      fs::copy_file(entry.path(), target);
    give(target);
  }
}

// Beside it and renamed, for processes that do the same now. That it cannot be kept is no error:
// the next process makes its own.
void keepTemplate(const fs::path& data, const fs::path& kept) {
  const fs::path beside = kept.string() + ".part-" + std::to_string(getpid());
  std::error_code error;
  fs::create_directories(kept.parent_path(), error);
  try {
    copyFolder(data, beside, {geteuid(), getegid()});
    fs::rename(beside, kept, error);
  } catch (const std::exception&) {
    // a build directory that is not ours, a full disk
  }
  fs::remove_all(beside, error);
}

}  // namespace

fs::path findProgram(const std::string& name, const char* variable,
                     const std::vector<std::string>& folders, const std::string& package) {
  std::vector<std::string> places;
  if (const char* const named = std::getenv(variable)) {
    places = {named};
  } else {
    places = folders;
    const char* const path = std::getenv("PATH");
    std::istringstream words(path ? path : "");
    for (std::string word; std::getline(words, word, ':');)
      if (!word.empty()) places.push_back(word);
  }
  for (const std::string& place : places)
    if (const fs::path file = fs::path(place) / name; ::access(file.c_str(), X_OK) == 0)
      return file;
  std::string where;
  for (const std::string& place : places) where += (where.empty() ? "" : ", ") + place;
  throw std::runtime_error("a test needs the program `" + name + "`, which is not in " + where +
                           ": install the package " + package + " (./dev setup does), or name " +
                           "its folder in " + variable);
}

fs::path freshServerFolder(const std::string& prefix) {
  const Identity identity = serverIdentity();
  fs::path base = fs::temp_directory_path();
  if (base.string().size() + prefix.size() + 8 > kLongestFolder) base = "/tmp";
  std::string name = (base / (prefix + "-XXXXXX")).string();
  if (!::mkdtemp(name.data())) throwErrno(name);
  if (geteuid() == 0 && ::chown(name.c_str(), identity.user, identity.group) != 0) throwErrno(name);
  return name;
}

std::string runInFolder(const fs::path& folder, const std::vector<std::string>& command) {
  const fs::path output = folder / "output";
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) throwErrno(output.string());
  auto words = keeperWords("run", folder);
  words.insert(words.end(), command.begin(), command.end());
  const pid_t pid = spawnKeeper(words, null, file);
  ::close(null);
  ::close(file);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  const std::string printed = readAll(output);
  fs::remove(output);
  if (status != 0) throw std::runtime_error(command[0] + " failed:\n" + lastLines(printed, 30));
  return printed;
}

void fillDataFolder(const fs::path& folder, const std::string& key,
                    const std::function<void()>& make) {
  const fs::path kept = fs::path(binaryDir()) / "test-servers" / key;
  std::error_code error;
  if (fs::exists(kept, error)) {
    try {
      copyFolder(kept, folder / "data", serverIdentity());
      return;
    } catch (const std::exception&) {  // another user's: made anew
      fs::remove_all(folder / "data");
    }
  }
  make();
  keepTemplate(folder / "data", kept);
}

ServerProcess::ServerProcess(fs::path folder, const std::vector<std::string>& command,
                             int endSignal)
    : folder_(std::move(folder)), owner_(::getpid()) {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) throwErrno("socketpair");
  const fs::path logFile = folder_ / "log";
  const int log = ::open(logFile.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) throwErrno(logFile.string());
  auto words = keeperWords("keep", folder_);
  words.push_back(std::to_string(owner_));
  words.push_back(std::to_string(endSignal));
  words.insert(words.end(), command.begin(), command.end());
  keeper_ = spawnKeeper(words, pair[1], log);
  socket_ = pair[0];
  ::close(pair[1]);
  ::close(log);
}

ServerProcess::~ServerProcess() {
  if (socket_ >= 0) ::close(socket_);
  if (::getpid() != owner_) return;
  while (keeper_ > 0 && ::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void ServerProcess::order(char what) {
  if (::send(socket_, &what, 1, MSG_NOSIGNAL) != 1)
    throw std::runtime_error("the keeper of a test server is gone\n" + log());
}

std::string ServerProcess::hear(int milliseconds) {
  while (true) {
    if (const size_t end = heard_.find('\n'); end != std::string::npos) {
      std::string line = heard_.substr(0, end);
      heard_.erase(0, end + 1);
      return line;
    }
    pollfd wait = {socket_, POLLIN, 0};
    if (::poll(&wait, 1, milliseconds) <= 0) return "";
    char buffer[256];
    const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
    if (size <= 0) return "ended";
    heard_.append(buffer, static_cast<size_t>(size));
  }
}

void ServerProcess::start() {
  if (isRunning()) return;
  order('s');
  const std::string line = hear(kPatience);
  if (!line.starts_with("started ")) throw std::runtime_error("no server started\n" + log());
  pid_ = static_cast<pid_t>(std::stol(line.substr(8)));
}

void ServerProcess::kill() {
  if (!isRunning()) return;
  order('k');
  if (!hear(kPatience).starts_with("ended"))
    throw std::runtime_error("a killed test server did not end\n" + log());
  pid_ = 0;
}

bool ServerProcess::isRunning() {
  if (pid_ > 0 && hear(0).starts_with("ended")) pid_ = 0;
  return pid_ > 0;
}

std::string ServerProcess::log() const {
  return lastLines(readAll(folder_ / "log"), 30);
}

}  // namespace cambium::testing
