// tests/support/places.h: where the sources are, and what was built of them.
//
// Functions of one file: the paths are no flags of a test's compilation, so that clones share a
// compiler cache.
#pragma once

#include <string>

namespace cambium {

[[nodiscard]] const std::string& sourceDir();
[[nodiscard]] const std::string& binaryDir();

}  // namespace cambium
