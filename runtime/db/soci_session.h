// runtime/db/soci_session.h: what the sessions of all databases share: opening through a backend
// factory object, and our own parameterised statements. In: a SOCI session; SQL with :name
// parameters, each of which must get a value (a value that the statement does not use is passed
// over). Out: rows as text, or a number of rows. Errors: whatever SOCI throws, turned into a
// DbError by the dialect's classifier; nothing is thrown on. Only our own statements come here.
// Scripts go to the native handle: SOCI rewrites or cuts text that has a colon in it.
#pragma once

#include <soci/soci.h>

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "compiler/dialect/session.h"

namespace cambium::db {

using dialect::DbError;
using dialect::DbResult;
using dialect::Row;
using dialect::Value;
using Values = std::span<const std::pair<std::string_view, Value>>;

// What only one backend can say.
struct Backend {
  // The error that was just thrown; the session may be asked for more. `session` is null while it
  // is being opened.
  std::function<DbError(const std::exception&, soci::session*)> classify;
  // Number of result columns and of parameters of a prepared statement.
  std::function<unsigned(soci::statement&)> columns;
  std::function<unsigned(soci::statement&)> parameters;
  std::function<bool(soci::statement&, const std::string& name)> hasParameter;
};

// The session, or null and `error`.
std::unique_ptr<soci::session> open(const soci::backend_factory&, const std::string& connectString,
                                    const Backend&, DbError& error);

DbResult<std::vector<Row>> query(soci::session&, const Backend&, std::string_view sql, Values);
DbResult<int64_t> update(soci::session&, const Backend&, std::string_view sql, Values);

// A statement as an error may show it: one line, at most 200 bytes (cut between characters).
std::string shortened(std::string_view statement);

}  // namespace cambium::db
