// Canonical texts of the triggers and views that keep two versions in step. A trigger is two
// statements: its function, and itself. Each runs behind the write, as an update of its own, which
// finds its group consistent and stops there. The function looks for names where it was made, not
// where the application's session looks for them. One that writes to the table does so as the
// table's owner: the application may not be allowed to write the other version's columns.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

using Event = catalog::SyncTrigger::Event;

std::string eventOf(Event event, const std::vector<std::string>& changed) {
  if (event == Event::insert) return "AFTER INSERT";
  return changed.empty() ? "AFTER UPDATE" : "AFTER UPDATE OF " + quoteList(changed);
}

std::string anyChanged(const std::vector<std::string>& columns) {
  std::string out;
  for (const auto& column : columns) {
    if (!out.empty()) out += " OR ";
    // To the last letter, whatever the column takes for equal; some types have no equality at all.
    out += fmt::format("NEW.{0}::text COLLATE \"C\" IS DISTINCT FROM OLD.{0}::text", quote(column));
  }
  return columns.size() > 1 ? "(" + out + ")" : out;
}

}  // namespace

std::string triggerSql(const TriggerText& t) {
  return fmt::format(
      "CREATE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql{4} SET search_path FROM CURRENT AS "
      "{3};\nCREATE TRIGGER {0} {1} ON {2}\nFOR EACH ROW EXECUTE FUNCTION {0}()",
      quote(t.name), t.event, quote(t.table), dollarQuoted(t.body),
      t.definer ? " SECURITY DEFINER" : "");
}

namespace {

// The end of a text, a name in quotes, or a text between dollars that begins at `at`; `at` itself
// if none does.
size_t endOfQuoted(std::string_view sql, size_t at) {
  std::string_view closing = sql.substr(at, 1);
  if (closing == "$") {
    size_t end = at + 1;
    while (end < sql.size() &&
           (std::isalnum(static_cast<unsigned char>(sql[end])) || sql[end] == '_'))
      ++end;
    if (end >= sql.size() || sql[end] != '$') return at;
    closing = sql.substr(at, end + 1 - at);
  } else if (closing != "'" && closing != "\"") {
    return at;
  }
  const size_t end = sql.find(closing, at + closing.size());
  return end == std::string_view::npos ? sql.size() : end + closing.size();
}

}  // namespace

std::vector<std::string> statementsOf(std::string_view sql) {
  std::vector<std::string> out;
  size_t begin = 0;
  for (size_t i = 0; i < sql.size();) {
    if (const size_t end = endOfQuoted(sql, i); end > i) {
      i = end;
      continue;
    }
    if (sql.substr(i, 2) == ";\n") {
      out.emplace_back(sql.substr(begin, i - begin));
      begin = i + 2;
    }
    ++i;
  }
  out.emplace_back(sql.substr(begin));
  return out;
}

std::string syncTrigger(const catalog::SyncTrigger& t) {
  std::string when;
  if (t.event == Event::update && !t.changed.empty()) when = anyChanged(t.changed);
  if (!t.when.empty()) when = when.empty() ? t.when : when + " AND " + operand(t.when);
  if (t.fillsKey) {  // before the row is held to its key
    std::string fill;
    for (const auto& [column, sql] : t.set)
      fill += fmt::format("\n    NEW.{} := {};", quote(column), sql);
    return triggerSql({t.name, t.table, "BEFORE INSERT",
                       fmt::format("\nBEGIN\n  IF ({}) THEN{}\n  END IF;\n  RETURN NEW;\nEND\n",
                                   when.empty() ? "true" : when, fill),
                       t.reads});
  }
  std::string set, row;
  for (const auto& [column, sql] : t.set)
    set += fmt::format("{}{} = {}", set.empty() ? "" : ", ", quote(column), sql);
  for (const auto& column : t.key)
    row += fmt::format("{0}{1} = NEW.{1}", row.empty() ? "" : " AND ", quote(column));
  const std::string update =
      fmt::format("UPDATE {} SET {}\n    WHERE {};", quote(t.table), set, row);
  // The parentheses: the language of the function reads a condition up to the first THEN outside of
  // any, be it that of a CASE.
  return triggerSql(
      {t.name, t.table, eventOf(t.event, t.changed),
       fmt::format("\nBEGIN\n  IF ({}) THEN\n    {}\n  END IF;\n  RETURN NULL;\nEND\n",
                   when.empty() ? "true" : when, update),
       true});
}

std::string guardTrigger(const catalog::GuardTrigger& t) {
  return triggerSql(
      {t.name, t.table, eventOf(t.event, {}),
       fmt::format(
           "\nBEGIN\n  IF ({}) THEN\n    RAISE EXCEPTION USING ERRCODE = 'check_violation', "
           "MESSAGE = {};\n  END IF;\n  RETURN NULL;\nEND\n",
           t.violated, textLiteral(t.message))});
}

// The server itself passes writes through such a view, and a default of the view is one.
namespace {

std::string faceWith(const catalog::Face& face, std::string_view invoker) {
  const std::string_view options = face.ownerRights ? kBarrier : invoker;
  std::string columns;
  for (const auto& [shown, column] : face.columns)
    columns +=
        fmt::format("{}\n  {} AS {}", columns.empty() ? "" : ",", quote(column), quote(shown));
  const std::string name = qualified(face.schema, face.name);
  std::string out =
      fmt::format("CREATE VIEW {}{} AS\nSELECT{}\nFROM {}", name, options, columns,
                  face.below.empty() ? quote(face.table) : qualified(face.schema, face.below));
  for (const auto& [shown, sql] : face.defaults)
    out += fmt::format(";\nALTER VIEW {} ALTER COLUMN {} SET DEFAULT {}", name, quote(shown), sql);
  return out;
}

// The table as the face knows it, with the columns that an insert leaves empty: who writes through
// the face gives them nothing, so they get the defaults that they have here. A plain NULL is none
// to the server, which would take the table's.
std::string belowWith(const catalog::Face& face, std::string_view invoker) {
  catalog::Face below{face.below, face.table, face.key, {}, {}, {}, face.schema, face.ownerRights};
  for (const auto& [shown, column] : face.columns) below.columns.emplace_back(column, column);
  for (const auto& [column, type] : face.blank) {
    below.columns.emplace_back(column, column);
    below.defaults.emplace_back(column, fmt::format("CASE WHEN false THEN NULL::{} END", type));
  }
  return faceWith(below, invoker);
}

}  // namespace

std::string faceView(const catalog::Face& face) {
  return faceWith(face, kInvoker);
}
std::string faceViewBefore15(const catalog::Face& face) {
  return faceWith(face, "");
}
std::string faceBelow(const catalog::Face& face) {
  return belowWith(face, kInvoker);
}
std::string faceBelowBefore15(const catalog::Face& face) {
  return belowWith(face, "");
}

std::vector<std::pair<std::string, std::string>> faceTriggers(const catalog::Face&) {
  return {};
}

}  // namespace cambium::dialect::postgres
