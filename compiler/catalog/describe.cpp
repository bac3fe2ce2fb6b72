// Canonical descriptions of objects: what probes hash, and what people read in a drift report.
#include <algorithm>

#include "compiler/base/sha256.h"
#include "compiler/catalog/facts.h"

namespace cambium::catalog {

namespace {

std::string list(const std::vector<std::string>& names) {
  std::string out = "(";
  for (const std::string& name : names) out += (out.size() > 1 ? ", " : "") + quoted(name);
  return out + ")";
}

// A type or an action as it is, unless a character in it could be taken for the words around it.
std::string word(std::string_view text) {
  const bool plain = !text.empty() && text.front() != ' ' && text.back() != ' ' &&
                     std::ranges::all_of(text, [](char c) {
                       return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                              c == '(' || c == ')' || c == ',' || c == ' ';
                     });
  return plain ? std::string(text) : quoted(text);
}

std::string facts(const Column& c) {
  std::string out = word(c.type);
  if (c.notNull) out += " not null";
  if (c.autoIncrement) out += " autoincrement";
  if (!c.defaultSql.empty()) out += " default " + quoted(c.defaultSql);
  if (!c.generatedSql.empty())
    out += std::string(c.stored ? " stored" : " virtual") + " as " + quoted(c.generatedSql);
  if (!c.comment.empty()) out += " comment " + quoted(c.comment);
  return out;
}

// Pairs of columns in the order of the referring ones: the order in which they were declared means
// nothing.
std::string facts(const ForeignKey& f) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (size_t i = 0; i < f.columns.size(); ++i)
    pairs.emplace_back(f.columns[i], i < f.tableColumns.size() ? f.tableColumns[i] : "");
  std::ranges::sort(pairs);
  std::vector<std::string> from, to;
  for (auto& [a, b] : pairs) {
    from.push_back(std::move(a));
    to.push_back(std::move(b));
  }
  return list(from) + " references " + quoted(f.table) + " " + list(to) + " on delete " +
         word(f.onDelete) + " on update " + word(f.onUpdate) + (f.deferrable ? " deferrable" : "") +
         (f.deferred ? " deferred" : "") + (f.validated ? "" : " not validated");
}

std::string facts(const Index& i) {
  std::string out = i.unique ? "unique (" : "(";
  for (size_t n = 0; n < i.parts.size(); ++n) {
    const IndexPart& part = i.parts[n];
    if (n) out += ", ";
    out += part.column.empty() ? "expression " + quoted(part.sql) : quoted(part.column);
    if (!part.native.empty()) out += " native " + quoted(part.native);
    if (part.descending) out += " desc";
  }
  out += ")";
  if (!i.include.empty()) out += " include " + list(i.include);
  if (!i.method.empty()) out += " using " + quoted(i.method);
  if (i.constraint) out += " constraint";
  if (!i.whereSql.empty()) out += " where " + quoted(i.whereSql);
  return out;
}

std::string facts(const Grant& g) {
  return g.columns.empty() ? "all" : list(g.columns);
}

std::string facts(const Policy& p) {
  std::string out = word(p.command);
  if (!p.roles.empty()) out += " to " + list(p.roles);
  if (!p.usingSql.empty()) out += " using " + quoted(p.usingSql);
  if (!p.checkSql.empty()) out += " check " + quoted(p.checkSql);
  return out;
}

template <class Items, class Facts>
void add(std::vector<Part>& parts, std::string_view kind, const Items& items, Facts factsOf) {
  const size_t first = parts.size();
  for (const auto& item : items) parts.push_back({kind, item.name, factsOf(item)});
  std::sort(parts.begin() + static_cast<std::ptrdiff_t>(first), parts.end());
}

void addGrants(std::vector<Part>& parts, const std::vector<Grant>& grants) {
  for (const Grant& grant : grants)
    parts.push_back({"grant", grant.action + " to " + grant.role, facts(grant)});
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else
      out += c;
  }
  return out + "'";
}

std::vector<Part> partsOf(const Table& table) {
  std::vector<Part> parts;
  parts.reserve(table.columns.size() + table.checks.size() + table.foreignKeys.size() +
                table.indexes.size() + 3);
  const auto of = [](const auto& item) { return facts(item); };
  add(parts, "column", table.columns, of);
  if (!table.primaryKey.empty()) parts.push_back({"primary key", "", list(table.primaryKey)});
  add(parts, "check", table.checks,
      [](const Check& c) { return quoted(c.sql) + (c.validated ? "" : " not validated"); });
  add(parts, "foreign key", table.foreignKeys, of);
  add(parts, "index", table.indexes, of);
  if (!table.options.empty()) {
    std::vector<std::string> options = table.options;
    std::ranges::sort(options);
    parts.push_back({"options", "", list(options)});
  }
  if (!table.comment.empty()) parts.push_back({"comment", "", quoted(table.comment)});
  if (table.rowSecurity) parts.push_back({"row security", "", "on"});
  add(parts, "policy", table.policies, of);
  addGrants(parts, table.grants);
  return parts;
}

std::vector<Part> partsOf(const View& view) {
  std::vector<Part> parts;
  addGrants(parts, view.grants);
  return parts;
}

namespace {

std::string lines(const std::vector<Part>& parts) {
  std::string out;
  for (const Part& part : parts) out += headOf(part) + part.facts + "\n";
  return out;
}

}  // namespace

std::string objectOf(std::string_view table, const Part& part) {
  std::string out = std::string(part.kind) + " " + std::string(table);
  return part.name.empty() ? out : out + "." + part.name;
}

std::string headOf(const Part& part) {
  std::string out = "  " + std::string(part.kind);
  if (!part.name.empty()) out += " " + quoted(part.name);
  return out + ": ";
}

std::string describe(const Table& table) {
  return "table " + quoted(table.name) + "\n" + lines(partsOf(table));
}

std::string describe(const View& view) {
  return "view " + quoted(view.name) + ": " + quoted(view.sql) + "\n" + lines(partsOf(view));
}

std::string describe(const Trigger& trigger) {
  return "trigger " + quoted(trigger.name) + " on " + quoted(trigger.table) + ": " +
         quoted(trigger.sql) + "\n";
}

std::string describe(const Opaque& object) {
  return "opaque " + quoted(object.kind) + " " + quoted(object.name) + ": " + quoted(object.sql) +
         "\n";
}

std::string describe(const Catalog& catalog) {
  std::string out;
  for (const Table& table : catalog.tables) out += describe(table);
  for (const View& view : catalog.views) out += describe(view);
  for (const Trigger& trigger : catalog.triggers) out += describe(trigger);
  for (const Opaque& object : catalog.opaque) out += describe(object);
  return out;
}

std::string fingerprint(const Catalog& catalog) {
  return sha256Hex(describe(catalog));
}

}  // namespace cambium::catalog
