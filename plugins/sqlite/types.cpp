// Logical types on SQLite's five storage classes, and back. The table of README.md says the same in
// words.
#include <fmt/core.h>

#include <cctype>
#include <cstdlib>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

using catalog::TypeMapping;
using ir::Scalar;
using ir::Type;

constexpr unsigned kDoubleDigits = 15;  // decimal digits that survive a double

TypeMapping mapScalar(const Type& type, const ir::Model& model) {
  switch (type.scalar) {
    case Scalar::boolean: return {"INTEGER", "{0} IN (0, 1)", ""};
    case Scalar::int16: return {"INTEGER", "{0} BETWEEN -32768 AND 32767", ""};
    case Scalar::int32: return {"INTEGER", "{0} BETWEEN -2147483648 AND 2147483647", ""};
    case Scalar::int64: return {"INTEGER", "", ""};
    case Scalar::float32:
    case Scalar::float64: return {"REAL", "", ""};
    case Scalar::decimal:
      if (!isTextDecimal(type)) return {"REAL", "", ""};
      return {
          "TEXT", "",
          fmt::format(
              "more than {} digits are kept as text, arithmetic and comparison in SQL are inexact",
              kDoubleDigits)};
    case Scalar::string:
      if (type.length) return {"TEXT", fmt::format("length({{0}}) <= {}", type.length), ""};
      return {"TEXT", "", ""};
    case Scalar::bytes:
      if (type.length) return {"BLOB", fmt::format("length({{0}}) <= {}", type.length), ""};
      return {"BLOB", "", ""};
    // Nothing is 0 for json_valid() before SQLite 3.45, and a column may be empty.
    case Scalar::json: return {"TEXT", "json_valid(coalesce({0}, 'null'))", ""};
    case Scalar::enumeration: {
      std::string values;
      if (type.enumeration)
        for (const auto& value : model[type.enumeration].values)
          values += (values.empty() ? "" : ", ") + textLiteral(value.name);
      return {"TEXT", values.empty() ? "" : "{0} IN (" + values + ")", ""};
    }
    case Scalar::text:
    case Scalar::uuid:
    case Scalar::date:
    case Scalar::time:
    case Scalar::timestamp:
    case Scalar::datetime:
    case Scalar::duration:
    case Scalar::null:
    case Scalar::error: return {"TEXT", "", ""};
  }
  return {"TEXT", "", ""};
}

struct DeclaredType {
  std::string name;  // upper case, without arguments and COLLATE
  unsigned first = 0, second = 0;
  bool arguments = false, collated = false;
};

DeclaredType parseDeclared(std::string_view sqlType) {
  DeclaredType out;
  std::string text(sqlType);
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (const auto at = text.find(" COLLATE "); at != std::string::npos) {
    out.collated = true;
    text.resize(at);
  }
  if (const auto open = text.find('('); open != std::string::npos) {
    out.arguments = true;
    char* end = nullptr;
    out.first = static_cast<unsigned>(std::strtoul(text.c_str() + open + 1, &end, 10));
    while (end && *end == ' ') ++end;
    if (end && *end == ',') out.second = static_cast<unsigned>(std::strtoul(end + 1, nullptr, 10));
    text.resize(open);
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  out.name = text;
  return out;
}

Type scalar(Scalar s) {
  Type type;
  type.scalar = s;
  return type;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// What people mean by the type names that they write although SQLite looks at a few letters only.
std::optional<Type> meaningOf(const DeclaredType& t) {
  const std::string& n = t.name;
  if (n == "BOOLEAN" || n == "BOOL") return scalar(Scalar::boolean);
  if (n == "DATE") return scalar(Scalar::date);
  if (n == "TIME") return scalar(Scalar::time);
  if (n == "DATETIME") return scalar(Scalar::datetime);
  if (n.starts_with("TIMESTAMP")) return scalar(Scalar::timestamp);
  if (n == "UUID" || n == "GUID") return scalar(Scalar::uuid);
  if (n == "JSON" || n == "JSONB") return scalar(Scalar::json);
  if (n == "DECIMAL" || n == "NUMERIC" || n == "NUMBER" || n == "MONEY") {
    if (!t.arguments || !t.first || t.first > 38 || t.second > t.first)
      return scalar(Scalar::float64);
    Type type = scalar(Scalar::decimal);
    type.precision = static_cast<uint16_t>(t.first);
    type.scale = static_cast<uint16_t>(t.second);
    return type;
  }
  // The engine's own rules of affinity, in its order.
  if (has(n, "INT")) return scalar(Scalar::int64);
  if (has(n, "CHAR") || has(n, "CLOB") || has(n, "TEXT")) {
    if (!has(n, "CHAR") || !t.first) return scalar(Scalar::text);
    Type type = scalar(Scalar::string);
    type.length = t.first;
    return type;
  }
  if (has(n, "BLOB") || has(n, "BINARY")) return scalar(Scalar::bytes);
  if (has(n, "REAL") || has(n, "FLOA") || has(n, "DOUB")) return scalar(Scalar::float64);
  return std::nullopt;
}

}  // namespace

bool isTextDecimal(const ir::Type& type) {
  return type.scalar == Scalar::decimal && !type.list && type.precision > kDoubleDigits;
}

TypeMapping mapType(const ir::Type& type, const ir::Model& model) {
  if (!type.list) return mapScalar(type, model);
  // Two tests in one CASE: json_type() of what is no JSON would be an error instead of a refusal.
  return {"TEXT", "CASE WHEN json_valid({0}) THEN json_type({0}) = 'array' ELSE {0} IS NULL END",
          "a list is kept as JSON text, its elements are not checked by the engine"};
}

std::optional<catalog::Traits::RaisedType> raiseType(std::string_view sqlType) {
  const DeclaredType declared = parseDeclared(sqlType);
  const auto type = meaningOf(declared);
  if (!type) return std::nullopt;
  const bool exact =
      sqlType == "INTEGER" || sqlType == "REAL" || sqlType == "TEXT" || sqlType == "BLOB";
  return catalog::Traits::RaisedType{*type, exact};
}

}  // namespace cambium::dialect::sqlite
