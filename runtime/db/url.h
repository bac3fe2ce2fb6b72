// runtime/db/url.h: what the URLs of all databases share.
#pragma once

#include <string>
#include <string_view>

namespace cambium::db {

// "a%20b" → "a b". A % that no two hexadecimal digits follow stays.
std::string percentDecoded(std::string_view);

}  // namespace cambium::db
