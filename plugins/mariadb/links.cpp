// Canonical texts of the triggers that keep a reference and the rows of a table between in step
// (catalog::LinkSync). A trigger of either table writes to the other one, whose triggers must then
// keep still: a table cannot be written to by what its own write has set off. They know by the time
// at which the statement began, which nothing that comes later has, were it to fail half way.
#include <fmt/core.h>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/link_sql.h"
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

constexpr const char* kNow = "UTC_TIMESTAMP(6) + 0";

std::string when(const std::string& condition, const std::string& statements) {
  return fmt::format("    IF {} THEN\n{}    END IF;\n", condition, statements);
}

catalog::Trigger trigger(const std::string& name, const char* event, const std::string& table,
                         const std::string& body) {
  return {name, table, triggerSql(name, event, table, "BEGIN\n" + body + "END")};
}

// Keeps still while the statement is the work of another of these triggers.
catalog::Trigger alone(const std::string& name, const char* event, const std::string& table,
                       const std::string& body) {
  return trigger(name, event, table,
                 fmt::format("  DECLARE EXIT HANDLER FOR SQLEXCEPTION\n  BEGIN\n"
                             "    SET @cambium_link = NULL;\n    RESIGNAL;\n  END;\n"
                             "  IF NOT (@cambium_link <=> {0}) THEN\n"
                             "    SET @cambium_link = {0};\n{1}"
                             "    SET @cambium_link = NULL;\n  END IF;\n",
                             kNow, body));
}

}  // namespace

std::vector<catalog::Trigger> linkTriggers(const catalog::LinkSync& link) {
  const catalog::LinkSql sql(link, quote, kCurrentRead);
  const auto row = sql.tableRow();
  std::string same, chosen;
  for (size_t i = 0; i < link.columns.size(); ++i) {
    const auto column = quote(link.columns[i]);
    same += fmt::format("{0}NEW.{1} <=> OLD.{1}", i ? " AND " : "", column);
    chosen += fmt::format("{}NEW.{} = {}", i ? ", " : "", column, sql.chosen("NEW.", i));
  }
  // Whatever the row refers to, it is written to: the lock on it stays, and who comes second finds
  // what the first one left.
  const auto choose = [&](const char* of, const std::string& condition) {
    const auto value = [&](size_t i) {
      return fmt::format("CASE WHEN {} THEN {} ELSE {}{} END", condition, sql.chosen(row, i), row,
                         quote(link.columns[i]));
    };
    return fmt::format("    UPDATE {} SET {}\n    WHERE {};\n", sql.table(), sql.set(value),
                       sql.rowOf(of));
  };
  const auto add =
      when(fmt::format("{} AND NOT {}", sql.given("NEW."), sql.held("NEW.")),
           fmt::format("    INSERT INTO {0} ({1})\n    VALUES ({2})\n"
                       "    ON DUPLICATE KEY UPDATE {3} = {0}.{3};\n",
                       sql.links(), sql.names(), sql.values("NEW."), quote(link.owner.front())));
  const auto remove =
      fmt::format("    DELETE FROM {}\n    WHERE {};\n", sql.links(),
                  link.oneIsNew ? fmt::format("{} AND ({} OR ({}))", sql.ofRow("NEW."),
                                              sql.replaced("NEW.", "OLD."), sql.empty("NEW."))
                                : sql.ofRow("NEW.", "OLD."));
  const auto changed = "NOT (" + same + ")";
  const auto left = choose("OLD.", fmt::format("{} AND NOT {}", sql.given(row), sql.settled(row)));
  const auto came = choose("NEW.", "NOT " + sql.settled(row));
  std::vector<catalog::Trigger> out;
  out.push_back(alone(link.names.linkInsert, "AFTER INSERT", link.links, came));
  out.push_back(alone(link.names.linkUpdate, "AFTER UPDATE", link.links, left + came));
  out.push_back(alone(link.names.linkDelete, "AFTER DELETE", link.links, left));
  out.push_back(alone(link.names.insert, "AFTER INSERT", link.table, add));
  if (link.oneIsNew) {
    // What is chosen here is there already: what comes after the update need not put it there. A
    // row that gets another key keeps what it has: what belongs to it follows only then.
    std::string stays = same;
    for (const auto& key : link.key) stays += fmt::format(" AND NEW.{0} <=> OLD.{0}", quote(key));
    out.push_back(trigger(link.names.choose, "BEFORE UPDATE", link.table,
                          fmt::format("  SET @cambium_chosen = NULL;\n  IF {} AND NOT {} THEN\n"
                                      "    SET {};\n    SET @cambium_chosen = {};\n  END IF;\n",
                                      stays, sql.settled("NEW."), chosen, kNow)));
  }
  out.push_back(alone(
      link.names.update, "AFTER UPDATE", link.table,
      link.oneIsNew
          ? when(fmt::format("{} AND NOT (@cambium_chosen <=> {})", changed, kNow), add + remove)
          : add + when(changed, remove)));
  return out;
}

}  // namespace cambium::dialect::mariadb
