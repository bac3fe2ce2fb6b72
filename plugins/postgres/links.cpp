// Canonical texts of the triggers that keep a reference and the rows of a table between in step
// (catalog::LinkSync). The row that has the reference is locked before anybody looks at the others:
// whoever comes second finds what the first one left. A lock that leaves its key alone, as foreign
// keys to it do: two applications may add to one row.
#include <fmt/core.h>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/link_sql.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

std::string when(const std::string& condition, const std::string& statements) {
  return fmt::format("  IF ({}) THEN\n{}  END IF;\n", condition, statements);
}

catalog::Trigger trigger(const std::string& name, const std::string& event,
                         const std::string& table, const std::string& body,
                         const char* result = "NULL") {
  return {name, table,
          triggerSql({name, table, event,
                      fmt::format("\nBEGIN\n{}  RETURN {};\nEND\n", body, result), true})};
}

}  // namespace

std::vector<catalog::Trigger> linkTriggers(const catalog::LinkSync& link) {
  const catalog::LinkSql sql(link, quote);
  const auto row = sql.tableRow();
  std::string changed, chosen;
  for (size_t i = 0; i < link.columns.size(); ++i) {
    const auto column = quote(link.columns[i]);
    changed += fmt::format("{0}NEW.{1} IS DISTINCT FROM OLD.{1}", i ? " OR " : "", column);
    chosen += fmt::format("    NEW.{} := {};\n", column, sql.chosen("NEW.", i));
  }
  const auto choose = [&](const char* of, const std::string& where) {
    return fmt::format(
        "    PERFORM 1 FROM {0} WHERE {1} FOR NO KEY UPDATE;\n"
        "    UPDATE {0} SET {2}\n    WHERE {1} AND {3};\n",
        sql.table(), sql.rowOf(of), sql.set([&](size_t i) { return sql.chosen(row, i); }), where);
  };
  // One that another transaction is about to take away is there until it has: it is not waited for.
  const auto add = when(fmt::format("{} AND NOT {}", sql.given("NEW."), sql.held("NEW.")),
                        fmt::format("    INSERT INTO {} ({})\n    VALUES ({})\n"
                                    "    ON CONFLICT DO NOTHING;\n",
                                    sql.links(), sql.names(), sql.values("NEW.")));
  const auto remove =
      fmt::format("    DELETE FROM {}\n    WHERE {};\n", sql.links(),
                  link.oneIsNew ? fmt::format("{} AND ({} OR ({}))", sql.ofRow("NEW."),
                                              sql.replaced("NEW.", "OLD."), sql.empty("NEW."))
                                : sql.ofRow("NEW.", "OLD."));
  const auto update = "UPDATE OF " + quoteList(link.columns);
  const auto links =
      when("TG_OP <> 'INSERT'",
           choose("OLD.", fmt::format("{} AND NOT {}", sql.given(row), sql.settled(row)))) +
      when("TG_OP <> 'DELETE'", choose("NEW.", "NOT " + sql.settled(row)));
  std::vector<catalog::Trigger> out;
  out.push_back(trigger(link.names.insert, "AFTER INSERT", link.table, add));
  if (link.oneIsNew) {
    out.push_back(trigger(
        link.names.choose, "BEFORE " + update, link.table,
        when(fmt::format("NOT ({}) AND NOT {}", changed, sql.settled("NEW.")), chosen), "NEW"));
  }
  out.push_back(trigger(link.names.update, "AFTER " + update, link.table,
                        link.oneIsNew ? when(changed, add + remove) : add + when(changed, remove)));
  out.push_back(
      trigger(link.names.linkUpdate, "AFTER INSERT OR DELETE OR UPDATE", link.links, links));
  return out;
}

}  // namespace cambium::dialect::postgres
