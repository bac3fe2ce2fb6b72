#include "compiler/base/semver.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

namespace cambium {
namespace {

struct Semver {
  std::array<uint64_t, 3> numbers{};
  std::vector<std::string_view> pre;
};

bool isIdentifierList(std::string_view text, bool numbersWithoutLeadingZero) {
  while (true) {
    const auto dot = text.find('.');
    const auto part = text.substr(0, dot);
    if (part.empty()) return false;
    bool digits = true;
    for (const char ch : part) {
      const bool digit = ch >= '0' && ch <= '9';
      const bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '-';
      if (!digit && !letter) return false;
      digits = digits && digit;
    }
    if (numbersWithoutLeadingZero && digits && part.size() > 1 && part[0] == '0') return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::optional<Semver> parseSemver(std::string_view text) {
  Semver out;
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    if (!isIdentifierList(text.substr(plus + 1), false)) return std::nullopt;
    text = text.substr(0, plus);
  }
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    auto pre = text.substr(dash + 1);
    if (!isIdentifierList(pre, true)) return std::nullopt;
    text = text.substr(0, dash);
    for (size_t dot; (dot = pre.find('.')) != std::string_view::npos; pre.remove_prefix(dot + 1))
      out.pre.push_back(pre.substr(0, dot));
    out.pre.push_back(pre);
  }
  for (size_t i = 0; i < 3; ++i) {
    const auto dot = text.find('.');
    if ((i < 2) == (dot == std::string_view::npos)) return std::nullopt;
    const auto part = text.substr(0, dot);
    const auto [end, error] =
        std::from_chars(part.data(), part.data() + part.size(), out.numbers[i]);
    if (error != std::errc{} || end != part.data() + part.size()) return std::nullopt;
    if (part.size() > 1 && part[0] == '0') return std::nullopt;
    if (dot != std::string_view::npos) text.remove_prefix(dot + 1);
  }
  return out;
}

// Numbers before words, numbers by value, words by bytes.
int compareIdentifiers(std::string_view a, std::string_view b) {
  const auto numeric = [](std::string_view t) {
    return std::ranges::all_of(t, [](char ch) { return ch >= '0' && ch <= '9'; });
  };
  if (numeric(a) != numeric(b)) return numeric(a) ? -1 : 1;
  if (numeric(a) && a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

}  // namespace

bool isSemver(std::string_view text) {
  return parseSemver(text).has_value();
}

int compareSemver(std::string_view a, std::string_view b) {
  const auto x = parseSemver(a), y = parseSemver(b);
  if (!x || !y) return a.compare(b);
  if (x->numbers != y->numbers) return x->numbers < y->numbers ? -1 : 1;
  if (x->pre.empty() || y->pre.empty()) return int(x->pre.empty()) - int(y->pre.empty());
  for (size_t i = 0; i < std::min(x->pre.size(), y->pre.size()); ++i)
    if (const int order = compareIdentifiers(x->pre[i], y->pre[i])) return order;
  return x->pre.size() < y->pre.size() ? -1 : x->pre.size() > y->pre.size();
}

}  // namespace cambium
