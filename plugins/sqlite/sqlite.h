// plugins/sqlite/sqlite.h: what the files of this dialect share: spelling, and the functions that
// Traits and emit are made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/dialect/dialect.h"
#include "compiler/dialect/functions.h"
#include "compiler/dialect/sql_parts.h"

namespace cambium::dialect::sqlite {

// ---- spelling (spelling.cpp)
inline std::string quote(std::string_view identifier) {
  return standardQuote(identifier);
}
inline std::string quoteList(const std::vector<std::string>& names) {
  return standardQuoteList(names);
}
std::string textLiteral(std::string_view text);  // 'it''s'; bytes 0 as char(0)
std::string literal(const ir::Expr&);
// A list is JSON: a text where every element is known, else a call.
std::string list(const ir::Expr&, const std::vector<std::string>& elements);
// In: SQL of an operand. Out: the same, in parentheses unless it is one name, literal or call.
inline std::string operand(std::string_view sql) {
  return standardOperand(sql);
}
// True if DEFAULT may stand before it without parentheses: a literal, a signed number, CURRENT_….
bool isPlainDefault(std::string_view sql);

// ---- canonical.cpp: SQL that others wrote, over these columns, as the database gives it back.
std::string canonical(std::string_view sql, const std::vector<std::string>& columns);

// ---- types.cpp
catalog::TypeMapping mapType(const ir::Type&, const ir::Model&);
std::optional<catalog::Traits::RaisedType> raiseType(std::string_view sqlType);
// True for a decimal with more digits than a double keeps: it is held as TEXT.
bool isTextDecimal(const ir::Type&);

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
// Any value as text.
std::string toText(const ir::Expr& value, const std::string& sql);
// `value`, or NULL where `sql` is: for what would make something of nothing.
std::string unlessNull(const ir::Expr& argument, const std::string& sql, const std::string& value);

// ---- operators.cpp
// Digits after the point that a number can have; nullopt = no bound (a float).
std::optional<unsigned> scaleOf(const ir::Expr&);
// A property or literal whose SQL is the text of a decimal. Everything that is calculated is a
// number.
bool isStoredAsText(const ir::Expr&);
std::string operandOf(const ir::Expr& parent, size_t index, std::string sql);
std::optional<std::string> binary(const ir::Expr&, const std::string& left,
                                  const std::string& right);
std::string identical(std::string_view type, const std::string& left, const std::string& right);

// ---- triggers.cpp
std::string syncTrigger(const catalog::SyncTrigger&);
std::string guardTrigger(const catalog::GuardTrigger&);
std::string faceView(const catalog::Face&);
std::vector<std::pair<std::string, std::string>> faceTriggers(const catalog::Face&);

// ---- links.cpp
// One that runs behind each row of `event` ("UPDATE OF …"); `body`: statements, each with its `;`.
catalog::Trigger afterTrigger(const std::string& name, const std::string& event,
                              const std::string& table, const std::string& body);
std::vector<catalog::Trigger> linkTriggers(const catalog::LinkSync&);
std::vector<catalog::Trigger> partTriggers(const catalog::PartSync&);

// ---- rules.cpp
void checkRules(const ir::Model&, const catalog::Catalog&, DiagnosticSink&);

// ---- emit_table.cpp: canonical texts
std::string createTableSql(const catalog::Table&);
std::string createIndexSql(const std::string& table, const catalog::Index&);
std::string columnSql(
    const catalog::Column&);  // name, type and constraints of one column, without its key
std::string foreignKeySql(const catalog::ForeignKey&);  // REFERENCES …

// ---- emit_rebuild.cpp: appends the statements to `out`. `number` keeps the private names of
// several rebuilds in one step apart.
// What is taken away goes into a table of its own first, as it is stored: with the values of `key`
// beside those of the columns, and SQL over a row of `from` for each. `where` "" = all rows.
void keepApart(const std::string& name, const std::vector<std::string>& key,
               const std::vector<std::pair<std::string, std::string>>& columns,
               const std::string& from, const std::string& where, Emitted& out);
void emitRebuild(const plan::RebuildTable&, const catalog::Catalog& during, unsigned number,
                 Emitted& out);

// ---- emit_batch.cpp
BatchSql batchSql(const plan::Backfill&, const catalog::Table*);

// ---- emit.cpp
std::optional<Emitted> emitOperations(const std::vector<plan::Operation>&,
                                      const catalog::Catalog& during, const catalog::Traits&);

}  // namespace cambium::dialect::sqlite
