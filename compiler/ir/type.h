// ir/type.h: the types of properties and expressions.
#pragma once

#include <cstdint>
#include <string>

#include "compiler/base/ids.h"

namespace cambium::ir {

struct Enum;
struct Alias;
using EnumId = Id<Enum>;
using AliasId = Id<Alias>;

enum class Scalar : uint8_t {
  boolean,
  int16,
  int32,
  int64,
  float32,
  float64,
  decimal,
  string,
  text,
  bytes,
  uuid,
  date,
  time,
  timestamp,
  datetime,
  duration,
  json,
  enumeration,  // with Type::enumeration
  null,         // only the type of the literal `null`
  error,        // poison: says nothing, and nothing is said about it
};

struct Type {
  Scalar scalar = Scalar::error;
  bool optional = false;
  bool list = false;
  uint32_t length = 0;  // string(n), bytes(n): maximum number of code points or bytes; 0 = no limit
  uint16_t precision = 0;  // decimal(p, s)
  uint16_t scale = 0;
  EnumId enumeration;  // scalar == enumeration
  AliasId alias;       // the refined alias it was written as, if any
  friend bool operator==(const Type&, const Type&) = default;
};

// "decimal(12, 2)?", "OrderStatus", "string(40)[]": as it would be written (aliases resolved).
struct Model;
std::string toString(const Type&, const Model&);

bool isNumeric(Scalar);
bool isInteger(Scalar);
bool isFloat(Scalar);
bool isTextual(Scalar);  // string, text

}  // namespace cambium::ir
