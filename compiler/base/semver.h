// base/semver.h: semantic versions (semver.org 2.0.0).
#pragma once

#include <string_view>

namespace cambium {

bool isSemver(std::string_view text);
// Order of two valid semantic versions: <0, 0, >0; what follows a `+` does not count.
int compareSemver(std::string_view a, std::string_view b);

}  // namespace cambium
