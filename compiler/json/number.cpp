#include "compiler/json/number.h"

#include <algorithm>
#include <charconv>

namespace cambium::json {
namespace {

bool digit(char ch) {
  return ch >= '0' && ch <= '9';
}

// a mod b, of whole numbers written without leading zeros: schoolbook division.
std::string remainder(const std::string& a, const std::string& b) {
  const auto less = [](const std::string& x, const std::string& y) {
    return x.size() != y.size() ? x.size() < y.size() : x < y;
  };
  std::string rest;
  for (const char next : a) {
    if (!rest.empty() || next != '0') rest += next;
    while (!less(rest, b)) {
      int borrow = 0;
      for (size_t i = 0; i < rest.size(); ++i) {
        const size_t at = rest.size() - 1 - i;
        int value = rest[at] - '0' - borrow - (i < b.size() ? b[b.size() - 1 - i] - '0' : 0);
        borrow = value < 0;
        rest[at] = char('0' + value + 10 * borrow);
      }
      const auto first = rest.find_first_not_of('0');
      rest = first == std::string::npos ? "" : rest.substr(first);
    }
  }
  return rest;
}

}  // namespace

std::optional<Number> parseNumber(std::string_view text) {
  constexpr size_t kMostDigits = 1000;
  constexpr int kFarthest = 1000;
  Number n;
  size_t at = 0;
  const auto here = [&] { return at < text.size() ? text[at] : '\0'; };
  if (here() == '-') n.negative = true, ++at;
  const size_t whole = at;
  while (digit(here())) n.digits += text[at++];
  if (at == whole || (text[whole] == '0' && at > whole + 1)) return std::nullopt;
  n.exponent = int(std::min(n.digits.size(), kMostDigits + 1));
  if (here() == '.') {
    const size_t first = ++at;
    while (digit(here())) n.digits += text[at++];
    if (at == first) return std::nullopt;
  }
  if (here() == 'e' || here() == 'E') {
    ++at;
    if (here() == '+') ++at;
    int exponent = 0;
    const auto [end, error] =
        std::from_chars(text.data() + at, text.data() + text.size(), exponent);
    if (error != std::errc{} || std::abs(exponent) > kFarthest) return std::nullopt;
    n.exponent += exponent;
    at = size_t(end - text.data());
  }
  if (at != text.size() || n.digits.size() > kMostDigits) return std::nullopt;
  const auto first = n.digits.find_first_not_of('0');
  if (first == std::string::npos) return Number{};
  n.exponent -= int(first);
  n.digits = n.digits.substr(first, n.digits.find_last_not_of('0') + 1 - first);
  return n;
}

Number numberOf(size_t value) {
  return *parseNumber(std::to_string(value));
}

std::string Number::text() const {
  constexpr int kWrittenOut = 21;
  if (isZero()) return "0";
  const int size = int(digits.size());
  std::string out = negative ? "-" : "";
  if (exponent > kWrittenOut || exponent < -6) {
    out += digits.substr(0, 1);
    if (size > 1) out += "." + digits.substr(1);
    return out + "e" + std::to_string(exponent - 1);
  }
  if (exponent <= 0) return out + "0." + std::string(size_t(-exponent), '0') + digits;
  if (exponent >= size) return out + digits + std::string(size_t(exponent - size), '0');
  return out + digits.substr(0, size_t(exponent)) + "." + digits.substr(size_t(exponent));
}

int compare(const Number& a, const Number& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  const int sign = a.negative ? -1 : 1;
  if (a.isZero() || b.isZero()) return sign * (int(b.isZero()) - int(a.isZero()));
  if (a.exponent != b.exponent) return a.exponent < b.exponent ? -sign : sign;
  return sign * a.digits.compare(b.digits);
}

bool isMultiple(const Number& a, const Number& b) {
  if (a.isZero()) return true;
  // Both as whole numbers of the same unit.
  const int unitA = a.exponent - int(a.digits.size()), unitB = b.exponent - int(b.digits.size());
  const int unit = std::min(unitA, unitB);
  const std::string x = a.digits + std::string(size_t(unitA - unit), '0');
  const std::string y = b.digits + std::string(size_t(unitB - unit), '0');
  return remainder(x, y).empty();
}

}  // namespace cambium::json
