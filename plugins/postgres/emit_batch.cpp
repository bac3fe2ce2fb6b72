// A backfill in batches along the key. The cursor goes through the runner as text, which is exact
// for every type that a key may have.
#include <fmt/core.h>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {

BatchSql batchSql(const plan::Backfill& op, const catalog::Table* table) {
  BatchCursor cursor;
  std::vector<std::string> types;
  // With its table: ORDER BY takes a bare name for what is selected, which is a text.
  const std::string of = quote(op.table) + ".";
  for (const auto& name : op.key) {
    const auto* column = table ? table->findColumn(name) : nullptr;
    cursor.compare.push_back(of + quote(name));
    types.push_back(column ? column->type : "text");
  }
  if (cursor.compare.empty()) {
    cursor.compare = {of + "ctid"};
    types = {"tid"};
  }
  for (const auto& column : cursor.compare) cursor.select.push_back("CAST(" + column + " AS text)");
  cursor.parameter = [&](char name, size_t i) {
    return fmt::format("CAST(:{}{} AS {})", name, i + 1, types[i]);
  };
  cursor.always = "true";
  cursor.skip = "CAST(:n AS bigint)";
  return batchOver(op, cursor);
}

}  // namespace cambium::dialect::postgres
