// json/number.h: a number of a JSON text, exactly as it is there: no value goes through a double.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cambium::json {

// 0.<digits> · 10^exponent, with a sign. Digits neither begin nor end with 0; zero has none and is
// not negative.
struct Number {
  bool negative = false;
  std::string digits;
  int exponent = 0;

  bool isZero() const { return digits.empty(); }
  bool isInteger() const { return exponent >= int(digits.size()); }
  std::string text() const;  // canonical: equal numbers have equal texts
  friend bool operator==(const Number&, const Number&) = default;
};

// Nothing if it is no number of JSON, or has an exponent or more digits than anybody means.
std::optional<Number> parseNumber(std::string_view text);
Number numberOf(size_t value);

// <0, 0, >0
int compare(const Number& a, const Number& b);
// Whether a / b is a whole number; b is not zero.
bool isMultiple(const Number& a, const Number& b);

}  // namespace cambium::json
