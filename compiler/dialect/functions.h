// dialect/functions.h: the functions of the expression language, as far as all dialects go about
// them in the same way: which of a dialect's writers is asked for which function, and what several
// writers need. What a function means is in docs/expressions.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/model.h"

namespace cambium::dialect {

using Arguments = std::vector<std::string>;  // rendered SQL

// A dialect's writers. Each gets the SQL of the arguments and the call itself, for their types and
// literals; nullopt = it has no such function.
struct FunctionWriters {
  using Subject = std::optional<std::string> (*)(ir::Function, const Arguments&, const ir::Expr&);
  using Writer = std::string (*)(const Arguments&, const ir::Expr& call);
  using Conversion = std::string (*)(const ir::Expr& value, const std::string& sql);

  Subject text, time, json;  // the functions of one subject each
  Writer nullif, least, greatest, sign, ceil, floor, round;
  Conversion toText, toInt64, toDecimal, toFloat64, toBool;
  const char* uuid;
  Writer session;  // null = sessions have no names for values
  // The same SQL, in parentheses unless it is one name, literal or call.
  std::string (*operand)(std::string_view sql);
};
// The result stands as an operand wherever the call stood: operators come in parentheses of their
// own.
std::optional<std::string> callOf(const FunctionWriters&, ir::Function, const Arguments&,
                                  const ir::Expr& call);

// "name(a, b)"
std::string called(std::string_view name, const Arguments&);
// The argument, if it is a literal of a whole number.
std::optional<int64_t> integerLiteral(const ir::Expr& call, size_t index);
// A regular expression of the language, which says less than any engine's: classes are ASCII, ^ and
// $ are the ends (`begin`, `end`) and not those of a line.
std::string enginePattern(std::string_view pattern, std::string_view begin, std::string_view end);

}  // namespace cambium::dialect
