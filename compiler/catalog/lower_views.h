// catalog/lower_views.h: a view of the model as a SELECT: paths along references become left joins,
// aggregates over `many`s become subqueries.
#pragma once

#include <string>

#include "compiler/catalog/lower_names.h"

namespace cambium::catalog {

std::string viewName(const ir::View&, ir::Naming);

// The whole CREATE statement, with `options` behind the name. The view's expressions hold no
// function that the dialect lacks.
std::string viewSql(const ir::View&, const std::string& name, const ir::Model&, const Placement&,
                    const Traits&, const std::string& options);

}  // namespace cambium::catalog
