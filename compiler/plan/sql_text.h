// plan/sql_text.h: the little that the planner must know about SQL text that others wrote: which
// columns it names, and the same text over other columns; and the queries that count the rows in
// the way of a constraint (one place for them: the planner asks for them, the proof demands them).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"

namespace cambium::plan {

// SQL for a column, whose name comes unquoted.
using ColumnSql = std::function<std::string(const std::string& column)>;

// `sql` with every quoted identifier replaced by what `column` says for it, all at once (a swap of
// two names works). Strings stay as they are.
std::string substitute(std::string_view sql, const catalog::Traits&, const ColumnSql& column);
// The quoted identifiers in it, unquoted, each once, in order.
std::vector<std::string> identifiersIn(std::string_view sql, const catalog::Traits&);

std::string countNulls(const std::string& table, const std::string& column, const catalog::Traits&);
std::string countViolations(const std::string& table, const std::string& check,
                            const catalog::Traits&);
std::string countDuplicates(const std::string& table, const catalog::Index&,
                            const catalog::Traits&);
std::string countOrphans(const std::string& table, const catalog::ForeignKey&,
                         const catalog::Traits&);
// True of a row whose value no row of the table that the foreign key leads to has. Columns in it
// stand behind the name of their table.
std::string leadsNowhere(const std::string& value, const catalog::ForeignKey&,
                         const catalog::Traits&);
std::string countRows(const std::string& table, const std::string& where, const catalog::Traits&);

// What these count: the rows by their key, or the values that occur more than once.
std::string listRows(const catalog::Table&, const std::string& where, const catalog::Traits&);
std::string listDuplicates(const std::string& table, const catalog::Index&, const catalog::Traits&);
std::string listOrphans(const catalog::Table&, const catalog::ForeignKey&, const catalog::Traits&);

// The index over other names of its columns.
catalog::Index renamed(catalog::Index, const catalog::Traits&,
                       const std::function<std::string(const std::string&)>& column);
// Its columns; none where it speaks of anything but whole columns of all rows.
std::vector<std::string> plainColumns(const catalog::Index&);
// Same rows, same parts: the name does not count.
bool sameContent(const catalog::Index&, const catalog::Index&);

std::string joined(const std::vector<std::string>&, std::string_view separator);

}  // namespace cambium::plan
