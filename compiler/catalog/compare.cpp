// Canonical descriptions of objects, and what differs between two catalogs.
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "compiler/base/sha256.h"
#include "compiler/catalog/catalog.h"

namespace cambium::catalog {

namespace {

// A text in one line that no other text has: quoted, with escapes for quote, backslash and line end.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    if (c == '\n') out += "\\n";
    else out += c;
  }
  return out + "'";
}

std::string list(const std::vector<std::string>& names) {
  std::string out = "(";
  for (const std::string& name : names) out += (out.size() > 1 ? ", " : "") + quoted(name);
  return out + ")";
}

// What a column, check … is, without its name: the part that "changed" is about.
std::string facts(const Column& c) {
  std::string out = c.type;
  if (c.notNull) out += " not null";
  if (c.autoIncrement) out += " autoincrement";
  if (!c.defaultSql.empty()) out += " default " + quoted(c.defaultSql);
  if (!c.generatedSql.empty())
    out += fmt::format(" generated {} as {}", c.stored ? "stored" : "virtual", quoted(c.generatedSql));
  if (!c.comment.empty()) out += " comment " + quoted(c.comment);
  return out;
}

std::string facts(const Check& c) { return quoted(c.sql); }

std::string facts(const ForeignKey& f) {
  return fmt::format("{} references {} {} on delete {} on update {}", list(f.columns), quoted(f.table),
                     list(f.tableColumns), f.onDelete, f.onUpdate);
}

std::string facts(const Index& i) {
  std::string out = i.unique ? "unique (" : "(";
  for (const IndexPart& part : i.parts) {
    if (&part != &i.parts.front()) out += ", ";
    out += part.column.empty() ? "expression " + quoted(part.sql) : quoted(part.column);
    if (part.descending) out += " desc";
  }
  out += ")";
  if (i.constraint) out += " constraint";
  if (!i.whereSql.empty()) out += " where " + quoted(i.whereSql);
  return out;
}

// Every part of a table as (its name, its facts), in canonical order. Parts without a name are named by their facts.
using Parts = std::vector<std::pair<std::string, std::string>>;

template <class List>
void addParts(Parts& parts, const char* kind, const List& items) {
  Parts mine;
  for (const auto& item : items) {
    std::string text = facts(item);
    mine.emplace_back(fmt::format("{} {}", kind, item.name.empty() ? text : quoted(item.name)), std::move(text));
  }
  std::sort(mine.begin(), mine.end());
  parts.insert(parts.end(), mine.begin(), mine.end());
}

Parts partsOf(const Table& table) {
  Parts parts;
  addParts(parts, "column", table.columns);
  if (!table.primaryKey.empty()) parts.emplace_back("primary key", list(table.primaryKey));
  addParts(parts, "check", table.checks);
  addParts(parts, "foreign key", table.foreignKeys);
  addParts(parts, "index", table.indexes);
  if (!table.options.empty()) parts.emplace_back("options", list(table.options));
  if (!table.comment.empty()) parts.emplace_back("comment", quoted(table.comment));
  return parts;
}

// Both lists sorted by name: calls `onBoth`, `onMissing` (only expected) and `onExtra` (only actual) in the order of names.
template <class List, class Both, class Missing, class Extra>
void merge(const List& expected, const List& actual, Both onBoth, Missing onMissing, Extra onExtra) {
  auto e = expected.begin();
  auto a = actual.begin();
  while (e != expected.end() || a != actual.end()) {
    if (a == actual.end() || (e != expected.end() && e->name < a->name)) onMissing(*e++);
    else if (e == expected.end() || a->name < e->name) onExtra(*a++);
    else onBoth(*e++, *a++);
  }
}

void compareTables(const Table& expected, const Table& actual, std::vector<Difference>& out) {
  // Parts that differ only in their facts share a name; unnamed ones can only be missing or extra. Equal parts may occur twice.
  std::multimap<std::string, std::string> left;
  for (auto& [name, text] : partsOf(actual)) left.emplace(name, text);
  Parts missing;
  for (auto& [name, text] : partsOf(expected)) {
    const auto [first, last] = left.equal_range(name);
    const auto same = std::find_if(first, last, [&](const auto& entry) { return entry.second == text; });
    if (same != last) left.erase(same);
    else missing.emplace_back(name, text);
  }
  for (const auto& [name, text] : missing) {
    const std::string object = fmt::format("table {}: {}", quoted(expected.name), name);
    if (const auto other = left.find(name); other != left.end()) {
      out.push_back({DifferenceKind::changed, object, text, other->second});
      left.erase(other);
    } else {
      out.push_back({DifferenceKind::missing, object, text, ""});
    }
  }
  for (const auto& [name, text] : left)
    out.push_back({DifferenceKind::extra, fmt::format("table {}: {}", quoted(expected.name), name), "", text});
}

template <class T>
void compareTexts(const char* kind, const std::vector<T>& expected, const std::vector<T>& actual,
                  std::vector<Difference>& out) {
  const auto object = [&](const T& item) { return fmt::format("{} {}", kind, quoted(item.name)); };
  merge(
      expected, actual,
      [&](const T& e, const T& a) {
        if (!(e == a)) out.push_back({DifferenceKind::changed, object(e), describe(e), describe(a)});
      },
      [&](const T& e) { out.push_back({DifferenceKind::missing, object(e), describe(e), ""}); },
      [&](const T& a) { out.push_back({DifferenceKind::extra, object(a), "", describe(a)}); });
}

}  // namespace

std::string describe(const Table& table) {
  std::string out = "table " + quoted(table.name) + "\n";
  for (const auto& [name, text] : partsOf(table)) out += "  " + name + ": " + text + "\n";
  return out;
}

std::string describe(const View& view) {
  return "view " + quoted(view.name) + ": " + quoted(view.sql) + "\n";
}

std::string describe(const Trigger& trigger) {
  return "trigger " + quoted(trigger.name) + " on " + quoted(trigger.table) + ": " + quoted(trigger.sql) + "\n";
}

std::string describe(const Opaque& object) {
  return "opaque " + quoted(object.kind) + " " + quoted(object.name) + ": " + quoted(object.sql) + "\n";
}

std::string describe(const Catalog& catalog) {
  std::string out;
  for (const Table& table : catalog.tables) out += describe(table);
  for (const View& view : catalog.views) out += describe(view);
  for (const Trigger& trigger : catalog.triggers) out += describe(trigger);
  for (const Opaque& object : catalog.opaque) out += describe(object);
  return out;
}

std::string fingerprint(const Catalog& catalog) { return sha256Hex(describe(catalog)); }

std::vector<Difference> compare(const Catalog& expected, const Catalog& actual) {
  std::vector<Difference> out;
  merge(
      expected.tables, actual.tables, [&](const Table& e, const Table& a) { compareTables(e, a, out); },
      [&](const Table& e) { out.push_back({DifferenceKind::missing, "table " + quoted(e.name), describe(e), ""}); },
      [&](const Table& a) { out.push_back({DifferenceKind::extra, "table " + quoted(a.name), "", describe(a)}); });
  compareTexts("view", expected.views, actual.views, out);
  compareTexts("trigger", expected.triggers, actual.triggers, out);
  compareTexts("object", expected.opaque, actual.opaque, out);
  return out;
}

}  // namespace cambium::catalog
