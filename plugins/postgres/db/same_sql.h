// plugins/postgres/db/same_sql.h: whether an expression that the server writes down is the one that
// was said. The server keeps a tree and writes it with casts, parentheses and operators of its own;
// both texts are parsed, and the trees compared with just that allowed for. A cast that was said
// and is gone is a difference; one that the server adds is none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cambium::dialect::postgres {

bool sameExpression(std::string_view said, std::string_view stored);
// What stands behind ADD in an ALTER TABLE.
bool sameConstraint(std::string_view said, std::string_view stored);
// Whole SELECT statements.
bool sameQuery(std::string_view said, std::string_view stored);
// Our statements of a view that begins with `head` ("CREATE VIEW … AS") and its defaults.
// `defaults`: column, default, column, default … as they are stored.
bool sameView(const std::string& said, const std::string& head, const std::string& stored,
              const std::vector<std::string>& defaults);

// `'x'::character varying` → `'x'`, `'-1'::integer` → `-1`: a default as isPlainDefault() knows it;
// anything else as it is.
std::string plainDefault(std::string_view stored);

}  // namespace cambium::dialect::postgres
