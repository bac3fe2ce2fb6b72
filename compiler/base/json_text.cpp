#include "compiler/base/json_text.h"

#include <fmt/core.h>

namespace cambium {

void appendJsonQuoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else
          out += c;
    }
  }
  out += '"';
}

std::string jsonQuoted(std::string_view text) {
  std::string out;
  appendJsonQuoted(out, text);
  return out;
}

}  // namespace cambium
