// Nothing may become stricter before every row was counted to fit, neither forward nor back.
#include <fmt/core.h>

#include "compiler/plan/prover.h"
#include "compiler/plan/sql_text.h"

namespace cambium::plan {

bool Prover::verifiedFor(const Table& was, const Table& is) {
  const auto begun = start_.find(is.name);
  if (begun != start_.end() && !begun->second) return true;  // made in this very step: without rows
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
      return fail(kTight, fmt::format("{}.{} is required and has no value", is.name, column.name));
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
    if (check.isExclusion()) {  // the database compares the rows as it comes
      if (phase_ != Phase::validate)
        return fail(kTight,
                    fmt::format("{}: exclusion {} in {}", is.name, check.name, toString(phase_)));
      continue;
    }
    const auto violations = countViolations(table, substitute(check.sql, traits_, names), traits_);
    if (const auto column = requiredBy(check, is);
        !column.empty() && !verified_.count(violations)) {
      if (!need(countNulls(table, original(is.name, column), traits_), column + " required"))
        return false;
      if (phase_ == Phase::contract && !suppliedBefore(is.name, column)) {
        return fail(kTight, fmt::format("{}.{} required with nothing that kept it filled", is.name,
                                        column));
      }
      continue;
    }
    const auto columns = identifiersIn(check.sql, traits_);
    // A column that came in this very step is as it came.
    const auto* first = begun != start_.end() ? &*begun->second : &was;
    if (!any(columns, [&](const auto& c) { return was.findColumn(c) && first->findColumn(c); }))
      continue;
    if (phase_ == Phase::expand && relaxed_.count({table, check.sql})) continue;
    if (!need(violations, "check " + check.name)) return false;
    if (phase_ == Phase::contract && !guarded_.count({table, check.sql})) {
      return fail(kTight,
                  fmt::format("{}: check {} with nothing that guarded it", is.name, check.name));
    }
  }
  for (const auto& fk : is.foreignKeys) {
    if (any(was.foreignKeys, [&](const auto& f) { return f.columns == fk.columns; })) continue;
    if (any(fk.columns, [&](const auto& c) { return emptySoFar(is, c); })) continue;
    auto old = fk;
    old.table = original(fk.table);
    for (auto& name : old.columns) name = original(is.name, name);
    for (auto& name : old.tableColumns) name = original(fk.table, name);
    if (!need(countOrphans(table, old, traits_), "foreign key to " + fk.table)) return false;
  }
  if (is.primaryKey != was.primaryKey && !is.primaryKey.empty() && !unique(was, is.primaryKey))
    return fail(kTight, fmt::format("{}: a key that nothing kept unique", is.name));
  for (const auto& index : is.indexes) {
    if (!index.unique || any(was.indexes, [&](const auto& i) { return sameContent(i, index); }) ||
        unique(was, plainColumns(index)))
      continue;
    // What nobody has written yet occurs nowhere twice.
    if (any(plainColumns(index), [&](const auto& c) { return emptySoFar(is, c); })) continue;
    const auto old =
        renamed(index, traits_, [&](const std::string& c) { return original(is.name, c); });
    const auto* duty = standsFor(is.name, index);
    if (!need(countDuplicates(table, duty ? duty->middle : old, traits_), "unique " + index.name))
      return false;
    // What takes over from another index must find it there: nothing else has refused duplicates.
    const auto* heir = phase_ != Phase::contract ? nullptr : heirOf(table, old);
    if (heir && !any(was.indexes, [&](const auto& i) { return standsFor(is.name, i) == heir; }))
      return fail(kTight,
                  fmt::format("{}: unique {} with nothing that held it", is.name, index.name));
  }
  return true;
}

bool Prover::emptySoFar(const Table& is, const std::string& column) {
  const auto* before = plan_.before.findTable(original(is.name));
  const auto* now = is.findColumn(column);
  return phase_ == Phase::expand && before && !before->findColumn(column) && now && !now->notNull &&
         now->defaultSql.empty() && now->generatedSql.empty() &&
         !any(specs_[is.name], [&](const auto& entry) {
           const auto& [spec, sql] = entry;
           return live(spec->name, sql) &&
                  any(spec->set, [&](const auto& one) { return one.first == column; });
         });
}

const UniqueDuty* Prover::standsFor(const std::string& table, const catalog::Index& index) {
  const auto name = original(table);
  const auto old =
      renamed(index, traits_, [&](const std::string& c) { return original(table, c); });
  for (const auto& duty : plan_.duties.uniques) {
    if (duty.table == name && sameContent(duty.held, old)) return &duty;
  }
  return nullptr;
}

const UniqueDuty* Prover::heirOf(const std::string& table, const catalog::Index& old) {
  for (const auto& duty : plan_.duties.uniques) {
    if (duty.table == table && sameContent(duty.middle, old)) return &duty;
  }
  return nullptr;
}

bool Prover::lossCounted(const Operation& op) {
  std::string table;
  std::set<std::string> gone;
  if (const auto* drop = std::get_if<DropColumn>(&op)) {
    table = drop->table;
    gone.insert(drop->column.name);
  } else if (const auto* rebuild = std::get_if<RebuildTable>(&op)) {
    table = rebuild->from.name;
    for (const auto& column : rebuild->from.columns) {
      if (!rebuild->to.findColumn(column.name)) gone.insert(column.name);
    }
  }
  const bool switches = std::holds_alternative<SwitchVersion>(op);
  return std::all_of(
      plan_.duties.losses.begin(), plan_.duties.losses.end(), [&](const LossDuty& duty) {
        const bool goes = duty.table == original(table) &&
                          any(duty.columns, [&](const auto& name) { return gone.count(name); });
        if ((!switches || verified_.count(duty.first)) && (!goes || verified_.count(duty.last)))
          return true;
        return fail(kKept, fmt::format("{}.{} without `{}`", duty.table, joined(duty.columns, ", "),
                                       switches ? duty.first : duty.last));
      });
}

std::string Prover::requiredBy(const catalog::Check& check, const Table& table) {
  constexpr std::string_view kRequired = " IS NOT NULL";
  if (!check.sql.ends_with(kRequired)) return {};
  const auto name = std::string_view(check.sql).substr(0, check.sql.size() - kRequired.size());
  for (const auto& column : table.columns) {
    if (name == traits_.quote(column.name)) return column.name;
  }
  return {};
}

bool Prover::suppliedBefore(const std::string& table, const std::string& column) {
  if (guarded_.count({original(table), column})) return true;
  const auto old = original(table, column);
  return any(duties_[original(table)],
             [&](const auto* duty) { return duty->inputs.empty() && has(duty->to, old); });
}

bool Prover::countedFor(const Table& was, const Table& is, const std::set<std::string>& counted) {
  auto need = [&](const std::string& sql) {
    return counted.count(sql) ? true : fail(kUndo, fmt::format("{} without `{}`", is.name, sql));
  };
  for (const auto& column : is.columns) {
    const auto* old = was.findColumn(column.name);
    if (old && !old->notNull && column.notNull && !need(countNulls(is.name, column.name, traits_)))
      return false;
    const auto grown = old && traits_.outgrows && column.type != old->type
                           ? traits_.outgrows(column.type, old->type, traits_.quote(column.name))
                           : std::nullopt;
    if (grown && !need(countRows(is.name, *grown, traits_))) return false;
  }
  if (!is.primaryKey.empty() && is.primaryKey != was.primaryKey && !unique(was, is.primaryKey))
    return fail(kUndo, fmt::format("{}: a key that nothing kept unique", is.name));
  for (const auto& check : is.checks) {
    if (check.isExclusion() || any(was.checks, [&](const auto& c) { return c.sql == check.sql; }))
      continue;
    if (!need(countViolations(is.name, check.sql, traits_))) return false;
  }
  for (const auto& index : is.indexes) {
    if (!index.unique || any(was.indexes, [&](const auto& i) { return sameContent(i, index); }))
      continue;
    if (!need(countDuplicates(is.name, index, traits_))) return false;
  }
  for (const auto& fk : is.foreignKeys) {
    if (any(was.foreignKeys,
            [&](const auto& f) { return f.columns == fk.columns && f.table == fk.table; }))
      continue;
    // Columns that come with it are empty.
    if (!any(fk.columns, [&](const auto& c) { return was.findColumn(c) != nullptr; })) continue;
    if (!need(countOrphans(is.name, fk, traits_))) return false;
  }
  return true;
}

}  // namespace cambium::plan
