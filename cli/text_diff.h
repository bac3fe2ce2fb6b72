// cli/text_diff.h: two texts as a unified diff (three lines of context). Empty if they are equal.
#pragma once

#include <string>
#include <string_view>

namespace cambium::cli {

std::string unifiedDiff(std::string_view before, std::string_view after, std::string_view name);

}  // namespace cambium::cli
