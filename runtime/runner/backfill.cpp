// A step in batches: rows and cursor in one transaction, so that after any crash it goes on at the
// next row.
#include <fmt/core.h>
#include <llvm/Support/FormatVariadic.h>
#include <llvm/Support/JSON.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <thread>
#include <utility>

#include "runtime/runner/executor.h"
#include "runtime/runner/sql.h"

namespace cambium::runner {
namespace {

namespace json = llvm::json;
using Clock = std::chrono::steady_clock;

constexpr unsigned kSmallestBatch = 50;
constexpr unsigned kLargestBatch = 50'000;
constexpr int kPasses = 5;
// Between batches others must get their turn at the lock.
constexpr double kRest = 0.25;
constexpr double kLongestRestMs = 50;

// Keys as JSON: null stays null, everything else is text.
std::string encode(const dialect::Row& row, unsigned columns) {
  json::Array out;
  for (unsigned i = 0; i < columns; ++i) {
    if (i < row.size() && row[i])
      out.push_back(json::fixUTF8(*row[i]));
    else
      out.push_back(nullptr);
  }
  return llvm::formatv("{0}", json::Value(std::move(out))).str();
}

dialect::Row decode(const std::string& text) {
  dialect::Row row;
  auto parsed = json::parse(text);
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return row;
  }
  if (const auto* items = parsed->getAsArray()) {
    for (const auto& item : *items) {
      auto s = item.getAsString();
      row.push_back(s ? dialect::Value(s->str()) : std::nullopt);
    }
  }
  return row;
}

// True if `:name` is a parameter of the statement (and not part of a string or a quoted name).
bool uses(std::string_view sql, std::string_view name) {
  char quote = 0;
  for (size_t at = 0; at < sql.size(); ++at) {
    const char c = sql[at];
    if (quote) {
      if (c == quote) quote = 0;  // a doubled quote closes and opens again
    } else if (c == '\'' || c == '"' || c == '`') {
      quote = c;
    } else if (c == ':' && sql.substr(at + 1, name.size()) == name) {
      const size_t end = at + 1 + name.size();
      if (end >= sql.size() || !std::isalnum(static_cast<unsigned char>(sql[end]))) return true;
    }
  }
  return false;
}

// The parameters c1… e1… u1… n that the statement uses.
class BatchParams {
public:
  void keys(char letter, const dialect::Row& row) {
    for (size_t i = 0; i < row.size(); ++i)
      all_.emplace_back(fmt::format("{}{}", letter, i + 1), row[i]);
  }
  void number(std::string name, int64_t n) { all_.emplace_back(std::move(name), value(n)); }
  Params of(std::string_view sql) const {
    Params out;
    for (const auto& [name, value] : all_) {
      if (uses(sql, name)) out.emplace_back(name, value);
    }
    return out;
  }

private:
  std::vector<std::pair<std::string, dialect::Value>> all_;
};

}  // namespace

DbResult<int64_t> Executor::count(const std::string& sql) {
  auto rows = session_.query(sql);
  if (!rows) return Failure{rows.error()};
  return rows->empty() ? 0 : numberAt(rows->front(), 0);
}

Stop Executor::batches(const emit::ScriptStep& step, const emit::Action& action,
                       Direction direction) {
  const auto& sql = *action.sql.batch;
  auto pending = count(sql.countPending);
  if (!pending) return trouble(pending.error(), &step);
  const auto start = Clock::now();
  double size = std::max(1u, options_.batchRows);
  int64_t total = *pending;
  int64_t doneBefore = 0;
  for (int pass = 0; (pass < kPasses) && (*pending > 0); ++pass) {
    // On resume the cursor of the interrupted pass is still there.
    auto kept = ledger_.cursor(record_.id, step.number);
    if (!kept) return trouble(kept.error(), &step);
    Cursor cursor = kept->value_or(Cursor{});
    if (pass == 0) {
      doneBefore = cursor.rowsDone;
      total += doneBefore;
    }
    const int64_t changedBefore = rows_;
    for (bool last = false; !last;) {
      if (auto end = waitForLoad(step)) return end;
      if (pauseAsked()) return pausedAt(step);
      int64_t changed = 0;
      const auto batchStart = Clock::now();
      auto rows = static_cast<unsigned>(size);
      if (auto end = oneBatch(step, sql, cursor, rows, changed, last)) return end;
      size = rows;
      rows_ += changed;
      const auto now = Clock::now();
      const double ms = std::chrono::duration<double, std::milli>(now - batchStart).count();
      const double seconds = std::chrono::duration<double>(now - start).count();
      send(Progress{step.number, doneBefore + rows_, total,
                    seconds > 0 ? static_cast<double>(rows_) / seconds : 0});
      const double smallest = std::min(kSmallestBatch, std::max(1u, options_.batchRows));
      size = std::clamp(size * std::clamp(options_.batchTargetMs / std::max(ms, 0.1), 0.5, 2.0),
                        smallest, double{kLargestBatch});
      if (!last) {
        const double rest = std::min(kLongestRestMs, ms * kRest);
        std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(rest));
      }
    }
    auto rest = count(sql.countPending);
    if (!rest) return trouble(rest.error(), &step);
    pending = rest;
    if (*pending == 0) break;
    // Rows beyond the upper bound: another pass with a new bound, as long as passes help.
    if (rows_ == changedBefore && !*kept) break;
    auto end = fenced(&step, [&]() -> Stop {
      if (auto dropped = ledger_.dropCursor(record_.id, step.number); !dropped) {
        return trouble(dropped.error(), &step);
      }
      return std::nullopt;
    });
    if (end) return end;
  }
  int64_t left = 0;
  return finishBatches(step, action, direction, left);
}

Stop Executor::waitForLoad(const emit::ScriptStep& step) {
  constexpr auto kBetween = std::chrono::seconds(1);
  constexpr auto kRenewed = std::chrono::seconds(kLeaseSeconds / 3);
  const auto start = Clock::now();
  if (!options_.mustWait || start - loadAsked_ < kBetween) return std::nullopt;
  auto renewed = start;
  for (std::string said;;) {
    auto why = options_.mustWait(session_);
    if (!why) return trouble(why.error(), &step);
    loadAsked_ = Clock::now();
    if (why->empty()) return std::nullopt;
    if (*why != said) send(WaitingForLoad{step.number, *why});
    said = std::move(*why);
    while (Clock::now() - loadAsked_ < kBetween) {
      if (pauseAsked()) return pausedAt(step);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    // Nobody may take the run over meanwhile.
    if (Clock::now() - renewed < kRenewed) continue;
    renewed = Clock::now();
    if (auto end = fenced(&step, [] { return Stop(); })) return end;
  }
}

Stop Executor::oneBatch(const emit::ScriptStep& step, const dialect::BatchSql& sql, Cursor& cursor,
                        unsigned& rows, int64_t& changed, bool& last) {
  Cursor next;
  bool again = false;
  auto end = fenced(&step, [&]() -> Stop {
    // Whoever is in the way has few of its rows: what meets nobody gets through. Where triggers
    // write another table, too, a large batch and an application that takes the two tables in
    // another order would else stop each other again and again.
    if (std::exchange(again, true)) rows = std::max(rows / 2, 1u);
    next = cursor;
    changed = 0;
    last = false;
    if (next.upperBound.empty()) {
      auto bound = session_.query(sql.upperBound);
      if (!bound) return trouble(bound.error(), &step);
      if (bound->empty() || !bound->front().front()) {
        last = true;
        return std::nullopt;
      }
      next.upperBound = encode(bound->front(), sql.keyColumns);
    }
    const bool first = next.lastKey.empty();
    const dialect::Row bound = decode(next.upperBound);
    BatchParams params;
    params.keys('u', bound);
    params.keys('c', decode(next.lastKey));
    params.number("n", int64_t{rows} - 1);
    const auto& findEnd = first ? sql.firstEnd : sql.nextEnd;
    auto found = session_.query(findEnd, params.of(findEnd));
    if (!found) return trouble(found.error(), &step);
    last = found->empty();
    const dialect::Row batchEnd = last ? bound : found->front();
    params.keys('e', batchEnd);
    const auto& update = first ? sql.firstUpdate : sql.nextUpdate;
    auto updated = session_.update(update, params.of(update));
    if (!updated) return trouble(updated.error(), &step);
    changed = *updated;
    next.lastKey = encode(batchEnd, sql.keyColumns);
    next.rowsDone += changed;
    if (auto set = ledger_.setCursor(record_.id, step.number, next); !set) {
      return trouble(set.error(), &step);
    }
    return std::nullopt;
  });
  if (!end) cursor = next;
  return end;
}

// The step is done when nothing is pending, whatever the cursor says.
Stop Executor::finishBatches(const emit::ScriptStep& step, const emit::Action& action,
                             Direction direction, int64_t& pending) {
  return fenced(&step, [&]() -> Stop {
    auto left = count(action.sql.batch->countPending);
    if (!left) return trouble(left.error(), &step);
    pending = *left;
    if (pending > 0) {
      return stop(Outcome::partial,
                  fmt::format("{} leaves {} rows that it cannot fill; {}", named(step), pending,
                              standing()),
                  &step);
    }
    auto found = probe(action);
    if (!found) return trouble(found.error(), &step);
    if (*found == Probed::neither) return quarantine(step, action, direction);
    if (auto end = mustBeEmpty(step, action)) return end;
    if (auto dropped = ledger_.dropCursor(record_.id, step.number); !dropped) {
      return trouble(dropped.error(), &step);
    }
    return record(step, direction, fmt::format("{} rows", rows_));
  });
}

}  // namespace cambium::runner
