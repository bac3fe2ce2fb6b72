// plugins/postgres/db/statement.h: statements on the native handle, one at a time, unprepared.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/dialect/session.h"

namespace cambium::dialect::postgres {

using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;
using Values = std::span<const std::pair<std::string_view, Value>>;

// Exactly one statement; `:name` outside of literals, names in quotes and comments is a parameter,
// in each place where it stands, if `values` has it. What `values` has beyond that is passed over.
DbResult<Result> run(PGconn*, std::string_view sql, Values values = {});

std::vector<Row> rowsOf(const PGresult*);

}  // namespace cambium::dialect::postgres
