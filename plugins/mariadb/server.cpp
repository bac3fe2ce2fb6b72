// Which server it is that answered, from what it says of itself.
#include <fmt/core.h>

#include <cstdio>

#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

struct Version {
  unsigned major = 0, minor = 0, patch = 0;
  auto operator<=>(const Version&) const = default;
};

bool has(std::string_view text, std::string_view part) {
  return lowered(text).find(part) != std::string::npos;
}

}  // namespace

FoundServer serverOf(std::string_view version, std::string_view comment) {
  constexpr Version kOldestMariadb{10, 10, 0}, kOldestMysql{8, 0, 17};
  FoundServer out;
  // "10.11.19-MariaDB-0+deb12u1", "8.0.36-28", "8.4.3"
  out.version = version.substr(0, version.find('-'));
  // What speaks the protocol, and is neither.
  for (const std::string_view other : {"tidb", "oceanbase", "vitess", "memsql", "singlestore"}) {
    if (!has(version, other) && !has(comment, other)) continue;
    out.refusal = fmt::format("the server is neither MariaDB nor MySQL ({} {})", comment, version);
    return out;
  }
  const bool mariadb = has(version, "mariadb");
  out.server = mariadb ? Server::mariadb : Server::mysql;
  out.product = fmt::format("{} {}", mariadb ? "MariaDB" : "MySQL", out.version);
  Version is;
  const int read = std::sscanf(out.version.c_str(), "%u.%u.%u", &is.major, &is.minor, &is.patch);
  if (read >= 2 && is >= (mariadb ? kOldestMariadb : kOldestMysql)) return out;
  out.refusal = mariadb
                    ? fmt::format(
                          "{} is too old: 10.10 is the first with all that is used here (the type "
                          "uuid, random_bytes())",
                          out.product)
                    : fmt::format(
                          "{} is too old: 8.0.17 is the first with all that is used here (the "
                          "collation {}, CAST to DOUBLE, checks that hold)",
                          out.product, collationOf(Server::mysql));
  return out;
}

}  // namespace cambium::dialect::mariadb
