// plugins/postgres/db/rows.h: cells of the server's catalog, which come as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/dialect/session.h"

namespace cambium::dialect::postgres {

std::string text(const Row&, size_t index);  // "" = NULL, or no such cell
bool flag(const Row&, size_t index);         // a boolean
// {1,2,3} → "1" "2" "3"
std::vector<std::string> numbers(std::string_view array);
// The strings of a JSON list as the server writes it.
std::vector<std::string> jsonTexts(std::string_view json);
// What a reference does: the letter of pg_constraint → "SET NULL".
std::string actionOf(const std::string& letter);
// "CHECK (…) NOT VALID" → what is in the parentheses.
std::string insideCheck(std::string_view definition);

}  // namespace cambium::dialect::postgres
