// plugins/mariadb/sql_tree.h: the server keeps an expression as a tree and writes it down in words
// of its own: lower case, as few parentheses as it takes, NOT pushed to the leaves, every column of
// a view with its table. This is one form for both: what was said and what the server says of it
// become the same text. A text that is not understood stays as it is. MySQL has other words for
// some of it, and each server reads its own back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {

// An expression, as a check, a default or a computed column has it.
std::string settledExpression(std::string_view sql, Server);
// "if(a, b, NULL)" → a and b, settled; nothing for any other expression.
std::optional<std::pair<std::string, std::string>> chosen(std::string_view sql, Server);
// "name(a, …)" → a, settled; nothing for any other expression.
std::optional<std::string> argumentOf(std::string_view function, std::string_view sql, Server);
// A whole query, as a view has it. `schema`: names of tables and columns lose it in front; "" =
// none.
std::string settledQuery(std::string_view sql, std::string_view schema, Server);

}  // namespace cambium::dialect::mariadb
