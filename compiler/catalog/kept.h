// catalog/kept.h: what a plan takes away and the database keeps for a time. A table is kept as a
// table, a column as a column of its table or, where the database makes its tables anew, as a table
// of the keys and their values. Nobody but us looks at it: introspection names it in
// Catalog::kept, and leaves it out of everything else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cambium::catalog {

// How all of their names begin.
inline constexpr std::string_view kKeptPrefix = "cambium_kept_";
// All that a probe says of one that is there.
inline constexpr std::string_view kKept = "kept";

// "cambium_kept_7_2_nickname": the second thing that run 7 keeps. Short enough that four bytes more
// are still a name.
std::string keptName(int64_t run, size_t number, std::string_view what, size_t maxBytes);
bool isKeptName(std::string_view name);  // whatever the case of its letters

}  // namespace cambium::catalog
