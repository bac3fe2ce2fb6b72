// The proof trusts nothing that the planner thought, only its steps, and what the change set says
// cannot be seen in a catalog (Plan::duties). It keeps one catalog and looks, after each step, at
// what the step touched; undo is shown step by step (each leads back to where it started) and once
// in full.
#include "compiler/plan/prove.h"

#include <fmt/core.h>

#include "compiler/plan/index_names.h"
#include "compiler/plan/prover.h"

namespace cambium::plan {
namespace {

using Tables = std::map<std::string, std::optional<catalog::Table>>;

// What stood there stands there under the new name.
void follow(const Operation& op, Tables& tables, const catalog::Traits& traits) {
  const auto* rename = std::get_if<RenameColumn>(&op);
  const auto at = rename ? tables.find(rename->table) : tables.end();
  if (at == tables.end() || !at->second) return;
  catalog::Catalog alone;
  alone.put(*at->second);
  if (apply(op, alone, traits).empty())
    at->second = *alone.findTable(rename->table);
  else
    tables.erase(at);
}

// With what stood there then: it goes and comes back while nobody else can write.
catalog::Table with(catalog::Table table, const Tables& then) {
  const auto at = then.find(table.name);
  if (at == then.end() || !at->second) return table;
  const auto add = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  add(table.checks, at->second->checks);
  add(table.indexes, at->second->indexes);
  add(table.foreignKeys, at->second->foreignKeys);
  return table;
}

}  // namespace

Prover::Prover(const Plan& plan, const Traits& traits)
    : plan_(plan), traits_(traits), now_(plan.before) {
  for (const auto& duty : plan.duties.syncs) duties_[duty.table].push_back(&duty);
  for (const auto& duty : plan.duties.links) links_[duty.table].push_back(&duty);
  for (const auto& duty : plan.duties.cascades) {
    cascades_[duty.rows].push_back(&duty);
    cascades_[duty.table].push_back(&duty);
  }
  for (const auto& spec : plan.duties.triggers)
    specs_[spec.table].emplace_back(&spec, traits.syncTrigger(spec));
  for (const auto& guard : plan.duties.guards)
    guards_[guard.trigger.table].emplace_back(&guard, traits.guardTrigger(guard.trigger));
  for (const auto& face : plan.duties.faces) faces_[face.name].push_back(&face);
  for (const auto& [name, list] : faces_)
    if (const auto* table = plan.after.findTable(name)) renamed_.push_back(table);
  for (const auto& check : plan.duties.relaxed) relaxed_.insert({check.table, check.sql});
  for (const auto& step : plan.steps) {
    for (const auto& op : step.operations)
      if (const auto* rename = std::get_if<RenameColumn>(&op);
          rename && step.phase == Phase::switch_)
        swapped_[{rename->table, rename->from}] = rename->to;
  }
  for (const auto& check : plan.duties.outgrown) outgrown_.insert({check.table, check.sql});
}

std::optional<ProofFailure> Prover::run() {
  if (!plan_.refusal.empty()) return ProofFailure{0, kDone, plan_.refusal};
  for (const auto& step : plan_.steps) {
    if (!one(step)) return failure_;
  }
  if (!plan_.steps.empty() && switches_ != 1)
    fail(kOrder, fmt::format("the version is switched {} times", switches_));
  if (!failure_) {
    if (auto why = differences(plan_.after, now_); !why.empty()) fail(kEnd, why);
  }
  if (!failure_) undoAll();
  if (const auto taken = failure_ ? std::nullopt : takenIndexName(plan_, traits_)) {
    number_ = taken->step->number;
    fail(kDone, fmt::format("table `{}` has an index `{}`, and `{}` takes the name", taken->other,
                            taken->name, taken->table));
  }
  return failure_;
}

bool Prover::fail(const char* claim, std::string difference) {
  if (!failure_) failure_ = ProofFailure{number_, claim, std::move(difference)};
  return false;
}

bool Prover::one(const Step& step) {
  if (step.number != number_ + 1 || step.phase < phase_) {
    number_ = step.number;
    return fail(kOrder, fmt::format("step {} ({}) follows a step of {}", step.number,
                                    toString(step.phase), toString(phase_)));
  }
  if (phase_ == Phase::expand && step.phase > Phase::expand && !duties()) return false;
  number_ = step.number;
  phase_ = step.phase;
  Touched touched;
  for (const auto& op : step.operations) collect(op, touched);
  for (const auto& op : step.undo) collect(op, touched);
  const auto before = remember(touched);
  start_ = before.tables;
  bool switched = false;
  for (const auto& op : step.operations) {
    if (const auto* s = std::get_if<SwitchVersion>(&op)) {
      ++switches_;
      switched = true;
      if (step.phase != Phase::switch_ || s->from != plan_.fromVersion ||
          s->to != plan_.toVersion) {
        return fail(kOrder, fmt::format("`{}` to `{}` is switched in {}", s->from, s->to,
                                        toString(step.phase)));
      }
    }
    if (!execute(op)) return false;
  }
  if (!noneRefersTo(droppedTables(step.operations), kDone)) return false;
  if (step.phase == Phase::contract) {
    if (switches_ == 0) return fail(kOrder, "contract before the switch");
    if (!step.undo.empty()) return fail(kUndo, "a step of contract claims to have an undo");
    // A table keeps its duties until its own contract; afterwards it has the new version's form.
    // What only shows that rows fit leaves all as it is.
    const bool shows = std::ranges::all_of(step.operations, [](const auto& op) {
      return std::holds_alternative<AddCheck>(op) || std::holds_alternative<ValidateCheck>(op);
    });
    if (!shows)
      for (const auto& name : touched.tables) closed_.insert(original(name));
  } else if (!undo(step, touched, before)) {
    return false;
  }
  if (switches_ == 0) {
    for (const auto& name : touched.tables) {
      if (!oldVersion(name) || !oldAccess(name)) return false;
    }
    for (const auto& name : touched.views) {
      if (!oldView(name)) return false;
    }
  } else if (switched) {
    for (const auto& table : plan_.after.tables) {
      if (!newVersion(table)) return false;
    }
    for (const auto& view : plan_.after.views) {
      if (!newView(view.name)) return false;
    }
    if (!oldFaces({}, true)) return false;
    if (!filled() || !duties()) return false;
    noteGuards();
  } else {
    for (const auto& name : touched.tables) {
      if (const auto* table = newName(name); table && !newVersion(*table)) return false;
    }
    for (const auto& name : touched.views) {
      if (!newView(name)) return false;
    }
    if (!oldFaces(touched.views, false)) return false;
  }
  for (const auto& name : touched.tables)
    if (!nothingMore(name)) return false;
  if (step.phase != Phase::expand) {
    for (const auto& name : touched.tables) {
      if (!dutiesOf(original(name))) return false;
    }
  }
  return true;
}

Prover::Memory Prover::remember(const Touched& touched) {
  Memory m;
  for (const auto& name : touched.tables) {
    const auto* table = now_.findTable(name);
    m.tables[name] = table ? std::optional(*table) : std::nullopt;
  }
  for (const auto& name : touched.views)
    m.views[name] = now_.findView(name) ? now_.findView(name)->sql : "";
  for (const auto& name : touched.triggers)
    m.triggers[name] = now_.findTrigger(name) ? now_.findTrigger(name)->sql : "";
  return m;
}

bool Prover::execute(const Operation& op) {
  const auto name = reshaped(op);
  std::optional<Table> was;
  if (const auto* table = name.empty() ? nullptr : now_.findTable(name)) was = *table;
  if (!lossCounted(op)) return false;
  if (auto why = apply(op, now_, traits_); !why.empty()) return fail(kDone, why);
  if (was && !verifiedFor(withStart(*was), *now_.findTable(name))) return false;
  if (const auto* verify = std::get_if<Verify>(&op)) verified_.insert(verify->countSql);
  if (const auto* rename = std::get_if<RenameColumn>(&op)) {
    auto& names = originalColumns_[original(rename->table)];
    const auto at = names.find(rename->from);
    names[rename->to] = at == names.end() ? rename->from : at->second;
    if (at != names.end()) names.erase(rename->from);
    follow(op, start_, traits_);
  }
  if (const auto* rename = std::get_if<RenameTable>(&op)) {
    originalTables_[rename->to] = original(rename->from);
    start_[rename->to] = start_[rename->from];
  }
  if (const auto* fill = std::get_if<Backfill>(&op)) return backfill(*fill);
  return true;
}

catalog::Table Prover::withStart(Table was) {
  return with(std::move(was), start_);
}

std::string Prover::original(const std::string& table) {
  const auto at = originalTables_.find(table);
  return at == originalTables_.end() ? table : at->second;
}

std::string Prover::original(const std::string& table, const std::string& column) {
  const auto names = originalColumns_.find(original(table));
  if (names == originalColumns_.end()) return column;
  const auto at = names->second.find(column);
  return at == names->second.end() ? column : at->second;
}

bool Prover::noneRefersTo(const std::set<std::string>& gone, const char* claim) {
  if (gone.empty()) return true;
  for (const auto& table : now_.tables) {
    for (const auto& fk : table.foreignKeys) {
      if (gone.count(fk.table))
        return fail(claim, fmt::format("table `{}` still refers to `{}`", table.name, fk.table));
    }
  }
  return true;
}

bool Prover::undo(const Step& step, const Touched& touched, const Memory& before) {
  std::set<std::string> counted;
  const bool renames = std::ranges::any_of(
      step.undo, [](const auto& op) { return std::holds_alternative<RenameColumn>(op); });
  Tables begun = renames ? remember(touched).tables : Tables();
  for (const auto& op : step.undo) {
    if (const auto* verify = std::get_if<Verify>(&op)) counted.insert(verify->countSql);
    const auto name = reshaped(op);
    std::optional<Table> was;
    if (const auto* table = name.empty() ? nullptr : now_.findTable(name)) was = *table;
    if (auto why = apply(op, now_, traits_); !why.empty()) return fail(kUndo, why);
    follow(op, begun, traits_);
    if (was && !countedFor(with(*was, begun), *now_.findTable(name), counted)) return false;
  }
  // A table that the undo drops is one that the step made: who would refer to it then did so before
  // the step, when it was not there, and is as it was then (below).
  const auto back = remember(touched);
  for (const auto& [name, table] : before.tables) {
    const auto& now = back.tables.at(name);
    if (table.has_value() != now.has_value() || (table && !sameTable(*table, *now))) {
      return fail(kUndo, fmt::format("table `{}` is not as it was before the step", name));
    }
  }
  if (back.views != before.views) return fail(kUndo, "a view is not as it was before the step");
  if (back.triggers != before.triggers)
    return fail(kUndo, "a trigger is not as it was before the step");
  for (const auto& op : step.operations) {
    if (auto why = apply(op, now_, traits_); !why.empty()) return fail(kUndo, why);
  }
  return true;
}

void Prover::undoAll() {
  Catalog back = plan_.before;
  for (const auto& step : plan_.steps) {
    if (step.phase == Phase::contract) break;
    for (const auto& op : step.operations) apply(op, back, traits_);
  }
  for (auto step = plan_.steps.rbegin(); step != plan_.steps.rend(); ++step) {
    if (step->phase == Phase::contract) continue;
    number_ = step->number;
    for (const auto& op : step->undo) {
      if (auto why = apply(op, back, traits_); !why.empty()) {
        fail(kUndo, why);
        return;
      }
    }
  }
  if (auto why = differences(plan_.before, back); !why.empty()) fail(kUndo, why);
}

std::optional<ProofFailure> prove(const Plan& plan, const catalog::Traits& traits) {
  return Prover(plan, traits).run();
}

}  // namespace cambium::plan
