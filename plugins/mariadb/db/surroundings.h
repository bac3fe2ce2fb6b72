// plugins/mariadb/db/surroundings.h: what a plan is going to meet on the server.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/dialect/dialect.h"
#include "compiler/dialect/session.h"

namespace cambium::dialect::mariadb {

// As Session::others(): who has a transaction that has gone on for so long, at least. A lock on a
// table without one is not seen. At most three.
DbResult<std::vector<std::string>> whoElse(Session&, unsigned seconds = 0);

// As Session::surroundings().
DbResult<Surroundings> surroundingsOf(Session&, std::span<const std::string> tables);

// As Session::load(). How far behind a replica is, it alone knows; a session does not see the disks
// of its server.
DbResult<Load> loadOf(Session&);

// Why this user may not do what the steps say, as far as it is certain; "" = nothing is known.
DbResult<std::string> missingRights(Session&, std::span<const Emitted* const> steps);

}  // namespace cambium::dialect::mariadb
