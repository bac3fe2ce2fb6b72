// tests/pairs/gadgets.h: kinds of change that random pairs of versions are made of, as text. A
// gadget is a few members of some entity, or declarations of its own, in the old and in the new
// version, the line of the migration that it needs, and the rows: those of the old version, and
// those that the new version must have in the end, which nobody computes but whoever wrote the
// gadget down.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cambium::testing {

// What an entity can have but one of, or a gadget cannot be beside.
enum class Sole : unsigned char {
  nothing,
  name,         // the entity's own name, table or key: two of them would be one change
  containment,  // a row may lie in one parent only
  sameKey,      // many-to-many and reference: not while the key of either side changes (EVO059)
};

enum class Types : unsigned char { any, withDefault, indexed };

// In all texts # is a number of the gadget's own, {E} an entity as that version calls it, {e} the
// same in the names of tables and columns, {k} the column of its key, {1} {2} {3} the keys of rows
// that it has; {O} {l} the same of an entity that is declared before it, or itself; {T} a type, {d}
// a literal of it; {X} a property of another gadget of the same entity, as that version calls it.
// In a migration {E} is what the old version calls it, {F} what the new one does.
struct Gadget {
  const char* name;
  const char* membersBefore = "";
  const char* membersAfter = "";
  const char* migration = "";
  // Columns of the entity's rows, and for each row their values, with commas between: {r} the row's
  // number, {v} and {w} values of {T}, {d} as a cell, {or} a key of {O}; ~ is nothing. A cell that
  // begins with ? is nothing in some rows; "?a:b" is b in those. {of3:a|b|c} is what the first
  // three rows have, the others nothing.
  const char* columns = "";
  const char* cells = "";
  const char* columnsAfter = nullptr;  // null = as before
  const char* cellsAfter = nullptr;
  const char* before = "";  // declarations
  const char* after = nullptr;
  const char* rows = "";  // of tables that the entity refers to: "table t\na,b\n1,2\n"
  const char* rowsAfter = nullptr;
  const char* rowsBehind = "";  // of tables that refer to it
  const char* rowsBehindAfter = nullptr;
  Types types = Types::any;
  Sole sole = Sole::nothing;
  // {O} is another entity: no row could begin to require one of its own (REL004).
  bool apart = false;
  // The last row, which an application of the new version writes, has a value: for nothing it would
  // get the image of the old default (docs/limits.md).
  bool fullAtLast = false;
  // Of the entity itself, in the new version.
  const char* newName = "";
  const char* newKey = "";
  const char* newTable = "";

  std::string_view afterDeclared() const { return after ? after : before; }
  bool uses(std::string_view placeholder) const;
  // The first property of it that is in both versions, in each: what {X} of another one may be.
  struct Names {
    std::string before, after;
  };
  std::optional<Names> property() const;
};

const std::vector<Gadget>& gadgetsOfProperties();
const std::vector<Gadget>& gadgetsOfDeclarations();
// All of them: a list that is neither reordered nor chosen from, so that none has the weight zero.
const std::vector<const Gadget*>& gadgets();

}  // namespace cambium::testing
