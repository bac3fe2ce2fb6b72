#include "plugins/import/cam_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace cambium::importing {
namespace {

// Characters that are not shown, or turn the text around them: they may stand in a text as escapes
// only, and in a comment not at all. Returns their number of bytes, 0 = any other.
size_t hidden(std::string_view rest, unsigned& point) {
  const auto byte = [&](size_t i) {
    return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0u;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7F) return point = byte(0), 1;
  if (byte(0) == 0xC2 && byte(1) < 0xA0) return point = byte(1), 2;
  if ((byte(0) != 0xE2 && byte(0) != 0xEF) || rest.size() < 3) return 0;
  point = (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  const bool is = (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
                  (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF;
  return is ? 3 : 0;
}

}  // namespace

std::string camName(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kReserved = {
      "true", "false", "null", "and", "or", "not", "in", "is", "case"};
  const bool plain = std::ranges::find(kReserved, name) == kReserved.end();
  return plain ? std::string(name) : "`" + std::string(name) + "`";
}

std::string camTypeName(std::string_view name) {
  return name == "ref" || name == "many" ? "`" + std::string(name) + "`" : camName(name);
}

std::string camText(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    unsigned point = 0;
    const char c = text[i];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
      ++i;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
      ++i;
    } else if (const size_t bytes = hidden(text.substr(i), point)) {
      out += fmt::format("\\u{{{:X}}}", point);
      i += bytes;
    } else {
      out += c;
      ++i;
    }
  }
  return out + '"';
}

std::string camDoc(std::string_view text, std::string_view indent) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string line;
    for (size_t i = 0; i < end;) {
      unsigned point = 0;
      if (const size_t bytes = hidden(text.substr(i), point)) {
        if (!line.empty() && line.back() != ' ') line += ' ';
        i += bytes;
      } else {
        line += text[i++];
      }
    }
    while (line.ends_with(' ')) line.pop_back();
    out += std::string(indent) + "///" + (line.empty() ? "" : " ") + line + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string_view camAction(ir::RefAction action) {
  switch (action) {
    case ir::RefAction::restrict: return "restrict";
    case ir::RefAction::cascade: return "cascade";
    case ir::RefAction::setNull: return "set null";
    case ir::RefAction::setDefault: return "set default";
    case ir::RefAction::noAction: return "no action";
  }
  return "";
}

}  // namespace cambium::importing
