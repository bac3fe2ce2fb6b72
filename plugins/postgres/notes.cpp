// What was said of an object, as its comment: "cambium: check "a" > 0". One line for each
// expression, and one for the fingerprint of what the server made of them.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

constexpr std::string_view kMark = "cambium: ";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}
std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    out += text[i] == 'n' ? '\n' : text[i];
  }
  return out;
}

std::string fingerprint(const std::string& text) {
  return fmt::format(
      "pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to({}, 'UTF8')), "
      "'hex'), 32)",
      text);
}

// Dollar quotes around a text that does not have them.
std::string dollarQuoted(const std::string& text) {
  std::string mark = "$note$";
  for (unsigned n = 1; text.find(mark) != std::string::npos; ++n) mark = fmt::format("$note{}$", n);
  return mark + text + mark;
}

// A line of the documentation that could be taken for one of ours gets a backslash more.
bool looksLikeNote(std::string_view line) {
  const size_t first = line.find_first_not_of('\\');
  return first != std::string_view::npos && line.substr(first).starts_with(kMark);
}

template <class Each>
void eachLine(std::string_view text, Each each) {
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    each(text.substr(at, end - at));
    at = end + 1;
  }
}

std::string docText(const std::string& doc) {
  std::string out;
  bool first = true;
  eachLine(doc, [&](std::string_view line) {
    if (!std::exchange(first, false)) out += '\n';
    if (looksLikeNote(line)) out += '\\';
    out += line;
  });
  return out;
}

// `stored`: SQL of the fingerprint.
std::string commentOn(const std::string& what, const std::vector<Note>& notes,
                      const std::string& stored, const std::string& doc = "") {
  if (notes.empty())
    return fmt::format("COMMENT ON {} IS {}", what,
                       doc.empty() ? "NULL" : textLiteral(docText(doc)));
  const std::string body = fmt::format(
      "\nBEGIN\n  EXECUTE {} || pg_catalog.quote_literal({} || E'\\n{}stored ' ||\n    "
      "pg_catalog.current_setting('server_version_num')::integer / 10000 || ' ' || ({}));\nEND\n",
      textLiteral(fmt::format("COMMENT ON {} IS ", what)),
      textLiteral((doc.empty() ? "" : docText(doc) + "\n") + noteText(notes)), kMark, stored);
  return "DO " + dollarQuoted(body);
}

std::string regclass(const std::string& name) {
  return textLiteral(quote(name)) + "::regclass";
}

std::vector<Note> notesOf(const catalog::Column& column) {
  if (!column.generatedSql.empty()) return {{"as", column.generatedSql}};
  // Of JSON the server keeps the value, not the text.
  const bool kept = column.type != "jsonb" && isPlainDefault(column.defaultSql);
  if (!column.defaultSql.empty() && !kept) return {{"default", column.defaultSql}};
  return {};
}

}  // namespace

std::string noteText(const std::vector<Note>& notes) {
  std::string out;
  for (const auto& [key, sql] : notes)
    out += fmt::format("{}{}{} {}", out.empty() ? "" : "\n", kMark, key, escaped(sql));
  return out;
}

std::vector<Note> readNote(std::string_view comment) {
  std::vector<Note> out;
  for (size_t at = 0; at < comment.size();) {
    const size_t end = std::min(comment.find('\n', at), comment.size());
    std::string_view line = comment.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(kMark)) continue;
    line.remove_prefix(kMark.size());
    const size_t blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    out.push_back({std::string(line.substr(0, blank)), unescaped(line.substr(blank + 1))});
  }
  return out;
}

std::string readDoc(std::string_view comment) {
  std::string out;
  bool first = true;
  eachLine(comment, [&](std::string_view line) {
    if (line.starts_with(kMark)) return;
    if (!std::exchange(first, false)) out += '\n';
    if (looksLikeNote(line)) line.remove_prefix(1);
    out += line;
  });
  return out;
}

const std::string* findNote(const std::vector<Note>& notes, std::string_view key) {
  const auto found = std::ranges::find_if(notes, [&](const auto& n) { return n.key == key; });
  return found == notes.end() ? nullptr : &found->sql;
}

std::string columnFingerprint() {
  return fingerprint("pg_catalog.pg_get_expr(d.adbin, d.adrelid)");
}
std::string checkFingerprint() {
  return fingerprint("pg_catalog.pg_get_expr(k.conbin, k.conrelid)");
}
std::string exclusionFingerprint() {
  return fingerprint("pg_catalog.pg_get_constraintdef(k.oid)");
}
std::string indexFingerprint() {
  return fingerprint(
      "pg_catalog.concat(pg_catalog.pg_get_expr(i.indexprs, i.indrelid), ' WHERE ', "
      "pg_catalog.pg_get_expr(i.indpred, i.indrelid))");
}
std::string viewFingerprint() {
  return fingerprint(
      "pg_catalog.concat(pg_catalog.pg_get_viewdef(c.oid), (SELECT "
      "pg_catalog.string_agg(pg_catalog.pg_get_expr(v.adbin, v.adrelid), ', ' ORDER BY v.adnum) "
      "FROM pg_catalog.pg_attrdef v WHERE v.adrelid = c.oid))");
}

std::string policyFingerprint() {
  return fingerprint(
      "pg_catalog.concat(pg_catalog.pg_get_expr(p.polqual, p.polrelid), ' CHECK ', "
      "pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))");
}

bool isNoted(const catalog::Column& column) {
  return !column.comment.empty() || !notesOf(column).empty();
}

void noteColumn(const std::string& table, const catalog::Column& column,
                std::vector<std::string>& out, bool clear) {
  const auto notes = notesOf(column);
  if (!isNoted(column) && !clear) return;
  out.push_back(commentOn(
      "COLUMN " + quote(table) + "." + quote(column.name), notes,
      fmt::format("SELECT {} FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a ON "
                  "a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = {} AND "
                  "a.attname = {}",
                  columnFingerprint(), regclass(table), textLiteral(column.name)),
      column.comment));
}

void noteCheck(const std::string& table, const catalog::Check& check,
               std::vector<std::string>& out) {
  out.push_back(
      commentOn("CONSTRAINT " + quote(check.name) + " ON " + quote(table), {{"check", check.sql}},
                fmt::format("SELECT {} FROM pg_catalog.pg_constraint k WHERE k.conrelid = {} AND "
                            "k.conname = {}",
                            check.isExclusion() ? exclusionFingerprint() : checkFingerprint(),
                            regclass(table), textLiteral(check.name))));
}

void noteIndex(const catalog::Index& index, std::vector<std::string>& out) {
  std::vector<Note> notes;
  for (size_t i = 0; i < index.parts.size(); ++i)
    if (index.parts[i].column.empty()) notes.push_back({std::to_string(i + 1), index.parts[i].sql});
  if (!index.whereSql.empty()) notes.push_back({"where", index.whereSql});
  if (!notes.empty())
    out.push_back(
        commentOn("INDEX " + quote(index.name), notes,
                  fmt::format("SELECT {} FROM pg_catalog.pg_index i WHERE i.indexrelid = {}",
                              indexFingerprint(), regclass(index.name))));
}

void noteView(const catalog::View& view, std::vector<std::string>& out) {
  const std::string name = qualified(view);
  out.push_back(
      commentOn("VIEW " + name, {{"view", view.sql}},
                fmt::format("SELECT {} FROM pg_catalog.pg_class c WHERE c.oid = {}::regclass",
                            viewFingerprint(), textLiteral(name))));
}

void notePolicy(const std::string& table, const catalog::Policy& policy,
                std::vector<std::string>& out) {
  std::vector<Note> notes;
  if (!policy.usingSql.empty()) notes.push_back({"using", policy.usingSql});
  if (!policy.checkSql.empty()) notes.push_back({"check", policy.checkSql});
  out.push_back(
      commentOn("POLICY " + quote(policy.name) + " ON " + quote(table), notes,
                fmt::format("SELECT {} FROM pg_catalog.pg_policy p WHERE p.polrelid = {} AND "
                            "p.polname = {}",
                            policyFingerprint(), regclass(table), textLiteral(policy.name))));
}

void commentTable(const std::string& table, const std::string& doc, std::vector<std::string>& out,
                  bool clear) {
  if (!doc.empty() || clear) out.push_back(commentOn("TABLE " + quote(table), {}, "", doc));
}

void noteTable(const catalog::Table& table, std::vector<std::string>& out) {
  commentTable(table.name, table.comment, out);
  for (const auto& column : table.columns) noteColumn(table.name, column, out);
  for (const auto& check : table.checks) noteCheck(table.name, check, out);
  for (const auto& index : table.indexes) noteIndex(index, out);
}  // policies bring theirs (emit_access.cpp)

}  // namespace cambium::dialect::postgres
