#include "cli/text_diff.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

namespace cambium::cli {

namespace {

constexpr size_t kContext = 3;
// Beyond this much difference a table of all pairs costs too much: then everything between is shown
// as replaced.
constexpr size_t kMostCells = 16'000'000;

std::vector<std::string_view> lines(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

struct Line {
  char sign;
  std::string_view text;
};

// The lines of both texts in order; the longest common subsequence has no sign.
std::vector<Line> align(const std::vector<std::string_view>& a,
                        const std::vector<std::string_view>& b) {
  size_t head = 0, tail = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
    ++tail;
  const size_t rows = a.size() - head - tail, columns = b.size() - head - tail;
  std::vector<Line> out;
  for (size_t i = 0; i < head; ++i) out.push_back({' ', a[i]});
  size_t i = 0, j = 0;
  if (rows * columns <= kMostCells) {
    std::vector<uint32_t> common((rows + 1) * (columns + 1));
    const auto at = [&](size_t row, size_t column) -> uint32_t& {
      return common[row * (columns + 1) + column];
    };
    for (size_t row = rows; row-- > 0;)
      for (size_t column = columns; column-- > 0;)
        at(row, column) = a[head + row] == b[head + column]
                              ? at(row + 1, column + 1) + 1
                              : std::max(at(row + 1, column), at(row, column + 1));
    while (i < rows && j < columns) {
      if (a[head + i] == b[head + j]) {
        out.push_back({' ', a[head + i++]});
        ++j;
      } else if (at(i + 1, j) >= at(i, j + 1)) {
        out.push_back({'-', a[head + i++]});
      } else {
        out.push_back({'+', b[head + j++]});
      }
    }
  }
  for (; i < rows; ++i) out.push_back({'-', a[head + i]});
  for (; j < columns; ++j) out.push_back({'+', b[head + j]});
  for (size_t k = 0; k < tail; ++k) out.push_back({' ', a[a.size() - tail + k]});
  return out;
}

}  // namespace

std::string unifiedDiff(std::string_view before, std::string_view after, std::string_view name) {
  if (before == after) return "";
  const auto all = align(lines(before), lines(after));
  std::string out = fmt::format("--- {}\n+++ {}\n", name, name);
  size_t oldLine = 1, newLine = 1, at = 0;
  const auto count = [&](size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) {
      oldLine += all[i].sign != '+';
      newLine += all[i].sign != '-';
    }
  };
  while (at < all.size()) {
    size_t first = at;
    while (first < all.size() && all[first].sign == ' ') ++first;
    if (first == all.size()) break;
    // A hunk goes on while changes are near each other.
    size_t last = first;
    for (size_t i = first; i < all.size() && i <= last + 2 * kContext; ++i)
      if (all[i].sign != ' ') last = i;
    const size_t begin = first - std::min(first - at, kContext);
    const size_t end = std::min(last + 1 + kContext, all.size());
    count(at, begin);
    const size_t oldStart = oldLine, newStart = newLine;
    count(begin, end);
    const size_t oldCount = oldLine - oldStart, newCount = newLine - newStart;
    out += fmt::format("@@ -{},{} +{},{} @@\n", oldCount == 0 ? oldStart - 1 : oldStart, oldCount,
                       newCount == 0 ? newStart - 1 : newStart, newCount);
    for (size_t i = begin; i < end; ++i) out += fmt::format("{}{}\n", all[i].sign, all[i].text);
    at = end;
  }
  // What differs only in the line end of the last line has no hunk.
  return out.find("@@") == std::string::npos ? out + "\\ line ends differ\n" : out;
}

}  // namespace cambium::cli
