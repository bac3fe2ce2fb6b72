#include "compiler/ir/type.h"

#include <fmt/core.h>

#include "compiler/ir/model.h"

namespace cambium::ir {
namespace {

std::string scalarName(const Type& type, const Model& model) {
  switch (type.scalar) {
    case Scalar::boolean: return "bool";
    case Scalar::int16: return "int16";
    case Scalar::int32: return "int32";
    case Scalar::int64: return "int64";
    case Scalar::float32: return "float32";
    case Scalar::float64: return "float64";
    case Scalar::decimal: return fmt::format("decimal({}, {})", type.precision, type.scale);
    case Scalar::string: return type.length ? fmt::format("string({})", type.length) : "string";
    case Scalar::text: return "text";
    case Scalar::bytes: return type.length ? fmt::format("bytes({})", type.length) : "bytes";
    case Scalar::uuid: return "uuid";
    case Scalar::date: return "date";
    case Scalar::time: return "time";
    case Scalar::timestamp: return "timestamp";
    case Scalar::datetime: return "datetime";
    case Scalar::duration: return "duration";
    case Scalar::json: return "json";
    case Scalar::enumeration:
      return type.enumeration && type.enumeration.index() < model.enums.size()
                 ? model[type.enumeration].name
                 : "enum";
    case Scalar::null: return "null";
    case Scalar::error: return "unknown";
  }
  return {};
}

}  // namespace

std::string toString(const Type& type, const Model& model) {
  return scalarName(type, model) + (type.list ? "[]" : "") + (type.optional ? "?" : "");
}

bool isInteger(Scalar s) {
  return s == Scalar::int16 || s == Scalar::int32 || s == Scalar::int64;
}
bool isFloat(Scalar s) {
  return s == Scalar::float32 || s == Scalar::float64;
}
bool isNumeric(Scalar s) {
  switch (s) {
    case Scalar::int16:
    case Scalar::int32:
    case Scalar::int64:
    case Scalar::float32:
    case Scalar::float64:
    case Scalar::decimal: return true;
    default: return false;
  }
}

bool isTextual(Scalar s) {
  return s == Scalar::string || s == Scalar::text;
}

}  // namespace cambium::ir
