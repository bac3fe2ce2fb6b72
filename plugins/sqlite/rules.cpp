// What only SQLite refuses: said when the model is compiled, not when a database is changed.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>

#include "compiler/catalog/lower.h"
#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

using catalog::Catalog;
using catalog::Table;
using ir::Model;

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Where in the model the tables and columns come from.
class Places {
public:
  explicit Places(const Model& model) : model_(model) {
    for (const auto& entity : model.entities) entities_.emplace(catalog::tableName(entity, model.naming), &entity);
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
      if (property.column == column || (property.column.empty() && property.name == column)) return property.span;
    }
    return e->span;
  }

private:
  const Model& model_;
  std::map<std::string, const ir::Entity*> entities_;
};

// ---- names: tables, views and indexes share one scope; columns have one in each table. Case never tells two names apart.
struct Named {
  std::string kind, name;
  Span span;
};

class Scope {
public:
  explicit Scope(DiagnosticSink& sink) : sink_(sink) {}
  void add(Named named) {
    const auto [at, isNew] = seen_.emplace(lowered(named.name), named);
    if (isNew || at->second.name == named.name) return;  // the very same name is told of for every database
    auto& d = sink_.add(report<Code::DDL050>(named.span, at->second.kind, at->second.name, named.kind, named.name)
                            .help("give one of them another name with `@table`, `@column` or `@name`"));
    if (at->second.span && !(at->second.span == named.span)) d.label(at->second.span, "the other one");
  }

private:
  DiagnosticSink& sink_;
  std::map<std::string, Named> seen_;
};

void checkNames(const Catalog& catalog, const Places& places, DiagnosticSink& sink) {
  Scope relations(sink);
  for (const Table& table : catalog.tables) {
    relations.add({"table", table.name, places.of(table.name)});
    if (lowered(table.name).starts_with("sqlite_"))
      sink.add(report<Code::DDL051>(places.of(table.name), table.name).help("name the table otherwise with `@table(\"…\")`"));
    Scope columns(sink);
    for (const auto& column : table.columns) columns.add({"column", column.name, places.of(table.name, column.name)});
  }
  for (const Table& table : catalog.tables)
    for (const auto& index : table.indexes) {
      if (index.constraint) continue;
      relations.add({"index", index.name, places.of(table.name)});
      if (lowered(index.name).starts_with("sqlite_"))
        sink.add(report<Code::DDL051>(places.of(table.name), index.name).help("name it otherwise with `@name(\"…\")`"));
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
    sink.add(report<Code::DDL057>(places.of(table.name), table.name, table.columns.size()));
  for (const auto& option : table.options)
    if (option != "STRICT" && option != "WITHOUT ROWID")
      sink.add(report<Code::DDL054>(places.of(table.name), option).help("the options are `STRICT` and `WITHOUT ROWID`"));
  for (const auto& column : table.columns) {
    const Span span = places.of(table.name, column.name);
    if (has(table.options, "STRICT") && !isStrictType(column.type))
      sink.add(report<Code::DDL052>(span, column.type)
                   .note("a STRICT table has the types INTEGER, REAL, TEXT, BLOB and ANY")
                   .help("give the entity `@native(sqlite: \"\")` for a table that is not STRICT"));
    if (!column.generatedSql.empty() && has(table.primaryKey, column.name))
      sink.add(report<Code::DDL056>(span, column.name));
    if (!column.autoIncrement) continue;
    if (has(table.options, "WITHOUT ROWID"))
      sink.add(report<Code::DDL055>(span, table.name, "a table WITHOUT ROWID has no rowid to count")
                   .help("leave the option out, or give the key another default"));
    else if (column.type != "INTEGER")
      sink.add(report<Code::DDL055>(span, table.name, fmt::format("the column is `{}`, not INTEGER", column.type))
                   .help("leave `@native` out for the key"));
  }
}

// ---- expressions whose value must not change by itself
void walk(const ir::Expr& e, const std::function<void(const ir::Expr&)>& visit) {
  visit(e);
  for (const auto& argument : e.args) walk(argument, visit);
}

class FixedExpressions {
public:
  explicit FixedExpressions(DiagnosticSink& sink) : sink_(sink) {}
  void check(const ir::Expr& e, const char* where) {
    walk(e, [&](const ir::Expr& part) {
      if (part.kind != ir::ExprKind::call || ir::info(part.function).volatility == ir::Volatility::immutable) return;
      sink_.add(report<Code::DDL053>(part.span, ir::info(part.function).name, where)
                    .help("compare in the application, or keep the value in a property with a default"));
    });
  }

private:
  DiagnosticSink& sink_;
};

template <class Parts>
void checkParts(FixedExpressions& fixed, const Parts& parts) {
  for (const auto& part : parts) fixed.check(part.expr, "an index");
}

void checkEntity(const Model& model, const ir::Entity& entity, DiagnosticSink& sink) {
  FixedExpressions fixed(sink);
  for (const auto id : entity.properties) {
    const auto& property = model[id];
    if (property.where) fixed.check(*property.where, "a check");
    if (property.computed) fixed.check(*property.computed, "a computed property");
  }
  for (const auto& check : entity.checks) fixed.check(check.condition, "a check");
  for (const auto& index : entity.indexes) {
    checkParts(fixed, index.parts);
    if (index.where) fixed.check(*index.where, "an index");
  }
  for (const auto& unique : entity.uniques) {
    checkParts(fixed, unique.parts);
    if (unique.where) fixed.check(*unique.where, "an index");
  }
}

}  // namespace

void checkRules(const Model& model, const Catalog& catalog, DiagnosticSink& sink) {
  const Places places(model);
  checkNames(catalog, places, sink);
  for (const Table& table : catalog.tables) checkTable(table, places, sink);
  for (const auto& entity : model.entities)
    if (entity.lifecycle != ir::Lifecycle::draft) checkEntity(model, entity, sink);
  FixedExpressions fixed(sink);
  for (const auto& alias : model.aliases)
    if (alias.where) fixed.check(*alias.where, "a check");
}

}  // namespace cambium::dialect::sqlite
