// plan/renames.h: columns get other names where whatever speaks of them in SQL does not follow
// (Traits::renameFollowed): checks, computed columns, expressions of indexes.
#pragma once

#include <vector>

#include "compiler/plan/operation.h"

namespace cambium::plan {

// In: operations that follow one another, the catalog that the first of them meets. Out: the same,
// with what speaks of a renamed column gone before the first renaming, and back, under the new
// names, behind the last.
std::vector<Operation> withoutFollowers(const std::vector<Operation>&, const catalog::Catalog& now,
                                        const catalog::Traits&);

}  // namespace cambium::plan
