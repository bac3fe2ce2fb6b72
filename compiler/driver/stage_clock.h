// driver/stage_clock.h: CPU time of this thread by stage, for --time-passes. A stage that runs
// several times has one entry.
#pragma once

#include <ctime>
#include <string_view>
#include <vector>

#include "compiler/driver/pipeline.h"

namespace cambium::driver {

class StageClock {
public:
  explicit StageClock(std::vector<PassTime>& times) : times_(times) { start(); }
  void start() { began_ = now(); }
  // Since start() or the last end().
  void end(std::string_view stage) {
    const double at = now();
    PassTime* entry = nullptr;
    for (PassTime& time : times_)
      if (time.stage == stage) entry = &time;
    if (!entry) entry = &times_.emplace_back(PassTime{std::string(stage), 0});
    entry->milliseconds += at - began_;
    began_ = now();
  }

private:
  static double now() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  }
  std::vector<PassTime>& times_;
  double began_ = 0;
};

}  // namespace cambium::driver
