// tests/beside/others.h: applications that read and write at a steady rate what is there, and
// somebody who reads all of it in one long transaction after the other. What each of them waits for
// a statement is kept.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"
#include "compiler/dialect/session.h"

namespace cambium::testing {

struct Waits {
  std::vector<double> milliseconds;
  double longest = 0;
  std::string during;  // the longest one: what the run was at

  void add(double ms, const std::string& at);
  void add(const Waits&);
  // `share` of them are not longer: 0.5 is the median.
  double quantile(double share) const;
};

// They work from the making of this to end().
class Others {
public:
  using Open = std::function<std::unique_ptr<dialect::Session>()>;

  // On the tables of this version, by its names. `longRead`: how long a transaction of the long
  // reader stays open; 0 = there is none.
  Others(Open, const catalog::Catalog&, const catalog::Traits&, std::chrono::milliseconds longRead);
  ~Others() { end(); }
  void end();

  // What a run is at from now on.
  void at(const std::string& step);

  // To be asked for behind end().
  const Waits& waits() const { return waits_; }
  unsigned longReads() const { return longReads_; }
  // What was refused for another reason than a lock, the first of them in words; and what the rules
  // for rows refused.
  const std::string& refused() const { return refused_; }
  const std::string& againstRules() const { return againstRules_; }
  // There is something to read.
  bool work() const { return work_; }

private:
  void statements(const std::vector<std::string>& sql);
  void longReads(const std::vector<std::string>& sql, std::chrono::milliseconds open);
  void note(const std::string& sql, const dialect::DbError&);

  Open open_;
  std::atomic<bool> end_ = false;
  std::atomic<unsigned> longReads_ = 0;
  std::mutex mutex_;
  std::string at_ = "the beginning", refused_, againstRules_;
  bool work_ = false;
  Waits waits_;
  std::vector<std::thread> threads_;
};

}  // namespace cambium::testing
