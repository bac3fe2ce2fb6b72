// SQL of the functions over JSON. Members are found by names that are literals: the engine's paths
// have no way to write every name, and no value may become part of a path.
#include <fmt/core.h>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

std::optional<std::string> pathOf(const ir::Expr& e) {
  std::string path = "$";
  for (size_t i = 1; i < e.args.size(); ++i) {
    const ir::Expr& name = e.args[i];
    if (name.kind != ir::ExprKind::literal || name.text.empty()) return std::nullopt;
    for (const unsigned char c : name.text)
      if (c < 0x20 || c == '"' || c == '\\') return std::nullopt;
    path += ".\"" + name.text + "\"";
  }
  return textLiteral(path);
}

}  // namespace

std::optional<std::string> jsonCall(ir::Function function, const Arguments& a, const ir::Expr& e) {
  using ir::Function;
  if (function == Function::jsonLength)
    return fmt::format("CASE json_type({0}) WHEN 'array' THEN json_array_length({0}) END", a[0]);
  const auto path = pathOf(e);
  if (!path) return std::nullopt;
  const std::string type = fmt::format("json_type({}, {})", a[0], *path);
  const std::string value = fmt::format("json_extract({}, {})", a[0], *path);
  switch (function) {
    case Function::jsonText: return fmt::format("CASE {} WHEN 'text' THEN {} END", type, value);
    case Function::jsonNumber:
      return fmt::format("CASE WHEN {} IN ('integer', 'real') THEN CAST({} AS REAL) END", type,
                         value);
    case Function::jsonBool:
      return fmt::format("CASE {} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END", type);
    case Function::jsonHas:
      return unlessNull(e.args[0], a[0], fmt::format("({} IS NOT NULL)", type));
    default: return std::nullopt;
  }
}

}  // namespace cambium::dialect::sqlite
