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
  explicit Clauses(const Table* table) : table_(table) {}

  void add(Way way, std::string clause) {
    out_.way = std::max(out_.way, way);
    out_.clauses.push_back(std::move(clause));
  }

  void addColumn(const Column& column, const catalog::Check* check,
                 const catalog::ForeignKey* foreignKey) {
    const bool plain = column.generatedSql.empty() && !column.autoIncrement &&
                       (column.defaultSql.empty() || isConstant(column.defaultSql));
    const bool isVirtual = !column.generatedSql.empty() && !column.stored;
    add(plain || isVirtual ? Way::instant : Way::copy, "ADD COLUMN " + columnSql(column));
    if (check) addCheck(*check);
    if (!foreignKey) return;
    // Nothing is in it yet: there is nothing to check.
    const bool empty = plain && column.defaultSql.empty() && !column.notNull && !check;
    out_.unchecked = empty;
    add(empty ? Way::inplace : Way::copy, "ADD " + foreignKeySql(*foreignKey));
  }

  void dropColumn(const Column& column, const catalog::Check* check,
                  const catalog::ForeignKey* foreignKey) {
    if (foreignKey) dropForeignKey(*foreignKey);
    if (check) dropCheck(*check);
    add(rebuildWay(), "DROP COLUMN " + quote(column.name));
  }

  void alterColumn(const Column& from, const Column& to) {
    add(wayOf(from, to), "MODIFY COLUMN " + columnSql(to));
  }

  void addCheck(const catalog::Check& check) { add(Way::copy, "ADD " + checkSql(check)); }
  void dropCheck(const catalog::Check& check) {
    add(Way::instant, "DROP CONSTRAINT " + quote(check.name));
  }
  void addForeignKey(const catalog::ForeignKey& fk) { add(Way::copy, "ADD " + foreignKeySql(fk)); }
  // With the index that the server may have made for it under its name.
  void dropForeignKey(const catalog::ForeignKey& fk) {
    add(Way::inplace, "DROP FOREIGN KEY " + quote(fk.name));
    add(Way::inplace, "DROP KEY IF EXISTS " + quote(fk.name));
  }
  // The index that the server made for a foreign key goes when there is a better one.
  void addIndex(const catalog::Index& said) {
    catalog::Index index = said;
    const auto hidden = hiddenColumns(index, table_);
    for (const auto& column : hidden) add(Way::copy, "ADD COLUMN " + hiddenColumnSql(column));
    // One of another kind is not built while others write.
    const bool copied = isHashed(said) || !said.method.empty();
    add(copied ? Way::copy : Way::inplace, "ADD " + indexSql(said, table_));
    if (!table_ || !hidden.empty()) return;
    for (const auto& fk : table_->foreignKeys)
      if (covers(said, fk)) add(Way::inplace, "DROP KEY IF EXISTS " + quote(fk.name));
  }
  // A foreign key must have one: it gets the one that the server would have made.
  void dropIndex(const catalog::Index& said) {
    catalog::Index index = said;
    const auto hidden = hiddenColumns(index, table_);
    add(Way::inplace, "DROP KEY " + quote(index.name));
    for (const auto& column : hidden) add(Way::copy, "DROP COLUMN " + quote(column.name));
    if (!table_ || !hidden.empty()) return;
    for (const auto& fk : table_->foreignKeys)
      if (covers(said, fk) && !isCovered(fk, said.name))
        add(Way::inplace, fmt::format("ADD KEY {} ({})", quote(fk.name), quoteList(fk.columns)));
  }

  // The rows are in the order of their key.
  void alterKey(const plan::AlterKey& o) {
    if (!o.from.empty()) add(Way::copy, "DROP PRIMARY KEY");
    if (o.dropped) dropIndex(*o.dropped);
    if (!o.to.empty()) add(Way::copy, "ADD PRIMARY KEY (" + quoteList(o.to) + ")");
    if (o.created) addIndex(*o.created);
  }

  // A table in another form, by one statement.
  void reshape(const Table& from, const Table& to) {
    table_ = &to;
    for (const auto& fk : from.foreignKeys)
      if (!has(to.foreignKeys, fk)) dropForeignKey(fk);
    for (const auto& check : from.checks)
      if (!has(to.checks, check)) dropCheck(check);
    for (const auto& index : from.indexes)
      if (!has(to.indexes, index)) dropIndex(index);
    if (from.primaryKey != to.primaryKey && !from.primaryKey.empty())
      add(Way::copy, "DROP PRIMARY KEY");
    for (const auto& column : from.columns)
      if (!to.findColumn(column.name)) add(Way::copy, "DROP COLUMN " + quote(column.name));
    for (const auto& column : to.columns) {
      if (const auto* was = from.findColumn(column.name)) {
        if (!(*was == column)) alterColumn(*was, column);
      } else {
        add(Way::copy, "ADD COLUMN " + columnSql(column));
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

  // A table with columns of ours that nobody sees is not rebuilt while others write.
  Way rebuildWay() const {
    if (!table_) return Way::copy;
    for (catalog::Index index : table_->indexes)
      if (isHashed(index) || !index.method.empty() || !hiddenColumns(index, table_).empty())
        return Way::copy;
    return Way::inplace;
  }

  // A unique index over more than a key can have: the server keeps a column of its own for a hash.
  bool isHashed(const catalog::Index& index) const {
    constexpr size_t kMostKeyBytes = 3072;
    if (!index.unique || !table_) return false;
    size_t bytes = 0;
    for (const auto& part : index.parts)
      if (const auto* column = table_->findColumn(part.column))
        bytes += isLong(column->type) ? kMostKeyBytes + 1 : keyBytes(column->type);
    return bytes > kMostKeyBytes;
  }

  // What is computed over it is written anew.
  Way wayOfRename(const std::string& column) const {
    return isComputedOver(column) ? Way::copy : Way::instant;
  }

  Alteration take() { return std::move(out_); }
  Alteration out_;

private:
  template <class List, class NameOf>
  static bool begins(const List& list, const std::vector<std::string>& columns, NameOf nameOf) {
    if (list.size() < columns.size()) return false;
    for (size_t i = 0; i < columns.size(); ++i)
      if (nameOf(list[i]) != columns[i]) return false;
    return true;
  }
  static bool covers(const catalog::Index& index, const catalog::ForeignKey& fk) {
    return index.whereSql.empty() && index.isUsual() &&
           begins(index.parts, fk.columns, [](const auto& part) { return part.column; });
  }
  // By the key or by another index than that.
  bool isCovered(const catalog::ForeignKey& fk, const std::string& but) const {
    if (begins(table_->primaryKey, fk.columns, [](const auto& name) { return name; })) return true;
    return std::ranges::any_of(
        table_->indexes, [&](const auto& index) { return index.name != but && covers(index, fk); });
  }

  bool isComputedOver(const std::string& name) const {
    if (!table_) return true;
    for (const auto& column : table_->columns)
      if (names(column.generatedSql, name)) return true;
    for (catalog::Index index : table_->indexes)
      for (const auto& column : hiddenColumns(index, table_))
        if (names(column.generatedSql, name)) return true;
    return false;
  }

  // A change of type, and all about what is computed, copies the table. So does one of a column
  // that a check or a computed column is about.
  Way wayOf(const Column& from, const Column& to) const {
    Column typed = from;
    typed.defaultSql = to.defaultSql;
    typed.comment = to.comment;
    const bool plain = from.defaultSql == to.defaultSql || to.defaultSql.empty();
    if (typed == to && (plain || isConstant(to.defaultSql))) return Way::instant;
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
};

}  // namespace

std::optional<Alteration> alterationOf(const plan::Operation& operation, const Table* table) {
  Clauses c(table);
  const bool known = std::visit(
      Overloaded{
          [&](const plan::AddColumn& o) {
            c.addColumn(o.column, o.check ? &*o.check : nullptr,
                        o.foreignKey ? &*o.foreignKey : nullptr);
            return true;
          },
          [&](const plan::DropColumn& o) {
            c.dropColumn(o.column, o.check ? &*o.check : nullptr,
                         o.foreignKey ? &*o.foreignKey : nullptr);
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
          [&](const plan::AddForeignKey& o) { return c.addForeignKey(o.foreignKey), true; },
          [&](const plan::DropForeignKey& o) { return c.dropForeignKey(o.foreignKey), true; },
          [&](const plan::CreateIndex& o) { return c.addIndex(o.index), true; },
          [&](const plan::DropIndex& o) { return c.dropIndex(o.index), true; },
          [&](const plan::RebuildTable& o) { return c.reshape(o.from, o.to), true; },
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

std::string alterSql(const std::string& table, const Alteration& a) {
  std::string out = "ALTER TABLE " + quote(table);
  for (const auto& clause : a.clauses) out += (&clause == &a.clauses.front() ? " " : ", ") + clause;
  switch (a.way) {
    case Way::instant: return out + ", ALGORITHM=INSTANT, LOCK=NONE";
    case Way::nocopy: return out + ", ALGORITHM=NOCOPY, LOCK=NONE";
    case Way::inplace: return out + ", ALGORITHM=INPLACE, LOCK=NONE";
    case Way::copy: return out + ", ALGORITHM=COPY, LOCK=SHARED";
  }
  return out;
}

}  // namespace cambium::dialect::mariadb
