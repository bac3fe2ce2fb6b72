// import/schema.h: what was read from foreign schema files, as the last of their statements left
// it: the readers build it and change it, statement by statement; write.h says it in the language.
// Whatever is not carried over has its reason in the element itself (`lost`) or in `losses`.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/model.h"
#include "compiler/source/source.h"
#include "plugins/import/sql_expr.h"

namespace cambium::importing {

// One line of the report.
struct Loss {
  Span at;
  std::string what;  // "trigger `touch`"
  std::string why;
};

struct Type {
  ir::Scalar scalar = ir::Scalar::text;
  uint32_t length = 0;  // string, bytes
  uint16_t precision = 0, scale = 0;
  bool list = false;
  std::string enumeration;  // scalar == enumeration: its name in the database
  std::string declared;     // as it was written, where that tells more; in lower case
  std::string alias;        // the domain that it was written as; "" = none
  std::string native;       // the database's own type, where the language has none like it
  std::string loss;         // what the language's type does not keep; "" = nothing
};

struct Value {  // a default or a computation
  SqlExpr expr;
  Span at;
  std::string lost;
};

struct Column {
  std::string name;
  std::string property;  // what the source calls it besides; "" = nothing
  Type type;
  bool notNull = false;
  bool autoIncrement = false;
  std::optional<Value> defaultValue;
  std::optional<Value> computed;
  bool stored = false;
  std::string comment;
  Span at;
  std::string lost;
};

struct ForeignKey {
  std::string name;
  std::vector<std::string> columns;
  std::string table;
  std::vector<std::string> tableColumns;  // empty = the other's key
  ir::RefAction onDelete = ir::RefAction::noAction, onUpdate = ir::RefAction::noAction;
  ir::Deferral deferral = ir::Deferral::no;
  std::string property, inverse;  // what the source calls both sides; "" = nothing
  std::string comment, inverseComment;
  Span at;
  std::string lost, inverseLost;
};

struct IndexPart {
  std::string column;  // "" = `expr`
  SqlExpr expr;
  bool descending = false;
  std::string native;  // what else the database is told of it: a collation, a class of operators
};

struct Index {
  std::string name;
  std::vector<IndexPart> parts;
  bool unique = false;
  std::optional<SqlExpr> where;
  std::string kind;                  // `gin`; "" = the usual one
  std::vector<std::string> include;  // columns that it carries along
  Span at;
  std::string lost;
  // It finds rows by the values of its columns, in their order.
  bool isUsual() const {
    return kind.empty() && include.empty() &&
           std::ranges::all_of(parts, [](const IndexPart& part) { return part.native.empty(); });
  }
};

struct Check {
  std::string name;
  SqlExpr expr;
  Span at;
  std::string lost;
  std::string native = {};  // the whole of it in the database's own words, in place of `expr`
};

struct Table {
  std::string name;
  std::string entity;  // what the source calls it besides; "" = nothing
  std::vector<Column> columns;
  std::vector<std::string> primaryKey;
  std::string keyName;
  std::vector<std::string> parents;  // tables that it inherits from
  std::vector<ForeignKey> foreignKeys;
  std::vector<Index> indexes;
  std::vector<Check> checks;
  std::string comment;
  bool withoutRowid = false;  // SQLite
  Span at;
  std::string lost;
};

struct EnumValue {
  std::string text;  // in the database
  std::string name;  // what the source calls it besides; "" = nothing
  std::string comment;
  std::string member;  // what it became, once it is written
};

struct Enum {
  std::string name;      // in the database
  std::string declared;  // what the source calls it besides; "" = nothing
  std::vector<EnumValue> values;
  std::string comment;
  Span at;
  std::string lost;
  bool ofColumn = false;  // made from one column's own list of values
};

// A domain: a type with a refinement.
struct Alias {
  std::string name;
  Type type;
  bool notNull = false;
  std::optional<Value> where;  // about SqlKind::value
  std::string comment;
  Span at;
  std::string lost;
};

// A many-to-many relation that the source has without a table of its own.
struct ManyToMany {
  std::string table, property, comment;  // the side that keeps it
  std::string otherTable, otherProperty;
  Span at;
  std::string lost;
  std::string between;  // the table that holds its pairs where it comes from
};

// A view, a trigger, a function …: named, so that DROP takes it away again.
struct Object {
  std::string kind;  // "view", "trigger" …
  std::string name;
  std::string table;  // of a trigger; "" = none
  Span at;
  std::string why;
};

struct Schema {
  std::string dialect;         // for @native: "postgres", "mariadb", "sqlite"; "" = unknown
  bool caseSensitive = false;  // are "Name" and "name" two columns?
  std::string urlVariable;     // the source names its database by this variable; "" = it does not
  std::vector<Table> tables;
  std::vector<Enum> enums;
  std::vector<Alias> aliases;
  std::vector<ManyToMany> relations;
  std::vector<Object> objects;
  std::vector<Loss> losses;

  bool same(std::string_view a, std::string_view b) const;
  Table* findTable(std::string_view name);
  const Table* findTable(std::string_view name) const;
  Column* findColumn(Table&, std::string_view name) const;
  const Column* findColumn(const Table&, std::string_view name) const;
  Enum* findEnum(std::string_view name);
  const Enum* findEnum(std::string_view name) const;
  const Alias* findAlias(std::string_view name) const;

  void lose(Span at, std::string what, std::string why);
  void addObject(Object);  // one of the same kind and name takes the old one's place

  // What the statements of these names do. Names that are not there are ignored: the database that
  // ran the script had an opinion, and so has the report.
  void dropTable(std::string_view name);
  void dropColumn(Table&, std::string_view column);
  void dropConstraint(Table&, std::string_view name);
  void dropIndex(std::string_view name);
  void dropObject(std::string_view kind, std::string_view name, std::string_view table = {});
  void dropEnum(std::string_view name);
  void renameTable(std::string_view from, const std::string& to);
  void renameColumn(Table&, std::string_view from, const std::string& to);
  void renameEnum(std::string_view from, const std::string& to);
  void renameIndex(std::string_view from, const std::string& to);
};

// "`a`", "`a` and `b`", "`a`, `b` and `c`"
std::string listed(const std::vector<std::string>& names);
std::string lowered(std::string_view text);
// A decimal as near to that many digits as the language has, and what it does not keep.
Type decimalOf(int64_t precision, int64_t scale);

}  // namespace cambium::importing
