// plugins/postgres/db/surroundings.h: what a plan is going to meet on the server.
#pragma once

#include <span>
#include <string>

#include "compiler/dialect/dialect.h"
#include "compiler/dialect/session.h"

namespace cambium::dialect::postgres {

// As Session::surroundings().
DbResult<Surroundings> surroundingsOf(Session&, std::span<const std::string> tables);

// As Session::load(). A session does not see the disks of its server.
DbResult<Load> loadOf(Session&);

// Why this user may not do what the steps say, as far as it is certain: a schema in which nothing
// may be created, a table that belongs to somebody else. "" = nothing is known.
DbResult<std::string> missingRights(Session&, std::span<const Emitted* const> steps);

}  // namespace cambium::dialect::postgres
