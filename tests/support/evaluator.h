// support/evaluator.h: what an expression means, written down without any database: the yardstick
// that tests/conformance holds the engines to. docs/expressions.md says the same in words.
// In: a checked expression, the values of the properties that it names. Out: its value.
// Functions that have no fixed answer (uuid, now, today, session) are not evaluated: std::abort.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/ir/expr.h"

namespace cambium::testing {

__extension__ using Int128 = __int128;

// One value. Which member counts follows from `kind`.
struct Value {
  enum class Kind : uint8_t {
    null,
    boolean,
    whole,    // of any integer type
    decimal,  // number / 10^scale
    real,
    text,    // also enum members, uuid, date, time, timestamp, datetime, json: canonical text
    bytes,   // `text` holds them
    outside  // beyond what the type of the expression can hold: an engine may refuse, answer
             // null, or go on with a number that is about `real`; it must not answer a value of
             // the type that is something else
  };
  Kind kind = Kind::null;
  Int128 number = 0;  // boolean, whole, decimal
  unsigned scale = 0;
  double real = 0;
  std::string text;

  bool isNull() const { return kind == Kind::null; }
  static Value null() { return {}; }
  static Value boolean(bool b);
  static Value whole(Int128 n);
  static Value decimal(Int128 n, unsigned scale);
  static Value ofReal(double r);
  static Value ofText(std::string t);
  static Value outside(double about);
};

// The value that a literal's canonical text stands for.
Value valueOf(const std::string& text, const ir::Type& type);
std::string toString(const Value&);  // for messages
double asDouble(const Value&);

// What decimals an evaluation came by, for engines that compute them with doubles.
struct Seen {
  unsigned digits = 0;  // the most that one of them has, before and behind the point
  double largest = 0;
};

using Properties = std::function<Value(const std::vector<std::string>& path)>;
Value evaluate(const ir::Expr&, const Properties&, Seen* = nullptr);

// ---- parts of it (evaluator_functions.cpp)
std::u32string codePointsOf(const std::string& utf8);
std::string utf8Of(const std::u32string&);
// Three-way; texts by code point, numbers by value.
int compareValues(const Value&, const Value&);
// To so many digits, half away from zero.
Value rounded(const Value&, unsigned digits);
// A call whose arguments are evaluated and none of which is null or outside.
Value evaluateCall(const ir::Expr& call, const std::vector<Value>& arguments);
bool likeMatches(const std::string& text, const std::string& pattern);

}  // namespace cambium::testing
