// catalog/names.h: how names of the model become names in a database, and how two of them are found
// to be one.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/words.h"

namespace cambium::catalog {

using cambium::snakeCase;

// "order_line" → "order_lines", "category" → "categories".
std::string pluralOf(std::string_view name);
// At most `limit` bytes: a longer name keeps its beginning and ends in a hash of the whole.
std::string cutName(std::string name, size_t limit);
// ASCII letters in lower case: databases compare names without case.
std::string folded(std::string_view name);

}  // namespace cambium::catalog
