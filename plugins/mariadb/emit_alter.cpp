// Changes of a table as clauses of ALTER TABLE, each with the cheapest way that the server has for
// it. The way is asked for by name: where the server has none as cheap it refuses instead of
// copying in silence.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/base/result.h"
#include "compiler/catalog/sql.h"
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

using catalog::Column;
using catalog::Table;
using Way = Alteration::Way;

template <class List, class Item>
bool has(const List& list, const Item& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// The name stands in quotes in the SQL.
bool names(const std::string& sql, const std::string& column) {
  return sql.find(quote(column)) != std::string::npos;
}

class Clauses {
public:
  Clauses(const Table* table, Server server) : table_(table), server_(server) {}

  void add(Way way, std::string clause) {
    out_.way = std::max(out_.way, way);
    out_.clauses.push_back(std::move(clause));
  }

  void addColumn(const Column& column, const catalog::Check* check,
                 const catalog::ForeignKey* foreignKey) {
    const bool plain = column.generatedSql.empty() && !column.autoIncrement &&
                       (column.defaultSql.empty() || hasPlainDefault(column, server_));
    const bool isVirtual = !column.generatedSql.empty() && !column.stored;
    add(plain || isVirtual ? Way::instant : Way::copy, "ADD COLUMN " + columnSql(column, server_));
    if (check) addCheck(*check);
    if (!foreignKey) return;
    // Nothing is in it yet: there is nothing to check.
    const bool empty = plain && column.defaultSql.empty() && !column.notNull && !check;
    out_.unchecked = empty;
    addForeignKey(*foreignKey, empty ? Way::inplace : Way::copy);
  }

  void dropColumn(const Column& column, const catalog::Check* check,
                  const catalog::ForeignKey* foreignKey, const std::string& keptAs) {
    if (foreignKey) dropForeignKey(*foreignKey);
    if (check) dropCheck(*check);
    if (keptAs.empty())
      add(rebuildWay(), "DROP COLUMN " + quote(column.name));
    else
      keepColumn(column, keptAs);
  }
  // In the way of no row that comes without a value, and of no statement that names no columns.
  void keepColumn(const Column& column, const std::string& name) {
    Column kept = column;
    kept.notNull = kept.autoIncrement = false;
    kept.defaultSql.clear();
    const Way way = std::max(wayOf(column, kept), wayOfRename(column.name));
    kept.name = name;
    add(way,
        fmt::format("CHANGE COLUMN {} {}", quote(column.name),
                    server_ == Server::mariadb ? hiddenColumnSql(kept) : columnSql(kept, server_)));
  }

  void alterColumn(const Column& from, const Column& to) {
    if (server_ == Server::mysql && isOtherDefault(from, to)) {
      // Without a default in so many words a column that may be NULL would have none at all.
      std::string sql = "ALTER COLUMN " + quote(to.name);
      if (to.defaultSql.empty())
        sql += to.notNull ? " DROP DEFAULT" : " SET DEFAULT NULL";
      else
        sql += hasPlainDefault(to, server_) ? " SET DEFAULT " + to.defaultSql
                                            : " SET DEFAULT (" + to.defaultSql + ")";
      return add(to.defaultSql.empty() || hasPlainDefault(to, server_) ? Way::instant : Way::copy,
                 sql);
    }
    add(wayOf(from, to), "MODIFY COLUMN " + columnSql(to, server_));
  }

  void addCheck(const catalog::Check& check) { add(Way::copy, "ADD " + checkSql(check)); }
  void dropCheck(const catalog::Check& check) {
    add(Way::instant,
        (server_ == Server::mysql ? "DROP CHECK " : "DROP CONSTRAINT ") + quote(check.name));
  }
  // MySQL gets the index that it would make said in so many words (emit_table.cpp).
  void addForeignKey(const catalog::ForeignKey& fk, Way way = Way::copy) {
    if (server_ == Server::mysql && !keysDone_ && table_ && !isServed(fk, *table_)) addKeyOf(fk);
    add(way, "ADD " + foreignKeySql(fk));
  }
  void addKeyOf(const catalog::ForeignKey& fk) {
    add(Way::inplace, fmt::format("ADD KEY {} ({})", quote(fk.name), quoteList(fk.columns)));
  }
  // With the index that the server may have made for it under its name.
  void dropForeignKey(const catalog::ForeignKey& fk) {
    add(Way::inplace, "DROP FOREIGN KEY " + quote(fk.name));
    dropKeyOf(fk, {});
  }
  // If it is there: MySQL has to be told of those that are, and has one where nothing else serves.
  void dropKeyOf(const catalog::ForeignKey& fk, std::string_view but) {
    if (server_ == Server::mariadb)
      add(Way::inplace, "DROP KEY IF EXISTS " + quote(fk.name));
    else if (!keysDone_ && table_ && !isServed(fk, *table_, but))
      add(Way::inplace, "DROP KEY " + quote(fk.name));
  }
  // The index that the server made for a foreign key goes when there is a better one.
  void addIndex(const catalog::Index& said) {
    catalog::Index index = said;
    const auto hidden = hiddenColumns(index, table_, server_);
    for (const auto& column : hidden) add(Way::copy, "ADD COLUMN " + hiddenColumnSql(column));
    // One of another kind is not built while others write.
    const bool copied = isHashed(said) || hasExpressions(said) || !said.method.empty();
    add(copied ? Way::copy : Way::inplace, "ADD " + indexSql(said, table_, server_));
    if (!table_ || !hidden.empty()) return;
    for (const auto& fk : table_->foreignKeys)
      if (serves(said, fk)) dropKeyOf(fk, said.name);
  }
  // A foreign key must have one: it gets the one that the server would have made.
  void dropIndex(const catalog::Index& said) {
    catalog::Index index = said;
    const auto hidden = hiddenColumns(index, table_, server_);
    add(hasExpressions(said) ? Way::copy : Way::inplace, "DROP KEY " + quote(index.name));
    for (const auto& column : hidden) add(Way::copy, "DROP COLUMN " + quote(column.name));
    if (!table_ || !hidden.empty()) return;
    for (const auto& fk : table_->foreignKeys)
      if (!keysDone_ && serves(said, fk) && !isServed(fk, *table_, said.name)) addKeyOf(fk);
  }

  // The rows are in the order of their key.
  void alterKey(const plan::AlterKey& o) {
    if (server_ == Server::mysql && table_) {
      Table to = *table_;
      to.primaryKey = o.to;
      if (o.dropped)
        std::erase_if(to.indexes, [&](const auto& one) { return one.name == o.dropped->name; });
      if (o.created) to.indexes.push_back(*o.created);
      rekey(*table_, to);
    }
    if (!o.from.empty()) add(Way::copy, "DROP PRIMARY KEY");
    if (o.dropped) dropIndex(*o.dropped);
    if (!o.to.empty()) add(Way::copy, "ADD PRIMARY KEY (" + quoteList(o.to) + ")");
    if (o.created) addIndex(*o.created);
  }

  // A table in another form, by one statement.
  void reshape(const plan::RebuildTable& op) {
    const Table& from = op.from;
    const Table& to = op.to;
    table_ = &to;
    if (server_ == Server::mysql) rekey(from, to);
    for (const auto& fk : from.foreignKeys)
      if (!has(to.foreignKeys, fk)) dropForeignKey(fk);
    for (const auto& check : from.checks)
      if (!has(to.checks, check)) dropCheck(check);
    for (const auto& index : from.indexes)
      if (!has(to.indexes, index)) dropIndex(index);
    if (from.primaryKey != to.primaryKey && !from.primaryKey.empty())
      add(Way::copy, "DROP PRIMARY KEY");
    for (const auto& column : from.columns)
      if (!to.findColumn(column.name)) goes(column, op);
    for (const auto& column : to.columns) {
      if (const auto* was = from.findColumn(column.name)) {
        if (!(*was == column)) alterColumn(*was, column);
      } else {
        add(Way::copy, "ADD COLUMN " + columnSql(column, server_));
      }
    }
    if (from.primaryKey != to.primaryKey && !to.primaryKey.empty())
      add(Way::copy, "ADD PRIMARY KEY (" + quoteList(to.primaryKey) + ")");
    for (const auto& index : to.indexes)
      if (!has(from.indexes, index)) addIndex(index);
    for (const auto& check : to.checks)
      if (!has(from.checks, check)) addCheck(check);
    for (const auto& fk : to.foreignKeys)
      if (!has(from.foreignKeys, fk)) addForeignKey(fk);
    if (from.comment != to.comment) add(Way::copy, "COMMENT = " + textLiteral(to.comment));
    if (from.options != to.options)
      for (const auto& option : to.options) add(Way::copy, option);
    out_.way = Way::copy;
  }

  void goes(const Column& column, const plan::RebuildTable& op) {
    for (const auto& [name, as] : op.kept)
      if (name == column.name) return keepColumn(column, as);
    add(Way::copy, "DROP COLUMN " + quote(column.name));
  }

  // A table with columns of ours that nobody sees is not rebuilt while others write.
  Way rebuildWay() const {
    if (!table_) return Way::copy;
    for (catalog::Index index : table_->indexes)
      if (isHashed(index) || hasExpressions(index) || !index.method.empty() ||
          !hiddenColumns(index, table_, server_).empty())
        return Way::copy;
    return Way::inplace;
  }

  // To MySQL a part of an index that is no column is one over a virtual column of the server's own.
  bool hasExpressions(const catalog::Index& index) const {
    return server_ == Server::mysql && isFunctional(index, table_);
  }

  // A unique index over more than a key can have: the server keeps a column of its own for a hash.
  bool isHashed(const catalog::Index& index) const {
    constexpr size_t kMostKeyBytes = 3072;
    if (!index.unique || !table_ || server_ == Server::mysql) return false;
    size_t bytes = 0;
    for (const auto& part : index.parts)
      if (const auto* column = table_->findColumn(part.column))
        bytes += isLong(column->type) ? kMostKeyBytes + 1 : keyBytes(column->type);
    return bytes > kMostKeyBytes;
  }

  // What is computed over it is written anew.
  Way wayOfRename(const std::string& column) const {
    return isComputedOver(column) || looksAgain() ? Way::copy : Way::instant;
  }

  // Its hidden columns are called after it.
  void renameIndex(const catalog::Index& said, const std::string& to) {
    catalog::Index was = said, is = said;
    is.name = to;
    const auto before = hiddenColumns(was, table_, server_),
               after = hiddenColumns(is, table_, server_);
    add(server_ == Server::mysql ? Way::inplace : Way::instant,
        fmt::format("RENAME INDEX {} TO {}", quote(said.name), quote(to)));
    for (size_t i = 0; i < before.size(); ++i)
      add(Way::instant,
          fmt::format("RENAME COLUMN {} TO {}", quote(before[i].name), quote(after[i].name)));
  }

  // The indexes of references alone, where other indexes come and go; nothing else looks after them
  // from then on.
  void rekey(const Table& from, const Table& to) {
    for (const auto& fk : from.foreignKeys)
      if (!isServed(fk, from) && (!has(to.foreignKeys, fk) || isServed(fk, to)))
        add(Way::inplace, "DROP KEY " + quote(fk.name));
    for (const auto& fk : to.foreignKeys)
      if (!isServed(fk, to) && (!has(from.foreignKeys, fk) || isServed(fk, from))) addKeyOf(fk);
    keysDone_ = true;
  }

  Alteration take() { return std::move(out_); }
  Alteration out_;

private:
  static bool isOtherDefault(const Column& from, const Column& to) {
    Column same = from;
    same.defaultSql = to.defaultSql;
    return same == to && from.defaultSql != to.defaultSql;
  }

  // MySQL compares the types of the columns that a check is about with what they were, and takes
  // some for others than themselves: it looks at every row again, whichever column is changed.
  bool looksAgain() const {
    if (server_ != Server::mysql || !table_) return false;
    return std::ranges::any_of(table_->columns, [&](const auto& column) {
      const auto is = [&](std::string_view type) { return column.type.starts_with(type); };
      return (is("date") || is("time") || is("longtext") || is("longblob") || is("json")) &&
             std::ranges::any_of(table_->checks,
                                 [&](const auto& check) { return names(check.sql, column.name); });
    });
  }

  bool isComputedOver(const std::string& name) const {
    if (!table_) return true;
    for (const auto& column : table_->columns)
      if (names(column.generatedSql, name)) return true;
    for (catalog::Index index : table_->indexes)
      for (const auto& column : hiddenColumns(index, table_, server_))
        if (names(column.generatedSql, name)) return true;
    return false;
  }

  // A change of type, and all about what is computed, copies the table. So does one of a column
  // that a check or a computed column is about.
  Way wayOf(const Column& from, const Column& to) const {
    Column typed = from;
    typed.defaultSql = to.defaultSql;
    typed.comment = to.comment;
    if (looksAgain()) return Way::copy;
    const bool plain = from.defaultSql == to.defaultSql || to.defaultSql.empty();
    if (typed == to && (plain || isConstant(to.defaultSql))) return Way::instant;
    Column grown = from;
    grown.type = to.type;
    const bool grows = server_ == Server::mysql
                           ? outgrows<Server::mysql>(from.type, to.type, "").has_value()
                           : outgrows<Server::mariadb>(from.type, to.type, "").has_value();
    if (grown == to && grows) return server_ == Server::mysql ? Way::inplace : Way::instant;
    typed.notNull = to.notNull;
    if (!(typed == to) || !to.generatedSql.empty() || !table_) return Way::copy;
    const bool constant = to.defaultSql.empty() || isConstant(to.defaultSql);
    if (!constant) return Way::copy;
    for (const auto& check : table_->checks)
      if (names(check.sql, from.name)) return Way::copy;
    // A table with virtual columns is not rebuilt in place.
    const auto isComputed = [](const Column& c) { return !c.generatedSql.empty(); };
    if (isComputedOver(from.name) || std::ranges::any_of(table_->columns, isComputed))
      return Way::copy;
    return rebuildWay();
  }

  const Table* table_;
  Server server_;
  bool keysDone_ = false;
};

}  // namespace

std::optional<Alteration> alterationOf(const plan::Operation& operation, const Table* table,
                                       Server server) {
  Clauses c(table, server);
  const bool known = std::visit(
      Overloaded{
          [&](const plan::AddColumn& o) {
            c.addColumn(o.column, o.check ? &*o.check : nullptr,
                        o.foreignKey ? &*o.foreignKey : nullptr);
            return true;
          },
          [&](const plan::DropColumn& o) {
            c.dropColumn(o.column, o.check ? &*o.check : nullptr,
                         o.foreignKey ? &*o.foreignKey : nullptr, o.keptAs);
            return true;
          },
          [&](const plan::RenameColumn& o) {
            c.add(c.wayOfRename(o.from),
                  fmt::format("RENAME COLUMN {} TO {}", quote(o.from), quote(o.to)));
            c.out_.renames = true;
            return true;
          },
          [&](const plan::AlterColumn& o) { return c.alterColumn(o.from, o.to), true; },
          [&](const plan::AlterKey& o) { return c.alterKey(o), true; },
          [&](const plan::AddCheck& o) { return c.addCheck(o.check), true; },
          [&](const plan::DropCheck& o) { return c.dropCheck(o.check), true; },
          [](const plan::RenameCheck&) { return false; },  // Traits::renameCheck
          [&](const plan::AddForeignKey& o) { return c.addForeignKey(o.foreignKey), true; },
          [&](const plan::DropForeignKey& o) { return c.dropForeignKey(o.foreignKey), true; },
          [&](const plan::CreateIndex& o) { return c.addIndex(o.index), true; },
          [&](const plan::DropIndex& o) {
            // What it was over may go in the next statement, not in the same.
            c.out_.alone = c.hasExpressions(o.index);
            return c.dropIndex(o.index), true;
          },
          [&](const plan::RenameIndex& o) {
            c.renameIndex(o.index, o.to);
            c.out_.alone = true;  // it may be made, or what it is over renamed, in the same step
            return true;
          },
          [&](const plan::RebuildTable& o) { return c.reshape(o), true; },
          [&](const plan::CommentTable& o) {
            c.add(Way::instant, "COMMENT = " + textLiteral(o.to));
            return true;
          },
          [](const plan::ValidateCheck&) { return false; },
          [](const plan::ValidateForeignKey&) { return false; },
          [](const plan::CreateTable&) { return false; },
          [](const plan::DropTable&) { return false; },
          [](const plan::RenameTable&) { return false; },
          [](const plan::CreateTrigger&) { return false; },
          [](const plan::DropTrigger&) { return false; },
          [](const plan::CreateView&) { return false; },
          [](const plan::DropView&) { return false; },
          [](const plan::Backfill&) { return false; },
          [](const plan::Verify&) { return false; },
          [](const plan::WriteRow&) { return false; },
          [](const plan::ChangePolicies&) { return false; },
          [](const plan::ChangeGrants&) { return false; },
          [](const plan::CreateRole&) { return false; },
          [](const plan::ForgetRole&) { return false; },
          [](const plan::SwitchVersion&) { return false; },
      },
      operation);
  if (!known) return std::nullopt;
  // A table with columns of ours that nobody sees can do little in place.
  if (c.rebuildWay() == Way::copy) c.out_.way = Way::copy;
  return c.take();
}

namespace {

// Only a column that is added is instant at any rate. What but changes what the server knows of the
// table is not rebuilt when it is asked for in place, which older servers of 8 know, too.
const char* wayOfMysql(const Alteration& a) {
  const bool adds = std::ranges::all_of(
      a.clauses, [](const auto& clause) { return clause.starts_with("ADD COLUMN "); });
  switch (a.way) {
    case Way::instant:
      if (adds) return ", ALGORITHM=INSTANT";
      break;
    case Way::nocopy:
    case Way::inplace: break;
    case Way::copy: return ", ALGORITHM=COPY, LOCK=SHARED";
  }
  return ", ALGORITHM=INPLACE, LOCK=NONE";
}

}  // namespace

std::string alterSql(const std::string& table, const Alteration& a, Server server) {
  std::string out = "ALTER TABLE " + quote(table);
  for (const auto& clause : a.clauses) out += (&clause == &a.clauses.front() ? " " : ", ") + clause;
  if (server == Server::mysql) return out + wayOfMysql(a);
  switch (a.way) {
    case Way::instant: return out + ", ALGORITHM=INSTANT, LOCK=NONE";
    case Way::nocopy: return out + ", ALGORITHM=NOCOPY, LOCK=NONE";
    case Way::inplace: return out + ", ALGORITHM=INPLACE, LOCK=NONE";
    case Way::copy: return out + ", ALGORITHM=COPY, LOCK=SHARED";
  }
  return out;
}

// Nothing of it may be in the way of names and rows that come: in MySQL the names of checks are of
// the database, those of references are everywhere.
std::string keepTableSql(const Table& table, const std::string& name, Server server) {
  std::string out = "ALTER TABLE " + quote(table.name);
  for (const auto& fk : table.foreignKeys) out += " DROP FOREIGN KEY " + quote(fk.name) + ",";
  if (server == Server::mysql)
    for (const auto& check : table.checks) out += " DROP CHECK " + quote(check.name) + ",";
  return out + " RENAME TO " + quote(name);
}

}  // namespace cambium::dialect::mariadb
