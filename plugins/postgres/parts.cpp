// Canonical texts of the triggers that keep columns of a table and the rows of its part in step
// (catalog::PartSync). The row of the table is locked before anybody compares: whoever comes second
// finds what the first one left. A lock that leaves its key alone, as foreign keys to it do.
#include <fmt/core.h>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/part_sql.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

catalog::Trigger trigger(const std::string& name, const std::string& event,
                         const std::string& table, const std::string& body) {
  return {name, table,
          triggerSql(
              {name, table, event, fmt::format("\nBEGIN\n{}  RETURN NULL;\nEND\n", body), true})};
}

}  // namespace

std::vector<catalog::Trigger> partTriggers(const catalog::PartSync& sync) {
  const catalog::PartSql sql(sync, quote, identical);
  std::string columns, taken;
  for (const auto& column : sync.columns)
    columns += (columns.empty() ? "" : ", ") + quote(column.name);
  for (const auto& value : sync.values)
    taken += fmt::format("{0}{1} = excluded.{1}", taken.empty() ? "" : ", ", quote(value.name));
  // One that another transaction is about to bring is waited for, and then is what the row says.
  const auto came = fmt::format(
      "    INSERT INTO {} ({})\n    VALUES ({})\n    ON CONFLICT ({}) DO UPDATE SET {};\n",
      sql.part(), sql.names(), sql.made("NEW."), quoteList(sync.owner), taken);
  const auto differs = sql.differs();
  const auto insert = fmt::format("  IF {} AND NOT {} THEN\n{}  END IF;\n", sql.said("NEW."),
                                  sql.hasPart("NEW."), came);
  const auto update = fmt::format(
      "  IF {0} AND NOT {1} THEN\n{2}"
      "  ELSIF {0} THEN\n    UPDATE {3} SET {4}\n    WHERE {5};\n"
      "  ELSIF {6} THEN\n    DELETE FROM {3}\n    WHERE {5};\n  END IF;\n",
      sql.said("NEW."), sql.hasPart("NEW."), came, sql.part(), sql.setPart("NEW."), differs,
      sql.changed());
  const auto locked = [&](const char* of, const std::string& set, const std::string& where) {
    return fmt::format(
        "    PERFORM 1 FROM {0} WHERE {1} FOR NO KEY UPDATE;\n"
        "    UPDATE {0} SET {2}\n    WHERE {1} AND {3};\n",
        sql.table(), sql.rowOf(of), set, where);
  };
  const auto left = locked("OLD.", sql.setNothing(),
                           sql.said(sql.tableRow()) + " AND NOT " + sql.hasPart(sql.tableRow()));
  const auto written =
      locked("NEW.", sql.setTable("NEW."), "NOT " + sql.agrees(sql.tableRow(), "NEW."));
  const auto part = fmt::format(
      "  IF TG_OP = 'DELETE' THEN\n{0}    RETURN NULL;\n  END IF;\n"
      "  IF TG_OP = 'UPDATE' THEN\n    IF NOT ({1}) THEN\n{0}    END IF;\n  END IF;\n{2}",
      left, sql.sameOwner(), written);
  return {trigger(sync.names.insert, "AFTER INSERT", sync.table, insert),
          trigger(sync.names.update, "AFTER UPDATE OF " + columns, sync.table, update),
          trigger(sync.names.partUpdate, "AFTER INSERT OR DELETE OR UPDATE", sync.part, part)};
}

}  // namespace cambium::dialect::postgres
