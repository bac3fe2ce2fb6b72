// runner/kept.h: what plans took away and the database keeps for a time (an environment's `soak`).
// What is there, the catalog says; what it was and until when it stays, the plans that are recorded
// with it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/dialect/dialect.h"
#include "runtime/runner/ledger.h"

namespace cambium::runner {

struct KeptThing {
  plan::Kept what;
  std::string in;   // the table that it is a column of by now; "" = it is a table
  int64_t run = 0;  // PlanRecord::id; 0 = no plan that is recorded here tells of it
  std::string package, fromVersion, toVersion;
  std::string since, until;  // "" = the plan has not ended: its soak has not begun
  bool overdue = false;      // by the database's clock

  // Where its values are: a column of `table()`, or all of its columns.
  const std::string& table() const { return in.empty() ? what.name : in; }
  // "" = the columns of a whole table, as they were called.
  std::string column() const { return in.empty() ? what.column : what.name; }
};

// All that there is, of this package or of none, the latest first.
DbResult<std::vector<KeptThing>> keptThings(Session&, std::string_view package);

// What has the values that `property` of `entity` had last before it went, in the run `since` or
// the first one behind it. They are found by `what.key` in `column()` of `table()`; where the
// entity went as a whole, in its own columns there. Null: they went before, or nobody keeps them.
// `property` "" = of a whole entity.
const KeptThing* keptValuesOf(std::span<const KeptThing>, int64_t since, std::string_view entity,
                              std::string_view property);
// The last run that led on from this version: `since` for its values. 0 = none did.
DbResult<int64_t> leftBy(Session&, std::string_view package, std::string_view version);

// A column that is there for the values of a kept one.
struct Place {
  std::string table, column;
  std::vector<std::string> key;  // its columns in the order of KeptThing::what.key
};
struct RestoreReport {
  int64_t rows = 0;
  std::optional<Lease> holder;
};
// Copies the values of a kept column to where it is empty, in one transaction; they stay kept.
// `actor` as of a run. Not for a whole table.
DbResult<RestoreReport> restore(Session&, const dialect::Dialect&, const KeptThing&, const Place&,
                                const std::string& actor);

struct PurgeReport {
  std::vector<std::string> purged;  // by name
  std::optional<Lease> holder;      // somebody else is at work in this database
};
// Removes these for good, one after the other, each with its own record. What is gone already is
// left out.
DbResult<PurgeReport> purge(Session&, const dialect::Dialect&, std::span<const KeptThing>,
                            const std::string& actor);

}  // namespace cambium::runner
