// base/words.h: names taken apart into words.
#pragma once

#include <string>
#include <string_view>

namespace cambium {

// "OrderLine" → "order_line", "HTTPServer" → "http_server". ASCII letters only; the rest stays.
std::string snakeCase(std::string_view name);

}  // namespace cambium
