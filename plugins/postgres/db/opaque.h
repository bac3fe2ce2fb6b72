// plugins/postgres/db/opaque.h: SQL of what is in a schema besides tables, views and triggers:
// never ours, never left out.
#pragma once

#include <string>

namespace cambium::dialect::postgres {

// " AND …": what an extension has made is the extension's. `oid`: SQL of the object's; `catalog`:
// where it is described ("pg_class").
std::string notExtension(const char* oid, const char* catalog);

// A query for the sequences that count keys as `serial` has it: the same to whoever writes rows as
// an identity, which is what we make.
std::string serialSequence();

// Of the session's schema: kind, name, definition, and of a function its name without arguments.
std::string otherObjects();

}  // namespace cambium::dialect::postgres
