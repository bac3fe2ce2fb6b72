// plan/middle.h: what becomes of each column of a table that both versions have, and so the middle
// form of the table: everything that applications of both versions need. Columns are spoken of by
// their names in the old or the new version; oldName and newName say what they are called before
// and after the switch.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/node.h"

namespace cambium::plan {

enum class When : uint8_t { before, after };  // the switch
enum class Event : uint8_t { insert, update };

// Columns that hold the same in two forms: one renamed, converted, split or merged property.
struct Group {
  std::vector<std::string> from;    // of the old version only: written back by `down`
  std::vector<std::string> inputs;  // all old columns that `up` reads
  std::vector<std::string> to;      // of the new version only
  std::function<std::vector<std::string>(const ColumnSql& old)> up;  // by `to`
  std::function<std::vector<std::string>(const ColumnSql& fresh)>
      down;  // by `from`; empty = no way back
  bool identity = false;
  bool oneToOne = false;  // no two values of the old form become one
  bool filled = false;    // `up` makes something of an empty old form
  bool fromEach = false;  // `down` makes something of every value that is there
  // Those of `from` whose values nobody agreed to lose, and `up` before anything else fills what
  // it leaves empty. Empty where nothing can get lost: the values stay what they are.
  std::vector<std::string> precious;
  // A reference by another key: each form is looked up, by the other one, in the table that it
  // refers to (its new name). Then `up` is empty, and `down` only says that there is a way back.
  std::string lookedUpIn;
  std::function<std::vector<std::string>(const ColumnSql& old)> bareUp;
  size_t change = Node::kNoChange;
  Span cause;
};

// A value for a column that a write, or an old row, leaves empty.
struct Fill {
  std::string column;
  std::function<std::string(const ColumnSql& fresh)> forRows;  // old rows
  std::function<std::string(const ColumnSql& fresh)>
      forWrites;           // empty = writes may leave it empty
  bool mayBeNull = false;  // rows for which it is null stay empty
  bool byDefault = false;  // the column's default fills it for writes: it is there from expand on
  size_t change = Node::kNoChange;
  Span cause;
};

struct OldColumn {
  const catalog::Column* column = nullptr;
  ir::PropertyId property;
  bool kept = false;     // the new version has it too, under its name and with its type
  bool relaxed = false;  // may be empty from expand on
  int group = -1;        // index into groups, if it is one's `from`
  std::string after;     // its name from the switch on
  // An insert through the new version's face leaves it empty, whatever its default.
  bool blank = false;
};

struct NewColumn {
  enum class Source : uint8_t { kept, added, moved, computed };
  const catalog::Column* column = nullptr;
  ir::PropertyId property;
  Source source = Source::added;
  std::string middle;  // its name until the switch
  int group = -1;      // moved
  int fill = -1;
};

struct TableForms {
  ir::EntityId oldEntity, newEntity;
  const catalog::Table* from = nullptr;
  const catalog::Table* to = nullptr;
  std::vector<OldColumn> old;
  std::vector<NewColumn> fresh;
  std::vector<Group> groups;
  std::vector<Fill> fills;
  bool newKey = false;      // the primary key changes, if only by a name
  bool keyGrows = false;    // its columns stay, and get a wider type in contract
  bool keyDemoted = false;  // until contract a unique index stands for the old key: a trigger can
                            // fill it only when the row is there

  std::vector<std::string> oldKey(When) const;
  // By which the table's triggers find a row that may have no old key yet.
  std::vector<std::string> rowKey(When) const;
  bool renamed() const { return from->name != to->name; }
  bool swaps() const;  // some new column takes over an old one's name
  const OldColumn* findOld(std::string_view) const;
  const NewColumn* findNew(std::string_view) const;
  std::string oldName(const std::string& column, When) const;
  std::string newName(const std::string& column, When) const;
};

// nullopt after an error, and for an entity whose table is not in both catalogs.
std::optional<TableForms> tableForms(Context&, ir::EntityId oldEntity, ir::EntityId newEntity);

// SQL of an expression over an entity's properties, with `column` for its columns.
std::string render(const ir::Expr&, const ir::Model&, const catalog::Lowered&, ir::EntityId,
                   const catalog::Traits&, const ColumnSql&);

// references.cpp: references where the key that they lead to changes.
// Columns of a key, in the order in which a reference has them.
std::vector<std::string> keyColumns(const ir::Model&, const catalog::Lowered&, ir::EntityId);
// Both versions refer by the same properties, whatever these are called.
bool refersBySame(const Context&, ir::PropertyId from, ir::PropertyId to);
// The column, one of a key or of a reference, keeps its place and gets its wider type in contract.
bool growsInPlace(const Context&, ir::PropertyId from, ir::PropertyId to, size_t column);
// The columns by which a row refers to another: those of the old version from those of the new, and
// back. `row` stands before a column of the row.
std::vector<std::string> lookedUp(const Context&, const TableForms&, const Group&, bool up, When,
                                  const std::string& row);
// Why the database does not let these columns of the new version lead to what is the key until
// contract; "" = it does.
std::string cannotLead(const Context&, const catalog::Table& to, const catalog::ForeignKey& fk,
                       const catalog::ForeignKey& now);
// The foreign key of a new table as it is until contract; nullopt after an error.
std::optional<catalog::ForeignKey> referenceOfNew(Context&, const catalog::Table&,
                                                  const catalog::ForeignKey&);
// EVO050 for references by another key that cannot be looked up.
void checkReferences(Context&, const TableForms&);

// sync.cpp: triggers, backfills, guards and faces of one table.
ColumnSql oldColumns(const Context&, const TableForms&, When, std::string prefix);
ColumnSql newColumns(const Context&, const TableForms&, When, std::string prefix);
// What a new column will hold once the sync triggers have run for this write: for guards, whose
// place among the triggers is nobody's promise.
ColumnSql effectiveColumns(const Context&, const TableForms&, When, Event);
// What the old columns of a row just written hold before its triggers have run: the form that is
// not written yet has nothing in it. Where both have something, as the old one says, or the new
// one.
enum class Form : uint8_t { old, fresh };
ColumnSql writtenColumns(const Context&, const TableForms&, When, Form first);
// What one group says in SQL over one kind of row.
struct GroupSql {
  std::vector<std::string> to, from, up, down;
  std::string emptyTo;     // every new column is NULL
  std::string consistent;  // both forms agree
};
GroupSql groupSql(const Context&, const TableForms&, const Group&, When, const std::string& prefix);
void addSync(Context&, const TableForms&);
void addFace(Context&, const TableForms&);
// links.cpp: a reference that becomes a many-to-many, or the other way round.
void addLinks(Context&, const TableForms&);
// parts.cpp: an entity that becomes two, or two that become one.
void addParts(Context&, const TableForms&);
// Triggers that come and go together: over the names `before` the switch, away while names are
// swapped, over those `after` it. The nodes that make them and that let them go, as indices into
// Context::nodes.
struct TriggerLife {
  Transition create, suspend, resume, drop;
};
inline constexpr TriggerLife kSyncLife{Transition::syncCreate, Transition::syncSuspend,
                                       Transition::syncResume, Transition::syncDrop};
inline constexpr TriggerLife kGuardLife{Transition::guardCreate, Transition::guardSuspend,
                                        Transition::guardResume, Transition::guardDrop};
struct TriggerNodes {
  size_t made, gone;
};
TriggerNodes addTriggers(Context&, const TableForms&, const std::string& element,
                         const std::string& title, const TriggerLife&,
                         const std::vector<catalog::Trigger>& before,
                         const std::vector<catalog::Trigger>& after, size_t change, Span cause);
// A guard that refuses what `violated` holds for.
void addGuard(Context&, const TableForms&, const std::string& name, const std::string& subject,
              bool subjectIsCheck, const std::string& what, size_t change, Span cause);
// constraints.cpp: checks, foreign keys, indexes of one table. What single new columns bring along
// when they are added is returned, by their middle name.
struct Brought {
  std::map<std::string, catalog::Check> checks;
  std::map<std::string, catalog::ForeignKey> foreignKeys;
};
Brought addConstraints(Context&, const TableForms&);
void addExclusions(Context&, const TableForms&);  // exclusions.cpp
// The same check gets its new name in contract, and nobody looks at the rows; false: the database
// cannot do that, or one of the names stands for another one meanwhile.
bool renameCheck(Context&, const TableForms&, catalog::Check was, const catalog::Check& is,
                 size_t change);
void addIndexes(Context&, const TableForms&);  // indexes.cpp
void addVerify(Context&, const TableForms&, std::string element, std::string countSql,
               std::string message, size_t change, Span cause);
// retarget.cpp: a reference that leads to another entity.
// The foreign key of the old version over what these columns are made of, where that leads to
// something else; null = none.
const catalog::ForeignKey* ledElsewhere(const Context&, const TableForms&,
                                        const catalog::ForeignKey& ofNew);
// EVO051 where the two cannot stand side by side until contract.
bool leadsBoth(Context&, const TableForms&, const catalog::ForeignKey& was,
               const catalog::ForeignKey& ofNew);
// Of the two that acts whose version is the active one. `own`: the new one as it is after the
// switch; what it has to be until then, if that is something else.
std::optional<catalog::ForeignKey> takeOver(Context&, const TableForms&,
                                            const catalog::ForeignKey& ofNew,
                                            const catalog::ForeignKey& own, size_t change,
                                            Span cause);
// Rows whose new value leads to nothing are counted before anything is done.
void verifyTargets(Context&, const TableForms&);
// free_names.cpp: EVO052 and EVO058 where both versions cannot find their names at once.
void checkNames(Context&, const TableForms&);
// keys.cpp: the primary key, where it changes. checkKey reports EVO050 where there is no way.
void checkKey(Context&, TableForms&);
void addKey(Context&, const TableForms&);
bool changesOver(const Context&, const std::string& newTable);  // its key changes
// The unique index of the old version over what becomes the key; null = none. Until contract it
// stands for the key.
const catalog::Index* standsForKey(const TableForms&);
// What becomes the key is new, and the database makes up another value for each row: no application
// of the old version knows of it, so a reference can be looked up by it as soon as it is there.
bool madeForKey(const Context&, const TableForms&);
// … and others refer to it: its unique index comes with the column, before theirs.
bool uniqueAhead(const Context&, const TableForms&);
// A foreign key of the new version as it can be until contract: if the key of its target changes,
// over the old one, or over what is unique already. nullopt = the target's new key does not say
// which old one it is.
std::optional<catalog::ForeignKey> untilContract(const Context&, catalog::ForeignKey);
// Its target under the names before or after the switch.
catalog::ForeignKey overNamesBefore(const Context&, catalog::ForeignKey ofNew);
catalog::ForeignKey overNamesAfter(const Context&, catalog::ForeignKey overOldKey);
void cannotFollow(Context&, const std::string& newTable, const std::string& who,
                  const std::string& why);
// The foreign key to a table whose key changes goes before that, and comes back after it. Names as
// after the switch, but the target's columns in `now` as before it; `table` is the node's.
void changeOver(Context&, const std::string& table, const std::string& tableAfter,
                const std::optional<catalog::ForeignKey>& now,
                const std::optional<catalog::ForeignKey>& then, size_t change, Span cause);
void contractTogether(Context&, const std::string& a, const std::string& b);  // old names
std::string contractsAs(const Context&, std::string table);  // the same for all of one step
// cascades.cpp: what foreign keys do to Context::watched, once all tables have their nodes.
void addUnseenChanges(Context&, const TableForms&, const Group&);
void addCascades(Context&);
// access.cpp: what is granted on the table, and which rows are shown.
void addAccess(Context&, const TableForms&);
// What policies of other tables look at, once all tables have their nodes; EVO065.
void addWatched(Context&,
                const std::vector<std::pair<ir::EntityId, const catalog::Table*>>& created);
// loss.cpp: the rows whose old values the new form does not hold are counted.
void addLoss(Context&, const TableForms&, const Group&);

}  // namespace cambium::plan
