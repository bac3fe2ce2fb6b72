#include "tests/beside/others.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

namespace cambium::testing {
namespace {

using Clock = std::chrono::steady_clock;
using dialect::DbError;
using std::chrono::milliseconds;

constexpr milliseconds kBeat{5};     // between two statements of an application
constexpr milliseconds kReads{400};  // a long transaction stays open
constexpr milliseconds kRests{150};  // until the next one
constexpr milliseconds kNap{10};
constexpr milliseconds kPatience{10'000};

// A column that an application may write as it is.
const catalog::Column* writable(const catalog::Table& table) {
  for (const auto& column : table.columns)
    if (column.generatedSql.empty() &&
        std::ranges::find(table.primaryKey, column.name) == table.primaryKey.end())
      return &column;
  return nullptr;
}

}  // namespace

void Waits::add(double ms, const std::string& at) {
  milliseconds.push_back(ms);
  if (ms <= longest) return;
  longest = ms;
  during = at;
}

void Waits::add(const Waits& more) {
  milliseconds.insert(milliseconds.end(), more.milliseconds.begin(), more.milliseconds.end());
  if (more.longest <= longest) return;
  longest = more.longest;
  during = more.during;
}

double Waits::quantile(double share) const {
  if (milliseconds.empty()) return 0;
  auto sorted = milliseconds;
  const auto at = sorted.begin() + std::ptrdiff_t(share * double(sorted.size() - 1));
  std::ranges::nth_element(sorted, at);
  return *at;
}

Others::Others(Open open, const catalog::Catalog& catalog, const catalog::Traits& traits,
               milliseconds longRead)
    : open_(std::move(open)) {
  std::vector<std::string> reads, writes;
  const auto session = open_();
  for (const auto& table : catalog.tables) {
    const std::string name = traits.quote(table.name);
    const std::string read = fmt::format("SELECT * FROM {}", name);
    if (!session->query(read, {})) continue;  // those of others (`external`) are not there
    reads.push_back(read);
    const auto* column = writable(table);
    writes.push_back(column
                         ? fmt::format("UPDATE {0} SET {1} = {1}", name, traits.quote(column->name))
                         : fmt::format("DELETE FROM {} WHERE 1 = 0", name));
  }
  work_ = !reads.empty();
  if (!work_) return;
  threads_.emplace_back([this, reads] { statements(reads); });
  threads_.emplace_back([this, writes] { statements(writes); });
  if (longRead == milliseconds(0)) return;
  threads_.emplace_back([this, reads, longRead] { longReads(reads, longRead); });
  // Whoever runs a plan from now on meets it.
  for (const auto until = Clock::now() + kPatience; longReads_ == 0 && Clock::now() < until;)
    std::this_thread::sleep_for(kNap);
}

void Others::end() {
  end_ = true;
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Others::at(const std::string& step) {
  const std::lock_guard guard(mutex_);
  at_ = step;
}

void Others::note(const std::string& sql, const DbError& error) {
  if (error.kind == DbError::Kind::busy) return;
  const std::lock_guard guard(mutex_);
  auto& first = error.kind == DbError::Kind::constraint ? againstRules_ : refused_;
  if (first.empty()) first = fmt::format("{}: {}\n  {}", at_, error.message, sql);
}

void Others::statements(const std::vector<std::string>& sql) {
  const auto session = open_();
  for (size_t i = 0; !end_; ++i) {
    const auto& statement = sql[i % sql.size()];
    const auto begin = Clock::now();
    dialect::DbResult<void> done;
    if (statement.starts_with("SELECT")) {
      if (const auto rows = session->query(statement, {}); !rows) note(statement, rows.error());
    } else if (done = session->execute(statement); !done) {
      note(statement, done.error());
    }
    const std::chrono::duration<double, std::milli> took = Clock::now() - begin;
    {
      const std::lock_guard guard(mutex_);
      waits_.add(took.count(), at_);
    }
    std::this_thread::sleep_for(kBeat);
  }
}

void Others::longReads(const std::vector<std::string>& sql, milliseconds open) {
  const auto session = open_();
  while (!end_) {
    // What cannot be read now (a table changed since the transaction began) is read the next time.
    bool reads = bool(session->execute("BEGIN"));
    for (size_t i = 0; reads && i < sql.size(); ++i) reads = bool(session->query(sql[i], {}));
    if (reads) ++longReads_;
    for (const auto until = Clock::now() + open; reads && !end_ && Clock::now() < until;)
      std::this_thread::sleep_for(kNap);
    static_cast<void>(session->execute(reads ? "COMMIT" : "ROLLBACK"));
    for (const auto until = Clock::now() + kRests; !end_ && Clock::now() < until;)
      std::this_thread::sleep_for(kNap);
  }
}

}  // namespace cambium::testing
