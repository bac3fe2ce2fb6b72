// diff/diff.h: stage 5, two models and the migration block between them (found in `to` by the two
// version numbers) to typed changes. A drop and an add that look like a rename (same kind and type,
// one of each) are an error with both fix-its: nothing is guessed, nothing lost in silence. Errors:
// MIG (a migration line that fits nothing; one version with two contents), EVO (a required property
// without values, an unapproved drop, an unexplained change of type). With errors the set is
// complete all the same. Time is linear in the size of the models.
#pragma once

#include <span>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diff/change.h"

namespace cambium::diff {

ChangeSet diff(std::shared_ptr<const ir::Model> from, std::shared_ptr<const ir::Model> to,
               DiagnosticSink& sink);

// What a person would have to approve for all changes between the two, beyond what the migration
// says, in the words of `approve`; by kind, then by path.
std::vector<ir::ApprovalRule> approvalsNeeded(std::shared_ptr<const ir::Model> from,
                                              std::shared_ptr<const ir::Model> to);

// A model without anything in it: what a fresh database is at.
std::shared_ptr<const ir::Model> emptyModel(const ir::Model& like);

// THE compatibility table (compatibility.def): one row or more for each kind of change.
struct CompatibilityRow {
  std::string_view section;  // "Properties"
  std::string_view name;     // "requireProperty"
  std::string_view kind;     // "RequireProperty"; "AnyChange" where it is not the kind that decides
  Compatibility compatibility = Compatibility::safe;
  std::string_view when, why, needs;  // in words, Markdown; may be empty
};
std::span<const CompatibilityRow> compatibilityTable();
const CompatibilityRow& compatibilityRow(const Change&, const ChangeSet&);
Compatibility classify(const Change&, const ChangeSet&);  // that of its row

// "~ Customer.nickname becomes required": one line, for people.
std::string toString(const Change&, const ChangeSet&);
// The same without "(exposed)" behind it.
std::string describe(const Change&, const ChangeSet&);
std::string_view kindName(const Change&);  // "RequireProperty"

}  // namespace cambium::diff
