// Canonical texts of the triggers and views that keep two versions in step. A trigger cannot write
// to the table that it hangs on: it runs before the write and changes the row that is about to be
// written. What one trigger has set the next one sees, in the order in which they were made.
#include <fmt/core.h>

#include <algorithm>

#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

using Event = catalog::SyncTrigger::Event;

const char* eventOf(Event event) {
  return event == Event::insert ? "BEFORE INSERT" : "BEFORE UPDATE";
}

std::string anyChanged(const std::vector<std::string>& columns) {
  std::string out;
  for (const auto& column : columns) {
    if (!out.empty()) out += " OR ";
    // To the last letter, whatever the column takes for equal.
    out += fmt::format("NOT (CAST(NEW.{0} AS BINARY) <=> CAST(OLD.{0} AS BINARY))", quote(column));
  }
  return columns.size() > 1 ? "(" + out + ")" : out;
}

// A message has 128 characters at most; they are counted as bytes, which is never too much.
std::string shortened(std::string_view message) {
  constexpr size_t kMost = 128;
  size_t end = std::min(message.size(), kMost);
  while (end < message.size() && end > 0 && (message[end] & 0xC0) == 0x80) --end;
  return std::string(message.substr(0, end));
}

}  // namespace

std::string triggerSql(std::string_view name, std::string_view event, std::string_view table,
                       std::string_view body) {
  return fmt::format("CREATE TRIGGER {} {} ON {}\nFOR EACH ROW\n{}", quote(name), event,
                     quote(table), body);
}

std::string syncTrigger(const catalog::SyncTrigger& t) {
  std::string when;
  if (t.event == Event::update && !t.changed.empty()) when = anyChanged(t.changed);
  if (!t.when.empty()) when = when.empty() ? t.when : when + " AND " + operand(t.when);
  std::string set;
  for (const auto& [column, sql] : t.set)
    set += fmt::format("{}NEW.{} = {}", set.empty() ? "" : ", ", quote(column), sql);
  return triggerSql(t.name, eventOf(t.event), t.table,
                    fmt::format("BEGIN\n  IF {} THEN\n    SET {};\n  END IF;\nEND",
                                when.empty() ? "TRUE" : when, set));
}

std::string guardTrigger(const catalog::GuardTrigger& t) {
  return triggerSql(
      t.name, eventOf(t.event), t.table,
      fmt::format("BEGIN\n  IF {} THEN\n    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = {};\n  END "
                  "IF;\nEND",
                  t.violated, textLiteral(shortened(t.message))));
}

// The server itself passes writes through such a view. What an insert leaves out gets the default
// of the column, for a view has none of its own.
std::string faceView(const catalog::Face& face) {
  std::string columns;
  for (const auto& [shown, column] : face.columns)
    columns +=
        fmt::format("{}`t0`.{} AS {}", columns.empty() ? "" : ", ", quote(column), quote(shown));
  return viewText(face.name, fmt::format("SELECT {} FROM {} AS `t0`", columns, quote(face.table)));
}

std::vector<std::pair<std::string, std::string>> faceTriggers(const catalog::Face&) {
  return {};
}

}  // namespace cambium::dialect::mariadb
