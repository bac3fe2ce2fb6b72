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

// "(SELECT key FROM … WHERE condition)": the keys of the rows of an entity for which it holds; its
// paths begin at the entity. Null: of all rows.
std::string keysWhere(ir::EntityId, const ir::Expr* condition, const ir::Model&, const Placement&,
                      const Traits&);

}  // namespace cambium::catalog
