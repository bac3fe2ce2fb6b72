// What only MariaDB and MySQL refuse: said when the model is compiled, not when a database is
// changed.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/dialect/native_types.h"
#include "plugins/mariadb/mariadb.h"
#include "plugins/mariadb/rules.h"

namespace cambium::dialect::mariadb {
namespace {

using catalog::Catalog;
using catalog::Table;
using ir::Model;

constexpr size_t kMostColumns = 1017, kMostKeyBytes = 3072, kMostRowBytes = 65535;
// Half of a page of 16 KB; and what each row has beside its values.
constexpr size_t kMostPageBytes = 8125, kBytesOfRow = 5 + 6 + 7, kBytesOfRowId = 6;

// ---- keys and indexes
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

void tooWide(const Table& table, const std::vector<std::string>& columns, const std::string& what,
             Span span, const char* server, DiagnosticSink& sink) {
  sink.add(
      report<Code::DDL051>(span, server, widest(table, columns), what)
          .note(fmt::format("a key has at most {} bytes, a character counts as 4", kMostKeyBytes))
          .help("make its texts shorter"));
}

void checkKey(const Table& table, const Places& places, const char* server, DiagnosticSink& sink) {
  const KeyLength key = lengthOf(table, table.primaryKey);
  // What refers to another key has its type from there, where it is told.
  const auto refers = [&](const catalog::ForeignKey& fk) {
    return std::ranges::find(fk.columns, key.unbounded) != fk.columns.end();
  };
  if (!key.unbounded.empty() && std::ranges::any_of(table.foreignKeys, refers)) return;
  if (!key.unbounded.empty())
    sink.add(report<Code::DDL051>(places.of(table.name, key.unbounded), server,
                                  table.findColumn(key.unbounded)->type, "a key")
                 .help("give it a length: `string(200)`"));
  else if (key.bytes > kMostKeyBytes)
    tooWide(table, table.primaryKey, fmt::format("a key of {} bytes", key.bytes),
            places.of(table.name), server, sink);
}

bool isPlace(std::string_view type) {
  constexpr std::string_view kPlaces[] = {
      "geometry",   "point",           "linestring",   "polygon",
      "multipoint", "multilinestring", "multipolygon", "geometrycollection"};
  return std::ranges::find(kPlaces, type) != std::end(kPlaces);
}

// Of texts or of places, of all rows and of columns alone.
void checkMethod(const Table& table, const catalog::Index& index, const Places& places,
                 const char* server, DiagnosticSink& sink) {
  const auto refuse = [&](const char* what) {
    sink.add(report<Code::DDL069>(places.ofIndex(table.name, index.name), server, what,
                                  index.method))
        .help("leave it out, or make it of a property of its own: `computed stored`");
  };
  if (!index.whereSql.empty()) refuse("condition");
  for (const auto& part : index.parts) {
    if (part.column.empty()) refuse("expression");
    if (!part.native.empty()) refuse("beginning of a value");
    const auto* column = table.findColumn(part.column);
    if (!column) continue;
    const std::string& type = column->type;
    const bool text = type.starts_with("varchar") || type.starts_with("char") ||
                      type.find("text") != std::string::npos;
    const std::string what = "a `" + index.method + "` index";
    if (index.method == "fulltext" && !text)
      sink.add(report<Code::DDL051>(places.of(table.name, part.column), server, type, what)
                   .help("it is over texts"));
    if (index.method == "spatial" && (!column->notNull || !isPlace(type)))
      sink.add(report<Code::DDL051>(places.of(table.name, part.column), server,
                                    type + (column->notNull ? "" : " NULL"), what)
                   .help("it is over required places: `@native(mariadb: \"point\")`"));
  }
  if (index.method == "spatial" && index.parts.size() > 1) refuse("second part");
}

// Of a long value an index has a share that always fits. One that is unique is made over a hash
// where it would be too wide.
void checkIndexes(const Table& table, const Places& places, const char* server,
                  DiagnosticSink& sink) {
  for (const auto& index : table.indexes) {
    if (!index.method.empty()) checkMethod(table, index, places, server, sink);
    if (index.unique || !index.method.empty()) continue;
    size_t bytes = 0;
    std::vector<std::string> columns;
    const size_t share = kMostKeyBytes / std::max<size_t>(index.parts.size(), 1);
    for (const auto& part : index.parts) {
      const auto* column = table.findColumn(part.column);  // an expression is a long text
      if (column) columns.push_back(part.column);
      bytes += !column || isLong(column->type) ? share : keyBytes(column->type);
    }
    if (bytes > kMostKeyBytes)
      tooWide(table, columns, fmt::format("the index `{}` of {} bytes", index.name, bytes),
              places.of(table.name, columns.empty() ? "" : columns.front()), server, sink);
  }
}

void checkForeignKeys(const Table& table, const Places& places, const char* server,
                      DiagnosticSink& sink) {
  for (const auto& fk : table.foreignKeys)
    if (fk.onDelete == "SET DEFAULT" || fk.onUpdate == "SET DEFAULT")
      sink.add(
          report<Code::DDL052>(places.of(table.name, fk.columns.front()), server, "SET DEFAULT")
              .help("let the reference `restrict`, `cascade` or `set null`"));
}

// ---- rows
void checkSize(const Table& table, const Places& places, const char* server, DiagnosticSink& sink) {
  if (table.columns.size() > kMostColumns)
    sink.add(report<Code::DDL054>(places.of(table.name), server, table.name, table.columns.size(),
                                  kMostColumns));
  // What all values together may have, and what of them a page must have.
  size_t declared = 0, onPage = kBytesOfRow + (table.primaryKey.empty() ? kBytesOfRowId : 0);
  size_t nullable = 0, mostOnPage = 0;
  std::vector<std::string> all;
  std::string widestOnPage;
  for (const auto& column : table.columns) {
    if (!column.generatedSql.empty() && !column.stored) continue;
    const size_t own = keyBytes(column.type);
    declared += own ? own + 2 : 12;  // a length, or where the value is
    all.push_back(column.name);
    const size_t here = pageBytes(column.type);
    if (here > mostOnPage) widestOnPage = column.type;
    mostOnPage = std::max(mostOnPage, here);
    onPage += here;
    nullable += !column.notNull;
  }
  onPage += (nullable + 7) / 8;
  if (declared > kMostRowBytes)
    sink.add(
        report<Code::DDL051>(places.of(table.name), server, widest(table, all),
                             fmt::format("a row of {} bytes", declared))
            .note(fmt::format("a row has at most {} bytes, a character counts as 4", kMostRowBytes))
            .help("texts of more than 1000 characters are kept outside of the row"));
  else if (onPage > kMostPageBytes)
    sink.add(
        report<Code::DDL051>(places.of(table.name), server, widestOnPage,
                             fmt::format("a row of {} bytes", onPage))
            .note(fmt::format("half a page has {} bytes; a text without a length counts as 21, "
                              "one of more than 255 bytes as 41",
                              kMostPageBytes))
            .help("divide the entity into several, which refer to one another"));
}

// Why a native type does otherwise than it looks; "" = it does not.
std::string_view trapOf(std::string type) {
  std::ranges::transform(type, type.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  const std::string_view all = type, plain = all.substr(0, all.find_first_of("( "));
  if (plain == "timestamp")
    return "it ends in 2038 in many releases, and follows the session's zone";
  if (plain == "enum")
    return "its values are numbers by their place: one that comes in between "
           "copies the table";
  if (plain == "set") return "it holds 64 values at most, and no index finds one of them";
  if (plain == "year") return "it ends in 2155";
  if ((plain == "float" || plain == "double") && all.find('(') != std::string_view::npos)
    return "it rounds what it is given; a `decimal` holds it";
  if (all.find("zerofill") != std::string_view::npos)
    return "the zeros are in what is shown alone, and no release to come has it";
  return {};
}

}  // namespace

template <Server S>
void checkRules(const Model& model, const Catalog& catalog, DiagnosticSink& sink) {
  const Places places(model);
  const char* server = S == Server::mysql ? "MySQL 8" : "MariaDB";
  for (const Table& table : catalog.tables) {
    checkKey(table, places, server, sink);
    checkIndexes(table, places, server, sink);
    checkForeignKeys(table, places, server, sink);
    checkSize(table, places, server, sink);
  }
  checkNames(model, catalog, places, server, sink);
  adviseOnNativeTypes(model, "mariadb", server, trapOf, sink);
  if constexpr (S == Server::mysql) checkMysqlRules(model, catalog, sink);
}

template void checkRules<Server::mariadb>(const Model&, const Catalog&, DiagnosticSink&);
template void checkRules<Server::mysql>(const Model&, const Catalog&, DiagnosticSink&);

}  // namespace cambium::dialect::mariadb
