// catalog/raise.h: the way back: a model for a database that exists already (`pull`, `adopt`).
// In: an introspected catalog, Traits, the package's name. Out: a model whose lowering is that
// catalog wherever the language can say it; spelled-out database names and types (@table, @column,
// @name, @native) where the derived ones would differ. What could not be carried over is listed,
// never dropped in silence.
#pragma once

#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"

namespace cambium::catalog {

struct Raised {
  ir::Model model;
  std::vector<std::string> notCarried;  // "trigger audit_album: …", one line each
};

Raised raise(const Catalog&, const Traits&, std::string package);

}  // namespace cambium::catalog
