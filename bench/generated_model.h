// bench/generated_model.h: packages of any size for measurements: about ten properties an entity, a
// key, one or two references, two indexes and a check.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "compiler/driver/pipeline.h"

namespace cambium::bench {

// `spine`: entities, enums, references, indexes, checks. `all`: each construct of the language in
// turn with them, one of ten kinds an entity (a junction, tags, containment, a view, policies …).
enum class Constructs : uint8_t { spine, all };

// The same arguments give the same text. In the version "1.1.0" every tenth entity differs from
// "1.0.0": a property is renamed, one is added, one becomes longer, an index goes.
std::string packageText(unsigned entities, Constructs, bool second);
std::string migrationText(unsigned entities);

// In memory: package.cam (and for the second version migration.cam and the sealed first one).
MemoryFileSystem firstVersion(unsigned entities, Constructs);
MemoryFileSystem secondVersion(unsigned entities, Constructs, const ir::Model& first);

// Compiles and aborts with the diagnostics if there are errors: a benchmark of a failure measures
// nothing.
std::unique_ptr<driver::Compilation> compileOrDie(const MemoryFileSystem&);

}  // namespace cambium::bench
