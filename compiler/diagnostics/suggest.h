// diagnostics/suggest.h: "did you mean …?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cambium {

// In: what was written, and what exists (of the same kind). Out: at most three candidates within
// Damerau-Levenshtein distance max(1, length/3), nearest first, ties in the order given.
// Case-insensitive equality is distance 0.
std::vector<std::string> suggestions(std::string_view written,
                                     const std::vector<std::string_view>& existing);

// "did you mean `a`?", "did you mean `a` or `b`?"; empty when there is nothing to suggest.
std::string didYouMean(const std::vector<std::string>& candidates);

}  // namespace cambium
