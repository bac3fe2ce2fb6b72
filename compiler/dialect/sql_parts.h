// dialect/sql_parts.h: SQL that dialects have in common, for those that speak it. Everything else
// of a dialect is in its own folder.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/dialect/dialect.h"

namespace cambium::dialect {

// Identifiers as the standard quotes them: "a""b"; and several: "a", "b".
std::string standardQuote(std::string_view identifier);
std::string standardQuoteList(const std::vector<std::string>& names);

// A row of the model comes, changes or goes: INSERT … ON CONFLICT … DO UPDATE (a row that is there
// stays, with all that refers to it), UPDATE or DELETE. Names in standard quotes.
std::string rowSql(const plan::WriteRow&);

// How a backfill walks along a table.
struct BatchCursor {
  std::vector<std::string> compare;  // SQL that is ordered and compared, one for each key column
  std::vector<std::string> select;   // SQL of its value as text, from which nothing is lost
  // SQL of a parameter that is compared with column `i` (from 0): ":c1", or that cast to its type.
  std::function<std::string(char name, size_t i)> parameter;
  std::string always;  // a condition that is true
  std::string skip;    // SQL of :n, the rows to step over
  std::string (*quote)(std::string_view identifier) = standardQuote;
};
// Rows are compared as tuples.
BatchSql batchOver(const plan::Backfill&, const BatchCursor&);

}  // namespace cambium::dialect
