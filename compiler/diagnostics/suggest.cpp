#include "compiler/diagnostics/suggest.h"

#include <algorithm>
#include <cctype>

namespace cambium {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Damerau-Levenshtein distance in its "optimal string alignment" form (a pair of neighbours swapped counts one), or limit + 1.
size_t distance(const std::string& a, const std::string& b, size_t limit) {
  if (a.size() > b.size() + limit || b.size() > a.size() + limit) return limit + 1;
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

std::vector<std::string> suggestions(std::string_view written,
                                     const std::vector<std::string_view>& existing) {
  const size_t limit = std::max<size_t>(1, written.size() / 3);
  const std::string wanted = lower(written);
  std::vector<std::pair<size_t, std::string>> found;
  for (const std::string_view candidate : existing) {
    const size_t d = distance(wanted, lower(candidate), limit);
    if (d <= limit) found.emplace_back(d, candidate);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  if (found.size() > 3) found.resize(3);
  std::vector<std::string> out;
  for (auto& [d, name] : found)
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
  return out;
}

std::string didYouMean(const std::vector<std::string>& candidates) {
  if (candidates.empty()) return "";
  std::string out = "did you mean `" + candidates[0] + "`";
  for (size_t i = 1; i < candidates.size(); ++i)
    out += (i + 1 == candidates.size() ? " or `" : ", `") + candidates[i] + "`";
  return out + "?";
}

}  // namespace cambium
