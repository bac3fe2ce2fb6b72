#include "compiler/plan/sql_text.h"

#include <fmt/core.h>

#include <algorithm>

namespace cambium::plan {
namespace {

// Calls `text` for what is not an identifier and `identifier` for each quoted one, in order.
template <class Text, class Identifier>
void scan(std::string_view sql, const catalog::Traits& traits, Text text, Identifier identifier) {
  const std::string sample = traits.quote("x");
  const char open = sample.front(), close = sample.back();
  size_t at = 0;
  while (at < sql.size()) {
    const char c = sql[at];
    if (c == '\'' && open != '\'') {
      size_t end = at + 1;
      while (end < sql.size()) {
        if (sql[end] == '\'') {
          if (end + 1 < sql.size() && sql[end + 1] == '\'') {
            end += 2;
            continue;
          }
          break;
        }
        ++end;
      }
      end = std::min(end + 1, sql.size());
      text(sql.substr(at, end - at));
      at = end;
    } else if (c == open) {
      std::string name;
      size_t end = at + 1;
      while (end < sql.size()) {
        if (sql[end] == close) {
          if (end + 1 < sql.size() && sql[end + 1] == close) {
            name += close;
            end += 2;
            continue;
          }
          break;
        }
        name += sql[end++];
      }
      at = std::min(end + 1, sql.size());
      identifier(name);
    } else {
      size_t end = at + 1;
      while (end < sql.size() && sql[end] != '\'' && sql[end] != open) ++end;
      text(sql.substr(at, end - at));
      at = end;
    }
  }
}

std::string partSql(const catalog::IndexPart& part, const catalog::Traits& traits) {
  return part.column.empty() ? part.sql : traits.quote(part.column);
}

}  // namespace

std::string substitute(std::string_view sql, const catalog::Traits& traits,
                       const ColumnSql& column) {
  std::string out;
  scan(
      sql, traits, [&](std::string_view text) { out += text; },
      [&](const std::string& name) { out += column(name); });
  return out;
}

std::vector<std::string> identifiersIn(std::string_view sql, const catalog::Traits& traits) {
  std::vector<std::string> out;
  scan(
      sql, traits, [](std::string_view) {},
      [&](const std::string& name) {
        if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
      });
  return out;
}

std::string countRows(const std::string& table, const std::string& where,
                      const catalog::Traits& traits) {
  auto sql = fmt::format("SELECT count(*) FROM {}", traits.quote(table));
  return where.empty() ? sql : sql + " WHERE " + where;
}

std::string countNulls(const std::string& table, const std::string& column,
                       const catalog::Traits& traits) {
  return countRows(table, traits.quote(column) + " IS NULL", traits);
}

std::string countViolations(const std::string& table, const std::string& check,
                            const catalog::Traits& traits) {
  return countRows(table, "NOT (" + check + ")", traits);
}

namespace {

// A group of rows for each value that occurs more than once.
struct Duplicates {
  std::string parts, rest;
};
Duplicates duplicatesOf(const std::string& table, const catalog::Index& index,
                        const catalog::Traits& traits) {
  std::string where = index.whereSql.empty() ? std::string() : "(" + index.whereSql + ")";
  std::string parts;
  for (const auto& part : index.parts) {
    const auto sql = partSql(part, traits);
    // Rows with a NULL in a part are never duplicates of each other.
    where += (where.empty() ? "" : " AND ") + sql + " IS NOT NULL";
    parts += (parts.empty() ? "" : ", ") + sql;
  }
  std::string rest = fmt::format(" FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1",
                                 traits.quote(table), where, parts);
  return {std::move(parts), std::move(rest)};
}

std::string fromOrphans(const std::string& table, const catalog::ForeignKey& fk,
                        const catalog::Traits& traits) {
  std::string where, match;
  for (size_t i = 0; i < fk.columns.size(); ++i) {
    where += (i ? " AND " : "") + ("c." + traits.quote(fk.columns[i])) + " IS NOT NULL";
    match += (i ? " AND " : "") + ("p." + traits.quote(fk.tableColumns[i])) + " = c." +
             traits.quote(fk.columns[i]);
  }
  return fmt::format(" FROM {} AS c WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS p WHERE {})",
                     traits.quote(table), where, traits.quote(fk.table), match);
}

std::string keyOf(const catalog::Table& table, const catalog::Traits& traits,
                  std::string_view before = "") {
  std::string out;
  for (const auto& column : table.primaryKey)
    out += (out.empty() ? "" : ", ") + std::string(before) + traits.quote(column);
  return out;
}

}  // namespace

std::string countDuplicates(const std::string& table, const catalog::Index& index,
                            const catalog::Traits& traits) {
  return fmt::format("SELECT count(*) FROM (SELECT 1{}) AS duplicates",
                     duplicatesOf(table, index, traits).rest);
}

std::string countOrphans(const std::string& table, const catalog::ForeignKey& fk,
                         const catalog::Traits& traits) {
  return "SELECT count(*)" + fromOrphans(table, fk, traits);
}

std::string leadsNowhere(const std::string& value, const catalog::ForeignKey& fk,
                         const catalog::Traits& traits) {
  return fmt::format("({0}) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {1} AS p WHERE p.{2} = {0})",
                     value, traits.quote(fk.table), traits.quote(fk.tableColumns.front()));
}

std::string listRows(const catalog::Table& table, const std::string& where,
                     const catalog::Traits& traits) {
  auto sql = fmt::format("SELECT {} FROM {}", keyOf(table, traits), traits.quote(table.name));
  return where.empty() ? sql : sql + " WHERE " + where;
}

std::string listDuplicates(const std::string& table, const catalog::Index& index,
                           const catalog::Traits& traits) {
  const auto found = duplicatesOf(table, index, traits);
  return "SELECT " + found.parts + found.rest;
}

std::string listOrphans(const catalog::Table& table, const catalog::ForeignKey& fk,
                        const catalog::Traits& traits) {
  return "SELECT " + keyOf(table, traits, "c.") + fromOrphans(table.name, fk, traits);
}

catalog::Index renamed(catalog::Index index, const catalog::Traits& traits,
                       const std::function<std::string(const std::string&)>& column) {
  const ColumnSql quoted = [&](const std::string& name) { return traits.quote(column(name)); };
  for (auto& part : index.parts) {
    if (!part.column.empty()) part.column = column(part.column);
    part.sql = substitute(part.sql, traits, quoted);
  }
  for (auto& name : index.include) name = column(name);
  index.whereSql = substitute(index.whereSql, traits, quoted);
  return index;
}

std::vector<std::string> plainColumns(const catalog::Index& index) {
  std::vector<std::string> out;
  if (!index.whereSql.empty()) return out;
  for (const auto& part : index.parts) {
    if (part.column.empty()) return {};
    out.push_back(part.column);
  }
  return out;
}

bool sameContent(const catalog::Index& a, const catalog::Index& b) {
  return a.parts == b.parts && a.include == b.include && a.method == b.method &&
         a.unique == b.unique && a.constraint == b.constraint && a.whereSql == b.whereSql;
}

std::string joined(const std::vector<std::string>& list, std::string_view separator) {
  std::string out;
  for (const auto& item : list) {
    if (!out.empty()) out += separator;
    out += item;
  }
  return out;
}

}  // namespace cambium::plan
