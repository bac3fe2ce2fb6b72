// import/sql_expr_parser.h: one expression of MySQL's or SQLite's SQL. Reads as far as the
// expression goes; what the language has no word for becomes SqlKind::unknown, and is read past.
#pragma once

#include "plugins/import/sql_expr.h"
#include "plugins/import/sql_tokens.h"

namespace cambium::importing {

SqlExpr parseExpression(Cursor&);
// What may stand behind DEFAULT: a literal, a signed number, a word, a call, or (an expression).
SqlExpr parseDefault(Cursor&);

}  // namespace cambium::importing
