// plugins/postgres/db/others.h: who else is at work in the database.
#pragma once

#include <string>
#include <vector>

#include "compiler/dialect/session.h"

namespace cambium::dialect::postgres {

// As Session::others(): sessions that an index built beside writers, or a lock on one of our
// tables, may wait for, and transactions that were prepared and never ended. At most three.
// Those whose transaction has gone on for so long, at least.
DbResult<std::vector<std::string>> whoElse(Session&, unsigned seconds = 0);

}  // namespace cambium::dialect::postgres
