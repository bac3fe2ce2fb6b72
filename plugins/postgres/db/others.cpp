#include "plugins/postgres/db/others.h"

#include <fmt/core.h>

#include "plugins/postgres/db/relations.h"
#include "plugins/postgres/db/rows.h"

namespace cambium::dialect::postgres {

DbResult<std::vector<std::string>> whoElse(Session& session, unsigned seconds) {
  // A build waits for who sees rows as they were before it, and for who has a lock on the table;
  // an idle session without either is in nobody's way. A superuser's session tells others no more
  // than that it is there.
  auto rows = session.query(fmt::format(
      "SELECT * FROM (SELECT 'pid ' || a.pid || ' (' || concat_ws(', ', "
      "nullif(a.application_name, ''), 'user ' || a.usename) || ')', a.xact_start AS since "
      "FROM pg_catalog.pg_stat_activity a WHERE a.datname = pg_catalog.current_database() AND "
      "a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend' AND "
      "(a.backend_xmin IS NOT NULL OR a.pid IN "
      "(SELECT l.pid FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation "
      "JOIN pg_catalog.pg_database d ON d.oid = l.database WHERE d.datname = "
      "pg_catalog.current_database() AND l.granted AND c.relnamespace = {})) UNION ALL SELECT "
      "'prepared transaction ' || "
      "x.gid, x.prepared FROM pg_catalog.pg_prepared_xacts x WHERE x.database = "
      "pg_catalog.current_database()) AS o (who, since) WHERE since IS NULL OR since <= "
      "pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => {}) ORDER BY "
      "since LIMIT 3",
      kHere, seconds));
  if (!rows) return Failure{rows.error()};
  std::vector<std::string> out;
  for (const Row& row : *rows) {
    // The session has UTC and ISO dates: 2026-01-31 12:34:56.789+00.
    const std::string since = text(row, 1).substr(0, 19);
    out.push_back(text(row, 0) +
                  (since.empty() ? "" : " in a transaction since " + since + " UTC"));
  }
  return out;
}

}  // namespace cambium::dialect::postgres
