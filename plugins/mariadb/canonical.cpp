// SQL that others wrote, with the names of columns in quotes: what the planner follows when a
// column is renamed.
#include <algorithm>

#include "plugins/mariadb/mariadb.h"
#include "plugins/mariadb/sql_tokens.h"

namespace cambium::dialect::mariadb {

std::string canonical(std::string_view sql, const std::vector<std::string>& columns) {
  const auto tokens = sqlTokens(sql);
  std::string out;
  size_t done = 0;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const SqlToken& token = tokens[i];
    if (token.kind != SqlToken::Kind::word && token.kind != SqlToken::Kind::name) continue;
    const bool called = tokens[i + 1].is("(") || tokens[i + 1].kind == SqlToken::Kind::text;
    const bool otherName =
        i > 0 && (tokens[i - 1].is(".") || tokens[i - 1].is("as") || tokens[i - 1].is("collate"));
    const bool bare = token.kind == SqlToken::Kind::word;
    if ((called && bare) || otherName) continue;
    const auto column = std::ranges::find_if(
        columns, [&](const auto& name) { return lowered(name) == lowered(token.text); });
    if (column == columns.end()) continue;
    out += sql.substr(done, token.begin - done);
    out += quote(*column);
    done = token.end;
  }
  return out + std::string(sql.substr(done));
}

}  // namespace cambium::dialect::mariadb
