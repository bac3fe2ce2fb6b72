// plugins/sqlite/db/schema_parser.h: what a stored CREATE statement says and the pragmas do not.
// In: the text from sqlite_schema. Out: the table or index in canonical form (names in double
// quotes and in the case of their declaration, one space for any white space, no comments), or why
// the catalog cannot hold it (`why`): the object is then kept whole, as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/catalog.h"

namespace cambium::dialect::sqlite {

struct ParsedTable {
  catalog::Table
      table;  // without CREATE INDEX indexes; a foreign key without named columns has none
  std::vector<std::string> declaredTypes;  // by column, without COLLATE
  std::string why;
};
ParsedTable parseTable(std::string_view sql);

struct ParsedIndex {
  catalog::Index index;
  std::string why;
};
// `table` gives the columns that the index may name.
ParsedIndex parseIndex(std::string_view sql, const catalog::Table& table);

}  // namespace cambium::dialect::sqlite
