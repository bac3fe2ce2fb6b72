// base/sha256.h: the digest that seals versions and plans.
#pragma once

#include <string>
#include <string_view>

namespace cambium {

// In: any bytes. Out: 64 lower-case hexadecimal digits.
std::string sha256Hex(std::string_view bytes);

}  // namespace cambium
