#include "plugins/mariadb/db/kept.h"

#include <fmt/core.h>

namespace cambium::dialect::mariadb {

DbResult<Kept> readKept(Session& session, const std::string& schema) {
  const std::vector<std::pair<std::string_view, Value>> parameters = {{"schema", schema}};
  auto rows = session.query(
      "SELECT table_name, '' FROM information_schema.tables WHERE table_schema = :schema AND "
      "table_type = 'BASE TABLE' AND table_name LIKE 'cambium\\_kept\\_%' UNION ALL SELECT "
      "c.column_name, c.table_name FROM information_schema.columns c JOIN "
      "information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = "
      "c.table_name WHERE c.table_schema = :schema AND t.table_type = 'BASE TABLE' AND "
      "c.column_name LIKE 'cambium\\_kept\\_%'",
      parameters);
  if (!rows) return Failure{rows.error()};
  Kept out;
  for (const Row& row : *rows) out.emplace(row.at(0).value_or(""), row.at(1).value_or(""));
  return out;
}

DbResult<std::optional<std::string>> describeKept(Session& session, const std::string& schema,
                                                  std::string_view name) {
  catalog::Catalog found;
  auto kept = readKept(session, schema);
  if (!kept) return Failure{kept.error()};
  found.kept = std::move(*kept);
  return describeIn(found, ObjectKind::kept, name);
}

}  // namespace cambium::dialect::mariadb
