// A reference that leads to another entity, by a `convert`. Until contract each form is a column
// with a foreign key of its own. A row that goes must not take with it, or empty, what the other
// version knows nothing of: so of the two only the one acts whose version is the active one, and
// what the other one refers to stays.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

using catalog::ForeignKey;

std::string tableNow(const Context& c, const std::string& oldTable) {
  const auto at = c.newTableOf.find(oldTable);
  return at == c.newTableOf.end() ? oldTable : at->second;
}

bool actsOn(const std::string& action) {
  return action == "CASCADE" || action == "SET NULL" || action == "SET DEFAULT";
}
bool acts(const ForeignKey& fk) {
  return actsOn(fk.onDelete) || actsOn(fk.onUpdate);
}

const Group* groupOf(const TableForms& f, const ForeignKey& ofNew) {
  const auto* column = f.findNew(ofNew.columns.front());
  return !column || column->group < 0 ? nullptr : &f.groups[static_cast<size_t>(column->group)];
}

// Its rows under the names before the switch.
ForeignKey before(const Context& c, const TableForms& f, const ForeignKey& ofNew) {
  ForeignKey out = overNamesBefore(c, ofNew);
  for (auto& name : out.columns) name = f.newName(name, When::before);
  return out;
}

}  // namespace

const ForeignKey* ledElsewhere(const Context& c, const TableForms& f, const ForeignKey& ofNew) {
  const Group* group = groupOf(f, ofNew);
  if (!group || !group->lookedUpIn.empty() || group->from.size() != 1 || ofNew.columns.size() != 1)
    return nullptr;
  const auto was = std::ranges::find(f.from->foreignKeys, group->from, &ForeignKey::columns);
  return was == f.from->foreignKeys.end() || tableNow(c, was->table) == ofNew.table ? nullptr
                                                                                    : &*was;
}

bool leadsBoth(Context& c, const TableForms& f, const ForeignKey& was, const ForeignKey& ofNew) {
  const auto& property = c.b()[f.findNew(ofNew.columns.front())->property];
  const auto refuse = [&](const std::string& why, const char* help) {
    c.sink.add(report<Code::EVO051>(property.span, c.b()[f.newEntity].name, property.name)
                   .under(why)
                   .help(help));
    return false;
  };
  const auto at = c.oldTableOf.find(ofNew.table);
  if (!c.plan.before.findTable(at == c.oldTableOf.end() ? ofNew.table : at->second))
    return refuse(fmt::format("`{}` comes in the same version, and has no rows yet",
                              c.b()[property.target].name),
                  "let it come in a version of its own, before this one");
  for (const auto& table : {ofNew.table, tableNow(c, was.table)})
    if (changesOver(c, table))
      return refuse(fmt::format("the key of `{}` changes in the same version", table),
                    "change the key in a version of its own");
  return true;
}

ForeignKey keeping(ForeignKey fk) {
  // Looked at when the statement is done: what goes by another way in the same statement may.
  if (actsOn(fk.onDelete)) fk.onDelete = "NO ACTION";
  if (actsOn(fk.onUpdate)) fk.onUpdate = "NO ACTION";
  return fk;
}

void takeOver(Context& c, const TableForms& f, const ForeignKey& was, const ForeignKey& own,
              size_t change, Span cause) {
  if (!acts(was) && !acts(own)) return;
  const auto& table = f.from->name;
  ForeignKey past = was;
  for (auto& name : past.columns) name = f.oldName(name, When::after);
  struct Turn {
    ForeignKey from, to, counted;
  };
  std::vector<Turn> turns;
  if (acts(was)) turns.push_back({past, keeping(past), was});
  if (acts(own)) turns.push_back({keeping(own), own, before(c, f, own)});
  std::string title;
  for (const auto& [from, to, counted] : turns)
    title += fmt::format("{}{}: on delete {}", title.empty() ? table + "." : ", ",
                         joined(to.columns, ", "), to.onDelete);
  // Rows may have come while the database did not look: it would refuse the other one half way.
  for (const auto& [from, to, counted] : turns)
    addVerify(
        c, f, table + "." + joined(counted.columns, ","), countOrphans(table, counted, c.traits),
        fmt::format("rows of {} whose {} refer to nothing", table, joined(counted.columns, ", ")),
        change, cause);
  auto& node = c.add(Transition::foreignKeyExchange, table, table + "." + joined(own.columns, ","),
                     title, change, cause);
  for (const auto& [from, to, counted] : turns) {
    node.operations.push_back(DropForeignKey{table, from});
    node.operations.push_back(AddForeignKey{table, to});
    ForeignKey now = counted;
    now.columns = to.columns;
    node.undoFirst.push_back(Verify{
        table, countOrphans(table, now, c.traits),
        fmt::format("rows of {} whose {} refer to nothing", table, joined(to.columns, ", "))});
  }
}

void verifyTargets(Context& c, const TableForms& f) {
  const auto& table = f.from->name;
  for (const auto& fk : f.to->foreignKeys) {
    const Group* group = groupOf(f, fk);
    if (!group || !group->bareUp || fk.columns.size() != 1 || changesOver(c, fk.table)) continue;
    const auto target = before(c, f, fk);
    if (!c.plan.before.findTable(target.table)) continue;  // it comes with this version
    const auto at = std::ranges::find(group->to, fk.columns.front()) - group->to.begin();
    const auto values = group->up(oldColumns(c, f, When::before, c.quote(table) + "."));
    const auto count =
        countRows(table, leadsNowhere(values[static_cast<size_t>(at)], target, c.traits), c.traits);
    auto& node = c.add(Transition::verifyFirst, table, table + "." + joined(target.columns, ","),
                       fmt::format("no rows of {} whose new {} would refer to no row of {}", table,
                                   joined(fk.columns, ", "), target.table),
                       group->change, group->cause);
    node.operations.push_back(Verify{
        table, count,
        fmt::format("rows of {} whose new {} would refer to no row of {}", table,
                    joined(fk.columns, ", "), target.table),
        fmt::format("write the rows of {} that they are to refer to, or let `up` make something "
                    "else of them",
                    target.table)});
  }
}

}  // namespace cambium::plan
