// diff/config.h: what changes in schemas and namespaces. They have no tables of the application;
// their versions are published with the rest.
#pragma once

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diff/change.h"

namespace cambium::diff {

// Adds what comes, changes and goes to the set. Errors: EVO017 (two versions of one package only).
void diffConfiguration(ChangeSet& set, DiagnosticSink& sink);

// "stripe/timeout-ms 5000 → 8000 in `prod`": what a change of a schema or namespace consists of; ""
// if there is no more to say than its name.
std::string configurationDetail(const ChangeDeclaration&, const ChangeSet&);

}  // namespace cambium::diff
