// runtime/db/url.h: what the URLs of all databases share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cambium::db {

// "a%20b" → "a b". Nothing where a % is not followed by two hexadecimal digits, or by those of 0.
std::optional<std::string> percentDecoded(std::string_view);

}  // namespace cambium::db
