// import/cam_expr.h: a foreign expression in the language, as far as the language has words for it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "compiler/base/result.h"
#include "compiler/ir/model.h"
#include "plugins/import/schema.h"

namespace cambium::importing {

struct Operand {
  std::string property;
  ir::Type type;
};

struct ExprScope {
  const ir::Model& model;  // its enums and the names of its properties count
  const Schema& schema;
  // The property that a column became, or why it stands for none.
  std::function<Result<Operand>(const std::string& column)> column;
  // What SqlKind::value is.
  std::optional<ir::Type> value;
};

// `want`: the type that the place asks for; null where any will do. Error: why not, in words. The
// types inside are good enough to print it (ir::toString), no more: the compiler checks the text.
Result<ir::Expr> camExpr(const SqlExpr&, const ExprScope&, const ir::Type* want);

// True for the functions that give the present moment.
bool isNow(const SqlExpr&);

}  // namespace cambium::importing
