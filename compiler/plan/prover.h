// plan/prover.h: inside the proof: one catalog, the steps that were executed on it, and what has
// been shown of them so far. The functions stand by subject: what a step may do and its undo in
// prove.cpp, what becomes stricter in prove_rows.cpp, triggers and backfills in prove_duties.cpp,
// what applications use in prove_versions.cpp. Each of them that returns a truth value says false
// after it has noted the failure. It refers to the plan and the traits, which must outlive it.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/prove.h"
#include "compiler/plan/touched.h"

namespace cambium::plan {

class Prover {
public:
  Prover(const Plan& plan, const catalog::Traits& traits);
  std::optional<ProofFailure> run();

private:
  using Catalog = catalog::Catalog;
  using Table = catalog::Table;
  using Traits = catalog::Traits;

  // ---- the claims, as a failure names them
  static constexpr const char kDone[] = "each step can be done";
  static constexpr const char kEnd[] = "the last step ends in a fresh build of the new version";
  static constexpr const char kOld[] =
      "until the switch, applications of the old version find all they use, and it accepts what "
      "they write";
  static constexpr const char kNew[] =
      "from the switch on, applications of the new version find all they use, and it accepts what "
      "they write";
  static constexpr const char kFace[] =
      "from the switch until contract, the old version's face shows all that it has shown, and "
      "takes what is written through it";
  static constexpr const char kUndo[] = "undo before contract leads back to the start";
  static constexpr const char kStep[] =
      "old and new columns are kept in step from the backfill until contract";
  static constexpr const char kTight[] =
      "nothing becomes stricter before every row was counted to fit";
  static constexpr const char kKept[] =
      "no old value goes before the rows were counted that would lose it";
  static constexpr const char kMore[] = "nobody is allowed anything that neither version allows";
  static constexpr const char kOrder[] =
      "phases follow each other, and the version is switched once";

  // ---- the steps and their undo (prove.cpp)
  struct Memory {
    std::map<std::string, std::optional<Table>> tables;
    std::map<std::string, std::string> views, triggers;
  };
  bool fail(const char* claim, std::string difference);
  bool one(const Step& step);
  Memory remember(const Touched& touched);
  bool execute(const Operation& op);
  // A step is one transaction: what its table enforced when it began still holds for every row,
  // as long as the columns keep their names.
  Table withStart(Table was);
  std::string original(const std::string& table);
  // What a column was called before the switch.
  std::string original(const std::string& table, const std::string& column);
  bool noneRefersTo(const std::set<std::string>& gone, const char* claim);
  bool undo(const Step& step, const Touched& touched, const Memory& before);
  void undoAll();

  // ---- what becomes stricter (prove_rows.cpp)
  bool verifiedFor(const Table& was, const Table& is);
  // The column came in expand, and nothing has put a value into it yet.
  bool emptySoFar(const Table& is, const std::string& column);
  // The column that the check requires, and nothing else; "" = it is another check.
  std::string requiredBy(const catalog::Check& check, const Table& table);
  bool suppliedBefore(const std::string& table, const std::string& column);
  // Nor does a value go uncounted.
  bool lossCounted(const Operation& op);
  // The way back may make the table stricter than new applications left it.
  bool countedFor(const Table& was, const Table& is, const std::set<std::string>& counted);

  // The rule of the new version for which the index stands until contract; null = it is what it is.
  const UniqueDuty* standsFor(const std::string& table, const catalog::Index& index);
  // The duty whose rule it is, in original names.
  const UniqueDuty* heirOf(const std::string& table, const catalog::Index& old);

  // ---- backfills and triggers (prove_duties.cpp)
  bool backfill(const Backfill& op);
  bool filled();
  bool duties();
  bool dutiesOf(const std::string& table);
  bool linked(const std::string& table);
  // What foreign keys do to rows by themselves, both of their forms learn of.
  bool cascaded(const std::string& table);
  bool actsUnseen(const Table& table, const catalog::ForeignKey& fk);
  bool live(const std::string& name, const std::string& sql);
  void noteGuards();
  bool guardsNow(const std::string& table, const std::string& subject);

  // ---- what applications use (prove_versions.cpp)
  bool holds(std::string_view now, std::string_view then) const;
  bool oldVersion(const std::string& name);
  bool newVersion(const Table& used);
  bool oldView(const std::string& name);
  bool newView(const std::string& name);
  bool oldFace(const OldFaceDuty& duty);
  bool takesFrom(const OldFaceDuty& duty, const Table& table);
  const NewFaceDuty* middleOf(const std::string& view) const;
  bool newFace(const NewFaceDuty& duty);
  bool oldFaces(const std::set<std::string>& touched, bool all);
  // ---- what roles may do and see (prove_access.cpp)
  bool granted(const std::string& on, const std::vector<catalog::Grant>& used,
               const std::vector<std::string>& columns, const std::vector<catalog::Grant>& now,
               const char* claim);
  bool oldAccess(const std::string& name);
  bool newAccess(const Table& used, const Table& is);
  bool nothingMore(const std::string& table);
  std::string later(const std::string& table, const std::string& column);
  static std::vector<std::string> namesOf(const Table&);

  bool takesRows(const Table& is, const char* claim, const Table& used);
  // No two rows of the table have the same in these columns.
  static bool unique(const Table&, const std::vector<std::string>& columns);
  // A trigger gives the column a value before the row is there.
  bool filledBefore(const Table& is, const std::string& column);
  // Columns of the constraint that this version has.
  size_t knownTo(const Table& used, const std::vector<std::string>& columns);
  // The new version's table for one that a step touched, under whichever name.
  const Table* newName(const std::string& name);
  const Table* behind(const Table& used);

  static bool has(const std::vector<std::string>& list, const std::string& x) {
    return std::find(list.begin(), list.end(), x) != list.end();
  }
  template <class T, class F>
  static bool any(const T& list, F f) {
    return std::any_of(list.begin(), list.end(), f);
  }

  const Plan& plan_;
  const Traits& traits_;
  Catalog now_;
  unsigned number_ = 0;
  Phase phase_ = Phase::expand;
  unsigned switches_ = 0;
  std::optional<ProofFailure> failure_;
  std::map<std::string, std::vector<const SyncDuty*>> duties_;
  std::map<std::string, std::vector<const LinkDuty*>> links_;
  std::map<std::string, std::vector<const CascadeDuty*>> cascades_;  // by either table
  std::map<std::string, std::vector<std::pair<const catalog::SyncTrigger*, std::string>>> specs_;
  std::map<std::string, std::vector<std::pair<const GuardDuty*, std::string>>> guards_;
  std::map<std::string, std::vector<const catalog::Face*>> faces_;
  std::set<std::pair<std::string, std::string>> relaxed_, outgrown_, guarded_, filled_;
  std::set<std::string> verified_, closed_;
  std::vector<const Backfill*> backfills_;
  std::map<std::string, std::optional<Table>> start_;  // of the step
  std::vector<const Table*> renamed_;  // of the new version, that have a face for a while
  std::map<std::pair<std::string, std::string>, std::string>
      swapped_;  // by table and name before the switch: the name from then on
  std::map<std::string, std::string> originalTables_;
  std::map<std::string, std::map<std::string, std::string>> originalColumns_;
};

}  // namespace cambium::plan
