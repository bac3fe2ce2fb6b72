#include "compiler/syntax/escapes.h"

#include <algorithm>
#include <charconv>

#include "compiler/syntax/scanner.h"

namespace cambium::syntax {
namespace {

void appendUtf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += char(c);
  } else if (c < 0x800) {
    out += char(0xC0 | c >> 6);
    out += char(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += char(0xE0 | c >> 12);
    out += char(0x80 | (c >> 6 & 0x3F));
    out += char(0x80 | (c & 0x3F));
  } else {
    out += char(0xF0 | c >> 18);
    out += char(0x80 | (c >> 12 & 0x3F));
    out += char(0x80 | (c >> 6 & 0x3F));
    out += char(0x80 | (c & 0x3F));
  }
}

// The code point of `\u{…}` at `at`, and behind it; 0 if there is none.
uint32_t codePointAt(std::string_view body, size_t at, size_t& end) {
  const size_t close = body.find('}', at);
  if (close == std::string_view::npos || body.substr(at, 3) != "\\u{") return 0;
  uint32_t code = 0;
  const char* const last = body.data() + close;
  const auto [stopped, error] = std::from_chars(body.data() + at + 3, last, code, 16);
  if (error != std::errc{} || stopped != last || code > 0x10FFFF ||
      (code >= 0xD800 && code <= 0xDFFF))
    return 0;
  end = close + 1;
  return code;
}

}  // namespace

std::string unescaped(std::string_view body, std::vector<BadEscape>* bad) {
  std::string out;
  out.reserve(body.size());
  for (size_t at = 0; at < body.size();) {
    if (body[at] != '\\' || at + 1 == body.size()) {
      out += body[at++];
      continue;
    }
    size_t end = at + 2;
    switch (body[at + 1]) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'r': out += '\r'; break;
      case '\\':
      case '"': out += body[at + 1]; break;
      default:
        if (const uint32_t code = codePointAt(body, at, end)) {
          appendUtf8(out, code);
          break;
        }
        end = at + 1 + std::max<uint32_t>(1, decodeUtf8(body, at + 1).length);
        if (bad) bad->push_back({at, end - at});
    }
    at = end;
  }
  return out;
}

bool isClosed(std::string_view literal) {
  if (literal.size() < 2 || literal.back() != literal.front()) return false;
  size_t backslashes = 0;
  while (literal[literal.size() - 2 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 0;
}

}  // namespace cambium::syntax
