// plan/touched.h: which objects of a catalog an operation may change, and whether two catalogs say
// the same: so that the proof looks at those alone.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/plan/operation.h"

namespace cambium::plan {

struct Touched {
  std::set<std::string> tables, views, triggers;
};
// Adds what `operation` touches.
void collect(const Operation& operation, Touched&);
// The table to which the operation adds columns, constraints or indexes, or whose columns it
// alters: what it holds may no longer fit. "" = none.
std::string reshaped(const Operation&);
std::set<std::string> droppedTables(const std::vector<Operation>&);

bool sameTable(const catalog::Table&, const catalog::Table&);
// In words; "" = none.
std::string differences(const catalog::Catalog& expected, const catalog::Catalog& actual);

}  // namespace cambium::plan
