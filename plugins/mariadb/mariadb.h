// plugins/mariadb/mariadb.h: what the files of this dialect share: spelling, and the functions that
// Traits and emit are made of. What differs between the two servers that speak the dialect is a
// parameter: of the template where Traits take the function as it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/dialect/dialect.h"
#include "compiler/dialect/functions.h"
#include "compiler/dialect/sql_parts.h"

namespace cambium::dialect::mariadb {

// MySQL 8 stands behind a gate of the dialect.
enum class Server : unsigned char { mariadb, mysql };
inline constexpr std::string_view kGateMysql = "MySQL 8";

// Texts are equal if they are the same code points, blanks at the end and all.
inline constexpr std::string_view kCharset = "utf8mb4";
constexpr std::string_view collationOf(Server server) {
  return server == Server::mysql ? "utf8mb4_0900_bin" : "utf8mb4_nopad_bin";
}
inline constexpr std::string_view kEngine = "InnoDB";

// ---- server.cpp: what answered, by version() and @@version_comment.
struct FoundServer {
  Server server = Server::mariadb;
  std::string product, version;  // "MySQL 8.0.36", "8.0.36"
  std::string refusal;           // why it is not worked with; "" = it is
};
FoundServer serverOf(std::string_view version, std::string_view comment);

// ---- spelling.cpp
std::string quote(std::string_view identifier);  // `a``b`
std::string quoteList(const std::vector<std::string>& names);
std::string textLiteral(std::string_view text);  // 'it''s'; a backslash is doubled
std::string lowered(std::string_view text);      // ASCII
template <Server>
std::string literal(const ir::Expr&);
// A list is JSON: a text where every element is known, else a call.
template <Server>
std::string list(const ir::Expr&, const std::vector<std::string>& elements);
// In: SQL of an operand. Out: the same, in parentheses unless it is one name, literal or call.
std::string operand(std::string_view sql);
// A number or a text: the same for every row.
bool isConstant(std::string_view sql);

// ---- canonical.cpp: SQL that others wrote, over these columns, with each of them in quotes.
std::string canonical(std::string_view sql, const std::vector<std::string>& columns);

// ---- settle.cpp: the one form in which introspection reads back what lowering says.
template <Server>
void settleTable(catalog::Table&);
template <Server>
void settleView(catalog::View&);
// What may stand behind a part of an index: how much of the value's beginning is in it, "(20)".
std::optional<std::string> indexWords(std::string_view said, bool descending);
// SQL of a default of a column of that type.
std::string settledDefault(std::string_view sql, std::string_view type, Server);
// SQL of a check; MySQL has none that is no comparison or the like.
std::string settledCheck(std::string_view sql, Server);
std::string settledAction(std::string_view referentialAction);
std::string viewText(std::string_view name, std::string_view query);  // CREATE VIEW … AS …

// ---- types.cpp
template <Server>
catalog::TypeMapping mapType(const ir::Type&, const ir::Model&);
template <Server>
std::optional<catalog::Traits::RaisedType> raiseType(std::string_view sqlType);
// A type as people write it in the form in which introspection gives it back: "VARCHAR (80)" →
// "varchar(80)", "integer" → "int".
std::string canonicalType(std::string_view sqlType, Server);
// catalog::Traits::outgrows: texts and bytes of a length grow where the number of bytes in front of
// each value stays as wide as it is.
template <Server>
std::optional<std::string> outgrows(std::string_view from, std::string_view to,
                                    const std::string& column);
// A foreign key leads from the one to the other: texts may be of two lengths, numbers may not.
bool mayRefer(std::string_view column, std::string_view target);
// Texts and bytes that have no length, or one that no key holds: an index takes their beginning.
bool isLong(std::string_view sqlType);
// Bytes that a value of the type takes in a key, at most; 0 = no bound.
size_t keyBytes(std::string_view sqlType);
// Bytes that a value of the type takes of the page on which its row is, at most.
size_t pageBytes(std::string_view sqlType);

// ---- functions.cpp, functions_text.cpp, functions_time.cpp, functions_json.cpp
template <Server>
std::optional<std::string> call(ir::Function, const std::vector<std::string>& arguments,
                                const ir::Expr&);
// The parts of `call`, each for the functions of one subject; nullopt for any other function, too.
template <Server>
std::optional<std::string> textCall(ir::Function, const std::vector<std::string>& arguments,
                                    const ir::Expr&);
std::optional<std::string> timeCall(ir::Function, const std::vector<std::string>& arguments,
                                    const ir::Expr&);
template <Server>
std::optional<std::string> jsonCall(ir::Function, const std::vector<std::string>& arguments,
                                    const ir::Expr&);
template <Server>
std::string toText(const ir::Expr& value, const std::string& sql);  // any value as text
// CAST(… AS CHAR), which alone would have a collation that goes with no column of ours.
std::string asText(const std::string& sql, Server);
std::string instantAsText(const std::string& sql, ir::Scalar type, Server);

// ---- operators.cpp
std::string operandOf(const ir::Expr& parent, size_t index, std::string sql);
std::optional<std::string> binary(const ir::Expr&, const std::string& left,
                                  const std::string& right);
std::string identical(std::string_view type, const std::string& left, const std::string& right);

// ---- triggers.cpp
// In a transaction that is READ COMMITTED the reads of a statement and of all its triggers are of
// one moment, that of the first of them, which may be before the lock that the trigger has waited
// for. A read that locks is of now.
constexpr const char* kCurrentRead = " LOCK IN SHARE MODE";
std::string syncTrigger(const catalog::SyncTrigger&);
std::string guardTrigger(const catalog::GuardTrigger&);
std::vector<catalog::Trigger> linkTriggers(const catalog::LinkSync&);  // links.cpp
std::vector<catalog::Trigger> partTriggers(const catalog::PartSync&);  // parts.cpp
catalog::Trigger cascadeTrigger(const catalog::CascadeSync&);          // cascades.cpp
std::string faceView(const catalog::Face&);
std::vector<std::pair<std::string, std::string>> faceTriggers(const catalog::Face&);
// A trigger's text; introspection puts it together again with the same function.
std::string triggerSql(std::string_view name, std::string_view event, std::string_view table,
                       std::string_view body);

// ---- rules.cpp
template <Server>
void checkRules(const ir::Model&, const catalog::Catalog&, DiagnosticSink&);

// ---- rules_mysql.cpp: what MySQL refuses beyond that.
void checkMysqlRules(const ir::Model&, const catalog::Catalog&, DiagnosticSink&);

// ---- emit_table.cpp
std::string createTableSql(const catalog::Table&, Server);
std::string columnSql(const catalog::Column&, Server);
// A default that the server takes for a value, and not for an expression.
bool hasPlainDefault(const catalog::Column&, Server);
std::string checkSql(const catalog::Check&);            // CONSTRAINT … CHECK (…)
std::string foreignKeySql(const catalog::ForeignKey&);  // CONSTRAINT … FOREIGN KEY (…) REFERENCES …
std::string indexSql(const catalog::Index&, const catalog::Table*, Server);  // [UNIQUE] KEY … (…)
// To MariaDB an index has columns alone, and all rows. Where it is to have less rows or an
// expression, its parts are columns that nobody sees: computed where they are read, NULL for the
// rows that do not count. `index` becomes one over them. MySQL has expressions in an index, and
// needs none.
std::vector<catalog::Column> hiddenColumns(catalog::Index& index, const catalog::Table*, Server);
std::string hiddenColumnSql(const catalog::Column&);
// The name of the hidden column for a part of an index, from 0.
std::string hiddenName(const std::string& index, size_t part);
// Whether an index is one of a foreign key's columns, so that this needs no other.
bool serves(const catalog::Index&, const catalog::ForeignKey&);
// By the primary key, or by an index but the one of that name.
bool isServed(const catalog::ForeignKey&, const catalog::Table&, std::string_view but = {});

// ---- mysql_index.cpp: parts of an index as MySQL has them.
// SQL of one part; where it is no plain column: an expression in parentheses.
std::string mysqlPart(const catalog::Index&, const catalog::IndexPart&, const catalog::Table*);
bool isFunctional(const catalog::Index&, const catalog::Table*);
// What the server says of an index, each part a column or an expression, becomes the index that we
// would have made for that; anything else stays.
void readMysqlParts(catalog::Index&, const catalog::Table&);

// ---- mysql_said.cpp: how MySQL's information_schema writes SQL down.
// `_utf8mb4\'it\\\'s\'` → `_utf8mb4'it\'s'`
std::string mysqlUnescaped(std::string_view expression);
// SQL of a default from the columns COLUMN_DEFAULT, EXTRA and the type.
std::string mysqlDefault(std::string_view said, std::string_view extra, std::string_view type);

// ---- emit_alter.cpp: one change of a table as clauses of ALTER TABLE.
struct Alteration {
  // What the server needs for it, the cheapest first.
  enum class Way : unsigned char { instant, nocopy, inplace, copy };
  std::vector<std::string> clauses;
  Way way = Way::instant;
  bool renames = false;    // of columns: in a statement of their own
  bool alone = false;      // in a statement of its own
  bool unchecked = false;  // with foreign_key_checks = 0: there is nothing to check
};
// nullopt: not a change of a table. `table`: as it is before.
std::optional<Alteration> alterationOf(const plan::Operation&, const catalog::Table* table, Server);
std::string alterSql(const std::string& table, const Alteration&, Server);
// A table that goes and stays under another name.
std::string keepTableSql(const catalog::Table&, const std::string& name, Server);

// ---- emit_batch.cpp
BatchSql batchSql(const plan::Backfill&, const catalog::Table*);

// ---- emit.cpp
template <Server>
std::optional<Emitted> emitOperations(const std::vector<plan::Operation>&,
                                      const catalog::Catalog& during, const catalog::Traits&);

}  // namespace cambium::dialect::mariadb
