// driver/pipeline.h: the stages as a straight list. The file to read first is pipeline.cpp.
// Reads files through FileSystem only; writes none; opens no database (the caller passes what is active there).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compiler/catalog/lower.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diff/diff.h"
#include "compiler/dialect/dialect.h"
#include "compiler/emit/script.h"
#include "compiler/ir/model.h"
#include "compiler/plan/plan.h"
#include "compiler/source/file_system.h"
#include "compiler/syntax/tree.h"

namespace cambium::driver {

// How long a stage took (CPU of this thread), for --time-passes.
struct PassTime { std::string stage; double milliseconds; };

struct Options {
  std::vector<std::string> dump;  // names of stages whose output is wanted
  std::function<void(std::string_view stage, const std::string& text)> onDump;
};

// A package in memory: its files, trees, sealed versions and model. Lives as long as anything made from it.
struct Compilation {
  SourceMap sources;
  std::vector<syntax::SyntaxTree> trees;             // of the package's own files
  std::map<std::string, std::shared_ptr<const ir::Model>> sealed;  // by version
  std::map<std::string, std::string> sealedDigests;
  std::shared_ptr<const ir::Model> model;            // null if nothing could be made
  DiagnosticSink diagnostics;
  std::vector<PassTime> times;
  std::vector<std::string> files;                    // relative to the package's folder
};

// load → parse → analyze. `folder` is relative to `fs`. Errors are in Compilation::diagnostics.
std::unique_ptr<Compilation> compile(const FileSystem& fs, const std::string& folder, const Options&);

struct Planned {
  catalog::Lowered from, to;
  diff::ChangeSet changes;
  plan::Plan plan;
  emit::Script script;
  bool empty() const { return changes.changes.empty(); }
};
// lower (both) → diff → plan → prove → emit, for one dialect. nullopt when there are errors (in `c.diagnostics`).
std::optional<Planned> planBetween(Compilation& c, std::shared_ptr<const ir::Model> from, std::shared_ptr<const ir::Model> to, const dialect::Dialect&,
                                   const Options&);

}  // namespace cambium::driver
