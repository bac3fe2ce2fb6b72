#include "compiler/plan/online.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/base/result.h"
#include "compiler/catalog/lookups.h"
#include "compiler/catalog/names.h"
#include "compiler/plan/sql_text.h"

namespace cambium::plan {

using catalog::Catalog;
using catalog::Check;
using catalog::Column;
using catalog::ForeignKey;
using catalog::Table;

void Online::begin(const std::vector<Operation>& operations) {
  created_.clear();
  dropped_.clear();
  keys_.clear();
  for (const auto& op : operations) {
    if (const auto* create = std::get_if<CreateTable>(&op)) created_.insert(create->table.name);
    if (const auto* drop = std::get_if<DropTable>(&op)) dropped_.insert(drop->table.name);
    if (const auto* key = std::get_if<AlterKey>(&op))
      for (const auto& column : key->to) keys_.emplace(key->table, column);
  }
}

std::vector<Operation> Online::inParts(const Operation& operation, const Catalog& now) {
  if (const auto* op = std::get_if<CreateTable>(&operation)) return createTable(*op, now);
  if (const auto* op = std::get_if<DropTable>(&operation)) return dropTable(*op, now);
  if (!traits_.constraintBeforeRows) return {operation};
  if (const auto* op = std::get_if<AddColumn>(&operation)) return addColumn(*op);
  if (const auto* op = std::get_if<AddCheck>(&operation); op && !op->check.isExclusion())
    return {addCheck(op->table, op->check)};
  if (const auto* op = std::get_if<AddForeignKey>(&operation))
    return {addForeignKey(op->table, op->foreignKey)};
  if (const auto* op = std::get_if<AlterColumn>(&operation);
      op && !op->from.notNull && op->to.notNull && !keys_.contains({op->table, op->to.name}))
    return require(*op);  // a key is required as soon as it is one
  return {operation};
}

std::vector<Operation> Online::createTable(CreateTable op, const Catalog& now) {
  if (traits_.referenceAhead) return {op};
  std::erase_if(op.table.foreignKeys, [&](const ForeignKey& fk) {
    const bool later =
        fk.table != op.table.name && created_.count(fk.table) && !now.findTable(fk.table);
    if (later) ahead_.push_back(AddForeignKey{op.table.name, fk});
    return later;
  });
  const bool looksAhead = std::ranges::any_of(created_, [&](const std::string& other) {
    return other != op.table.name && !now.findTable(other) &&
           std::ranges::any_of(op.table.policies, [&](const auto& policy) {
             return catalog::looksAt(policy, other, "", traits_);
           });
  });
  if (looksAhead) {
    ahead_.push_back(ChangePolicies{op.table.name, {}, std::move(op.table.policies)});
    op.table.policies.clear();
    op.table.rowSecurity = false;
  }
  return {std::move(op)};
}

std::vector<Operation> Online::dropTable(const DropTable& op, const Catalog& now) {
  std::vector<Operation> out;
  if (!traits_.referenceAhead) {
    for (const auto& table : now.tables) {
      if (table.name == op.table.name || !dropped_.count(table.name)) continue;
      for (const auto& fk : table.foreignKeys)
        if (fk.table == op.table.name) out.push_back(DropForeignKey{table.name, fk});
    }
  }
  out.push_back(op);
  return out;
}

std::vector<Operation> Online::references() {
  return std::exchange(ahead_, {});
}

std::vector<Operation> Online::addColumn(AddColumn op) {
  std::vector<Operation> out = {Operation()};
  if (op.check) out.push_back(addCheck(op.table, *std::exchange(op.check, std::nullopt)));
  // A column without values refers to nothing.
  if (op.foreignKey && !op.column.defaultSql.empty())
    out.push_back(addForeignKey(op.table, *std::exchange(op.foreignKey, std::nullopt)));
  out.front() = std::move(op);
  return out;
}

std::vector<Operation> Online::require(const AlterColumn& op) {
  std::vector<Operation> out;
  Column half = op.to;
  half.notNull = false;
  if (!(half == op.from)) out.push_back(AlterColumn{op.table, op.from, half});
  out.push_back(addCheck(op.table, requiredCheck(op.table, op.to.name)));
  later_.back().column = op.to.name;
  return out;
}

Check Online::requiredCheck(const std::string& table, const std::string& column) const {
  return {catalog::derivedName("ck", {table, column, "required"}, traits_.maxIdentifierBytes),
          traits_.quote(column) + " IS NOT NULL"};
}

std::optional<Step> Online::proveKey(const Table& table, const std::vector<std::string>& key) {
  if (!traits_.constraintBeforeRows) return std::nullopt;
  Step step;
  std::vector<std::string> columns;
  for (const auto& name : key) {
    const auto* column = table.findColumn(name);
    if (!column || column->notNull) continue;
    step.operations.push_back(addCheck(table.name, requiredCheck(table.name, name)));
    columns.push_back(name);
  }
  if (columns.empty()) return std::nullopt;
  step.sign = '+';
  step.kind = ElementKind::check;
  step.element = table.name + "." + columns.front();
  step.title =
      fmt::format("{}: {} in every row that is written", table.name, joined(columns, ", "));
  return step;
}

std::vector<Operation> Online::proven(const std::string& table, const std::vector<std::string>& key,
                                      const Catalog& now) {
  std::vector<Operation> out;
  const auto* found = now.findTable(table);
  if (!found || !traits_.constraintBeforeRows) return out;
  for (const auto& check : found->checks)
    for (const auto& column : key)
      if (check.sql == requiredCheck(table, column).sql) out.push_back(DropCheck{table, check});
  return out;
}

std::vector<Step> Online::loosened(const std::vector<Operation>& step, const Catalog& now) const {
  std::vector<Step> out;
  if (!traits_.constraintBeforeRows) return out;
  const auto stepOf = [&](const std::string& table, ElementKind kind) -> Step& {
    for (auto& one : out)
      if (one.element.starts_with(table + ".")) return one;
    Step& fresh = out.emplace_back();
    fresh.sign = '~';
    fresh.kind = kind;
    fresh.element = table + ".";
    return fresh;
  };
  const auto add = [](Step& to, const std::string& table, const std::string& name, Operation op) {
    const bool first = to.operations.empty();
    if (first) to.element += name;
    to.title = first ? fmt::format("{}: {}", table, name) : to.title + ", " + name;
    to.operations.push_back(std::move(op));
  };
  for (const auto& operation : step) {
    if (const auto* op = std::get_if<DropCheck>(&operation)) {
      const auto* table = now.findTable(op->table);
      if (!table) continue;
      const auto at = std::ranges::find(table->checks, op->check.name, &Check::name);
      if (at == table->checks.end() || !at->validated || at->isExclusion()) continue;
      add(stepOf(op->table, ElementKind::check), op->table, at->name,
          ValidateCheck{op->table, at->name, false});
    } else if (const auto* op = std::get_if<DropForeignKey>(&operation)) {
      const auto* table = now.findTable(op->table);
      if (!table) continue;
      // By its name: its columns may have another one before the step.
      const auto at = std::ranges::find(table->foreignKeys, op->foreignKey.name, &ForeignKey::name);
      if (at == table->foreignKeys.end() || !at->validated || at->name.empty()) continue;
      add(stepOf(op->table, ElementKind::foreignKey), op->table, at->name,
          ValidateForeignKey{op->table, at->name, false});
    }
  }
  for (auto& one : out) one.title += " goes next, and comes back without a look at the rows";
  return out;
}

Operation Online::addCheck(const std::string& table, Check check) {
  check.validated = false;
  later_.push_back({table, check.name, false, ""});
  return AddCheck{table, std::move(check)};
}

Operation Online::addForeignKey(const std::string& table, ForeignKey fk) {
  fk.validated = false;
  later_.push_back({table, fk.name, true, ""});
  return AddForeignKey{table, std::move(fk)};
}

void Online::end(const Step& step) {
  for (; told_ < later_.size(); ++told_) {
    later_[told_].cause = step.cause;
    later_[told_].change = step.change;
  }
}

std::vector<Step> Online::later(Phase phase, const Catalog& now) {
  std::vector<Step> out;
  std::vector<std::string> tables;
  for (const auto& one : later_)
    if (std::ranges::find(tables, one.table) == tables.end()) tables.push_back(one.table);
  for (const auto& name : tables) {
    const auto* table = now.findTable(name);
    Step validate, require;
    std::vector<std::string> what, columns;
    for (const auto& one : later_) {
      if (one.table != name || !table) continue;
      const bool there =
          one.foreignKey ? std::ranges::any_of(table->foreignKeys,
                                               [&](const auto& fk) { return fk.name == one.name; })
                         : std::ranges::any_of(table->checks, [&](const auto& check) {
                             return check.name == one.name;
                           });
      if (!there) continue;  // gone with its column in the same step
      if (validate.operations.empty()) {
        validate.cause = require.cause = one.cause;
        validate.change = require.change = one.change;
        validate.element = name + "." + (one.column.empty() ? one.name : one.column);
        validate.kind = one.foreignKey ? ElementKind::foreignKey : ElementKind::check;
      }
      if (one.foreignKey)
        validate.operations.push_back(ValidateForeignKey{name, one.name});
      else
        validate.operations.push_back(ValidateCheck{name, one.name});
      what.push_back(one.column.empty() ? one.name : one.column + " in every row");
      if (one.column.empty()) continue;
      const Column half = *table->findColumn(one.column);
      Column whole = half;
      whole.notNull = true;
      const auto check = std::ranges::find(table->checks, one.name, &Check::name);
      Check held = *check;
      held.validated = true;
      require.operations.push_back(AlterColumn{name, half, whole});
      require.operations.push_back(DropCheck{name, held});
      columns.push_back(one.column);
    }
    if (validate.operations.empty()) continue;
    validate.phase = require.phase = phase;
    validate.sign = '?';
    validate.title = fmt::format("{}: {} validated", name, joined(what, ", "));
    out.push_back(std::move(validate));
    if (columns.empty()) continue;
    require.sign = '~';
    require.kind = ElementKind::shape;
    require.element = name + "." + columns.front();
    require.title = fmt::format("{}.{} required", name, joined(columns, ", "));
    out.push_back(std::move(require));
  }
  later_.clear();
  told_ = 0;
  return out;
}

}  // namespace cambium::plan
