// plugins/postgres/db/introspect.h: the live database as a catalog.
// In: a session inside a transaction (several reads must see one state). Out: everything in the
// session's schema but our cambium_… tables and what belongs to extensions. What the catalog cannot
// say is Opaque, never left out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/dialect/session.h"

namespace cambium::dialect::postgres {

DbResult<catalog::Catalog> readCatalog(Session&);

// catalog::describe() of one object, or nothing if it is not there.
DbResult<std::optional<std::string>> describeObject(Session&, ObjectKind, std::string_view name);

}  // namespace cambium::dialect::postgres
