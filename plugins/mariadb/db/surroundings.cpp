#include "plugins/mariadb/db/surroundings.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "compiler/dialect/cells.h"
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

// A run tries for a lock for about so long before it says who is in the way.
constexpr unsigned kLong = 5;  // seconds

// What a statement of ours needs of the database: how it begins, and the rights.
struct Need {
  std::string_view begins;
  std::vector<std::string_view> rights;
};
const std::vector<Need>& needs() {
  static const std::vector<Need> all = {{"ALTER TABLE ", {"ALTER", "CREATE", "INSERT"}},
                                        {"RENAME TABLE ", {"ALTER", "CREATE", "DROP", "INSERT"}},
                                        {"CREATE TABLE ", {"CREATE"}},
                                        {"DROP TABLE ", {"DROP"}},
                                        {"CREATE TRIGGER ", {"TRIGGER"}},
                                        {"DROP TRIGGER ", {"TRIGGER"}},
                                        {"CREATE VIEW ", {"CREATE VIEW"}},
                                        {"DROP VIEW ", {"DROP"}},
                                        {"LOCK TABLES ", {"LOCK TABLES"}},
                                        {"INSERT ", {"INSERT"}},
                                        {"DELETE ", {"DELETE"}},
                                        {"UPDATE ", {"UPDATE"}}};
  return all;
}

std::set<std::string_view> needed(std::span<const Emitted* const> steps) {
  std::set<std::string_view> out = {"SELECT"};
  for (const Emitted* step : steps) {
    if (step->batch) out.insert("UPDATE");
    for (const std::string& sql : step->statements) {
      if (sql.starts_with("ALTER TABLE ") && sql.find(" RENAME TO ") != std::string::npos)
        out.insert("DROP");
      for (const Need& need : needs())
        if (sql.starts_with(need.begins)) out.insert(need.rights.begin(), need.rights.end());
    }
  }
  return out;
}

}  // namespace

DbResult<std::vector<std::string>> whoElse(Session& session, unsigned seconds) {
  auto rows = session.query(fmt::format(
      "SELECT p.id, p.user, p.host, date_format(convert_tz(t.trx_started, 'SYSTEM', '+00:00'), "
      "'%Y-%m-%d %H:%i:%s UTC') FROM information_schema.innodb_trx t JOIN "
      "information_schema.processlist p ON p.id = t.trx_mysql_thread_id WHERE p.db = database() "
      "AND p.id <> connection_id() AND convert_tz(t.trx_started, 'SYSTEM', '+00:00') <= "
      "utc_timestamp() - INTERVAL {} SECOND ORDER BY t.trx_started LIMIT 3",
      seconds));
  if (!rows) return Failure{rows.error()};
  std::vector<std::string> out;
  for (const Row& row : *rows)
    out.push_back(fmt::format("connection {} ({}@{}) in a transaction since {}", textAt(row, 0),
                              textAt(row, 1), textAt(row, 2), textAt(row, 3)));
  return out;
}

DbResult<Surroundings> surroundingsOf(Session& session, std::span<const std::string> tables) {
  Surroundings out;
  auto sizes = session.query(
      "SELECT table_name, table_rows, data_length FROM information_schema.tables WHERE "
      "table_schema = database() AND table_type = 'BASE TABLE'");
  if (!sizes) return Failure{sizes.error()};
  for (const Row& row : *sizes)
    if (std::ranges::find(tables, textAt(row, 0)) != tables.end())
      out.tables.push_back({textAt(row, 0), wholeAt(row, 1), wholeAt(row, 2)});

  // Seen by who may see the threads of others (PROCESS).
  auto followers = session.query(
      "SELECT concat('replica ', user, '@', host) FROM information_schema.processlist WHERE "
      "command LIKE 'Binlog Dump%' ORDER BY 1");
  if (!followers) return Failure{followers.error()};
  for (const Row& row : *followers) out.followers.push_back(textAt(row, 0));

  auto busy = whoElse(session, kLong);
  if (!busy) return Failure{busy.error()};
  out.busy = std::move(*busy);
  return out;
}

DbResult<Load> loadOf(Session& session) {
  Load out;
  // Of this session itself there is one.
  auto threads = session.query("SHOW GLOBAL STATUS LIKE 'Threads_running'");
  if (!threads) return Failure{threads.error()};
  if (!threads->empty())
    if (const auto running = wholeAt(threads->front(), 1)) out.runningThreads = *running - 1;
  auto oldest = session.query(
      "SELECT coalesce(max(timestampdiff(MICROSECOND, trx_started, now(6))) DIV 1000, 0) FROM "
      "information_schema.innodb_trx WHERE trx_mysql_thread_id <> connection_id()");
  // Without the right to see them (PROCESS) the server refuses the question.
  if (oldest && !oldest->empty()) out.oldestTransactionMs = wholeAt(oldest->front(), 0);
  return out;
}

DbResult<std::string> missingRights(Session& session, std::span<const Emitted* const> steps) {
  // What the user has for the server, or for this database. Of a role that is in force nobody tells
  // what it gives, and grants of single tables are for the server to look at: with one of them
  // nothing is certain.
  auto rows = session.query(
      "SELECT privilege_type FROM information_schema.user_privileges UNION SELECT privilege_type "
      "FROM information_schema.schema_privileges WHERE database() LIKE table_schema UNION SELECT "
      "'?' FROM information_schema.table_privileges WHERE table_schema = database() UNION SELECT "
      "'?' FROM (SELECT 1) AS one WHERE coalesce(current_role(), 'NONE') <> 'NONE'");
  if (!rows) return Failure{rows.error()};
  std::set<std::string> has;
  for (const Row& row : *rows) has.insert(textAt(row, 0));
  if (has.contains("?")) return std::string();
  std::string lacks;
  for (const std::string_view right : needed(steps))
    if (!has.contains(std::string(right)))
      lacks += (lacks.empty() ? "" : ", ") + std::string(right);
  if (lacks.empty()) return std::string();
  auto who = session.query("SELECT current_user(), database()");
  if (!who) return Failure{who.error()};
  return fmt::format("user `{}` lacks rights that the plan needs: GRANT {} ON {}.* TO …",
                     textAt(who->front(), 0), lacks, quote(textAt(who->front(), 1)));
}

}  // namespace cambium::dialect::mariadb
