#include "compiler/sema/habits.h"

#include <algorithm>
#include <string>

namespace cambium::sema {
namespace {

struct Row {
  std::string_view written;
  Meant meant;
};

constexpr std::string_view kList = "a list is written `T[]`, for example `string(40)[]`";
constexpr std::string_view kNumber =
    "whole numbers are `int32` or `int64`, amounts `decimal(12, 2)`, measurements `float64`";
constexpr std::string_view kMoney = "an amount of money is a `decimal(12, 2)`";
constexpr std::string_view kCounted = "a counted key is written `key id: int64 = autoincrement()`";
constexpr std::string_view kReference = "a reference is written `customer: ref Customer`";
constexpr std::string_view kObject =
    "what has properties of its own is an entity; anything else is `json`";
constexpr std::string_view kCase = "a choice is written `case when a > b then x else y end`";
constexpr std::string_view kConvert =
    "values are converted by `to_string(…)`, `to_int64(…)`, `to_decimal(…)`, `to_float64(…)`";
constexpr std::string_view kPart = "a part of a text is `substring(text, 1, 3)`, counted from 1";

constexpr Row kTypes[] = {
    {"int", {"int32", ""}},
    {"integer", {"int32", ""}},
    {"mediumint", {"int32", ""}},
    {"int4", {"int32", ""}},
    {"i32", {"int32", ""}},
    {"u32", {"int64", ""}},
    {"bigint", {"int64", ""}},
    {"int8", {"int64", ""}},
    {"i64", {"int64", ""}},
    {"u64", {"", "whole numbers go up to `int64`; larger ones are `decimal(20, 0)`"}},
    {"long", {"int64", ""}},
    {"smallint", {"int16", ""}},
    {"tinyint", {"int16", ""}},
    {"short", {"int16", ""}},
    {"byte", {"int16", ""}},
    {"int2", {"int16", ""}},
    {"i16", {"int16", ""}},
    {"number", {"", kNumber}},
    {"num", {"", kNumber}},
    {"boolean", {"bool", ""}},
    {"bit", {"bool", ""}},
    {"varchar", {"string", ""}},
    {"varchar2", {"string", ""}},
    {"nvarchar", {"string", ""}},
    {"nvarchar2", {"string", ""}},
    {"nchar", {"string", ""}},
    {"bpchar", {"string", ""}},
    {"char", {"string", ""}},
    {"character", {"string", ""}},
    {"str", {"string", ""}},
    {"citext", {"text", ""}},
    {"clob", {"text", ""}},
    {"nclob", {"text", ""}},
    {"ntext", {"text", ""}},
    {"longtext", {"text", ""}},
    {"mediumtext", {"text", ""}},
    {"tinytext", {"text", ""}},
    {"double", {"float64", ""}},
    {"float", {"float64", ""}},
    {"float8", {"float64", ""}},
    {"f64", {"float64", ""}},
    {"real", {"float32", ""}},
    {"float4", {"float32", ""}},
    {"f32", {"float32", ""}},
    {"single", {"float32", ""}},
    {"numeric", {"decimal", ""}},
    {"bigdecimal", {"decimal", ""}},
    {"money", {"", kMoney}},
    {"smallmoney", {"", kMoney}},
    {"currency", {"", kMoney}},
    {"blob", {"bytes", ""}},
    {"longblob", {"bytes", ""}},
    {"bytea", {"bytes", ""}},
    {"binary", {"bytes", ""}},
    {"varbinary", {"bytes", ""}},
    {"image", {"bytes", ""}},
    {"raw", {"bytes", ""}},
    {"guid", {"uuid", ""}},
    {"uniqueidentifier", {"uuid", ""}},
    {"timestamptz", {"timestamp", ""}},
    {"datetimeoffset", {"timestamp", ""}},
    {"instant", {"timestamp", ""}},
    {"datetime",
     {"timestamp",
      "an instant is a `timestamp`; `datetime` is a wall clock without a time zone, in small "
      "letters"}},
    {"datetime2", {"datetime", ""}},
    {"smalldatetime", {"datetime", ""}},
    {"localdatetime", {"datetime", ""}},
    {"interval", {"duration", ""}},
    {"timespan", {"duration", ""}},
    {"jsonb", {"json", ""}},
    {"hstore", {"json", ""}},
    {"object", {"json", kObject}},
    {"record", {"json", kObject}},
    {"any", {"json", kObject}},
    {"mixed", {"json", kObject}},
    {"map", {"json", kObject}},
    {"dict", {"json", kObject}},
    {"serial", {"", kCounted}},
    {"bigserial", {"", kCounted}},
    {"smallserial", {"", kCounted}},
    {"autofield", {"", kCounted}},
    {"id", {"", "a key is written `key id: int64 = autoincrement()` or `key id: uuid = uuid()`"}},
    {"list", {"", kList}},
    {"array", {"", kList}},
    {"vec", {"", kList}},
    {"vector", {"", kList}},
    {"set", {"", kList}},
    {"collection", {"", kList}},
    {"optional", {"", "an optional property is written `T?`, for example `string(40)?`"}},
    {"option", {"", "an optional property is written `T?`, for example `string(40)?`"}},
    {"enum",
     {"",
      "an enum is a declaration of its own, `enum Status { open, closed }`, and the "
      "property names it"}},
    {"foreignkey", {"", kReference}},
    {"onetoonefield", {"", "a one-to-one reference is written `customer: ref Customer @unique`"}},
    {"manytomanyfield", {"", "many-to-many is written `labels: many Label`"}},
    {"charfield", {"string", ""}},
    {"textfield", {"text", ""}},
    {"integerfield", {"int32", ""}},
};

constexpr Row kFunctions[] = {
    {"len", {"length", ""}},
    {"char_length", {"length", ""}},
    {"character_length", {"length", ""}},
    {"strlen", {"length", ""}},
    {"size", {"length", ""}},
    {"count", {"length", "the characters of a text are counted by `length(text)`"}},
    {"substr", {"substring", ""}},
    {"mid", {"substring", ""}},
    {"slice", {"substring", ""}},
    {"left", {"", kPart}},
    {"right", {"", kPart}},
    {"ifnull", {"coalesce", ""}},
    {"isnull", {"coalesce", ""}},
    {"nvl", {"coalesce", ""}},
    {"toupper", {"upper", ""}},
    {"ucase", {"upper", ""}},
    {"uppercase", {"upper", ""}},
    {"tolower", {"lower", ""}},
    {"lcase", {"lower", ""}},
    {"lowercase", {"lower", ""}},
    {"strip", {"trim", ""}},
    {"ltrim", {"trim", ""}},
    {"rtrim", {"trim", ""}},
    {"concat_ws", {"concat", "texts are joined by `concat(a, \" \", b)`"}},
    {"join", {"concat", "texts are joined by `concat(a, \" \", b)`"}},
    {"instr", {"contains", ""}},
    {"strpos", {"contains", ""}},
    {"charindex", {"contains", ""}},
    {"position", {"contains", ""}},
    {"includes", {"contains", ""}},
    {"startswith", {"starts_with", ""}},
    {"has_prefix", {"starts_with", ""}},
    {"ends_with", {"", "write `matches(text, \"…$\")`"}},
    {"endswith", {"", "write `matches(text, \"…$\")`"}},
    {"regexp", {"matches", ""}},
    {"regexp_like", {"matches", ""}},
    {"regexp_matches", {"matches", ""}},
    {"match", {"matches", ""}},
    {"test", {"matches", ""}},
    {"absolute", {"abs", ""}},
    {"ceil", {"round", "numbers are cut by `round(number, digits)`"}},
    {"ceiling", {"round", "numbers are cut by `round(number, digits)`"}},
    {"floor", {"round", "numbers are cut by `round(number, digits)`"}},
    {"trunc", {"round", "numbers are cut by `round(number, digits)`"}},
    {"getdate", {"now", ""}},
    {"getutcdate", {"now", ""}},
    {"sysdatetime", {"now", ""}},
    {"sysdate", {"now", ""}},
    {"systimestamp", {"now", ""}},
    {"current_timestamp", {"now", ""}},
    {"utcnow", {"now", ""}},
    {"current_date", {"today", ""}},
    {"curdate", {"today", ""}},
    {"gen_random_uuid", {"uuid", ""}},
    {"uuid_generate_v4", {"uuid", ""}},
    {"uuid4", {"uuid", ""}},
    {"newid", {"uuid", ""}},
    {"newguid", {"uuid", ""}},
    {"nextval", {"", kCounted}},
    {"auto_increment", {"autoincrement", ""}},
    {"if", {"", kCase}},
    {"iif", {"", kCase}},
    {"decode", {"", kCase}},
    {"cast", {"", kConvert}},
    {"convert", {"", kConvert}},
    {"int", {"to_int64", ""}},
    {"to_int", {"to_int64", ""}},
    {"to_int32", {"to_int64", ""}},
    {"to_int16", {"to_int64", ""}},
    {"to_integer", {"to_int64", ""}},
    {"str", {"to_string", ""}},
    {"string", {"to_string", ""}},
    {"tostring", {"to_string", ""}},
    {"to_char", {"to_string", ""}},
    {"to_text", {"to_string", ""}},
    {"to_number", {"to_decimal", ""}},
    {"to_float", {"to_float64", ""}},
    {"float", {"to_float64", ""}},
    {"to_boolean", {"to_bool", ""}},
    {"bool", {"to_bool", ""}},
    {"current_setting", {"session", ""}},
    {"getenv", {"env", ""}},
};

constexpr std::string_view kKey = "a key is written before its name: `key id: int64`";
constexpr std::string_view kUnneeded = "every property is required unless its type ends in `?`";

constexpr Row kAnnotations[] = {
    {"id", {"", kKey}},
    {"pk", {"", kKey}},
    {"key", {"", kKey}},
    {"primary", {"", kKey}},
    {"primarykey", {"", kKey}},
    {"primary_key", {"", kKey}},
    {"default", {"", "a default follows the type: `age: int32 = 18`"}},
    {"relation", {"", kReference}},
    {"ref", {"", kReference}},
    {"references", {"", kReference}},
    {"foreignkey", {"", kReference}},
    {"manytoone", {"", kReference}},
    {"onetomany", {"", "the other side of a reference is `orders: many Order inverse customer`"}},
    {"map",
     {"column",
      "the name in the database is given by `@column(\"…\")`, or `@table(\"…\")` for an "
      "entity"}},
    {"db", {"native", "a type of one database is given by `@native(dialect: \"…\")`"}},
    {"updatedat", {"", "what is set at every change is the application's; a default is `= now()`"}},
    {"createdat", {"", "write the default: `created: timestamp = now()`"}},
    {"required", {"", kUnneeded}},
    {"notnull", {"", kUnneeded}},
    {"not_null", {"", kUnneeded}},
    {"nullable", {"", "an optional property is written with a `?` after its type"}},
    {"optional", {"", "an optional property is written with a `?` after its type"}},
    {"index", {"", "an index is a member of its own: `index (name)`"}},
    {"check", {"", "a check is a member of its own: `check age > 0`"}},
    {"length", {"", "the length belongs to the type: `string(40)`"}},
    {"maxlength", {"", "the length belongs to the type: `string(40)`"}},
    {"max_length", {"", "the length belongs to the type: `string(40)`"}},
    {"min", {"", "limits are a refinement: `age: int32 where value >= 0`"}},
    {"max", {"", "limits are a refinement: `age: int32 where value <= 150`"}},
    {"range", {"", "limits are a refinement: `age: int32 where value between 0 and 150`"}},
    {"pattern", {"", "a pattern is a refinement: `where matches(value, \"…\")`"}},
    {"ignore", {"allow", "a warning is silenced by `@allow(CODE, \"why\")`"}},
    {"doc", {"", "documentation stands on lines before, after `///`"}},
    {"comment", {"", "documentation stands on lines before, after `///`"}},
    {"description", {"", "documentation stands on lines before, after `///`"}},
    {"computed", {"", "a computed property ends in the word: `total: int64 = price * 2 computed`"}},
};

constexpr Row kWords[] = {
    {"yes", {"true", ""}},
    {"on", {"true", ""}},
    {"no", {"false", ""}},
    {"off", {"false", ""}},
    {"true", {"true", ""}},
    {"false", {"false", ""}},
    {"null", {"null", ""}},
    {"nil", {"null", ""}},
    {"none", {"null", ""}},
    {"undefined", {"null", ""}},
    {"current_timestamp", {"now()", ""}},
    {"sysdate", {"now()", ""}},
    {"localtimestamp", {"now()", ""}},
    {"current_date", {"today()", ""}},
};

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& ch : out)
    if (ch >= 'A' && ch <= 'Z') ch = char(ch - 'A' + 'a');
  return out;
}

template <size_t N>
Meant find(const Row (&table)[N], std::string_view written) {
  const std::string key = folded(written);
  const auto at = std::ranges::find(table, std::string_view(key), &Row::written);
  return at == std::end(table) ? Meant{} : at->meant;
}

}  // namespace

Meant typeMeant(std::string_view written) {
  return find(kTypes, written);
}
Meant functionMeant(std::string_view written) {
  return find(kFunctions, written);
}
Meant annotationMeant(std::string_view written) {
  return find(kAnnotations, written);
}
Meant wordMeant(std::string_view written) {
  return find(kWords, written);
}

}  // namespace cambium::sema
