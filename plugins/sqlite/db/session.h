// plugins/sqlite/db/session.h: one connection to a SQLite file.
#pragma once

#include <memory>
#include <string_view>

#include "compiler/dialect/session.h"

namespace cambium::dialect::sqlite {

// In: "sqlite://relative/path", "sqlite:///absolute/path", "sqlite:path", "sqlite::memory:"; what
// follows the scheme is taken as it is. Out: a session with foreign_keys on, recursive_triggers
// off, extended result codes, no double-quoted strings, the lock timeout; all of it read back.
DbResult<std::unique_ptr<Session>> openSession(std::string_view url, const SessionOptions&);

}  // namespace cambium::dialect::sqlite
