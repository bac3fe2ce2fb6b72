// A reference that leads to another entity, by a `convert`, a `split` or a `merge`, or that comes
// over values which are there. Until contract each form is a column with a foreign key of its own.
// A row that goes must not take with it, or empty, what the other version knows nothing of: so of
// the two only the one acts whose version is the active one, and what the other one refers to
// stays.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

using catalog::ForeignKey;

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

const ir::Property& propertyOf(const Context& c, const TableForms& f, const ForeignKey& ofNew) {
  return c.b()[f.findNew(ofNew.columns.front())->property];
}

void refuse(Context& c, const TableForms& f, const ForeignKey& ofNew, const std::string& why,
            const char* help) {
  const auto& property = propertyOf(c, f, ofNew);
  c.sink.add(report<Code::EVO051>(property.span, c.b()[f.newEntity].name, property.name)
                 .under(why)
                 .help(help));
}

// Refused then: what is to be looked up by another key cannot lead elsewhere, too.
bool keyChanges(Context& c, const TableForms& f, const ForeignKey& ofNew,
                const std::string& table) {
  if (!changesOver(c, table)) return false;
  refuse(c, f, ofNew, fmt::format("the key of `{}` changes in the same version", table),
         "change the key in a version of its own");
  return true;
}

bool isOneOf(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// Applications of both versions expect of the two what either does.
bool alike(const Context& c, const ForeignKey& was, const ForeignKey& is) {
  return c.tableAfter(was.table) == is.table && was.onDelete == is.onDelete &&
         was.onUpdate == is.onUpdate;
}

// Whether it does something to rows in which it has values of the old version, and not just what a
// foreign key over these does.
bool waitsForSwitch(const Context& c, const TableForms& f, const ForeignKey& ofNew) {
  const auto* column = f.findNew(ofNew.columns.front());
  if (!acts(ofNew) || !column || (column->group < 0 && column->fill < 0)) return false;
  // Of a table that comes in this version, old applications delete nothing.
  if (!c.plan.before.findTable(c.tableBefore(ofNew.table))) return false;
  const auto* group = groupOf(f, ofNew);
  if (!group) return true;
  bool expected = false;
  for (const auto& was : f.from->foreignKeys) {
    if (!std::ranges::any_of(was.columns,
                             [&](const auto& name) { return isOneOf(group->inputs, name); }))
      continue;
    if (!alike(c, was, ofNew)) return true;
    expected = true;
  }
  return !expected;
}

// The foreign keys that act on what goes with the old version, and that nothing of the new one
// takes the place of: they go with the first of those over the same values.
std::vector<const ForeignKey*> leaving(const Context& c, const TableForms& f,
                                       const ForeignKey& ofNew) {
  const Group* group = groupOf(f, ofNew);
  std::vector<const ForeignKey*> now, out;
  for (const auto& fk : f.to->foreignKeys)
    if (group && groupOf(f, fk) == group) now.push_back(&fk);
  if (now.empty() || now.front()->columns != ofNew.columns) return out;
  for (const auto& was : f.from->foreignKeys)
    if (acts(was) &&
        std::ranges::all_of(was.columns,
                            [&](const auto& name) { return isOneOf(group->from, name); }) &&
        std::ranges::none_of(now, [&](const auto* is) { return alike(c, was, *is); }))
      out.push_back(&was);
  return out;
}

// Its rows under the names before the switch.
ForeignKey before(const Context& c, const TableForms& f, const ForeignKey& ofNew) {
  ForeignKey out = overNamesBefore(c, ofNew);
  for (auto& name : out.columns) name = f.newName(name, When::before);
  return out;
}

// What it refers to stays, and nobody's rows go with it.
ForeignKey keeping(const Context& c, ForeignKey fk) {
  // Looked at when the statement is done: what goes by another way in the same statement may.
  if (actsOn(fk.onDelete)) fk.onDelete = "NO ACTION";
  if (actsOn(fk.onUpdate)) fk.onUpdate = "NO ACTION";
  if (!c.traits.settleTable) return fk;
  catalog::Table table;
  table.foreignKeys.push_back(std::move(fk));
  c.traits.settleTable(table);
  return std::move(table.foreignKeys.front());
}

}  // namespace

const ForeignKey* ledElsewhere(const Context& c, const TableForms& f, const ForeignKey& ofNew) {
  const Group* group = groupOf(f, ofNew);
  if (!group || !group->lookedUpIn.empty() || group->from.size() != 1 || ofNew.columns.size() != 1)
    return nullptr;
  const auto was = std::ranges::find(f.from->foreignKeys, group->from, &ForeignKey::columns);
  return was == f.from->foreignKeys.end() || c.tableAfter(was->table) == ofNew.table ? nullptr
                                                                                     : &*was;
}

bool leadsBoth(Context& c, const TableForms& f, const ForeignKey& was, const ForeignKey& ofNew) {
  if (!c.plan.before.findTable(c.tableBefore(ofNew.table))) {
    const auto& target = c.b()[propertyOf(c, f, ofNew).target].name;
    refuse(c, f, ofNew, fmt::format("`{}` comes in the same version, and has no rows yet", target),
           "let it come in a version of its own, before this one");
    return false;
  }
  for (const auto& table : {ofNew.table, c.tableAfter(was.table)})
    if (keyChanges(c, f, ofNew, table)) return false;
  return true;
}

std::optional<ForeignKey> takeOver(Context& c, const TableForms& f, const ForeignKey& ofNew,
                                   const ForeignKey& own, size_t change, Span cause) {
  if (const Group* group = groupOf(f, ofNew); group && !group->lookedUpIn.empty())
    return std::nullopt;
  const auto& table = f.from->name;
  struct Turn {
    ForeignKey from, to, counted;
  };
  std::vector<Turn> turns;
  for (const auto* was : leaving(c, f, ofNew)) {
    // Its own way to the key that changes has been laid without knowing of this.
    if (keyChanges(c, f, ofNew, c.tableAfter(was->table))) return std::nullopt;
    ForeignKey past = *was;
    for (auto& name : past.columns) name = f.oldName(name, When::after);
    turns.push_back({past, keeping(c, past), *was});
  }
  std::optional<ForeignKey> meanwhile;
  if (waitsForSwitch(c, f, ofNew)) {
    meanwhile = keeping(c, own);
    // It follows a key that changes, until contract.
    if (own.onUpdate != ofNew.onUpdate) meanwhile->onUpdate = own.onUpdate;
    turns.push_back({*meanwhile, own, before(c, f, own)});
  }
  if (turns.empty()) return std::nullopt;
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
  return meanwhile;
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
