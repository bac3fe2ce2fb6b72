// SQL of the functions over JSON (jsonb). Only an object has members: the engine would find an
// element of an array by the text of its number.
#include <fmt/core.h>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

// The value of the innermost name, as jsonb.
std::string member(const Arguments& a) {
  std::string at = operand(a[0]);
  for (size_t i = 1; i < a.size(); ++i) {
    at = fmt::format("({} -> CAST({} AS text))", at, a[i]);
  }
  return at;
}

}  // namespace

std::optional<std::string> jsonCall(ir::Function function, const Arguments& a, const ir::Expr&) {
  using ir::Function;
  if (function == Function::jsonLength)
    return fmt::format(
        "CASE jsonb_typeof({0}) WHEN 'array' THEN CAST(jsonb_array_length({0}) AS bigint) END",
        a[0]);
  const std::string value = member(a);
  const std::string type = fmt::format("jsonb_typeof({})", value);
  const std::string text = fmt::format("({} #>> '{{}}')", value);
  switch (function) {
    case Function::jsonText: return fmt::format("CASE {} WHEN 'string' THEN {} END", type, text);
    case Function::jsonNumber:
      return fmt::format("CASE {} WHEN 'number' THEN CAST({} AS double precision) END", type, text);
    case Function::jsonBool:
      return fmt::format("CASE {} WHEN 'boolean' THEN CAST({} AS boolean) END", type, text);
    case Function::jsonHas: {
      // Null of null, else whether there is such a member.
      return fmt::format("CASE WHEN {} IS NOT NULL THEN {} IS NOT NULL END", operand(a[0]), value);
    }
    default: return std::nullopt;
  }
}

}  // namespace cambium::dialect::postgres
