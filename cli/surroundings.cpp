#include "cli/surroundings.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/ranges.h>

#include "compiler/emit/print_parts.h"

namespace cambium::cli {
namespace {

using dialect::Work;

constexpr unsigned kMostSamples = 1000;

// "id 7, 12, 19, …": the values of each row, in brackets where they are several.
std::string samplesOf(dialect::Session& session, const std::string& sql, unsigned samples,
                      int64_t count) {
  const auto rows = session.query(fmt::format("{} LIMIT {}", sql, samples));
  if (!rows) return {};
  std::string out;
  for (const dialect::Row& row : *rows) {
    std::vector<std::string> cells;
    for (const auto& cell : row) cells.push_back(cell.value_or("null"));
    out += out.empty() ? "" : ", ";
    out += cells.size() == 1 ? cells.front() : fmt::format("({})", fmt::join(cells, ", "));
  }
  return count > static_cast<int64_t>(rows->size()) ? out + ", …" : out;
}

class Looker {
public:
  Looker(dialect::Session& session, ReadyPlan& ready) : session_(session), ready_(ready) {}

  void run(unsigned samples) {
    countInTheWay(samples);
    obstacles();
    std::set<std::string> tables;
    for (const auto& step : ready_.script().steps)
      for (const Work& work : step.action.sql.works) tables.insert(work.table);
    const std::vector<std::string> names(tables.begin(), tables.end());
    auto found = session_.surroundings(names);
    around_ = found ? std::move(*found) : dialect::Surroundings();
    for (const auto& step : ready_.script().steps)
      ready_.amounts.push_back(amountOf(step.action.sql));
    room();
    for (const auto& follower : around_.followers) notice(follower + followed());
    if (makesTriggers())
      for (const auto& one : around_.strangers) notice(one);
    if (!ready_.script().steps.empty())
      for (const auto& one : around_.busy)
        notice(one + ": steps that need a lock on what it uses wait until it ends");
  }

private:
  void notice(std::string text) { ready_.notices.push_back(std::move(text)); }

  bool makesTriggers() const {
    return std::ranges::any_of(ready_.planned.plan.steps, [](const plan::Step& step) {
      return std::ranges::any_of(step.operations, [](const plan::Operation& operation) {
        return std::holds_alternative<plan::CreateTrigger>(operation);
      });
    });
  }

  void countInTheWay(unsigned samples) {
    const auto& probes = ready_.planned.plan.probes;
    for (size_t i = 0; i < ready_.script().probes.size(); ++i) {
      const auto count = countOf(session_, ready_.script().probes[i].countSql);
      ready_.probeCounts.push_back(count);
      const bool lists = samples > 0 && count.value_or(0) > 0 && !probes.at(i).listSql.empty();
      ready_.probeSamples.push_back(lists ? samplesOf(session_, probes[i].listSql, samples, *count)
                                          : "");
    }
  }

  void obstacles() {
    std::vector<const dialect::Emitted*> steps;
    for (const auto& step : ready_.script().steps) steps.push_back(&step.action.sql);
    const auto why = session_.obstacle(steps);
    if (why && !why->empty()) notice(fmt::format("`apply` would refuse the plan: {}", *why));
  }

  const dialect::TableSize* sizeOf(const std::string& table) const {
    const auto found = std::ranges::find(around_.tables, table, &dialect::TableSize::table);
    return found == around_.tables.end() ? nullptr : &*found;
  }

  // Each table counts once, however often the step goes through it.
  emit::Amount amountOf(const dialect::Emitted& sql) const {
    emit::Amount out;
    if (sql.batch) out.rows = countOf(session_, sql.batch->countAll);
    std::set<std::string> seen;
    for (const Work& work : sql.works) {
      const auto* size = seen.insert(work.table).second ? sizeOf(work.table) : nullptr;
      if (!size) continue;
      if (size->rows) out.rows = out.rows.value_or(0) + *size->rows;
      if (size->bytes) out.bytes = out.bytes.value_or(0) + *size->bytes;
    }
    return out;
  }

  // What the copies of one step take beside what is there. An index takes less, nobody knows how
  // much.
  void room() {
    int64_t most = 0;
    unsigned step = 0;
    for (const auto& one : ready_.script().steps) {
      int64_t copies = 0;
      for (const Work& work : one.action.sql.works)
        if (const auto* size = sizeOf(work.table); size && work.kind == Work::Kind::copy)
          copies += size->bytes.value_or(0);
      if (copies > most) {
        most = copies;
        step = one.number;
      }
    }
    if (!around_.freeBytes || most <= *around_.freeBytes) return;
    notice(fmt::format("step {} copies {}, and the disk of the database has {} free", step,
                       emit::bytesText(most), emit::bytesText(*around_.freeBytes)));
  }

  // What the long steps do to who follows: a batch may wait for it, anything else is written at
  // once.
  std::string followed() const {
    std::vector<unsigned> steps, atOnce;
    for (const auto& step : ready_.script().steps) {
      const auto& sql = step.action.sql;
      const bool any = std::ranges::any_of(
          sql.works, [](const Work& work) { return work.kind != Work::Kind::look; });
      if (any || sql.batch) steps.push_back(step.number);
      if (any && !sql.batch) atOnce.push_back(step.number);
    }
    if (steps.empty()) return {};
    std::string out =
        fmt::format(": it follows what these steps write: {}", fmt::join(steps, ", "));
    if (atOnce.empty()) return out;
    return out + (atOnce == steps ? "; they wait for nobody who is behind"
                                  : fmt::format("; of them {} wait for nobody who is behind",
                                                fmt::join(atOnce, ", ")));
  }

  dialect::Session& session_;
  ReadyPlan& ready_;
  dialect::Surroundings around_;
};

}  // namespace

void lookAround(dialect::Session& session, ReadyPlan& ready, unsigned samples) {
  Looker(session, ready).run(samples);
}

unsigned samplesWanted(const Context& context) {
  const std::string text = context.invocation.value("samples");
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::min(value, kMostSamples)
                                                                  : 0;
}

}  // namespace cambium::cli
