#include "compiler/plan/blank.h"

#include <algorithm>

#include "compiler/catalog/names.h"

namespace cambium::plan {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view x) {
  return std::ranges::find(list, x) != list.end();
}

// The view below the face shows old columns, too: who asks it in their own name must be allowed to
// read them, and until contract only what the old version grants says so.
bool mayLookBelow(const Context& c, const TableForms& f, const catalog::VersionView& view) {
  const auto whole = [&](const catalog::Grant& grant) {
    return grant.columns.empty() &&
           std::ranges::find(f.from->grants, grant) != f.from->grants.end();
  };
  return !c.traits.faceBelow || view.face.ownerRights || std::ranges::all_of(view.grants, whole);
}

// A check that somebody wrote may refuse an empty column, and the way back comes behind the row.
// What a column's own type makes of it lets it be empty.
bool mayBeRefusedEmpty(const Context& c, const catalog::Table& table, const std::string& column) {
  const auto own = catalog::derivedName("ck", {table.name, column}, c.traits.maxIdentifierBytes);
  return std::ranges::any_of(table.checks, [&](const catalog::Check& check) {
    return check.name != own && contains(identifiersIn(check.sql, c.traits), column);
  });
}

}  // namespace

bool mayStayEmpty(const TableForms& f, const Group& group) {
  return std::ranges::any_of(
      group.to, [&](const std::string& name) { return !f.findNew(name)->column->notNull; });
}

bool looksAtNull(const catalog::Check& check) {
  std::string sql = check.sql;
  for (char& letter : sql)
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  constexpr std::string_view kWords[] = {"COALESCE", "NULL", "CASE", " IS "};
  return std::ranges::any_of(kWords,
                             [&](auto word) { return sql.find(word) != std::string::npos; });
}

// Where the new version has a face, an insert through it is known to be a new application's: what
// stands in an old column by default is not carried over. Nor does it hide that the new form says
// something else, where two values become one. But what the old version requires is left empty only
// if the way back makes something of every value.
void leaveBlank(const Context& c, TableForms& f) {
  const bool told =
      c.traits.facesLeaveBlank && std::ranges::any_of(c.to.faces, [&](const auto& view) {
        return view.face.table == f.to->name && mayLookBelow(c, f, view);
      });
  if (!told) return;
  for (auto& column : f.old) {
    const auto& name = column.column->name;
    if (column.kept || column.group < 0 || column.column->defaultSql.empty() ||
        contains(f.from->primaryKey, name) || mayBeRefusedEmpty(c, *f.from, name))
      continue;
    const auto& group = f.groups[static_cast<size_t>(column.group)];
    const bool followed = group.down && group.fromEach;
    if (!contains(group.from, name) || (column.column->notNull && !followed)) continue;
    column.blank = mayStayEmpty(f, group) || (group.down && !group.oneToOne);
  }
}

}  // namespace cambium::plan
