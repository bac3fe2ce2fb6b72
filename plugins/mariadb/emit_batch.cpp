// A backfill in batches along the key. The cursor goes through the runner as text, and is compared
// as what it is: the engine would compare a number with a text as doubles.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/catalog.h"
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

struct KeyType {
  std::string select, parameter;  // {} = the column, the parameter
};

KeyType keyTypeOf(std::string_view type) {
  if (type.find("int") != std::string_view::npos)
    return {"CAST({} AS CHAR)",
            type.ends_with("unsigned") ? "CAST({} AS UNSIGNED)" : "CAST({} AS SIGNED)"};
  if (type.starts_with("decimal") || type.starts_with("datetime") || type == "date" ||
      type.starts_with("time") || type == "uuid" || type == "double")
    return {"CAST({} AS CHAR)",
            fmt::format("CAST({{}} AS {})", type.starts_with("timestamp") ? "datetime(6)" : type)};
  if (type.find("blob") != std::string_view::npos || type.find("binary") != std::string_view::npos)
    return {"hex({})", "unhex({})"};
  return {"{}", "{}"};
}

std::string filled(const std::string& pattern, const std::string& sql) {
  std::string out = pattern;
  if (const size_t at = out.find("{}"); at != std::string::npos) out.replace(at, 2, sql);
  return out;
}

}  // namespace

BatchSql batchSql(const plan::Backfill& op, const catalog::Table* table) {
  BatchCursor cursor;
  cursor.quote = quote;
  std::vector<KeyType> types;
  const std::string of = quote(op.table) + ".";
  for (const auto& name : op.key) {
    const auto* column = table ? table->findColumn(name) : nullptr;
    types.push_back(keyTypeOf(column ? column->type : "longtext"));
    cursor.compare.push_back(of + quote(name));
    cursor.select.push_back(filled(types.back().select, of + quote(name)));
  }
  if (cursor.compare.empty()) {  // nothing to go along: all in one
    cursor.compare = cursor.select = {"1"};
    types.push_back({"{}", "{}"});
  }
  cursor.parameter = [&](char name, size_t i) {
    return filled(types[i].parameter, fmt::format(":{}{}", name, i + 1));
  };
  cursor.always = "TRUE";
  cursor.skip = ":n";
  // A column that takes the time of each change is not changed by what we do to its row.
  plan::Backfill whole = op;
  for (const auto& column : table ? table->columns : std::vector<catalog::Column>{}) {
    const bool written =
        std::ranges::any_of(op.set, [&](const auto& one) { return one.first == column.name; });
    if (column.type.find(" on update ") != std::string::npos && !written)
      whole.set.emplace_back(column.name, quote(column.name));
  }
  return batchOver(whole, cursor);
}

}  // namespace cambium::dialect::mariadb
