// verify/generated_rows.h: rows for a database that has none: a migration of empty tables proves
// little.
#pragma once

#include <string>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"
#include "compiler/dialect/session.h"

namespace cambium::verify {

struct RowsWanted {
  unsigned full = 1;   // with a value in every column
  unsigned empty = 0;  // with nothing in the columns that take that
};

// Writes rows into each table that takes one of the values tried, tables that are referred to
// first; what a table refuses is left out. The same catalog gets the same rows. Out: how many
// tables have one.
size_t writeRows(dialect::Session&, const catalog::Catalog&, const catalog::Traits&,
                 const RowsWanted&);

// A text as an expression for a column of that type.
std::string cellSql(const std::string& cell, const std::string& type);

}  // namespace cambium::verify
