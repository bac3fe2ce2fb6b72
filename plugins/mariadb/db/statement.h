// plugins/mariadb/db/statement.h: statements on the native handle, one at a time, unprepared.
#pragma once

#include <mysql.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/dialect/session.h"

namespace cambium::dialect::mariadb {

using Values = std::span<const std::pair<std::string_view, Value>>;

struct Outcome {
  std::vector<Row> rows;
  int64_t changed = 0;
};

// Exactly one statement; `:name` outside of literals, names in quotes and comments is a parameter,
// in each place where it stands, if `values` has it: it becomes a text, or NULL; behind LIMIT and
// OFFSET a number. What `values` has beyond that is passed over.
DbResult<Outcome> run(MYSQL*, std::string_view sql, Values values = {});

}  // namespace cambium::dialect::mariadb
