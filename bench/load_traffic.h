// bench/load_traffic.h: applications that read and write single rows at a steady rate.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/load_kinds.h"
#include "compiler/dialect/session.h"

namespace cambium::bench {

using Clock = std::chrono::steady_clock;

// What was sent for one row. Its latency counts from when it was due, whether or not the one before
// it had come back by then: whoever waits behind a statement that waits has waited, too.
struct Sample {
  Clock::time_point due;
  double milliseconds = 0;
  bool write = false;
};

class Traffic {
public:
  using Open = std::function<std::unique_ptr<dialect::Session>()>;
  Traffic(Open, unsigned rows, unsigned readers, unsigned writers, unsigned perSecond, Application);
  ~Traffic() { stop(); }
  void start();
  void stop();

  // In the order of the workers; to be asked for when they have stopped.
  std::vector<Sample> samples() const;
  // What was sent and refused, the first few in words.
  uint64_t failed() const { return failed_; }
  const std::string& why() const { return why_; }
  // Taken back by the database because two waited for each other, and sent again.
  uint64_t again() const { return again_; }

private:
  struct Worker {
    bool write = false;
    std::vector<Sample> samples;
    std::thread thread;
  };
  void work(Worker&, unsigned seed);
  // What one of them sends for a row: one statement, or a transaction.
  std::vector<std::string> statements(bool write, unsigned id, unsigned n) const;

  Open open_;
  unsigned rows_, perSecond_;
  Application application_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<bool> stop_ = true;
  std::atomic<uint64_t> failed_ = 0, again_ = 0;
  std::string why_;  // of the first that failed
};

// Somebody who reads a table in one long transaction after the other.
class LongReader {
public:
  LongReader(const Traffic::Open&, std::string table, std::chrono::milliseconds open,
             std::chrono::milliseconds rest);
  ~LongReader();

private:
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace cambium::bench
