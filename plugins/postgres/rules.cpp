// What only PostgreSQL refuses: said when the model is compiled, not when a database is changed.
#include <algorithm>
#include <initializer_list>

#include "compiler/base/words.h"
#include "compiler/catalog/lower.h"
#include "compiler/dialect/native_types.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {

namespace {

constexpr const char* kName = "PostgreSQL";

constexpr size_t kMostBytes = 63;  // of a name

bool isOneOf(std::string_view text, std::initializer_list<std::string_view> all) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

// Types that these kinds of indexes compare only with a class of operators that somebody names.
bool needsWords(const std::string& method, const std::string& type) {
  if (method == "gin") return !type.ends_with("[]") && !isOneOf(type, {"jsonb", "tsvector"});
  if (!isOneOf(method, {"gist", "spgist"})) return false;
  const std::string_view plain = std::string_view(type).substr(0, type.find('('));
  return isOneOf(plain, {"boolean", "smallint", "integer", "bigint", "real", "double precision",
                         "numeric", "bytea", "uuid", "date", "jsonb"}) ||
         plain.starts_with("timestamp") || plain.starts_with("time ") || plain == "time" ||
         (method == "gist" && isOneOf(plain, {"text", "character varying", "character"}));
}

class IndexRules {
public:
  IndexRules(const ir::Model& model, DiagnosticSink& sink) : model_(model), sink_(sink) {}

  void check(const catalog::Table& table, const catalog::Index& index) {
    if (index.method.empty()) return;
    const Span span = spanOf(table.name, index.name);
    if (!index.include.empty() && isOneOf(index.method, {"gin", "brin", "hash"}))
      sink_.add(report<Code::DDL069>(span, kName, "included columns", index.method))
          .help("leave `@include` out");
    if (index.parts.size() > 1 && isOneOf(index.method, {"hash", "spgist"}))
      sink_.add(report<Code::DDL069>(span, kName, "second part", index.method))
          .help("make an index for each of them");
    for (const catalog::IndexPart& part : index.parts) {
      const auto* column = table.findColumn(part.column);
      if (!column || !part.native.empty() || !needsWords(index.method, column->type)) continue;
      sink_
          .add(report<Code::DDL051>(span, kName, column->type,
                                    "a `" + index.method + "` index without a class of operators"))
          .help(
              "name one behind the part: `(name @native(postgres: \"gin_trgm_ops\"))`; extensions "
              "like pg_trgm, btree_gin and btree_gist bring them");
    }
  }

private:
  // Of an index without a name that of its entity.
  Span spanOf(const std::string& table, const std::string& index) const {
    for (const ir::Entity& entity : model_.entities) {
      if (catalog::tableName(entity, model_.naming) != table) continue;
      for (const ir::Index& one : entity.indexes)
        if (one.databaseName == index ||
            (!one.name.empty() &&
             catalog::derivedName("ix", {table, one.name}, kMostBytes) == index))
          return one.span;
      return entity.span;
    }
    return {};
  }

  const ir::Model& model_;
  DiagnosticSink& sink_;
};

// Of the property that the column is of, else of its entity.
Span spanOf(const ir::Model& model, const std::string& table, const std::string& column) {
  for (const ir::Entity& entity : model.entities) {
    if (catalog::tableName(entity, model.naming) != table) continue;
    for (const auto id : entity.properties) {
      const auto& property = model[id];
      if (property.column == column || (property.column.empty() && property.name == column))
        return property.span;
    }
    return entity.span;
  }
  return {};
}

void checkColumns(const ir::Model& model, const catalog::Catalog& catalog, DiagnosticSink& sink) {
  for (const auto& table : catalog.tables) {
    if (table.columns.size() <= kMostColumns) continue;
    const auto entity = std::ranges::find_if(model.entities, [&](const ir::Entity& e) {
      return catalog::tableName(e, model.naming) == table.name;
    });
    sink.add(report<Code::DDL054>(entity == model.entities.end() ? Span{} : entity->span, kName,
                                  table.name, table.columns.size(), kMostColumns));
  }
}

// Columns that every table has already.
void checkSystemColumns(const ir::Model& model, const catalog::Catalog& catalog,
                        DiagnosticSink& sink) {
  for (const auto& table : catalog.tables)
    for (const auto& column : table.columns) {
      if (!isOneOf(column.name, {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})) continue;
      sink.add(report<Code::DDL070>(spanOf(model, table.name, column.name), kName, "column",
                                    column.name, "every table has one of that name by itself"))
          .help("name it otherwise with `@column(\"…\")`");
    }
}

// ---- advice: what is allowed, and what somebody may be sorry for

// Why a native type does otherwise than it looks; "" = it does not.
std::string_view trapOf(std::string type) {
  std::ranges::transform(type, type.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  const std::string_view plain = std::string_view(type).substr(0, type.find('('));
  if (plain == "money") return "its currency and its digits are settings of the server";
  if (isOneOf(plain, {"char", "character", "bpchar"}))
    return "it is filled up with blanks, which some comparisons see and others do not";
  if (plain == "json") return "it has no equality and no index, and keeps every blank: `jsonb`";
  if (isOneOf(plain, {"serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"}))
    return "its counter has rights and an owner of its own: `= autoincrement()`";
  const bool zone = type.find("with time zone") != std::string::npos;
  if (plain.starts_with("timestamp") && plain != "timestamptz" && !zone)
    return "it does not say where it is that time: `timestamp with time zone`";
  if (plain == "timetz" || (plain.starts_with("time") && !plain.starts_with("timestamp") && zone))
    return "a zone without a day does not say how far it is from another";
  return {};
}

// Where a column of that type may begin, and the bytes that it takes; 0 = that differs.
std::pair<unsigned, unsigned> layoutOf(std::string_view type) {
  const std::string_view plain = type.substr(0, type.find('('));
  if (type.ends_with("[]")) return {1, 0};
  if (plain == "boolean") return {1, 1};
  if (plain == "smallint") return {2, 2};
  if (isOneOf(plain, {"integer", "real", "date"})) return {4, 4};
  if (isOneOf(plain, {"bigint", "double precision"}) || plain.starts_with("time")) return {8, 8};
  if (plain == "uuid") return {1, 16};
  return {1, 0};
}

// Bytes that stay empty because a column begins at a multiple of its size. Behind one whose size
// differs nobody knows where the next begins: that counts as nothing.
unsigned emptyBytes(const catalog::Table& table) {
  unsigned at = 0, empty = 0;
  for (const auto& column : table.columns) {
    if (!column.generatedSql.empty() && !column.stored) continue;
    const auto [align, size] = layoutOf(column.type);
    const unsigned gap = (align - at % align) % align;
    empty += gap;
    at = size == 0 ? 0 : at + gap + size;
  }
  return empty;
}

void adviseOnOrder(const ir::Model& model, const catalog::Catalog& catalog, DiagnosticSink& sink) {
  constexpr unsigned kWorthIt = 8;
  for (const ir::Entity& entity : model.entities) {
    const auto* table = catalog.findTable(catalog::tableName(entity, model.naming));
    if (!table || entity.made != ir::MadeEntity::written) continue;
    if (const unsigned empty = emptyBytes(*table); empty >= kWorthIt)
      sink.add(report<Code::ADV006>(entity.span, empty, entity.name, kName))
          .help(
              "first what takes 8 bytes (`int64`, `float64`, times), then 4 (`int32`, `date`), "
              "then the rest; it counts when the table is made");
  }
}

// Names of roles that no role can have, whatever the quotes around them.
void checkRoles(const ir::Model& model, DiagnosticSink& sink) {
  for (const ir::Role& role : model.roles) {
    const std::string name =
        model.naming == ir::Naming::asWritten ? role.name : snakeCase(role.name);
    if (name.starts_with("pg_"))
      sink.add(report<Code::DDL050>(role.span, kName, "pg_", name))
          .help("give the role another name");
    else if (name == "public" || name == "none")
      sink.add(report<Code::DDL055>(role.span, kName, name)).help("give the role another name");
  }
}

}  // namespace

void checkRules(const ir::Model& model, const catalog::Catalog& catalog, DiagnosticSink& sink) {
  checkColumns(model, catalog, sink);
  checkSystemColumns(model, catalog, sink);
  checkRoles(model, sink);
  IndexRules indexes(model, sink);
  for (const catalog::Table& table : catalog.tables)
    for (const catalog::Index& index : table.indexes) indexes.check(table, index);
  adviseOnNativeTypes(model, "postgres", kName, trapOf, sink);
  adviseOnOrder(model, catalog, sink);
}

// A view is asked with the rights of whoever made it: nobody can be kept from the rows below it.
void checkRulesBefore15(const ir::Model& model, const catalog::Catalog& catalog,
                        DiagnosticSink& sink) {
  checkRules(model, catalog, sink);
  for (const auto& view : model.views)
    sink.add(report<Code::DDL008>(view.span, "PostgreSQL 14", "the rights of who asks the view",
                                  view.name))
        .help(
            "who may read the view sees its rows, whatever they may do with the tables below; 15 "
            "is the first that asks; `@allow(DDL008, \"why\")` says that you know");
}

}  // namespace cambium::dialect::postgres
