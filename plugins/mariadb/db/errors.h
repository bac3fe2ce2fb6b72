// plugins/mariadb/db/errors.h: error numbers as kinds of errors.
#pragma once

#include <mysql.h>

#include <string_view>

#include "compiler/dialect/session.h"

namespace cambium::dialect::mariadb {

// Of a statement that failed on this connection.
DbError errorOf(MYSQL* connection, std::string_view statement);
DbError errorOf(int number, std::string_view sqlState, std::string_view message,
                std::string_view statement);
// Of a connection that could not be made. `number` 0: nobody knows.
DbError cannotConnect(int number, std::string_view message);

inline constexpr int kUnknownDatabase = 1049;

}  // namespace cambium::dialect::mariadb
