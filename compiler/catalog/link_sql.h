// catalog/link_sql.h: what the triggers, the backfill and the counts of one LinkSync say in SQL. A
// `row` is what stands before a column of the table that has the reference: `NEW.`, or the table's
// name and a dot. The LinkSync must outlive it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/traits.h"

namespace cambium::catalog {

class LinkSql {
public:
  // `reading`: what stands behind each look at the links, so that it sees them as they are and not
  // as they were when the statement began; "" = it does.
  LinkSql(const LinkSync& link, std::string (*quote)(std::string_view),
          std::string_view reading = "")
      : link_(link), quote_(quote), reading_(reading) {}

  std::string table() const { return quote_(link_.table); }
  std::string links() const { return quote_(link_.links); }
  std::string tableRow() const { return table() + "."; }

  // The row refers to something; to nothing.
  std::string given(std::string_view row) const { return columns(row, "IS NOT NULL"); }
  std::string empty(std::string_view row) const { return columns(row, "IS NULL"); }
  // What the row refers to is one of the several; there are several at all (one, too).
  std::string held(std::string_view row) const;
  std::string any(std::string_view row) const;
  // It may stay as it is: it is one of them, and none that stays is there instead of one that goes.
  std::string settled(std::string_view row) const;
  // One of the several, by the reference's column: the first as the database sorts them.
  std::string chosen(std::string_view row, size_t column) const;
  // "c = …, d = …": every column of the reference with `value`.
  template <class F>
  std::string set(F value) const {
    std::string out;
    for (size_t i = 0; i < link_.columns.size(); ++i)
      out += (i ? ", " : "") + quote_(link_.columns[i]) + " = " + value(i);
    return out;
  }
  // The row of the table whose key `link` (`NEW.`, `OLD.`) refers to.
  std::string rowOf(std::string_view link) const { return pairs("", link_.key, link, link_.owner); }
  // The row of the table that `row` (`NEW.`) is.
  std::string sameRow(std::string_view row) const { return pairs("", link_.key, row, link_.key); }
  // Of the links those that belong to `row`; of these the one that `row` refers to.
  std::string ofRow(std::string_view row) const { return pairs("", link_.owner, row, link_.key); }
  std::string ofRow(std::string_view row, std::string_view reference) const {
    return ofRow(row) + " AND " + pairs("", link_.target, reference, link_.columns);
  }
  // The same, but for one that goes in the end: until then it stays beside what was chosen instead.
  std::string replaced(std::string_view row, std::string_view reference) const;
  // "owner, target" and their values in a row.
  std::string names() const;
  std::string values(std::string_view row) const;

  // True of a row of the table where one and several do not say the same.
  std::string pending(std::string_view row) const;

private:
  std::string columns(std::string_view row, std::string_view what) const;
  std::string leaving() const;  // "('a', 'b')"
  std::string pairs(std::string_view left, const std::vector<std::string>& a,
                    std::string_view right, const std::vector<std::string>& b) const;

  const LinkSync& link_;
  std::string (*quote_)(std::string_view);
  std::string_view reading_;
};

}  // namespace cambium::catalog
