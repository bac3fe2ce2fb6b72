#include "runtime/db/url.h"

#include <charconv>

namespace cambium::db {

std::optional<std::string> percentDecoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned char value = 0;
    const char* const digits = text.data() + i + 1;
    const bool encoded =
        i + 2 < text.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
    if (!encoded || value == 0) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

}  // namespace cambium::db
