// plugins/postgres/db/session.h: one connection to a PostgreSQL server.
#pragma once

#include <memory>
#include <string_view>

#include "compiler/dialect/session.h"

namespace cambium::dialect::postgres {

// In: "postgres://user:password@host:port/database?…" as libpq reads it (a socket:
// `?host=/folder`), and one parameter of our own: `schema=…`, which our tables live in ("public").
// Out: a session with its settings pinned and read back: UTC, ISO dates, search_path, the lock
// timeout, UTF-8.
DbResult<std::unique_ptr<Session>> openSession(std::string_view url, const SessionOptions&);

}  // namespace cambium::dialect::postgres
