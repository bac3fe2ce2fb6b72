// cli/progress.h: the events of a run as a person sees them: one line that is redrawn on a
// terminal, plain lines elsewhere, JSON lines on request.
#pragma once

#include <chrono>
#include <string>

#include "cli/context.h"
#include "runtime/runner/run.h"

namespace cambium::cli {

class Progress {
public:
  Progress(Context&, size_t steps);
  ~Progress();
  void operator()(const runner::RunEvent&);

private:
  std::string number(unsigned step) const;  // "[3/5]"
  std::string fitted(const std::string& title) const;
  void redraw(const std::string& text);  // the one line of a terminal
  void clear();
  void plain(const std::string& text);
  void progress(const runner::Progress&);

  Context& context_;
  size_t steps_;
  bool live_;  // a terminal that can redraw
  bool silent_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_;
};

// "4.1 M", "98,113"
std::string shortCount(int64_t rows);
// "8 ms", "1.2 s", "3m 30s"
std::string shortTime(double milliseconds);

}  // namespace cambium::cli
