#include "tests/support/engine_text.h"

#include <fmt/core.h>

#include <algorithm>

namespace cambium::testing {
namespace {

bool isList(const std::string& type) {
  return type.ends_with("[]");
}

}  // namespace

std::string readSql(const std::string& column, const std::string& type) {
  if (type == "datetime(3)")
    return fmt::format("concat(replace(CAST({} AS CHAR), ' ', 'T'), 'Z')", column);
  if (type == "boolean") return fmt::format("CAST({} AS integer)", column);
  if (type == "bytea") return fmt::format("encode({}, 'escape')", column);
  if (type.starts_with("timestamp") && type.ends_with("with time zone"))
    return fmt::format("to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
                       column);
  if (isList(type)) return fmt::format("CAST(to_json({}) AS text)", column);
  return column;
}

std::string orderSql(const std::string& column, const std::string& type) {
  if (column.starts_with('`')) return column;  // nothing first, texts by code point: as it is
  if (type == "text" || type.starts_with("character varying"))
    return column + " COLLATE \"C\" NULLS FIRST";
  if (type == "jsonb") return fmt::format("CAST({} AS text) NULLS FIRST", column);
  return column + " NULLS FIRST";
}

std::string alikeCell(const std::string& cell) {
  const bool number = !cell.empty() &&
                      cell.find_first_not_of("-0123456789.") == std::string::npos &&
                      std::count(cell.begin(), cell.end(), '.') == 1;
  std::string out = cell;
  if (number) {
    while (out.ends_with('0')) out.pop_back();
    if (out.ends_with('.')) out.pop_back();
  } else if (cell.starts_with('{') || cell.starts_with('[')) {
    std::erase(out, ' ');
  }
  return out;
}

}  // namespace cambium::testing
