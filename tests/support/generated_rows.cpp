#include "tests/support/generated_rows.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>

#include "tests/support/engine_text.h"

namespace cambium::testing {
namespace {

using catalog::Column;
using catalog::Table;
using Cell = std::optional<std::string>;
using RowOf = std::map<std::string, Cell>;  // by column

// One of each kind that a text may have to be.
constexpr const char* kTexts[] = {"a",
                                  "2026-01-31T12:34:56.789Z",
                                  "00000000-0000-4000-8000-000000000001",
                                  "2026-01-31",
                                  "12.5",
                                  "ann@example.nl",
                                  "Abc Def-1",
                                  "12:34:56",
                                  "{}",
                                  "[]"};
constexpr const char* kNumbers[] = {"1", "12", "0", "100", "1", "2", "18", "1", "1", "1"};
constexpr size_t kTries = std::size(kTexts);

bool isOneOf(const std::string& type, std::initializer_list<const char*> beginnings) {
  return std::ranges::any_of(beginnings, [&](const char* one) { return type.starts_with(one); });
}

// The first word of a check `column IN ('word', …)`.
Cell firstOfList(const Table& table, const Column& column, const catalog::Traits& traits) {
  const std::string begin = traits.quote(column.name) + " IN (";
  for (const auto& check : table.checks) {
    const size_t at = check.sql.find(begin);
    if (at == std::string::npos) continue;
    size_t from = at + begin.size();
    if (check.sql[from] != '\'')
      return check.sql.substr(from, check.sql.find_first_of(",)", from) - from);
    std::string out;
    for (++from; from < check.sql.size(); ++from) {
      if (check.sql[from] == '\'' && check.sql[++from] != '\'') break;
      out += check.sql[from];
    }
    return out;
  }
  return std::nullopt;
}

std::string valueFor(const Table& table, const Column& column, const catalog::Traits& traits,
                     size_t attempt) {
  const std::string& type = column.type;
  if (type.ends_with("[]")) return "[]";
  if (auto word = firstOfList(table, column, traits)) return *word;
  if (isOneOf(type, {"bool"})) return "1";
  if (isOneOf(type, {"date", "timestamp"}))
    return type == "date" ? "2026-01-31" : "2026-01-31T12:34:56.789Z";
  if (isOneOf(type, {"time"})) return "12:34:56";
  if (isOneOf(type, {"uuid"})) return "00000000-0000-4000-8000-000000000001";
  if (isOneOf(type, {"json"})) return "{}";
  if (isOneOf(type, {"TEXT", "text", "longtext", "varchar", "character", "BLOB", "bytea",
                     "varbinary", "longblob", "ANY"}))
    return kTexts[attempt];
  return kNumbers[attempt];
}

}  // namespace

size_t writeARowEach(dialect::Session& session, const catalog::Catalog& catalog,
                     const catalog::Traits& traits) {
  std::map<std::string, RowOf> written;
  const auto write = [&](const Table& table, size_t attempt) {
    RowOf row;
    for (const auto& column : table.columns) {
      if (!column.generatedSql.empty()) continue;
      row[column.name] = valueFor(table, column, traits, attempt);
    }
    for (const auto& fk : table.foreignKeys) {
      const auto target = written.find(fk.table);
      for (size_t i = 0; i < fk.columns.size(); ++i)
        row[fk.columns[i]] =
            target == written.end() ? std::nullopt : target->second[fk.tableColumns[i]];
    }
    std::string columns, values;
    for (const auto& [name, cell] : row) {
      columns += (columns.empty() ? "" : ", ") + traits.quote(name);
      values += (values.empty() ? "" : ", ");
      const std::string& type = table.findColumn(name)->type;
      values += !cell ? "NULL" : type == "boolean" ? "TRUE" : cellSql(*cell, type);
    }
    const auto done = session.execute("INSERT INTO " + traits.quote(table.name) + " (" + columns +
                                      ") VALUES (" + values + ")");
    if (done) written[table.name] = std::move(row);
    return bool(done);
  };
  // A table that refers to one that has a row by now may take one, too.
  for (size_t before = catalog.tables.size() + 1; before != written.size();) {
    before = written.size();
    for (const auto& table : catalog.tables) {
      if (written.contains(table.name)) continue;
      for (size_t attempt = 0; attempt < kTries; ++attempt)
        if (write(table, attempt)) break;
    }
  }
  return written.size();
}

}  // namespace cambium::testing
