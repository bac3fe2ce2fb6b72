#include "compiler/catalog/part_sql.h"

#include <fmt/core.h>

namespace cambium::catalog {

std::string PartSql::pairs(std::string_view left, const std::vector<std::string>& a,
                           std::string_view right, const std::vector<std::string>& b) const {
  std::string out;
  for (size_t i = 0; i < a.size(); ++i)
    out += fmt::format("{}{}{} = {}{}", i ? " AND " : "", left, quote_(a[i]), right, quote_(b[i]));
  return out;
}

std::string PartSql::set(const std::vector<PartSync::Column>& columns,
                         const std::vector<std::string>& values) const {
  std::string out;
  for (size_t i = 0; i < columns.size(); ++i)
    out += fmt::format("{}{} = {}", i ? ", " : "", quote_(columns[i].name), values[i]);
  return out;
}

std::string PartSql::said(std::string_view row) const {
  std::string out;
  for (size_t i = 0; i < sync_.columns.size(); ++i) {
    const auto column = std::string(row) + quote_(sync_.columns[i].name);
    out += (i ? " OR " : "(") + column + " IS NOT NULL";
    if (sync_.nothing[i] != "NULL")
      out += " AND NOT (" + identical_(sync_.columns[i].type, column, sync_.nothing[i]) + ")";
  }
  return out + ")";
}

std::string PartSql::changed() const {
  std::string out;
  for (const auto& column : sync_.columns) {
    const auto name = quote_(column.name);
    out +=
        (out.empty() ? "NOT (" : " AND ") + identical_(column.type, "NEW." + name, "OLD." + name);
  }
  return out + ")";
}

std::string PartSql::hasPart(std::string_view row) const {
  return fmt::format("EXISTS (SELECT 1 FROM {} AS p WHERE {}{})", part(),
                     pairs("p.", sync_.owner, row, sync_.key), reading_);
}

std::string PartSql::agrees(std::string_view row, std::string_view part) const {
  const auto all = [&](const std::vector<PartSync::Column>& columns, std::string_view before,
                       const std::vector<std::string>& values) {
    std::string out;
    for (size_t i = 0; i < columns.size(); ++i)
      out += (i ? " AND " : "(") +
             identical_(columns[i].type, std::string(before) + quote_(columns[i].name), values[i]);
    return out + ")";
  };
  // A row that says nothing may not have been written yet: it agrees with what makes nothing alone.
  return fmt::format("({} OR {} AND {})", all(sync_.columns, row, sync_.toTable(part)), said(row),
                     all(sync_.values, part, sync_.toPart(row)));
}

std::string PartSql::names() const {
  std::string out;
  for (const auto& name : sync_.owner) out += (out.empty() ? "" : ", ") + quote_(name);
  for (const auto& column : sync_.values) out += ", " + quote_(column.name);
  return out;
}

std::string PartSql::made(std::string_view row) const {
  std::string out;
  for (const auto& name : sync_.key)
    out += fmt::format("{}{}{}", out.empty() ? "" : ", ", row, quote_(name));
  for (const auto& value : sync_.toPart(row)) out += ", " + value;
  return out;
}

std::string PartSql::setPart(std::string_view row) const {
  return set(sync_.values, sync_.toPart(row));
}
std::string PartSql::setTable(std::string_view part) const {
  return set(sync_.columns, sync_.toTable(part));
}
std::string PartSql::setNothing() const {
  return set(sync_.columns, sync_.nothing);
}

std::string PartSql::differs() const {
  return partOf("NEW.") + " AND NOT " + agrees("NEW.", partRow());
}

std::string PartSql::left() const {
  return rowOf("OLD.") + " AND " + said(tableRow()) + " AND NOT " + hasPart(tableRow());
}

std::string PartSql::pending() const {
  const auto row = tableRow();
  return fmt::format("NOT (NOT {} AND NOT {} OR EXISTS (SELECT 1 FROM {} AS p WHERE {} AND {}{}))",
                     said(row), hasPart(row), part(), pairs("p.", sync_.owner, row, sync_.key),
                     agrees(row, "p."), reading_);
}

std::string PartSql::partPending() const {
  const auto row = partRow();
  return fmt::format("NOT EXISTS (SELECT 1 FROM {} AS t WHERE {} AND {}{})", table(),
                     pairs("t.", sync_.key, row, sync_.owner), agrees("t.", row), reading_);
}

}  // namespace cambium::catalog
