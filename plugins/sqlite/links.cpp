// Canonical texts of the triggers that keep a reference and the rows of a table between in step
// (catalog::LinkSync). They are right whether recursive_triggers is on or off: what one of them
// writes the next one finds to be so already.
#include <fmt/core.h>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/link_sql.h"
#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
std::vector<catalog::Trigger> linkTriggers(const catalog::LinkSync& link) {
  const catalog::LinkSql sql(link, quote);
  const auto row = sql.tableRow();
  std::string changed;
  for (const auto& column : link.columns)
    changed +=
        fmt::format("{0}NEW.{1} IS NOT OLD.{1}", changed.empty() ? "" : " OR ", quote(column));
  const auto choose = [&](const std::string& where) {
    return fmt::format("  UPDATE {} SET {}\n  WHERE {};\n", sql.table(),
                       sql.set([&](size_t i) { return sql.chosen(row, i); }), where);
  };
  const auto add = [&](const std::string& when) {
    return fmt::format("  INSERT INTO {} ({})\n  SELECT {}\n  WHERE {} AND NOT {};\n", sql.links(),
                       sql.names(), sql.values("NEW."), when, sql.held("NEW."));
  };
  const auto remove = [&](const std::string& which) {
    return fmt::format("  DELETE FROM {}\n  WHERE ({}) AND {};\n", sql.links(), changed, which);
  };
  // What a row refers to now is there before what it referred to goes: nothing else is chosen in
  // between.
  const auto update =
      link.oneIsNew ? add("(" + changed + ") AND " + sql.given("NEW.")) +
                          remove(sql.replaced("NEW.", "OLD.")) +
                          remove(sql.empty("NEW.") + " AND " + sql.ofRow("NEW.")) +
                          choose(fmt::format("{} AND NOT ({}) AND NOT {}", sql.sameRow("NEW."),
                                             changed, sql.settled("NEW.")))
                    : add(sql.given("NEW.")) + remove(sql.ofRow("NEW.", "OLD."));
  const auto left = choose(
      fmt::format("{} AND {} AND NOT {}", sql.rowOf("OLD."), sql.given(row), sql.settled(row)));
  const auto came = choose(fmt::format("{} AND NOT {}", sql.rowOf("NEW."), sql.settled(row)));
  return {
      afterTrigger(link.names.insert, "INSERT", link.table, add(sql.given("NEW."))),
      afterTrigger(link.names.update, "UPDATE OF " + quoteList(link.columns), link.table, update),
      afterTrigger(link.names.linkInsert, "INSERT", link.links, came),
      afterTrigger(link.names.linkDelete, "DELETE", link.links, left),
      afterTrigger(link.names.linkUpdate, "UPDATE", link.links, left + came)};
}

}  // namespace cambium::dialect::sqlite
