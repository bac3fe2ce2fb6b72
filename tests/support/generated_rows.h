// tests/support/generated_rows.h: rows for cases that bring none: a migration of empty tables
// proves little.
#pragma once

#include <vector>

#include "tests/support/case_runner.h"

namespace cambium::testing {

// Writes a row into each table that takes one of the values tried, tables that are referred to
// first. The same catalog gets the same rows. Out: how many tables have one.
size_t writeARowEach(dialect::Session&, const catalog::Catalog&, const catalog::Traits&);

}  // namespace cambium::testing
