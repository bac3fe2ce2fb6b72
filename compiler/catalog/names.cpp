// The names that a fresh build derives.
#include <algorithm>
#include <cctype>

#include "compiler/base/sha256.h"
#include "compiler/catalog/lower.h"

namespace cambium::catalog {

namespace {

bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool isLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// OrderLine → order_line, HTTPServer → http_server, Track2 → track2.
std::string snakeCase(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (isUpper(c) && i > 0 && name[i - 1] != '_') {
      const bool afterWord = isLowerOrDigit(name[i - 1]);
      const bool beforeWord = isUpper(name[i - 1]) && i + 1 < name.size() && name[i + 1] >= 'a' && name[i + 1] <= 'z';
      if (afterWord || beforeWord) out += '_';
    }
    out += isUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

bool endsWith(const std::string& text, std::string_view ending) {
  return text.size() >= ending.size() && text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

// The regular English plural; whoever wants another says @table.
std::string plural(std::string name) {
  for (const char* sibilant : {"s", "x", "z", "ch", "sh"})
    if (endsWith(name, sibilant)) return name + "es";
  if (name.size() > 1 && name.back() == 'y' && std::string_view("aeiou").find(name[name.size() - 2]) == std::string_view::npos) {
    name.pop_back();
    return name + "ies";
  }
  return name + "s";
}

}  // namespace

std::string tableName(const ir::Entity& entity, ir::Naming naming) {
  if (!entity.table.empty()) return entity.table;
  switch (naming) {
    case ir::Naming::snakeCase: return snakeCase(entity.name);
    case ir::Naming::plural: return plural(snakeCase(entity.name));
    case ir::Naming::asWritten: return entity.name;
  }
  return entity.name;
}

std::string derivedName(std::string_view prefix, const std::vector<std::string>& parts, size_t limit) {
  std::string name(prefix);
  for (const std::string& part : parts) name += (name.empty() ? "" : "_") + part;
  constexpr size_t kHash = 8;
  if (limit == 0 || name.size() <= limit) return name;
  size_t kept = limit > kHash + 1 ? limit - kHash - 1 : 0;
  // Never cut inside a UTF-8 sequence.
  while (kept > 0 && (static_cast<unsigned char>(name[kept]) & 0xC0) == 0x80) --kept;
  return name.substr(0, kept) + "_" + sha256Hex(name).substr(0, kHash);
}

}  // namespace cambium::catalog
