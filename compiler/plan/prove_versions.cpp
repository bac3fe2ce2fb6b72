// What applications of the old and of the new version find, and that it accepts what they write.
#include <fmt/core.h>

#include <map>

#include "compiler/catalog/sql.h"
#include "compiler/plan/prover.h"
#include "compiler/plan/sql_text.h"

namespace cambium::plan {
namespace {

// Over columns that the old version does not know, and that hold nothing or what an expression
// makes up for each row: a constant would be there twice.
bool madeUp(const catalog::Table& is, const catalog::Table& used, const catalog::Index& index) {
  const auto columns = plainColumns(index);
  return !columns.empty() && std::ranges::all_of(columns, [&](const std::string& name) {
    const auto* column = is.findColumn(name);
    return column && !used.findColumn(name) && column->generatedSql.empty() &&
           (column->defaultSql.empty() || column->defaultSql.find('(') != std::string::npos);
  });
}

}  // namespace

bool Prover::unique(const Table& table, const std::vector<std::string>& columns) {
  const auto within = [&](const std::vector<std::string>& some) {
    return !some.empty() &&
           std::ranges::all_of(some, [&](const auto& name) { return has(columns, name); });
  };
  return within(table.primaryKey) || any(table.indexes, [&](const auto& index) {
           return index.unique && within(plainColumns(index));
         });
}

bool Prover::filledBefore(const Table& is, const std::string& column) {
  return any(specs_[original(is.name)], [&](const auto& entry) {
    const auto& [spec, sql] = entry;
    return spec->fillsKey && live(spec->name, sql) &&
           any(spec->set, [&](const auto& one) { return one.first == column; });
  });
}

// A column of the type `now` takes what one of the type `then` takes.
bool Prover::holds(std::string_view now, std::string_view then) const {
  return now == then || (traits_.outgrows && traits_.outgrows(then, now, "").has_value());
}

bool Prover::oldVersion(const std::string& name) {
  const auto* used = plan_.before.findTable(name);
  if (!used) return true;
  const auto* is = now_.findTable(name);
  if (!is) return fail(kOld, fmt::format("table `{}` is gone", name));
  for (const auto& column : used->columns) {
    const auto* now = is->findColumn(column.name);
    if (!now || !holds(now->type, column.type))
      return fail(kOld, fmt::format("{}.{} is gone or has another type", name, column.name));
    if (now->notNull && !column.notNull)
      return fail(kOld, fmt::format("{}.{} must be given", name, column.name));
    if (now->defaultSql != column.defaultSql || now->generatedSql != column.generatedSql) {
      return fail(kOld, fmt::format("{}.{} gets another value", name, column.name));
    }
  }
  if (!used->primaryKey.empty() && !unique(*is, used->primaryKey))
    return fail(kOld, fmt::format("{}: rows are not known by their key", name));
  if (!takesRows(*is, kOld, *used)) return false;
  for (const auto& check : is->checks) {
    if (any(used->checks, [&](const auto& c) { return c.sql == check.sql; }) ||
        relaxed_.count({name, check.sql}) || (check.isExclusion() && phase_ >= Phase::validate))
      continue;
    if (knownTo(*used, identifiersIn(check.sql, traits_)) > 0)
      return fail(kOld, fmt::format("{}: check {} is new", name, check.name));
  }
  for (const auto& check : used->checks) {
    if (check.isExclusion() && phase_ < Phase::validate &&
        !any(is->checks, [&](const auto& c) { return c.sql == check.sql; }))
      return fail(kOld, fmt::format("{}: exclusion {} is gone", name, check.name));
  }
  for (const auto& fk : is->foreignKeys) {
    // One that needs a column which only triggers fill holds nothing that old applications write.
    const bool followed = any(fk.columns, [&](const auto& c) {
      return !used->findColumn(c) &&
             any(duties_[name], [&](const auto* duty) { return duty->both && has(duty->to, c); });
    });
    if (knownTo(*used, fk.columns) > 0 && !followed && !any(used->foreignKeys, [&](auto f) {
          f.validated = fk.validated;  // either refuses the same writes
          return f == fk;
        })) {
      return fail(kOld, fmt::format("{}: the foreign key to {} is new", name, fk.table));
    }
  }
  for (const auto& index : used->indexes) {
    if (!any(is->indexes, [&](const auto& i) { return sameContent(i, index); }))
      return fail(kOld, fmt::format("index {} is gone", index.name));
  }
  for (const auto& index : is->indexes) {
    if (!index.unique || phase_ >= Phase::validate ||
        any(used->indexes, [&](const auto& i) { return sameContent(i, index); }) ||
        unique(*used, plainColumns(index)) || madeUp(*is, *used, index))
      continue;
    return fail(kOld, fmt::format("unique {} is new", index.name));
  }
  return true;
}

// Until the switch a view of the old version is what it was.
bool Prover::oldView(const std::string& name) {
  const auto* used = plan_.before.findView(name);
  const auto* is = now_.findView(name);
  if (!used) return true;
  if (!is || is->sql != used->sql) return fail(kOld, fmt::format("view `{}` is another", name));
  return granted(name, used->grants, {}, is->grants, kOld);
}

// From the switch on the views of the new version are there. One over several renamed tables is
// missing while they take over their names.
bool Prover::newView(const std::string& name) {
  const auto* used = plan_.after.findView(name);
  if (!used) return true;
  if (const auto* is = now_.findView(name)) {
    if (const auto* duty = middleOf(name); duty && !settled(*duty))
      return newFace(*duty) && granted(name, used->grants, {}, is->grants, kNew);
    // The tables that it reads may have their old names for a while.
    std::map<std::string, std::string> tables;
    for (const auto* table : renamed_) {
      const auto* present = behind(*table);
      if (present && present->name != table->name) tables.emplace(table->name, present->name);
    }
    if (is->sql != catalog::renameTables(used->sql, tables, traits_))
      return fail(kNew, fmt::format("view `{}` is another", name));
    return granted(name, used->grants, {}, is->grants, kNew);
  }
  const bool comesBack =
      phase_ == Phase::contract && any(plan_.steps, [&](const Step& step) {
        return step.number > number_ && any(step.operations, [&](const Operation& op) {
                 const auto* create = std::get_if<CreateView>(&op);
                 return create && create->view.name == name;
               });
      });
  return comesBack || fail(kNew, fmt::format("view `{}` is not there", name));
}

const NewFaceDuty* Prover::middleOf(const std::string& view) const {
  const auto at = std::ranges::find(plan_.duties.newFaces, view, &NewFaceDuty::view);
  return at == plan_.duties.newFaces.end() ? nullptr : &*at;
}

// Contract has given it its final form.
bool Prover::settled(const NewFaceDuty& duty) {
  const auto* is = now_.findView(duty.view);
  return phase_ == Phase::contract && is && is->sql == traits_.faceView(duty.after) &&
         std::ranges::all_of(traits_.faceTriggers(duty.after), [&](const auto& trigger) {
           return live(trigger.first, trigger.second);
         });
}

// Until contract the new version's face shows what it will show, and leaves no column empty but one
// that only the old version has, and that may be empty: for the old version, too, or it follows the
// new form. Whoever asks the view below it in their own name may read what that shows.
bool Prover::newFace(const NewFaceDuty& duty) {
  const catalog::Face &middle = duty.middle, &after = duty.after;
  const auto* table = now_.findTable(middle.table);
  const auto* fresh = table ? newName(table->name) : nullptr;
  const auto* is = now_.findView(duty.view);
  if (!fresh || fresh->name != after.table || is->sql != traits_.faceView(middle))
    return fail(kFace, fmt::format("view `{}` is of another table", duty.view));
  if (middle.columns != after.columns || middle.defaults != after.defaults ||
      middle.generated != after.generated)
    return fail(kFace, fmt::format("view `{}` shows something else", duty.view));
  for (const auto& [name, sql] : traits_.faceTriggers(middle))
    if (!live(name, sql)) return fail(kFace, fmt::format("`{}` cannot be written", duty.view));
  if (!middle.below.empty()) {
    const auto* below =
        now_.findView(middle.schema.empty() ? middle.below : middle.schema + "." + middle.below);
    if (!below || below->sql != traits_.faceBelow(middle) ||
        (!middle.ownerRights && below->grants != is->grants))
      return fail(kFace, fmt::format("view `{}` looks at nothing", duty.view));
    std::vector<std::string> shown;
    for (const auto& [name, column] : middle.columns) shown.push_back(column);
    for (const auto& [name, type] : middle.blank) shown.push_back(name);
    if (!middle.ownerRights && !granted(table->name, is->grants, shown, table->grants, kFace))
      return false;
  }
  for (const auto& [name, type] : middle.blank) {
    const auto* column = table->findColumn(name);
    const auto was = original(table->name, name);
    const auto* before = plan_.before.findTable(original(table->name));
    const auto* then = before ? before->findColumn(was) : nullptr;
    const bool follows = then && any(duties_[before->name], [&](const auto* sync) {
                           return has(sync->from, was) && (sync->both || !then->notNull);
                         });
    if (!column || column->notNull || column->type != type || !follows)
      return fail(kFace, fmt::format("{}.{} is left empty, and must not be", table->name, name));
  }
  return true;
}

// The old version's face looks at what were the old version's columns, under the names that they
// have by now: the same types, the same defaults, and all of them are there.
bool Prover::oldFace(const OldFaceDuty& duty) {
  const auto* is = now_.findView(duty.view);
  if (!is) return fail(kFace, fmt::format("view `{}` is not there", duty.view));
  const auto* used = plan_.before.findView(duty.view);
  const auto* table = now_.findTable(duty.after.table);
  const auto* was = plan_.before.findTable(duty.before.table);
  if (!used || !table || !was || used->sql != traits_.faceView(duty.before))
    return fail(kFace, fmt::format("view `{}` is of no table", duty.view));
  if (is->sql != traits_.faceView(duty.after) || is->grants != used->grants)
    return fail(kFace, fmt::format("view `{}` is another", duty.view));
  for (const auto& [name, sql] : traits_.faceTriggers(duty.after))
    if (!live(name, sql)) return fail(kFace, fmt::format("`{}` cannot be written", duty.view));
  if (duty.after.defaults != duty.before.defaults || duty.after.generated != duty.before.generated)
    return fail(kFace, fmt::format("view `{}` has other defaults", duty.view));
  for (const auto& shown : duty.before.columns) {
    const auto now = std::ranges::find(duty.after.columns, shown.first,
                                       &std::pair<std::string, std::string>::first);
    if (now == duty.after.columns.end())
      return fail(kFace, fmt::format("{}.{} is not shown", duty.view, shown.first));
    const auto *column = table->findColumn(now->second), *then = was->findColumn(shown.second);
    if (!column || !then || !holds(column->type, then->type))
      return fail(kFace, fmt::format("{}.{} has another type", duty.view, shown.first));
    // One that is computed may be made anew under its other name.
    const auto swapped = [&](const std::string& name) {
      const auto at = swapped_.find({duty.before.table, name});
      return traits_.quote(at == swapped_.end() ? name : at->second);
    };
    const bool computedAlike =
        !column->generatedSql.empty() &&
        column->generatedSql == substitute(then->generatedSql, traits_, swapped);
    if (original(table->name, now->second) != shown.second && !computedAlike)
      return fail(kFace, fmt::format("{}.{} shows something else", duty.view, shown.first));
  }
  return takesFrom(duty, *table);
}

// Who writes through it gives no value to what it does not show.
bool Prover::takesFrom(const OldFaceDuty& duty, const Table& table) {
  for (const auto& column : table.columns) {
    const bool shown =
        any(duty.after.columns, [&](const auto& c) { return c.second == column.name; });
    if (shown || !column.notNull || !column.defaultSql.empty() || !column.generatedSql.empty() ||
        column.autoIncrement || filledBefore(table, column.name))
      continue;
    return fail(kFace, fmt::format("{}.{} must be given, and {} does not show it", table.name,
                                   column.name, duty.view));
  }
  return true;
}

bool Prover::oldFaces(const std::set<std::string>& touched, bool all) {
  for (const auto& duty : plan_.duties.oldFaces) {
    if (!all && !touched.count(duty.view)) continue;
    // It goes in contract, whole.
    if (phase_ == Phase::contract && !now_.findView(duty.view)) continue;
    if (!oldFace(duty)) return false;
  }
  return true;
}

bool Prover::newVersion(const Table& used) {
  const auto* is = behind(used);
  if (!is) return fail(kNew, fmt::format("`{}` is not there, or cannot be written", used.name));
  const auto table = original(is->name);
  for (const auto& column : used.columns) {
    const auto* now = is->findColumn(column.name);
    const bool narrow =
        now && any(plan_.duties.narrow, [&](const NarrowDuty& duty) {
          const auto* before = plan_.before.findTable(table);
          const auto* was = before ? before->findColumn(original(is->name, column.name)) : nullptr;
          return duty.table == used.name && duty.column == column.name && duty.type == now->type &&
                 was && was->type == now->type;
        });
    if (!now || (now->type != column.type && !narrow))
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
    const auto required = [&] {
      return now->notNull || any(is->checks, [&](const auto& check) {
               return requiredBy(check, *is) == column.name;
             });
    };
    if (column.notNull && !filled && !required() && !guardsNow(table, column.name)) {
      return fail(kNew, fmt::format("{}.{} may be left empty", used.name, column.name));
    }
  }
  if (!used.primaryKey.empty() && !unique(*is, used.primaryKey))
    return fail(kNew, fmt::format("{}: rows are not known by their key", used.name));
  if (!is->primaryKey.empty() && knownTo(used, is->primaryKey) == is->primaryKey.size() &&
      !unique(used, is->primaryKey))
    return fail(kNew, fmt::format("{}: the old key refuses rows of theirs", used.name));
  if (!takesRows(*is, kNew, used) || !newAccess(used, *is)) return false;
  for (const auto& check : is->checks) {
    if (any(used.checks, [&](const auto& c) { return c.sql == check.sql; }) ||
        outgrown_.count({table, check.sql}))
      continue;
    const auto* required = used.findColumn(requiredBy(check, *is));
    if (required && required->notNull) continue;
    if (knownTo(used, identifiersIn(check.sql, traits_)) > 0)
      return fail(kNew, fmt::format("{}: check {} is not theirs", used.name, check.name));
  }
  for (const auto& check : used.checks) {
    if (check.isExclusion() && !any(is->checks, [&](const auto& c) { return c.sql == check.sql; }))
      return fail(kNew, fmt::format("{}: exclusion {} is missing", used.name, check.name));
  }
  for (const auto& fk : is->foreignKeys) {
    // One that needs a column which only triggers fill holds what its own columns hold.
    const bool followed = any(fk.columns, [&](const auto& c) {
      return !used.findColumn(c) && any(duties_[table], [&](const auto* duty) {
        return duty->both && has(duty->from, original(is->name, c));
      });
    });
    if (followed || knownTo(used, fk.columns) == 0) continue;
    const bool follows =
        fk.onUpdate == "CASCADE" && any(plan_.duties.follows, [&](const FollowDuty& duty) {
          return duty.table == table && duty.columns == fk.columns;
        });
    if (!any(used.foreignKeys, [&](const auto& f) {
          return f.columns == fk.columns && f.onDelete == fk.onDelete &&
                 (f.onUpdate == fk.onUpdate || follows) && f.deferrable == fk.deferrable;
        })) {
      return fail(kNew,
                  fmt::format("{}: the foreign key to {} is not theirs", used.name, fk.table));
    }
  }
  const auto standsIn = [&](const catalog::Index& index, catalog::Index rule) {
    rule.constraint = index.constraint;  // either refuses the same rows
    const auto* duty = standsFor(is->name, index);
    return sameContent(index, rule) || (duty && sameContent(duty->rule, rule));
  };
  for (const auto& index : used.indexes) {
    if (!any(is->indexes, [&](const auto& i) { return standsIn(i, index); }))
      return fail(kNew, fmt::format("index {} is missing", index.name));
  }
  for (const auto& index : is->indexes) {
    if (!index.unique || any(used.indexes, [&](const auto& i) { return standsIn(index, i); }))
      continue;
    if (any(index.parts,
            [&](const auto& p) { return !p.column.empty() && !used.findColumn(p.column); }) ||
        unique(used, plainColumns(index)))
      continue;
    return fail(kNew, fmt::format("unique {} is not theirs", index.name));
  }
  return true;
}

bool Prover::takesRows(const Table& is, const char* claim, const Table& used) {
  for (const auto& column : is.columns) {
    if (used.findColumn(column.name) || !column.notNull) continue;
    if (column.defaultSql.empty() && column.generatedSql.empty() && !column.autoIncrement &&
        !filledBefore(is, column.name)) {
      return fail(
          claim, fmt::format("{}.{} must be given and is not known to them", is.name, column.name));
    }
  }
  return true;
}

size_t Prover::knownTo(const Table& used, const std::vector<std::string>& columns) {
  return static_cast<size_t>(std::count_if(columns.begin(), columns.end(),
                                           [&](const auto& c) { return used.findColumn(c); }));
}

const catalog::Table* Prover::newName(const std::string& name) {
  if (const auto* table = plan_.after.findTable(name)) return table;
  for (const auto& face : plan_.duties.faces) {
    if (face.table == name) return plan_.after.findTable(face.name);
  }
  return nullptr;
}

const catalog::Table* Prover::behind(const Table& used) {
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

}  // namespace cambium::plan
