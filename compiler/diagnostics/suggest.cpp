#include "compiler/diagnostics/suggest.h"

#include <algorithm>

#include "llvm/ADT/StringRef.h"

namespace cambium {

namespace {

// Damerau-Levenshtein distance (neighbouring letters may be swapped), or limit + 1 when it is more
// than `limit`.
size_t distance(std::string_view a, std::string_view b, size_t limit) {
  const size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit) return limit + 1;
  std::vector<size_t> beforeLast(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    size_t best = row[0];
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], beforeLast[j - 2] + 1);
      best = std::min(best, row[j]);
    }
    if (best > limit) return limit + 1;
    std::swap(beforeLast, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::vector<std::string> suggestions(std::string_view written,
                                     const std::vector<std::string_view>& existing) {
  constexpr size_t kMost = 3;
  const std::string lower = llvm::StringRef(written).lower();
  const size_t limit = std::max<size_t>(1, written.size() / 3);
  std::vector<std::pair<size_t, std::string_view>> near;
  for (const std::string_view name : existing) {
    if (name.empty() || name == written) continue;
    const auto known = [&](const auto& entry) { return entry.second == name; };
    if (std::any_of(near.begin(), near.end(), known)) continue;
    const size_t d = distance(lower, llvm::StringRef(name).lower(), limit);
    // A name that shares no letter with what was written is not what was meant.
    if (d <= limit && d < std::max(written.size(), name.size())) near.emplace_back(d, name);
  }
  std::stable_sort(near.begin(), near.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (const auto& [d, name] : near) {
    if (names.size() == kMost) break;
    names.emplace_back(name);
  }
  return names;
}

std::string didYouMean(const std::vector<std::string>& candidates) {
  if (candidates.empty()) return "";
  std::string text = "did you mean ";
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (i > 0) text += i + 1 == candidates.size() ? " or " : ", ";
    text += "`" + candidates[i] + "`";
  }
  return text + "?";
}

}  // namespace cambium
