// tests/support/engine_text.h: values of rows in the SQL of the different databases, by the type of
// their column, and in one form that all of them share.
#pragma once

#include <string>

#include "runtime/verify/generated_rows.h"

namespace cambium::testing {

// A cell of a case as an expression.
using verify::cellSql;
// An expression that reads a column in the form of the cases.
std::string readSql(const std::string& column, const std::string& type);
// An ORDER BY item: nothing first, texts by code point.
std::string orderSql(const std::string& column, const std::string& type);
// What two databases write differently, in one way.
std::string alikeCell(const std::string& cell);

}  // namespace cambium::testing
