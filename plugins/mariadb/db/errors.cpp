#include "plugins/mariadb/db/errors.h"

#include <string>

#include "runtime/db/soci_session.h"

namespace cambium::dialect::mariadb {
namespace {

using Kind = DbError::Kind;

Kind kindOf(int number, std::string_view state) {
  switch (number) {
    case 1205:  // a lock was waited for too long
    case 1213:  // deadlock
    case 1467:  // a deadlock over the next number of a key that counts by itself
    case 1020:  // a row changed since it was read
    case 3572:  // MySQL: NOWAIT
    case 1637: return Kind::busy;
    case 1927:  // killed
    case 1053:  // shutdown
    case 1152:
    case 1159:
    case 1161:
    case 2006:
    case 2013:
    case 2055: return Kind::connectionLost;
    case 1044:
    case 1045:
    case 1040:
    case 1203:
    case 1226:
    case kUnknownDatabase:
    case 2002:
    case 2003:
    case 2005:
    case 2026: return Kind::cannotOpen;
    case 1021:
    case 1114: return Kind::diskFull;
    case 1290:  // --read-only
    case 1792:  // a transaction that only reads
    case 1836:
    case 1874: return Kind::readOnly;
    case 1048:  // NULL where none may be
    case 1062:
    case 1364:
    case 1451:
    case 1452:
    case 1557:
    case 1586:
    case 1644:  // SIGNAL
    case 3819:  // MySQL: a check
    case 4025: return Kind::constraint;
    case 1033:
    case 1034:
    case 1194:
    case 1712: return Kind::corrupt;
    default: break;
  }
  const std::string_view group = state.substr(0, 2);
  if (group == "23") return Kind::constraint;
  if (group == "08") return Kind::connectionLost;
  if (group == "42" || group == "22" || group == "0A" || group == "21" || group == "25")
    return Kind::sql;
  // What has no state of its own but is said of the statement: 1000 to 1999 and 4000 on, but for
  // what was told apart above.
  return number == 1317 || number == 1969 || number == 3024 || number < 1000 ? Kind::other
                                                                             : Kind::sql;
}

}  // namespace

DbError errorOf(int number, std::string_view sqlState, std::string_view message,
                std::string_view statement) {
  DbError error;
  error.native = number;
  error.sqlState = sqlState;
  error.message = message;
  error.statement = db::shortened(statement);
  error.kind = kindOf(number, sqlState);
  return error;
}

DbError errorOf(MYSQL* connection, std::string_view statement) {
  return errorOf(static_cast<int>(mysql_errno(connection)), mysql_sqlstate(connection),
                 mysql_error(connection), statement);
}

DbError cannotConnect(int number, std::string_view message) {
  DbError error;
  error.kind = Kind::cannotOpen;
  error.native = number;
  error.message = message;
  error.missing = number == kUnknownDatabase;
  return error;
}

}  // namespace cambium::dialect::mariadb
