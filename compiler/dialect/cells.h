// dialect/cells.h: cells of a result, which come as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/dialect/session.h"

namespace cambium::dialect {

std::string textAt(const Row&, size_t index);  // "" = NULL, or no such cell
// Nothing for what is not a whole number from end to end.
std::optional<int64_t> wholeAt(const Row&, size_t index);

}  // namespace cambium::dialect
