#include "compiler/catalog/link_sql.h"

#include <fmt/core.h>

namespace cambium::catalog {

std::string LinkSql::columns(std::string_view row, std::string_view what) const {
  std::string out;
  for (const auto& column : link_.columns)
    out += fmt::format("{}{}{} {}", out.empty() ? "" : " AND ", row, quote_(column), what);
  return out;
}

std::string LinkSql::pairs(std::string_view left, const std::vector<std::string>& a,
                           std::string_view right, const std::vector<std::string>& b) const {
  std::string out;
  for (size_t i = 0; i < a.size(); ++i)
    out += fmt::format("{}{}{} = {}{}", i ? " AND " : "", left, quote_(a[i]), right, quote_(b[i]));
  return out;
}

std::string LinkSql::any(std::string_view row) const {
  return fmt::format("EXISTS (SELECT 1 FROM {} AS l WHERE {}{})", links(),
                     pairs("l.", link_.owner, row, link_.key), reading_);
}

std::string LinkSql::held(std::string_view row) const {
  return fmt::format("EXISTS (SELECT 1 FROM {} AS l WHERE {} AND {}{})", links(),
                     pairs("l.", link_.owner, row, link_.key),
                     pairs("l.", link_.target, row, link_.columns), reading_);
}

std::string LinkSql::leaving() const {
  std::string out;
  for (const auto& key : link_.leaving) out += (out.empty() ? "(" : ", ") + key;
  return out + ")";
}

std::string LinkSql::settled(std::string_view row) const {
  if (link_.leaving.empty()) return held(row);
  return fmt::format(
      "({} AND NOT ({}{} IN {} AND EXISTS (SELECT 1 FROM {} AS l WHERE {} AND l.{} NOT "
      "IN {}{})))",
      held(row), row, quote_(link_.columns.front()), leaving(), links(),
      pairs("l.", link_.owner, row, link_.key), quote_(link_.target.front()), leaving(), reading_);
}

std::string LinkSql::replaced(std::string_view row, std::string_view reference) const {
  if (link_.leaving.empty()) return ofRow(row, reference);
  return fmt::format("{} AND {}{} NOT IN {}", ofRow(row, reference), reference,
                     quote_(link_.columns.front()), leaving());
}

std::string LinkSql::chosen(std::string_view row, size_t column) const {
  std::string sorted;
  if (!link_.leaving.empty())
    sorted = fmt::format("CASE WHEN l.{} IN {} THEN 1 ELSE 0 END", quote_(link_.target.front()),
                         leaving());
  for (const auto& name : link_.target) sorted += (sorted.empty() ? "l." : ", l.") + quote_(name);
  return fmt::format("(SELECT l.{} FROM {} AS l WHERE {} ORDER BY {} LIMIT 1{})",
                     quote_(link_.target[column]), links(),
                     pairs("l.", link_.owner, row, link_.key), sorted, reading_);
}

std::string LinkSql::names() const {
  std::string out;
  for (const auto* list : {&link_.owner, &link_.target})
    for (const auto& name : *list) out += (out.empty() ? "" : ", ") + quote_(name);
  return out;
}

std::string LinkSql::values(std::string_view row) const {
  std::string out;
  for (const auto* list : {&link_.key, &link_.columns})
    for (const auto& name : *list)
      out += fmt::format("{}{}{}", out.empty() ? "" : ", ", row, quote_(name));
  return out;
}

std::string LinkSql::pending(std::string_view row) const {
  const auto astray = fmt::format("({} AND NOT {})", given(row), settled(row));
  return link_.oneIsNew ? fmt::format("({} AND {}) OR {}", empty(row), any(row), astray) : astray;
}

}  // namespace cambium::catalog
