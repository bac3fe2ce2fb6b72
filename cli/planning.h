// cli/planning.h: plans for the commands that show or run them, with real numbers where there is a
// database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/database.h"
#include "compiler/emit/print.h"
#include "compiler/emit/script.h"

namespace cambium::cli {

struct ReadyPlan {
  driver::Planned planned;
  // As in emit::PrintOptions; empty where no database was asked.
  std::vector<std::optional<int64_t>> probeCounts;
  std::vector<std::string> probeSamples, notices;
  std::vector<emit::Amount> amounts;
  const emit::Script& script() const { return planned.script; }
  // Nothing is different, not even the version.
  bool nothingToDo = false;
};

// Which versions have a face (`access views`), and how long what goes is kept.
struct Faces {
  bool before = false, after = false;
  plan::Soak soak = {};
};
// Of the plan from what is active in the database, to what the environment says. A face that is
// there in part is one: what it lacks is drift.
Or<Faces> facesOf(Context&, const Database&, const Active&);

// lower … emit, with the errors shown; `environment` may be empty. `recordAs`: of a rollback.
Or<ReadyPlan> makePlan(Context&, driver::Compilation&, const ModelPtr& from, const ModelPtr& to,
                       const dialect::Dialect&, const std::string& environment, Faces,
                       const ModelPtr& recordAs = nullptr);

// One plan after the other, each from where the one before it ends; at least one. None is begun
// before the one before it has ended with its contract.
struct ReadyWay {
  std::vector<ReadyPlan> plans;
  std::vector<std::string> passed;  // sealed versions between that are no stops
  const std::string& fromVersion() const { return plans.front().script().fromVersion; }
  const std::string& toVersion() const { return plans.back().script().toVersion; }
  // "1.0.0 → 1.1.0 → 1.2.0"
  std::string text(std::string_view arrow) const;
};

// Through the versions that were sealed between the two; where one of the plans cannot be made,
// there is no way.
Or<ReadyWay> makeWay(Context&, driver::Compilation&, const ModelPtr& from, const ModelPtr& to,
                     const dialect::Dialect&, const std::string& environment, Faces);

// From what is active in the database. A plan that is under way, or tables that nobody adopted, end
// the command. Rows are counted for the first of the plans.
Or<ReadyWay> wayFromDatabase(Context&, driver::Compilation&, Database&, const Active&,
                             const ModelPtr& to);

// Where it is not one plan from version to version: through which it leads, and which it leaves
// out.
void sayWay(Context&, const ReadyWay&);

// The versions that are still to go to behind this one, for people; empty where it goes back or
// nobody can tell.
std::vector<std::string> versionsLeft(Context&, driver::Compilation&, const ModelPtr& from,
                                      const ModelPtr& to);

// The one number that a query yields; nothing if it cannot be asked.
std::optional<int64_t> countOf(dialect::Session&, const std::string& sql);

emit::PrintOptions printOptions(Context&, const ReadyPlan&, const ir::Environment*,
                                const std::string& product);

// The plan of a file, or of the database's record.
Or<emit::Script> readPlan(Context&, const std::string& path);
Or<emit::Script> storedPlan(Context&, const Database&, const runner::PlanRecord&);

}  // namespace cambium::cli
