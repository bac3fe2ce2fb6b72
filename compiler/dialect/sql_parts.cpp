#include "compiler/dialect/sql_parts.h"

#include <fmt/core.h>

namespace cambium::dialect {
namespace {

std::string listOf(const std::vector<std::string>& items, std::string_view suffix = "") {
  std::string out;
  for (const auto& item : items)
    out += fmt::format("{}{}{}", out.empty() ? "" : ", ", item, suffix);
  return out;
}

// Key <op> (:c1, :c2 …)
std::string against(const BatchCursor& cursor, std::string_view op, char name) {
  std::vector<std::string> parameters;
  for (size_t i = 0; i < cursor.compare.size(); ++i)
    parameters.push_back(cursor.parameter(name, i));
  if (parameters.size() == 1) return fmt::format("{} {} {}", cursor.compare[0], op, parameters[0]);
  return fmt::format("({}) {} ({})", listOf(cursor.compare), op, listOf(parameters));
}

}  // namespace

std::string standardQuote(std::string_view identifier) {
  std::string out = "\"";
  for (const char c : identifier) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string standardQuoteList(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const auto& name : names) quoted.push_back(standardQuote(name));
  return listOf(quoted);
}

std::string rowSql(const plan::WriteRow& op) {
  const catalog::Row& row = op.to ? *op.to : *op.from;
  const std::string table = standardQuote(row.table), key = standardQuote(row.keyColumn);
  if (!op.to) return fmt::format("DELETE FROM {} WHERE {} = {}", table, key, row.key);
  std::string columns, values, set;
  for (const auto& [column, value] : row.values) {
    columns += ", " + standardQuote(column);
    values += ", " + value;
    set += fmt::format("{}{} = {}", set.empty() ? "" : ", ", standardQuote(column), value);
  }
  if (op.from)
    return fmt::format("UPDATE {} SET {} = {}{}{} WHERE {} = {}", table, key, row.key,
                       set.empty() ? "" : ", ", set, key, op.from->key);
  return fmt::format("INSERT INTO {} ({}{}) VALUES ({}{}) ON CONFLICT ({}) DO {}", table, key,
                     columns, row.key, values, key, set.empty() ? "NOTHING" : "UPDATE SET " + set);
}

BatchSql batchOver(const plan::Backfill& op, const BatchCursor& cursor) {
  const std::string name = cursor.quote(op.table), select = listOf(cursor.select),
                    order = listOf(cursor.compare);
  const std::string after = against(cursor, ">", 'c'), inBatch = against(cursor, "<=", 'e'),
                    inBounds = against(cursor, "<=", 'u');
  std::string set;
  for (const auto& [column, sql] : op.set)
    set += fmt::format("{}{} = {}", set.empty() ? "" : ", ", cursor.quote(column), sql);
  const std::string pending = op.pending.empty() ? cursor.always : op.pending;

  BatchSql out;
  out.keyColumns = static_cast<unsigned>(cursor.compare.size());
  out.upperBound = fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT 1", select, name,
                               listOf(cursor.compare, " DESC"));
  const auto end = [&](const std::string& where) {
    return fmt::format("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT 1 OFFSET {}", select, name,
                       where, order, cursor.skip);
  };
  out.firstEnd = end(inBounds);
  out.nextEnd = end(after + " AND " + inBounds);
  const auto update = [&](const std::string& where) {
    return fmt::format("UPDATE {} SET {} WHERE {} AND ({})", name, set, where, pending);
  };
  out.firstUpdate = update(inBatch);
  out.nextUpdate = update(after + " AND " + inBatch);
  out.countPending = fmt::format("SELECT count(*) FROM {} WHERE {}", name, pending);
  out.countAll = fmt::format("SELECT count(*) FROM {}", name);
  return out;
}

}  // namespace cambium::dialect
