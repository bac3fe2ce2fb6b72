// What is kept for a time (catalog/kept.h), by its name: the table that it is a column of.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/dialect/session.h"

namespace cambium::dialect::mariadb {

using Kept = decltype(catalog::Catalog::kept);

DbResult<Kept> readKept(Session&, const std::string& schema);
DbResult<std::optional<std::string>> describeKept(Session&, const std::string& schema,
                                                  std::string_view name);

}  // namespace cambium::dialect::mariadb
