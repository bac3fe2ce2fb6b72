// diagnostics/place.h: a byte offset as people and editors count it. One conversion for all
// renderers.
#pragma once

#include <string>

#include "compiler/source/source.h"

namespace cambium {

// One-based line and column in code points (a byte order mark is not counted), and the byte offset
// in the file.
struct Place {
  uint32_t line = 1;
  uint32_t column = 1;
  uint32_t byte = 0;
};

// An offset behind the end is taken as the end.
Place placeOf(const SourceFile&, uint32_t offset);

// "orders.cam:3:17"; `span` must be valid.
std::string placeText(const SourceMap&, Span span);

}  // namespace cambium
