// import/sql_expr.h: an expression as a foreign schema has it, whatever its spelling was. The
// readers make it; cam_expr.h says it in the language.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cambium::importing {

enum class SqlKind : unsigned char {
  number,   // `text`: digits, perhaps with a point and a sign
  text,     // `text`: the value
  boolean,  // `text`: "true", "false"
  null,
  name,      // `text`: a column
  value,     // what a domain is about
  call,      // `text`: the function in lower case; args
  unary,     // `text`: "not", "-"
  binary,    // `text`: "and" "or" "=" "<>" "<" "<=" ">" ">=" "+" "-" "*" "/" "%" "||" "~", "is"
  isNull,    // args[0]; negated: is not null
  inList,    // args[0] in args[1…]
  between,   // args[0] between args[1] and args[2]
  like,      // args[0] like args[1]
  caseWhen,  // when args[0] then args[1] …; hasElse: else args.back()
  cast,      // args[0] as the type `text`
  list,      // an array of args
  unknown,   // `text`: what the language has no word for ("a subquery", "the operator `@>`")
};

struct SqlExpr {
  SqlKind kind = SqlKind::unknown;
  std::string text;
  std::vector<SqlExpr> args;
  bool negated = false;
  bool hasElse = false;
};

inline SqlExpr sqlExpr(SqlKind kind, std::string text = {}, std::vector<SqlExpr> args = {}) {
  SqlExpr e;
  e.kind = kind;
  e.text = std::move(text);
  e.args = std::move(args);
  return e;
}

// True if the column occurs in it; `same` compares names.
template <class Same>
bool mentionsColumn(const SqlExpr& e, const Same& same) {
  if (e.kind == SqlKind::name && same(e.text)) return true;
  for (const SqlExpr& arg : e.args)
    if (mentionsColumn(arg, same)) return true;
  return false;
}

}  // namespace cambium::importing
