#include "plugins/mariadb/db/kept.h"

#include <algorithm>

namespace cambium::dialect::mariadb {

DbResult<Kept> readKept(Session& session, const std::string& schema) {
  const std::vector<std::pair<std::string_view, Value>> parameters = {{"schema", schema}};
  auto tables = session.query(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = :schema AND "
      "table_type = 'BASE TABLE' AND table_name LIKE 'cambium\\_kept\\_%'",
      parameters);
  if (!tables) return Failure{tables.error()};
  Kept out;
  for (const Row& row : *tables) out.emplace(row.at(0).value_or(""), "");
  auto columns = session.query(
      "SELECT column_name, table_name FROM information_schema.columns WHERE table_schema = "
      ":schema AND column_name LIKE 'cambium\\_kept\\_%'",
      parameters);
  if (!columns) return Failure{columns.error()};
  if (columns->empty()) return out;
  // Joined with the columns, the server would open every table for each of them.
  auto views = session.query(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = :schema AND "
      "table_type <> 'BASE TABLE'",
      parameters);
  if (!views) return Failure{views.error()};
  for (const Row& row : *columns)
    if (std::ranges::find(*views, row.at(1), [](const Row& view) { return view.at(0); }) ==
        views->end())
      out.emplace(row.at(0).value_or(""), row.at(1).value_or(""));
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
