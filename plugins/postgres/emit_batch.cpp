// A backfill in batches along the key. The cursor goes through the runner as text, which is exact
// for every type that a key may have.
#include <fmt/core.h>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

struct Cursor {
  std::vector<std::string> columns, types;
};

std::string listOf(const std::vector<std::string>& items, std::string_view suffix = "") {
  std::string out;
  for (const auto& item : items)
    out += fmt::format("{}{}{}", out.empty() ? "" : ", ", item, suffix);
  return out;
}

// Key <op> (:c1, :c2 …)
std::string against(const Cursor& cursor, std::string_view op, char parameter) {
  std::string parameters;
  for (size_t i = 0; i < cursor.columns.size(); ++i) {
    parameters +=
        fmt::format("{}CAST(:{}{} AS {})", i ? ", " : "", parameter, i + 1, cursor.types[i]);
  }
  if (cursor.columns.size() == 1) return fmt::format("{} {} {}", cursor.columns[0], op, parameters);
  return fmt::format("({}) {} ({})", listOf(cursor.columns), op, parameters);
}

}  // namespace

BatchSql batchSql(const plan::Backfill& op, const catalog::Table* table) {
  Cursor cursor;
  // With its table: ORDER BY takes a bare name for what is selected, which is a text.
  const std::string of = quote(op.table) + ".";
  for (const auto& name : op.key) {
    const auto* column = table ? table->findColumn(name) : nullptr;
    cursor.columns.push_back(of + quote(name));
    cursor.types.push_back(column ? column->type : "text");
  }
  if (cursor.columns.empty()) cursor = {{of + "ctid"}, {"tid"}};
  std::vector<std::string> texts;
  for (const auto& column : cursor.columns) texts.push_back("CAST(" + column + " AS text)");
  const std::string name = quote(op.table), select = listOf(texts), order = listOf(cursor.columns);
  const std::string after = against(cursor, ">", 'c'), inBatch = against(cursor, "<=", 'e'),
                    inBounds = against(cursor, "<=", 'u');
  std::string set;
  for (const auto& [column, sql] : op.set)
    set += fmt::format("{}{} = {}", set.empty() ? "" : ", ", quote(column), sql);
  const std::string pending = op.pending.empty() ? "true" : op.pending;

  BatchSql out;
  out.keyColumns = static_cast<unsigned>(cursor.columns.size());
  out.upperBound = fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT 1", select, name,
                               listOf(cursor.columns, " DESC"));
  const auto end = [&](const std::string& where) {
    return fmt::format("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT 1 OFFSET CAST(:n AS bigint)",
                       select, name, where, order);
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

}  // namespace cambium::dialect::postgres
