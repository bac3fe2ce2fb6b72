#include "plugins/postgres/db/errors.h"

#include <string>

#include "runtime/db/soci_session.h"

namespace cambium::dialect::postgres {
namespace {

using Kind = DbError::Kind;

Kind kindOf(std::string_view state, std::string_view constraint) {
  const std::string_view group = state.substr(0, 2);
  // lock_not_available, deadlock, serialization; and our own timeout of a statement.
  if (state == "55P03" || state == "40P01" || state == "40001") return Kind::busy;
  // Two that make one table at the same moment: one of them finds the name taken behind the check.
  if (state == "23505" && constraint.starts_with("pg_")) return Kind::busy;
  if (group == "08" || state == "57P01" || state == "57P02" || state == "57P03")
    return Kind::connectionLost;
  if (state == "53100") return Kind::diskFull;
  if (state == "25006") return Kind::readOnly;
  if (state == "3D000" || group == "28" || state == "53300") return Kind::cannotOpen;
  if (group == "23" || state == "P0001") return Kind::constraint;
  if (group == "XX" && state != "XX000") return Kind::corrupt;
  if (group == "42" || group == "22" || group == "0A" || group == "25" || group == "2B")
    return Kind::sql;
  return Kind::other;
}

// In one line.
std::string trimmed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '\n')
      out += c;
    else if (!out.empty() && !out.ends_with("; "))
      out += "; ";
  }
  while (out.ends_with(' ') || out.ends_with(';')) out.pop_back();
  return out;
}

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text ? text : "";
}

}  // namespace

DbError errorOf(PGconn* connection, const PGresult* result, std::string_view statement) {
  DbError error;
  error.statement = db::shortened(statement);
  if (result) {
    error.sqlState = field(result, PG_DIAG_SQLSTATE);
    error.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    for (const int more : {int{PG_DIAG_MESSAGE_DETAIL}, int{PG_DIAG_MESSAGE_HINT}})
      if (const std::string text = field(result, more); !text.empty()) error.message += "; " + text;
    // What it means for whoever runs a plan.
    if (error.sqlState == "53200" && error.message.starts_with("out of shared memory"))
      error.message =
          "out of shared memory; the step locks more objects at once than the server has room for: "
          "raise `max_locks_per_transaction` and start the server again";
    error.kind = kindOf(error.sqlState, field(result, PG_DIAG_CONSTRAINT_NAME));
  }
  if (error.message.empty()) error.message = trimmed(PQerrorMessage(connection));
  if (PQstatus(connection) == CONNECTION_BAD) error.kind = Kind::connectionLost;
  return error;
}

DbError cannotConnect(std::string_view message, std::string_view sqlState) {
  DbError error;
  error.kind = Kind::cannotOpen;
  // What SOCI says in front says less than this.
  constexpr std::string_view kPreface = "Cannot establish connection to the database.\n";
  if (message.starts_with(kPreface)) message.remove_prefix(kPreface.size());
  error.message = trimmed(message);
  error.sqlState = sqlState;
  error.missing = sqlState == "3D000";
  return error;
}

}  // namespace cambium::dialect::postgres
