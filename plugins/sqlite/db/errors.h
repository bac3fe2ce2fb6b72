// plugins/sqlite/db/errors.h: result codes as kinds of errors. By code, never by text.
#pragma once

#include <string_view>

#include "compiler/dialect/session.h"

struct sqlite3;

namespace cambium::dialect::sqlite {

// The last error of the connection.
DbError lastError(::sqlite3*, std::string_view statement);
// An error of which only the (extended) code and a text are known; `systemErrno` 0 = not known.
DbError errorOf(int code, std::string_view message, int systemErrno = 0);

}  // namespace cambium::dialect::sqlite
