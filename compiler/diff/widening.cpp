#include "compiler/diff/widening.h"

#include <algorithm>

namespace cambium::diff {
namespace {

using ir::Scalar;

int integerRank(Scalar s) {
  switch (s) {
    case Scalar::int16: return 1;
    case Scalar::int32: return 2;
    case Scalar::int64: return 3;
    default: return 0;
  }
}

// A limit where 0 means none.
bool within(uint32_t inner, uint32_t outer) {
  return outer == 0 || (inner != 0 && inner <= outer);
}

// The longest value; values are words of ASCII letters.
uint32_t longest(const ir::Enum& e) {
  size_t longest = 1;
  for (const auto& value : e.values) longest = std::max(longest, value.name.size());
  return static_cast<uint32_t>(longest);
}

}  // namespace

bool widens(const ir::Type& from, const ir::Model& model, const ir::Type& to) {
  if (from.list != to.list) return false;
  if (integerRank(from.scalar) && integerRank(to.scalar))
    return integerRank(from.scalar) <= integerRank(to.scalar);
  if (from.scalar == Scalar::float32 && to.scalar == Scalar::float64) return true;
  if (ir::isTextual(to.scalar)) {
    if (ir::isTextual(from.scalar)) return within(from.length, to.length);
    return from.scalar == Scalar::enumeration && from.enumeration &&
           within(longest(model[from.enumeration]), to.length);
  }
  if (from.scalar != to.scalar) return false;
  if (from.scalar == Scalar::bytes) return within(from.length, to.length);
  if (from.scalar == Scalar::decimal)
    return from.scale <= to.scale && from.precision - from.scale <= to.precision - to.scale &&
           (from.scale == to.scale || !from.list);  // nothing rounds the elements of a list
  return false;
}

}  // namespace cambium::diff
