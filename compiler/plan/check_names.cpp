// What checks are called, and one that only gets another name.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/names.h"
#include "compiler/plan/middle.h"

namespace cambium::plan {

std::string checkName(const ir::Entity& entity, size_t at, const std::string& table,
                      const catalog::Traits& traits) {
  const auto& check = entity.checks[at];
  if (!check.databaseName.empty()) return check.databaseName;
  std::string name = check.name;
  if (name.empty()) {  // its place among the unnamed ones
    const auto unnamed = std::count_if(entity.checks.begin(),
                                       entity.checks.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                                       [](const ir::Check& c) { return c.name.empty(); });
    name = std::to_string(unnamed);
  }
  return catalog::derivedName("ck", {table, name}, traits.maxIdentifierBytes);
}

bool renameCheck(Context& c, const TableForms& f, catalog::Check was, const catalog::Check& is,
                 size_t change) {
  const auto has = [](const catalog::Table& table, const std::string& name) {
    return std::ranges::find(table.checks, name, &catalog::Check::name) != table.checks.end();
  };
  if (!c.traits.renameCheck || was.name.empty() || is.name.empty() || has(*f.to, was.name) ||
      has(*f.from, is.name))
    return false;
  const auto& entity = c.b()[f.newEntity];
  Span cause = entity.span;
  const auto isIt = [&](size_t at) {
    return at < entity.checks.size() && checkName(entity, at, f.to->name, c.traits) == is.name;
  };
  for (size_t i = 0; i < entity.checks.size(); ++i)
    if (isIt(i)) cause = entity.checks[i].span;
  for (const size_t i : c.causes.entityTo[f.newEntity.index()])
    if (const auto* x = std::get_if<diff::RenameCheck>(&c.changes.changes[i]); x && isIt(x->is))
      change = i;
  const auto& table = f.to->name;
  was.sql = is.sql;
  c.add(Transition::checkSettle, f.from->name, table + "." + is.name,
        fmt::format("{}: {} {} -> {}", table, is.isExclusion() ? "exclusion" : "check", was.name,
                    is.name),
        change, cause)
      .operations = {RenameCheck{table, was, is.name}};
  return true;
}

}  // namespace cambium::plan
