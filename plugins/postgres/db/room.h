// plugins/postgres/db/room.h: what a server has no room for, however often it is tried.
#pragma once

#include <span>
#include <string>

#include "compiler/dialect/dialect.h"
#include "compiler/dialect/session.h"

namespace cambium::dialect::postgres {

// In: the steps that are to come. Out: why the server cannot run one of them, in words: more locks
// in one transaction than it can keep, or more columns than a table may have in its life; "" = none
// that could be known beforehand.
DbResult<std::string> noRoomFor(Session&, std::span<const Emitted* const> steps);

}  // namespace cambium::dialect::postgres
