#include "tests/conformance/agreement.h"

#include <llvm/Support/JSON.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace cambium::testing {
namespace {

using ir::Scalar;
using Kind = Value::Kind;

// Sessions answer with 15 digits of a double; a decimal of more digits is a double on some engines.
constexpr double kTolerance = 1e-14;

std::optional<double> numberOf(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return end && !*end && !text.empty() ? std::optional(value) : std::nullopt;
}

bool close(double a, double b, double tolerance) {
  return a == b || std::fabs(a - b) <= tolerance * std::max(std::fabs(a), std::fabs(b));
}

// "2024-01-31 12:34:56.789+00" and the like in the form of the language.
std::string canonicalMoment(std::string text, Scalar type) {
  if (type != Scalar::timestamp && type != Scalar::datetime) return text;
  if (text.size() < 19) return text;
  std::string out = text.substr(0, 19);
  out[10] = type == Scalar::timestamp ? 'T' : ' ';
  if (type == Scalar::datetime) return out;
  std::string fraction = "000";
  if (text.size() > 20 && text[19] == '.')
    for (size_t i = 0; i < 3 && 20 + i < text.size() && std::isdigit(text[20 + i]); ++i)
      fraction[i] = text[20 + i];
  return out + "." + fraction + "Z";
}

bool sameJson(const std::string& a, const std::string& b) {
  auto x = llvm::json::parse(a), y = llvm::json::parse(b);
  const bool both = x && y;
  const bool same = both && *x == *y;
  if (!x) llvm::consumeError(x.takeError());
  if (!y) llvm::consumeError(y.takeError());
  return same;
}

// Smaller than the smallest float that has all its digits.
bool isTooSmall(double real) {
  return real != 0 && std::fabs(real) < std::numeric_limits<double>::min();
}

bool readsFloats(const ir::Expr& e) {
  return e.type.scalar == Scalar::float32 || e.type.scalar == Scalar::float64 ||
         std::ranges::any_of(e.args, readsFloats);
}

// "1.50" and "1.5" are one number, "-0.0" is 0.
std::string plainDecimal(std::string text) {
  if (text.find('.') != std::string::npos) {
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

// An engine may refuse, say nothing, or go on with the number; it must not make up another one.
bool agreesOutside(const ir::Expr& e, double about, const std::optional<dialect::Value>& answer) {
  if (!answer || !*answer || about == 0 || !ir::isNumeric(e.type.scalar)) return true;
  if (std::isinf(about)) return true;
  const auto number = numberOf(**answer);
  if (isTooSmall(about)) return number && (*number == 0 || isTooSmall(*number));
  return number && close(*number, about, 1e-9);
}

// The text of a float is each engine's own; it reads back as the number.
bool isTextOfFloat(const ir::Expr& e) {
  return e.kind == ir::ExprKind::call && e.function == ir::Function::toStringFn &&
         (e.args[0].type.scalar == Scalar::float32 || e.args[0].type.scalar == Scalar::float64);
}

}  // namespace

bool agrees(const ir::Expr& e, const Value& expected, const std::optional<dialect::Value>& answer,
            bool exactDecimals) {
  if (expected.kind == Kind::outside) return agreesOutside(e, expected.real, answer);
  if (!answer) return false;
  if (expected.isNull() || !*answer) return expected.isNull() && !*answer;
  const std::string& text = **answer;
  switch (expected.kind) {
    case Kind::boolean: {
      const bool yes = text == "1" || text == "t" || text == "true";
      const bool no = text == "0" || text == "f" || text == "false";
      return expected.number ? yes : no;
    }
    case Kind::whole: {
      // Of a decimal the engine may write the digits that its type has.
      const size_t point = e.type.scalar == Scalar::decimal ? text.find('.') : std::string::npos;
      const bool zeros =
          point != std::string::npos && text.find_first_not_of('0', point + 1) == std::string::npos;
      return (zeros ? text.substr(0, point) : text) == toString(expected);
    }
    case Kind::decimal:
      if (exactDecimals && !readsFloats(e))
        return plainDecimal(text) == plainDecimal(toString(expected));
      [[fallthrough]];
    case Kind::real: {
      const auto number = numberOf(text);
      return number && close(*number, asDouble(expected), kTolerance);
    }
    case Kind::text: {
      if (isTextOfFloat(e)) {
        const auto number = numberOf(text), wanted = numberOf(expected.text);
        return number && wanted && close(*number, *wanted, kTolerance);
      }
      if (e.type.scalar == Scalar::json) return sameJson(text, expected.text);
      return canonicalMoment(text, e.type.scalar) == expected.text;
    }
    case Kind::bytes: return text == expected.text;
    case Kind::null:
    case Kind::outside: break;
  }
  return false;
}

bool agreesLoosely(const Value& expected, const std::optional<dialect::Value>& answer,
                   const Seen& seen, unsigned decimalDigits) {
  if (expected.kind == Kind::outside) return true;
  if (!answer) return false;
  if (expected.isNull() || !*answer) return expected.isNull() && !*answer;
  if (expected.kind != Kind::whole && expected.kind != Kind::decimal) return true;
  const auto number = numberOf(**answer);
  // A last digit that is wrong may make a half of what is none.
  const double unit = std::pow(10.0, -double(expected.scale));
  const double error = std::pow(10.0, 1 - double(decimalDigits)) * seen.largest + unit;
  return number && std::fabs(*number - asDouble(expected)) <= error;
}

}  // namespace cambium::testing
