#include "plugins/postgres/db/kept.h"

#include <fmt/core.h>

#include "plugins/postgres/db/relations.h"

namespace cambium::dialect::postgres {

DbResult<Kept> readKept(Session& session) {
  const std::string in = fmt::format("c.relkind IN ('r', 'p') AND c.relnamespace = {} AND ", kHere);
  auto rows = session.query(fmt::format(
      "SELECT c.relname, '' FROM pg_catalog.pg_class c WHERE {0}c.relname LIKE "
      "'cambium\\_kept\\_%' UNION ALL SELECT a.attname, c.relname FROM pg_catalog.pg_attribute a "
      "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid WHERE a.attnum > 0 AND NOT a.attisdropped "
      "AND {0}a.attname LIKE 'cambium\\_kept\\_%'",
      in));
  if (!rows) return Failure{rows.error()};
  Kept out;
  for (const Row& row : *rows) out.emplace(row.at(0).value_or(""), row.at(1).value_or(""));
  return out;
}

DbResult<std::optional<std::string>> describeKept(Session& session, std::string_view name) {
  catalog::Catalog found;
  auto kept = readKept(session);
  if (!kept) return Failure{kept.error()};
  found.kept = std::move(*kept);
  return describeIn(found, ObjectKind::kept, name);
}

}  // namespace cambium::dialect::postgres
