#include "bench/load_traffic.h"

#include <fmt/core.h>

#include <random>

namespace cambium::bench {

using dialect::DbError;

namespace {

constexpr int kTries = 20;

double since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

}  // namespace

std::string withNumber(std::string text, unsigned n) {
  const std::string by = std::to_string(n);
  for (size_t at = text.find("{n}"); at != std::string::npos; at = text.find("{n}", at))
    text.replace(at, 3, by);
  return text;
}

Traffic::Traffic(Open open, unsigned rows, unsigned readers, unsigned writers, unsigned perSecond,
                 std::string set)
    : open_(std::move(open)), rows_(rows), perSecond_(perSecond), set_(std::move(set)) {
  for (unsigned i = 0; i < readers + writers; ++i) {
    workers_.push_back(std::make_unique<Worker>());
    workers_.back()->write = i >= readers;
  }
}

void Traffic::start() {
  stop_ = false;
  for (unsigned i = 0; i < workers_.size(); ++i)
    workers_[i]->thread = std::thread([this, i] { work(*workers_[i], i + 1); });
}

void Traffic::stop() {
  stop_ = true;
  for (auto& worker : workers_)
    if (worker->thread.joinable()) worker->thread.join();
}

std::vector<Sample> Traffic::samples() const {
  std::vector<Sample> out;
  for (const auto& worker : workers_)
    out.insert(out.end(), worker->samples.begin(), worker->samples.end());
  return out;
}

void Traffic::work(Worker& worker, unsigned seed) {
  const auto session = open_();
  std::minstd_rand random(seed);
  const auto period = std::chrono::nanoseconds(std::chrono::seconds(1)) / perSecond_;
  auto due = Clock::now() + period * seed / static_cast<unsigned>(workers_.size());
  for (; !stop_; due += period) {
    std::this_thread::sleep_until(due);
    const auto id = unsigned(random() % rows_) + 1, n = unsigned(random() % 1000);
    const std::string sql =
        worker.write ? fmt::format("UPDATE item SET {} WHERE id = {}", withNumber(set_, n), id)
                     : fmt::format("SELECT id, name FROM item WHERE id = {}", id);
    for (int tries = 0;; ++tries) {
      std::string why;
      bool busy = false;
      const auto refused = [&](const auto& done) {
        if (done) return false;
        busy = done.error().kind == DbError::Kind::busy;
        why = done.error().message;
        return true;
      };
      const bool bad = worker.write ? refused(session->execute(sql)) : refused(session->query(sql));
      if (!bad) break;
      if (busy && tries < kTries) {
        ++again_;
        continue;
      }
      if (failed_++ == 0) why_ = why + "\n  " + sql;
      break;
    }
    worker.samples.push_back({due, since(due), worker.write});
  }
}

LongReader::LongReader(const Traffic::Open& open, std::chrono::milliseconds held,
                       std::chrono::milliseconds rest)
    : thread_([this, open, held, rest] {
        const auto session = open();
        const auto wait = [&](std::chrono::milliseconds time) {
          for (const auto end = Clock::now() + time; !stop_ && Clock::now() < end;)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        };
        while (!stop_) {
          const bool sqlite = session->server().dialect == "sqlite";
          // Reads, and holds on to what it has read.
          (void)session->execute(sqlite ? "BEGIN DEFERRED"
                                 : session->server().dialect == "postgres"
                                     ? "BEGIN ISOLATION LEVEL REPEATABLE READ"
                                     : "START TRANSACTION WITH CONSISTENT SNAPSHOT");
          (void)session->query("SELECT count(*) FROM item");
          wait(held);
          (void)session->execute("COMMIT");
          wait(rest);
        }
      }) {}

LongReader::~LongReader() {
  stop_ = true;
  thread_.join();
}

}  // namespace cambium::bench
