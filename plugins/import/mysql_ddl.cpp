// What MySQL's and MariaDB's types mean.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

#include "plugins/import/table_ddl.h"

namespace cambium::importing {
namespace {

using ir::Scalar;

Type plain(Scalar scalar, std::string loss = {}) {
  Type type;
  type.scalar = scalar;
  type.loss = std::move(loss);
  return type;
}

uint32_t argument(const DeclaredType& declared, size_t index, uint32_t otherwise) {
  if (index >= declared.args.size()) return otherwise;
  return static_cast<uint32_t>(std::strtoul(declared.args[index].c_str(), nullptr, 10));
}

Type sized(Scalar scalar, uint32_t length) {
  Type type = plain(scalar);
  type.length = length;
  return type;
}

Type integer(Scalar scalar, const DeclaredType& declared) {
  static constexpr const char* kWider =
      "the language has no unsigned numbers: the next wider type "
      "holds them, and negative ones";
  if (!declared.isUnsigned) return plain(scalar);
  switch (scalar) {
    case Scalar::int16: return plain(Scalar::int32, kWider);
    case Scalar::int32: return plain(Scalar::int64, kWider);
    default:
      return plain(Scalar::int64,
                   "the language has no unsigned numbers: `int64` ends at "
                   "9,223,372,036,854,775,807, and has negative ones");
  }
}

Type enumOf(const DeclaredType& declared, const std::string& table, const std::string& column,
            Span at, Schema& schema) {
  Enum e;
  e.name = table + "_" + column;
  e.at = at;
  e.ofColumn = true;
  for (const std::string& value : declared.args) e.values.push_back({value, "", ""});
  schema.dropEnum(e.name);
  Type type = plain(Scalar::enumeration);
  type.enumeration = e.name;
  schema.enums.push_back(std::move(e));
  return type;
}

Type typeOf(const DeclaredType& declared, const std::string& table, const std::string& column,
            Span at, Schema& schema) {
  const std::string& n = declared.name;
  const auto is = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, std::string_view(n)) != words.end();
  };
  if (is({"bool", "boolean"})) return plain(Scalar::boolean);
  if (n == "tinyint") {
    if (argument(declared, 0, 0) == 1) return plain(Scalar::boolean);
    return plain(Scalar::int16, "`tinyint` is `int16`: numbers beyond it are no longer refused");
  }
  if (is({"smallint", "int2"})) return integer(Scalar::int16, declared);
  if (is({"mediumint", "middleint", "int3"}))
    return plain(Scalar::int32, "`mediumint` is `int32`: numbers beyond it are no longer refused");
  if (is({"int", "integer", "int4"})) return integer(Scalar::int32, declared);
  if (is({"bigint", "int8", "serial"})) return integer(Scalar::int64, declared);
  if (is({"decimal", "numeric", "dec", "fixed"}))
    return decimalOf(argument(declared, 0, 10), argument(declared, 1, 0));
  if (is({"float", "float4"})) return plain(Scalar::float32);
  if (is({"double", "real", "double precision", "float8"})) return plain(Scalar::float64);
  if (is({"char", "character", "nchar", "national char"})) {
    Type type = sized(Scalar::string, argument(declared, 0, 1));
    type.loss = "a text is not filled up with blanks: `char(n)` is `string(n)`";
    return type;
  }
  if (is({"varchar", "varying", "character varying", "char varying", "nvarchar", "national varchar",
          "varchar2"}))
    return sized(Scalar::string, argument(declared, 0, 0));
  if (is({"tinytext", "text", "mediumtext", "longtext", "long", "long varchar"}))
    return plain(Scalar::text);
  if (is({"binary", "varbinary"})) return sized(Scalar::bytes, argument(declared, 0, 1));
  if (is({"tinyblob", "blob", "mediumblob", "longblob"})) return plain(Scalar::bytes);
  if (n == "date") return plain(Scalar::date);
  if (n == "time") return plain(Scalar::time, "a time is one of a day, not a span");
  if (n == "datetime") return plain(Scalar::datetime);
  if (n == "timestamp") return plain(Scalar::timestamp);
  if (n == "year") return plain(Scalar::int16, "`year` is `int16`");
  if (n == "json") return plain(Scalar::json);
  if (n == "uuid") return plain(Scalar::uuid);
  if (n == "enum") return enumOf(declared, table, column, at, schema);
  if (n == "bit" && argument(declared, 0, 1) == 1) return plain(Scalar::boolean);
  Type type;
  type.native = declared.spelling;
  type.loss = fmt::format("`{}` is no type of the language: it is `text` with `@native`",
                          declared.spelling);
  if (n == "set") {
    type.native.clear();
    type.loss = "a SET is no type of the language: it is `text`";
  }
  return type;
}

void settle(Table& table, Schema& schema) {
  for (const std::string& name : table.primaryKey)
    if (Column* column = schema.findColumn(table, name)) column->notNull = true;
}

std::string foreignKeyName(const Table& table) {
  return fmt::format("{}_ibfk_{}", table.name, table.foreignKeys.size() + 1);
}

}  // namespace

ReadSchema readMysql(const SourceMap& sources, std::span<const FileId> files) {
  static const TableDialect kDialect{Format::mysql, "mariadb", {true, true, true},
                                     typeOf,        settle,    foreignKeyName};
  return readTables(sources, files, kDialect);
}

}  // namespace cambium::importing
