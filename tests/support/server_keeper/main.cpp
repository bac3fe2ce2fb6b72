// Keeps one private server of a test process, and ends it when that process is gone in whatever
// way. A program of its own, so that nothing of the test process (threads, open files, the
// sanitizers' state) is in it.
//
//   cambium_server_keeper run UID GID FOLDER COMMAND…
//       becomes the command: as that user, in that folder.
//   cambium_server_keeper keep UID GID FOLDER OWNER SIGNAL COMMAND…
//       Standard input is a socket to the owner, the test process. In: `s` starts the server, `k`
//       kills it. Out: lines `started PID` and `ended STATUS`. When the owner (a process id) is
//       gone or has closed the socket, or on SIGTERM: SIGNAL to the server, SIGKILL to what is left
//       of it after a while, and the folder is removed.
//
// The server of a keeper that is itself killed gets SIGNAL too; its folder then stays.
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(5);  // until what does not end is killed

struct Identity {
  uid_t user;
  gid_t group;
};

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "server keeper: %s: %s\n", what, std::strerror(errno));
  _exit(126);
}

// `signal` comes when `parent` dies. Only root has another user to become.
[[noreturn]] void become(Identity identity, const char* folder, char** command, int signal,
                         pid_t parent) {
  if (geteuid() == 0 &&
      (setgroups(0, nullptr) != 0 || setgid(identity.group) != 0 || setuid(identity.user) != 0))
    fail("changing the user");
  prctl(PR_SET_PDEATHSIG, signal);  // after that: a change of the user clears it
  if (getppid() != parent) _exit(126);
  if (chdir(folder) != 0) fail((std::string(folder) + " (as the user of the server)").c_str());
  execv(command[0], command);
  fail(command[0]);
}

class Keeper {
public:
  Keeper(Identity identity, fs::path folder, int signal, char** command)
      : identity_(identity), folder_(std::move(folder)), signal_(signal), command_(command) {}

  // Returns when the owner is gone and nothing is left.
  void run(pid_t owner) {
    setsid();  // Ctrl-C is for the tests
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGHUP, SIG_IGN);
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // what a killed server leaves becomes ours
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    const int children = signalfd(-1, &signals, SFD_CLOEXEC);
    // The socket alone would do, were it not for children that the owner forked: they hold it too.
    // Where the kernel has no such thing it is -1, which poll passes over.
    const int ownerFd = static_cast<int>(syscall(SYS_pidfd_open, owner, 0));
    const bool ownerGone = ownerFd < 0 && errno == ESRCH;
    pollfd waits[] = {{STDIN_FILENO, POLLIN, 0}, {children, POLLIN, 0}, {ownerFd, POLLIN, 0}};
    while (!ownerGone) {
      if (poll(waits, 3, -1) < 0 && errno != EINTR) break;
      if (waits[2].revents) break;
      if (waits[1].revents) {
        signalfd_siginfo info{};
        if (read(children, &info, sizeof info) > 0 && info.ssi_signo == SIGTERM) break;
        noticeEnded();
      }
      if (waits[0].revents) {
        char order = 0;
        if (read(STDIN_FILENO, &order, 1) <= 0) break;
        if (order == 's') start();
        if (order == 'k' && server_ > 0) kill(server_, SIGKILL);
      }
    }
    end();
  }

private:
  void say(const std::string& line) {
    (void)!send(STDIN_FILENO, line.data(), line.size(), MSG_NOSIGNAL);
  }

  void start() {
    const pid_t keeper = getpid();
    server_ = fork();
    if (server_ < 0) fail("fork");
    if (server_ == 0) {
      sigset_t none;
      sigemptyset(&none);
      sigprocmask(SIG_SETMASK, &none, nullptr);
      std::signal(SIGPIPE, SIG_DFL);
      std::signal(SIGHUP, SIG_DFL);
      const int null = open("/dev/null", O_RDONLY);
      dup2(null, STDIN_FILENO);
      close(null);
      become(identity_, folder_.c_str(), command_, signal_, keeper);
    }
    say("started " + std::to_string(server_) + "\n");
  }

  void noticeEnded() {
    int status = 0;
    for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (pid != server_) continue;
      server_ = 0;
      reapAll();
      say("ended " + std::to_string(status) + "\n");
    }
  }

  // Waits for every child; what does not end in time is killed.
  static void reapAll() {
    const auto deadline = Clock::now() + kPatience;
    while (true) {
      const pid_t pid = waitpid(-1, nullptr, WNOHANG);
      if (pid > 0) continue;
      if (pid < 0 && errno == ECHILD) return;
      if (Clock::now() > deadline) killChildren();
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  static void killChildren() {
    const std::string self = std::to_string(getpid());
    std::ifstream list("/proc/" + self + "/task/" + self + "/children");
    for (pid_t pid = 0; list >> pid;) kill(pid, SIGKILL);
  }

  void end() {
    if (server_ > 0) kill(server_, signal_);
    reapAll();
    removeSharedMemory();
    std::error_code error;
    for (int i = 0; i < 50; ++i) {  // what filled the folder may still be dying
      fs::remove_all(folder_, error);
      if (!error) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  // PostgreSQL keeps a System V segment as an interlock, which outlives a killed server: the
  // seventh line of its lock file has the key and the id.
  void removeSharedMemory() const {
    std::ifstream lock(folder_ / "data" / "postmaster.pid");
    std::string line;
    for (int i = 0; i < 7; ++i)
      if (!std::getline(lock, line)) return;
    unsigned long key = 0;
    int id = 0;
    if (std::sscanf(line.c_str(), "%lu %d", &key, &id) == 2) shmctl(id, IPC_RMID, nullptr);
  }

  Identity identity_;
  fs::path folder_;
  int signal_;
  char** command_;
  pid_t server_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  const bool keeps = mode == "keep";
  if (argc < (keeps ? 8 : 6) || (!keeps && mode != "run")) {
    std::fputs("server keeper: for the tests, see the head of its source\n", stderr);
    return 2;
  }
  close_range(3, ~0U, 0);  // other servers' sockets among them
  const Identity identity = {static_cast<uid_t>(std::atoi(argv[2])),
                             static_cast<gid_t>(std::atoi(argv[3]))};
  if (!keeps) become(identity, argv[4], argv + 5, SIGKILL, getppid());
  Keeper(identity, argv[4], std::atoi(argv[6]), argv + 7).run(std::atoi(argv[5]));
  _exit(0);
}
