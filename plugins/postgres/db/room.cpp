#include "plugins/postgres/db/room.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "plugins/postgres/db/relations.h"
#include "plugins/postgres/db/rows.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

constexpr std::string_view kAlter = "ALTER TABLE ", kAddColumn = " ADD COLUMN ";

// Objects that a statement of ours locks until the commit, at the least: a new table with the index
// and the constraint of its key, and each reference; a new index; a trigger and its function.
size_t locksOf(std::string_view sql) {
  size_t references = 0;
  constexpr std::string_view kReferences = " REFERENCES ";
  for (size_t at = sql.find(kReferences); at != std::string_view::npos;
       at = sql.find(kReferences, at + 1))
    ++references;
  if (sql.starts_with("CREATE TABLE ")) return 3 + references;
  if (sql.starts_with(kAlter)) return references;
  const bool one = sql.starts_with("CREATE INDEX ") || sql.starts_with("CREATE UNIQUE INDEX ") ||
                   sql.starts_with("CREATE TRIGGER ") || sql.starts_with("CREATE FUNCTION ");
  return one ? 1 : 0;
}

// The table, in quotes, that gets a column; "" = none.
std::string_view extended(std::string_view sql) {
  if (!sql.starts_with(kAlter)) return {};
  const size_t end = sql.find(kAddColumn);
  if (end == std::string_view::npos) return {};
  return sql.substr(kAlter.size(), end - kAlter.size());
}

DbResult<std::string> noRoomForLocks(Session& session, size_t needed) {
  // The server says what it takes care to have; it has more, and how much more nobody knows.
  constexpr size_t kCertainly = 2, kFew = 1000;
  if (needed < kFew) return std::string();
  auto rows = session.query(
      "SELECT pg_catalog.current_setting('max_locks_per_transaction'), "
      "pg_catalog.current_setting('max_locks_per_transaction')::bigint * "
      "(pg_catalog.current_setting('max_connections')::bigint + "
      "pg_catalog.current_setting('max_prepared_transactions')::bigint)");
  if (!rows) return Failure{rows.error()};
  const auto room = std::strtoull(text(rows->front(), 1).c_str(), nullptr, 10);
  if (needed <= kCertainly * room) return std::string();
  return fmt::format(
      "one of the steps locks at least {} objects at once, and the server has room for about {}: "
      "raise `max_locks_per_transaction` ({} now) and start the server again",
      needed, room, text(rows->front(), 0));
}

DbResult<std::string> noRoomForColumns(Session& session,
                                       const std::map<std::string, size_t>& columns) {
  if (columns.empty()) return std::string();
  auto rows = session.query(
      fmt::format("SELECT relname, relnatts::text FROM pg_catalog.pg_class WHERE relkind = 'r' AND "
                  "relnamespace = {}",
                  kHere));
  if (!rows) return Failure{rows.error()};
  for (const Row& row : *rows) {
    const auto more = columns.find(quote(text(row, 0)));
    const auto had = std::strtoull(text(row, 1).c_str(), nullptr, 10);
    if (more == columns.end() || had + more->second <= kMostColumns) continue;
    return fmt::format(
        "table `{}` has had {} columns, those that were dropped included, and gets {} more; a "
        "table may have {} in its life: only a new table in its place has room again",
        text(row, 0), had, more->second, kMostColumns);
  }
  return std::string();
}

}  // namespace

DbResult<std::string> noRoomFor(Session& session, std::span<const Emitted* const> steps) {
  size_t needed = 0;
  std::map<std::string, size_t> columns;
  for (const Emitted* step : steps) {
    size_t locks = 0;
    for (const auto& sql : step->statements) {
      locks += locksOf(sql);
      if (const auto table = extended(sql); !table.empty()) ++columns[std::string(table)];
    }
    needed = std::max(needed, locks);
  }
  auto why = noRoomForLocks(session, needed);
  if (!why || !why->empty()) return why;
  return noRoomForColumns(session, columns);
}

}  // namespace cambium::dialect::postgres
