// Canonical texts of the triggers that keep columns of a table and the rows of its part in step
// (catalog::PartSync). A trigger of either table writes to the other one, whose triggers must then
// keep still: a table cannot be written to by what its own write has set off. They know by the time
// at which the statement began, which nothing that comes later has, were it to fail half way.
#include <fmt/core.h>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/part_sql.h"
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

// A read that locks is of now (links.cpp).
constexpr const char* kCurrent = " LOCK IN SHARE MODE";

}  // namespace

std::vector<catalog::Trigger> partTriggers(const catalog::PartSync& sync) {
  const catalog::PartSql sql(sync, quote, identical, kCurrent);
  // Keeps still while the statement is the work of another of these triggers.
  const auto alone = [&](const std::string& name, const char* event, const std::string& table,
                         const std::string& body) -> catalog::Trigger {
    const auto text = fmt::format(
        "BEGIN\n  DECLARE EXIT HANDLER FOR SQLEXCEPTION\n  BEGIN\n"
        "    SET @{0} = NULL;\n    RESIGNAL;\n  END;\n"
        "  IF NOT (@{0} <=> {1}) THEN\n    SET @{0} = {1};\n{2}"
        "    SET @{0} = NULL;\n  END IF;\nEND",
        quote(sync.names.busy), "UTC_TIMESTAMP(6) + 0", body);
    return {name, table, triggerSql(name, event, table, text)};
  };
  const auto came = fmt::format("      INSERT INTO {} ({})\n      VALUES ({});\n", sql.part(),
                                sql.names(), sql.made("NEW."));
  const auto differs = sql.differs();
  const auto insert = fmt::format("    IF {} AND NOT {} THEN\n{}    END IF;\n", sql.said("NEW."),
                                  sql.hasPart("NEW."), came);
  const auto update = fmt::format(
      "    IF {0} AND NOT {1} THEN\n{2}"
      "    ELSEIF {0} THEN\n      UPDATE {3} SET {4}\n      WHERE {5};\n"
      "    ELSEIF {6} THEN\n      DELETE FROM {3}\n      WHERE {5};\n    END IF;\n",
      sql.said("NEW."), sql.hasPart("NEW."), came, sql.part(), sql.setPart("NEW."), differs,
      sql.changed());
  const auto left = fmt::format("    UPDATE {} SET {}\n    WHERE {};\n", sql.table(),
                                sql.setNothing(), sql.left());
  const auto written =
      fmt::format("    UPDATE {} SET {}\n    WHERE {} AND NOT {};\n", sql.table(),
                  sql.setTable("NEW."), sql.rowOf("NEW."), sql.agrees(sql.tableRow(), "NEW."));
  const auto moved =
      fmt::format("    IF NOT ({}) THEN\n{}    END IF;\n", sql.sameOwner(), left) + written;
  return {alone(sync.names.partInsert, "AFTER INSERT", sync.part, written),
          alone(sync.names.partUpdate, "AFTER UPDATE", sync.part, moved),
          alone(sync.names.partDelete, "AFTER DELETE", sync.part, left),
          alone(sync.names.insert, "AFTER INSERT", sync.table, insert),
          alone(sync.names.update, "AFTER UPDATE", sync.table, update)};
}

}  // namespace cambium::dialect::mariadb
