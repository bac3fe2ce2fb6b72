// json/value.h: a JSON text as a value. Numbers are exact; the members of an object are sorted by
// name, so that equal values are printed alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/json/number.h"

namespace cambium::json {

enum class Kind : unsigned char { null, boolean, number, string, array, object };

struct Member;
struct Value {
  Kind kind = Kind::null;
  bool boolean = false;
  Number number;
  std::string text;             // string
  std::vector<Value> items;     // array
  std::vector<Member> members;  // object, by name

  const Value* find(std::string_view name) const;
  bool is(Kind k) const { return kind == k; }
  friend bool operator==(const Value&, const Value&);
};
struct Member {
  std::string name;
  Value value;
  friend bool operator==(const Member&, const Member&) = default;
};

// What becomes of a name that one object gives twice. `keepLast`: somebody has told of it already.
enum class Twice : unsigned char { refuse, keepLast };

// Errors, in words: not JSON, a name given twice in one object, nested too deep, a number out of
// every range.
Result<Value> parse(std::string_view text, Twice twice = Twice::refuse);

// Without blanks, members by name, numbers canonical.
std::string print(const Value&);

// "an object", "a string": for messages.
std::string_view describe(Kind);

}  // namespace cambium::json
