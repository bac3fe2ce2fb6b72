// tests/run/writers.h: applications of one version on few rows at once, while the steps run.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/run/change.h"

namespace cambium::testing {

// Three of them, each with a session of its own, until stop(). Of two that wait for each other, or
// that bring one and the same, a database takes one back: it goes on with the next statement, as
// applications do. Anything else that fails ends it.
class Writers {
public:
  using Statement = std::function<std::string(std::mt19937& random)>;

  Writers(const Change& c, unsigned seed, Statement next) : next_(std::move(next)) {
    for (unsigned i = 0; i < 3; ++i)
      threads_.emplace_back([this, &c, i, seed] { run(*c.database.open(), seed + i); });
  }
  ~Writers() { stop(); }
  void stop() {
    stop_ = true;
    for (auto& t : threads_)
      if (t.joinable()) t.join();
  }
  int writes() const { return writes_; }
  // Until they have written so much, or failed; a minute at most.
  void waitFor(int writes) {
    for (int i = 0; i < 6000 && writes_ < writes && failure().empty(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  std::string failure() {
    const std::lock_guard held(failing_);
    return failure_;
  }

private:
  void run(dialect::Session& s, unsigned seed) {
    using Kind = dialect::DbError::Kind;
    std::mt19937 random(seed);
    while (!stop_) {
      const auto sql = next_(random);
      const auto done = s.execute(sql);
      if (done) {
        ++writes_;
      } else if (const auto kind = done.error().kind;
                 kind != Kind::busy && kind != Kind::constraint) {
        const std::lock_guard held(failing_);
        failure_ = sql + "\n" + done.error().message;
        return;
      }
    }
  }

  Statement next_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> writes_ = 0;
  std::mutex failing_;
  std::string failure_;
  std::vector<std::thread> threads_;
};

// Lets applications of both versions work beside one another for a while, and ends them: they have
// written, and nothing has failed.
inline void finish(Writers& old, Writers& fresh) {
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  for (Writers* one : {&old, &fresh}) {
    one->waitFor(51);
    one->stop();
  }
  for (Writers* one : {&old, &fresh}) {
    EXPECT_EQ(one->failure(), "");
    EXPECT_GT(one->writes(), 50);
  }
}

}  // namespace cambium::testing
