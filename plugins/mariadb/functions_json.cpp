// SQL of the functions over JSON, which is text. A path names members of objects, from the outside
// in.
#include <fmt/core.h>

#include "compiler/base/json_text.h"
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

// '$."a"."b"', or what puts it together where a name is computed.
std::string pathOf(const Arguments& a, const ir::Expr& e) {
  std::string known = "$", parts;
  for (size_t i = 1; i < e.args.size(); ++i) {
    if (e.args[i].kind == ir::ExprKind::literal) {
      known += "." + jsonQuoted(e.args[i].text);
      continue;
    }
    // json_quote() would write more escapes than a path is read with.
    parts += fmt::format("{}, replace(replace({}, {}, {}), '\"', {}), ", textLiteral(known + ".\""),
                         a[i], textLiteral("\\"), textLiteral("\\\\"), textLiteral("\\\""));
    known = "\"";
  }
  if (parts.empty()) return textLiteral(known);
  return "concat(" + parts + textLiteral(known) + ")";
}

}  // namespace

std::optional<std::string> jsonCall(ir::Function function, const Arguments& a, const ir::Expr& e) {
  using ir::Function;
  if (function == Function::jsonLength)
    return fmt::format("CASE json_type({0}) WHEN 'ARRAY' THEN json_length({0}) END", a[0]);
  const std::string path = pathOf(a, e);
  const std::string value = fmt::format("json_extract({}, {})", a[0], path);
  const std::string type = fmt::format("json_type({})", value);
  switch (function) {
    case Function::jsonText:
      return fmt::format("CASE {} WHEN 'STRING' THEN json_unquote({}) COLLATE {} END", type, value,
                         kCollation);
    case Function::jsonNumber:
      return fmt::format("CASE WHEN {} IN ('INTEGER', 'DOUBLE') THEN CAST({} AS DOUBLE) END", type,
                         value);
    case Function::jsonBool:
      return fmt::format("CASE {} WHEN 'BOOLEAN' THEN {} = 'true' END", type, value);
    case Function::jsonHas: return fmt::format("json_contains_path({}, 'one', {})", a[0], path);
    default: return std::nullopt;
  }
}

}  // namespace cambium::dialect::mariadb
