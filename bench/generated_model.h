// bench/generated_model.h: packages of any size for measurements: about ten properties an entity, a
// key, one or two references, two indexes and a check.
#pragma once

#include <memory>
#include <string>

#include "compiler/driver/pipeline.h"

namespace cambium::bench {

// The same `entities` gives the same text. In the version "1.1.0" every tenth entity differs from
// "1.0.0": a property is renamed, one is added, one becomes longer, an index goes.
std::string packageText(unsigned entities, bool second);
std::string migrationText(unsigned entities);

// In memory: package.cam (and for the second version migration.cam and the sealed first one).
MemoryFileSystem firstVersion(unsigned entities);
MemoryFileSystem secondVersion(unsigned entities, const ir::Model& first);

// Compiles and aborts with the diagnostics if there are errors: a benchmark of a failure measures
// nothing.
std::unique_ptr<driver::Compilation> compileOrDie(const MemoryFileSystem&);

}  // namespace cambium::bench
