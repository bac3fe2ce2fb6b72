// plugins/sqlite/canonical.h: one spelling of SQL that others wrote: names of columns in double
// quotes, other names and keywords as they are, comments gone, blanks made one. What introspection
// reads and what lowering writes must agree on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/sqlite/tokens.h"

namespace cambium::dialect::sqlite {

// The tokens from `begin` to `end`. `columns`: of the table `table`, as they are spelled there.
std::string canonicalText(const std::vector<Token>& tokens, size_t begin, size_t end,
                          std::string_view table, const std::vector<std::string>& columns);

bool isReserved(std::string_view word);

}  // namespace cambium::dialect::sqlite
