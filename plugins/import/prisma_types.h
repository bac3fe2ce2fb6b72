// import/prisma_types.h: what a field's type, `@db.…` and default are in a Schema.
#pragma once

#include "plugins/import/prisma_parser.h"
#include "plugins/import/schema.h"

namespace cambium::importing::prisma {

// `provider`: of the datasource. `isEnum`: the field's type is one. nullopt: no such type.
std::optional<Type> typeOf(const Field&, const std::string& provider, bool isEnum);

// `why` is set where a default has no counterpart; `counts` for autoincrement().
std::optional<SqlExpr> defaultOf(const importing::prisma::Value&, const Type&, bool& counts,
                                 std::string& why);

}  // namespace cambium::importing::prisma
