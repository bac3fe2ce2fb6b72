#include "plugins/sqlite/db/errors.h"

#include <sqlite3.h>

#include <cerrno>
#include <string>

#include "runtime/db/soci_session.h"

namespace cambium::dialect::sqlite {
namespace {

DbError::Kind kindOf(int code, int systemErrno) {
  switch (code & 0xff) {
    case SQLITE_CANTOPEN: return DbError::Kind::cannotOpen;
    case SQLITE_NOTADB: return DbError::Kind::notADatabase;
    case SQLITE_READONLY: return DbError::Kind::readOnly;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return DbError::Kind::busy;
    case SQLITE_FULL: return DbError::Kind::diskFull;
    case SQLITE_CORRUPT: return DbError::Kind::corrupt;
    case SQLITE_CONSTRAINT: return DbError::Kind::constraint;
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE: return DbError::Kind::sql;
    case SQLITE_IOERR:
      // A quota or a limit on the size of files says so in another way than a full disk.
      if (systemErrno == ENOSPC || systemErrno == EDQUOT || systemErrno == EFBIG) return DbError::Kind::diskFull;
      return DbError::Kind::other;
    default: return DbError::Kind::other;
  }
}

}  // namespace

DbError errorOf(int code, std::string_view message, int systemErrno) {
  DbError error;
  error.kind = kindOf(code, systemErrno);
  error.native = code;
  error.message = message;
  return error;
}

DbError lastError(::sqlite3* handle, std::string_view statement) {
  DbError error = errorOf(sqlite3_extended_errcode(handle), sqlite3_errmsg(handle), sqlite3_system_errno(handle));
  error.statement = db::shortened(statement);
  return error;
}

}  // namespace cambium::dialect::sqlite
