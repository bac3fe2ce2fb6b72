// plugins/postgres/db/errors.h: SQLSTATEs as kinds of errors.
#pragma once

#include <libpq-fe.h>

#include <string_view>

#include "compiler/dialect/session.h"

namespace cambium::dialect::postgres {

// Of a result that is an error; `connection` tells whether it is still there.
DbError errorOf(PGconn* connection, const PGresult* result, std::string_view statement);
// Of a connection that could not be made; `sqlState` where the server gave one.
DbError cannotConnect(std::string_view message, std::string_view sqlState = {});

}  // namespace cambium::dialect::postgres
