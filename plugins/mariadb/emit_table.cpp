// Texts of tables, columns, constraints and indexes: one clause a line.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/lower.h"
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

std::string named(const std::string& name) {
  return name.empty() ? "" : "CONSTRAINT " + quote(name) + " ";
}

// "COLLATE=…" of a table that asks for another than ours.
bool says(const catalog::Table& table, std::string_view option) {
  return std::ranges::any_of(table.options,
                             [&](const auto& one) { return lowered(one).starts_with(option); });
}

template <class List, class NameOf>
bool begins(const List& list, const std::vector<std::string>& columns, NameOf nameOf) {
  if (list.size() < columns.size()) return false;
  for (size_t i = 0; i < columns.size(); ++i)
    if (nameOf(list[i]) != columns[i]) return false;
  return true;
}

// MySQL makes such an index, too, but one that goes by itself when there is another: ours has to be
// one that was asked for.
std::vector<std::string> keysOfReferences(const catalog::Table& table, Server server) {
  std::vector<std::string> out;
  if (server != Server::mysql) return out;
  for (const auto& fk : table.foreignKeys)
    if (!isServed(fk, table))
      out.push_back(fmt::format("KEY {} ({})", quote(fk.name), quoteList(fk.columns)));
  return out;
}

}  // namespace

bool serves(const catalog::Index& index, const catalog::ForeignKey& fk) {
  return index.whereSql.empty() && index.isUsual() &&
         begins(index.parts, fk.columns, [](const auto& part) { return part.column; });
}

bool isServed(const catalog::ForeignKey& fk, const catalog::Table& table, std::string_view but) {
  if (begins(table.primaryKey, fk.columns, [](const auto& name) { return name; })) return true;
  return std::ranges::any_of(
      table.indexes, [&](const auto& index) { return index.name != but && serves(index, fk); });
}

bool hasPlainDefault(const catalog::Column& column, Server server) {
  // What has no length has no value as a default of MySQL's, only an expression.
  const bool noLength = server == Server::mysql && keyBytes(column.type) == 0;
  return !noLength && isConstant(column.defaultSql);
}

std::string columnSql(const catalog::Column& column, Server server) {
  std::string out = quote(column.name) + " " + column.type;
  if (!column.generatedSql.empty())  // its documentation would cost a copy of the table
    return out + fmt::format(" GENERATED ALWAYS AS ({}) {}", column.generatedSql,
                             column.stored ? "STORED" : "VIRTUAL");
  out += column.notNull ? " NOT NULL" : " NULL";
  if (!column.defaultSql.empty())
    out += hasPlainDefault(column, server) ? " DEFAULT " + column.defaultSql
                                           : " DEFAULT (" + column.defaultSql + ")";
  if (column.autoIncrement) out += " AUTO_INCREMENT";
  if (!column.comment.empty()) out += " COMMENT " + textLiteral(column.comment);
  return out;
}

std::string checkSql(const catalog::Check& check) {
  return named(check.name) + "CHECK (" + check.sql + ")";
}

std::string foreignKeySql(const catalog::ForeignKey& fk) {
  std::string out = named(fk.name) + "FOREIGN KEY (" + quoteList(fk.columns) + ") REFERENCES " +
                    quote(fk.table) + " (" + quoteList(fk.tableColumns) + ")";
  if (!fk.onDelete.empty()) out += " ON DELETE " + fk.onDelete;
  if (!fk.onUpdate.empty()) out += " ON UPDATE " + fk.onUpdate;
  return out;
}

std::string hiddenName(const std::string& index, size_t part) {
  return catalog::derivedName("cambium", {index, std::to_string(part + 1)}, 64);
}

std::vector<catalog::Column> hiddenColumns(catalog::Index& index, const catalog::Table* table,
                                           Server server) {
  std::vector<catalog::Column> out;
  if (server == Server::mysql) return out;
  for (size_t i = 0; i < index.parts.size(); ++i) {
    auto& part = index.parts[i];
    if (index.whereSql.empty() && !part.column.empty()) continue;
    const auto* column = table ? table->findColumn(part.column) : nullptr;
    catalog::Column hidden;
    hidden.name = hiddenName(index.name, i);
    hidden.type = column ? column->type : "longtext";
    hidden.generatedSql =
        fmt::format("if({}, {}, NULL)", index.whereSql.empty() ? "1" : index.whereSql,
                    part.column.empty() ? part.sql : quote(part.column));
    part.column = hidden.name;
    part.sql.clear();
    out.push_back(std::move(hidden));
  }
  index.whereSql.clear();
  return out;
}

std::string hiddenColumnSql(const catalog::Column& column) {
  return columnSql(column, Server::mariadb) + " INVISIBLE";
}

std::string indexSql(const catalog::Index& said, const catalog::Table* table, Server server) {
  catalog::Index index = said;
  const auto hidden = hiddenColumns(index, table, server);
  std::string parts;
  const size_t share = 3072 / std::max<size_t>(index.parts.size(), 1);  // bytes of a key
  for (const auto& part : index.parts) {
    if (!parts.empty()) parts += ", ";
    if (server == Server::mysql) {
      parts += mysqlPart(index, part, table) + (part.descending ? " DESC" : "");
      continue;
    }
    parts += part.column.empty() ? part.sql : quote(part.column);
    const auto own = std::ranges::find(hidden, part.column, &catalog::Column::name);
    const auto* column = own != hidden.end() ? &*own
                         : table             ? table->findColumn(part.column)
                                             : nullptr;
    // Of a long value the beginning is in the index. A unique one is made over a hash of all of it,
    // and an index of another kind is over all of it by itself.
    if (!part.native.empty()) {
      parts += part.native;
    } else if (column && !index.unique && index.method.empty() && isLong(column->type)) {
      const bool bytes = column->type.find("blob") != std::string::npos ||
                         column->type.find("binary") != std::string::npos;
      parts += fmt::format("({})", bytes ? share : share / 4);
    }
    if (part.descending) parts += " DESC";
  }
  const std::string_view kind = index.unique                 ? "UNIQUE "
                                : index.method == "fulltext" ? "FULLTEXT "
                                : index.method == "spatial"  ? "SPATIAL "
                                                             : "";
  return fmt::format("{}KEY {} ({})", kind, quote(index.name), parts);
}

std::string createTableSql(const catalog::Table& table, Server server) {
  std::vector<std::string> clauses;
  for (const auto& column : table.columns) clauses.push_back(columnSql(column, server));
  for (catalog::Index index : table.indexes)
    for (const auto& column : hiddenColumns(index, &table, server))
      clauses.push_back(hiddenColumnSql(column));
  if (!table.primaryKey.empty())
    clauses.push_back("PRIMARY KEY (" + quoteList(table.primaryKey) + ")");
  for (const auto& index : table.indexes) clauses.push_back(indexSql(index, &table, server));
  for (auto& key : keysOfReferences(table, server)) clauses.push_back(std::move(key));
  for (const auto& check : table.checks) clauses.push_back(checkSql(check));
  for (const auto& fk : table.foreignKeys) clauses.push_back(foreignKeySql(fk));
  std::string out = "CREATE TABLE " + quote(table.name) + " (";
  for (size_t i = 0; i < clauses.size(); ++i) out += (i ? ",\n  " : "\n  ") + clauses[i];
  out += "\n)";
  if (!says(table, "engine")) out += fmt::format(" ENGINE={}", kEngine);
  if (!says(table, "collate"))
    out += fmt::format(" DEFAULT CHARSET={} COLLATE={}", kCharset, collationOf(server));
  for (const auto& option : table.options) out += " " + option;
  if (!table.comment.empty()) out += " COMMENT=" + textLiteral(table.comment);
  return out;
}

}  // namespace cambium::dialect::mariadb
