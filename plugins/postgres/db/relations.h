// plugins/postgres/db/relations.h: SQL over the server's catalog, as parts of the queries that read
// it: over a row `c` of pg_class, and `i` of pg_index.
#pragma once

#include <string>

namespace cambium::dialect::postgres {

// Its name, behind that of its schema if that is not the session's.
std::string relationName();
// That schema; NULL for the session's.
std::string faceSchema();
// Whether it is in the session's schema and not one of our own tables, or in one of the schemas of
// its versions' faces.
std::string inSchemas();
// What stands behind each part of an index, as `indexWords` says it; the order is told apart.
std::string indexPartWords();

}  // namespace cambium::dialect::postgres
