// plugins/mariadb/db/introspect.h: the live database as a catalog.
// In: a session, the name of its database. Out: everything in it but our cambium_… tables. What the
// catalog cannot say is Opaque, never left out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/dialect/session.h"

namespace cambium::dialect::mariadb {

DbResult<catalog::Catalog> readCatalog(Session&, const std::string& schema);

// catalog::describe() of one object, or nothing if it is not there.
DbResult<std::optional<std::string>> describeObject(Session&, const std::string& schema, ObjectKind,
                                                    std::string_view name);

}  // namespace cambium::dialect::mariadb
