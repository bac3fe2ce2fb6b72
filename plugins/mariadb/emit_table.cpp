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

}  // namespace

std::string columnSql(const catalog::Column& column) {
  std::string out = quote(column.name) + " " + column.type;
  if (!column.generatedSql.empty())  // its documentation would cost a copy of the table
    return out + fmt::format(" GENERATED ALWAYS AS ({}) {}", column.generatedSql,
                             column.stored ? "STORED" : "VIRTUAL");
  out += column.notNull ? " NOT NULL" : " NULL";
  if (!column.defaultSql.empty())
    out += isConstant(column.defaultSql) ? " DEFAULT " + column.defaultSql
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

std::vector<catalog::Column> hiddenColumns(catalog::Index& index, const catalog::Table* table) {
  std::vector<catalog::Column> out;
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
  return columnSql(column) + " INVISIBLE";
}

std::string indexSql(const catalog::Index& said, const catalog::Table* table) {
  catalog::Index index = said;
  const auto hidden = hiddenColumns(index, table);
  std::string parts;
  const size_t share = 3072 / std::max<size_t>(index.parts.size(), 1);  // bytes of a key
  for (const auto& part : index.parts) {
    if (!parts.empty()) parts += ", ";
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

std::string createTableSql(const catalog::Table& table) {
  std::vector<std::string> clauses;
  for (const auto& column : table.columns) clauses.push_back(columnSql(column));
  for (catalog::Index index : table.indexes)
    for (const auto& column : hiddenColumns(index, &table))
      clauses.push_back(hiddenColumnSql(column));
  if (!table.primaryKey.empty())
    clauses.push_back("PRIMARY KEY (" + quoteList(table.primaryKey) + ")");
  for (const auto& index : table.indexes) clauses.push_back(indexSql(index, &table));
  for (const auto& check : table.checks) clauses.push_back(checkSql(check));
  for (const auto& fk : table.foreignKeys) clauses.push_back(foreignKeySql(fk));
  std::string out = "CREATE TABLE " + quote(table.name) + " (";
  for (size_t i = 0; i < clauses.size(); ++i) out += (i ? ",\n  " : "\n  ") + clauses[i];
  out += "\n)";
  if (!says(table, "engine")) out += fmt::format(" ENGINE={}", kEngine);
  if (!says(table, "collate"))
    out += fmt::format(" DEFAULT CHARSET={} COLLATE={}", kCharset, kCollation);
  for (const auto& option : table.options) out += " " + option;
  if (!table.comment.empty()) out += " COMMENT=" + textLiteral(table.comment);
  return out;
}

}  // namespace cambium::dialect::mariadb
