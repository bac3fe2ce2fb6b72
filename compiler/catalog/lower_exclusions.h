// catalog/lower_exclusions.h: exclusion constraints, which are said in SQL as the whole of a check:
// `check apart: sql(DIALECT: "EXCLUDE …")`. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/catalog/sql.h"
#include "compiler/diagnostics/diagnostic.h"

namespace cambium::catalog {

// What stands behind EXCLUDE in the SQL of an exclusion constraint; nullopt = it is none.
std::optional<std::string_view> exclusionIn(std::string_view sql);

// Whether the condition is an exclusion constraint in any database.
bool isExclusion(const ir::Expr& condition);

// The constraint as the dialect has it (Check::isExclusion); "" where it has none, which the sink
// is told: DDL074 (its own text asks for one), DDL075 (it has no text: left out).
std::string exclusionSql(const ir::Check&, const std::string& entity, const SqlContext&,
                         DiagnosticSink&);

}  // namespace cambium::catalog
