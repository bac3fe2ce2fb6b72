#include "compiler/plan/operation.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/result.h"
#include "compiler/catalog/lookups.h"
#include "compiler/catalog/sql.h"
#include "compiler/plan/takeover.h"
#include "compiler/plan/touched.h"

namespace cambium::plan {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Table;
using catalog::Traits;

std::string missing(std::string_view kind, std::string_view name) {
  return fmt::format("{} `{}` is not there", kind, name);
}
std::string taken(std::string_view kind, std::string_view name) {
  return fmt::format("{} `{}` is there already", kind, name);
}

std::string relationTaken(const Catalog& c, std::string_view name) {
  if (c.findTable(name)) return taken("table", name);
  if (c.findView(name)) return taken("view", name);
  return {};
}

template <class T>
auto findNamed(std::vector<T>& list, std::string_view name) {
  return std::find_if(list.begin(), list.end(), [&](const T& x) { return x.name == name; });
}

// Exactly this one: names may be empty, so the whole value counts.
template <class T>
bool eraseValue(std::vector<T>& list, const T& value) {
  auto at = std::find(list.begin(), list.end(), value);
  if (at == list.end()) return false;
  list.erase(at);
  return true;
}

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::string addColumn(Table& table, const AddColumn& op) {
  if (table.findColumn(op.column.name)) {
    return taken("column", table.name + "." + op.column.name);
  }
  table.columns.push_back(op.column);
  if (op.check) table.checks.push_back(*op.check);
  if (op.foreignKey) table.foreignKeys.push_back(*op.foreignKey);
  return {};
}

// What still needs the column, "" = nothing.
std::string userOf(const Table& table, std::string_view column, const Traits& traits) {
  if (contains(table.primaryKey, column)) return "the primary key";
  for (const auto& index : table.indexes) {
    for (const auto& part : index.parts) {
      if (part.column == column || catalog::mentions(part.sql, column, traits)) {
        return fmt::format("index `{}`", index.name);
      }
    }
    if (contains(index.include, column) || catalog::mentions(index.whereSql, column, traits))
      return fmt::format("index `{}`", index.name);
  }
  for (const auto& check : table.checks) {
    if (catalog::mentions(check.sql, column, traits)) return fmt::format("check `{}`", check.name);
  }
  for (const auto& fk : table.foreignKeys) {
    if (contains(fk.columns, column)) return fmt::format("the foreign key to `{}`", fk.table);
  }
  for (const auto& policy : table.policies) {
    bool mine = false;
    for (const auto* sql : {&policy.usingSql, &policy.checkSql})
      (void)catalog::overOwn(*sql, [&](std::string_view own) {
        mine = mine || catalog::mentions(own, column, traits);
        return std::string();
      });
    if (mine) return fmt::format("policy `{}`", policy.name);
  }
  for (const auto& other : table.columns) {
    if (other.name != column && catalog::mentions(other.generatedSql, column, traits)) {
      return fmt::format("column `{}`", other.name);
    }
  }
  return {};
}

// Each table whose policies look at rows of `table`.
template <class Do>
void eachLooker(Catalog& c, const std::string& table, const Traits& traits, Do does) {
  for (const auto& name : c.lookers) {
    auto* looker = c.findTable(name);
    const bool looks = looker && std::ranges::any_of(looker->policies, [&](const auto& policy) {
                         return catalog::looksAt(policy, table, "", traits);
                       });
    if (looks) does(*looker);
  }
}

// A policy of another table that looks at the column (of any, if none is named), "" = none.
std::string lookerAt(Catalog& c, const std::string& table, const std::string& column,
                     const Traits& traits) {
  std::string out;
  eachLooker(c, table, traits, [&](const Table& looker) {
    for (const auto& policy : looker.policies)
      if (looker.name != table && catalog::looksAt(policy, table, column, traits))
        out = fmt::format("policy `{}` of `{}` looks at `{}`", policy.name, looker.name,
                          column.empty() ? table : table + "." + column);
  });
  return out;
}

// `in`: the table of a column; "" = a table. Nothing to do without a name.
std::string keep(Catalog& c, const std::string& name, const std::string& in) {
  if (name.empty() || c.kept.emplace(name, in).second) return {};
  return taken("what is kept as", name);
}

std::string dropColumn(Catalog& c, Table& table, const DropColumn& op, const Traits& traits) {
  if (auto why = lookerAt(c, table.name, op.column.name, traits); !why.empty()) return why;
  auto at = findNamed(table.columns, op.column.name);
  if (at == table.columns.end()) return missing("column", table.name + "." + op.column.name);
  if (!(*at == op.column)) return fmt::format("column `{}.{}` is another", table.name, at->name);
  if (op.check && !eraseValue(table.checks, *op.check)) return missing("check", op.check->name);
  if (op.foreignKey && !eraseValue(table.foreignKeys, *op.foreignKey)) {
    return missing("foreign key to", op.foreignKey->table);
  }
  if (auto user = userOf(table, op.column.name, traits); !user.empty()) {
    return fmt::format("column `{}.{}` is used by {}", table.name, op.column.name, user);
  }
  if (auto why = keep(c, op.keptAs, table.name); !why.empty()) return why;
  table.columns.erase(at);
  // What was granted on the column goes with it.
  for (auto grant = table.grants.begin(); grant != table.grants.end();) {
    const bool named = std::erase(grant->columns, op.column.name) > 0;
    grant = named && grant->columns.empty() ? table.grants.erase(grant) : grant + 1;
  }
  return {};
}

void renameIn(std::vector<std::string>& list, const std::string& from, const std::string& to) {
  for (auto& name : list) {
    if (name == from) name = to;
  }
}

std::string renameColumn(Catalog& c, Table& table, const RenameColumn& op, const Traits& traits) {
  auto at = findNamed(table.columns, op.from);
  if (at == table.columns.end()) return missing("column", op.table + "." + op.from);
  if (table.findColumn(op.to)) return taken("column", op.table + "." + op.to);
  for (const auto& trigger : c.triggers) {
    if (trigger.table == op.table && catalog::mentions(trigger.sql, op.from, traits)) {
      return fmt::format("trigger `{}` uses column `{}.{}`", trigger.name, op.table, op.from);
    }
  }
  for (const auto& view : c.views) {
    if (catalog::mentionsTable(view.sql, op.table, traits) &&
        catalog::readsColumn(view.sql, op.from, traits)) {
      return fmt::format("view `{}` uses column `{}.{}`", view.name, op.table, op.from);
    }
  }
  // A foreign key refers to a key or to what is unique; of all others nobody has to be asked.
  const bool referable =
      std::ranges::find(table.primaryKey, op.from) != table.primaryKey.end() ||
      std::ranges::any_of(table.indexes, [&](const catalog::Index& index) {
        return index.unique && std::ranges::find(index.parts, op.from,
                                                 &catalog::IndexPart::column) != index.parts.end();
      });
  at->name = op.to;
  auto inText = [&](std::string& sql) {
    if (!sql.empty()) sql = catalog::renameIdentifier(sql, op.from, op.to, traits);
  };
  for (auto& column : table.columns) inText(column.generatedSql);
  renameIn(table.primaryKey, op.from, op.to);
  for (auto& check : table.checks) inText(check.sql);
  for (auto& fk : table.foreignKeys) {
    renameIn(fk.columns, op.from, op.to);
  }
  for (auto& index : table.indexes) {
    for (auto& part : index.parts) {
      if (part.column == op.from) part.column = op.to;
      inText(part.sql);
    }
    renameIn(index.include, op.from, op.to);
    inText(index.whereSql);
  }
  for (auto& policy : table.policies) {
    for (auto* sql : {&policy.usingSql, &policy.checkSql})
      *sql = catalog::overOwn(*sql, [&](std::string_view own) {
        return catalog::renameIdentifier(own, op.from, op.to, traits);
      });
  }
  eachLooker(c, op.table, traits, [&](Table& looker) {
    catalog::renameLooked(looker.policies, op.table, op.from, op.to, traits);
  });
  for (auto& grant : table.grants) {
    renameIn(grant.columns, op.from, op.to);
    std::ranges::sort(grant.columns);
  }
  if (referable)
    c.changeReferences(op.table, [&](auto& fk) { renameIn(fk.tableColumns, op.from, op.to); });
  return {};
}

std::string renameTable(Catalog& c, const RenameTable& op, const Traits& traits) {
  auto* table = c.findTable(op.from);
  if (!table) return missing("table", op.from);
  if (auto why = relationTaken(c, op.to); !why.empty()) return why;
  // Where nothing is taken back they go with the table.
  std::vector<catalog::Trigger> following;
  for (const auto& trigger : c.triggers) {
    if (trigger.table != op.from) continue;
    auto renamed = traits.transactionalDdl ? std::nullopt : renamedTable(trigger, op.to, traits);
    if (!renamed) return fmt::format("trigger `{}` uses table `{}`", trigger.name, op.from);
    following.push_back(std::move(*renamed));
  }
  for (const auto& view : c.views) {
    if (!stepsAside(view.name) && catalog::mentionsTable(view.sql, op.from, traits)) {
      return fmt::format("view `{}` uses table `{}`", view.name, op.from);
    }
  }
  for (auto& row : c.rowsOf(op.from)) {
    c.rows.erase(row);
    row.table = op.to;
    c.rows.insert(std::move(row));
  }
  Table renamed = *table;  // not moved: dropTable() finds it by its name
  c.dropTable(op.from);
  renamed.name = op.to;
  c.put(std::move(renamed));
  for (auto& trigger : following) {
    c.dropTrigger(trigger.name);
    c.put(std::move(trigger));
  }
  c.changeReferences(op.from, [&](auto& fk) { fk.table = op.to; });
  if (c.lookers.contains(op.from)) c.lookers.insert(op.to);
  eachLooker(c, op.from, traits, [&](Table& looker) {
    catalog::renameLooked(looker.policies, op.from, op.to, traits);
  });
  return {};
}

std::string dropTable(Catalog& c, const DropTable& op, const Traits& traits) {
  const auto* table = c.findTable(op.table.name);
  if (!table) return missing("table", op.table.name);
  if (auto why = lookerAt(c, op.table.name, "", traits); !why.empty()) return why;
  if (!sameTable(*table, op.table)) return fmt::format("table `{}` is another", op.table.name);
  if (auto why = keep(c, op.keptAs, ""); !why.empty()) return why;
  c.dropTable(op.table.name);
  for (const auto& row : c.rowsOf(op.table.name)) c.rows.erase(row);
  return {};
}

std::string rebuild(Catalog& c, Table& table, const RebuildTable& op) {
  if (op.from.name != op.to.name) return "a rebuild does not rename";
  if (!sameTable(table, op.from)) {
    return fmt::format("table `{}` is not what the rebuild starts from", op.from.name);
  }
  for (const auto& [column, sql] : op.copy) {
    const Column* target = op.to.findColumn(column);
    if (!target) return missing("column", op.to.name + "." + column);
    if (!target->generatedSql.empty())
      return fmt::format("`{}.{}` is computed", op.to.name, column);
  }
  for (const auto& column : op.to.columns) {
    if (!column.notNull || !column.defaultSql.empty() || !column.generatedSql.empty()) continue;
    bool copied = std::any_of(op.copy.begin(), op.copy.end(),
                              [&](const auto& entry) { return entry.first == column.name; });
    if (!copied) return fmt::format("the rebuild gives `{}.{}` no value", op.to.name, column.name);
  }
  for (const auto& [column, name] : op.kept) {
    if (!op.from.findColumn(column) || op.to.findColumn(column))
      return fmt::format("`{}.{}` is not taken away", op.from.name, column);
    if (auto why = keep(c, name, op.to.name); !why.empty()) return why;
  }
  table = op.to;
  return {};
}

template <class F>
std::string onTable(Catalog& c, const std::string& name, F change) {
  auto* table = c.findTable(name);
  return table ? change(*table) : missing("table", name);
}

// The first role that the catalog does not know, "" = none.
std::string stranger(const Catalog& c, const std::vector<catalog::Policy>& policies,
                     const std::vector<catalog::Grant>& grants) {
  for (const auto& policy : policies) {
    for (const auto& role : policy.roles)
      if (!c.roles.contains(role)) return missing("role", role);
  }
  for (const auto& grant : grants)
    if (!c.roles.contains(grant.role)) return missing("role", grant.role);
  return {};
}

std::string changePolicies(Catalog& c, Table& table, const ChangePolicies& op) {
  if (table.policies != op.from) return fmt::format("the policies of `{}` are others", table.name);
  if (auto why = stranger(c, op.to, {}); !why.empty()) return why;
  table.policies = op.to;
  table.rowSecurity = !op.to.empty();
  if (catalog::hasLookups(op.to)) c.lookers.insert(table.name);
  return {};
}

template <class Object>
std::string changeGrants(const Catalog& c, Object& object, const ChangeGrants& op) {
  if (object.grants != op.from)
    return fmt::format("what is granted on `{}` is something else", object.name);
  if (auto why = stranger(c, {}, op.to); !why.empty()) return why;
  object.grants = op.to;
  return {};
}

std::string changeGrants(Catalog& c, const ChangeGrants& op) {
  if (!op.view) {
    auto* table = c.findTable(op.table);
    if (!table) return missing("table", op.table);
    for (const auto& grant : op.to) {
      for (const auto& column : grant.columns)
        if (!table->findColumn(column)) return missing("column", op.table + "." + column);
    }
    return changeGrants(c, *table, op);
  }
  const auto* view = c.findView(op.table);
  if (!view) return missing("view", op.table);
  auto changed = *view;
  auto why = changeGrants(c, changed, op);
  if (why.empty()) c.put(std::move(changed));
  return why;
}

// What speaks of a role goes before the role does.
std::string forgetRole(Catalog& c, const std::string& role) {
  if (!c.roles.contains(role)) return missing("role", role);
  const auto granted = [&](const auto& object) {
    return std::ranges::find(object.grants, role, &catalog::Grant::role) != object.grants.end();
  };
  for (const auto& table : c.tables) {
    const bool named =
        granted(table) || std::ranges::any_of(table.policies, [&](const catalog::Policy& p) {
          return contains(p.roles, role);
        });
    if (named) return fmt::format("table `{}` speaks of role `{}`", table.name, role);
  }
  for (const auto& view : c.views)
    if (granted(view)) return fmt::format("view `{}` speaks of role `{}`", view.name, role);
  c.roles.erase(c.roles.find(role));
  return {};
}

template <class T>
std::string addUnnamed(std::vector<T>& list, const T& value, std::string_view kind) {
  if (!value.name.empty() && findNamed(list, value.name) != list.end())
    return taken(kind, value.name);
  list.push_back(value);
  return {};
}

std::string alterKey(Table& table, const AlterKey& op) {
  if (table.primaryKey != op.from)
    return fmt::format("the key of `{}` is ({})", table.name, fmt::join(table.primaryKey, ", "));
  for (const auto& name : op.to) {
    if (!table.findColumn(name)) return missing("column", table.name + "." + name);
  }
  if (op.dropped && !eraseValue(table.indexes, *op.dropped))
    return missing("index", op.dropped->name);
  table.primaryKey = op.to;
  return op.created ? addUnnamed(table.indexes, *op.created, "index") : std::string();
}

template <class T>
std::string validate(std::vector<T>& list, const std::string& name, bool validated,
                     std::string_view kind) {
  const auto at = findNamed(list, name);
  if (at == list.end()) return missing(kind, name);
  if (at->validated == validated)
    return fmt::format("{} `{}` is {}", kind, name,
                       validated ? "validated already" : "not validated");
  at->validated = validated;
  return {};
}

}  // namespace

std::string apply(const Operation& operation, Catalog& c, const Traits& traits) {
  return std::visit(
      Overloaded{
          [&](const CreateTable& op) {
            auto why = relationTaken(c, op.table.name);
            if (why.empty()) why = stranger(c, op.table.policies, op.table.grants);
            if (why.empty()) c.put(op.table);
            if (catalog::hasLookups(op.table.policies)) c.lookers.insert(op.table.name);
            return why;
          },
          [&](const DropTable& op) { return dropTable(c, op, traits); },
          [&](const RenameTable& op) { return renameTable(c, op, traits); },
          [&](const AddColumn& op) {
            return onTable(c, op.table, [&](Table& t) { return addColumn(t, op); });
          },
          [&](const DropColumn& op) {
            return onTable(c, op.table, [&](Table& t) { return dropColumn(c, t, op, traits); });
          },
          [&](const RenameColumn& op) {
            return onTable(c, op.table, [&](Table& t) { return renameColumn(c, t, op, traits); });
          },
          [&](const AlterColumn& op) {
            return onTable(c, op.table, [&](Table& t) -> std::string {
              auto at = findNamed(t.columns, op.from.name);
              if (at == t.columns.end()) return missing("column", op.table + "." + op.from.name);
              if (!(*at == op.from))
                return fmt::format("column `{}.{}` is another", op.table, at->name);
              if (op.to.name != op.from.name) return "altering a column does not rename it";
              *at = op.to;
              return {};
            });
          },
          [&](const AlterKey& op) {
            return onTable(c, op.table, [&](Table& t) { return alterKey(t, op); });
          },
          [&](const CommentTable& op) {
            return onTable(c, op.table, [&](Table& t) -> std::string {
              if (t.comment != op.from)
                return fmt::format("table `{}` has another comment", op.table);
              t.comment = op.to;
              return {};
            });
          },
          [&](const AddCheck& op) {
            return onTable(c, op.table,
                           [&](Table& t) { return addUnnamed(t.checks, op.check, "check"); });
          },
          [&](const DropCheck& op) {
            return onTable(c, op.table, [&](Table& t) {
              return eraseValue(t.checks, op.check) ? std::string()
                                                    : missing("check", op.check.name);
            });
          },
          [&](const RenameCheck& op) {
            return onTable(c, op.table, [&](Table& t) {
              if (!eraseValue(t.checks, op.check)) return missing("check", op.check.name);
              catalog::Check renamed = op.check;
              renamed.name = op.to;
              return addUnnamed(t.checks, renamed, "check");
            });
          },
          [&](const AddForeignKey& op) {
            return onTable(c, op.table, [&](Table& t) {
              return addUnnamed(t.foreignKeys, op.foreignKey, "foreign key");
            });
          },
          [&](const DropForeignKey& op) {
            return onTable(c, op.table, [&](Table& t) {
              return eraseValue(t.foreignKeys, op.foreignKey)
                         ? std::string()
                         : missing("foreign key to", op.foreignKey.table);
            });
          },
          [&](const ValidateCheck& op) {
            return onTable(c, op.table, [&](Table& t) {
              return validate(t.checks, op.name, op.validated, "check");
            });
          },
          [&](const ValidateForeignKey& op) {
            return onTable(c, op.table, [&](Table& t) {
              return validate(t.foreignKeys, op.name, op.validated, "foreign key");
            });
          },
          [&](const CreateIndex& op) {
            return onTable(c, op.table, [&](Table& t) -> std::string {
              for (const auto& part : op.index.parts) {
                if (!part.column.empty() && !t.findColumn(part.column)) {
                  return missing("column", op.table + "." + part.column);
                }
              }
              return addUnnamed(t.indexes, op.index, "index");
            });
          },
          [&](const DropIndex& op) {
            return onTable(c, op.table, [&](Table& t) {
              return eraseValue(t.indexes, op.index) ? std::string()
                                                     : missing("index", op.index.name);
            });
          },
          [&](const RenameIndex& op) {
            return onTable(c, op.table, [&](Table& t) {
              if (!eraseValue(t.indexes, op.index)) return missing("index", op.index.name);
              catalog::Index renamed = op.index;
              renamed.name = op.to;
              return addUnnamed(t.indexes, renamed, "index");
            });
          },
          [&](const CreateTrigger& op) -> std::string {
            if (c.findTrigger(op.trigger.name)) return taken("trigger", op.trigger.name);
            if (!c.findTable(op.trigger.table) && !c.findView(op.trigger.table)) {
              return missing("table", op.trigger.table);
            }
            c.put(op.trigger);
            return {};
          },
          [&](const DropTrigger& op) -> std::string {
            const auto* trigger = c.findTrigger(op.trigger.name);
            if (!trigger) return missing("trigger", op.trigger.name);
            if (!(*trigger == op.trigger))
              return fmt::format("trigger `{}` is another", op.trigger.name);
            c.dropTrigger(op.trigger.name);
            return {};
          },
          [&](const CreateView& op) {
            auto why = relationTaken(c, op.view.name);
            if (why.empty()) why = stranger(c, {}, op.view.grants);
            if (why.empty()) c.put(op.view);
            return why;
          },
          [&](const DropView& op) -> std::string {
            const auto* view = c.findView(op.view.name);
            if (!view) return missing("view", op.view.name);
            if (!(*view == op.view)) return fmt::format("view `{}` is another", op.view.name);
            for (const auto& trigger : c.triggers) {
              if (trigger.table == op.view.name) {
                return fmt::format("trigger `{}` still uses view `{}`", trigger.name, op.view.name);
              }
            }
            c.dropView(op.view.name);
            return {};
          },
          [&](const RebuildTable& op) {
            return onTable(c, op.from.name, [&](Table& t) { return rebuild(c, t, op); });
          },
          [&](const Backfill& op) {
            return onTable(c, op.table, [&](Table& t) -> std::string {
              for (const auto& [column, sql] : op.set) {
                if (!t.findColumn(column)) return missing("column", op.table + "." + column);
              }
              return {};
            });
          },
          [&](const Verify& op) {
            return c.findTable(op.table) || c.findView(op.table) ? std::string()
                                                                 : missing("table", op.table);
          },
          [&](const WriteRow& op) -> std::string {
            const auto table = op.to ? op.to->table : op.from->table;
            if (!c.findTable(table)) return missing("table", table);
            if (op.from && !c.rows.erase(*op.from)) return missing("row", op.from->key);
            if (!op.to) return {};
            for (const auto& row : c.rowsOf(table))
              if (row.key == op.to->key) return taken("row", op.to->key);
            c.rows.insert(*op.to);
            return {};
          },
          [&](const ChangePolicies& op) {
            return onTable(c, op.table, [&](Table& t) { return changePolicies(c, t, op); });
          },
          [&](const ChangeGrants& op) { return changeGrants(c, op); },
          [&](const CreateRole& op) {
            return c.roles.insert(op.role).second ? std::string() : taken("role", op.role);
          },
          [&](const ForgetRole& op) { return forgetRole(c, op.role); },
          [&](const SwitchVersion&) { return std::string(); },
      },
      operation);
}

}  // namespace cambium::plan
