// The texts of a lowered schema in the form in which the server gives them back.
#include <fmt/core.h>

#include <cstdlib>

#include "compiler/catalog/catalog.h"
#include "plugins/mariadb/mariadb.h"
#include "plugins/mariadb/sql_tokens.h"
#include "plugins/mariadb/sql_tree.h"

namespace cambium::dialect::mariadb {
namespace {

constexpr std::string_view kView = "CREATE VIEW ";

// The number behind the last comma or the parenthesis: decimal(12,2) → 2, datetime(3) → 3.
unsigned lastArgument(std::string_view type) {
  const size_t at = type.find_last_of(",(");
  return at == std::string_view::npos ? 0
                                      : static_cast<unsigned>(std::strtoul(
                                            std::string(type.substr(at + 1)).c_str(), nullptr, 10));
}

// "0.5" with two digits → "0.50"
std::string withDigits(std::string text, unsigned digits) {
  size_t point = text.find('.');
  if (point == std::string::npos) {
    if (digits == 0) return text;
    point = text.size();
    text += '.';
  }
  const size_t has = text.size() - point - 1;
  if (has < digits) text.append(digits - has, '0');
  return text;
}

}  // namespace

std::string settledDefault(std::string_view sql, std::string_view type, Server server) {
  std::string out = settledExpression(sql, server);
  if (!isConstant(out)) return out;
  const bool text = out[0] == '\'';
  if (type.starts_with("decimal") && !text) return withDigits(out, lastArgument(type));
  if ((type.starts_with("double") || type.starts_with("float")) && !text)
    return fmt::format("{}", std::strtod(out.c_str(), nullptr));
  if ((type.starts_with("datetime(") || type.starts_with("timestamp(")) && text)
    return "'" + withDigits(out.substr(1, out.size() - 2), lastArgument(type)) + "'";
  if (type == "datetime" && text && out.find('.') != std::string::npos)
    return out.substr(0, out.find('.')) + "'";
  return out;
}

std::string settledAction(std::string_view action) {
  return action.empty() || action == "NO ACTION" ? "RESTRICT" : std::string(action);
}

std::string viewText(std::string_view name, std::string_view query) {
  return fmt::format("{}{} AS {}", kView, quote(name), query);
}

namespace {

// A comment has so many characters at most, and none beyond U+FFFF: the server says `?` for one.
std::string settledComment(std::string_view text, size_t most) {
  std::string out;
  size_t characters = 0;
  for (size_t i = 0; i < text.size() && characters < most; ++characters) {
    size_t end = i + 1;
    while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
    out += static_cast<unsigned char>(text[i]) >= 0xF0 ? "?" : text.substr(i, end - i);
    i = end;
  }
  return out;
}

}  // namespace

template <Server S>
void settleTable(catalog::Table& table) {
  constexpr size_t kOfTable = 2048, kOfColumn = 1024;
  table.comment = settledComment(table.comment, kOfTable);
  for (auto& column : table.columns) {
    column.comment =
        column.generatedSql.empty() ? settledComment(column.comment, kOfColumn) : std::string();
    column.type = canonicalType(column.type, S);
    if (!column.defaultSql.empty())
      column.defaultSql = settledDefault(column.defaultSql, column.type, S);
    if (!column.generatedSql.empty())
      column.generatedSql = settledExpression(column.generatedSql, S);
  }
  for (auto& check : table.checks) check.sql = settledCheck(check.sql, S);
  // The engine looks at once, whichever was said, and does not always keep which.
  for (auto& fk : table.foreignKeys) {
    fk.onDelete = settledAction(fk.onDelete);
    fk.onUpdate = settledAction(fk.onUpdate);
  }
  for (auto& index : table.indexes) {
    index.constraint = false;  // there is but one kind
    for (auto& part : index.parts)
      if (part.column.empty()) part.sql = settledExpression(part.sql, S);
    if (!index.whereSql.empty()) index.whereSql = settledCheck(index.whereSql, S);
  }
}

std::optional<std::string> indexWords(std::string_view said, bool) {
  std::string out;
  for (const char c : said)
    if (c != ' ') out += c;
  const bool number =
      out.size() > 2 && out.size() < 7 && out.front() == '(' && out.back() == ')' &&
      out[1] != '0' &&
      std::all_of(out.begin() + 1, out.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
  return number ? std::optional(out) : std::nullopt;
}

template <Server S>
void settleView(catalog::View& view) {
  const std::string head = std::string(kView) + quote(view.name) + " AS ";
  if (view.sql.starts_with(head))
    view.sql = viewText(view.name, settledQuery(view.sql.substr(head.size()), "", S));
}

template void settleTable<Server::mariadb>(catalog::Table&);
template void settleTable<Server::mysql>(catalog::Table&);
template void settleView<Server::mariadb>(catalog::View&);
template void settleView<Server::mysql>(catalog::View&);

}  // namespace cambium::dialect::mariadb
