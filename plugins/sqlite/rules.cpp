// What only SQLite refuses: said when the model is compiled, not when a database is changed.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "compiler/catalog/lower.h"
#include "compiler/catalog/lower_views.h"
#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

using catalog::Catalog;
using catalog::Table;
using ir::Model;

constexpr const char* kName = "SQLite";

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Where in the model the tables and columns come from.
class Places {
public:
  explicit Places(const Model& model) : model_(model) {
    for (const auto& entity : model.entities)
      entities_.emplace(catalog::tableName(entity, model.naming), &entity);
  }
  const ir::Entity* entity(const std::string& table) const {
    const auto found = entities_.find(table);
    return found == entities_.end() ? nullptr : found->second;
  }
  Span of(const std::string& table) const {
    const auto* e = entity(table);
    return e ? e->span : Span{};
  }
  Span of(const std::string& table, const std::string& column) const {
    const auto* e = entity(table);
    if (!e) return {};
    for (const auto id : e->properties) {
      const auto& property = model_[id];
      if (property.column == column || (property.column.empty() && property.name == column))
        return property.span;
    }
    return e->span;
  }

private:
  const Model& model_;
  std::map<std::string, const ir::Entity*> entities_;
};

// ---- names (that two names differ only in case is found by lowering, for every database)
void checkNames(const Model& model, const Catalog& catalog, const Places& places,
                DiagnosticSink& sink) {
  const auto reserved = [](const std::string& name) {
    return lowered(name).starts_with("sqlite_");
  };
  for (const Table& table : catalog.tables) {
    if (reserved(table.name))
      sink.add(report<Code::DDL050>(places.of(table.name), kName, "sqlite_", table.name)
                   .help("name the table otherwise with `@table(\"…\")`"));
    // What a reference does on delete the engine writes down with the name as if it stood in SQL:
    // it takes off what it holds for quotes, finds another table or none, and may crash.
    if (!table.foreignKeys.empty() &&
        std::string_view("\"'`[").find(table.name.front()) != std::string_view::npos)
      sink.add(report<Code::DDL070>(places.of(table.name), kName, "table", table.name,
                                    "it begins with a quote, and the table refers to others")
                   .help("name the table otherwise with `@table(\"…\")`"));
    for (const auto& index : table.indexes)
      if (!index.constraint && reserved(index.name))
        sink.add(report<Code::DDL050>(places.of(table.name), kName, "sqlite_", index.name)
                     .help("name it otherwise with `@name(\"…\")`"));
  }
  // A table has such a column, a view of it does not: and a renamed table is a view for a while.
  const auto unseen = [&](const std::string& column, Span span, const char* annotation) {
    if (lowered(column) != "true" && lowered(column) != "false") return;
    sink.add(report<Code::DDL070>(span, kName, "column", column,
                                  "a view calls it `column1`, or by another number")
                 .help(fmt::format("name it otherwise with `{}`", annotation)));
  };
  for (const Table& table : catalog.tables)
    for (const auto& column : table.columns)
      unseen(column.name, places.of(table.name, column.name), "@column");
  for (const auto& view : model.views) {
    const std::string name = catalog::viewName(view, model.naming);
    if (reserved(name))
      sink.add(report<Code::DDL050>(view.span, kName, "sqlite_", name)
                   .help("name the view otherwise with `@table(\"…\")`"));
    for (const auto& column : view.columns) unseen(column.name, column.span, "as");
  }
}

// ---- tables
bool isStrictType(std::string type) {
  type = lowered(type.substr(0, type.find(' ')));
  for (const char* known : {"int", "integer", "real", "text", "blob", "any"})
    if (type == known) return true;
  return false;
}

bool has(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

void checkTable(const Table& table, const Places& places, DiagnosticSink& sink) {
  constexpr size_t kMostColumns = 2000;
  if (table.columns.size() > kMostColumns)
    sink.add(report<Code::DDL054>(places.of(table.name), kName, table.name, table.columns.size(),
                                  kMostColumns));
  for (const auto& option : table.options)
    if (option != "STRICT" && option != "WITHOUT ROWID")
      sink.add(report<Code::DDL052>(places.of(table.name), kName, option)
                   .help("the options are `STRICT` and `WITHOUT ROWID`"));
  for (const auto& column : table.columns) {
    const Span span = places.of(table.name, column.name);
    if (has(table.options, "STRICT") && !isStrictType(column.type))
      sink.add(report<Code::DDL051>(span, kName, column.type, "a STRICT table")
                   .note("a STRICT table has the types INTEGER, REAL, TEXT, BLOB and ANY")
                   .help("give the entity `@native(sqlite: \"\")` for a table that is not STRICT"));
    if (!column.autoIncrement) continue;
    if (has(table.options, "WITHOUT ROWID"))
      sink.add(report<Code::DDL053>(span, kName, table.name,
                                    "a table WITHOUT ROWID has no rowid to count")
                   .help("leave the option out, or give the key another default"));
    else if (column.type != "INTEGER")
      sink.add(report<Code::DDL053>(span, kName, table.name,
                                    fmt::format("the column is `{}`, not INTEGER", column.type))
                   .help("leave `@native` out for the key"));
  }
}

}  // namespace

void checkRules(const Model& model, const Catalog& catalog, DiagnosticSink& sink) {
  const Places places(model);
  checkNames(model, catalog, places, sink);
  for (const Table& table : catalog.tables) checkTable(table, places, sink);
}

}  // namespace cambium::dialect::sqlite
