#include "compiler/diagnostics/place.h"

#include <fmt/core.h>

#include <algorithm>

namespace cambium {

Place placeOf(const SourceFile& file, uint32_t offset) {
  offset = std::min(offset, static_cast<uint32_t>(file.text().size()));
  const LineColumn at = file.lineColumn(offset);
  std::string_view before = file.text().substr(offset - (at.column - 1), at.column - 1);
  if (at.line == 1 && before.substr(0, 3) == "\xEF\xBB\xBF") before.remove_prefix(3);
  const auto starts = std::count_if(before.begin(), before.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // not a continuation byte
  });
  return {at.line, static_cast<uint32_t>(starts) + 1, offset};
}

std::string placeText(const SourceMap& sources, Span span) {
  const Place place = placeOf(sources[span.file], span.begin);
  return fmt::format("{}:{}:{}", sources[span.file].name(), place.line, place.column);
}

}  // namespace cambium
