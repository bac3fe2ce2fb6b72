// A backfill in batches along the key. The cursor goes through the runner as text: an integer or
// text key compares with it by its column's affinity; a REAL one is written with all its digits;
// anything else is walked by rowid.
#include <fmt/core.h>

#include <algorithm>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

struct Cursor {
  std::vector<std::string> compare;  // what is ordered and compared, one for each key column
  std::vector<std::string> select;   // how its value is written down
};

bool hasRowid(const catalog::Table& table) {
  return std::find(table.options.begin(), table.options.end(), "WITHOUT ROWID") ==
         table.options.end();
}

Cursor cursorOver(const plan::Backfill& op, const catalog::Table* table) {
  const Cursor byRowid{{"rowid"}, {"rowid"}};
  if (op.key.empty()) return byRowid;
  Cursor out;
  for (const auto& name : op.key) {
    const std::string column = quote(name);
    const auto* found = table ? table->findColumn(name) : nullptr;
    const std::string type = found ? found->type : "";
    const auto meaning = raiseType(type);
    const ir::Scalar scalar = meaning ? meaning->type.scalar : ir::Scalar::error;
    const bool text =
        type.starts_with("TEXT") || scalar == ir::Scalar::string || scalar == ir::Scalar::text;
    if (type.starts_with("INTEGER") || text || scalar == ir::Scalar::int64) {
      out.compare.push_back(column);
      out.select.push_back(column);
    } else if (type.starts_with("REAL")) {
      out.compare.push_back(column);
      out.select.push_back(fmt::format("printf('%!.17g', {})", column));
    } else if (table && hasRowid(*table)) {
      return byRowid;
    } else {
      out.compare.push_back(fmt::format("hex({})", column));
      out.select.push_back(fmt::format("hex({})", column));
    }
  }
  return out;
}

std::string listOf(const std::vector<std::string>& items, std::string_view suffix = "") {
  std::string out;
  for (const auto& item : items)
    out += fmt::format("{}{}{}", out.empty() ? "" : ", ", item, suffix);
  return out;
}

// Key <op> (:c1, :c2 …)
std::string against(const Cursor& cursor, std::string_view op, char parameter) {
  if (cursor.compare.size() == 1)
    return fmt::format("{} {} :{}1", cursor.compare[0], op, parameter);
  std::string parameters;
  for (size_t i = 1; i <= cursor.compare.size(); ++i)
    parameters += fmt::format("{}:{}{}", i > 1 ? ", " : "", parameter, i);
  return fmt::format("({}) {} ({})", listOf(cursor.compare), op, parameters);
}

}  // namespace

BatchSql batchSql(const plan::Backfill& op, const catalog::Table* table) {
  const Cursor cursor = cursorOver(op, table);
  const std::string name = quote(op.table), select = listOf(cursor.select),
                    order = listOf(cursor.compare);
  const std::string after = against(cursor, ">", 'c'), inBatch = against(cursor, "<=", 'e'),
                    inBounds = against(cursor, "<=", 'u');
  std::string set;
  for (const auto& [column, sql] : op.set)
    set += fmt::format("{}{} = {}", set.empty() ? "" : ", ", quote(column), sql);
  const std::string pending = op.pending.empty() ? "1" : op.pending;

  BatchSql out;
  out.keyColumns = static_cast<unsigned>(cursor.compare.size());
  out.upperBound = fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT 1", select, name,
                               listOf(cursor.compare, " DESC"));
  const auto end = [&](const std::string& where) {
    return fmt::format("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT 1 OFFSET CAST(:n AS INTEGER)",
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

}  // namespace cambium::dialect::sqlite
