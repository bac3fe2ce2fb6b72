// The primary key of a table that both versions have, where it changes. Until contract rows are
// known by the old key, and a unique index over the new one stands beside it; then the key and
// every foreign key to it change over in one step. Both versions must be able to tell each row by
// its own key all the while, so the old key lives on in the new version (its columns kept or
// renamed, and still unique), or the database itself makes it up.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

using catalog::ForeignKey;
using catalog::Index;

bool contains(const std::vector<std::string>& list, std::string_view x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}
bool within(const std::vector<std::string>& some, const std::vector<std::string>& all) {
  return std::all_of(some.begin(), some.end(),
                     [&](const std::string& name) { return contains(all, name); });
}

Index uniqueOver(const std::vector<std::string>& columns, std::string name) {
  Index out;
  out.name = std::move(name);
  for (const auto& column : columns) out.parts.push_back({column, "", false});
  out.unique = true;
  return out;
}

// The new column in which an old one lives on under another name (or with renamed values), and
// back.
const NewColumn* twinOf(const TableForms& f, const OldColumn& column) {
  if (column.kept) return f.findNew(column.column->name);
  if (column.group < 0) return nullptr;
  const auto& group = f.groups[static_cast<size_t>(column.group)];
  if (group.bareUp || !group.down || group.from.size() != group.to.size()) return nullptr;
  const auto at =
      std::find(group.from.begin(), group.from.end(), column.column->name) - group.from.begin();
  return f.findNew(group.to[static_cast<size_t>(at)]);
}
const OldColumn* sameValue(const TableForms& f, const NewColumn& column) {
  if (column.source == NewColumn::Source::kept) return f.findOld(column.column->name);
  if (column.group < 0) return nullptr;
  const auto& group = f.groups[static_cast<size_t>(column.group)];
  if (!group.identity) return nullptr;
  const auto at =
      std::find(group.to.begin(), group.to.end(), column.column->name) - group.to.begin();
  return f.findOld(group.from[static_cast<size_t>(at)]);
}

bool madeUp(const OldColumn& column) {
  return column.column->autoIncrement || !column.column->defaultSql.empty();
}

// What stands in the way of the change, "" = nothing.
std::string obstacle(const Context& c, const TableForms& f) {
  std::vector<std::string> livesOn;
  bool made = false;
  for (const auto& name : f.from->primaryKey) {
    const auto* column = f.findOld(name);
    const auto* twin = column ? twinOf(f, *column) : nullptr;
    if (column && column->group >= 0 && column->column->autoIncrement &&
        !c.traits.triggersSeeCounted) {
      return fmt::format(
          "`{}` counts by itself, and no trigger is told the number before the row is there", name);
    }
    if (twin && twin->column->notNull) {
      livesOn.push_back(twin->column->name);
    } else if (column && column->group < 0 && madeUp(*column)) {
      made = true;
    } else {
      return fmt::format(
          "the new version has no value for `{}`, by which the old one knows the rows", name);
    }
  }
  const bool unique =
      made || within(f.to->primaryKey, livesOn) ||
      std::any_of(f.to->indexes.begin(), f.to->indexes.end(), [&](const Index& index) {
        return index.unique && index.whereSql.empty() &&
               std::all_of(index.parts.begin(), index.parts.end(), [&](const auto& part) {
                 return !part.column.empty() && contains(livesOn, part.column);
               });
      });
  if (!unique) {
    return fmt::format(
        "the old version knows the rows by ({}) alone, and the new one may write it twice",
        joined(livesOn, ", "));
  }
  for (const auto& name : f.to->primaryKey) {
    const auto* column = f.findNew(name);
    if (!column) return fmt::format("`{}` is no column of its own", name);
    if (column->source == NewColumn::Source::added && column->column->autoIncrement)
      return fmt::format("`{}` counts by itself, and the rows that are there have no number", name);
  }
  if (f.keyDemoted) {
    for (const auto& option : f.from->options) {
      if (contains(c.traits.optionsOfKeyedTables, option))
        return fmt::format("a table {} always has its key", option);
    }
  }
  return {};
}

void refuse(Context& c, const TableForms& f, const std::string& under) {
  const auto& entity = c.b()[f.newEntity];
  c.sink.add(report<Code::EVO050>(entity.key.span ? entity.key.span : entity.span, entity.name)
                 .under(under)
                 .help("keep the key and its columns (`@column(\"…\")` keeps the old column's name "
                       "under a new property), or add a new entity and move over to it"));
}

// Each column of the old key, or the one that takes its place, has a value: who writes a row knows
// one of its keys.
std::string someKeyGiven(const Context& c, const TableForms& f) {
  std::string out;
  for (const auto& name : f.from->primaryKey) {
    const auto& column = *f.findOld(name);
    if (!column.relaxed) continue;
    out += fmt::format("{}({} IS NOT NULL OR {} IS NOT NULL)", out.empty() ? "" : " AND ",
                       c.quote(name), c.quote(twinOf(f, column)->middle));
  }
  return out;
}

std::string indexName(const Context& c, const TableForms& f, const char* which) {
  return catalog::derivedName("cambium_key", {f.from->name, which}, c.traits.maxIdentifierBytes);
}

std::vector<std::string> names(const std::vector<std::string>& columns,
                               const std::function<std::string(const std::string&)>& nameOf) {
  std::vector<std::string> out;
  for (const auto& column : columns) out.push_back(nameOf(column));
  return out;
}

const TableForms* formsOf(const Context& c, const std::string& newTable) {
  const auto at = c.forms.find(newTable);
  return at == c.forms.end() ? nullptr : at->second;
}

}  // namespace

std::vector<std::string> TableForms::oldKey(When when) const {
  return names(from->primaryKey, [&](const auto& name) { return oldName(name, when); });
}
std::vector<std::string> TableForms::rowKey(When when) const {
  auto out = oldKey(when);
  if (!keyDemoted) return out;
  for (const auto& name : to->primaryKey) {
    auto now = newName(name, when);
    if (!contains(out, now)) out.push_back(std::move(now));
  }
  return out;
}

void checkKey(Context& c, TableForms& f) {
  f.newKey = f.from->primaryKey != f.to->primaryKey;
  for (const auto& name : f.from->primaryKey) {
    const auto* column = f.findOld(name);
    f.newKey = f.newKey || !column || !column->kept;
    const auto* stays = column && column->kept ? f.findNew(name) : nullptr;
    f.keyGrows = f.keyGrows || (stays && stays->column->type != column->column->type);
    f.keyDemoted = f.keyDemoted || (column && column->relaxed);
  }
  if (!f.newKey) return;
  if (f.from->primaryKey.empty() || f.to->primaryKey.empty())
    return refuse(c, f, "one of the versions has none");
  if (auto why = obstacle(c, f); !why.empty()) refuse(c, f, why);
}

namespace {

// What is to be the key holds no value twice, and from then on none can come.
void addUnique(Context& c, const TableForms& f, const std::string& element,
               const std::vector<std::string>& columns, const Index& index, size_t change,
               Span cause) {
  const auto& table = f.from->name;
  addVerify(c, f, element, countDuplicates(table, index, c.traits),
            fmt::format("values of ({}) that occur twice in what is to be the key of {}",
                        joined(columns, ", "), table),
            change, cause);
  c.add(Transition::uniqueAdd, table, element,
        fmt::format("{}: unique {}, to be its key", table, joined(columns, ", ")), change, cause)
      .operations = {CreateIndex{table, index}};
}

}  // namespace

const Index* standsForKey(const TableForms& f) {
  const auto& key = f.to->primaryKey;
  const bool kept = std::ranges::all_of(key, [&](const std::string& name) {
    const auto* column = f.findNew(name);
    return column && column->source == NewColumn::Source::kept && column->column->notNull &&
           f.findOld(name)->column->notNull;
  });
  if (!f.newKey || !kept || key == f.from->primaryKey) return nullptr;
  for (const auto& index : f.from->indexes) {
    if (index.unique && !index.constraint && plainColumns(index) == key) return &index;
  }
  return nullptr;
}

bool madeForKey(const Context& c, const TableForms& f) {
  if (!f.newKey || f.to->primaryKey.size() != 1) return false;
  const auto* column = f.findNew(f.to->primaryKey.front());
  if (!column || column->source != NewColumn::Source::added ||
      column->middle != column->column->name || !column->column->generatedSql.empty())
    return false;
  const auto& property = c.b()[column->property];
  const auto& value = property.defaultValue;
  if (property.kind != ir::PropertyKind::value || !value || value->kind != ir::ExprKind::call ||
      value->function != ir::Function::uuid)
    return false;
  if (!c.changes.migration) return true;
  const auto& entity = c.b()[f.newEntity].name;
  return std::ranges::none_of(c.changes.migration->fills, [&](const ir::FillRule& rule) {
    return rule.to.entity == entity && rule.to.property == property.name;
  });
}

bool uniqueAhead(const Context& c, const TableForms& f) {
  return madeForKey(c, f) && std::ranges::any_of(c.plan.after.tables, [&](const auto& table) {
           return table.name != f.to->name &&
                  std::ranges::any_of(table.foreignKeys,
                                      [&](const ForeignKey& fk) { return fk.table == f.to->name; });
         });
}

void addKey(Context& c, const TableForms& f) {
  if (!f.newKey) return;
  const auto& table = f.from->name;
  const auto& entity = c.b()[f.newEntity];
  const auto& causes = c.causes.entityTo[f.newEntity.index()];
  size_t change = pickChange<diff::ChangeKey>(c.changes, causes);
  const auto& moved = f.findNew(f.to->primaryKey.front())->property;
  if (change == Node::kNoChange && !c.causes.propertyTo[moved.index()].empty())
    change = c.causes.propertyTo[moved.index()].front();
  const Span cause = entity.key.span ? entity.key.span : entity.span;
  const auto element = table + " key";

  const auto before =
      names(f.to->primaryKey, [&](const auto& name) { return f.newName(name, When::before); });
  const auto* standing = standsForKey(f);
  const auto fresh = standing ? *standing : uniqueOver(before, indexName(c, f, "new"));
  const bool stays = standing && std::ranges::any_of(f.to->indexes, [&](const Index& index) {
                       return sameContent(index, *standing);
                     });
  if (uniqueAhead(c, f)) {
    // Over a column that is empty still: nothing to verify, and references can lead to it.
    auto& node = c.add(Transition::columnAdd, table, element,
                       fmt::format("{}: unique {}, to be its key", table, joined(before, ", ")),
                       change, cause);
    node.operations = {CreateIndex{table, fresh}};
    node.needs.push_back("column:" + table + "." + before.front());
    node.provides.push_back("unique:" + f.to->name);
  } else if (!standing) {
    addUnique(c, f, element, before, fresh, change, cause);
  }

  const auto oldBefore = f.oldKey(When::before), oldAfter = f.oldKey(When::after);
  auto& settle = c.add(Transition::keySettle, table, element,
                       fmt::format("{}: key {} instead of {}", f.to->name,
                                   joined(f.to->primaryKey, ", "), joined(oldAfter, ", ")),
                       change, cause);
  const size_t settled = c.nodes.size() - 1;
  settle.needs.push_back("old key:" + f.to->name);
  settle.provides.push_back("new key:" + f.to->name);
  settle.operations.push_back(
      AlterKey{f.to->name,
               f.keyDemoted ? std::vector<std::string>{} : oldAfter,
               f.to->primaryKey,
               {},
               stays ? std::nullopt : std::optional(uniqueOver(f.to->primaryKey, fresh.name))});
  if (!f.keyDemoted) return;
  const auto held = uniqueOver(oldBefore, indexName(c, f, "old"));
  const catalog::Check given{indexName(c, f, "given"), someKeyGiven(c, f)};
  c.plan.duties.relaxed.push_back({table, given.sql});
  c.plan.duties.outgrown.push_back({table, given.sql});
  c.add(Transition::keyRelax, table, element,
        fmt::format("{}: {} unique, so that it may be filled by a trigger", table,
                    joined(oldBefore, ", ")),
        change, cause)
      .operations = {AlterKey{table, oldBefore, {}, held, {}}, AddCheck{table, given}};
  auto& gone = c.nodes[settled].operations;
  gone.push_back(DropIndex{f.to->name, uniqueOver(oldAfter, held.name)});
  gone.push_back(DropCheck{f.to->name, given});
}

std::optional<ForeignKey> untilContract(const Context& c, ForeignKey fk) {
  const auto* target = formsOf(c, fk.table);
  if (!target || !target->newKey) return fk;
  if (standsForKey(*target)) {
    fk.onUpdate = "CASCADE";  // applications of the old version may change what is to be the key
    return fk;
  }
  // Applications of the old version do not know of it, and so never change it.
  if (uniqueAhead(c, *target)) return fk;
  for (auto& name : fk.tableColumns) {
    const auto* column = target->findNew(name);
    const auto* old = column ? sameValue(*target, *column) : nullptr;
    if (!old) return std::nullopt;
    name = old->column->name;
  }
  const bool known = within(fk.tableColumns, target->from->primaryKey) &&
                     fk.tableColumns.size() == target->from->primaryKey.size();
  return known ? std::optional(std::move(fk)) : std::nullopt;
}

bool changesOver(const Context& c, const std::string& newTable) {
  const auto* target = formsOf(c, newTable);
  return target && (target->newKey || target->keyGrows);
}

ForeignKey overNamesBefore(const Context& c, ForeignKey fk) {
  if (const auto* target = formsOf(c, fk.table)) {
    for (auto& name : fk.tableColumns) name = target->newName(name, When::before);
  }
  fk.table = c.tableBefore(fk.table);
  return fk;
}

ForeignKey overNamesAfter(const Context& c, ForeignKey fk) {
  if (const auto* target = formsOf(c, fk.table)) {
    for (auto& name : fk.tableColumns) name = target->oldName(name, When::after);
  }
  return fk;
}

void cannotFollow(Context& c, const std::string& newTable, const std::string& who,
                  const std::string& why) {
  if (const auto* target = formsOf(c, newTable))
    refuse(c, *target, fmt::format("`{}` refers to it: {}", who, why));
}

void changeOver(Context& c, const std::string& table, const std::string& tableAfter,
                const std::optional<ForeignKey>& now, const std::optional<ForeignKey>& then,
                size_t change, Span cause) {
  const auto& fk = now ? *now : *then;
  const auto element = tableAfter + "." + joined(fk.columns, ",");
  const auto title =
      fmt::format("{}: {} refers to {}", tableAfter, joined(fk.columns, ", "), fk.table);
  if (now) {
    // What comes back, or leaves with its column, goes without saying.
    const bool tableGoes = !then && !formsOf(c, tableAfter);
    auto& node = c.add(Transition::foreignKeyLeave, table, element,
                       tableGoes ? title + " no longer" : std::string(), change, cause);
    node.operations = {DropForeignKey{tableAfter, overNamesAfter(c, *now)}};
    node.provides.push_back("old key:" + fk.table);
  }
  if (then) {
    auto& node =
        c.add(Transition::foreignKeyRejoin, table, element,
              fmt::format("{} by {}", title, joined(then->tableColumns, ", ")), change, cause);
    node.operations = {AddForeignKey{tableAfter, *then}};
    node.needs.push_back("new key:" + fk.table);
  }
  contractTogether(c, table, formsOf(c, fk.table)->from->name);
}

void contractTogether(Context& c, const std::string& a, const std::string& b) {
  const auto mine = contractsAs(c, a), theirs = contractsAs(c, b);
  if (mine != theirs) c.contractsWith[std::max(mine, theirs)] = std::min(mine, theirs);
}

std::string contractsAs(const Context& c, std::string table) {
  for (auto at = c.contractsWith.find(table); at != c.contractsWith.end();
       at = c.contractsWith.find(table))
    table = at->second;
  return table;
}

}  // namespace cambium::plan
