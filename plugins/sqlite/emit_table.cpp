// Canonical texts of tables and indexes: one clause a line, always in this order, so that what
// introspection reads from the stored text is exactly what was meant.
#include <fmt/core.h>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

// The column is the whole key and gets its values from the engine: then its key clause stands with
// it.
bool isAutoKey(const catalog::Table& table, const catalog::Column& column) {
  return column.autoIncrement && table.primaryKey.size() == 1 && table.primaryKey[0] == column.name;
}

std::string partsSql(const catalog::Index& index) {
  std::string out;
  for (const auto& part : index.parts) {
    if (!out.empty()) out += ", ";
    out += part.column.empty() ? part.sql : quote(part.column);
    if (part.descending) out += " DESC";
  }
  return out;
}

}  // namespace

std::string columnSql(const catalog::Column& column) {
  std::string out = quote(column.name);
  if (!column.type.empty()) out += " " + column.type;
  if (column.notNull) out += " NOT NULL";
  if (!column.defaultSql.empty())
    out += isPlainDefault(column.defaultSql) ? " DEFAULT " + column.defaultSql
                                             : " DEFAULT (" + column.defaultSql + ")";
  if (!column.generatedSql.empty())
    out += fmt::format(" GENERATED ALWAYS AS ({}) {}", column.generatedSql,
                       column.stored ? "STORED" : "VIRTUAL");
  return out;
}

std::string foreignKeySql(const catalog::ForeignKey& fk) {
  std::string out = "REFERENCES " + quote(fk.table);
  if (!fk.tableColumns.empty()) out += " (" + quoteList(fk.tableColumns) + ")";
  if (!fk.onDelete.empty() && fk.onDelete != "NO ACTION") out += " ON DELETE " + fk.onDelete;
  if (!fk.onUpdate.empty() && fk.onUpdate != "NO ACTION") out += " ON UPDATE " + fk.onUpdate;
  if (fk.deferrable) out += " DEFERRABLE";
  if (fk.deferred) out += " INITIALLY DEFERRED";
  return out;
}

std::string createTableSql(const catalog::Table& table) {
  std::vector<std::string> clauses;
  bool keyed = table.primaryKey.empty();
  for (const auto& column : table.columns) {
    if (isAutoKey(table, column)) {
      clauses.push_back(
          fmt::format("{} {} PRIMARY KEY AUTOINCREMENT", quote(column.name), column.type));
      keyed = true;
    } else {
      clauses.push_back(columnSql(column));
    }
  }
  if (!keyed) clauses.push_back("PRIMARY KEY (" + quoteList(table.primaryKey) + ")");
  for (const auto& index : table.indexes) {
    if (!index.constraint) continue;
    const std::string name = index.name.empty() ? "" : "CONSTRAINT " + quote(index.name) + " ";
    clauses.push_back(name + "UNIQUE (" + partsSql(index) + ")");
  }
  for (const auto& check : table.checks) {
    const std::string name = check.name.empty() ? "" : "CONSTRAINT " + quote(check.name) + " ";
    clauses.push_back(name + "CHECK (" + check.sql + ")");
  }
  for (const auto& fk : table.foreignKeys)
    clauses.push_back("FOREIGN KEY (" + quoteList(fk.columns) + ") " + foreignKeySql(fk));

  std::string out = "CREATE TABLE " + quote(table.name) + " (";
  for (size_t i = 0; i < clauses.size(); ++i) out += (i ? ",\n  " : "\n  ") + clauses[i];
  out += "\n)";
  for (size_t i = 0; i < table.options.size(); ++i) out += (i ? ", " : " ") + table.options[i];
  return out;
}

std::string createIndexSql(const std::string& table, const catalog::Index& index) {
  std::string out = fmt::format("CREATE {}INDEX {} ON {} ({})", index.unique ? "UNIQUE " : "",
                                quote(index.name), quote(table), partsSql(index));
  if (!index.whereSql.empty()) out += " WHERE " + index.whereSql;
  return out;
}

}  // namespace cambium::dialect::sqlite
