// Canonical texts of the triggers that do what a foreign key does to rows by itself
// (catalog::CascadeSync), which this server tells no trigger.
#include <fmt/core.h>

#include "compiler/catalog/catalog.h"
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

using catalog::CascadeSync;

// "`c` = OLD.`k` AND …"
std::string rowsOf(const CascadeSync& sync, const char* row) {
  std::string out;
  for (size_t i = 0; i < sync.columns.size(); ++i)
    out += fmt::format("{}{} = {}{}", i ? " AND " : "", quote(sync.columns[i]), row,
                       quote(sync.key[i]));
  return out;
}

std::string setOf(const CascadeSync& sync) {
  std::string out;
  const auto add = [&](const std::string& column, const std::string& value) {
    out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", quote(column), value);
  };
  if (sync.action == CascadeSync::Action::empty)
    for (const auto& column : sync.columns) add(column, "NULL");
  else
    for (const auto& [column, value] : sync.set) add(column, value);
  if (out.empty()) add(sync.columns.front(), quote(sync.columns.front()));
  return out;
}

}  // namespace

// Where the server lets no trigger write the rows, because the statement itself uses their table
// (1442), the foreign key does what it does unseen. The trigger outlives the old form: what it
// speaks of may be gone (1054, 1146), and there is nothing left to keep in step.
catalog::Trigger cascadeTrigger(const CascadeSync& sync) {
  const bool follows = sync.action == CascadeSync::Action::follow;
  const auto write = [&] {
    const auto rows = quote(sync.rows), of = rowsOf(sync, follows ? "NEW." : "OLD.");
    if (sync.action == CascadeSync::Action::remove)
      return fmt::format("DELETE FROM {} WHERE {}", rows, of);
    return fmt::format("UPDATE {} SET {} WHERE {}{}", rows, setOf(sync), of,
                       sync.pending.empty() ? "" : " AND " + operand(sync.pending));
  };
  // A session that has the checks off expects no foreign key to do anything.
  std::string when = "@@foreign_key_checks";
  if (follows) {
    std::string same;
    for (const auto& column : sync.key)
      same += fmt::format("{0}CAST(NEW.{1} AS BINARY) <=> CAST(OLD.{1} AS BINARY)",
                          same.empty() ? "" : " AND ", quote(column));
    when += " AND NOT (" + same + ")";
  } else if (!sync.refused.empty()) {
    when += " AND NOT (" + sync.refused + ")";
  }
  return {
      sync.name, sync.table,
      triggerSql(sync.name, follows ? "AFTER UPDATE" : "BEFORE DELETE", sync.table,
                 fmt::format("BEGIN\n  DECLARE CONTINUE HANDLER FOR 1442, 1054, 1146 BEGIN END;\n"
                             "  IF {} THEN\n    {};\n  END IF;\nEND",
                             when, write()))};
}

}  // namespace cambium::dialect::mariadb
