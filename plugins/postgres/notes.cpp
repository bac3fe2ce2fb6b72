// What was said of an object, as its comment: "cambium: check "a" > 0". One line for each
// expression.
#include <fmt/core.h>

#include <algorithm>

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

std::string commentOn(const std::string& what, const std::vector<Note>& notes) {
  const std::string text = noteText(notes);
  return fmt::format("COMMENT ON {} IS {}", what, text.empty() ? "NULL" : textLiteral(text));
}

std::vector<Note> notesOf(const catalog::Column& column) {
  if (!column.generatedSql.empty()) return {{"as", column.generatedSql}};
  if (!column.defaultSql.empty() && !isPlainDefault(column.defaultSql))
    return {{"default", column.defaultSql}};
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

const std::string* findNote(const std::vector<Note>& notes, std::string_view key) {
  const auto found = std::ranges::find_if(notes, [&](const auto& n) { return n.key == key; });
  return found == notes.end() ? nullptr : &found->sql;
}

void noteColumn(const std::string& table, const catalog::Column& column,
                std::vector<std::string>& out, bool clear) {
  const auto notes = notesOf(column);
  if (notes.empty() && !clear) return;
  out.push_back(commentOn("COLUMN " + quote(table) + "." + quote(column.name), notes));
}

void noteCheck(const std::string& table, const catalog::Check& check,
               std::vector<std::string>& out) {
  out.push_back(
      commentOn("CONSTRAINT " + quote(check.name) + " ON " + quote(table), {{"check", check.sql}}));
}

void noteIndex(const catalog::Index& index, std::vector<std::string>& out) {
  std::vector<Note> notes;
  for (size_t i = 0; i < index.parts.size(); ++i)
    if (index.parts[i].column.empty()) notes.push_back({std::to_string(i + 1), index.parts[i].sql});
  if (!index.whereSql.empty()) notes.push_back({"where", index.whereSql});
  if (!notes.empty()) out.push_back(commentOn("INDEX " + quote(index.name), notes));
}

void noteView(const catalog::View& view, std::vector<std::string>& out) {
  out.push_back(commentOn("VIEW " + quote(view.name), {{"view", view.sql}}));
}

void noteTable(const catalog::Table& table, std::vector<std::string>& out) {
  for (const auto& column : table.columns) noteColumn(table.name, column, out);
  for (const auto& check : table.checks) noteCheck(table.name, check, out);
  for (const auto& index : table.indexes) noteIndex(index, out);
}

}  // namespace cambium::dialect::postgres
