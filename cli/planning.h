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
  std::vector<std::optional<int64_t>> probeCounts, rowEstimates;
  const emit::Script& script() const { return planned.script; }
  // Nothing is different, not even the version.
  bool nothingToDo = false;
};

// Which versions have a face (`access views`).
struct Faces {
  bool before = false, after = false;
};
// Of the plan from what is active in the database, to what the environment says. A face that is
// there in part is one: what it lacks is drift.
Or<Faces> facesOf(Context&, const Database&, const Active&);

// lower … emit, with the errors shown; `environment` may be empty.
Or<ReadyPlan> makePlan(Context&, driver::Compilation&, const ModelPtr& from, const ModelPtr& to,
                       const dialect::Dialect&, const std::string& environment, Faces);

// From what is active in the database. A plan that is under way, or tables that nobody adopted, end
// the command.
Or<ReadyPlan> planFromDatabase(Context&, driver::Compilation&, Database&, const Active&,
                               const ModelPtr& to);

// The one number that a query yields; nothing if it cannot be asked.
std::optional<int64_t> countOf(dialect::Session&, const std::string& sql);

// Runs the probes and counts the rows of backfills. Only reads; what cannot be counted stays
// unknown.
void countRows(dialect::Session&, ReadyPlan&);

emit::PrintOptions printOptions(Context&, const ReadyPlan&, const ir::Environment*,
                                const std::string& product);

// The plan of a file, or of the database's record.
Or<emit::Script> readPlan(Context&, const std::string& path);
Or<emit::Script> storedPlan(Context&, const Database&, const runner::PlanRecord&);

}  // namespace cambium::cli
