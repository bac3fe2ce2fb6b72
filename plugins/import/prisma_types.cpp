#include "plugins/import/prisma_types.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

#include "plugins/import/sql_expr_parser.h"

namespace cambium::importing::prisma {
namespace {

using ir::Scalar;

Type plain(Scalar scalar, std::string loss = {}) {
  importing::Type type;
  type.scalar = scalar;
  type.loss = std::move(loss);
  return type;
}

uint32_t number(const Attribute& attribute, size_t position, uint32_t otherwise) {
  const Value* value = attribute.argument("", position);
  return value ? static_cast<uint32_t>(std::strtoul(value->value.c_str(), nullptr, 10)) : otherwise;
}

Type sized(Scalar scalar, const Attribute& attribute) {
  Type type = plain(scalar);
  type.length = number(attribute, 0, 0);
  return type;
}

Type decimal(int64_t precision, int64_t scale, std::string loss) {
  Type type = decimalOf(precision, scale);
  type.loss = std::move(loss);
  return type;
}

// What `@db.…` says; nullopt: no more than the field's own type.
std::optional<Type> nativeType(const Attribute& a) {
  const std::string name = a.name.substr(3);
  const auto is = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, std::string_view(name)) != words.end();
  };
  if (is({"VarChar", "NVarChar"})) return sized(a.args.empty() ? Scalar::text : Scalar::string, a);
  if (is({"Char", "NChar"})) {
    Type type = sized(Scalar::string, a);
    if (!type.length) type.length = 1;
    type.loss = "a text is not filled up with blanks: `@db.Char(n)` is `string(n)`";
    return type;
  }
  if (is({"Text", "TinyText", "MediumText", "LongText", "NText"})) return plain(Scalar::text);
  if (name == "Citext") return plain(Scalar::text, "texts are compared with case");
  if (is({"SmallInt", "TinyInt", "Year"})) return plain(Scalar::int16);
  if (is({"UnsignedInt", "UnsignedMediumInt", "Oid"}))
    return plain(Scalar::int64,
                 "the language has no unsigned numbers: the next wider type holds "
                 "them, and negative ones");
  if (is({"UnsignedSmallInt", "UnsignedTinyInt"}))
    return plain(Scalar::int32, "the language has no unsigned numbers");
  if (is({"Integer", "Int", "MediumInt"})) return plain(Scalar::int32);
  if (is({"BigInt", "UnsignedBigInt"})) return plain(Scalar::int64);
  if (is({"Real", "Float"})) return plain(Scalar::float32);
  if (is({"DoublePrecision", "Double"})) return plain(Scalar::float64);
  if (is({"Decimal"})) return decimalOf(number(a, 0, 38), number(a, 1, 10));
  if (is({"Money", "SmallMoney"}))
    return decimal(19, 2, "`@db.Money` is `decimal(19, 2)`, without a currency");
  if (name == "Date") return plain(Scalar::date);
  if (name == "Time") return plain(Scalar::time);
  if (name == "Timetz") return plain(Scalar::time, "a time has no zone");
  if (is({"Uuid", "UniqueIdentifier"})) return plain(Scalar::uuid);
  if (is({"Boolean", "Bit"}) && a.args.empty()) return plain(Scalar::boolean);
  if (is({"Binary", "VarBinary"})) return sized(Scalar::bytes, a);
  if (is({"Timestamp", "Timestamptz", "DateTime", "DateTime2", "DateTimeOffset", "SmallDateTime",
          "Json", "JsonB", "ByteA", "Bytes", "Blob", "TinyBlob", "MediumBlob", "LongBlob",
          "Image"}))
    return std::nullopt;
  Type type;
  type.native = lowered(name);
  type.loss = fmt::format("`@db.{}` is no type of the language: it is `text` with `@native`", name);
  return type;
}

std::optional<Type> logicalType(const Field& field, const std::string& provider) {
  if (field.type == "String") {
    Type type = plain(Scalar::text);
    if (provider == "mysql") type.scalar = Scalar::string, type.length = 191;
    return type;
  }
  if (field.type == "Boolean") return plain(Scalar::boolean);
  if (field.type == "Int") return plain(Scalar::int32);
  if (field.type == "BigInt") return plain(Scalar::int64);
  if (field.type == "Float") return plain(Scalar::float64);
  if (field.type == "Decimal")
    return decimal(38, 10,
                   "a `Decimal` without `@db.Decimal` has 65 digits, the language's has 38: "
                   "`decimal(38, 10)`");
  if (field.type == "DateTime") return plain(Scalar::timestamp);
  if (field.type == "Json") return plain(Scalar::json);
  if (field.type == "Bytes") return plain(Scalar::bytes);
  if (field.type == "Unsupported") {
    Type type;
    type.native = field.native;
    type.loss =
        fmt::format("`{}` is no type of the language: it is `text` with `@native`", field.native);
    return type;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Type> typeOf(const Field& field, const std::string& provider, bool isEnum) {
  std::optional<Type> type;
  if (isEnum) {
    type = plain(Scalar::enumeration);
    type->enumeration = field.type;
  } else {
    type = logicalType(field, provider);
    for (const Attribute& attribute : field.attributes)
      if (type && type->scalar != Scalar::boolean && attribute.name.starts_with("db."))
        if (auto native = nativeType(attribute)) type = std::move(native);
  }
  if (type) type->list = field.list;
  return type;
}

std::optional<SqlExpr> defaultOf(const Value& value, const Type& type, bool& counts,
                                 std::string& why) {
  switch (value.kind) {
    case ValueKind::text: return sqlExpr(SqlKind::text, value.value);
    case ValueKind::number: return sqlExpr(SqlKind::number, value.value);
    case ValueKind::word:
      if (value.value == "true" || value.value == "false")
        return sqlExpr(SqlKind::boolean, value.value);
      return sqlExpr(SqlKind::text, value.value);
    case ValueKind::list: {
      SqlExpr list = sqlExpr(SqlKind::list);
      for (const Value& item : value.args) {
        auto one = defaultOf(item, type, counts, why);
        if (!one) return std::nullopt;
        list.args.push_back(std::move(*one));
      }
      return list;
    }
    case ValueKind::call: break;
  }
  if (value.value == "autoincrement") {
    counts = true;
    return std::nullopt;
  }
  if (value.value == "now") return sqlExpr(SqlKind::call, "now");
  if (value.value == "uuid") {
    SqlExpr made = sqlExpr(SqlKind::call, "uuid");
    if (type.scalar == Scalar::uuid) return made;
    return sqlExpr(SqlKind::call, "to_string", {std::move(made)});
  }
  if (value.value == "dbgenerated") {
    if (value.args.empty()) {
      why = "the file does not say what the database makes";
      return std::nullopt;
    }
    Cursor cursor(tokenize(value.args[0].value, TokenRules{}));
    SqlExpr e = parseExpression(cursor);
    if (cursor.atEnd()) return e;
    why = "`" + value.args[0].value + "` is no simple expression";
    return std::nullopt;
  }
  why = "the language has no function `" + value.value + "`: the client makes the value";
  return std::nullopt;
}

}  // namespace cambium::importing::prisma
