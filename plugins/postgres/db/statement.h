// plugins/postgres/db/statement.h: statements on the native handle, one at a time.
#pragma once

#include <libpq-fe.h>

#include <functional>
#include <map>
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

// Statements that are asked again and again on one connection, prepared when they are first asked:
// for those about the catalog, to plan them takes many times as long as to execute them. What they
// return must have the same columns each time.
class Repeated {
public:
  DbResult<Result> run(PGconn*, std::string_view sql, Values values = {});

private:
  std::map<std::string, std::string, std::less<>> names_;  // by text
};

std::vector<Row> rowsOf(const PGresult*);

}  // namespace cambium::dialect::postgres
