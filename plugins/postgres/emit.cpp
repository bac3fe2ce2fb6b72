// Every operation of a plan as SQL, with the lock that it takes.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "compiler/base/result.h"
#include "compiler/catalog/lookups.h"
#include "compiler/catalog/sql.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

using catalog::Catalog;
using catalog::Traits;
using plan::Operation;

// Locks by strength; a step has the strongest of its operations.
enum class Lock : unsigned char { none, rows, shareUpdate, share, shareRow, exclusive };
constexpr const char* kLocks[] = {"none",  "ROW EXCLUSIVE",       "SHARE UPDATE EXCLUSIVE",
                                  "SHARE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE"};

class Writer {
public:
  Writer(const Traits& traits, const Catalog& during, bool several)
      : traits_(traits), now_(during), several_(several) {}

  // False: an operation that Traits never let the planner choose.
  bool write(const Operation& operation) {
    return std::visit(
        Overloaded{
            [&](const plan::CreateTable& o) { return createTable(o.table); },
            [&](const plan::DropTable& o) {
              for (const auto& fk : o.table.foreignKeys) lockReferenced(o.table.name, fk);
              if (!o.keptAs.empty()) {
                lock(o.table.name, Lock::exclusive);
                keepTable(o.table, o.keptAs, out_.statements);
                return true;
              }
              return add(o.table.name, Lock::exclusive, "DROP TABLE " + quote(o.table.name));
            },
            [&](const plan::RenameTable& o) {
              renamed_[o.to] = origin(o.from);
              add(o.from, Lock::exclusive,
                  fmt::format("ALTER TABLE {} RENAME TO {}", quote(o.from), quote(o.to)));
              noteLookers(o.from, [&](std::vector<catalog::Policy>& policies) {
                catalog::renameLooked(policies, o.from, o.to, traits_);
              });
              return true;
            },
            [&](const plan::AddColumn& o) { return addColumn(o); },
            [&](const plan::DropColumn& o) {
              if (const auto* table = known(o.table))
                for (const auto& fk : table->foreignKeys)
                  if (std::ranges::find(fk.columns, o.column.name) != fk.columns.end())
                    lockReferenced(o.table, fk);
              if (!o.keptAs.empty()) {
                lock(o.table, Lock::exclusive);
                keepColumn(o, known(o.table), out_.statements);
                return true;
              }
              return add(o.table, Lock::exclusive,
                         alter(o.table) + "DROP COLUMN " + quote(o.column.name));
            },
            [&](const plan::RenameColumn& o) { return renameColumn(o); },
            [&](const plan::AlterColumn& o) {
              catalog::Column told = o.from;
              told.comment = o.to.comment;
              lock(o.table, told == o.to ? Lock::shareUpdate : Lock::exclusive);
              if (writesRows(o.from, o.to)) copy(o.table);
              if (!o.from.notNull && o.to.notNull) lookForNull(o.table, o.to.name);
              alterColumn(o.table, o.from, o.to, out_.statements);
              if (o.from.type != o.to.type) noteAgain(o.table, o.to.name, o.to.name);
              return true;
            },
            [&](const plan::AlterKey& o) {
              lock(o.table, Lock::exclusive);
              for (const auto& column : o.to) lookForNull(o.table, column);
              // Beside nobody: the index of a key, or the one that stands for it.
              if (o.created || (!o.to.empty() && !o.dropped)) waitForIndex(o.table);
              alterKey(o, out_.statements);
              return true;
            },
            [&](const plan::CommentTable& o) {
              lock(o.table, Lock::shareUpdate);
              commentTable(o.table, o.to, out_.statements, true);
              return true;
            },
            [&](const plan::AddCheck& o) {
              if (o.check.validated) look(o.table);
              if (o.check.isExclusion() && !created_.contains(o.table)) {
                waitForIndex(o.table);
                out_.waits.push_back({Wait::For::step, o.table});
              }
              add(o.table, Lock::exclusive, alter(o.table) + "ADD " + checkSql(o.check));
              noteCheck(o.table, o.check, out_.statements);
              return true;
            },
            [&](const plan::DropCheck& o) { return dropConstraint(o.table, o.check.name); },
            [&](const plan::RenameCheck& o) {
              return add(o.table, Lock::exclusive,
                         fmt::format("{}RENAME CONSTRAINT {} TO {}", alter(o.table),
                                     quote(o.check.name), quote(o.to)));
            },
            [&](const plan::AddForeignKey& o) {
              lock(o.foreignKey.table, Lock::shareRow);
              return add(o.table, Lock::shareRow,
                         alter(o.table) + "ADD " + foreignKeySql(o.foreignKey));
            },
            [&](const plan::DropForeignKey& o) {
              lockReferenced(o.table, o.foreignKey);
              return dropConstraint(o.table, o.foreignKey.name);
            },
            [&](const plan::ValidateCheck& o) { return validateCheck(o); },
            [&](const plan::ValidateForeignKey& o) { return validateForeignKey(o); },
            [&](const plan::CreateIndex& o) { return createIndex(o); },
            [&](const plan::DropIndex& o) { return dropIndex(o); },
            [&](const plan::RenameIndex& o) { return renameIndex(o); },
            [&](const plan::CreateTrigger& o) {
              for (auto& statement : statementsOf(o.trigger.sql)) {
                const bool function = statement.starts_with("CREATE FUNCTION ");
                add(o.trigger.table, Lock::shareRow, std::move(statement));
                // Who writes need not be allowed to call it: that is asked of who makes a trigger,
                // and nobody else is to make one of it.
                if (function)
                  add(Lock::none, fmt::format("REVOKE ALL ON FUNCTION {}() FROM PUBLIC",
                                              quote(o.trigger.name)));
              }
              return true;
            },
            [&](const plan::DropTrigger& o) {
              add(o.trigger.table, Lock::exclusive,
                  fmt::format("DROP TRIGGER {} ON {}", quote(o.trigger.name),
                              quote(o.trigger.table)));
              return add(Lock::none, "DROP FUNCTION " + quote(o.trigger.name) + "()");
            },
            [&](const plan::CreateView& o) {
              createView(o.view);
              return true;
            },
            [&](const plan::DropView& o) {
              if (!o.view.schema.empty()) left_.insert(o.view.schema);
              return add(Lock::exclusive, "DROP VIEW " + qualified(o.view));
            },
            [&](const plan::RebuildTable& o) {
              lock(Lock::exclusive);
              reshape(o, out_.statements);
              return true;
            },
            [&](const plan::Backfill& o) { return backfill(o); },
            [&](const plan::Verify& o) {
              counted_.insert(o.table);
              work(Work::Kind::look, o.table);
              return true;
            },
            [&](const plan::WriteRow& o) { return writeRow(o); },
            [&](const plan::ChangePolicies& o) {
              lock(o.table, Lock::exclusive);
              policiesSql(o.table, o.from, o.to, out_.statements);
              return true;
            },
            [&](const plan::ChangeGrants& o) {
              grantsSql(quote(o.table), o.from, o.to, out_.statements);
              return true;
            },
            [&](const plan::CreateRole& o) {
              createRoleSql(o.role, o.heirOf, out_.statements);
              return true;
            },
            [&](const plan::ForgetRole& o) {
              forgetRoleSql(o.role, o.heir, out_.statements);
              return true;
            },
            // The runner records the active version; the schema does not change.
            [&](const plan::SwitchVersion&) { return true; },
        },
        operation);
  }

  // Two operations that come to less than the one and then the other. False: they do not.
  bool writeBoth(const Operation& first, const Operation& second) {
    const auto* dropped = std::get_if<plan::DropCheck>(&first);
    const auto* added = std::get_if<plan::AddCheck>(&second);
    if (dropped && added && dropped->table == added->table && added->check.isExclusion() &&
        dropped->check.sql == added->check.sql)
      return add(added->table, Lock::exclusive,
                 fmt::format("{}RENAME CONSTRAINT {} TO {}", alter(added->table),
                             quote(dropped->check.name), quote(added->check.name)));
    const auto* index = std::get_if<plan::DropIndex>(&first);
    const auto* constraint = std::get_if<plan::CreateIndex>(&second);
    if (!index || !constraint || index->table != constraint->table || index->index.constraint)
      return false;
    catalog::Index becomes = index->index;
    becomes.name = constraint->index.name;
    becomes.constraint = true;
    // The index takes the constraint's name.
    return becomes == constraint->index &&
           add(constraint->table, Lock::exclusive,
               fmt::format("{}ADD CONSTRAINT {} UNIQUE USING INDEX {}", alter(constraint->table),
                           quote(becomes.name), quote(index->index.name)));
  }

  Emitted finish(bool onlyVerifies) {
    for (const auto& schema : left_) dropFaceSchema(schema, out_.statements);
    // What was counted is to be true when the triggers and columns go.
    if (!onlyVerifies && !concurrent_)
      for (const auto& table : counted_) {
        lock(Lock::shareRow);
        out_.waits.push_back({Wait::For::count, table});
        out_.locks.push_back("LOCK TABLE " + quote(table) + " IN SHARE ROW EXCLUSIVE MODE");
      }
    if (concurrent_) {
      out_.stepClass = StepClass::nonTransactional;
    } else if (out_.batch) {
      out_.stepClass = StepClass::batch;
    } else if (onlyVerifies) {
      out_.stepClass = StepClass::gate;
    }
    if (out_.lock.empty())
      out_.lock = out_.batch    ? "ROW EXCLUSIVE, a batch at a time"
                  : concurrent_ ? "SHARE UPDATE EXCLUSIVE, outside a transaction"
                                : inWords();
    return std::move(out_);
  }

private:
  bool add(Lock lock, std::string sql) {
    lock_ = std::max(lock_, lock);
    out_.statements.push_back(std::move(sql));
    return true;
  }
  void lock(Lock lock) { lock_ = std::max(lock_, lock); }
  // Of a table that comes in this step nobody knows yet.
  bool add(const std::string& table, Lock strength, std::string sql) {
    lock(table, strength);
    return add(Lock::none, std::move(sql));
  }
  void lock(const std::string& table, Lock strength) {
    if (created_.contains(table)) return;
    lock(strength);
    if (strength == Lock::exclusive) own_.insert(origin(table));
  }

  // A reference that goes takes triggers from the table that it refers to, too.
  void lockReferenced(const std::string& table, const catalog::ForeignKey& fk) {
    if (fk.table != table && fk.table != origin(table) && !created_.contains(fk.table))
      also_.insert(origin(fk.table));
  }
  // What it was called before the step; the table that it was then, unless it comes in the step.
  const std::string& origin(const std::string& table) const {
    const auto found = renamed_.find(table);
    return found == renamed_.end() ? table : found->second;
  }
  const catalog::Table* known(const std::string& table) const {
    if (created_.contains(table)) return nullptr;
    const auto* found = now_.findTable(table);
    return found ? found : now_.findTable(origin(table));
  }
  // While nobody reads or writes the table. One that comes in this step has no rows.
  void look(const std::string& table) {
    if (created_.contains(table)) return;
    if (looked_.insert(origin(table)).second) out_.waits.push_back({Wait::For::look, table});
    work(Work::Kind::look, table);
  }
  void waitForIndex(const std::string& table) {
    work(Work::Kind::index, table);
    if (created_.contains(table)) return;
    out_.waits.push_back({Wait::For::index, table});
    // What an operation before this one has locked stays so until the commit.
    const auto& then = origin(table);
    if (own_.contains(then) || also_.contains(then)) out_.waits.push_back({Wait::For::step, table});
  }
  void copy(const std::string& table) {
    out_.waits.push_back({Wait::For::copy, table});
    work(Work::Kind::copy, table);
  }
  void work(Work::Kind kind, const std::string& table) {
    const Work one{kind, origin(table)};
    if (!created_.contains(table) && std::ranges::find(out_.works, one) == out_.works.end())
      out_.works.push_back(one);
  }
  std::string inWords() const {
    std::string out = kLocks[static_cast<size_t>(lock_)];
    const char* before = ", also on ";
    for (const auto& table : also_)
      if (!own_.contains(table)) out += std::exchange(before, ", ") + table;
    before = ", while every row is looked at of ";
    for (const auto& table : looked_) out += std::exchange(before, ", ") + table;
    return out;
  }
  // SET NOT NULL looks at the rows, unless a check has done so.
  void lookForNull(const std::string& name, const std::string& column) {
    const auto* table = known(name);
    if (!table) return;
    const auto* found = table->findColumn(column);
    if (!found || found->notNull) return;
    const bool proven = std::ranges::any_of(table->checks, [&](const catalog::Check& check) {
      return check.validated && check.sql == quote(column) + " IS NOT NULL";
    });
    if (!proven) look(name);
  }

  static std::string alter(const std::string& table) { return "ALTER TABLE " + quote(table) + " "; }

  bool dropConstraint(const std::string& table, const std::string& name) {
    return !name.empty() &&
           add(table, Lock::exclusive, alter(table) + "DROP CONSTRAINT " + quote(name));
  }

  bool validate(const std::string& table, const std::string& name) {
    work(Work::Kind::look, table);
    return add(Lock::shareUpdate, alter(table) + "VALIDATE CONSTRAINT " + quote(name));
  }

  // The way back: nobody looks at the rows again.
  bool validateCheck(const plan::ValidateCheck& op) {
    if (op.validated) return validate(op.table, op.name);
    const auto* table = now_.findTable(op.table);
    const auto found = table ? std::ranges::find(table->checks, op.name, &catalog::Check::name)
                             : std::vector<catalog::Check>::const_iterator();
    if (!table || found == table->checks.end()) return false;
    catalog::Check check = *found;
    check.validated = false;
    add(Lock::exclusive, fmt::format("{}DROP CONSTRAINT {}, ADD {}", alter(op.table),
                                     quote(op.name), checkSql(check)));
    noteCheck(op.table, check, out_.statements);
    return true;
  }

  bool validateForeignKey(const plan::ValidateForeignKey& op) {
    if (op.validated) return validate(op.table, op.name);
    const auto* table = now_.findTable(op.table);
    const auto found =
        table ? std::ranges::find(table->foreignKeys, op.name, &catalog::ForeignKey::name)
              : std::vector<catalog::ForeignKey>::const_iterator();
    if (!table || found == table->foreignKeys.end()) return false;
    catalog::ForeignKey fk = *found;
    fk.validated = false;
    lockReferenced(op.table, fk);
    return add(op.table, Lock::exclusive,
               fmt::format("{}DROP CONSTRAINT {}, ADD {}", alter(op.table), quote(op.name),
                           foreignKeySql(fk)));
  }

  bool createTable(const catalog::Table& table) {
    created_.insert(table.name);
    for (const auto& fk : table.foreignKeys) lock(fk.table, Lock::shareRow);
    add(Lock::none, createTableSql(table));
    for (const auto& index : table.indexes)
      if (!index.constraint) add(Lock::none, createIndexSql(table.name, index, false));
    noteTable(table, out_.statements);
    policiesSql(table.name, {}, table.policies, out_.statements);
    grantsSql(quote(table.name), {}, table.grants, out_.statements);
    return true;
  }

  void createView(const catalog::View& view) {
    if (!view.schema.empty() && entered_.insert(view.schema).second)
      createFaceSchema(view.schema, out_.statements);
    for (auto& statement : statementsOf(view.sql)) add(Lock::none, std::move(statement));
    noteView(view, out_.statements);
    grantsSql(qualified(view), {}, view.grants, out_.statements);
    for (const auto& grant : view.grants)
      if (!view.schema.empty() && mayEnter_.insert({view.schema, grant.role}).second)
        out_.statements.push_back(
            fmt::format("GRANT USAGE ON SCHEMA {} TO {}", quote(view.schema), quote(grant.role)));
  }

  bool addColumn(const plan::AddColumn& op) {
    std::string sql = alter(op.table) + "ADD COLUMN " + columnSql(op.column);
    if (op.check) sql += " " + checkSql(*op.check);
    if (op.foreignKey)
      sql += " CONSTRAINT " + quote(op.foreignKey->name) + " " + referencesSql(*op.foreignKey);
    if (!op.column.generatedSql.empty() && op.column.stored) copy(op.table);
    add(op.table, Lock::exclusive, std::move(sql));
    noteColumn(op.table, op.column, out_.statements);
    if (op.check) noteCheck(op.table, *op.check, out_.statements);
    return true;
  }

  // The server follows the name in its expressions; what was said of them must follow, too.
  bool renameColumn(const plan::RenameColumn& op) {
    add(op.table, Lock::exclusive,
        fmt::format("{}RENAME COLUMN {} TO {}", alter(op.table), quote(op.from), quote(op.to)));
    noteAgain(op.table, op.from, op.to);
    return true;
  }

  // What was said of the column, in its new name, beside what the server says of it now.
  void noteAgain(const std::string& name, const std::string& from, const std::string& to) {
    const auto* table = now_.findTable(name);
    if (!table) return;
    const auto renamed = [&](std::string& sql) {
      const bool named = catalog::mentions(sql, from, traits_);
      if (named) sql = catalog::renameIdentifier(sql, from, to, traits_);
      return named;
    };
    for (auto column : table->columns) {
      if (column.name == from) column.name = to;
      if (renamed(column.generatedSql)) noteColumn(name, column, out_.statements);
    }
    for (auto check : table->checks)
      if (renamed(check.sql)) noteCheck(name, check, out_.statements);
    for (auto index : table->indexes) {
      bool any = renamed(index.whereSql);
      for (auto& part : index.parts) any = renamed(part.sql) || any;
      if (any) noteIndex(index, out_.statements);
    }
    for (auto policy : table->policies) {
      const auto was = policy;
      for (auto* sql : {&policy.usingSql, &policy.checkSql})
        *sql = catalog::overOwn(*sql, [&](std::string_view own) {
          return catalog::renameIdentifier(own, from, to, traits_);
        });
      if (policy != was) notePolicy(name, policy, out_.statements);
    }
    noteLookers(name, [&](std::vector<catalog::Policy>& policies) {
      catalog::renameLooked(policies, name, from, to, traits_);
    });
  }

  // The policies of other tables that look at this one, where `rename` changes them.
  template <class Rename>
  void noteLookers(const std::string& name, Rename rename) {
    for (const auto& looker : now_.lookers) {
      const auto* table = looker == name ? nullptr : now_.findTable(looker);
      if (!table) continue;
      auto policies = table->policies;
      rename(policies);
      for (size_t i = 0; i < policies.size(); ++i)
        if (policies[i] != table->policies[i]) notePolicy(looker, policies[i], out_.statements);
    }
  }

  bool createIndex(const plan::CreateIndex& op) {
    concurrent_ = !several_;
    if (concurrent_) {
      lock(Lock::shareUpdate);
      dropLeftBehind(op.table, op.index.name, out_.statements);
      // A build that fails leaves nothing that writers have to keep up or obey.
      dropLeftBehind(op.table, op.index.name, out_.after);
    }
    if (concurrent_)
      work(Work::Kind::index, op.table);
    else
      waitForIndex(op.table);
    add(op.table, Lock::share, createIndexSql(op.table, op.index, concurrent_));
    if (op.index.constraint)
      add(op.table, Lock::exclusive,
          fmt::format("{}ADD CONSTRAINT {} UNIQUE USING INDEX {}", alter(op.table),
                      quote(op.index.name), quote(op.index.name)));
    noteIndex(op.index, out_.statements);
    return true;
  }

  // What a build or a removal that failed has left of the index: invalid, it is no index, and yet
  // writers may have to keep it up and obey it. Never one of another table, never a constraint. It
  // gets a name of its own first, under a lock that is in nobody's way: only a statement that has
  // no condition can drop an index beside readers.
  static void dropLeftBehind(const std::string& table, const std::string& index,
                             std::vector<std::string>& out) {
    constexpr const char* kLeftBehind = "cambium_left_behind";
    out.push_back(
        "DO " +
        dollarQuoted(fmt::format(
            " BEGIN IF EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = to_regclass({0}) AND "
            "i.indrelid = to_regclass({1}) AND NOT (i.indisvalid AND i.indisready) AND NOT EXISTS "
            "(SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)) THEN ALTER INDEX {2} "
            "RENAME TO {3}; END IF; END ",
            textLiteral(quote(index)), textLiteral(quote(table)), quote(index), kLeftBehind)));
    out.push_back(fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", kLeftBehind));
  }

  bool dropIndex(const plan::DropIndex& op) {
    if (op.index.constraint)
      return add(op.table, Lock::exclusive,
                 fmt::format("{}DROP CONSTRAINT {}", alter(op.table), quote(op.index.name)));
    concurrent_ = !several_;
    if (!concurrent_) {
      also_.insert(origin(op.table));  // which the statement does not name
      return add(Lock::exclusive, "DROP INDEX " + quote(op.index.name));
    }
    // To the probes an invalid index is gone: what is left of it goes before they are asked.
    dropLeftBehind(op.table, op.index.name, out_.before);
    return add(Lock::shareUpdate, "DROP INDEX CONCURRENTLY IF EXISTS " + quote(op.index.name));
  }

  bool renameIndex(const plan::RenameIndex& op) {
    const auto from = quote(op.index.name), to = quote(op.to);
    if (op.index.constraint)
      return add(op.table, Lock::exclusive,
                 fmt::format("{}RENAME CONSTRAINT {} TO {}", alter(op.table), from, to));
    return add(Lock::none, fmt::format("ALTER INDEX {} RENAME TO {}", from, to));
  }

  // Each may run a second time after a crash.
  bool writeRow(const plan::WriteRow& op) {
    // Who is about to refer to the row is waited for, and who comes later waits, and finds it gone.
    if (!op.moves.empty())
      add(Lock::rows, "DO " + dollarQuoted(fmt::format(
                                  "BEGIN PERFORM 1 FROM {} WHERE {} = {} FOR UPDATE; END",
                                  quote(op.from->table), quote(op.from->keyColumn), op.from->key)));
    for (size_t i = 0; auto& sql : moveSql(op))
      add(op.moves[i++].table, Lock::rows, std::move(sql));
    return add((op.to ? *op.to : *op.from).table, Lock::rows, rowSql(op));
  }

  bool backfill(const plan::Backfill& op) {
    if (several_) return false;  // a batch has transactions of its own
    out_.batch = batchSql(op, now_.findTable(op.table));
    return true;
  }

  const Traits& traits_;
  const Catalog& now_;
  bool several_;
  std::set<std::string> counted_;               // tables
  std::set<std::string> created_;               // tables
  std::map<std::string, std::string> renamed_;  // tables: what they were called before the step
  std::set<std::string> own_;     // tables that the operations are about, and nobody may read
  std::set<std::string> also_;    // tables beside those that the statements name
  std::set<std::string> looked_;  // tables
  // Schemas of faces in which the step makes views, or drops some, and the roles that may use them.
  std::set<std::string> entered_, left_;
  std::set<std::pair<std::string, std::string>> mayEnter_;
  bool concurrent_ = false;
  Lock lock_ = Lock::none;
  Emitted out_;
};

// A table's new name matters to policies of others that look at it, and to nothing else.
bool renames(const std::vector<Operation>& operations, const Catalog& during) {
  return std::any_of(operations.begin(), operations.end(), [&](const Operation& o) {
    return std::holds_alternative<plan::RenameColumn>(o) ||
           (!during.lookers.empty() && std::holds_alternative<plan::RenameTable>(o));
  });
}

}  // namespace

std::optional<Emitted> emitOperations(const std::vector<Operation>& operations,
                                      const Catalog& during, const Traits& traits) {
  const bool several = operations.size() > 1;
  // A rename must see what the operations before it have done to its table; nothing else looks.
  const bool follows = several && renames(operations, during);
  Catalog changing = follows ? during : Catalog{};
  Writer writer(traits, follows ? changing : during, several);
  const auto done = [&](const Operation& operation) {
    return !follows || plan::apply(operation, changing, traits).empty();
  };
  for (size_t i = 0; i < operations.size(); ++i) {
    if (i + 1 < operations.size() && writer.writeBoth(operations[i], operations[i + 1])) {
      if (!done(operations[i])) return std::nullopt;
      ++i;
    } else if (!writer.write(operations[i])) {
      return std::nullopt;
    }
    if (!done(operations[i])) return std::nullopt;
  }
  const bool onlyVerifies =
      std::all_of(operations.begin(), operations.end(),
                  [](const Operation& o) { return std::holds_alternative<plan::Verify>(o); });
  return writer.finish(onlyVerifies);
}

}  // namespace cambium::dialect::postgres
