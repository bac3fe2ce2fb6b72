#include "compiler/dialect/cells.h"

#include <charconv>

namespace cambium::dialect {

std::string textAt(const Row& row, size_t index) {
  return index < row.size() ? row[index].value_or("") : "";
}

std::optional<int64_t> wholeAt(const Row& row, size_t index) {
  const std::string digits = textAt(row, index);
  const char* end = digits.data() + digits.size();
  int64_t value = 0;
  const auto read = std::from_chars(digits.data(), end, value);
  return read.ec == std::errc{} && read.ptr == end && !digits.empty() ? std::optional(value)
                                                                      : std::nullopt;
}

}  // namespace cambium::dialect
