#include "runtime/db/url.h"

#include <charconv>

namespace cambium::db {

std::string percentDecoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char value = 0;
    const char* const digits = text.data() + i + 1;
    const bool encoded = text[i] == '%' && i + 2 < text.size() &&
                         std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
    out += encoded ? static_cast<char>(value) : text[i];
    if (encoded) i += 2;
  }
  return out;
}

}  // namespace cambium::db
