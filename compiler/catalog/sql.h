// catalog/sql.h: checked expressions as SQL of one dialect.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "compiler/catalog/traits.h"

namespace cambium::catalog {

struct SqlContext {
  const ir::Model& model;
  const Traits& traits;
  // SQL of a property path of the scope (quoted, perhaps with NEW. before it).
  std::function<std::string(const std::vector<std::string>& path)> property;
  std::string value;  // SQL of ExprKind::value, when inside a refinement
  // What somebody wrote in SQL over the columns of the scope (see `nativeOver`); null = as it is.
  std::function<std::string(const std::string&)> native = nullptr;
  // SQL of an ExprKind::aggregate; only views have them.
  std::function<std::string(const ir::Expr&)> aggregate = nullptr;
};

// Fully parenthesised only where precedence demands it; the same input gives the same bytes. An
// Expr with a function that the dialect lacks must not come here (`unsupportedFunctions` tells
// before).
std::string toSql(const ir::Expr&, const SqlContext&);
// The same, to stand between other conditions and their ANDs.
std::string toSqlTerm(const ir::Expr&, const SqlContext&);
std::vector<ir::Function> unsupportedFunctions(const ir::Expr&, const Traits&);

// `sql` with every token that is the quoted identifier `from` replaced by `to` (strings and
// comments left alone).
std::string renameIdentifier(std::string_view sql, std::string_view from, std::string_view to,
                             const Traits&);
// What somebody wrote in SQL over these columns, with `column` for each of them.
std::string nativeOver(const std::string& sql, const std::vector<std::string>& columns,
                       const Traits&, const std::function<std::string(const std::string&)>& column);
// True if the quoted identifier occurs in `sql` as a token.
bool mentions(std::string_view sql, std::string_view identifier, const Traits&);

// The same for the name of a table in the text of a view or a trigger of ours: where it stands as a
// table (behind FROM, JOIN, INTO, UPDATE, ON, or before the point of a column), not where a column
// has that name. `tables`: old name to new one, all at once.
std::string renameTables(std::string_view sql, const std::map<std::string, std::string>& tables,
                         const Traits&);
bool mentionsTable(std::string_view sql, const std::string& table, const Traits&);
// True if a view of ours reads a column of that name.
bool readsColumn(std::string_view viewSql, std::string_view column, const Traits&);

}  // namespace cambium::catalog
