#include "compiler/catalog/names.h"

#include "compiler/base/sha256.h"
#include "compiler/catalog/lower.h"

namespace cambium::catalog {

namespace {

bool isUpper(char c) {
  return c >= 'A' && c <= 'Z';
}
char toLower(char c) {
  return isUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

bool endsInConsonantAndY(std::string_view name) {
  constexpr std::string_view vowels = "aeiou";
  return name.size() > 1 && toLower(name.back()) == 'y' &&
         vowels.find(toLower(name[name.size() - 2])) == vowels.npos;
}

constexpr size_t kHashDigits = 8;

}  // namespace

std::string pluralOf(std::string_view name) {
  std::string out(name);
  if (endsInConsonantAndY(out)) {
    out.pop_back();
    return out + "ies";
  }
  const std::string low = folded(out);
  for (const std::string_view hissing : {"s", "x", "z", "ch", "sh"})
    if (low.ends_with(hissing)) return out + "es";
  return out + "s";
}

std::string cutName(std::string name, size_t limit) {
  if (name.size() <= limit) return name;
  const std::string hash = sha256Hex(name).substr(0, kHashDigits);
  size_t keep = limit > kHashDigits + 1 ? limit - kHashDigits - 1 : 0;
  while (keep > 0 && (static_cast<unsigned char>(name[keep]) & 0xC0) == 0x80)
    --keep;  // not within a character
  name.resize(keep);
  return (name + "_" + hash).substr(0, limit);
}

std::string folded(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = toLower(c);
  return out;
}

std::string tableName(const ir::Entity& entity, ir::Naming naming) {
  if (!entity.table.empty()) return entity.table;
  // A junction is called after what it joins: `Product.labels`.
  if (const size_t dot = entity.name.find('.'); dot != entity.name.npos) {
    const std::string owner = entity.name.substr(0, dot), member = entity.name.substr(dot + 1);
    return naming == ir::Naming::asWritten ? owner + "_" + member
                                           : snakeCase(owner) + "_" + snakeCase(member);
  }
  switch (naming) {
    case ir::Naming::snakeCase: return snakeCase(entity.name);
    case ir::Naming::plural: return pluralOf(snakeCase(entity.name));
    case ir::Naming::asWritten: return entity.name;
  }
  return entity.name;
}

std::string derivedName(std::string_view prefix, const std::vector<std::string>& parts,
                        size_t limit) {
  std::string name(prefix);
  for (const std::string& part : parts) name += (name.empty() ? "" : "_") + part;
  return cutName(std::move(name), limit);
}

}  // namespace cambium::catalog
