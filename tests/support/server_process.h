// tests/support/server_process.h: the process, the folder and the files of one private server;
// what kind of server it is, nobody here knows. Errors are thrown (std::runtime_error), with what
// the programs said: a test that needs a server and has none fails with that text.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace cambium::testing {

// The program's path: in the folder that the environment variable names, or else on PATH or in
// `folders`. Throws, with `package` as the advice.
std::filesystem::path findProgram(const std::string& name, const char* variable,
                                  const std::vector<std::string>& folders,
                                  const std::string& package);

// A folder that is the server's: fresh, under TMPDIR (under /tmp if the name of a socket would be
// too long there), its own user's alone. That user is `nobody` when the tests run as root, because
// PostgreSQL refuses root.
std::filesystem::path freshServerFolder(const std::string& prefix);

// Runs a program to its end in such a folder, as its user; returns what it printed. Throws if it
// fails.
std::string runInFolder(const std::filesystem::path& folder,
                        const std::vector<std::string>& command);

// Fills folder/data with a copy of what `make` makes there. The first process of a build directory
// calls `make` and keeps a copy under `key`, which later ones take.
void fillDataFolder(const std::filesystem::path& folder, const std::string& key,
                    const std::function<void()>& make);

// A server process and its folder. Both are gone, with everything that the server started, when
// this object is destroyed, or when this process ends in whatever way, SIGKILL included: a keeper
// process beside it sees to that (server_keeper/main.cpp).
class ServerProcess {
public:
  // `command`: the server in the foreground, its data in folder/data. `endSignal`: what makes it
  // end at once. Does not start it yet.
  ServerProcess(std::filesystem::path folder, const std::vector<std::string>& command,
                int endSignal);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  void start();
  // SIGKILL; returns when nothing of it runs any more. The folder stays, for another start().
  void kill();
  // False when it has ended by itself, too.
  bool isRunning();
  pid_t pid() const { return pid_; }
  const std::filesystem::path& folder() const { return folder_; }
  // The last lines that it printed.
  std::string log() const;

private:
  void order(char);
  // Takes up to the next line of the keeper; "" if there is none within the time.
  std::string hear(int milliseconds);

  std::filesystem::path folder_;
  pid_t owner_ = 0;  // a forked child must not end its parent's server
  pid_t keeper_ = 0;
  int socket_ = -1;
  pid_t pid_ = 0;
  std::string heard_;
};

}  // namespace cambium::testing
