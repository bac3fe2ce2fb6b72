#include "cli/interrupt.h"

#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "cli/outcome.h"

namespace cambium::cli {

namespace {

// Signal handlers have nothing but globals; these are theirs alone.
std::atomic<bool> gPause{false};
static_assert(std::atomic<bool>::is_always_lock_free);
struct sigaction gOldInterrupt, gOldTerminate, gOldPipe;

void say(const char* text) {
  const ssize_t written = ::write(STDERR_FILENO, text, std::strlen(text));
  static_cast<void>(written);
}

void onInterrupt(int signal) {
  if (!gPause.exchange(true)) {
    say("\npausing after the current statement or batch; once more ends it at once\n");
    return;
  }
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void onCrash(int signal) {
  char text[] =
      "cambium: internal error: signal 00. This is a mistake in the tool: please report it with "
      "the output of `cambium version`.\n"
      "A run that was under way goes on with the same command; `cambium status` shows where it "
      "stands.\n";
  char* number = std::strstr(text, "00");
  number[0] = static_cast<char>('0' + signal / 10);
  number[1] = static_cast<char>('0' + signal % 10);
  say(text);
  ::_exit(info(Outcome::internal).code);
}

}  // namespace

void reportCrashes() {
  // A stack of its own, for a stack that ran over.
  static char alternate[1 << 16];
  stack_t stack{};
  stack.ss_sp = alternate;
  stack.ss_size = sizeof alternate;
  ::sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = onCrash;
  action.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
    ::sigaction(signal, &action, nullptr);
  // A file that may not grow further is an error of the write, which is told as any other.
  ::signal(SIGXFSZ, SIG_IGN);
}

PauseOnInterrupt::PauseOnInterrupt() {
  gPause = false;
  struct sigaction action {};
  action.sa_handler = onInterrupt;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, &gOldInterrupt);
  ::sigaction(SIGTERM, &action, &gOldTerminate);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &gOldPipe);
}

PauseOnInterrupt::~PauseOnInterrupt() {
  ::sigaction(SIGINT, &gOldInterrupt, nullptr);
  ::sigaction(SIGTERM, &gOldTerminate, nullptr);
  ::sigaction(SIGPIPE, &gOldPipe, nullptr);
}

const std::atomic<bool>* PauseOnInterrupt::flag() const {
  return &gPause;
}

}  // namespace cambium::cli
