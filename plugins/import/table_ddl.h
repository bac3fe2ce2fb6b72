// import/table_ddl.h: CREATE, ALTER, RENAME and DROP of tables and indexes as MySQL and SQLite
// spell them; each of the two says by TableDialect what its types mean and how it differs. A
// statement changes the Schema as it would change the database.
#pragma once

#include "plugins/import/import.h"
#include "plugins/import/sql_tokens.h"

namespace cambium::importing {

// `VARCHAR(40) UNSIGNED`, taken apart.
struct DeclaredType {
  std::string name;               // in lower case, its words with one blank between them
  std::vector<std::string> args;  // numbers, or the texts of an enum
  bool isUnsigned = false;
  bool counts = false;   // `IDENTITY(1, 1)`
  std::string spelling;  // as it was written, but for the case
};

struct TableDialect {
  Format format;
  std::string native;  // for @native
  TokenRules tokens;
  // Column `table.column` of that type; may add to the Schema (an enum).
  Type (*typeOf)(const DeclaredType&, const std::string& table, const std::string& column, Span,
                 Schema&);
  // After a table was made: what only the whole of it says.
  void (*settle)(Table&, Schema&);
  // The name that a constraint has if nobody gives it one.
  std::string (*foreignKeyName)(const Table&);
};

ReadSchema readTables(const SourceMap&, std::span<const FileId>, const TableDialect&);

}  // namespace cambium::importing
