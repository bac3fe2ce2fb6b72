// Every operation of a plan as SQL.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "compiler/base/result.h"
#include "compiler/catalog/sql.h"
#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

using catalog::Catalog;
using catalog::Table;
using catalog::Traits;
using plan::Operation;

constexpr const char kWriteLock[] = "database write lock";

bool sameLetters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// The tables that the operations name.
std::set<std::string> tablesNamed(const std::vector<Operation>& operations) {
  std::set<std::string> out;
  for (const auto& operation : operations)
    std::visit(Overloaded{
                   [&](const plan::CreateTable& o) { out.insert(o.table.name); },
                   [&](const plan::DropTable& o) { out.insert(o.table.name); },
                   [&](const plan::RenameTable& o) { out.insert(o.from); },
                   [&](const plan::AddColumn& o) { out.insert(o.table); },
                   [&](const plan::DropColumn& o) { out.insert(o.table); },
                   [&](const plan::RenameColumn& o) { out.insert(o.table); },
                   [&](const plan::AlterColumn& o) { out.insert(o.table); },
                   [&](const plan::AlterKey& o) { out.insert(o.table); },
                   [&](const plan::CommentTable& o) { out.insert(o.table); },
                   [&](const plan::AddCheck& o) { out.insert(o.table); },
                   [&](const plan::DropCheck& o) { out.insert(o.table); },
                   [&](const plan::RenameCheck& o) { out.insert(o.table); },
                   [&](const plan::AddForeignKey& o) { out.insert(o.table); },
                   [&](const plan::DropForeignKey& o) { out.insert(o.table); },
                   [&](const plan::ValidateCheck& o) { out.insert(o.table); },
                   [&](const plan::ValidateForeignKey& o) { out.insert(o.table); },
                   [&](const plan::CreateIndex& o) { out.insert(o.table); },
                   [&](const plan::DropIndex& o) { out.insert(o.table); },
                   [&](const plan::RenameIndex& o) { out.insert(o.table); },
                   [&](const plan::RebuildTable& o) { out.insert(o.from.name); },
                   [&](const plan::Backfill& o) { out.insert(o.table); },
                   [&](const plan::Verify& o) { out.insert(o.table); },
                   [&](const plan::WriteRow& o) { out.insert((o.to ? *o.to : *o.from).table); },
                   [&](const plan::CreateTrigger& o) { out.insert(o.trigger.table); },
                   [&](const plan::DropTrigger& o) { out.insert(o.trigger.table); },
                   [&](const plan::CreateView&) {},
                   [&](const plan::DropView&) {},
                   // Never chosen: Traits::accessControl, rowPolicies.
                   [&](const plan::ChangePolicies&) {},
                   [&](const plan::ChangeGrants&) {},
                   [&](const plan::CreateRole&) {},
                   [&](const plan::ForgetRole&) {},
                   [&](const plan::SwitchVersion&) {},
               },
               operation);
  return out;
}

// True where other tables and views matter, too: those that refer to a table or speak of it.
bool concernsOthers(const Operation& operation) {
  return std::holds_alternative<plan::RenameTable>(operation) ||
         std::holds_alternative<plan::RenameColumn>(operation) ||
         std::holds_alternative<plan::DropTable>(operation) ||
         std::holds_alternative<plan::DropColumn>(operation) ||
         std::holds_alternative<plan::RebuildTable>(operation);
}

// True where foreign keys may be off for the whole step.
bool mayLeaveForeignKeys(const Operation& operation) {
  return std::holds_alternative<plan::DropTable>(operation) ||
         std::holds_alternative<plan::DropColumn>(operation) ||
         std::holds_alternative<plan::RebuildTable>(operation);
}

// The part of the catalog that these operations can see. A step must not cost a copy of the whole
// schema, nor a look at all of it where it is about one table.
Catalog excerpt(const std::vector<Operation>& operations, const Catalog& during) {
  Catalog out;
  const auto names = tablesNamed(operations);
  const bool others = std::any_of(operations.begin(), operations.end(), concernsOthers);
  for (const auto& name : names) {
    if (const auto* table = during.findTable(name)) out.put(*table);
    for (auto& row : during.rowsOf(name)) out.rows.insert(std::move(row));
  }
  if (others) {
    for (const auto& table : during.tables)
      if (std::any_of(table.foreignKeys.begin(), table.foreignKeys.end(),
                      [&](const auto& fk) { return names.count(fk.table) > 0; }))
        out.put(table);
    out.views = during.views;
  }
  for (const auto& operation : operations)
    if (const auto* drop = std::get_if<plan::DropView>(&operation))
      if (const auto* view = during.findView(drop->view.name)) out.put(*view);
  // A table that is renamed may be named in any trigger; else only those that hang on it matter.
  const bool renames = std::any_of(operations.begin(), operations.end(), [](const auto& operation) {
    return std::holds_alternative<plan::RenameTable>(operation);
  });
  const bool onlyRows = std::all_of(
      operations.begin(), operations.end(),
      [](const auto& operation) { return std::holds_alternative<plan::WriteRow>(operation); });
  if (onlyRows) return out;
  for (const auto& trigger : during.triggers)
    if (renames || names.count(trigger.table)) out.put(trigger);
  return out;
}

class Writer {
public:
  Writer(const Traits& traits, const Catalog& during, const std::vector<Operation>& operations)
      : traits_(traits),
        now_(during),
        several_(operations.size() > 1),
        carriesOver_(std::ranges::any_of(operations, mayLeaveForeignKeys)) {}

  // False: an operation that Traits never let the planner choose.
  bool write(const Operation& operation) {
    return std::visit(
        Overloaded{
            [&](const plan::CreateTable& o) { return createTable(o.table); },
            [&](const plan::DropTable& o) { return dropTable(o); },
            [&](const plan::RenameTable& o) { return renameTable(o); },
            [&](const plan::AddColumn& o) { return addColumn(o); },
            [&](const plan::DropColumn& o) { return dropColumn(o); },
            [&](const plan::RenameColumn& o) { return renameColumn(o); },
            [&](const plan::AlterColumn&) { return false; },
            [&](const plan::AlterKey&) { return false; },
            [&](const plan::CommentTable&) { return false; },
            [&](const plan::AddCheck&) { return false; },
            [&](const plan::ValidateCheck&) { return false; },
            [&](const plan::ValidateForeignKey&) { return false; },
            [&](const plan::DropCheck&) { return false; },
            [&](const plan::RenameCheck&) { return false; },
            [&](const plan::AddForeignKey&) { return false; },
            [&](const plan::DropForeignKey&) { return false; },
            [&](const plan::CreateIndex& o) {
              out_.waits.push_back({Wait::For::index, o.table});
              work(Work::Kind::index, o.table);
              return !o.index.constraint && add(createIndexSql(o.table, o.index));
            },
            [&](const plan::DropIndex& o) {
              return !o.index.constraint && add("DROP INDEX " + quote(o.index.name));
            },
            [&](const plan::RenameIndex&) { return false; },
            [&](const plan::CreateTrigger& o) { return add(o.trigger.sql); },
            [&](const plan::DropTrigger& o) {
              return add("DROP TRIGGER " + quote(o.trigger.name));
            },
            [&](const plan::CreateView& o) { return add(o.view.sql); },
            [&](const plan::DropView& o) { return add("DROP VIEW " + quote(o.view.name)); },
            [&](const plan::RebuildTable& o) { return rebuild(o); },
            [&](const plan::Backfill& o) { return backfill(o); },
            [&](const plan::Verify& o) {
              verifies_ = true;
              counted_.insert(o.table);
              work(Work::Kind::look, o.table);
              return true;
            },
            [&](const plan::WriteRow& o) { return writeRow(o); },
            // The runner records the active version; the schema does not change.
            [&](const plan::ChangePolicies&) { return false; },
            [&](const plan::ChangeGrants&) { return false; },
            [&](const plan::CreateRole&) { return false; },
            [&](const plan::ForgetRole&) { return false; },
            [&](const plan::SwitchVersion&) { return true; },
        },
        operation);
  }

  Emitted finish(bool onlyVerifies) {
    if (withoutForeignKeys_) {
      // Ignored inside a transaction, and with it on a DROP TABLE deletes the rows of cascading
      // children.
      out_.before.push_back("PRAGMA foreign_keys = OFF");
      out_.after.insert(out_.after.begin(), "PRAGMA foreign_keys = ON");
    }
    // A table that is copied as well says enough.
    for (const auto& table : counted_)
      if (!onlyVerifies && !isCopied(table)) out_.waits.push_back({Wait::For::count, table});
    if (out_.batch)
      out_.stepClass = StepClass::batch;
    else if (verifies_ && onlyVerifies)
      out_.stepClass = StepClass::gate;
    if (out_.lock.empty())
      out_.lock = out_.batch                ? "database write lock, a batch at a time"
                  : out_.statements.empty() ? "none"
                                            : kWriteLock;
    return std::move(out_);
  }

private:
  bool isCopied(const std::string& table) const {
    return std::ranges::any_of(out_.waits, [&](const Wait& wait) {
      return wait.what == Wait::For::copy && wait.table == table;
    });
  }
  // While nobody else writes.
  void copy(const std::string& table) {
    out_.waits.push_back({Wait::For::copy, table});
    work(Work::Kind::copy, table);
  }
  void work(Work::Kind kind, const std::string& table) {
    if (const Work one{kind, table}; std::ranges::find(out_.works, one) == out_.works.end())
      out_.works.push_back(one);
  }
  bool add(std::string sql) {
    out_.statements.push_back(std::move(sql));
    return true;
  }

  bool createTable(const Table& table) {
    add(createTableSql(table));
    for (const auto& index : table.indexes)
      if (!index.constraint) add(createIndexSql(table.name, index));
    return true;
  }

  bool dropTable(const plan::DropTable& op) {
    withoutForeignKeys_ = true;
    if (!op.keptAs.empty()) {
      copy(op.table.name);
      std::vector<std::pair<std::string, std::string>> columns;
      for (const auto& column : op.table.columns)
        if (column.generatedSql.empty()) columns.emplace_back(column.name, quote(column.name));
      keepApart(op.keptAs, op.table.primaryKey, columns, op.table.name, "", out_);
    }
    add("DROP TABLE " + quote(op.table.name));
    // Somebody else's table may refer to it, one that the plan does not know of.
    out_.mustBeEmpty.push_back(
        fmt::format("SELECT 'table ' || m.name FROM main.sqlite_schema m JOIN "
                    "pragma_foreign_key_list(m.name) f "
                    "WHERE m.type = 'table' AND f.\"table\" = {0} COLLATE NOCASE AND m.name <> {0} "
                    "COLLATE NOCASE",
                    textLiteral(op.table.name)));
    return true;
  }

  bool renameTable(const plan::RenameTable& op) {
    // Views (and what is built on them) and triggers that speak of the table are made anew: the
    // engine would rewrite some, and refuse for others.
    std::set<std::string> views;
    for (bool grown = true; grown;) {
      grown = false;
      for (const auto& view : now_.views) {
        if (views.count(view.name)) continue;
        bool speaks = catalog::mentionsTable(view.sql, op.from, traits_);
        for (const auto& other : views)
          speaks = speaks || catalog::mentionsTable(view.sql, other, traits_);
        if (speaks) grown = views.insert(view.name).second;
      }
    }
    std::vector<const catalog::Trigger*> triggers;
    for (const auto& trigger : now_.triggers)
      if (trigger.table == op.from || views.count(trigger.table) ||
          catalog::mentionsTable(trigger.sql, op.from, traits_))
        triggers.push_back(&trigger);
    for (const auto* trigger : triggers) add("DROP TRIGGER " + quote(trigger->name));
    for (const auto& view : views) add("DROP VIEW " + quote(view));
    std::string from = op.from;
    if (sameLetters(op.from, op.to)) {  // for the engine the name is taken, by the table itself
      const std::string between = "cambium_rename";
      add(fmt::format("ALTER TABLE {} RENAME TO {}", quote(from), quote(between)));
      from = between;
    }
    add(fmt::format("ALTER TABLE {} RENAME TO {}", quote(from), quote(op.to)));
    const auto renamed = [&](const std::string& sql) {
      return catalog::renameTables(sql, {{op.from, op.to}}, traits_);
    };
    for (const auto& view : now_.views)
      if (views.count(view.name)) add(renamed(view.sql));
    for (const auto* trigger : triggers) add(renamed(trigger->sql));
    return true;
  }

  bool addColumn(const plan::AddColumn& op) {
    std::string sql =
        fmt::format("ALTER TABLE {} ADD COLUMN {}", quote(op.table), columnSql(op.column));
    if (op.check)
      sql += (op.check->name.empty() ? " " : " CONSTRAINT " + quote(op.check->name) + " ") +
             "CHECK (" + op.check->sql + ")";
    if (op.foreignKey) sql += " " + foreignKeySql(*op.foreignKey);
    // The engine holds the rows that are there to it.
    if (op.check) {
      out_.waits.push_back({Wait::For::count, op.table});
      work(Work::Kind::look, op.table);
    }
    return add(std::move(sql));
  }

  bool dropColumn(const plan::DropColumn& op) {
    const Table* table = now_.findTable(op.table);
    const auto speaks = [&](const auto& check) {
      return catalog::mentions(check.sql, op.column.name, traits_);
    };
    const bool constrained =
        op.check || op.foreignKey ||
        (table && std::any_of(table->checks.begin(), table->checks.end(), speaks));
    // The engine writes what is left of each row.
    if (!op.keptAs.empty() || op.column.generatedSql.empty() || op.column.stored) copy(op.table);
    if (!op.keptAs.empty() && (!constrained || !table))
      keepColumn(table ? table->primaryKey : std::vector<std::string>(), op);
    if (!constrained || !table)
      return add(
          fmt::format("ALTER TABLE {} DROP COLUMN {}", quote(op.table), quote(op.column.name)));
    // DROP COLUMN takes a constraint along only if it was written with the column, which a table
    // does not tell.
    plan::RebuildTable op2{*table, *table, {}};
    Table& to = op2.to;
    std::erase_if(to.columns, [&](const auto& c) { return c.name == op.column.name; });
    std::erase_if(to.checks, [&](const auto& c) { return op.check && c == *op.check; });
    std::erase_if(to.foreignKeys,
                  [&](const auto& fk) { return op.foreignKey && fk == *op.foreignKey; });
    for (const auto& column : to.columns)
      if (column.generatedSql.empty()) op2.copy.emplace_back(column.name, quote(column.name));
    if (!op.keptAs.empty()) op2.kept.emplace_back(op.column.name, op.keptAs);
    return rebuild(op2);
  }
  void keepColumn(const std::vector<std::string>& key, const plan::DropColumn& op) {
    const std::string column = quote(op.column.name);
    std::vector<std::pair<std::string, std::string>> columns;
    for (const auto& name : key) columns.emplace_back(name, quote(name));
    columns.emplace_back(op.column.name, column);
    keepApart(op.keptAs, key, columns, op.table, column + " IS NOT NULL", out_);
  }

  bool renameColumn(const plan::RenameColumn& op) {
    return add(fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", quote(op.table), quote(op.from),
                           quote(op.to)));
  }

  bool rebuild(const plan::RebuildTable& op) {
    withoutForeignKeys_ = true;
    copy(op.from.name);
    emitRebuild(op, now_, ++rebuilds_, out_);
    return true;
  }

  // Each may run a second time after a crash. In a step without foreign keys the engine does
  // nothing to the rows that refer to this one: their action is said here.
  bool writeRow(const plan::WriteRow& op) {
    for (auto& sql : moveSql(op)) add(std::move(sql));
    add(rowSql(op));
    if (!carriesOver_ || !op.from || (op.to && op.to->key == op.from->key)) return true;
    for (const auto& child : now_.tables)
      for (const auto& fk : child.foreignKeys)
        if (fk.table == op.from->table && fk.columns.size() == 1)
          carryOver(op, child.name, fk.columns[0], op.to ? fk.onUpdate : fk.onDelete);
    return true;
  }
  void carryOver(const plan::WriteRow& op, const std::string& child, const std::string& column,
                 const std::string& action) {
    const std::string which = fmt::format("{} = {}", quote(column), op.from->key);
    if (action == "SET NULL" || (action == "CASCADE" && op.to))
      add(fmt::format("UPDATE {} SET {} = {} WHERE {}", quote(child), quote(column),
                      action == "CASCADE" ? op.to->key : "NULL", which));
    else if (action == "CASCADE")
      add(fmt::format("DELETE FROM {} WHERE {}", quote(child), which));
  }

  bool backfill(const plan::Backfill& op) {
    if (several_) return false;  // a batch has transactions of its own
    out_.batch = batchSql(op, now_.findTable(op.table));
    return true;
  }

  const Traits& traits_;
  const Catalog& now_;
  bool several_, carriesOver_;
  bool withoutForeignKeys_ = false;
  bool verifies_ = false;
  std::set<std::string> counted_;  // tables
  unsigned rebuilds_ = 0;
  Emitted out_;
};

}  // namespace

std::optional<Emitted> emitOperations(const std::vector<Operation>& operations,
                                      const Catalog& during, const Traits& traits) {
  const bool several = operations.size() > 1;
  // With several operations, each sees what the ones before it have done.
  Catalog changing = several ? excerpt(operations, during) : Catalog{};
  Writer writer(traits, several ? changing : during, operations);
  for (const auto& operation : operations) {
    if (!writer.write(operation)) return std::nullopt;
    if (several && !plan::apply(operation, changing, traits).empty()) return std::nullopt;
  }
  const bool onlyVerifies =
      std::all_of(operations.begin(), operations.end(),
                  [](const Operation& o) { return std::holds_alternative<plan::Verify>(o); });
  return writer.finish(onlyVerifies);
}

}  // namespace cambium::dialect::sqlite
