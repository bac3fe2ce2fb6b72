// References where the key that they lead to changes. By the same properties under other names or
// with wider types they are copied like any renamed or converted property. By another key each form
// is looked up, by way of the other one, in the row that is referred to.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/plan/middle.h"
#include "compiler/plan/values.h"

namespace cambium::plan {
namespace {

// The properties on the way to a column of a key: more than one where the key is made of
// references.
using Leaf = std::vector<ir::PropertyId>;

void addLeaves(const ir::Model& model, ir::EntityId entity, const Leaf& way,
               std::vector<Leaf>& out) {
  for (const ir::PropertyId id : model[entity].key.properties) {
    Leaf leaf = way;
    leaf.push_back(id);
    if (model[id].kind == ir::PropertyKind::reference && model[id].target)
      addLeaves(model, model[id].target, leaf, out);
    else
      out.push_back(std::move(leaf));
  }
}
// Of a reference the columns of the key that it leads to; of any other property itself.
std::vector<Leaf> leavesOf(const ir::Model& model, ir::PropertyId id) {
  if (model[id].kind != ir::PropertyKind::reference || !model[id].target) return {{id}};
  std::vector<Leaf> out;
  addLeaves(model, model[id].target, {}, out);
  return out;
}

bool sameLeaf(const Context& c, const Leaf& from, const Leaf& to) {
  return std::ranges::equal(from, to, [&](ir::PropertyId was, ir::PropertyId is) {
    return c.changes.matching.propertyFrom[is.index()] == was;
  });
}

const catalog::ForeignKey* over(const catalog::Table& table,
                                const std::vector<std::string>& columns) {
  const auto at = std::ranges::find(table.foreignKeys, columns, &catalog::ForeignKey::columns);
  return at == table.foreignKeys.end() ? nullptr : &*at;
}

// Why the one form of a reference cannot be looked up by the other at any time while both versions
// run; "" = it can.
std::string obstacle(const Context& c, const TableForms& f, const Group& g) {
  const auto at = c.forms.find(g.lookedUpIn);
  if (at == c.forms.end()) return {};  // told by whoever looked at that table
  const auto& target = *at->second;
  const auto *was = over(*f.from, g.from), *is = over(*f.to, g.to);
  if (!was || !is) return "no foreign key holds what it refers to";
  if (was->deferrable || is->deferrable)
    return "it is deferrable: a row may be written before the one that it leads to, and the other "
           "form be looked up too early";
  const bool made = madeForKey(c, target);
  if (made && target.to->name == f.to->name)
    return "a row may refer to itself while its new key is not made up yet: add the property in a "
           "version of its own, before this one";
  if (!made && !standsForKey(target))
    return fmt::format(
        "the old version does not keep ({}) unique, and applications may change what it leads by: "
        "make it unique in a version of its own, before this one",
        joined(target.to->primaryKey, ", "));
  for (const auto& name : target.from->primaryKey) {
    const auto* column = target.findOld(name);
    if (column && (column->group >= 0 || column->after != name))
      return fmt::format("`{}`, by which it was known, gets another name in the same version",
                         name);
  }
  for (const auto& index : f.to->indexes) {
    auto named = identifiersIn(index.whereSql, c.traits);
    for (const auto& part : index.parts)
      std::ranges::move(identifiersIn(part.sql, c.traits), std::back_inserter(named));
    // By way of computed columns, too.
    for (size_t i = 0; i < named.size(); ++i)
      if (const auto* column = f.to->findColumn(named[i]))
        for (auto& input : identifiersIn(column->generatedSql, c.traits))
          if (std::ranges::find(named, input) == named.end()) named.push_back(std::move(input));
    if (index.unique && std::ranges::find_first_of(named, g.to) != named.end())
      return fmt::format("the condition of `{}` speaks of it", index.name);
  }
  return {};
}

// Whether tables whose new keys are made up refer to one another in a circle. Where a table is
// rebuilt, all that it gets it gets at once, and no unique index comes before the references.
bool inCircle(const Context& c, const TableForms& f) {
  std::vector<const TableForms*> reached = {&f};
  for (size_t i = 0; i < reached.size(); ++i) {
    for (const auto& fk : reached[i]->to->foreignKeys) {
      const auto at = c.forms.find(fk.table);
      if (at == c.forms.end() || !madeForKey(c, *at->second)) continue;
      if (at->second == &f && i > 0) return true;
      if (std::ranges::find(reached, at->second) == reached.end()) reached.push_back(at->second);
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> keyColumns(const ir::Model& model, const catalog::Lowered& lowered,
                                    ir::EntityId entity) {
  std::vector<std::string> out;
  for (const ir::PropertyId id : model[entity].key.properties) {
    const auto& columns = lowered.columnsOf(id);
    out.insert(out.end(), columns.begin(), columns.end());
  }
  return out;
}

bool refersBySame(const Context& c, ir::PropertyId from, ir::PropertyId to) {
  const auto was = leavesOf(c.a(), from), is = leavesOf(c.b(), to);
  return std::ranges::equal(was, is,
                            [&](const Leaf& x, const Leaf& y) { return sameLeaf(c, x, y); });
}

bool growsInPlace(const Context& c, ir::PropertyId from, ir::PropertyId to, size_t column) {
  if (!c.traits.keysGrowInPlace) return false;
  const auto was = leavesOf(c.a(), from), is = leavesOf(c.b(), to);
  if (column >= was.size() || was.size() != is.size() || !sameLeaf(c, was[column], is[column]))
    return false;
  const ir::PropertyId before = was[column].back(), after = is[column].back();
  const auto* grows =
      findChange<diff::ConvertProperty>(c.changes, c.causes.propertyTo[after.index()]);
  if (!grows || !grows->lossless || grows->transform != diff::ConvertProperty::kNoTransform ||
      !valueMoves(c, c.b()[after]).empty() || hasMoreDigits(c.a()[before].type, c.b()[after].type))
    return false;
  const auto& key = c.b()[c.b()[after].entity].key.properties;
  return std::ranges::find(key, after) != key.end();
}

std::vector<std::string> lookedUp(const Context& c, const TableForms& f, const Group& g, bool up,
                                  When when, const std::string& row) {
  const auto of = [&](const std::vector<std::string>& names, bool old) {
    std::vector<std::string> out;
    for (const auto& name : names)
      out.push_back(row + c.quote(old ? f.oldName(name, when) : f.newName(name, when)));
    return out;
  };
  const auto was = of(g.from, true), is = of(g.to, false);
  const auto forms = c.forms.find(g.lookedUpIn);
  if (forms == c.forms.end()) return up ? is : was;
  const auto& target = *forms->second;
  auto oldKey = keyColumns(c.a(), c.from, target.oldEntity);
  auto newKey = keyColumns(c.b(), c.to, target.newEntity);
  for (auto& name : oldKey) name = target.oldName(name, when);
  for (auto& name : newKey) name = target.newName(name, when);
  const auto &by = up ? oldKey : newKey, &wanted = up ? newKey : oldKey;
  const auto& given = up ? was : is;
  const bool inTrigger = row == "NEW.";
  std::string found, itself;
  for (size_t i = 0; i < by.size() && i < given.size(); ++i) {
    found += fmt::format("{}t.{} = {}", i ? " AND " : "", c.quote(by[i]), given[i]);
    itself += fmt::format("{}{} = {}{}", i ? " AND " : "", given[i], row, c.quote(by[i]));
  }
  std::vector<std::string> out;
  for (const auto& name : wanted) {
    auto sql = fmt::format("(SELECT t.{} FROM {} AS t WHERE {}{})", c.quote(name),
                           c.quote(target.from->name), found,
                           inTrigger ? c.traits.currentRead : std::string());
    // A row that refers to itself need not be there yet.
    if (inTrigger && target.from->name == f.from->name)
      sql = fmt::format("CASE WHEN {} THEN {}{} ELSE {} END", itself, row, c.quote(name), sql);
    out.push_back(std::move(sql));
  }
  return out;
}

std::string cannotLead(const Context& c, const catalog::Table& to, const catalog::ForeignKey& fk,
                       const catalog::ForeignKey& now) {
  const auto* before = c.plan.before.findTable(c.tableBefore(fk.table));
  if (!c.traits.mayRefer || !changesOver(c, fk.table) || !before) return {};
  for (size_t i = 0; i < fk.columns.size() && i < now.tableColumns.size(); ++i) {
    const auto* column = to.findColumn(fk.columns[i]);
    const auto* target = before->findColumn(now.tableColumns[i]);
    if (column && target && !c.traits.mayRefer(column->type, target->type))
      return fmt::format(
          "{} {} cannot lead to {} {}, which is the key until CONTRACT: let the type grow in a "
          "version of its own",
          fk.columns[i], column->type, target->name, target->type);
  }
  return {};
}

std::optional<catalog::ForeignKey> referenceOfNew(Context& c, const catalog::Table& table,
                                                  const catalog::ForeignKey& fk) {
  const auto at = c.forms.find(fk.table);
  const bool ahead = at != c.forms.end() && uniqueAhead(c, *at->second);
  auto now = ahead ? std::nullopt : untilContract(c, fk);
  const auto why = now ? cannotLead(c, table, fk, *now)
                       : std::string("it is new, and the new key is not there before CONTRACT");
  if (!why.empty()) {
    cannotFollow(c, fk.table, table.name + "." + joined(fk.columns, ", "), why);
    return std::nullopt;
  }
  if (now->onUpdate != fk.onUpdate) c.plan.duties.follows.push_back({table.name, fk.columns});
  return now;
}

void checkReferences(Context& c, const TableForms& f) {
  if (!c.traits.alterColumn && uniqueAhead(c, f) && inCircle(c, f)) {
    cannotFollow(c, f.to->name, f.to->name,
                 "entities whose keys change refer to one another in a circle, and their tables "
                 "cannot be rebuilt in turn");
    return;
  }
  for (const auto& group : f.groups) {
    if (group.lookedUpIn.empty()) continue;
    const auto why = obstacle(c, f, group);
    if (why.empty()) continue;
    const auto& property = c.b()[f.findNew(group.to.front())->property];
    const auto& target = c.b()[property.target];
    c.sink.add(report<Code::EVO050>(target.key.span ? target.key.span : target.span, target.name)
                   .under(fmt::format("`{}.{}`: {}", c.b()[f.newEntity].name, property.name, why))
                   .help("keep the key and its columns, or do it in two versions: first make what "
                         "becomes the key unique, then make it the key"));
  }
}

}  // namespace cambium::plan
