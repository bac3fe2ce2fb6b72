// What must be kept in step, filled or guarded while applications of both versions write, and
// whether the triggers that do it are there, word for word.
#include <fmt/core.h>

#include "compiler/plan/prover.h"
#include "compiler/plan/sql_text.h"

namespace cambium::plan {

bool Prover::backfill(const Backfill& op) {
  if (phase_ != Phase::backfill)
    return fail(kOrder, fmt::format("a backfill of {} in {}", op.table, toString(phase_)));
  if (!dutiesOf(op.table)) return false;
  backfills_.push_back(&op);
  for (const auto& [column, sql] : op.set) filled_.insert({op.table, column});
  return true;
}

bool Prover::filled() {
  for (const auto& duty : plan_.duties.syncs) {
    for (const auto& column : duty.to) {
      if (!filled_.count({duty.table, column}))
        return fail(kStep, fmt::format("{}.{} was never filled", duty.table, column));
    }
  }
  for (const auto* op : backfills_) {
    const auto& of = duties_[op->table];
    const bool kept =
        any(of, [&](const auto* duty) { return has(duty->to, op->set.front().first); });
    const auto sql = countRows(op->table, op->pending, traits_);
    if (kept && !verified_.count(sql))
      return fail(kStep, fmt::format("the backfill of {}.{} was not verified", op->table,
                                     op->set.front().first));
  }
  return true;
}

bool Prover::duties() {
  for (const auto& [table, list] : duties_) {
    if (!dutiesOf(table)) return false;
  }
  return true;
}

bool Prover::dutiesOf(const std::string& table) {
  const auto at = duties_.find(table);
  if (at == duties_.end() || closed_.count(table)) return true;
  for (const auto* duty : at->second) {
    using Event = catalog::SyncTrigger::Event;
    auto runs = [&](Event event, const std::vector<std::string>& changed,
                    const std::vector<std::string>& sets) {
      return any(specs_[table], [&](const auto& entry) {
        const auto& [spec, sql] = entry;
        if (spec->event != event || !live(spec->name, sql)) return false;
        auto names = [&](const std::vector<std::string>& wanted,
                         const std::vector<std::string>& given) {
          return std::all_of(wanted.begin(), wanted.end(), [&](const auto& name) {
            return any(given, [&](const auto& g) { return original(table, g) == name; });
          });
        };
        std::vector<std::string> set;
        for (const auto& [column, value] : spec->set) set.push_back(column);
        return names(sets, set) && (event == Event::insert || names(changed, spec->changed));
      });
    };
    const auto what = fmt::format("{}.{}", table, joined(duty->to, ", "));
    if (!runs(Event::insert, {}, duty->to))
      return fail(kStep, "an insert of an old application leaves " + what + " empty");
    if (!runs(Event::update, duty->inputs.empty() ? duty->to : duty->inputs, duty->to)) {
      return fail(kStep, "an update of an old application does not reach " + what);
    }
    if (!duty->both || duty->from.empty()) continue;
    const auto back = fmt::format("{}.{}", table, joined(duty->from, ", "));
    if (!runs(Event::insert, {}, duty->from))
      return fail(kStep, "an insert of a new application leaves " + back + " empty");
    if (!runs(Event::update, duty->to, duty->from))
      return fail(kStep, "an update of a new application does not reach " + back);
  }
  return true;
}

bool Prover::live(const std::string& name, const std::string& sql) {
  const auto* trigger = now_.findTrigger(name);
  return trigger && trigger->sql == sql;
}

void Prover::noteGuards() {
  using Event = catalog::SyncTrigger::Event;
  std::map<std::pair<std::string, std::string>, unsigned> seen;
  for (const auto& [table, list] : guards_) {
    for (const auto& [guard, sql] : list) {
      if (live(guard->trigger.name, sql))
        seen[{table, guard->subject}] |= guard->trigger.event == Event::insert ? 1u : 2u;
    }
  }
  for (const auto& [subject, events] : seen) {
    if (events == 3u) guarded_.insert(subject);
  }
}

bool Prover::guardsNow(const std::string& table, const std::string& subject) {
  return any(guards_[table], [&](const auto& entry) {
    return entry.first->subject == subject && live(entry.first->trigger.name, entry.second);
  });
}

}  // namespace cambium::plan
