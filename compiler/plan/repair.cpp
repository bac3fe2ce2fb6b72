// First what stands in the way goes (views, triggers, constraints), then tables get their form,
// then constraints, triggers and views come, at last goes what holds values. Each operation is
// executed on a catalog in memory, and what differs after all of them is told.
#include "compiler/plan/repair.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace cambium::plan {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Table;
using catalog::Traits;

template <class T>
bool has(const std::vector<T>& list, const T& one) {
  return std::ranges::find(list, one) != list.end();
}

class Repairer {
public:
  Repairer(const Catalog& live, const Catalog& wanted, const Traits& traits)
      : wanted_(wanted), traits_(traits), now_(live) {
    // Roles are of the server: those that the version speaks of are there, or grants say so.
    now_.roles.insert(wanted.roles.begin(), wanted.roles.end());
    for (const auto& table : now_.tables) {
      for (const auto& grant : table.grants) now_.roles.insert(grant.role);
      for (const auto& policy : table.policies)
        now_.roles.insert(policy.roles.begin(), policy.roles.end());
    }
    for (const auto& view : now_.views)
      for (const auto& grant : view.grants) now_.roles.insert(grant.role);
  }

  Repair run() {
    const bool inPlace = traits_.addConstraint && traits_.dropConstraint && traits_.alterColumn;
    dropViews();
    dropTriggers();
    renameTables();
    for (const auto& table : changed()) {
      if (inPlace)
        dropConstraints(*now_.findTable(table), *wanted_.findTable(table));
      else
        rebuild(table, false);
    }
    // A foreign key that leads to a table which goes.
    for (const auto& table : wanted_.tables)
      if (!now_.findTable(table.name) && isFree("table", table.name))
        createWithoutReferences(table);
    if (inPlace) {
      for (const auto& table : changed()) columns(table);
      for (const auto& table : changed()) addConstraints(table);
    }
    for (const auto& table : changed()) access(*now_.findTable(table), *wanted_.findTable(table));
    deleting_ = true;
    for (const auto& table : changed()) {
      if (inPlace)
        dropColumns(table);
      else
        rebuild(table, true);
    }
    dropTables();
    deleting_ = false;
    createTriggers();
    createViews();
    std::ranges::stable_sort(out_.steps, {}, &RepairStep::deletes);
    std::ranges::sort(out_.left);
    out_.left.erase(std::unique(out_.left.begin(), out_.left.end()), out_.left.end());
    for (const auto& one : catalog::compare(wanted_, now_)) {
      constexpr const char* kHow[] = {"is missing", "is another", "is too much"};
      out_.left.push_back(fmt::format("{} {}", one.object, kHow[static_cast<size_t>(one.kind)]));
    }
    return std::move(out_);
  }

private:
  bool add(Operation operation) {
    const std::string why = apply(operation, now_, traits_);
    if (!why.empty()) {
      out_.left.push_back(why);
      return false;
    }
    out_.steps.push_back({std::move(operation), deleting_});
    return true;
  }

  // What the model has no words for may have the name.
  bool isFree(std::string_view kind, const std::string& name) {
    for (const auto& other : now_.opaque) {
      if (other.name != name && !other.name.ends_with("." + name)) continue;
      out_.left.push_back(
          fmt::format("{} {} has the name of {} {}", other.kind, other.name, kind, name));
      return false;
    }
    return true;
  }

  // Tables of both that are not the same, by name.
  std::vector<std::string> changed() const {
    std::vector<std::string> out;
    for (const auto& table : now_.tables)
      if (const auto* is = wanted_.findTable(table.name);
          is && catalog::describe(*is) != catalog::describe(table))
        out.push_back(table.name);
    return out;
  }

  // A table that is missing, and one too many with its very columns: it got another name.
  void renameTables() {
    const auto columnsOf = [](const Table& table) {
      Table out;
      out.columns = table.columns;
      out.primaryKey = table.primaryKey;
      return catalog::describe(out);
    };
    for (const auto& table : wanted_.tables) {
      if (now_.findTable(table.name) || !isFree("table", table.name)) continue;
      std::vector<std::string> alike;
      for (const auto& extra : now_.tables)
        if (!wanted_.findTable(extra.name) && columnsOf(extra) == columnsOf(table))
          alike.push_back(extra.name);
      if (alike.size() == 1) add(RenameTable{alike.front(), table.name});
    }
  }

  // ---- views and triggers. Those over a table that changes are made again, so that nothing hangs
  // on it meanwhile.
  void dropViews() {
    const bool tablesChange = !changed().empty();
    const auto views = now_.views;
    for (auto it = views.rbegin(); it != views.rend(); ++it) {
      const auto* is = wanted_.findView(it->name);
      if (!is || is->sql != it->sql || tablesChange) add(DropView{*it});
    }
  }
  void createViews() {
    std::set<std::string> done;
    // A view may look at another one: those that can come first.
    for (const auto& view : wanted_.views) {
      const auto* is = now_.findView(view.name);
      if (!is)
        add(CreateView{view});
      else if (is->grants != view.grants)
        add(ChangeGrants{view.name, is->grants, view.grants, true});
    }
  }
  void dropTriggers() {
    const auto tables = changed();
    const auto triggers = now_.triggers;
    for (const auto& trigger : triggers) {
      const auto* is = wanted_.findTrigger(trigger.name);
      const bool over = std::ranges::find(tables, trigger.table) != tables.end();
      if (!is || is->sql != trigger.sql || over) add(DropTrigger{trigger});
    }
  }
  void createTriggers() {
    for (const auto& trigger : wanted_.triggers)
      if (!now_.findTrigger(trigger.name)) add(CreateTrigger{trigger});
  }

  // ---- a table as a whole
  // `exactly`: without the columns that are too much, whose values go.
  void rebuild(const std::string& name, bool exactly) {
    const Table from = *now_.findTable(name);
    RebuildTable op{from, *wanted_.findTable(name), {}};
    if (!exactly)
      for (const auto& column : from.columns)
        if (!op.to.findColumn(column.name)) op.to.columns.push_back(column);
    for (const auto& column : op.to.columns)
      if (column.generatedSql.empty() && from.findColumn(column.name))
        op.copy.emplace_back(column.name, traits_.quote(column.name));
    if (catalog::describe(op.to) != catalog::describe(from)) add(std::move(op));
  }

  // Tables may refer to each other.
  void createWithoutReferences(const Table& table) {
    Table first = table;
    const bool later = traits_.addConstraint;
    if (later) first.foreignKeys.clear();
    add(CreateTable{std::move(first)});
  }
  void dropTables() {
    std::vector<Table> extra;
    for (const auto& table : now_.tables)
      if (!wanted_.findTable(table.name)) extra.push_back(table);
    if (traits_.dropConstraint)
      for (const auto& table : extra)
        for (const auto& fk : table.foreignKeys) add(DropForeignKey{table.name, fk});
    for (const auto& table : extra)
      if (const auto* is = now_.findTable(table.name)) add(DropTable{*is});
  }

  // ---- in place
  void dropConstraints(const Table& is, const Table& should) {
    const Table was = is;
    for (const auto& fk : was.foreignKeys)
      if (!has(should.foreignKeys, fk)) add(DropForeignKey{was.name, fk});
    for (const auto& check : was.checks)
      if (!has(should.checks, check)) add(DropCheck{was.name, check});
    for (const auto& index : was.indexes)
      if (!has(should.indexes, index)) add(DropIndex{was.name, index});
  }
  void columns(const std::string& name) {
    const Table was = *now_.findTable(name);
    const Table& should = *wanted_.findTable(name);
    for (const auto& column : should.columns) {
      const auto* is = was.findColumn(column.name);
      if (!is)
        add(AddColumn{name, column, {}, {}});
      else if (*is != column)
        add(AlterColumn{name, *is, column});
    }
    if (was.primaryKey != should.primaryKey)
      add(AlterKey{name, was.primaryKey, should.primaryKey, {}, {}});
    if (was.comment != should.comment) add(CommentTable{name, was.comment, should.comment});
  }
  void addConstraints(const std::string& name) {
    const Table was = *now_.findTable(name);
    const Table& should = *wanted_.findTable(name);
    for (const auto& index : should.indexes)
      if (!has(was.indexes, index) && isFree("index", index.name)) add(CreateIndex{name, index});
    for (const auto& check : should.checks)
      if (!has(was.checks, check)) add(AddCheck{name, check});
    for (const auto& fk : should.foreignKeys)
      if (!has(was.foreignKeys, fk)) add(AddForeignKey{name, fk});
  }
  void access(const Table& is, const Table& should) {
    const Table was = is;
    if (was.policies != should.policies || was.rowSecurity != should.rowSecurity)
      add(ChangePolicies{was.name, was.policies, should.policies});
    if (was.grants != should.grants) add(ChangeGrants{was.name, was.grants, should.grants});
  }
  void dropColumns(const std::string& name) {
    const Table was = *now_.findTable(name);
    for (const auto& column : was.columns)
      if (!wanted_.findTable(name)->findColumn(column.name)) add(DropColumn{name, column, {}, {}});
  }

  const Catalog& wanted_;
  const Traits& traits_;
  Catalog now_;
  bool deleting_ = false;
  Repair out_;
};

}  // namespace

Repair repair(const Catalog& live, const Catalog& wanted, const Traits& traits) {
  return Repairer(live, wanted, traits).run();
}

}  // namespace cambium::plan
