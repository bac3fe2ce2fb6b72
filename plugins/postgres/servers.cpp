#include "plugins/postgres/servers.h"

#include <fmt/core.h>

#include <algorithm>

namespace cambium::dialect::postgres {
namespace {

bool buildsBesideWriters(const Emitted* step) {
  return std::ranges::any_of(step->statements, [](const std::string& sql) {
    return sql.starts_with("CREATE ") && sql.find("INDEX CONCURRENTLY ") != std::string::npos;
  });
}

}  // namespace

std::string faultOf(int release, std::span<const Emitted* const> steps) {
  // 14.4 mended that an index built CONCURRENTLY could lack rows that were written meanwhile.
  constexpr int kFirst = 140000, kMended = 140004;
  if (release < kFirst || release >= kMended || std::ranges::none_of(steps, buildsBesideWriters))
    return {};
  return fmt::format(
      "PostgreSQL 14.{} may leave rows out of an index that is built beside writers: update the "
      "server to 14.4 or later",
      release - kFirst);
}

}  // namespace cambium::dialect::postgres
