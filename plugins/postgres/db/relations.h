// plugins/postgres/db/relations.h: SQL over the server's catalog, as parts of the queries that read
// it: over a row `c` of pg_class, and `i` of pg_index.
#pragma once

#include <string>
#include <string_view>

namespace cambium::dialect::postgres {

// The session's schema. In a query of its own the server asks for it once, not for each row.
inline constexpr std::string_view kHere =
    "(SELECT pg_catalog.quote_ident(pg_catalog.current_schema())::regnamespace)";

// Its name, behind that of its schema if that is not the session's.
std::string relationName();
// That schema; NULL for the session's.
std::string faceSchema();
// The comment on an object, NULL if it has none. The server's own functions for this are written in
// SQL and planned again in each query that calls them.
std::string commentOf(const char* oid, const char* catalog, const char* column = "0");
// Whether it is in the session's schema and not one of our own tables, or in one of the schemas of
// its versions' faces.
std::string inSchemas();
// What stands behind each part of an index, as `indexWords` says it; the order is told apart.
std::string indexPartWords();

}  // namespace cambium::dialect::postgres
