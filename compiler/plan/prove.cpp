// The proof trusts nothing that the planner thought, only its steps, and what the change set says
// cannot be seen in a catalog (Plan::duties). It keeps one catalog and looks, after each step, at
// what the step touched; undo is shown step by step (each leads back to where it started) and once
// in full.
#include "compiler/plan/prove.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/base/result.h"
#include "compiler/plan/sql_text.h"
#include "compiler/plan/touched.h"

namespace cambium::plan {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Index;
using catalog::Table;
using catalog::Traits;

constexpr const char kDone[] = "each step can be done";
constexpr const char kEnd[] = "the last step ends in a fresh build of the new version";
constexpr const char kOld[] =
    "until the switch, applications of the old version find all they use, and it accepts what they "
    "write";
constexpr const char kNew[] =
    "from the switch on, applications of the new version find all they use, and it accepts what "
    "they write";
constexpr const char kUndo[] = "undo before contract leads back to the start";
constexpr const char kStep[] =
    "old and new columns are kept in step from the backfill until contract";
constexpr const char kTight[] = "nothing becomes stricter before every row was counted to fit";
constexpr const char kOrder[] = "phases follow each other, and the version is switched once";

bool has(const std::vector<std::string>& list, const std::string& x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}
template <class T, class F>
bool any(const T& list, F f) {
  return std::any_of(list.begin(), list.end(), f);
}

class Prover {
public:
  Prover(const Plan& plan, const Traits& traits) : plan_(plan), traits_(traits), now_(plan.before) {
    for (const auto& duty : plan.duties.syncs) duties_[duty.table].push_back(&duty);
    for (const auto& spec : plan.duties.triggers)
      specs_[spec.table].emplace_back(&spec, traits.syncTrigger(spec));
    for (const auto& guard : plan.duties.guards)
      guards_[guard.trigger.table].emplace_back(&guard, traits.guardTrigger(guard.trigger));
    for (const auto& face : plan.duties.faces) faces_[face.name].push_back(&face);
    for (const auto& check : plan.duties.relaxed) relaxed_.insert({check.table, check.sql});
    for (const auto& check : plan.duties.outgrown) outgrown_.insert({check.table, check.sql});
  }

  std::optional<ProofFailure> run() {
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
    return failure_;
  }

private:
  bool fail(const char* claim, std::string difference) {
    if (!failure_) failure_ = ProofFailure{number_, claim, std::move(difference)};
    return false;
  }

  bool one(const Step& step) {
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
      for (const auto& name : touched.tables) closed_.insert(original(name));
    } else if (!undo(step, touched, before)) {
      return false;
    }
    if (switches_ == 0) {
      for (const auto& name : touched.tables) {
        if (!oldVersion(name)) return false;
      }
    } else if (switched) {
      for (const auto& table : plan_.after.tables) {
        if (!newVersion(table)) return false;
      }
      if (!filled() || !duties()) return false;
      noteGuards();
    } else {
      for (const auto& name : touched.tables) {
        if (const auto* table = newName(name); table && !newVersion(*table)) return false;
      }
    }
    if (step.phase != Phase::expand) {
      for (const auto& name : touched.tables) {
        if (!dutiesOf(original(name))) return false;
      }
    }
    return true;
  }

  // ---- execution
  struct Memory {
    std::map<std::string, std::optional<Table>> tables;
    std::map<std::string, std::string> views, triggers;
  };
  Memory remember(const Touched& touched) {
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

  bool execute(const Operation& op) {
    const auto name = reshaped(op);
    std::optional<Table> was;
    if (const auto* table = name.empty() ? nullptr : now_.findTable(name)) was = *table;
    if (auto why = apply(op, now_, traits_); !why.empty()) return fail(kDone, why);
    if (was && !verifiedFor(withStart(*was), *now_.findTable(name))) return false;
    if (const auto* verify = std::get_if<Verify>(&op)) verified_.insert(verify->countSql);
    if (const auto* rename = std::get_if<RenameColumn>(&op)) {
      auto& names = originalColumns_[original(rename->table)];
      const auto at = names.find(rename->from);
      names[rename->to] = at == names.end() ? rename->from : at->second;
      if (at != names.end()) names.erase(rename->from);
      start_.erase(rename->table);
    }
    if (const auto* rename = std::get_if<RenameTable>(&op))
      originalTables_[rename->to] = original(rename->from);
    if (const auto* fill = std::get_if<Backfill>(&op)) return backfill(*fill);
    return true;
  }

  // A step is one transaction: what its table enforced when it began still holds for every row,
  // as long as the columns keep their names.
  Table withStart(Table was) {
    const auto at = start_.find(was.name);
    if (at == start_.end() || !at->second) return was;
    was.checks.insert(was.checks.end(), at->second->checks.begin(), at->second->checks.end());
    was.indexes.insert(was.indexes.end(), at->second->indexes.begin(), at->second->indexes.end());
    return was;
  }

  std::string original(const std::string& table) {
    const auto at = originalTables_.find(table);
    return at == originalTables_.end() ? table : at->second;
  }
  // What a column was called before the switch.
  std::string original(const std::string& table, const std::string& column) {
    const auto names = originalColumns_.find(original(table));
    if (names == originalColumns_.end()) return column;
    const auto at = names->second.find(column);
    return at == names->second.end() ? column : at->second;
  }

  // ---- what becomes stricter
  bool verifiedFor(const Table& was, const Table& is) {
    const auto table = original(is.name);
    auto need = [&](const std::string& sql, const std::string& what) {
      return verified_.count(sql)
                 ? true
                 : fail(kTight, fmt::format("{}: {} without `{}`", is.name, what, sql));
    };
    const ColumnSql names = [&](const std::string& column) {
      return traits_.quote(original(is.name, column));
    };
    for (const auto& column : is.columns) {
      const auto* old = was.findColumn(column.name);
      if (!old && column.notNull && column.defaultSql.empty() && column.generatedSql.empty()) {
        return fail(kTight,
                    fmt::format("{}.{} is required and has no value", is.name, column.name));
      }
      if (!old || old->notNull || !column.notNull) continue;
      if (!need(countNulls(table, original(is.name, column.name), traits_),
                column.name + " required"))
        return false;
      if (phase_ == Phase::contract && !suppliedBefore(is.name, column.name)) {
        return fail(kTight, fmt::format("{}.{} required with nothing that kept it filled", is.name,
                                        column.name));
      }
    }
    for (const auto& check : is.checks) {
      if (any(was.checks, [&](const auto& c) { return c.sql == check.sql; })) continue;
      const auto columns = identifiersIn(check.sql, traits_);
      if (!any(columns, [&](const auto& c) { return was.findColumn(c); })) continue;
      if (phase_ == Phase::expand && relaxed_.count({table, check.sql})) continue;
      if (!need(countViolations(table, substitute(check.sql, traits_, names), traits_),
                "check " + check.name))
        return false;
      if (phase_ == Phase::contract && !guarded_.count({table, check.sql})) {
        return fail(kTight,
                    fmt::format("{}: check {} with nothing that guarded it", is.name, check.name));
      }
    }
    for (const auto& fk : is.foreignKeys) {
      if (any(was.foreignKeys, [&](const auto& f) { return f.columns == fk.columns; })) continue;
      if (!any(fk.columns, [&](const auto& c) { return was.findColumn(c); })) continue;
      auto old = fk;
      old.table = original(fk.table);
      if (!need(countOrphans(table, old, traits_), "foreign key to " + fk.table)) return false;
    }
    for (const auto& index : is.indexes) {
      if (!index.unique || any(was.indexes, [&](const auto& i) { return sameContent(i, index); }))
        continue;
      const auto old =
          renamed(index, traits_, [&](const std::string& c) { return original(is.name, c); });
      if (!need(countDuplicates(table, old, traits_), "unique " + index.name)) return false;
    }
    return true;
  }
  bool suppliedBefore(const std::string& table, const std::string& column) {
    if (guarded_.count({original(table), column})) return true;
    const auto old = original(table, column);
    return any(duties_[original(table)],
               [&](const auto* duty) { return duty->inputs.empty() && has(duty->to, old); });
  }

  // ---- backfills and triggers
  bool backfill(const Backfill& op) {
    if (phase_ != Phase::backfill)
      return fail(kOrder, fmt::format("a backfill of {} in {}", op.table, toString(phase_)));
    if (!dutiesOf(op.table)) return false;
    backfills_.push_back(&op);
    for (const auto& [column, sql] : op.set) filled_.insert({op.table, column});
    return true;
  }

  bool filled() {
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

  bool duties() {
    for (const auto& [table, list] : duties_) {
      if (!dutiesOf(table)) return false;
    }
    return true;
  }

  bool live(const std::string& name, const std::string& sql) {
    const auto* trigger = now_.findTrigger(name);
    return trigger && trigger->sql == sql;
  }

  bool dutiesOf(const std::string& table) {
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

  void noteGuards() {
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

  bool noneRefersTo(const std::set<std::string>& gone, const char* claim) {
    if (gone.empty()) return true;
    for (const auto& table : now_.tables) {
      for (const auto& fk : table.foreignKeys) {
        if (gone.count(fk.table))
          return fail(claim, fmt::format("table `{}` still refers to `{}`", table.name, fk.table));
      }
    }
    return true;
  }

  // ---- undo
  bool undo(const Step& step, const Touched& touched, const Memory& before) {
    const auto verified = verified_;
    const auto columns = originalColumns_;
    std::set<std::string> counted;
    for (const auto& op : step.undo) {
      if (const auto* verify = std::get_if<Verify>(&op)) counted.insert(verify->countSql);
      const auto name = reshaped(op);
      std::optional<Table> was;
      if (const auto* table = name.empty() ? nullptr : now_.findTable(name)) was = *table;
      if (auto why = apply(op, now_, traits_); !why.empty()) return fail(kUndo, why);
      if (was && !countedFor(*was, *now_.findTable(name), counted)) return false;
    }
    if (!noneRefersTo(droppedTables(step.undo), kUndo)) return false;
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
    verified_ = verified;
    originalColumns_ = columns;
    return true;
  }

  // The way back may make the table stricter than new applications left it.
  bool countedFor(const Table& was, const Table& is, const std::set<std::string>& counted) {
    auto need = [&](const std::string& sql) {
      return counted.count(sql) ? true : fail(kUndo, fmt::format("{} without `{}`", is.name, sql));
    };
    for (const auto& column : is.columns) {
      const auto* old = was.findColumn(column.name);
      if (old && !old->notNull && column.notNull &&
          !need(countNulls(is.name, column.name, traits_)))
        return false;
    }
    for (const auto& check : is.checks) {
      if (any(was.checks, [&](const auto& c) { return c.sql == check.sql; })) continue;
      if (!need(countViolations(is.name, check.sql, traits_))) return false;
    }
    for (const auto& index : is.indexes) {
      if (!index.unique || any(was.indexes, [&](const auto& i) { return sameContent(i, index); }))
        continue;
      if (!need(countDuplicates(is.name, index, traits_))) return false;
    }
    return true;
  }

  void undoAll() {
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

  // ---- what applications use
  bool takesRows(const Table& is, const char* claim, const Table& used) {
    for (const auto& column : is.columns) {
      if (used.findColumn(column.name) || !column.notNull) continue;
      if (column.defaultSql.empty() && column.generatedSql.empty()) {
        return fail(claim, fmt::format("{}.{} must be given and is not known to them", is.name,
                                       column.name));
      }
    }
    return true;
  }
  // Columns of the constraint that this version has.
  size_t knownTo(const Table& used, const std::vector<std::string>& columns) {
    return static_cast<size_t>(std::count_if(columns.begin(), columns.end(),
                                             [&](const auto& c) { return used.findColumn(c); }));
  }

  bool oldVersion(const std::string& name) {
    const auto* used = plan_.before.findTable(name);
    if (!used) return true;
    const auto* is = now_.findTable(name);
    if (!is) return fail(kOld, fmt::format("table `{}` is gone", name));
    for (const auto& column : used->columns) {
      const auto* now = is->findColumn(column.name);
      if (!now || now->type != column.type)
        return fail(kOld, fmt::format("{}.{} is gone or has another type", name, column.name));
      if (now->notNull && !column.notNull)
        return fail(kOld, fmt::format("{}.{} must be given", name, column.name));
      if (now->defaultSql != column.defaultSql || now->generatedSql != column.generatedSql) {
        return fail(kOld, fmt::format("{}.{} gets another value", name, column.name));
      }
    }
    if (!takesRows(*is, kOld, *used)) return false;
    for (const auto& check : is->checks) {
      if (any(used->checks, [&](const auto& c) { return c.sql == check.sql; }) ||
          relaxed_.count({name, check.sql}))
        continue;
      if (knownTo(*used, identifiersIn(check.sql, traits_)) > 0)
        return fail(kOld, fmt::format("{}: check {} is new", name, check.name));
    }
    for (const auto& fk : is->foreignKeys) {
      if (knownTo(*used, fk.columns) > 0 &&
          !any(used->foreignKeys, [&](const auto& f) { return f == fk; })) {
        return fail(kOld, fmt::format("{}: the foreign key to {} is new", name, fk.table));
      }
    }
    for (const auto& index : used->indexes) {
      if (!any(is->indexes, [&](const auto& i) { return sameContent(i, index); }))
        return fail(kOld, fmt::format("index {} is gone", index.name));
    }
    for (const auto& index : is->indexes) {
      if (!index.unique || phase_ >= Phase::validate ||
          any(used->indexes, [&](const auto& i) { return sameContent(i, index); }))
        continue;
      return fail(kOld, fmt::format("unique {} is new", index.name));
    }
    return true;
  }

  // The new version's table for one that a step touched, under whichever name.
  const Table* newName(const std::string& name) {
    if (const auto* table = plan_.after.findTable(name)) return table;
    for (const auto& face : plan_.duties.faces) {
      if (face.table == name) return plan_.after.findTable(face.name);
    }
    return nullptr;
  }

  const Table* behind(const Table& used) {
    if (const auto* table = now_.findTable(used.name)) return table;
    const auto* view = now_.findView(used.name);
    if (!view) return nullptr;
    for (const auto* face : faces_[used.name]) {
      if (traits_.faceView(*face) != view->sql) continue;
      for (const auto& column : used.columns) {
        // After the switch every column has the new version's name, so the face must not rename
        // anything.
        if (!any(face->columns,
                 [&](const auto& c) { return c.first == column.name && c.second == column.name; }))
          return nullptr;
      }
      for (const auto& [name, sql] : traits_.faceTriggers(*face)) {
        if (!live(name, sql)) return nullptr;
      }
      return now_.findTable(face->table);
    }
    return nullptr;
  }

  bool newVersion(const Table& used) {
    const auto* is = behind(used);
    if (!is) return fail(kNew, fmt::format("`{}` is not there, or cannot be written", used.name));
    const auto table = original(is->name);
    for (const auto& column : used.columns) {
      const auto* now = is->findColumn(column.name);
      if (!now || now->type != column.type)
        return fail(kNew,
                    fmt::format("{}.{} is missing or has another type", used.name, column.name));
      if (now->notNull && !column.notNull)
        return fail(kNew, fmt::format("{}.{} must be given", used.name, column.name));
      if (now->generatedSql != column.generatedSql)
        return fail(kNew, fmt::format("{}.{} is computed otherwise", used.name, column.name));
      const auto old = original(is->name, column.name);
      const bool kept = any(duties_[table], [&](const auto* duty) { return has(duty->to, old); });
      if (now->defaultSql != column.defaultSql && !kept &&
          !(column.defaultSql.empty() && column.notNull)) {
        return fail(kNew, fmt::format("{}.{} does not get its default", used.name, column.name));
      }
      const bool filled = kept || !now->defaultSql.empty();
      if (column.notNull && !now->notNull && !filled && !guardsNow(table, column.name)) {
        return fail(kNew, fmt::format("{}.{} may be left empty", used.name, column.name));
      }
    }
    if (!takesRows(*is, kNew, used)) return false;
    for (const auto& check : is->checks) {
      if (any(used.checks, [&](const auto& c) { return c.sql == check.sql; }) ||
          outgrown_.count({table, check.sql}))
        continue;
      if (knownTo(used, identifiersIn(check.sql, traits_)) > 0)
        return fail(kNew, fmt::format("{}: check {} is not theirs", used.name, check.name));
    }
    for (const auto& fk : is->foreignKeys) {
      if (knownTo(used, fk.columns) == 0) continue;
      if (!any(used.foreignKeys, [&](const auto& f) {
            return f.columns == fk.columns && f.onDelete == fk.onDelete &&
                   f.onUpdate == fk.onUpdate;
          })) {
        return fail(kNew,
                    fmt::format("{}: the foreign key to {} is not theirs", used.name, fk.table));
      }
    }
    for (const auto& index : used.indexes) {
      if (!any(is->indexes, [&](const auto& i) { return sameContent(i, index); }))
        return fail(kNew, fmt::format("index {} is missing", index.name));
    }
    for (const auto& index : is->indexes) {
      if (!index.unique || any(used.indexes, [&](const auto& i) { return sameContent(i, index); }))
        continue;
      if (any(index.parts,
              [&](const auto& p) { return !p.column.empty() && !used.findColumn(p.column); }))
        continue;
      return fail(kNew, fmt::format("unique {} is not theirs", index.name));
    }
    return true;
  }
  bool guardsNow(const std::string& table, const std::string& subject) {
    return any(guards_[table], [&](const auto& entry) {
      return entry.first->subject == subject && live(entry.first->trigger.name, entry.second);
    });
  }

  const Plan& plan_;
  const Traits& traits_;
  Catalog now_;
  unsigned number_ = 0;
  Phase phase_ = Phase::expand;
  unsigned switches_ = 0;
  std::optional<ProofFailure> failure_;
  std::map<std::string, std::vector<const SyncDuty*>> duties_;
  std::map<std::string, std::vector<std::pair<const catalog::SyncTrigger*, std::string>>> specs_;
  std::map<std::string, std::vector<std::pair<const GuardDuty*, std::string>>> guards_;
  std::map<std::string, std::vector<const catalog::Face*>> faces_;
  std::set<std::pair<std::string, std::string>> relaxed_, outgrown_, guarded_, filled_;
  std::set<std::string> verified_, closed_;
  std::vector<const Backfill*> backfills_;
  std::map<std::string, std::optional<Table>> start_;  // of the step
  std::map<std::string, std::string> originalTables_;
  std::map<std::string, std::map<std::string, std::string>> originalColumns_;
};

}  // namespace

std::optional<ProofFailure> prove(const Plan& plan, const Traits& traits) {
  return Prover(plan, traits).run();
}

}  // namespace cambium::plan
