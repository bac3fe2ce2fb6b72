// A backfill in batches along the key. The cursor goes through the runner as text: an integer or
// text key compares with it by its column's affinity; a REAL one is written with all its digits;
// anything else is walked by rowid.
#include <fmt/core.h>

#include <algorithm>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

bool hasRowid(const catalog::Table& table) {
  return std::find(table.options.begin(), table.options.end(), "WITHOUT ROWID") ==
         table.options.end();
}

BatchCursor cursorOver(const plan::Backfill& op, const catalog::Table* table) {
  const auto parameter = [](char name, size_t i) { return fmt::format(":{}{}", name, i + 1); };
  BatchCursor byRowid{{"rowid"}, {"rowid"}, parameter, "1", "CAST(:n AS INTEGER)"};
  if (op.key.empty()) return byRowid;
  BatchCursor out{{}, {}, parameter, byRowid.always, byRowid.skip};
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

}  // namespace

BatchSql batchSql(const plan::Backfill& op, const catalog::Table* table) {
  return batchOver(op, cursorOver(op, table));
}

}  // namespace cambium::dialect::sqlite
