// catalog/lookups.h: policies that look at rows of other tables. Each such look is one sub-select
// that names no column of the policy's own table:
//   "project_id" IN (SELECT "t0"."id" FROM "project" AS "t0" WHERE "t0"."tenant" = …)
// so that what stands outside of the sub-selects is about the own table alone, and what stands
// inside about others alone.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"

namespace cambium::catalog {

bool hasLookups(std::string_view sql);
bool hasLookups(const std::vector<Policy>&);

// `change` of what is about the own table; it sees a text in the place of each sub-select.
std::string overOwn(std::string_view sql,
                    const std::function<std::string(std::string_view)>& change);

// Whether a sub-select looks at the table, and at that column of it if one is named.
bool looksAt(std::string_view sql, const std::string& table, const std::string& column,
             const Traits&);
bool looksAt(const Policy&, const std::string& table, const std::string& column, const Traits&);

// The same policies once the table, or its column, is called otherwise.
void renameLooked(std::vector<Policy>&, const std::string& table, const std::string& to,
                  const Traits&);
void renameLooked(std::vector<Policy>&, const std::string& table, const std::string& from,
                  const std::string& to, const Traits&);

}  // namespace cambium::catalog
