// cli/interrupt.h: signals. Ctrl-C pauses a run; a crash is reported in a few words, without
// anything that could be a secret.
#pragma once

#include <atomic>

namespace cambium::cli {

// From the start of the program: a crash ends with exit 70 and a short report.
void reportCrashes();

// While this lives the first SIGINT or SIGTERM asks the run to pause, the second ends the program
// as usual; a closed pipe does not end it.
class PauseOnInterrupt {
public:
  PauseOnInterrupt();
  ~PauseOnInterrupt();
  PauseOnInterrupt(const PauseOnInterrupt&) = delete;
  PauseOnInterrupt& operator=(const PauseOnInterrupt&) = delete;
  const std::atomic<bool>* flag() const;
  bool asked() const { return flag()->load(); }
};

}  // namespace cambium::cli
