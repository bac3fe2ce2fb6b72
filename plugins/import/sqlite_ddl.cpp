// What SQLite's declared types mean to the people who wrote them.
#include <algorithm>
#include <cstdlib>

#include "plugins/import/table_ddl.h"

namespace cambium::importing {
namespace {

using ir::Scalar;

Type plain(Scalar scalar, std::string loss = {}) {
  Type type;
  type.scalar = scalar;
  type.loss = std::move(loss);
  return type;
}

uint32_t argument(const DeclaredType& declared, size_t index) {
  if (index >= declared.args.size()) return 0;
  return static_cast<uint32_t>(std::strtoul(declared.args[index].c_str(), nullptr, 10));
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Type decimal(const DeclaredType& declared) {
  const uint32_t precision = argument(declared, 0), scale = argument(declared, 1);
  if (precision == 0) return plain(Scalar::float64);
  return decimalOf(precision, scale);
}

Type meaningOf(const DeclaredType& declared) {
  const std::string& n = declared.name;
  if (n.empty()) return plain(Scalar::text, "a column without a type holds anything: it is `text`");
  if (n == "boolean" || n == "bool") return plain(Scalar::boolean);
  if (n == "date") return plain(Scalar::date);
  if (n == "time") return plain(Scalar::time);
  if (n == "datetime") return plain(Scalar::datetime);
  if (n.starts_with("timestamp")) return plain(Scalar::timestamp);
  if (n == "uuid" || n == "guid") return plain(Scalar::uuid);
  if (n == "json" || n == "jsonb") return plain(Scalar::json);
  if (n == "decimal" || n == "numeric" || n == "number" || n == "money") return decimal(declared);
  if (n == "smallint" || n == "int2" || n == "tinyint") return plain(Scalar::int16);
  if (n == "int" || n == "mediumint" || n == "int4") return plain(Scalar::int32);
  // The engine's own rules of affinity, in its order.
  if (has(n, "int")) return plain(Scalar::int64);
  if (has(n, "char") || has(n, "clob") || has(n, "text")) {
    Type type = plain(has(n, "char") && argument(declared, 0) ? Scalar::string : Scalar::text);
    if (type.scalar == Scalar::string) type.length = argument(declared, 0);
    return type;
  }
  if (has(n, "blob") || has(n, "binary")) return plain(Scalar::bytes);
  if (has(n, "real") || has(n, "floa") || has(n, "doub")) return plain(Scalar::float64);
  return plain(Scalar::text,
               "`" + declared.spelling + "` is no type of the language: it is `text`");
}

Type typeOf(const DeclaredType& declared, const std::string&, const std::string&, Span, Schema&) {
  Type type = meaningOf(declared);
  type.declared = declared.name;
  return type;
}

// INTEGER PRIMARY KEY is the row's number: the engine counts.
void settle(Table& table, Schema& schema) {
  for (const std::string& name : table.primaryKey)
    if (Column* column = schema.findColumn(table, name)) {
      column->notNull = true;
      if (table.primaryKey.size() == 1 && column->type.declared == "integer")
        column->autoIncrement = true;
    }
}

std::string foreignKeyName(const Table&) {
  return "";
}

}  // namespace

ReadSchema readSqlite(const SourceMap& sources, std::span<const FileId> files) {
  static const TableDialect kDialect{Format::sqlite, "sqlite", {false, false, false},
                                     typeOf,         settle,   foreignKeyName};
  return readTables(sources, files, kDialect);
}

}  // namespace cambium::importing
