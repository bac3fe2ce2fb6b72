#include "plugins/sqlite/db/errors.h"

#include <sqlite3.h>
#include <sys/resource.h>

#include <cerrno>
#include <string>

#include "runtime/db/soci_session.h"

namespace cambium::dialect::sqlite {
namespace {

// The engine says "disk I/O error" for a write beyond the process's limit on the size of files, and
// forgets the reason.
bool mayBeFileSizeLimit(int code) {
  rlimit limit{};
  return code == SQLITE_IOERR_WRITE && getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
         limit.rlim_cur != RLIM_INFINITY;
}

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
      if (systemErrno == ENOSPC || systemErrno == EDQUOT || systemErrno == EFBIG)
        return DbError::Kind::diskFull;
      return mayBeFileSizeLimit(code) ? DbError::Kind::diskFull : DbError::Kind::other;
    default: return DbError::Kind::other;
  }
}

}  // namespace

DbError errorOf(int code, std::string_view message, int systemErrno) {
  DbError error;
  error.kind = kindOf(code, systemErrno);
  error.native = code;
  error.message = message;
  if (error.kind == DbError::Kind::diskFull && (code & 0xff) == SQLITE_IOERR)
    error.message += " (a limit on the size of files, or a quota)";
  return error;
}

DbError lastError(::sqlite3* handle, std::string_view statement) {
  DbError error = errorOf(sqlite3_extended_errcode(handle), sqlite3_errmsg(handle),
                          sqlite3_system_errno(handle));
  error.statement = db::shortened(statement);
  return error;
}

}  // namespace cambium::dialect::sqlite
