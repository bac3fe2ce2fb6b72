// What must be kept in step, filled or guarded while applications of both versions write, and
// whether the triggers that do it are there, word for word.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

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
  for (const auto& duty : plan_.duties.links) {
    if (!filled_.count({duty.table, duty.column}) || !verified_.count(duty.pending))
      return fail(kStep, fmt::format("{}.{} was never carried over", duty.table, duty.column));
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
  return std::ranges::all_of(links_, [&](const auto& entry) { return linked(entry.first); }) &&
         std::ranges::all_of(now_.tables, [&](const auto& one) { return cascaded(one.name); });
}

bool Prover::linked(const std::string& table) {
  const auto at = links_.find(table);
  if (at == links_.end() || closed_.count(table)) return true;
  const auto there = [&](const std::vector<catalog::Trigger>& triggers) {
    return std::ranges::all_of(triggers, [&](const auto& t) { return live(t.name, t.sql); });
  };
  for (const auto* duty : at->second) {
    if (!there(duty->before) && !there(duty->after))
      return fail(kStep, fmt::format("{}.{} does not follow its other form", table, duty->column));
  }
  return true;
}

bool Prover::cascaded(const std::string& table) {
  const auto there = [&](const std::vector<catalog::Trigger>& triggers) {
    return std::ranges::all_of(triggers, [&](const auto& t) { return live(t.name, t.sql); });
  };
  const auto at = cascades_.find(original(table));
  for (const auto* duty : at == cascades_.end() ? std::vector<const CascadeDuty*>() : at->second) {
    // Of the two only the one of the moment: the other may be empty, and nothing is always there.
    if (closed_.count(duty->rows) || there(switches_ == 0 ? duty->before : duty->after)) continue;
    return fail(kStep, fmt::format("what happens to {}.{} with a row of {} does not reach its "
                                   "other form",
                                   duty->rows, joined(duty->columns, ", "), duty->table));
  }
  const auto* now = traits_.cascadeTrigger ? now_.findTable(table) : nullptr;
  if (!now || closed_.count(original(table))) return true;
  return std::ranges::all_of(now->foreignKeys, [&](const auto& fk) {
    if (!actsUnseen(*now, fk)) return true;
    std::vector<std::string> columns;
    for (const auto& name : fk.columns) columns.push_back(original(table, name));
    return any(plan_.duties.cascades,
               [&](const CascadeDuty& duty) {
                 return duty.rows == original(table) && duty.columns == columns;
               })
               ? true
               : fail(kStep, fmt::format("nobody sees what the foreign key over {}.{} does by "
                                         "itself",
                                         table, joined(fk.columns, ", ")));
  });
}

// It writes to one form of what the rows say in two; unless the other form has one that does the
// same.
bool Prover::actsUnseen(const Table& table, const catalog::ForeignKey& fk) {
  if (fk.onDelete != "SET NULL" && fk.onUpdate != "CASCADE" && fk.onUpdate != "SET NULL")
    return false;
  const auto over = [&](const catalog::ForeignKey& key, const std::vector<std::string>& form) {
    return any(key.columns, [&](const auto& c) { return has(form, original(table.name, c)); });
  };
  const auto alone = [&](const std::vector<std::string>& form,
                         const std::vector<std::string>& other) {
    return over(fk, form) && !any(table.foreignKeys, [&](const auto& key) {
             return over(key, other) && key.table == fk.table && key.onDelete == fk.onDelete &&
                    (key.tableColumns != fk.tableColumns || key.onUpdate == fk.onUpdate);
           });
  };
  return any(duties_[original(table.name)], [&](const auto* duty) {
    return alone(duty->inputs, duty->to) || (duty->both && alone(duty->to, duty->inputs));
  });
}

bool Prover::dutiesOf(const std::string& table) {
  if (!linked(table) || !cascaded(table)) return false;
  const auto at = duties_.find(table);
  if (at == duties_.end() || closed_.count(table)) return true;
  using Event = catalog::SyncTrigger::Event;
  struct Runs {
    std::set<std::string> sets, changed;  // by their original names
  };
  // The triggers that are there, by event and each column that they set: a table may have hundreds.
  std::map<std::pair<Event, std::string>, std::vector<std::shared_ptr<const Runs>>> there;
  for (const auto& [spec, sql] : specs_[table]) {
    if (!live(spec->name, sql)) continue;
    const auto one = std::make_shared<Runs>();
    for (const auto& [column, value] : spec->set) one->sets.insert(original(table, column));
    for (const auto& column : spec->changed) one->changed.insert(original(table, column));
    for (const auto& column : one->sets) there[{spec->event, column}].push_back(one);
  }
  const auto runs = [&](Event event, const std::vector<std::string>& changed,
                        const std::vector<std::string>& sets) {
    const auto within = [](const std::vector<std::string>& wanted,
                           const std::set<std::string>& given) {
      return std::ranges::all_of(wanted, [&](const auto& name) { return given.contains(name); });
    };
    const auto at = sets.empty() ? there.end() : there.find({event, sets.front()});
    return at != there.end() && any(at->second, [&](const auto& one) {
             return within(sets, one->sets) &&
                    (event == Event::insert || within(changed, one->changed));
           });
  };
  for (const auto* duty : at->second) {
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
