#include "runtime/verify/generated_rows.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>

namespace cambium::verify {
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

std::string literal(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

// Where texts have escapes.
bool hasEscapes(const std::string& type) {
  return type.starts_with("varchar(") || type == "longtext" || type == "longblob" ||
         type.starts_with("varbinary(");
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

class Writer {
public:
  Writer(dialect::Session& session, const catalog::Traits& traits)
      : session_(session), traits_(traits) {}

  bool write(const Table& table, size_t attempt, bool empty) {
    RowOf row;
    for (const auto& column : table.columns) {
      if (!column.generatedSql.empty()) continue;
      row[column.name] =
          empty && !column.notNull ? Cell() : Cell(valueFor(table, column, traits_, attempt));
    }
    for (const auto& fk : table.foreignKeys) {
      const auto target = last_.find(fk.table);
      for (size_t i = 0; i < fk.columns.size(); ++i)
        if (row[fk.columns[i]])
          row[fk.columns[i]] =
              target == last_.end() ? std::nullopt : target->second[fk.tableColumns[i]];
    }
    std::string columns, values;
    for (const auto& [name, cell] : row) {
      columns += (columns.empty() ? "" : ", ") + traits_.quote(name);
      values += (values.empty() ? "" : ", ");
      const std::string& type = table.findColumn(name)->type;
      values += !cell ? "NULL" : type == "boolean" ? "TRUE" : cellSql(*cell, type);
    }
    const auto done = session_.execute("INSERT INTO " + traits_.quote(table.name) + " (" + columns +
                                       ") VALUES (" + values + ")");
    if (done) last_[table.name] = std::move(row);
    return bool(done);
  }

  // How many of `wanted` it took.
  unsigned write(const Table& table, unsigned wanted, bool empty) {
    unsigned count = 0;
    for (size_t attempt = 0; attempt < kTries && count < wanted; ++attempt)
      count += write(table, attempt, empty);
    return count;
  }

  bool has(const std::string& table) const { return last_.contains(table); }
  size_t tables() const { return last_.size(); }

private:
  dialect::Session& session_;
  const catalog::Traits& traits_;
  std::map<std::string, RowOf> last_;  // that was written, by table
};

}  // namespace

std::string cellSql(const std::string& cell, const std::string& type) {
  const std::string text = literal(cell);
  if (hasEscapes(type)) return replaced(text, "\\", "\\\\");
  if (type == "datetime(3)" && cell.ends_with('Z')) return literal(cell.substr(0, cell.size() - 1));
  if (type == "BLOB") return "CAST(" + text + " AS BLOB)";
  if (type == "bytea") return "convert_to(" + text + ", 'UTF8')";
  if (type.ends_with("[]"))
    return fmt::format("CAST(ARRAY(SELECT jsonb_array_elements_text(CAST({} AS jsonb))) AS {})",
                       text, type);
  return text;
}

size_t writeRows(dialect::Session& session, const catalog::Catalog& catalog,
                 const catalog::Traits& traits, const RowsWanted& wanted) {
  Writer writer(session, traits);
  // A table that refers to one that has a row by now may take one, too.
  for (size_t before = catalog.tables.size() + 1; before != writer.tables();) {
    before = writer.tables();
    for (const auto& table : catalog.tables)
      if (!writer.has(table.name)) writer.write(table, wanted.full, false);
  }
  for (const auto& table : catalog.tables) writer.write(table, wanted.empty, true);
  return writer.tables();
}

}  // namespace cambium::verify
