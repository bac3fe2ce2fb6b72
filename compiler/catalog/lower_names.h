// catalog/lower_names.h: the first half of lowering: which table and columns each entity and
// property becomes.
#pragma once

#include <string>
#include <vector>

#include "compiler/catalog/lower.h"

namespace cambium::catalog {

// One column of an entity's key: its name in the entity's own table, and the property with a value
// that it holds in the end.
struct KeyColumn {
  std::string name;
  ir::PropertyId leaf;
};

struct Placement {
  Lowered lowered;                           // tables and columns; the catalog is empty
  std::vector<std::vector<KeyColumn>> keys;  // by EntityId
  std::vector<std::vector<ir::PropertyId>>
      leaves;  // by PropertyId, one for each column: whose type the column has
};

// Errors: DDL007 (@column with another number of names than the reference has columns).
Placement placeNames(const ir::Model&, const Traits&, DiagnosticSink&);

// True if the entity has a table in the database.
bool isDeployed(const ir::Entity&);

}  // namespace cambium::catalog
