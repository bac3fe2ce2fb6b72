#include "compiler/catalog/kept.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/names.h"

namespace cambium::catalog {

std::string keptName(int64_t run, size_t number, std::string_view what, size_t maxBytes) {
  constexpr size_t kLeast = 40, kRoom = 4;
  return cutName(fmt::format("{}{}_{}_{}", kKeptPrefix, run, number, what),
                 std::max(maxBytes, kLeast + kRoom) - kRoom);
}

bool isKeptName(std::string_view name) {
  return folded(name.substr(0, kKeptPrefix.size())) == kKeptPrefix;
}

}  // namespace cambium::catalog
