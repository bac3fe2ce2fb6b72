// SQL of the functions over JSON, which is text to MariaDB and a type of its own to MySQL. A path
// names members of objects, from the outside in.
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

template <Server S>
std::optional<std::string> jsonCall(ir::Function function, const Arguments& a, const ir::Expr& e) {
  using ir::Function;
  if (function == Function::jsonLength)
    return fmt::format("CASE json_type({0}) WHEN 'ARRAY' THEN json_length({0}) END", a[0]);
  const std::string path = pathOf(a, e);
  const std::string value = fmt::format("json_extract({}, {})", a[0], path);
  const std::string type = fmt::format("json_type({})", value);
  constexpr bool kOwnJson = S == Server::mysql;
  switch (function) {
    case Function::jsonText:
      return fmt::format("CASE {} WHEN 'STRING' THEN json_unquote({}) COLLATE {} END", type, value,
                         collationOf(S));
    case Function::jsonNumber:
      return fmt::format(
          "CASE WHEN {} IN ({}) THEN CAST({} AS DOUBLE) END", type,
          kOwnJson ? "'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL'" : "'INTEGER', 'DOUBLE'",
          value);
    case Function::jsonBool:
      // A value of the type JSON is no text: `true` is not equal to 'true'.
      return fmt::format("CASE {} WHEN 'BOOLEAN' THEN {} = 'true' END", type,
                         kOwnJson ? fmt::format("json_unquote({})", value) : value);
    case Function::jsonHas: return fmt::format("json_contains_path({}, 'one', {})", a[0], path);
    default: return std::nullopt;
  }
}

template std::optional<std::string> jsonCall<Server::mariadb>(ir::Function, const Arguments&,
                                                              const ir::Expr&);
template std::optional<std::string> jsonCall<Server::mysql>(ir::Function, const Arguments&,
                                                            const ir::Expr&);

}  // namespace cambium::dialect::mariadb
