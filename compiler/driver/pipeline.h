// driver/pipeline.h: the stages as a straight list. The file to read first is pipeline.cpp.
// Reads files through FileSystem only; writes none; opens no database (the caller passes what is
// active there).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/catalog/lower.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/dialect/dialect.h"
#include "compiler/diff/diff.h"
#include "compiler/emit/script.h"
#include "compiler/ir/model.h"
#include "compiler/plan/plan.h"
#include "compiler/source/file_system.h"
#include "compiler/syntax/tree.h"

namespace cambium::driver {

// How long a stage took (CPU of this thread), for --time-passes.
struct PassTime {
  std::string stage;
  double milliseconds;
};

struct Options {
  std::vector<std::string> dump;  // names of stages whose output is wanted
  std::function<void(std::string_view stage, const std::string& text)> onDump;
  // Sealed versions to load besides those that migration blocks name and the newest one.
  std::vector<std::string> sealed;
  bool allSealed = false;
  std::string tool = "cambium";  // Script::tool
  std::string environment;       // Script::environment
  // Whether each version has a face (`access views`): the old one, as the database has it, and the
  // new one, as the environment says.
  bool faceBefore = false, faceAfter = false;
  // A rollback: the plan leads to `to`, which has a migration of its own for that, and what is
  // recorded is this, the version as it was sealed. Null: `to`.
  std::shared_ptr<const ir::Model> recordAs = nullptr;
  plan::Soak soak;      // of the environment, and the run in its database
  bool advice = false;  // lowerFor() hands over what is only told when somebody asks (ADV codes)
};

// What --dump takes, in the order of the stages.
inline constexpr std::string_view kDumps[] = {"tokens",  "tree", "ir",    "catalog",
                                              "changes", "plan", "script"};

// A package in memory: its files, trees, sealed versions and model. Lives as long as anything made
// from it.
struct Compilation {
  SourceMap sources;
  std::vector<syntax::SyntaxTree> trees;                           // of the package's own files
  std::map<std::string, std::shared_ptr<const ir::Model>> sealed;  // by version
  std::map<std::string, std::string> sealedDigests;
  std::shared_ptr<const ir::Model> model;  // null if nothing could be made
  DiagnosticSink diagnostics;
  std::vector<PassTime> times;
  std::vector<std::string> files;     // relative to the package's folder
  std::vector<std::string> versions;  // of the files versions/*.json, by precedence, loaded or not
};

// load → parse → analyze. `folder` is relative to `fs`. Errors are in Compilation::diagnostics; a
// sealed version that was changed, or cannot be read, is one after which nothing else is tried.
std::unique_ptr<Compilation> compile(const FileSystem& fs, const std::string& folder,
                                     const Options&);

struct Planned {
  catalog::Lowered from, to;
  diff::ChangeSet changes;
  plan::Plan plan;
  emit::Script script;
  bool empty() const { return changes.changes.empty(); }
};
// Loads one more sealed version (nothing to do if it is loaded); null and an error if it is not
// there or not what it was.
std::shared_ptr<const ir::Model> loadSealed(const FileSystem& fs, const std::string& folder,
                                            Compilation&, const std::string& version);

// Semantic versions by precedence ("1.10.0" after "1.9.0", "2.0.0-rc.1" before "2.0.0"); other
// texts before all of them, by bytes.
bool versionLess(const std::string& a, const std::string& b);

// lower (each dialect) → the dialect's own rules, for `check` and `build`. Errors and warnings in
// `c.diagnostics`. Needs a model without errors.
catalog::Lowered lowerFor(Compilation& c, const ir::Model&, const dialect::Dialect&,
                          const Options&);

// Adds what a stage found, but for warnings that the model silences with @allow, and for advice
// unless it is wanted.
void hand(const DiagnosticSink& found, const ir::Model& model, DiagnosticSink& sink,
          bool advice = false);

// Habits that some would rather not have (ADV codes that are true for every database): nobody is
// told of them who does not ask. Needs a model without errors.
void advise(Compilation&);

// lower (both) → diff → plan → prove → emit, for one dialect. nullopt when there are errors (in
// `c.diagnostics`).
std::optional<Planned> planBetween(Compilation& c, std::shared_ptr<const ir::Model> from,
                                   std::shared_ptr<const ir::Model> to, const dialect::Dialect&,
                                   const Options&);

}  // namespace cambium::driver
