// A table made anew in another form, with its rows, its high-water mark, its indexes and its
// triggers.
//
// The order is: copy the rows to a temporary table, drop the table, create it in its new form under
// its own name, bring the rows back. Nothing is ever renamed: a RENAME reads the whole schema again
// (README.md has the figures), repoints the foreign keys, views and
// triggers of others, and fails if any view in the database is broken. The price is one more copy
// of the rows, in the temporary database, which is not journalled. All of it is one transaction:
// whoever looks sees the old table or the new one.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

using catalog::Catalog;
using catalog::Table;

bool sameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool hasRowid(const Table& table) {
  return std::find(table.options.begin(), table.options.end(), "WITHOUT ROWID") ==
         table.options.end();
}

// The name by which the rowid can be had in a table whose key is not the rowid itself; "" = it
// cannot.
std::string implicitRowid(const Table& table) {
  if (!hasRowid(table)) return {};
  if (table.primaryKey.size() == 1) {
    const auto* key = table.findColumn(table.primaryKey[0]);
    if (key && sameName(std::string_view(key->type).substr(0, key->type.find(' ')), "INTEGER"))
      return {};
  }
  for (const char* name : {"rowid", "_rowid_", "oid"}) {
    const bool taken = std::any_of(table.columns.begin(), table.columns.end(),
                                   [&](const auto& column) { return sameName(column.name, name); });
    if (!taken) return name;
  }
  return {};
}

bool isAutoIncrement(const Table& table) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [](const auto& c) { return c.autoIncrement; });
}

// What hangs on the table and would go with it although nobody asked: found before, refused before
// the commit.
std::string unknownDependants(const Table& from, const Catalog& during) {
  std::string known;
  const auto add = [&](const std::string& name) {
    known += (known.empty() ? "" : ", ") + textLiteral(name);
  };
  for (const auto& index : from.indexes)
    if (!index.constraint) add(index.name);
  for (const auto& trigger : during.triggers)
    if (trigger.table == from.name) add(trigger.name);
  return fmt::format(
      "SELECT type || ' ' || name AS lost FROM main.sqlite_schema WHERE type IN ('index', "
      "'trigger') "
      "AND sql IS NOT NULL AND tbl_name = {} COLLATE NOCASE AND name NOT IN ({})",
      textLiteral(from.name), known);
}

}  // namespace

void keepApart(const std::string& name, const std::vector<std::string>& key,
               const std::vector<std::pair<std::string, std::string>>& columns,
               const std::string& from, const std::string& where, Emitted& out) {
  std::string names, values;
  for (const auto& [column, sql] : columns) {
    names += (names.empty() ? "" : ", ") + quote(column);
    values += (values.empty() ? "" : ", ") + sql;
  }
  // Columns without a type keep every value exactly as it is.
  out.statements.push_back(
      fmt::format("CREATE TABLE main.{} ({}{})", quote(name), names,
                  key.empty() ? "" : ", PRIMARY KEY (" + quoteList(key) + ")"));
  const std::string rows =
      fmt::format("FROM main.{}{}", quote(from), where.empty() ? "" : " WHERE " + where);
  out.statements.push_back(
      fmt::format("INSERT INTO main.{} ({}) SELECT {} {}", quote(name), names, values, rows));
}

namespace {

// Each column that goes and stays known, by the key that the table has from now on; by the old one
// where that has no values yet.
void keepColumns(const plan::RebuildTable& op, Emitted& out) {
  for (const auto& [column, name] : op.kept) {
    std::vector<std::pair<std::string, std::string>> columns;
    for (const auto& part : op.to.primaryKey)
      for (const auto& [copied, sql] : op.copy)
        if (copied == part) columns.emplace_back(part, sql);
    auto key = op.to.primaryKey;
    if (columns.size() != key.size()) {
      key = op.from.primaryKey;
      columns.clear();
      for (const auto& part : key) columns.emplace_back(part, quote(part));
    }
    const auto value = quote(column);
    const bool inKey = std::ranges::find(key, column) != key.end();
    if (!inKey) columns.emplace_back(column, value);
    keepApart(name, key, columns, op.from.name, value + " IS NOT NULL", out);
  }
}

}  // namespace

void emitRebuild(const plan::RebuildTable& op, const Catalog& during, unsigned number,
                 Emitted& out) {
  const std::string table = quote(op.to.name);
  const std::string rows = fmt::format("temp.\"cambium_rows_{}\"", number);
  const std::string sequence = fmt::format("temp.\"cambium_sequence_{}\"", number);
  const std::string lost = fmt::format("temp.\"cambium_lost_{}\"", number);
  const bool keepSequence = isAutoIncrement(op.from) && isAutoIncrement(op.to);
  const std::string oldRowid = implicitRowid(op.from), newRowid = implicitRowid(op.to);
  const bool keepRowid = !oldRowid.empty() && !newRowid.empty();
  auto& sql = out.statements;

  std::string kept, into, values;
  const auto add = [](std::string& list, const std::string& item) {
    list += (list.empty() ? "" : ", ") + item;
  };
  if (keepRowid) {
    add(kept, quote("cambium_rowid"));
    add(into, newRowid);
    add(values, oldRowid);
  }
  for (const auto& [column, value] : op.copy) {
    add(kept, quote(column));
    add(into, quote(column));
    add(values, value);
  }

  keepColumns(op, out);
  sql.push_back(fmt::format("CREATE TEMP TABLE \"cambium_lost_{}\" AS {}", number,
                            unknownDependants(op.from, during)));
  if (!kept.empty()) {
    // Columns without a type keep every value exactly as it is.
    sql.push_back(fmt::format("CREATE TEMP TABLE \"cambium_rows_{}\" ({})", number, kept));
    sql.push_back(fmt::format("INSERT INTO {} ({}) SELECT {} FROM main.{}", rows, kept, values,
                              quote(op.from.name)));
  }
  if (keepSequence)
    sql.push_back(
        fmt::format("CREATE TEMP TABLE \"cambium_sequence_{}\" AS SELECT seq FROM "
                    "main.sqlite_sequence WHERE name = {}",
                    number, textLiteral(op.from.name)));
  sql.push_back("DROP TABLE main." + quote(op.from.name));
  sql.push_back(createTableSql(op.to));
  if (!kept.empty()) {
    sql.push_back(
        fmt::format("INSERT INTO main.{} ({}) SELECT {} FROM {}", table, into, kept, rows));
    out.mustBeEmpty.push_back(fmt::format(
        "SELECT 'rows of ' || {} WHERE (SELECT count(*) FROM {}) <> (SELECT count(*) FROM main.{})",
        textLiteral(op.to.name), rows, table));
  }
  if (keepSequence) {
    const std::string mine = "name = " + textLiteral(op.to.name);
    sql.push_back(fmt::format(
        "DELETE FROM main.sqlite_sequence WHERE {} AND seq <= (SELECT max(seq) FROM {})", mine,
        sequence));
    sql.push_back(fmt::format(
        "INSERT INTO main.sqlite_sequence (name, seq) SELECT {}, max(seq) FROM {} "
        "WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_sequence WHERE {}) HAVING count(*) > 0",
        textLiteral(op.to.name), sequence, mine));
  }
  for (const auto& index : op.to.indexes)
    if (!index.constraint) sql.push_back(createIndexSql(op.to.name, index));
  for (const auto& trigger : during.triggers)
    if (trigger.table == op.from.name) sql.push_back(trigger.sql);

  out.mustBeEmpty.push_back("SELECT lost FROM " + lost);
  if (!op.to.foreignKeys.empty())
    out.mustBeEmpty.push_back(fmt::format("PRAGMA foreign_key_check({})", table));
  for (const auto& child : during.tables) {
    if (child.name == op.to.name) continue;
    const bool refers = std::any_of(child.foreignKeys.begin(), child.foreignKeys.end(),
                                    [&](const auto& fk) { return fk.table == op.to.name; });
    if (refers)
      out.mustBeEmpty.push_back(fmt::format("PRAGMA foreign_key_check({})", quote(child.name)));
  }
  if (!kept.empty()) out.after.push_back("DROP TABLE IF EXISTS " + rows);
  if (keepSequence) out.after.push_back("DROP TABLE IF EXISTS " + sequence);
  out.after.push_back("DROP TABLE IF EXISTS " + lost);
  out.lock = "database write lock while the rows are copied";
}

}  // namespace cambium::dialect::sqlite
