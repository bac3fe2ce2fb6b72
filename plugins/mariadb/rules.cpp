// What only MariaDB refuses: said when the model is compiled, not when a database is changed.
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "compiler/catalog/lower.h"
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

using catalog::Catalog;
using catalog::Table;
using ir::Model;

constexpr const char* kName = "MariaDB";
constexpr size_t kMostColumns = 1017, kMostKeyBytes = 3072, kMostRowBytes = 65535;

// Where in the model the tables and columns come from.
class Places {
public:
  explicit Places(const Model& model) : model_(model) {
    for (const auto& entity : model.entities)
      entities_.emplace(catalog::tableName(entity, model.naming), &entity);
  }
  Span of(const std::string& table) const {
    const auto found = entities_.find(table);
    return found == entities_.end() ? Span{} : found->second->span;
  }
  Span of(const std::string& table, const std::string& column) const {
    const auto found = entities_.find(table);
    if (found == entities_.end()) return {};
    for (const auto id : found->second->properties) {
      const auto& property = model_[id];
      if (property.column == column || (property.column.empty() && property.name == column))
        return property.span;
    }
    return found->second->span;
  }

private:
  const Model& model_;
  std::map<std::string, const ir::Entity*> entities_;
};

// Bytes of a key over these columns, and the one that has no bound.
struct KeyLength {
  size_t bytes = 0;
  std::string unbounded;
};
KeyLength lengthOf(const Table& table, const std::vector<std::string>& columns) {
  KeyLength out;
  for (const auto& name : columns) {
    const auto* column = table.findColumn(name);
    if (!column) continue;
    const size_t bytes = keyBytes(column->type);
    if (bytes == 0 && out.unbounded.empty()) out.unbounded = name;
    out.bytes += bytes;
  }
  return out;
}

std::string widest(const Table& table, const std::vector<std::string>& columns) {
  std::string out;
  size_t most = 0;
  for (const auto& name : columns) {
    const auto* column = table.findColumn(name);
    const size_t bytes = column ? keyBytes(column->type) : 0;
    if (bytes <= most) continue;
    most = bytes;
    out = column->type;
  }
  return out;
}

void checkKey(const Table& table, const Places& places, DiagnosticSink& sink) {
  const KeyLength key = lengthOf(table, table.primaryKey);
  if (!key.unbounded.empty())
    sink.add(report<Code::DDL051>(places.of(table.name, key.unbounded), kName,
                                  table.findColumn(key.unbounded)->type, "a key")
                 .help("give it a length: `string(200)`"));
  else if (key.bytes > kMostKeyBytes)
    sink.add(
        report<Code::DDL051>(places.of(table.name), kName, widest(table, table.primaryKey),
                             fmt::format("a key of {} bytes", key.bytes))
            .note(fmt::format("a key has at most {} bytes, a character counts as 4", kMostKeyBytes))
            .help("make its texts shorter"));
}

void checkForeignKeys(const Table& table, const Places& places, DiagnosticSink& sink) {
  for (const auto& fk : table.foreignKeys)
    if (fk.onDelete == "SET DEFAULT" || fk.onUpdate == "SET DEFAULT")
      sink.add(report<Code::DDL052>(places.of(table.name, fk.columns.front()), kName, "SET DEFAULT")
                   .help("let the reference `restrict`, `cascade` or `set null`"));
}

void checkSize(const Table& table, const Places& places, DiagnosticSink& sink) {
  if (table.columns.size() > kMostColumns)
    sink.add(report<Code::DDL054>(places.of(table.name), kName, table.name, table.columns.size(),
                                  kMostColumns));
  size_t bytes = 0;
  std::vector<std::string> all;
  for (const auto& column : table.columns) {
    const size_t own = keyBytes(column.type);
    bytes += own ? own + 2 : 12;  // a length, or where the value is
    all.push_back(column.name);
  }
  if (bytes > kMostRowBytes)
    sink.add(
        report<Code::DDL051>(places.of(table.name), kName, widest(table, all),
                             fmt::format("a row of {} bytes", bytes))
            .note(fmt::format("a row has at most {} bytes, a character counts as 4", kMostRowBytes))
            .help("texts of more than 1000 characters are kept outside of the row"));
}

}  // namespace

void checkRules(const Model& model, const Catalog& catalog, DiagnosticSink& sink) {
  const Places places(model);
  for (const Table& table : catalog.tables) {
    checkKey(table, places, sink);
    checkForeignKeys(table, places, sink);
    checkSize(table, places, sink);
  }
}

}  // namespace cambium::dialect::mariadb
