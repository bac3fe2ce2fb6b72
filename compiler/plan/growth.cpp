#include "compiler/plan/growth.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/lookups.h"
#include "compiler/plan/sql_text.h"

namespace cambium::plan {
namespace {

using catalog::Column;
using catalog::Table;

bool contains(const std::vector<std::string>& list, const std::string& x) {
  return std::ranges::find(list, x) != list.end();
}

// Others hold its values, too, or find rows by it: they would have to grow with it.
bool isOfAKey(const catalog::Catalog& catalog, const Table& table, const std::string& column) {
  if (contains(table.primaryKey, column)) return true;
  for (const auto& other : catalog.tables)
    for (const auto& fk : other.foreignKeys)
      if ((other.name == table.name && contains(fk.columns, column)) ||
          (fk.table == table.name && contains(fk.tableColumns, column)))
        return true;
  return false;
}

// What is computed from it, or indexed beside others, may be bound to how wide it is.
bool isBuiltUpon(const Table& table, const std::string& column, const catalog::Traits& traits) {
  const auto computed = [&](const Column& other) {
    return contains(identifiersIn(other.generatedSql, traits), column);
  };
  const auto beside = [&](const catalog::Index& index) {
    return index.parts.size() > 1 &&
           std::ranges::find(index.parts, column, &catalog::IndexPart::column) != index.parts.end();
  };
  return std::ranges::any_of(table.columns, computed) || std::ranges::any_of(table.indexes, beside);
}

// SQL speaks of it: of the table itself, or of views and policies that look at the table.
bool isSpokenOf(const catalog::Catalog& catalog, const Table& table, const std::string& column,
                const catalog::Traits& traits) {
  const auto named = [&](std::string_view sql) {
    return contains(identifiersIn(sql, traits), column);
  };
  const auto looked = [&](const catalog::View& view) {
    return contains(identifiersIn(view.sql, traits), table.name) && named(view.sql);
  };
  const auto part = [&](const catalog::IndexPart& p) { return named(p.sql); };
  const auto index = [&](const catalog::Index& i) {
    return named(i.whereSql) || std::ranges::any_of(i.parts, part);
  };
  const auto lookedAt = [&](const Table& other) {
    return std::ranges::any_of(other.policies, [&](const catalog::Policy& policy) {
      return catalog::looksAt(policy, table.name, column, traits);
    });
  };
  return std::ranges::any_of(table.checks, named, &catalog::Check::sql) ||
         std::ranges::any_of(table.columns, named, &Column::generatedSql) ||
         std::ranges::any_of(table.indexes, index) || !table.policies.empty() ||
         std::ranges::any_of(catalog.views, looked) ||
         std::ranges::any_of(catalog.tables, lookedAt);
}

}  // namespace

bool growsAtOnce(const Context& c, const Table& from, const Table& to, const Column& was,
                 const Column& is) {
  if (!c.traits.outgrows || !c.traits.outgrows(was.type, is.type, c.quote(was.name))) return false;
  // One thing at a time: what else changes about it has a way of its own.
  if (was.notNull != is.notNull || was.autoIncrement || is.autoIncrement ||
      !was.generatedSql.empty() || !is.generatedSql.empty())
    return false;
  if (isOfAKey(c.plan.before, from, was.name) || isOfAKey(c.plan.after, to, is.name)) return false;
  if (c.traits.growsWhereSpokenOf)
    return !isBuiltUpon(from, was.name, c.traits) && !isBuiltUpon(to, is.name, c.traits);
  return !isSpokenOf(c.plan.before, from, was.name, c.traits) &&
         !isSpokenOf(c.plan.after, to, is.name, c.traits);
}

void addGrowth(Context& c, const TableForms& f, Column& column, const Column& is, size_t change,
               Span cause) {
  const auto& table = f.from->name;
  auto& node = c.add(Transition::shapeRelax, table, table + "." + column.name,
                     fmt::format("{}.{} grows to {}", table, column.name, is.type), change, cause);
  const auto unfit = *c.traits.outgrows(column.type, is.type, c.quote(column.name));
  node.undoFirst.push_back(
      Verify{table, countRows(table, unfit, c.traits),
             fmt::format("rows of {} whose {} does not fit {}, which the old version has", table,
                         column.name, column.type)});
  const Column was = column;
  column.type = is.type;
  node.operations.push_back(AlterColumn{table, was, column});
}

}  // namespace cambium::plan
