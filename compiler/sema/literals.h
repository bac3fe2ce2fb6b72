// sema/literals.h: the texts of literals. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/ir/type.h"
#include "compiler/syntax/tree.h"

namespace cambium::sema {

// A number as written: digits before and behind the point, without underscores and superfluous
// zeros.
struct Number {
  bool negative = false;
  std::string integer = "0";
  std::string fraction;
  std::string exponent;  // "" = none
  std::string text() const;
};

Number parseNumber(std::string_view written);
bool isWhole(const Number& n);
// Whether a whole number lies in the range of an integer type.
bool fitsInteger(const Number& n, ir::Scalar scalar);
// Whether it can be written with that many digits.
bool fitsDecimal(const Number& n, unsigned precision, unsigned scale);

// The canonical text of a uuid, date, time, timestamp or datetime; nothing if `text` is none.
std::optional<std::string> canonicalText(std::string_view text, ir::Scalar scalar);
// "YYYY-MM-DD" and the like: what such a text looks like.
std::string_view example(ir::Scalar scalar);

// The largest unit that divides it: "60s" → "1m".
std::string canonicalDuration(std::string_view written);
// Milliseconds; nothing when it overflows.
std::optional<uint64_t> durationMilliseconds(std::string_view written);

// JSON as written in a model (comments, trailing commas, raw strings) → compact JSON.
std::string compactJson(std::string_view written);

// The JSON that a literal stands for; nothing for anything else.
std::optional<std::string> jsonOf(const syntax::SyntaxTree& tree, syntax::ExprId id);

size_t codePoints(std::string_view text);

}  // namespace cambium::sema
