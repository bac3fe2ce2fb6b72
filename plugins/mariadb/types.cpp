// Logical types as MariaDB's and MySQL's own, and back. The table of README.md says the same in
// words.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "plugins/mariadb/mariadb.h"
#include "plugins/mariadb/sql_tokens.h"

namespace cambium::dialect::mariadb {
namespace {

using catalog::TypeMapping;
using ir::Scalar;
using ir::Type;

// Longer ones are kept outside of the row, with a check: a row has 65,535 bytes.
constexpr unsigned kMostCharacters = 1000, kMostBytes = 4000;
constexpr unsigned kMostKeyBytes = 3072;
constexpr unsigned kBytesOfCharacter = 4;
constexpr unsigned kBytesOfUuid = 16;
constexpr unsigned kEnumCharacters = 100;  // a value comes and goes without a change of type

std::string scalarType(const Type& type, Server server) {
  switch (type.scalar) {
    case Scalar::boolean: return "tinyint(1)";
    case Scalar::int16: return "smallint";
    case Scalar::int32: return "int";
    case Scalar::int64: return "bigint";
    case Scalar::float32: return "float";
    case Scalar::float64: return "double";
    case Scalar::decimal:
      return type.precision ? fmt::format("decimal({},{})", type.precision, type.scale)
                            : "decimal(38,10)";
    case Scalar::string:
      return type.length && type.length <= kMostCharacters ? fmt::format("varchar({})", type.length)
                                                           : "longtext";
    case Scalar::bytes:
      return type.length && type.length <= kMostBytes ? fmt::format("varbinary({})", type.length)
                                                      : "longblob";
    case Scalar::uuid: return server == Server::mysql ? "binary(16)" : "uuid";
    case Scalar::date: return "date";
    case Scalar::time: return "time";
    case Scalar::timestamp: return "datetime(3)";
    case Scalar::datetime: return "datetime";
    case Scalar::enumeration: return fmt::format("varchar({})", kEnumCharacters);
    case Scalar::json: return server == Server::mysql ? "json" : "longtext";
    case Scalar::text:
    case Scalar::duration:
    case Scalar::null:
    case Scalar::error: return "longtext";
  }
  return "longtext";
}

struct Alias {
  std::string_view name, canonical;
};
constexpr std::array<Alias, 16> kAliases = {{{"integer", "int"},
                                             {"int4", "int"},
                                             {"int2", "smallint"},
                                             {"int8", "bigint"},
                                             {"middleint", "mediumint"},
                                             {"int3", "mediumint"},
                                             {"int1", "tinyint"},
                                             {"bool", "tinyint(1)"},
                                             {"boolean", "tinyint(1)"},
                                             {"dec", "decimal"},
                                             {"numeric", "decimal"},
                                             {"fixed", "decimal"},
                                             {"double precision", "double"},
                                             {"real", "double"},
                                             {"character varying", "varchar"},
                                             {"character", "char"}}};

bool isWholeNumber(std::string_view name) {
  return name == "tinyint" || name == "smallint" || name == "mediumint" || name == "int" ||
         name == "bigint";
}

struct Declared {
  std::string name, arguments, rest;  // "decimal", "(12,2)", " unsigned"
};
Declared parse(std::string_view sqlType) {
  Declared out;
  const auto tokens = sqlTokens(sqlType);
  using Kind = SqlToken::Kind;
  size_t i = 0;
  const auto name = [&] {
    while (i + 1 < tokens.size() && tokens[i].kind == Kind::word && tokens[i].text != "unsigned" &&
           tokens[i].text != "zerofill" && tokens[i].text != "collate" &&
           tokens[i].text != "charset" && tokens[i].text != "on" && tokens[i].text != "invisible")
      out.name += (out.name.empty() ? "" : " ") + tokens[i++].text;
  };
  name();
  if (i + 1 < tokens.size() && tokens[i].is("(")) {
    for (; i + 1 < tokens.size(); ++i) {
      out.arguments += tokens[i].kind == Kind::text ? textLiteral(tokens[i].text) : tokens[i].text;
      if (tokens[i].is(")")) break;
    }
    if (i + 1 < tokens.size()) ++i;
  }
  if (i < tokens.size()) out.rest = lowered(sqlType.substr(tokens[i].begin));
  if (!out.rest.empty()) out.rest = " " + out.rest;
  return out;
}

Type scalar(Scalar s) {
  Type type;
  type.scalar = s;
  return type;
}

std::optional<Type> meaningOf(const Declared& t, Server server) {
  char* end = nullptr;
  const auto first = t.arguments.empty() ? 0ul : std::strtoul(t.arguments.c_str() + 1, &end, 10);
  const auto second = end && *end == ',' ? std::strtoul(end + 1, nullptr, 10) : 0ul;
  const std::string& n = t.name;
  const bool isUnsigned = t.rest.find("unsigned") != std::string::npos;
  if (n == "tinyint" && t.arguments == "(1)") return scalar(Scalar::boolean);
  if (n == "tinyint" || (n == "smallint" && !isUnsigned)) return scalar(Scalar::int16);
  if (n == "smallint" || n == "mediumint" || (n == "int" && !isUnsigned))
    return scalar(Scalar::int32);
  if (n == "int" || n == "bigint") return scalar(Scalar::int64);
  if (n == "float") return scalar(Scalar::float32);
  if (n == "double") return scalar(Scalar::float64);
  if (n == "decimal") {
    Type type = scalar(Scalar::decimal);
    type.precision = static_cast<uint16_t>(first ? first : 10);
    type.scale = static_cast<uint16_t>(second);
    return type.precision > 38 || type.scale > type.precision ? std::nullopt : std::optional(type);
  }
  if (n == "varchar" || n == "char") {
    Type type = scalar(Scalar::string);
    type.length = static_cast<uint32_t>(first ? first : 1);
    return type;
  }
  if (server == Server::mysql && n == "binary" && first == kBytesOfUuid)
    return scalar(Scalar::uuid);
  if (n == "varbinary" || n == "binary") {
    Type type = scalar(Scalar::bytes);
    type.length = static_cast<uint32_t>(first ? first : 1);
    return type;
  }
  if (n.ends_with("text") || n == "enum" || n == "set" || n == "inet4" || n == "inet6")
    return scalar(Scalar::text);
  if (n.ends_with("blob")) return scalar(Scalar::bytes);
  if (n == "uuid") return scalar(Scalar::uuid);
  if (n == "json") return scalar(Scalar::json);
  if (n == "date") return scalar(Scalar::date);
  if (n == "time") return scalar(Scalar::time);
  if (n == "year") return scalar(Scalar::int16);
  if (n == "datetime") return scalar(first >= 3 ? Scalar::timestamp : Scalar::datetime);
  if (n == "timestamp") return scalar(Scalar::timestamp);
  return std::nullopt;
}

}  // namespace

template <Server S>
TypeMapping mapType(const Type& type, const ir::Model& model) {
  constexpr bool kOwnJson = S == Server::mysql;
  if (type.list)
    return {kOwnJson ? "json" : "longtext",
            kOwnJson ? "json_type({0}) = 'ARRAY'" : "json_valid({0}) and json_type({0}) = 'ARRAY'",
            kOwnJson ? "a list is kept as JSON, its elements are not checked by the engine"
                     : "a list is kept as JSON text, its elements are not checked by the engine"};
  TypeMapping out{scalarType(type, S), "", ""};
  switch (type.scalar) {
    case Scalar::boolean: out.check = "{0} in (0, 1)"; break;
    case Scalar::json:
      if (!kOwnJson) out.check = "json_valid({0})";
      break;
    case Scalar::string:
      if (type.length > kMostCharacters)
        out.check = fmt::format("char_length({{0}}) <= {}", type.length);
      break;
    case Scalar::bytes:
      if (type.length > kMostBytes)
        out.check = fmt::format("octet_length({{0}}) <= {}", type.length);
      break;
    case Scalar::enumeration: {
      if (!type.enumeration) break;
      std::string values;
      size_t longest = kEnumCharacters;
      for (const auto& value : model[type.enumeration].values) {
        values += (values.empty() ? "" : ", ") + textLiteral(value.name);
        longest = std::max(longest, value.name.size());
      }
      if (longest > kEnumCharacters) out.sqlType = fmt::format("varchar({})", longest);
      if (!values.empty()) out.check = "{0} in (" + values + ")";
      break;
    }
    default: break;
  }
  return out;
}

std::string canonicalType(std::string_view sqlType, Server server) {
  Declared t = parse(sqlType);
  if (t.name == "json" && server == Server::mariadb) t.name = "longtext";
  for (const auto& [name, canonical] : kAliases)
    if (t.name == name) t.name = canonical;
  // Display widths say nothing but of a boolean, which is just that.
  if (isWholeNumber(t.name) && !(t.name == "tinyint" && t.arguments == "(1)")) t.arguments.clear();
  if (t.name == "decimal" && t.arguments.empty()) t.arguments = "(10,0)";
  if (t.name == "decimal" && t.arguments.find(',') == std::string::npos)
    t.arguments.insert(t.arguments.size() - 1, ",0");
  if ((t.name == "char" || t.name == "binary") && t.arguments.empty()) t.arguments = "(1)";
  if ((t.name == "datetime" || t.name == "time" || t.name == "timestamp") && t.arguments == "(0)")
    t.arguments.clear();
  return t.name + t.arguments + t.rest;
}

bool mayRefer(std::string_view column, std::string_view target) {
  return column == target || (column.starts_with("varchar(") && target.starts_with("varchar("));
}

template <Server S>
std::optional<catalog::Traits::RaisedType> raiseType(std::string_view sqlType) {
  const auto type = meaningOf(parse(canonicalType(sqlType, S)), S);
  if (!type) return std::nullopt;
  const TypeMapping back = mapType<S>(*type, ir::Model{});
  return catalog::Traits::RaisedType{*type, back.sqlType == sqlType && back.check.empty()};
}

template <Server S>
std::optional<std::string> outgrows(std::string_view from, std::string_view to,
                                    const std::string& column) {
  const Declared was = parse(from), is = parse(to);
  const bool texts = was.name == "varchar";
  if (was.name != is.name || (!texts && was.name != "varbinary") || !was.rest.empty() ||
      !is.rest.empty())
    return std::nullopt;
  const unsigned width = texts ? kBytesOfCharacter : 1;
  const auto count = [](const Declared& type) {
    return unsigned(std::strtoul(type.arguments.c_str() + 1, nullptr, 10));
  };
  const unsigned old = count(was) * width, fresh = count(is) * width;
  // MariaDB keeps room for a second byte where a value may have 128 bytes or more.
  constexpr unsigned kOneByte = 255, kOneByteOfMariadb = 127;
  const bool sameWidth =
      fresh <= kOneByte || old > kOneByte || (S == Server::mariadb && old <= kOneByteOfMariadb);
  // An index over it would be made otherwise: of a beginning, or of a hash.
  const bool sameIndex = fresh <= kMostKeyBytes || old > kMostKeyBytes;
  if (fresh < old || !sameWidth || !sameIndex) return std::nullopt;
  return fmt::format("{}({}) > {}", texts ? "char_length" : "octet_length", column, count(was));
}

template TypeMapping mapType<Server::mariadb>(const Type&, const ir::Model&);
template TypeMapping mapType<Server::mysql>(const Type&, const ir::Model&);
template std::optional<catalog::Traits::RaisedType> raiseType<Server::mariadb>(std::string_view);
template std::optional<catalog::Traits::RaisedType> raiseType<Server::mysql>(std::string_view);
template std::optional<std::string> outgrows<Server::mariadb>(std::string_view, std::string_view,
                                                              const std::string&);
template std::optional<std::string> outgrows<Server::mysql>(std::string_view, std::string_view,
                                                            const std::string&);

size_t keyBytes(std::string_view sqlType) {
  const Declared t = parse(sqlType);
  const auto length =
      t.arguments.empty() ? 0ul : std::strtoul(t.arguments.c_str() + 1, nullptr, 10);
  if (t.name == "varchar" || t.name == "char") return length * kBytesOfCharacter;
  if (t.name == "varbinary" || t.name == "binary") return length;
  if (t.name.ends_with("text") || t.name.ends_with("blob") || t.name == "json") return 0;
  if (t.name == "decimal") return length / 2 + 2;
  return t.name == "uuid" || t.name == "inet6" ? 16 : 8;
}

// What varies has its length beside it. A text without a length may be kept outside of the page,
// and then leaves 20 bytes; any other value of more than 40 may be, too.
size_t pageBytes(std::string_view sqlType) {
  constexpr size_t kMostInside = 255, kMostLocal = 40, kOutside = 20;
  constexpr std::pair<std::string_view, size_t> kFixed[] = {
      {"tinyint", 1}, {"smallint", 2}, {"mediumint", 3}, {"int", 4},       {"bigint", 8},
      {"float", 4},   {"double", 8},   {"date", 3},      {"year", 1},      {"time", 6},
      {"bit", 8},     {"enum", 2},     {"set", 8},       {"timestamp", 7}, {"datetime", 8},
      {"uuid", 16},   {"inet6", 16},   {"inet4", 4}};
  const Declared t = parse(sqlType);
  for (const auto& [name, bytes] : kFixed)
    if (t.name == name) return bytes;
  if (t.name == "decimal") {  // nine digits are four bytes
    char* end = nullptr;
    const auto digits = std::strtoul(t.arguments.c_str() + 1, &end, 10);
    const auto scale = *end == ',' ? std::strtoul(end + 1, nullptr, 10) : 0ul;
    return (digits - scale + 8) / 9 * 4 + (scale + 8) / 9 * 4;
  }
  const size_t bytes = keyBytes(sqlType);
  return 1 + (bytes == 0 ? kOutside : bytes > kMostInside ? kMostLocal : bytes);
}

bool isLong(std::string_view sqlType) {
  const size_t bytes = keyBytes(sqlType);
  return bytes == 0 || bytes > kMostKeyBytes;
}

}  // namespace cambium::dialect::mariadb
