// Every operation of a plan as SQL, with the lock that it takes. Each statement that changes the
// schema commits by itself: it is its own point of no return, and the runner is told how many
// operations are done behind it.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/base/result.h"
#include "compiler/plan/takeover.h"
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

using catalog::Catalog;
using catalog::Table;
using catalog::Traits;
using plan::Operation;
using Way = Alteration::Way;

// Locks by strength; a step has the strongest of its statements.
enum class Lock : unsigned char { none, rows, metadata, online, shortly, writes, everything };
constexpr const char* kLocks[] = {"none",
                                  "rows",
                                  "metadata lock, short",
                                  "metadata lock, short; reads and writes go on meanwhile",
                                  "nobody reads or writes, short",
                                  "writes wait while the table is copied",
                                  "nobody reads or writes until the table is changed"};

// The part of the catalog that these operations can see: a step must not cost a copy of the whole.
Catalog excerpt(const std::vector<Operation>& operations, const Catalog& during) {
  std::set<std::string> names;
  for (const auto& operation : operations)
    std::visit(
        Overloaded{[&](const plan::CreateTable& o) { names.insert(o.table.name); },
                   [&](const plan::DropTable& o) { names.insert(o.table.name); },
                   [&](const plan::RenameTable& o) { names.insert(o.from); },
                   [&](const plan::RebuildTable& o) { names.insert(o.from.name); },
                   [&](const plan::WriteRow& o) { names.insert((o.to ? o.to : o.from)->table); },
                   [&](const plan::CreateTrigger& o) { names.insert(o.trigger.table); },
                   [&](const plan::DropTrigger& o) { names.insert(o.trigger.table); },
                   [](const plan::CreateView&) {}, [](const plan::DropView&) {},
                   // Never chosen: Traits::accessControl, rowPolicies.
                   [](const plan::CreateRole&) {}, [](const plan::ForgetRole&) {},
                   [](const plan::SwitchVersion&) {},
                   [&](const auto& o) { names.insert(o.table); }},
        operation);
  Catalog out;
  out.views = during.views;
  for (const auto& name : names)
    for (auto& row : during.rowsOf(name)) out.rows.insert(std::move(row));
  for (const auto& table : during.tables) {
    const bool refers = std::ranges::any_of(
        table.foreignKeys, [&](const auto& fk) { return names.count(fk.table) > 0; });
    if (refers || names.count(table.name)) out.put(table);
  }
  for (const auto& trigger : during.triggers)
    if (names.count(trigger.table)) out.put(trigger);
  return out;
}

struct Statement {
  std::string sql;
  unsigned completes = 0;
  std::string table;  // the table that is there and is changed; "" = not under LOCK TABLES
  bool alters = false, triggers = false, renames = false;
  bool instant = true;                         // else it takes as long as the table is large
  bool copies = false;                         // into another form
  std::set<std::string> refersTo = {};         // tables of references that come
  std::set<std::string> gone = {}, come = {};  // the references themselves, by their names
};

// The table that a reference points to which comes with the operation; "" = none does.
std::set<std::string> newReferences(const Operation& operation) {
  std::set<std::string> out;
  if (const auto* add = std::get_if<plan::AddForeignKey>(&operation))
    out.insert(add->foreignKey.table);
  if (const auto* add = std::get_if<plan::AddColumn>(&operation); add && add->foreignKey)
    out.insert(add->foreignKey->table);
  if (const auto* rebuild = std::get_if<plan::RebuildTable>(&operation))
    for (const auto& fk : rebuild->to.foreignKeys) out.insert(fk.table);
  return out;
}

bool isAdd(const Alteration& a) {
  return a.way == Way::instant && std::ranges::all_of(a.clauses, [](const auto& clause) {
           return clause.starts_with("ADD COLUMN ");
         });
}

// What a change does with the rows; nothing where it only changes what is said of them.
std::optional<Work::Kind> workOf(const Alteration& a) {
  if (a.way == Way::copy) return Work::Kind::copy;
  if (a.way == Way::instant) return std::nullopt;
  std::optional<Work::Kind> kind;
  for (const std::string& clause : a.clauses) {
    if (clause.starts_with("DROP COLUMN ") || clause.starts_with("MODIFY COLUMN ") ||
        clause.starts_with("CHANGE COLUMN "))
      return Work::Kind::copy;
    if (clause.starts_with("ADD ") && clause.find("KEY ") != std::string::npos &&
        !clause.starts_with("ADD CONSTRAINT ") && !clause.starts_with("ADD COLUMN "))
      kind = Work::Kind::index;
  }
  return kind;
}

class Writer {
public:
  // `changing`: what the operations see of `during`, to be changed by them; null for one alone.
  Writer(const Traits& traits, const Catalog& during, Catalog* changing, Server server)
      : traits_(traits),
        server_(server),
        during_(during),
        changing_(changing),
        now_(changing ? *changing : during) {}

  void goingToDrop(const std::vector<Operation>& operations) {
    for (const auto& operation : operations)
      if (const auto* drop = std::get_if<plan::DropTable>(&operation))
        dropped_.insert(drop->table.name);
  }

  // False: an operation that Traits never let the planner choose.
  bool write(const std::vector<Operation>& operations) {
    for (size_t i = 0; i < operations.size(); ++i) {
      const auto together = plan::takeOverAt(operations, i);
      const size_t end = i + (together ? together->operations : 1);
      if (together) takeOver(*together);
      for (; i < end; ++i) {
        ++number_;
        if (!together && !alter(operations[i]) && !other(operations[i])) return false;
        if (changing_ && !plan::apply(operations[i], *changing_, traits_).empty()) return false;
      }
      --i;
    }
    return true;
  }

  Emitted finish(bool onlyVerifies) {
    flush();
    lockTables();
    const bool schema = std::ranges::any_of(statements_, [](const auto& s) { return s.completes; });
    for (auto& statement : statements_) {
      if (schema && statements_.size() > 1) out_.completes.push_back(statement.completes);
      out_.statements.push_back(std::move(statement.sql));
    }
    if (out_.batch)
      out_.stepClass = StepClass::batch;
    else if (schema)
      out_.stepClass = StepClass::nonTransactional;
    else if (verifies_ && onlyVerifies)
      out_.stepClass = StepClass::gate;
    if (unchecked_) {
      out_.before.push_back("SET foreign_key_checks = 0");
      out_.after.push_back("SET foreign_key_checks = 1");
    }
    out_.lock = out_.batch ? "rows, a batch at a time" : kLocks[static_cast<size_t>(lock_)];
    return std::move(out_);
  }

private:
  void lock(Lock lock) { lock_ = std::max(lock_, lock); }
  void work(Work::Kind kind, const std::string& table) {
    const Work one{kind, table};
    if (during_.findTable(table) && std::ranges::find(out_.works, one) == out_.works.end())
      out_.works.push_back(one);
  }

  bool add(Lock strength, std::string sql, std::string table = {}, bool triggers = false) {
    flush();
    lock(strength);
    statements_.push_back({std::move(sql), number_, std::move(table), false, triggers});
    return true;
  }

  // Neither goes under LOCK TABLES: the view is asked for until the table has its name, and who
  // waits for the one finds the other. Nothing is done if a transaction holds the table.
  void takeOver(const plan::TakeOver& t) {
    std::string list;
    for (const auto& [from, to] : t.renames)
      list += fmt::format("{}{} TO {}", list.empty() ? "" : ", ", quote(from), quote(to));
    const unsigned before = number_;
    number_ += static_cast<unsigned>(t.operations);
    add(Lock::metadata, "RENAME TABLE " + list);
    number_ = before;
  }

  // Changes of one table that follow one another are one statement.
  bool alter(const Operation& operation) {
    const std::string name = tableOf(operation);
    if (name.empty()) return false;
    auto next = alterationOf(operation, now_.findTable(name), server_);
    if (!next) return false;
    const bool joins = !pending_.clauses.empty() && pendingTable_ == name && goTogether(*next);
    if (!joins) flush();
    pendingTable_ = name;
    pendingNumber_ = number_;
    pending_.way = std::max(pending_.way, next->way);
    pending_.renames = next->renames;
    pending_.alone = next->alone;
    if (next->unchecked) unchecked_ = true;
    pendingReferences_.merge(newReferences(operation));
    // An index that a foreign key was to have goes with it.
    for (const auto& clause : std::vector<std::string>(next->clauses)) {
      constexpr std::string_view kGone = "DROP FOREIGN KEY ";
      if (!clause.starts_with(kGone)) continue;
      const std::string made = "ADD KEY " + clause.substr(kGone.size()) + " (";
      const auto never =
          std::erase_if(pending_.clauses, [&](const auto& one) { return one.starts_with(made); });
      if (never && server_ == Server::mysql)
        std::erase(next->clauses, "DROP KEY " + clause.substr(kGone.size()));
    }
    std::move(next->clauses.begin(), next->clauses.end(), std::back_inserter(pending_.clauses));
    return true;
  }

  // The name in quotes that begins there.
  static std::string nameIn(const std::string& clause, size_t at) {
    size_t end = at + 1;
    while (end < clause.size() && clause[end] != '`') ++end;
    return clause.substr(at, end + 1 - at);
  }

  // Renames among themselves, unless one names what another has just named; and no constraint that
  // comes under the name of one that goes.
  bool goTogether(const Alteration& next) const {
    if (next.renames != pending_.renames || next.alone || pending_.alone) return false;
    // A column comes at once only if nothing else is asked for that does not.
    if (server_ == Server::mysql && isAdd(next) != isAdd(pending_) && next.way != Way::copy &&
        pending_.way != Way::copy)
      return false;
    for (const auto& clause : next.clauses)
      for (const auto& earlier : pending_.clauses) {
        // What goes is looked for before anything comes. (With its reference it need not come.)
        if (server_ == Server::mysql && clause.starts_with("DROP KEY ") &&
            earlier.starts_with("ADD KEY " + clause.substr(9) + " (") &&
            std::ranges::find(next.clauses, "DROP FOREIGN KEY " + clause.substr(9)) ==
                next.clauses.end())
          return false;
        if (const size_t to = earlier.find(" TO ");
            next.renames && to != std::string::npos &&
            clause.starts_with("RENAME COLUMN " + earlier.substr(to + 4) + " TO "))
          return false;
        // One column is changed once.
        for (const std::string_view change : {"DROP COLUMN ", "MODIFY COLUMN ", "CHANGE COLUMN "})
          if (clause.starts_with(change) &&
              (earlier + " ").find("COLUMN " + nameIn(clause, change.size()) + " ") !=
                  std::string::npos)
            return false;
        constexpr std::string_view kGone = "DROP FOREIGN KEY ";
        if (earlier.starts_with(kGone) &&
            clause.starts_with("ADD CONSTRAINT " + earlier.substr(kGone.size()) + " "))
          return false;
      }
    return true;
  }

  static void noteClause(const std::string& clause, Statement& statement) {
    constexpr std::string_view kGone = "DROP FOREIGN KEY ", kCome = "ADD CONSTRAINT ";
    if (clause.starts_with(kGone)) statement.gone.insert(nameIn(clause, kGone.size()));
    if (clause.starts_with(kCome)) statement.come.insert(nameIn(clause, kCome.size()));
  }

  void flush() {
    if (pending_.clauses.empty()) return;
    lock(pending_.way == Way::copy      ? Lock::writes
         : pending_.way == Way::instant ? Lock::metadata
                                        : Lock::online);
    if (pending_.way == Way::copy) out_.waits.push_back({Wait::For::copy, pendingTable_});
    if (const auto kind = workOf(pending_)) work(*kind, pendingTable_);
    statements_.push_back(
        {alterSql(pendingTable_, pending_, server_), pendingNumber_, pendingTable_, true});
    statements_.back().refersTo = std::move(pendingReferences_);
    for (const auto& clause : pending_.clauses) noteClause(clause, statements_.back());
    statements_.back().instant = pending_.way == Way::instant;
    statements_.back().copies = pending_.way == Way::copy;
    pendingReferences_.clear();
    pending_ = {};
  }

  static std::string tableOf(const Operation& operation) {
    return std::visit(Overloaded{[](const plan::AddColumn& o) { return o.table; },
                                 [](const plan::DropColumn& o) { return o.table; },
                                 [](const plan::RenameColumn& o) { return o.table; },
                                 [](const plan::AlterColumn& o) { return o.table; },
                                 [](const plan::AlterKey& o) { return o.table; },
                                 [](const plan::CommentTable& o) { return o.table; },
                                 [](const plan::AddCheck& o) { return o.table; },
                                 [](const plan::DropCheck& o) { return o.table; },
                                 [](const plan::AddForeignKey& o) { return o.table; },
                                 [](const plan::DropForeignKey& o) { return o.table; },
                                 [](const plan::CreateIndex& o) { return o.table; },
                                 [](const plan::DropIndex& o) { return o.table; },
                                 [](const plan::RenameIndex& o) { return o.table; },
                                 [](const plan::RebuildTable& o) { return o.from.name; },
                                 [](const auto&) { return std::string(); }},
                      operation);
  }

  bool other(const Operation& operation) {
    return std::visit(
        Overloaded{
            [&](const plan::CreateTable& o) { return createTable(o.table); },
            [&](const plan::DropTable& o) {
              // Tables that refer to each other go together.
              for (const auto& other : now_.tables)
                for (const auto& fk : other.foreignKeys)
                  if (fk.table == o.table.name && other.name != o.table.name &&
                      dropped_.count(other.name))
                    unchecked_ = true;
              if (!o.keptAs.empty())
                return add(Lock::metadata, keepTableSql(o.table, o.keptAs, server_));
              return add(Lock::metadata, "DROP TABLE " + quote(o.table.name));
            },
            [&](const plan::RenameTable& o) {
              add(Lock::metadata,
                  fmt::format("ALTER TABLE {} RENAME TO {}", quote(o.from), quote(o.to)), o.from);
              statements_.back().alters = statements_.back().renames = true;
              return true;
            },
            [&](const plan::CreateTrigger& o) {
              return add(Lock::metadata, o.trigger.sql, o.trigger.table, true);
            },
            [&](const plan::DropTrigger& o) {
              return add(Lock::metadata, "DROP TRIGGER " + quote(o.trigger.name), o.trigger.table,
                         true);
            },
            [&](const plan::CreateView& o) { return add(Lock::none, o.view.sql); },
            [&](const plan::DropView& o) {
              return add(Lock::metadata, "DROP VIEW " + quote(o.view.name));
            },
            [&](const plan::Backfill& o) { return backfill(o); },
            [&](const plan::Verify& o) {
              verifies_ = true;
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
            [](const auto&) { return false; },
        },
        operation);
  }

  // What refers to a table that comes later in the same step is empty itself.
  bool createTable(const Table& table) {
    for (const auto& fk : table.foreignKeys)
      if (fk.table != table.name && !during_.findTable(fk.table) && !now_.findTable(fk.table))
        unchecked_ = true;
    return add(Lock::none, createTableSql(table, server_));
  }

  // May run twice: the row that is there stays, with all that refers to it.
  bool writeRow(const plan::WriteRow& op) {
    const catalog::Row& row = op.to ? *op.to : *op.from;
    const std::string table = quote(row.table), key = quote(row.keyColumn);
    std::string sql;
    if (!op.to) {
      sql = fmt::format("DELETE FROM {} WHERE {} = {}", table, key, row.key);
    } else {
      std::string columns, values, set;
      for (const auto& [column, value] : row.values) {
        columns += ", " + quote(column);
        values += ", " + value;
        set += fmt::format("{}{} = {}", set.empty() ? "" : ", ", quote(column), value);
      }
      if (op.from)
        sql = fmt::format("UPDATE {} SET {} = {}{}{} WHERE {} = {}", table, key, row.key,
                          set.empty() ? "" : ", ", set, key, op.from->key);
      else
        sql = fmt::format("INSERT INTO {} ({}{}) VALUES ({}{}) ON DUPLICATE KEY UPDATE {}", table,
                          key, columns, row.key, values,
                          set.empty() ? fmt::format("{0} = {0}", key) : set);
    }
    // Who is about to refer to the row is waited for, and who comes later waits, and finds it gone.
    if (!op.moves.empty())
      add(Lock::rows, fmt::format("UPDATE {0} SET {1} = {1} WHERE {1} = {2}", table, key, row.key));
    for (auto& move : moveSql(op, quote)) add(Lock::rows, std::move(move));
    add(Lock::rows, std::move(sql));
    // Rows alone are a transaction.
    rows_.insert(number_);
    return true;
  }

  bool backfill(const plan::Backfill& op) {
    if (changing_) return false;  // a batch has transactions of its own
    out_.batch = batchSql(op, now_.findTable(op.table));
    return true;
  }

  // Where a table changes its names and the triggers over them in several statements, or no foreign
  // key holds to what it refers to while what it leads to gets another form, nobody may write in
  // between.
  void lockTables() {
    if (std::ranges::all_of(statements_, [&](const auto& s) { return rows_.count(s.completes); })) {
      for (auto& statement : statements_) statement.completes = 0;
      return;
    }
    std::vector<Statement> out;
    for (size_t i = 0; i < statements_.size();) {
      size_t end = i;
      bool alters = false, triggers = false, unheld = false;
      std::set<std::string> tables;
      std::map<std::string, size_t> gone;  // and by which statement
      while (end < statements_.size() && !statements_[end].table.empty()) {
        const auto& statement = statements_[end++];
        alters = alters || statement.alters;
        triggers = triggers || statement.triggers;
        // Something else is done between the two.
        unheld = unheld || std::ranges::any_of(statement.come, [&](const auto& name) {
                   const auto at = gone.find(name);
                   if (at == gone.end()) return false;
                   // The statement that takes it away may be what changes the form, too.
                   return at->second + 2 < end || statements_[at->second].copies;
                 });
        for (const auto& name : statement.gone) gone.emplace(name, end - 1);
        tables.insert(statement.table);
        // MySQL wants them locked, too.
        if (server_ == Server::mysql)
          tables.insert(statement.refersTo.begin(), statement.refersTo.end());
        if (statement.renames) break;  // its new name is not locked
      }
      if (end == i) ++end;
      const bool together = alters && (triggers || unheld);
      std::string list;
      for (const auto& table : tables) list += (list.empty() ? "" : ", ") + quote(table) + " WRITE";
      if (together)
        out.push_back({"LOCK TABLES " + list, statements_[end - 1].completes, {}, false, false});
      for (size_t k = i; k < end; ++k) out.push_back(statements_[k]);
      if (together)
        out.push_back({"UNLOCK TABLES", statements_[end - 1].completes, {}, false, false});
      if (together) lockAll(i, end);
      i = end;
    }
    statements_ = std::move(out);
  }

  // Whatever way a statement has alone: here it is done under a lock on the whole table.
  void lockAll(size_t begin, size_t end) {
    lock(Lock::shortly);
    for (size_t i = begin; i < end; ++i) {
      if (statements_[i].instant) continue;
      lock(Lock::everything);
      out_.waits.push_back({Wait::For::step, statements_[i].table});
    }
  }

  const Traits& traits_;
  Server server_;
  const Catalog& during_;
  Catalog* changing_;
  const Catalog& now_;
  bool verifies_ = false;
  bool unchecked_ = false;
  unsigned number_ = 0;  // of the operation in work, from 1
  Lock lock_ = Lock::none;
  Alteration pending_;
  std::string pendingTable_;
  std::set<std::string> pendingReferences_;
  unsigned pendingNumber_ = 0;
  std::vector<Statement> statements_;
  std::set<std::string> dropped_;  // tables that go in this step
  std::set<unsigned> rows_;        // operations that only write rows
  Emitted out_;
};

}  // namespace

template <Server S>
std::optional<Emitted> emitOperations(const std::vector<Operation>& operations,
                                      const Catalog& during, const Traits& traits) {
  // What one operation leaves behind the next one meets.
  const bool several = operations.size() > 1;
  Catalog changing = several ? excerpt(operations, during) : Catalog{};
  Writer writer(traits, during, several ? &changing : nullptr, S);
  writer.goingToDrop(operations);
  if (!writer.write(operations)) return std::nullopt;
  const bool onlyVerifies =
      std::all_of(operations.begin(), operations.end(),
                  [](const Operation& o) { return std::holds_alternative<plan::Verify>(o); });
  return writer.finish(onlyVerifies);
}

template std::optional<Emitted> emitOperations<Server::mariadb>(const std::vector<Operation>&,
                                                                const Catalog&, const Traits&);
template std::optional<Emitted> emitOperations<Server::mysql>(const std::vector<Operation>&,
                                                              const Catalog&, const Traits&);

}  // namespace cambium::dialect::mariadb
