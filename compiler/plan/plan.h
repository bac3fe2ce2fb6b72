// plan/plan.h: stage 6, changes to ordered steps. Elements (tables, columns, checks, triggers,
// backfills …) get targets (public or absent), each kind of element has a table of transitions with
// the phase they may run in (elements.def), and one table of rules says which transition comes
// before which (rules.def). The planner sorts; what the dialect cannot change in place it folds
// into rebuilds (rebuild.cpp), as Traits say. In: the change set, both catalogs lowered for one
// dialect, its Traits. Out: the plan; the same input gives the same plan. Errors: EVO codes for
// changes it has no online way for; the plan is then not to be used.
#pragma once

#include <string>
#include <vector>

#include "compiler/catalog/lower.h"
#include "compiler/diff/diff.h"
#include "compiler/plan/operation.h"

namespace cambium::plan {

enum class Phase : uint8_t { expand, backfill, validate, switch_, contract };
std::string_view toString(Phase);
std::optional<Phase> findPhase(std::string_view);

enum class ElementKind : uint8_t {
#define ELEMENT(id, name) id,
#include "compiler/plan/elements.def"
#undef ELEMENT
};

// A step comes after an earlier one, and the rule that says so ("R10").
struct Follows {
  unsigned step = 0;
  std::string rule;
  bool operator==(const Follows&) const = default;
};
// What the rule says: "a trigger needs the columns that it fills"; "" = no such rule.
std::string_view reasonOf(std::string_view rule);

struct Hazard {
  std::string code;  // "LCK001"
  std::string text;
};

struct Step {
  unsigned number = 0;  // from 1, in execution order
  Phase phase = Phase::expand;
  ElementKind kind{};
  std::string element;                // "customer.nickname"
  char sign = '+';                    // + adds, - removes, ~ changes, ? verifies, > switches
  std::string title;                  // "customer.nickname text null"
  std::vector<Operation> operations;  // together, in one transaction where the dialect has them
  std::vector<Operation> undo;        // in order
  std::vector<Hazard> hazards;
  std::vector<Follows> follows;  // by rule, then by step
  Span cause;                    // the line of the model or the migration that asks for it
  std::string change;            // diff::toString of the change it belongs to
  diff::Compatibility compatibility = diff::Compatibility::safe;
};

// A query that counts the rows in the way of a breaking or destructive change.
struct DataProbe {
  std::string title;  // "rows of client without country"
  std::string countSql;
  diff::Compatibility compatibility;
  Span cause;
  // The rows that are counted, by their key, or the values that occur more than once; in no order,
  // without a limit. "" where that would show what is @sensitive. Not in a plan file.
  std::string listSql = {};
};

// Columns of one table that say the same in two forms, and must go on doing so from the backfill
// until contract. Names are those before the switch.
struct SyncDuty {
  std::string table;
  std::vector<std::string> inputs;  // of the old version: `to` follows them; empty: `to` gets a
                                    // value whenever a write leaves it empty
  std::vector<std::string>
      from;  // those of them that only the old version has: they follow `to`, if `both`
  std::vector<std::string> to;  // of the new version
  bool both = false;
};
// One and several that say the same (catalog::LinkSync), kept in step by these triggers from the
// backfill until contract: `before` the switch and after it. `pending` counts the rows where they
// do not.
struct LinkDuty {
  std::string table, column;  // the first of the reference's columns, as it is called before
  std::vector<catalog::Trigger> before, after;
  std::string pending;
};
// A check by what the change set says of it: it allows more than the one it stands for, whose names
// do not matter here.
struct WeakerCheck {
  std::string table, sql;
};
// Old columns (names after the switch) whose values nobody agreed to lose: `first` is counted
// before the switch, `last` before they go.
struct LossDuty {
  std::string table;
  std::vector<std::string> columns;
  std::string first, last;
};
// A unique index that stands for the new version's `rule` until contract: the same, but only for
// rows whose old and new columns agree. `held` and `middle` (the rule) in the names before the
// switch.
struct UniqueDuty {
  std::string table;
  catalog::Index held, middle, rule;
};
// A foreign key changes rows that say the same in two forms, and triggers of the table that they
// refer to carry that over, from expand until the old form is gone: `before` the switch and after
// it. Both empty: nothing does, and the rows are counted before the old form goes.
struct CascadeDuty {
  std::string rows, table;           // that refers, and is referred to; by their old names
  std::vector<std::string> columns;  // of the foreign key, as they are called before the switch
  std::vector<catalog::Trigger> before, after;
};
struct GuardDuty {
  std::string subject;
  catalog::GuardTrigger trigger;
};  // subject: the check's SQL or the column, in the names of the trigger's moment

// The policies of a table from the switch until contract, where they look at columns that move.
struct PolicyDuty {
  std::string table;  // by its old name
  std::vector<catalog::Policy> policies;
};

// A view of the old version's face from the switch on: over the columns that were the old
// version's, whatever they are called by then, until contract takes it away.
struct OldFaceDuty {
  std::string view;  // its name in the catalog
  catalog::Face before, after;
};

// A column of the old version alone that the new version's face leaves empty on insert until
// contract, so that its default is not taken for what an old application wrote.
struct BlankDuty {
  std::string table;   // by its old name
  std::string column;  // as it is called from the switch on
  std::string type;
};
// A view of the new version's face that is another one until contract: over the table's old name,
// or over columns that it leaves empty.
struct NewFaceDuty {
  std::string view;  // its name in the catalog
  catalog::Face middle, after;
};

// A column of the new version that has the old, narrower type until contract.
struct NarrowDuty {
  std::string table, column, type;  // the table by its new name
};
// A foreign key of the new version over columns that follow what they refer to (on update cascade)
// until contract, whatever the model says of that.
struct FollowDuty {
  std::string table;                 // by its old name
  std::vector<std::string> columns;  // as the new version calls them
};

// What the steps rest on and the catalog alone does not tell. The proof holds the steps against it.
struct Duties {
  std::vector<SyncDuty> syncs;
  std::vector<catalog::SyncTrigger>
      triggers;  // all that may be live, before and after the swap of names
  std::vector<LinkDuty> links;
  std::vector<CascadeDuty> cascades;
  std::vector<GuardDuty> guards;
  std::vector<catalog::Face> faces;   // before and after
  std::vector<WeakerCheck> relaxed;   // of the new version, in place of an old one from expand on
  std::vector<WeakerCheck> outgrown;  // of the old version, there until contract brings the new one
  std::vector<UniqueDuty> uniques;
  std::vector<LossDuty> losses;
  std::vector<PolicyDuty> policies;
  std::vector<OldFaceDuty> oldFaces;
  std::vector<BlankDuty> blanks;
  std::vector<NewFaceDuty> newFaces;
  std::vector<NarrowDuty> narrow;
  std::vector<FollowDuty> follows;
};

// Values that new applications wrote and that the old form, kept in step, does not hold: an undo
// loses them. Counted in the names after the switch; before it nobody has written any.
struct UndoLoss {
  std::string what;  // "column `client.price`"
  std::string countSql;
};

// What a destructive change takes away in contract stays in the database for a time.
struct Soak {
  uint64_t seconds = 0;  // 0 = it goes at once
  // Of the run in its database: no two things there are kept under one name.
  int64_t run = 1;
};
// "7 days", "36 hours", "90 seconds".
std::string toString(const Soak&);

struct Kept {
  unsigned step = 0;
  std::string name;              // in the database (catalog/kept.h)
  std::string table, column;     // as the step calls them; no column: the whole table
  std::vector<std::string> key;  // of the table, once the plan is done; of a table its own
  std::string entity, property;  // of the old version; "" = of none (a table between two)
};

struct Plan {
  std::string package, fromVersion, toVersion;
  std::string fromDigest, toDigest;  // of the models, set by the caller
  std::vector<Step> steps;
  std::vector<DataProbe> probes;
  std::vector<UndoLoss> undoLosses;
  catalog::Catalog before, after;  // what the plan starts from and ends in
  Duties duties;
  Soak soak;
  std::vector<Kept> kept;  // by step
  std::string refusal;     // a fault of the planner itself, in words: prove() refuses the plan with
                           // it; "" = none
  diff::Compatibility compatibility = diff::Compatibility::safe;  // the worst of its changes
};

Plan plan(const diff::ChangeSet&, const catalog::Lowered& from, const catalog::Lowered& to,
          const catalog::Traits&, DiagnosticSink& sink, const Soak& = {});

}  // namespace cambium::plan
