// catalog/part_sql.h: what the triggers, the backfill and the counts of one PartSync say in SQL. A
// `row` is what stands before a column of the whole, a `part` before one of the part: `NEW.`, or
// the table's name and a dot. The PartSync must outlive it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/traits.h"

namespace cambium::catalog {

class PartSql {
public:
  using Quote = std::string (*)(std::string_view);
  using Identical = std::string (*)(std::string_view type, const std::string& left,
                                    const std::string& right);
  // `reading`: what stands behind each look at the part, so that it sees it as it is and not as it
  // was when the statement began; "" = it does.
  PartSql(const PartSync& sync, Quote quote, Identical identical, std::string_view reading = "")
      : sync_(sync), quote_(quote), identical_(identical), reading_(reading) {}

  std::string table() const { return quote_(sync_.table); }
  std::string part() const { return quote_(sync_.part); }
  std::string tableRow() const { return table() + "."; }
  std::string partRow() const { return part() + "."; }

  // The row of the table says something that makes a part.
  std::string said(std::string_view row) const;
  // One of its columns is another one now.
  std::string changed() const;  // NEW. and OLD.
  std::string hasPart(std::string_view row) const;
  // Both say the same: one is what comes of the other.
  std::string agrees(std::string_view row, std::string_view part) const;
  // The part that belongs to `row`; the row that `part` belongs to.
  std::string partOf(std::string_view row) const { return pairs("", sync_.owner, row, sync_.key); }
  std::string rowOf(std::string_view part) const { return pairs("", sync_.key, part, sync_.owner); }
  std::string sameOwner() const { return pairs("NEW.", sync_.owner, "OLD.", sync_.owner); }

  // "owner, values" of the part, and what they are made of a row.
  std::string names() const;
  std::string made(std::string_view row) const;
  // "c = …, d = …"
  std::string setPart(std::string_view row) const;    // as the row says
  std::string setTable(std::string_view part) const;  // as the part says
  std::string setNothing() const;

  // Of the parts that of NEW., if it says something else; of the rows that of OLD., if it still
  // says what no part does any more.
  std::string differs() const;
  std::string left() const;

  // True of a row of the table, or of one of the part, whose other form does not say the same.
  std::string pending() const;
  std::string partPending() const;

private:
  std::string pairs(std::string_view left, const std::vector<std::string>& a,
                    std::string_view right, const std::vector<std::string>& b) const;
  std::string set(const std::vector<PartSync::Column>&, const std::vector<std::string>&) const;

  const PartSync& sync_;
  Quote quote_;
  Identical identical_;
  std::string_view reading_;
};

}  // namespace cambium::catalog
