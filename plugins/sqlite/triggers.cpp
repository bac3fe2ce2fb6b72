// Canonical texts of the triggers and views that keep two versions in step. They are right whether
// recursive_triggers is on or off (applications choose it, and some builds have it on from the
// start): an update made by one of them finds its group consistent, and stops there.
#include <fmt/core.h>

#include <algorithm>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

// Where one of two names of the key is filled by another trigger, which may have run by now, only
// the rowid is what it was as the row came. Such a table has one: the key of one without is not
// renamed. That one of the names agrees keeps to the row where a column is called like the rowid.
std::string keyMatches(const std::vector<std::string>& key, std::string_view row, bool mayBeEmpty) {
  if (key.empty()) return fmt::format("rowid = {}.rowid", row);
  std::string out;
  for (const auto& column : key) {
    if (!out.empty()) out += mayBeEmpty ? " OR " : " AND ";
    out += fmt::format("{0} {2} {1}.{0}", quote(column), row, mayBeEmpty ? "IS" : "=");
  }
  return mayBeEmpty ? fmt::format("rowid = {}.rowid AND ({})", row, out) : out;
}

using Event = catalog::SyncTrigger::Event;

std::string head(const std::string& name, Event event, const std::vector<std::string>& changed,
                 const std::string& table) {
  std::string when = event == Event::insert ? "INSERT" : "UPDATE";
  if (event == Event::update && !changed.empty()) when += " OF " + quoteList(changed);
  return fmt::format("CREATE TRIGGER {} AFTER {} ON {}\nFOR EACH ROW", quote(name), when,
                     quote(table));
}

std::string anyChanged(const std::vector<std::string>& columns) {
  std::string out;
  for (const auto& column : columns) {
    if (!out.empty()) out += " OR ";
    // To the last letter, whatever the column takes for equal.
    out += fmt::format("NEW.{0} IS NOT OLD.{0} COLLATE BINARY", quote(column));
  }
  return columns.size() > 1 ? "(" + out + ")" : out;
}

// Name in the view of a column of the table; "" if the view does not show it.
std::string shownAs(const catalog::Face& face, std::string_view column) {
  for (const auto& [shown, of] : face.columns)
    if (of == column) return shown;
  return {};
}

bool isGenerated(const catalog::Face& face, const std::string& shown) {
  return std::find(face.generated.begin(), face.generated.end(), shown) != face.generated.end();
}

// The row of the table behind the row of the view. Without a key that is shown: any row that looks
// the same.
std::string rowOf(const catalog::Face& face) {
  std::string out;
  bool keyed = !face.key.empty();
  for (const auto& column : face.key) {
    const std::string shown = shownAs(face, column);
    if (shown.empty()) keyed = false;
    out += fmt::format("{}{} = OLD.{}", out.empty() ? "" : " AND ", quote(column), quote(shown));
  }
  if (keyed) return out;
  out.clear();
  for (const auto& [shown, column] : face.columns)
    out += fmt::format("{}{} IS OLD.{}", out.empty() ? "" : " AND ", quote(column), quote(shown));
  return out;
}

std::string insteadOf(const catalog::Face& face, std::string_view event, const std::string& name,
                      const std::string& body) {
  return fmt::format("CREATE TRIGGER {} INSTEAD OF {} ON {}\nFOR EACH ROW\nBEGIN\n  {};\nEND",
                     quote(name), event, quote(face.name), body);
}

std::string insertBody(const catalog::Face& face) {
  std::string columns, values;
  for (const auto& [shown, column] : face.columns) {
    if (isGenerated(face, shown)) continue;
    std::string value = "NEW." + quote(shown);
    // The trigger cannot tell a column that was left out from NULL: both get the default.
    for (const auto& [name, sql] : face.defaults)
      if (name == shown) value = fmt::format("coalesce({}, {})", value, sql);
    columns += (columns.empty() ? "" : ", ") + quote(column);
    values += (values.empty() ? "" : ", ") + value;
  }
  for (const auto& [column, type] : face.blank) {
    columns += ", " + quote(column);
    values += ", NULL";
  }
  return fmt::format("INSERT INTO {} ({})\n  VALUES ({})", quote(face.table), columns, values);
}

std::string updateBody(const catalog::Face& face) {
  std::string set;
  for (const auto& [shown, column] : face.columns) {
    if (isGenerated(face, shown)) continue;
    set += fmt::format("{}{} = NEW.{}", set.empty() ? "" : ", ", quote(column), quote(shown));
  }
  return fmt::format("UPDATE {} SET {}\n  WHERE {}", quote(face.table), set, rowOf(face));
}

}  // namespace

std::string syncTrigger(const catalog::SyncTrigger& t) {
  std::string when;
  if (t.event == Event::update && !t.changed.empty()) when = anyChanged(t.changed);
  if (!t.when.empty()) when = when.empty() ? t.when : when + " AND " + operand(t.when);
  std::string set;
  for (const auto& [column, sql] : t.set)
    set += fmt::format("{}{} = {}", set.empty() ? "" : ", ", quote(column), sql);
  return fmt::format("{}{}\nBEGIN\n  UPDATE {} SET {}\n  WHERE {};\nEND",
                     head(t.name, t.event, t.changed, t.table), when.empty() ? "" : " WHEN " + when,
                     quote(t.table), set, keyMatches(t.key, "NEW", t.keyMayBeEmpty));
}

std::string guardTrigger(const catalog::GuardTrigger& t) {
  return fmt::format("{} WHEN {}\nBEGIN\n  SELECT RAISE(ABORT, {});\nEND",
                     head(t.name, t.event, {}, t.table), t.violated, textLiteral(t.message));
}

std::string faceView(const catalog::Face& face) {
  std::string columns;
  for (const auto& [shown, column] : face.columns)
    columns +=
        fmt::format("{}\n  {} AS {}", columns.empty() ? "" : ",", quote(column), quote(shown));
  return fmt::format("CREATE VIEW {} AS\nSELECT{}\nFROM {}", quote(face.name), columns,
                     quote(face.table));
}

std::vector<std::pair<std::string, std::string>> faceTriggers(const catalog::Face& face) {
  const std::string insert = face.name + "__insert", update = face.name + "__update",
                    remove = face.name + "__delete";
  return {
      {insert, insteadOf(face, "INSERT", insert, insertBody(face))},
      {update, insteadOf(face, "UPDATE", update, updateBody(face))},
      {remove,
       insteadOf(face, "DELETE", remove,
                 fmt::format("DELETE FROM {}\n  WHERE {}", quote(face.table), rowOf(face)))},
  };
}

catalog::Trigger afterTrigger(const std::string& name, const std::string& event,
                              const std::string& table, const std::string& body) {
  return {name, table,
          fmt::format("CREATE TRIGGER {} AFTER {} ON {}\nFOR EACH ROW\nBEGIN\n{}END", quote(name),
                      event, quote(table), body)};
}

}  // namespace cambium::dialect::sqlite
