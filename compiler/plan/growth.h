// plan/growth.h: a column whose type only grows, and which the database lets grow in place: no
// second column, no backfill. From EXPAND on it holds what only the new version writes; the way
// back is open while no row needs the new type.
#pragma once

#include "compiler/plan/middle.h"

namespace cambium::plan {

// `was` and `is` are of the same name; `from` and `to` their tables in the two versions.
bool growsAtOnce(const Context&, const catalog::Table& from, const catalog::Table& to,
                 const catalog::Column& was, const catalog::Column& is);

// The node that does it; `column`, as it is until then, has the type of `is` from there on.
void addGrowth(Context&, const TableForms&, catalog::Column& column, const catalog::Column& is,
               size_t change, Span cause);

}  // namespace cambium::plan
