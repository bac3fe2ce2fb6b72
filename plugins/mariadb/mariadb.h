// plugins/mariadb/mariadb.h: what the files of this dialect share: spelling, and the functions that
// Traits and emit are made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/dialect/dialect.h"
#include "compiler/dialect/functions.h"
#include "compiler/dialect/sql_parts.h"

namespace cambium::dialect::mariadb {

// Texts are equal if they are the same code points, blanks at the end and all.
inline constexpr std::string_view kCharset = "utf8mb4";
inline constexpr std::string_view kCollation = "utf8mb4_nopad_bin";
inline constexpr std::string_view kEngine = "InnoDB";

// ---- spelling.cpp
std::string quote(std::string_view identifier);  // `a``b`
std::string quoteList(const std::vector<std::string>& names);
std::string textLiteral(std::string_view text);  // 'it''s'; a backslash is doubled
std::string lowered(std::string_view text);      // ASCII
std::string literal(const ir::Expr&);
// A list is JSON: a text where every element is known, else a call.
std::string list(const ir::Expr&, const std::vector<std::string>& elements);
// In: SQL of an operand. Out: the same, in parentheses unless it is one name, literal or call.
std::string operand(std::string_view sql);
// A number or a text: the same for every row.
bool isConstant(std::string_view sql);

// ---- canonical.cpp: SQL that others wrote, over these columns, with each of them in quotes.
std::string canonical(std::string_view sql, const std::vector<std::string>& columns);

// ---- settle.cpp: the one form in which introspection reads back what lowering says.
void settleTable(catalog::Table&);
void settleView(catalog::View&);
// What may stand behind a part of an index: how much of the value's beginning is in it, "(20)".
std::optional<std::string> indexWords(std::string_view said, bool descending);
// SQL of a default of a column of that type.
std::string settledDefault(std::string_view sql, std::string_view type);
std::string settledAction(std::string_view referentialAction);
std::string viewText(std::string_view name, std::string_view query);  // CREATE VIEW … AS …

// ---- types.cpp
catalog::TypeMapping mapType(const ir::Type&, const ir::Model&);
std::optional<catalog::Traits::RaisedType> raiseType(std::string_view sqlType);
// A type as people write it in the form in which introspection gives it back: "VARCHAR (80)" →
// "varchar(80)", "integer" → "int".
std::string canonicalType(std::string_view sqlType);
std::string sqlTypeOf(const ir::Type&);  // of a scalar or a list, without checks and enums' lengths
// Texts and bytes that have no length, or one that no key holds: an index takes their beginning.
bool isLong(std::string_view sqlType);
// Bytes that a value of the type takes in a key, at most; 0 = no bound.
size_t keyBytes(std::string_view sqlType);
// Bytes that a value of the type takes of the page on which its row is, at most.
size_t pageBytes(std::string_view sqlType);

// ---- functions.cpp, functions_text.cpp, functions_time.cpp, functions_json.cpp
std::optional<std::string> call(ir::Function, const std::vector<std::string>& arguments,
                                const ir::Expr&);
// The parts of `call`, each for the functions of one subject; nullopt for any other function, too.
std::optional<std::string> textCall(ir::Function, const std::vector<std::string>& arguments,
                                    const ir::Expr&);
std::optional<std::string> timeCall(ir::Function, const std::vector<std::string>& arguments,
                                    const ir::Expr&);
std::optional<std::string> jsonCall(ir::Function, const std::vector<std::string>& arguments,
                                    const ir::Expr&);
std::string toText(const ir::Expr& value, const std::string& sql);  // any value as text
// CAST(… AS CHAR), which alone would have a collation that goes with no column of ours.
std::string asText(const std::string& sql);
std::string instantAsText(const std::string& sql, ir::Scalar type);

// ---- operators.cpp
std::string operandOf(const ir::Expr& parent, size_t index, std::string sql);
std::optional<std::string> binary(const ir::Expr&, const std::string& left,
                                  const std::string& right);
std::string identical(std::string_view type, const std::string& left, const std::string& right);

// ---- triggers.cpp
std::string syncTrigger(const catalog::SyncTrigger&);
std::string guardTrigger(const catalog::GuardTrigger&);
std::string faceView(const catalog::Face&);
std::vector<std::pair<std::string, std::string>> faceTriggers(const catalog::Face&);
// A trigger's text; introspection puts it together again with the same function.
std::string triggerSql(std::string_view name, std::string_view event, std::string_view table,
                       std::string_view body);

// ---- rules.cpp
void checkRules(const ir::Model&, const catalog::Catalog&, DiagnosticSink&);

// ---- emit_table.cpp
std::string createTableSql(const catalog::Table&);
std::string columnSql(const catalog::Column&);
std::string checkSql(const catalog::Check&);            // CONSTRAINT … CHECK (…)
std::string foreignKeySql(const catalog::ForeignKey&);  // CONSTRAINT … FOREIGN KEY (…) REFERENCES …
std::string indexSql(const catalog::Index&, const catalog::Table*);  // [UNIQUE] KEY … (…)
// An index has columns alone, and all rows. Where it is to have less rows or an expression, its
// parts are columns that nobody sees: computed where they are read, NULL for the rows that do not
// count. `index` becomes one over them.
std::vector<catalog::Column> hiddenColumns(catalog::Index& index, const catalog::Table*);
std::string hiddenColumnSql(const catalog::Column&);
// The name of the hidden column for a part of an index, from 0.
std::string hiddenName(const std::string& index, size_t part);

// ---- emit_alter.cpp: one change of a table as clauses of ALTER TABLE.
struct Alteration {
  // What the server needs for it, the cheapest first.
  enum class Way : unsigned char { instant, nocopy, inplace, copy };
  std::vector<std::string> clauses;
  Way way = Way::instant;
  bool renames = false;    // of columns: in a statement of their own
  bool unchecked = false;  // with foreign_key_checks = 0: there is nothing to check
};
// nullopt: not a change of a table. `table`: as it is before.
std::optional<Alteration> alterationOf(const plan::Operation&, const catalog::Table* table);
std::string alterSql(const std::string& table, const Alteration&);

// ---- emit_batch.cpp
BatchSql batchSql(const plan::Backfill&, const catalog::Table*);

// ---- emit.cpp
std::optional<Emitted> emitOperations(const std::vector<plan::Operation>&,
                                      const catalog::Catalog& during, const catalog::Traits&);

}  // namespace cambium::dialect::mariadb
