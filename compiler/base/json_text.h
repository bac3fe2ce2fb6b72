// base/json_text.h: how a text is written in JSON.
#pragma once

#include <string>
#include <string_view>

namespace cambium {

// In: UTF-8. Out: a JSON string with its quotes; control characters are escaped, shortly where JSON
// has a short form, everything else stands as it is.
std::string jsonQuoted(std::string_view text);
void appendJsonQuoted(std::string& out, std::string_view text);

}  // namespace cambium
