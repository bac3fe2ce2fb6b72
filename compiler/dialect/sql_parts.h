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

// In: SQL of an operand, names in standard quotes. Out: the same, in parentheses unless it is one
// name, literal or call.
std::string standardOperand(std::string_view sql);
// A number, with or without a sign; a whole text in single quotes (what is in it doubled).
bool isNumberLiteral(std::string_view sql);
bool isQuotedWhole(std::string_view sql);

// A literal as JSON says it.
std::string literalAsJson(const ir::Expr& literal);
// A list of which every element is a literal, as the text of a JSON array; each as `element` says.
std::optional<std::string> jsonListText(const ir::Expr& list,
                                        std::string (*element)(const ir::Expr&) = literalAsJson);

// A row of the model comes, changes or goes: INSERT … ON CONFLICT … DO UPDATE (a row that is there
// stays, with all that refers to it), UPDATE or DELETE. Names in standard quotes.
std::string rowSql(const plan::WriteRow&);

// Whoever refers to a row that goes gets the other one (WriteRow::moves). May run twice.
std::vector<std::string> moveSql(const plan::WriteRow&,
                                 std::string (*quote)(std::string_view) = standardQuote);

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
