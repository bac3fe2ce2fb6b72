// tests/support/rollback_law.h: what holds of every pair of versions once the plan has ended: a
// rollback either leads back to the older version's catalog, or is refused with a code, or is
// stopped by rows before anything of the newer version is gone, and its undo leads to where it
// began.
#pragma once

#include <string>

#include "tests/support/case_runner.h"

namespace cambium::testing {

// In a database that `forth` has led to its end. Returns what a section `rollback` says: the
// changes turned round, what they lose with the numbers of this database, and how it ended.
// Failures are reported to GoogleTest.
std::string rollBack(const CompiledCase&, const driver::Planned& forth, const dialect::Dialect&,
                     dialect::Session&);

}  // namespace cambium::testing
