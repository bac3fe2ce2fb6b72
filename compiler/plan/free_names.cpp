// Whether a table and its columns can be found under the names of both versions at once.
#include <fmt/core.h>

#include "compiler/catalog/names.h"
#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

void sameButForCase(Context& c, Span at, const std::string& from, const std::string& to,
                    std::string_view annotation) {
  c.sink.add(
      report<Code::EVO058>(at, from, to, c.traits.displayName)
          .help(fmt::format("keep the name in the database with `@{}(\"{}\")`", annotation, from)));
}

// Both names of a column, or of a table, are there at once.
void checkCase(Context& c, const TableForms& f) {
  if (c.traits.foldsTableCase && f.renamed() &&
      catalog::folded(f.from->name) == catalog::folded(f.to->name))
    sameButForCase(c, c.b()[f.newEntity].span, f.from->name, f.to->name, "table");
  if (!c.traits.foldsColumnCase) return;
  for (const auto& old : f.old)
    for (const auto& fresh : f.fresh)
      if (old.column->name != fresh.column->name &&
          catalog::folded(old.column->name) == catalog::folded(fresh.column->name))
        sameButForCase(c, c.b()[fresh.property].span, old.column->name, fresh.column->name,
                       "column");
}

void checkTableName(Context& c, const TableForms& f) {
  if (!f.renamed()) return;
  const bool taken = c.plan.before.findTable(f.to->name) || c.plan.after.findTable(f.from->name);
  if (taken || !c.traits.insteadOfTriggers) {
    const char* why =
        taken ? "another table has or had this name, and both versions must find theirs during "
                "the rollout"
              : "this database cannot show one table under two names to both versions";
    c.sink.add(
        report<Code::EVO052>(c.b()[f.newEntity].span, f.from->name, f.to->name)
            .under(why)
            .help(fmt::format(
                "keep the old name of the table with `@table(\"{}\")`, or publish two versions: "
                "first one that frees the name",
                f.from->name)));
  }
}

}  // namespace

void checkNames(Context& c, const TableForms& f) {
  checkTableName(c, f);
  checkCase(c, f);
}

}  // namespace cambium::plan
