// plugins/mariadb/db/session.h: one connection to a MariaDB server.
#pragma once

#include <memory>
#include <string_view>

#include "compiler/dialect/session.h"

namespace cambium::dialect::mariadb {

// In: "mariadb://user:password@host:port/database?…" (or "mysql://"); parameters: `socket=FILE`,
// `tls=required`, `ssl-ca=FILE`, `ssl-cert=FILE`, `ssl-key=FILE`, `connect-timeout=SECONDS`.
// Out: a session with its settings pinned and read back: UTC, strict sql_mode, utf8mb4 with our
// collation, lock timeouts, autocommit.
DbResult<std::unique_ptr<Session>> openSession(std::string_view url, const SessionOptions&);

}  // namespace cambium::dialect::mariadb
