#include "bench/load_traffic.h"

#include <fmt/core.h>

#include <optional>
#include <random>
#include <string_view>
#include <utility>

namespace cambium::bench {

using dialect::DbError;

namespace {

constexpr int kTries = 20;

double since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// `text` with the numbers for {n}, {d} and {id}.
std::string filledIn(std::string text, unsigned id, unsigned n) {
  const std::pair<std::string_view, unsigned> marks[] = {{"{n}", n}, {"{d}", n % 10}, {"{id}", id}};
  for (const auto& [mark, by] : marks)
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
      text.replace(at, mark.size(), std::to_string(by));
  return text;
}

}  // namespace

Traffic::Traffic(Open open, unsigned rows, unsigned readers, unsigned writers, unsigned perSecond,
                 Application application)
    : open_(std::move(open)),
      rows_(rows),
      perSecond_(perSecond),
      application_(std::move(application)) {
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

std::vector<std::string> Traffic::statements(bool write, unsigned id, unsigned n) const {
  const auto& [set, table, beside] = application_;
  if (!write) return {fmt::format("SELECT id, name FROM {} WHERE id = {}", table, id)};
  std::vector<std::string> out = {
      filledIn(fmt::format("UPDATE {} SET name = 'v{{n}}'{}{} WHERE id = {{id}}", table,
                           set.empty() ? "" : ", ", set),
               id, n)};
  if (beside.empty()) return out;
  out.insert(out.begin(), "BEGIN");
  for (const auto& sql : beside) out.push_back(filledIn(sql, id, n));
  out.push_back("COMMIT");
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
    const auto all = statements(worker.write, id, n);
    for (int tries = 0;; ++tries) {
      std::optional<DbError> error;
      std::string refused;
      for (const auto& sql : all) {
        if (worker.write) {
          if (auto done = session->execute(sql); !done) error = done.error();
        } else if (auto done = session->query(sql); !done) {
          error = done.error();
        }
        refused = sql;
        if (error) break;
      }
      if (!error) break;
      if (all.size() > 1) (void)session->execute("ROLLBACK");
      if (error->kind == DbError::Kind::busy && tries < kTries) {
        ++again_;
        continue;
      }
      if (failed_++ == 0) why_ = error->message + "\n  " + refused;
      break;
    }
    worker.samples.push_back({due, since(due), worker.write});
  }
}

LongReader::LongReader(const Traffic::Open& open, std::string table, std::chrono::milliseconds held,
                       std::chrono::milliseconds rest)
    : thread_([this, open, table, held, rest] {
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
          (void)session->query("SELECT count(*) FROM " + table);
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
