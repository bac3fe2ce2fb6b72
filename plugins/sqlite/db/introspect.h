// plugins/sqlite/db/introspect.h: the live database as a catalog.
// In: a session inside a transaction (several reads must see one state). Out: everything but the
// engine's own objects and our cambium_… tables. A table that the catalog cannot hold without loss
// (virtual tables, deferred keys, conflict clauses …) is Opaque as a whole, with its indexes'
// texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/dialect/session.h"

namespace cambium::dialect::sqlite {

DbResult<catalog::Catalog> readCatalog(Session&);

// catalog::describe() of one object, or nothing if it is not there; reads no other object than
// those that its foreign keys point at.
DbResult<std::optional<std::string>> describeObject(Session&, ObjectKind, std::string_view name);

}  // namespace cambium::dialect::sqlite
