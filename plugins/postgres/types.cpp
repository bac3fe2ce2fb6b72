// Logical types as PostgreSQL's own, and back. The table of README.md says the same in words.
#include <fmt/core.h>

#include <array>
#include <cctype>
#include <cstdlib>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

using catalog::TypeMapping;
using ir::Scalar;
using ir::Type;

constexpr unsigned kMostCharacters = 10485760;  // of character varying(n)

std::string scalarType(const Type& type) {
  switch (type.scalar) {
    case Scalar::boolean: return "boolean";
    case Scalar::int16: return "smallint";
    case Scalar::int32: return "integer";
    case Scalar::int64: return "bigint";
    case Scalar::float32: return "real";
    case Scalar::float64: return "double precision";
    case Scalar::decimal:
      return type.precision ? fmt::format("numeric({},{})", type.precision, type.scale) : "numeric";
    case Scalar::string:
      return type.length && type.length <= kMostCharacters
                 ? fmt::format("character varying({})", type.length)
                 : "text";
    case Scalar::bytes: return "bytea";
    case Scalar::uuid: return "uuid";
    case Scalar::date: return "date";
    case Scalar::time: return "time(0) without time zone";
    case Scalar::timestamp: return "timestamp(3) with time zone";
    case Scalar::datetime: return "timestamp(0) without time zone";
    case Scalar::json: return "jsonb";
    case Scalar::text:
    case Scalar::duration:
    case Scalar::enumeration:
    case Scalar::null:
    case Scalar::error: return "text";
  }
  return "text";
}

std::string valuesOf(const Type& type, const ir::Model& model) {
  std::string out;
  if (type.scalar == Scalar::enumeration && type.enumeration)
    for (const auto& value : model[type.enumeration].values)
      out += (out.empty() ? "" : ", ") + textLiteral(value.name);
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Words, one blank between them; no blanks within parentheses.
std::string squeezed(std::string_view text) {
  std::string out;
  bool blank = false;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c))) {
      blank = true;
      continue;
    }
    const bool tight = c == '(' || c == ')' || c == ',' || c == '[' || c == ']';
    const bool after = !out.empty() && (out.back() == '(' || out.back() == ',');
    if (blank && !out.empty() && !tight && !after) out += ' ';
    blank = false;
    out += c;
  }
  return out;
}

struct Alias {
  std::string_view name, canonical;  // canonical: {} = where the arguments stand
};
constexpr std::array<Alias, 22> kAliases = {{
    {"varchar", "character varying{}"},
    {"character varying", "character varying{}"},
    {"char", "character{}"},
    {"bpchar", "character{}"},
    {"character", "character{}"},
    {"int", "integer"},
    {"int4", "integer"},
    {"int2", "smallint"},
    {"int8", "bigint"},
    {"float4", "real"},
    {"float8", "double precision"},
    {"float", "double precision"},
    {"decimal", "numeric{}"},
    {"numeric", "numeric{}"},
    {"bool", "boolean"},
    {"timestamptz", "timestamp{} with time zone"},
    {"timestamp with time zone", "timestamp{} with time zone"},
    {"timestamp", "timestamp{} without time zone"},
    {"timestamp without time zone", "timestamp{} without time zone"},
    {"timetz", "time{} with time zone"},
    {"time", "time{} without time zone"},
    {"time without time zone", "time{} without time zone"},
}};

Type scalar(Scalar s) {
  Type type;
  type.scalar = s;
  return type;
}

struct Declared {
  std::string name, arguments;  // "timestamp with time zone", "(3)"
  bool list = false;
};
Declared parse(std::string_view sqlType) {
  Declared out;
  std::string text = squeezed(lower(sqlType));
  if (text.ends_with("[]")) {
    out.list = true;
    text.resize(text.size() - 2);
  }
  if (const auto open = text.find('('); open != std::string::npos) {
    const auto close = std::min(text.find(')', open), text.size() - 1);
    out.arguments = text.substr(open, close + 1 - open);
    text.erase(open, close + 1 - open);
  }
  out.name = squeezed(text);
  return out;
}

std::optional<Type> meaningOf(const Declared& t) {
  char* end = nullptr;
  const auto first = t.arguments.empty() ? 0ul : std::strtoul(t.arguments.c_str() + 1, &end, 10);
  const auto second = end && *end == ',' ? std::strtoul(end + 1, nullptr, 10) : 0ul;
  const std::string& n = t.name;
  if (n == "boolean") return scalar(Scalar::boolean);
  if (n == "smallint") return scalar(Scalar::int16);
  if (n == "integer") return scalar(Scalar::int32);
  if (n == "bigint") return scalar(Scalar::int64);
  if (n == "real") return scalar(Scalar::float32);
  if (n == "double precision") return scalar(Scalar::float64);
  if (n == "numeric" || n == "money") {
    Type type = scalar(Scalar::decimal);
    type.precision = static_cast<uint16_t>(first ? first : 38);
    type.scale = static_cast<uint16_t>(first ? second : 10);
    return type.precision > 38 || type.scale > type.precision ? std::nullopt : std::optional(type);
  }
  if (n == "character varying" || n == "character") {
    Type type = scalar(first ? Scalar::string : Scalar::text);
    type.length = static_cast<uint32_t>(first);
    return type;
  }
  if (n == "text" || n == "citext") return scalar(Scalar::text);
  if (n == "bytea") return scalar(Scalar::bytes);
  if (n == "uuid") return scalar(Scalar::uuid);
  if (n == "date") return scalar(Scalar::date);
  if (n.starts_with("time ") || n == "time") return scalar(Scalar::time);
  if (n == "timestamp with time zone") return scalar(Scalar::timestamp);
  if (n.starts_with("timestamp")) return scalar(Scalar::datetime);
  if (n == "json" || n == "jsonb") return scalar(Scalar::json);
  if (n == "interval") return scalar(Scalar::duration);
  return std::nullopt;
}

}  // namespace

std::string sqlTypeOf(const Type& type) {
  return type.list ? scalarType(type) + "[]" : scalarType(type);
}

TypeMapping mapType(const Type& type, const ir::Model& model) {
  TypeMapping out{sqlTypeOf(type), "", ""};
  const std::string values = valuesOf(type, model);
  if (!values.empty())
    out.check =
        type.list ? "{0} <@ CAST(ARRAY[" + values + "] AS text[])" : "{0} IN (" + values + ")";
  if (type.list) return out;
  if (type.scalar == Scalar::bytes && type.length)
    out.check = fmt::format("octet_length({{0}}) <= {}", type.length);
  if (type.scalar == Scalar::string && type.length > kMostCharacters)
    out.check = fmt::format("length({{0}}) <= {}", type.length);
  return out;
}

bool mayRefer(std::string_view column, std::string_view target) {
  const auto family = [](std::string_view type) -> std::string_view {
    for (const std::string_view whole : {"smallint", "integer", "bigint"})
      if (type == whole) return "whole numbers";
    if (type == "numeric" || type.starts_with("numeric(")) return "numeric";
    for (const std::string_view text : {"text", "varchar", "character varying"})
      if (type == text || type.starts_with(std::string(text) + "(")) return "texts";
    return type;
  };
  return family(column) == family(target);
}

std::string canonicalType(std::string_view sqlType) {
  const Declared declared = parse(sqlType);
  for (const auto& [name, canonical] : kAliases) {
    if (name != declared.name) continue;
    std::string arguments = declared.arguments;
    // numeric(5) is numeric(5,0).
    if (name == "decimal" || name == "numeric")
      if (!arguments.empty() && arguments.find(',') == std::string::npos)
        arguments.insert(arguments.size() - 1, ",0");
    std::string out(canonical);
    if (const auto at = out.find("{}"); at != std::string::npos) out.replace(at, 2, arguments);
    return declared.list ? out + "[]" : out;
  }
  return std::string(sqlType);
}

std::optional<catalog::Traits::RaisedType> raiseType(std::string_view sqlType) {
  const Declared declared = parse(canonicalType(sqlType));
  auto type = meaningOf(declared);
  if (!type) return std::nullopt;
  type->list = declared.list;
  return catalog::Traits::RaisedType{*type, sqlTypeOf(*type) == sqlType};
}

}  // namespace cambium::dialect::postgres
