// catalog/lower_access.h: what a database does not enforce of roles, grants and policies. Private
// to this folder. Warnings: DDL008, one for each role (its grants go with it) and each policy.
#pragma once

#include "compiler/catalog/traits.h"
#include "compiler/diagnostics/diagnostic.h"

namespace cambium::catalog {

void warnOfAccess(const ir::Model&, const Traits&, DiagnosticSink&);

}  // namespace cambium::catalog
