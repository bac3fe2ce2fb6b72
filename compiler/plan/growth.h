// plan/growth.h: a column whose type only grows, and which the database lets grow in place: no
// second column, no backfill. From EXPAND on it holds what only the new version writes; the way
// back is open while no row needs the new type.
#pragma once

#include "compiler/plan/node.h"

namespace cambium::plan {

// `was` and `is` are of the same name; `from` and `to` their tables in the two versions.
bool growsInPlace(const Context&, const catalog::Table& from, const catalog::Table& to,
                  const catalog::Column& was, const catalog::Column& is);

// Counts the rows whose value the old type does not hold.
std::string countOutgrown(const Context&, const std::string& table, const catalog::Column& was,
                          const catalog::Column& is);

}  // namespace cambium::plan
