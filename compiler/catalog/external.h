// catalog/external.h: tables that a model describes and that belong to somebody else. They are
// never part of a catalog that a plan starts from or leads to; whoever reads a live database leaves
// them out before it compares.
#pragma once

#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"

namespace cambium::catalog {

// The names of the external entities' tables, sorted.
std::vector<std::string> externalTables(const ir::Model&);

// Takes them, and their triggers, out of a catalog.
void leaveOut(Catalog&, const std::vector<std::string>& tables);

// Columns that the model describes and that such a table, where it is there, does not have. How
// they are held is the other's business.
std::vector<Difference> missingColumns(const ir::Model&, const Traits&, const Catalog& live);

}  // namespace cambium::catalog
