// catalog/traits.h: what one database can do and how it spells things: plain data that a dialect
// fills in (plugins/<dialect>/), and the only thing that `lower`, the planner and the proof know
// about a database. Function pointers are pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/ir/model.h"

namespace cambium::catalog {

struct Table;  // catalog.h
struct Trigger;
struct View;

// How a type is held: `native` as the type says; `emulated` with a check that makes up for it
// (`check`), or with a loss the user is told of (`loss`).
struct TypeMapping {
  std::string sqlType;
  std::string check;  // SQL over {0} = the quoted column; "" = none needed
  std::string loss;   // what this dialect cannot promise for the type, in words; "" = nothing.
                      // Becomes warning DDL001
};

// Keeps derived columns of one table in step with writes of either version (runner.md 6).
struct SyncTrigger {
  std::string name;
  std::string table;
  std::vector<std::string> key;  // the row's key columns
  enum class Event : unsigned char { insert, update } event = Event::insert;
  std::vector<std::string> changed;  // update: fires if one of these changed
  std::string when;                  // further condition, over NEW.… and OLD.…; "" = none
  std::vector<std::pair<std::string, std::string>> set;  // column = SQL over NEW.…
  // `key` is of a row that may have none yet: then NULL finds NULL.
  bool keyMayBeEmpty = false;
  // It sets columns of the primary key, and so before the row is there (Traits::triggersFillKeys).
  bool fillsKey = false;
  // It looks into another table: whoever writes the row need not be allowed to.
  bool reads = false;
};

// A reference in columns of a table and rows of a table between (`links`) that say the same for
// applications of two versions: one of them knows one row that is referred to, the other several.
// The columns hold one of the several; what is written into them takes its place there.
//   several are new: emptying the columns takes away the one that they held. The others, which only
//     new applications can have added, stay, and the columns stay empty until one is added
//   one is new: emptying the columns takes all of them away. A write to `columns` that leaves them
//     as they are, and finds them not to be one of the several, chooses anew: so a backfill fills
//     them from rows of old applications
struct LinkSync {
  std::string table;                      // that has the columns
  std::vector<std::string> key, columns;  // its primary key; the reference
  std::string links;                      // the table between
  std::vector<std::string> owner;         // its columns that refer to `key`, in that order
  std::vector<std::string> target;        // those that refer to what `columns` refer to
  bool oneIsNew = false;
  // Where one is new: keys of rows that go in the end, as SQL. Another one is chosen if there is
  // one.
  std::vector<std::string> leaving = {};
  // What its triggers are called, by what they hang on; a dialect uses those that it needs.
  struct Names {
    std::string insert, update, choose;  // of `table`; `choose` is before the update
    std::string linkInsert, linkUpdate, linkDelete;
  } names;
};

// Columns of a table and a row of another one (`part`) that refers to it, which say the same for
// applications of two versions: one of them knows the columns, the other one the part. Where the
// columns say nothing there is no part, but for one that says nothing either.
struct PartSync {
  struct Column {
    std::string name, type;
  };
  // SQL of each column of the other form; `row` stands before the columns of a row of this one.
  using Values = std::function<std::vector<std::string>(std::string_view row)>;

  std::string table;                 // the whole
  std::vector<std::string> key;      // its primary key
  std::vector<Column> columns;       // what only one version knows of it
  std::vector<std::string> nothing;  // SQL: what stands there of a row without a part
  std::string part;
  std::vector<std::string> owner;  // its columns that refer to `key`, in that order: unique
  std::vector<Column> values;      // the others that say the same as `columns`
  Values toPart, toTable;  // `values` over a row of the table, `columns` over one of the part
  // What its triggers are called, by what they hang on; a dialect uses those that it needs.
  struct Names {
    std::string insert, update;  // of `table`
    std::string partInsert, partUpdate, partDelete;
    std::string busy;  // for a variable that says whose work a statement is
  } names;
};

// What a foreign key does to rows by itself, done by a statement of a trigger on the table that
// they refer to, where the database tells no trigger of it (Traits::cascadesSetOffTriggers): those
// of the rows learn of it then, and the foreign key finds nothing left to do.
struct CascadeSync {
  std::string name;
  std::string table;             // referred to
  std::vector<std::string> key;  // its columns, in the order of `columns`
  std::string rows;              // the table that refers
  std::vector<std::string> columns;
  // Before a row of `table` goes the rows go, too, or refer to nothing; behind a change of `key`,
  // which they have followed by then, what else says the same follows.
  enum class Action : unsigned char { remove, empty, follow } action = Action::remove;
  // SQL over OLD.…: another foreign key refuses that the row goes, and nothing may be done to
  // others before (a statement may go on when a row of it is refused); "" = none does.
  std::string refused = {};
  // follow: column = SQL over the row, where `pending` holds. Empty: a write that changes nothing.
  std::vector<std::pair<std::string, std::string>> set = {};
  std::string pending = {};
};

// Refuses a write that the new version's constraint would refuse, until the constraint itself is
// there.
struct GuardTrigger {
  std::string name;
  std::string table;
  SyncTrigger::Event event = SyncTrigger::Event::insert;
  std::string violated;  // SQL over NEW.…, true = refuse
  std::string message;
};

// A renamed table under its other name: an updatable view `name` over `table`.
struct Face {
  std::string name;
  std::string table;
  std::vector<std::string> key;  // columns of `table`
  std::vector<std::pair<std::string, std::string>>
      columns;  // name in the view, column of the table
  std::vector<std::string>
      generated;  // names in the view that nobody can write (computed by the table)
  std::vector<std::pair<std::string, std::string>>
      defaults;             // name in the view, SQL that an insert without a value (NULL) gets
  std::string schema = {};  // of the view, if it is not the session's own
  // Who may use the view need not be allowed to use the table (Traits::grantedViewOptions).
  bool ownerRights = false;
  // Columns of `table` that the view does not show, and their types: an insert through it leaves
  // them empty, whatever default the table has for them (Traits::facesLeaveBlank).
  std::vector<std::pair<std::string, std::string>> blank = {};
  // Where that takes one: the view, in the same schema, that this one looks at instead of the
  // table.
  std::string below = {};
};

struct Traits {
  std::string dialect;               // as in `@native(dialect: …)` and as the plugin is called
  std::string displayName;           // as people call it
  std::vector<std::string> schemes;  // of URLs
  size_t maxIdentifierBytes = 63;

  // What can be changed in place; what cannot is done by rebuilding the table.
  bool transactionalDdl = false;
  bool alterColumn = false;    // nullability, default, type
  bool addConstraint = false;  // check, foreign key on an existing table
  bool dropConstraint = false;
  bool dropColumn = false;  // of a column that nothing uses
  // A constraint may hold for what is written before it is known to hold for every row: it is added
  // at once, and the rows are looked at later without keeping writers out. A column is required by
  // way of such a check, which spares it a look at every row of its own.
  bool constraintBeforeRows = false;
  bool exclusions = false;         // checks that keep rows from one another (Check::isExclusion)
  bool constraintOfIndex = false;  // a unique index that is there becomes a constraint
  // A table may be created that refers to one which is not there yet, and be dropped while another
  // refers to it.
  bool referenceAhead = false;
  bool renameColumn = false;
  // Also of one that a check, a computed column or an expression of an index speaks of: they
  // follow.
  bool renameFollowed = true;
  bool renameTable = false;
  bool renameIndex = false;  // else it is made anew under its other name
  bool renameCheck = false;  // the same; also one that keeps rows from one another
  bool addColumnNotNullWithConstantDefault = false;
  bool addColumnWithVolatileDefault = false;
  bool addColumnForeignKey = false;  // a nullable column with its own single-column foreign key
  bool addColumnCheck = false;       // a nullable column with a check over itself alone
  bool addColumnGeneratedVirtual = false;
  bool addColumnGeneratedStored = false;
  bool namedForeignKeys = true;
  bool deferrableForeignKeys = false;  // those that wait for the end of the transaction
  bool namedUniqueConstraints = true;  // else one has a name only if somebody gave it one
  bool comments = false;
  // Kinds of indexes as `@using` calls them, the usual one first.
  std::vector<std::string> indexMethods;
  bool otherIndexMethods = false;  // extensions of the database bring more of them
  bool includedColumns = false;    // of an index: beside its parts
  // What `@native` says of a part of an index, in the one form in which introspection reads it
  // back; nullopt = this database knows no such words. Null: it knows none.
  std::optional<std::string> (*indexWords)(std::string_view said, bool descending) = nullptr;
  std::string viewOptions;  // of every view: " WITH (…)"
  // Of one that is granted while none of its tables hides rows: who may read it need not be allowed
  // to read them.
  std::string grantedViewOptions;
  bool insteadOfTriggers = false;  // faces of renamed tables
  // An insert through a face may leave columns that it does not show empty (Face::blank).
  bool facesLeaveBlank = false;
  // A version's face is a schema of its own; else its views have the version in their names.
  bool versionSchemas = false;
  // Names that differ only by case are one name.
  bool foldsTableCase = false, foldsColumnCase = false;
  // What a foreign key does to rows by itself; else `cascadeTrigger` does it.
  bool cascadesSetOffTriggers = true;
  bool triggersFillKeys = false;  // a trigger can fill a primary key before the row is held to it
  // A trigger is told the number that a key which counts by itself gets.
  bool triggersSeeCounted = true;
  // A type that grows is changed in contract, in the column that is there: it takes no longer than
  // to change the key over to another column, and until then both versions use the one.
  bool keysGrowInPlace = false;
  std::vector<std::string> optionsOfKeyedTables = {};  // table options that need a primary key
  // What stands behind a look at another table in a trigger, so that it sees the row as it is by
  // now, and not as it was when the statement began; "" = it does.
  std::string currentRead = {};
  // A foreign key may lead from a column of the one type to one of the other. Null: whatever types.
  bool (*mayRefer)(std::string_view column, std::string_view target) = nullptr;
  bool accessControl = false;  // roles, and grants to them
  bool rowPolicies = false;    // which rows a role sees and writes

  std::vector<std::string>
      tableOptions;  // of every table unless @native says otherwise: {"STRICT"}

  // ---- spelling
  std::string (*quote)(std::string_view identifier) = nullptr;
  std::string (*literal)(const ir::Expr& literal) =
      nullptr;  // a literal or enum member, by its type
  TypeMapping (*mapType)(const ir::Type&, const ir::Model&) = nullptr;
  // The logical type that a declared SQL type most likely means; `exact` if lowering it gives the
  // same SQL type and no check.
  struct RaisedType {
    ir::Type type;
    bool exact = false;
  };
  std::optional<RaisedType> (*raiseType)(std::string_view sqlType) = nullptr;
  // SQL of a list as a value, from the SQL of its elements.
  std::string (*list)(const ir::Expr& list, const std::vector<std::string>& elements) = nullptr;
  // SQL of a call; arguments are rendered SQL. nullopt = this dialect has no such function (then
  // DDL002).
  std::optional<std::string> (*call)(ir::Function, const std::vector<std::string>& arguments,
                                     const ir::Expr& call) = nullptr;
  // SQL of an operator whose plain form would mean something else here (integer division, null-safe
  // equality …); nullopt = the plain form.
  std::optional<std::string> (*binary)(const ir::Expr& operation, const std::string& left,
                                       const std::string& right) = nullptr;
  // SQL that somebody wrote (`sql(…)`) over columns of one table, as introspection reads it back,
  // with every column in quotes. Null: as it is.
  std::string (*canonical)(std::string_view sql, const std::vector<std::string>& columns) = nullptr;
  // SQL of the operand `parent.args[index]` where what is stored cannot be computed with as it is
  // (a number kept as text); null = every operand as it is.
  std::string (*operand)(const ir::Expr& parent, size_t index, std::string sql) = nullptr;
  // Brings the texts of a lowered table (types, defaults, expressions) and of a view into the one
  // form in which introspection reads them back, where the database keeps them in words of its own.
  // Null: they are in it.
  void (*settleTable)(Table&) = nullptr;
  void (*settleView)(View&) = nullptr;
  // Both hold the same, NULL included, to the last letter: what a column of this type takes for
  // equal need not be the same (a collation without case, an interval).
  std::string (*identical)(std::string_view type, const std::string& left,
                           const std::string& right) = nullptr;
  // A column of the type `from` gets the type `to` without a write to any row, and beside writers:
  // SQL that is true of a value in `column` that `from` does not hold. nullopt: rows would be
  // written, or nobody knows. Null: no type grows in place here.
  std::optional<std::string> (*outgrows)(std::string_view from, std::string_view to,
                                         const std::string& column) = nullptr;
  // A column that views, triggers, policies, checks, computed columns or expressions of an index
  // speak of may grow so, too.
  bool growsWhereSpokenOf = false;
  std::string (*syncTrigger)(const SyncTrigger&) = nullptr;  // whole canonical CREATE statement
  std::string (*guardTrigger)(const GuardTrigger&) = nullptr;
  std::vector<Trigger> (*linkTriggers)(const LinkSync&) = nullptr;
  std::vector<Trigger> (*partTriggers)(const PartSync&) = nullptr;  // null: not here
  Trigger (*cascadeTrigger)(const CascadeSync&) = nullptr;          // null: nobody needs one
  std::string (*faceView)(const Face&) = nullptr;
  std::string (*faceBelow)(const Face&) = nullptr;  // the view `Face::below`; null: it takes none
  std::vector<std::pair<std::string, std::string>> (*faceTriggers)(const Face&) =
      nullptr;  // name, whole CREATE statement
};

}  // namespace cambium::catalog
