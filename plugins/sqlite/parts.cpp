// Canonical texts of the triggers that keep columns of a table and the rows of its part in step
// (catalog::PartSync). They are right whether recursive_triggers is on or off: what one of them
// writes the next one finds to be so already.
#include <fmt/core.h>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/part_sql.h"
#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
std::vector<catalog::Trigger> partTriggers(const catalog::PartSync& sync) {
  const catalog::PartSql sql(sync, quote, identical);
  std::string columns;
  for (const auto& column : sync.columns)
    columns += (columns.empty() ? "" : ", ") + quote(column.name);
  const auto came =
      fmt::format("  INSERT INTO {} ({})\n  SELECT {}\n  WHERE {} AND NOT {};\n", sql.part(),
                  sql.names(), sql.made("NEW."), sql.said("NEW."), sql.hasPart("NEW."));
  const auto differs = sql.differs();
  const auto update = fmt::format("  DELETE FROM {}\n  WHERE {} AND NOT {} AND {};\n", sql.part(),
                                  sql.changed(), sql.said("NEW."), differs) +
                      fmt::format("  UPDATE {} SET {}\n  WHERE {} AND {};\n", sql.part(),
                                  sql.setPart("NEW."), sql.said("NEW."), differs) +
                      came;
  const auto written =
      fmt::format("  UPDATE {} SET {}\n  WHERE {} AND NOT {};\n", sql.table(), sql.setTable("NEW."),
                  sql.rowOf("NEW."), sql.agrees(sql.tableRow(), "NEW."));
  const auto left = [&](const std::string& when) {
    return fmt::format("  UPDATE {} SET {}\n  WHERE {}{};\n", sql.table(), sql.setNothing(), when,
                       sql.left());
  };
  return {afterTrigger(sync.names.insert, "INSERT", sync.table, came),
          afterTrigger(sync.names.update, "UPDATE OF " + columns, sync.table, update),
          afterTrigger(sync.names.partInsert, "INSERT", sync.part, written),
          afterTrigger(sync.names.partDelete, "DELETE", sync.part, left("")),
          afterTrigger(sync.names.partUpdate, "UPDATE", sync.part,
                       left("NOT (" + sql.sameOwner() + ") AND ") + written)};
}

}  // namespace cambium::dialect::sqlite
