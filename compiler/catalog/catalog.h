// catalog/catalog.h: a relational schema as one database has (or will have) it. `lower` makes it
// from a model, introspection from a live database, the planner's simulation changes it step by
// step: all three must agree exactly, so every text in it is in the dialect's canonical form
// (traits.h). Names are unquoted; SQL fragments quote every identifier.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cambium::catalog {

struct Column {
  std::string name;
  std::string type;  // as the dialect spells it: "TEXT", "NVARCHAR(160)"
  bool notNull = false;
  std::string defaultSql;    // "" = none
  std::string generatedSql;  // "" = an ordinary column
  bool stored = false;       // generated and stored
  bool autoIncrement = false;
  std::string comment;  // where the dialect has comments
  friend bool operator==(const Column&, const Column&) = default;
};

struct Check {
  std::string name;       // "" where unnamed
  std::string sql;        // without CHECK and its parentheses
  bool validated = true;  // else it holds for what is written, not yet for every row
  // It keeps rows from one another rather than looking at one row: `sql` is the whole of it
  // ("EXCLUDE USING …"), and it has an index of its name (Traits::exclusions).
  bool isExclusion() const { return sql.starts_with("EXCLUDE "); }
  friend bool operator==(const Check&, const Check&) = default;
};

struct ForeignKey {
  std::string
      name;  // "" where the dialect (Traits::namedForeignKeys) or the database does not name it
  std::vector<std::string> columns;
  std::string table;
  std::vector<std::string> tableColumns;
  std::string onDelete;  // "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT", "NO ACTION"
  std::string onUpdate;
  bool validated = true;                      // as of a check
  bool deferrable = false, deferred = false;  // looked at when the transaction ends
  friend bool operator==(const ForeignKey&, const ForeignKey&) = default;
};

struct IndexPart {
  std::string column;  // a column's name, or "" and then
  std::string sql;     // an expression
  bool descending = false;
  std::string native = {};  // what stands behind it in the dialect's words: an operator class
  friend bool operator==(const IndexPart&, const IndexPart&) = default;
};

struct Index {
  std::string name;
  std::vector<IndexPart> parts;
  std::vector<std::string> include;  // columns beside the parts (Traits::includedColumns)
  std::string method;                // "gin"; "" = the usual one (Traits::indexMethods)
  bool unique = false;
  bool constraint = false;  // part of CREATE TABLE (an inline UNIQUE); `name` is then "" where the
                            // engine invents one
  std::string whereSql;     // "" = all rows
  // Finds rows by the values of its parts, one part after the other, as every database does.
  bool isUsual() const;
  friend bool operator==(const Index&, const Index&) = default;
};

// What a role may do with a table or a view: one action, on all of it or on some columns.
struct Grant {
  std::string role;
  std::string action;                // "SELECT", "INSERT", "UPDATE", "DELETE"
  std::vector<std::string> columns;  // sorted; empty = all that there are, and all that come
  friend auto operator<=>(const Grant&, const Grant&) = default;
};

// Which rows an action sees and writes; of several policies one is enough.
struct Policy {
  std::string name;
  std::string command;             // "ALL", "SELECT", "INSERT", "UPDATE", "DELETE"
  std::vector<std::string> roles;  // sorted; empty = everybody
  std::string usingSql;            // of rows that are there; "" = the command has none
  std::string checkSql;            // of rows that are written; "" = the command has none
  friend bool operator==(const Policy&, const Policy&) = default;
};

struct Table {
  std::string name;
  std::vector<Column> columns;  // in order; the order does not count in comparisons
  std::vector<std::string> primaryKey;
  std::vector<Check> checks;
  std::vector<ForeignKey> foreignKeys;
  std::vector<Index> indexes;
  std::vector<std::string> options;  // "STRICT", "WITHOUT ROWID"; sorted
  std::string comment;
  bool rowSecurity = false;      // what no policy shows is not there
  std::vector<Policy> policies;  // by name
  std::vector<Grant> grants;     // sorted; to roles of the model

  const Column* findColumn(std::string_view) const;
  Column* findColumn(std::string_view);
};

struct View {
  std::string name;
  std::string sql;                 // the whole canonical CREATE statement
  std::vector<Grant> grants = {};  // sorted
  // Of a version's face where the database has schemas; `name` is then "schema.view".
  std::string schema = {};
  std::string_view ownName() const {
    return std::string_view(name).substr(schema.empty() ? 0 : schema.size() + 1);
  }
  friend bool operator==(const View&, const View&) = default;
};

struct Trigger {
  std::string name;
  std::string table;  // or view
  std::string sql;    // the whole canonical CREATE statement
  friend bool operator==(const Trigger&, const Trigger&) = default;
};

// Something the model cannot say (a virtual table, a user's function): kept, fingerprinted,
// reported, never touched.
struct Opaque {
  std::string kind;
  std::string name;
  std::string sql;
  friend bool operator==(const Opaque&, const Opaque&) = default;
};

// A row that the model itself demands (a tag): part of the plan and its proof, not of what
// introspection reads.
struct Row {
  std::string table;
  std::string keyColumn;
  std::string key;  // SQL of the value
  std::vector<std::pair<std::string, std::string>>
      values;  // the other columns, SQL of their values
  friend auto operator<=>(const Row&, const Row&) = default;
};

struct ByName {  // byte order
  using is_transparent = void;
  bool operator()(const auto& a, const auto& b) const { return nameOf(a) < nameOf(b); }

private:
  static std::string_view nameOf(std::string_view name) { return name; }
  static std::string_view nameOf(const auto& object) { return object.name; }
};

struct Catalog {
  // Each list by name (byte order). What a plan puts and drops once or more for each entity is not
  // a vector: a thousand of them would be moved each time.
  std::set<Table, ByName> tables;
  std::vector<View> views;
  std::set<Trigger, ByName> triggers;
  std::vector<Opaque> opaque;
  std::set<Row> rows;
  // Roles that grants and policies speak of. They are of the server, not of this database: part of
  // the plan and its proof, not of what introspection reads.
  std::set<std::string, std::less<>> roles;
  // Tables whose policies may look at rows of other tables (lookups.h), so that nobody has to ask
  // all of them. No fact of its own.
  std::set<std::string, std::less<>> lookers = {};
  // What a plan took away and the database keeps for a time, by the name that it has there
  // (kept.h): the table that it is a column of, "" = a table. Part of no comparison: no model
  // speaks of it.
  std::map<std::string, std::string, std::less<>> kept = {};

  const Table* findTable(std::string_view) const;
  Table* findTable(std::string_view);  // to be changed in everything but its name
  const View* findView(std::string_view) const;
  const Trigger* findTrigger(std::string_view) const;
  // The rows of one table.
  std::vector<Row> rowsOf(const std::string& table) const;
  // Each foreign key that leads to `table`, to be changed.
  void changeReferences(std::string_view table, const std::function<void(ForeignKey&)>& change);
  // Keep the lists sorted by name.
  void put(Table);
  void put(View);
  void put(Trigger);
  void put(Opaque);
  // True if there was one.
  bool dropTable(std::string_view);
  bool dropView(std::string_view);
  bool dropTrigger(std::string_view);
};

// ---------------------------------------------------------------- comparison
// Canonical text of one object, all facts, one line each, in an order that does not depend on the
// column order, the order of checks, foreign keys or indexes. Equal text = equal object. This is
// what probes hash.
std::string describe(const Table&);
std::string describe(const View&);
std::string describe(const Trigger&);
std::string describe(const Opaque&);
// The whole catalog: the descriptions one after the other.
std::string describe(const Catalog&);
std::string fingerprint(const Catalog&);  // SHA-256 of describe()

enum class DifferenceKind : unsigned char { missing, changed, extra };
struct Difference {
  DifferenceKind kind;
  std::string object;  // "table album", "column album.title", "index …", "check …", "trigger …"
  std::string expected;  // "" for extra
  std::string actual;    // "" for missing
};
// What `actual` lacks, has otherwise, or has too much, compared with `expected`; by object. Empty =
// equal.
std::vector<Difference> compare(const Catalog& expected, const Catalog& actual);

}  // namespace cambium::catalog
