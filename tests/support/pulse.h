// tests/support/pulse.h: how long this machine lets a thread wait that wants to go on at once. A
// bound on how long others wait for a run holds beside it, whatever else the machine is doing.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

namespace cambium::testing {

class Pulse {
public:
  Pulse() : thread_([this] { beat(); }) {}
  ~Pulse() { stop(); }

  // The longest delay of one beat, and all those longer than kLong; it ends with the question.
  std::chrono::milliseconds longest() {
    stop();
    return longest_;
  }
  std::chrono::milliseconds late() {
    stop();
    return late_;
  }

private:
  static constexpr std::chrono::milliseconds kBeat{5}, kLong{50};

  void beat() {
    using Clock = std::chrono::steady_clock;
    while (!stop_) {
      const auto wanted = Clock::now() + kBeat;
      std::this_thread::sleep_until(wanted);
      const auto off = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - wanted);
      if (off > longest_) longest_ = off;
      if (off > kLong) late_ += off;
    }
  }
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

  std::atomic<bool> stop_ = false;
  std::chrono::milliseconds longest_{0}, late_{0};
  std::thread thread_;
};

}  // namespace cambium::testing
