#include "plugins/postgres/db/surroundings.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/dialect/cells.h"
#include "plugins/postgres/db/others.h"
#include "plugins/postgres/db/relations.h"
#include "plugins/postgres/db/rows.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

// A run tries for a lock for about so long before it says who is in the way.
constexpr unsigned kLong = 5;  // seconds

// Whether a statement of ours changes what the table is, not only its rows. `name`: in quotes.
bool changes(std::string_view sql, std::string_view name) {
  const std::string named(name);
  const bool makes = sql.starts_with("CREATE INDEX ") || sql.starts_with("CREATE UNIQUE INDEX ") ||
                     sql.starts_with("CREATE TRIGGER ");
  if (makes) return sql.find(" ON " + named + " ") != std::string_view::npos;
  return sql.starts_with("ALTER TABLE " + named + " ") || sql == "DROP TABLE " + named;
}

bool creates(std::string_view sql) {
  constexpr std::string_view kMade[] = {"CREATE TABLE ", "CREATE FUNCTION ", "CREATE VIEW "};
  return std::ranges::any_of(kMade, [&](std::string_view kind) { return sql.starts_with(kind); });
}

template <class Holds>
bool anyStatement(std::span<const Emitted* const> steps, Holds holds) {
  return std::ranges::any_of(
      steps, [&](const Emitted* step) { return std::ranges::any_of(step->statements, holds); });
}

}  // namespace

DbResult<Surroundings> surroundingsOf(Session& session, std::span<const std::string> tables) {
  Surroundings out;
  auto sizes = session.query(fmt::format(
      "SELECT relname, CASE WHEN reltuples >= 0 THEN reltuples::bigint END, "
      "pg_catalog.pg_table_size(oid) FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND "
      "relnamespace = {}",
      kHere));
  if (!sizes) return Failure{sizes.error()};
  for (const Row& row : *sizes)
    if (std::ranges::find(tables, text(row, 0)) != tables.end())
      out.tables.push_back({text(row, 0), wholeAt(row, 1), wholeAt(row, 2)});

  // Whom a user may not look at comes without its state. A slot that nobody reads makes the server
  // keep its log; tables that are written anew are not in what a logical one reads.
  auto followers = session.query(
      "SELECT pg_catalog.concat('replica ', coalesce(nullif(application_name, ''), 'without a "
      "name'), ' at ' || host(client_addr), ' (' || state || coalesce(', ' || "
      "pg_catalog.round(extract(epoch FROM replay_lag)::numeric, 1) || ' s behind', '') || ')') "
      "FROM pg_catalog.pg_stat_replication UNION ALL SELECT pg_catalog.concat('slot ', slot_name, "
      "' (', slot_type, CASE WHEN NOT active THEN ', read by nobody: the log is kept for it' END, "
      "')') FROM pg_catalog.pg_replication_slots WHERE (NOT active OR slot_type = 'logical') AND "
      "(database IS NULL OR database = pg_catalog.current_database()) ORDER BY 1");
  if (!followers) return Failure{followers.error()};
  for (const Row& row : *followers) out.followers.push_back(text(row, 0));

  // A function that stands nearer to the types of a call is taken before the server's own.
  auto strangers = session.query(
      "SELECT coalesce('role ' || pg_catalog.quote_ident(r.rolname), 'every role') || ' may make "
      "functions in schema ' || pg_catalog.quote_ident(n.nspname) || ', which triggers of ours "
      "would "
      "call with the rights of ' || pg_catalog.quote_ident(current_user) || ': REVOKE CREATE ON "
      "SCHEMA ' || pg_catalog.quote_ident(n.nspname) || ' FROM ' || "
      "coalesce(pg_catalog.quote_ident(r.rolname), 'PUBLIC') FROM pg_catalog.pg_namespace n, "
      "LATERAL pg_catalog.aclexplode(n.nspacl) a LEFT JOIN pg_catalog.pg_roles r ON r.oid = "
      "a.grantee WHERE n.nspname = pg_catalog.current_schema() AND a.privilege_type = 'CREATE' AND "
      "a.grantee <> n.nspowner AND r.rolname IS DISTINCT FROM current_user AND NOT "
      "coalesce(r.rolsuper, false) ORDER BY 1");
  if (!strangers) return Failure{strangers.error()};
  for (const Row& row : *strangers) out.strangers.push_back(text(row, 0));

  auto busy = whoElse(session, kLong);
  if (!busy) return Failure{busy.error()};
  out.busy = std::move(*busy);
  return out;
}

DbResult<Load> loadOf(Session& session) {
  // A replica without a state is one that this user may not look at; one that has caught up and
  // has nothing to do has no lag.
  auto rows = session.query(
      "SELECT (SELECT CASE WHEN count(*) = count(state) THEN "
      "coalesce(max(extract(epoch FROM replay_lag) * 1000), 0)::bigint END FROM "
      "pg_catalog.pg_stat_replication), count(*) FILTER (WHERE state = 'active'), "
      "coalesce(max(extract(epoch FROM pg_catalog.clock_timestamp() - xact_start) * 1000), "
      "0)::bigint, count(*) = count(state) FROM pg_catalog.pg_stat_activity WHERE datname = "
      "pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid() AND backend_type = "
      "'client backend'");
  if (!rows) return Failure{rows.error()};
  const Row& row = rows->front();
  Load out;
  out.replicaLagMs = wholeAt(row, 0);
  if (!flag(row, 3)) return out;  // sessions that this user may not look at
  out.runningThreads = wholeAt(row, 1);
  out.oldestTransactionMs = wholeAt(row, 2);
  return out;
}

DbResult<std::string> missingRights(Session& session, std::span<const Emitted* const> steps) {
  auto rows = session.query(
      "SELECT current_user, pg_catalog.current_schema(), "
      "pg_catalog.has_schema_privilege(pg_catalog.current_schema(), 'CREATE')");
  if (!rows) return Failure{rows.error()};
  const std::string user = text(rows->front(), 0);
  if (!flag(rows->front(), 2) && anyStatement(steps, creates))
    return fmt::format(
        "user `{}` may not create anything in schema `{}`: GRANT CREATE ON SCHEMA {} TO {}", user,
        text(rows->front(), 1), quote(text(rows->front(), 1)), quote(user));
  auto foreign = session.query(fmt::format(
      "SELECT relname, pg_catalog.pg_get_userbyid(relowner) FROM pg_catalog.pg_class WHERE relkind "
      "IN ('r', 'p') AND relnamespace = {} AND NOT "
      "pg_catalog.pg_has_role(relowner, 'USAGE') ORDER BY 1",
      kHere));
  if (!foreign) return Failure{foreign.error()};
  for (const Row& row : *foreign) {
    const std::string name = quote(text(row, 0));
    if (!anyStatement(steps, [&](const std::string& sql) { return changes(sql, name); })) continue;
    return fmt::format(
        "table `{}` belongs to `{}`: user `{}` may not change it without being a member of that "
        "role",
        text(row, 0), text(row, 1), user);
  }
  return std::string();
}

}  // namespace cambium::dialect::postgres
