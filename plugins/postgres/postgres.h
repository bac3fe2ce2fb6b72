// plugins/postgres/postgres.h: what the files of this dialect share: spelling, and the functions
// that Traits and emit are made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/dialect/dialect.h"
#include "compiler/dialect/functions.h"
#include "compiler/dialect/sql_parts.h"

namespace cambium::dialect::postgres {

// ---- spelling.cpp
inline std::string quote(std::string_view identifier) {
  return standardQuote(identifier);
}
inline std::string quoteList(const std::vector<std::string>& names) {
  return standardQuoteList(names);
}
// "schema"."name", or "name" alone: what is in the session's own schema is said without it.
inline std::string qualified(std::string_view schema, std::string_view name) {
  return schema.empty() ? quote(name) : quote(schema) + "." + quote(name);
}
inline std::string qualified(const catalog::View& view) {
  return qualified(view.schema, view.ownName());
}
std::string textLiteral(std::string_view text);  // 'it''s'
std::string dollarQuoted(
    std::string_view text);  // $cambium$…$cambium$, or another tag if that is in it
// As the server itself writes the value: what it stores is then what was said.
std::string literal(const ir::Expr&);
std::string list(const ir::Expr&, const std::vector<std::string>& elements);
// In: SQL of an operand. Out: the same, in parentheses unless it is one name, literal or call.
inline std::string operand(std::string_view sql) {
  return standardOperand(sql);
}
// A default that the server gives back as it was said, but for a cast: a literal, a number, now().
bool isPlainDefault(std::string_view sql);

// ---- canonical.cpp: SQL that others wrote, over these columns, with each of them in quotes.
std::string canonical(std::string_view sql, const std::vector<std::string>& columns);

// ---- index_words.cpp
// What may stand behind a part of an index: COLLATE, a class of operators, NULLS FIRST or LAST.
// Canonical: a collation in quotes, words of SQL in capitals, nothing that goes without saying.
std::optional<std::string> indexWords(std::string_view said, bool descending);
// The canonical text in two: the order stands between them.
struct IndexWords {
  std::string before, nulls;
};
IndexWords splitWords(std::string_view canonical);

// ---- types.cpp
catalog::TypeMapping mapType(const ir::Type&, const ir::Model&);
std::optional<catalog::Traits::RaisedType> raiseType(std::string_view sqlType);
// A foreign key leads from the one to the other: the server compares them without a cast.
bool mayRefer(std::string_view column, std::string_view target);
// A type as people write it in the form that the server gives back: "varchar(80)" →
// "character varying(80)".
std::string canonicalType(std::string_view sqlType);
std::string sqlTypeOf(const ir::Type&);  // of a scalar or a list, without enums' checks

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
// Any value as text, without anything that depends on a setting of the session.
std::string toText(const ir::Expr& value, const std::string& sql);
std::string instantAsText(const std::string& sql, ir::Scalar type);

// ---- operators.cpp
std::string operandOf(const ir::Expr& parent, size_t index, std::string sql);
std::optional<std::string> binary(const ir::Expr&, const std::string& left,
                                  const std::string& right);
std::string identical(std::string_view type, const std::string& left, const std::string& right);

// Dialect::gate of servers before 15.
inline constexpr std::string_view kGate14 = "14";
// Of every view: who asks it is who must be allowed to see the rows. Servers before 15 have no
// such thing.
inline constexpr std::string_view kInvoker = " WITH (security_invoker='true')";
// Of a view that is granted, while nothing hides rows of its tables: its owner's rights, and no
// function of somebody else's sees a row before the view's condition does.
inline constexpr std::string_view kBarrier = " WITH (security_barrier='true')";

// ---- triggers.cpp
std::string syncTrigger(const catalog::SyncTrigger&);
std::string guardTrigger(const catalog::GuardTrigger&);
std::vector<catalog::Trigger> linkTriggers(const catalog::LinkSync&);  // links.cpp
std::vector<catalog::Trigger> partTriggers(const catalog::PartSync&);  // parts.cpp
std::string faceView(const catalog::Face&);
std::string faceViewBefore15(const catalog::Face&);
std::string faceBelow(const catalog::Face&);
std::string faceBelowBefore15(const catalog::Face&);
std::vector<std::pair<std::string, std::string>> faceTriggers(const catalog::Face&);
// A trigger's text: its function and itself. Introspection puts it together again with the same
// function.
struct TriggerText {
  std::string name, table, event;  // event: "AFTER UPDATE OF "a", "b""
  std::string body;                // between the dollar quotes
  bool definer = false;            // with the rights of its owner
};
std::string triggerSql(const TriggerText&);
// The statements that a text of ours consists of.
std::vector<std::string> statementsOf(std::string_view sql);

// ---- notes.cpp: the server keeps an expression as a tree and writes it down in its own words.
// What was said is kept beside it, as the comment of the object, with a fingerprint of the server's
// words for it at that moment: as long as the server says the same, it is what was said.
struct Note {
  std::string key;  // "default", "as", "check", "where", "1" (of an index's expression), "view";
                    // "stored": major version of the server and fingerprint
  std::string sql;
};
std::string noteText(const std::vector<Note>&);  // "" for none
std::vector<Note> readNote(std::string_view comment);
std::string readDoc(std::string_view comment);  // what else the comment says: the documentation
const std::string* findNote(const std::vector<Note>&, std::string_view key);
// SQL of the fingerprint of what the server keeps, over a row `d` of pg_attrdef, `k` of
// pg_constraint, `i` of pg_index, `c` of pg_class.
std::string columnFingerprint();
std::string checkFingerprint();
std::string exclusionFingerprint();
std::string indexFingerprint();
std::string viewFingerprint();
std::string policyFingerprint();  // over a row `p` of pg_policy
// Statements that write a comment; appended to `out`. Of a table, a column and an index only if
// there is something to say, or `clear`.
bool isNoted(const catalog::Column&);  // has a comment
void noteColumn(const std::string& table, const catalog::Column&, std::vector<std::string>& out,
                bool clear = false);
void noteCheck(const std::string& table, const catalog::Check&, std::vector<std::string>& out);
void noteIndex(const catalog::Index&, std::vector<std::string>& out);
void noteView(const catalog::View&, std::vector<std::string>& out);
void notePolicy(const std::string& table, const catalog::Policy&, std::vector<std::string>& out);
void commentTable(const std::string& table, const std::string& doc, std::vector<std::string>& out,
                  bool clear = false);
void noteTable(const catalog::Table&, std::vector<std::string>& out);  // and all that is in it

// ---- rules.cpp
// Of a table; those that were dropped count, too, as long as the table lives.
inline constexpr size_t kMostColumns = 1600;
void checkRules(const ir::Model&, const catalog::Catalog&, DiagnosticSink&);
void checkRulesBefore15(const ir::Model&, const catalog::Catalog&, DiagnosticSink&);

// ---- emit_table.cpp
std::string uniqueSql(const catalog::Index&);  // of a constraint
std::string createTableSql(const catalog::Table&);
std::string createIndexSql(const std::string& table, const catalog::Index&, bool concurrently);
std::string columnSql(const catalog::Column&);
std::string checkSql(const catalog::Check&);            // CONSTRAINT … CHECK (…)
std::string foreignKeySql(const catalog::ForeignKey&);  // CONSTRAINT … FOREIGN KEY (…) REFERENCES …
std::string referencesSql(const catalog::ForeignKey&);  // REFERENCES …

// ---- emit_access.cpp: appends the statements to `out`.
// The policies of a table, with row security on while there are any.
void policiesSql(const std::string& table, const std::vector<catalog::Policy>& from,
                 const std::vector<catalog::Policy>& to, std::vector<std::string>& out);
// What is granted on a table or a view: what goes is revoked first.
void grantsSql(const std::string& relation,  // in quotes
               const std::vector<catalog::Grant>& from, const std::vector<catalog::Grant>& to,
               std::vector<std::string>& out);
// The schema of a version's face, which others may not have: with a comment by which it is known.
void createFaceSchema(const std::string& schema, std::vector<std::string>& out);
// It goes with the last view in it.
void dropFaceSchema(const std::string& schema, std::vector<std::string>& out);
// SQL of that comment, for the schema of the session.
inline constexpr const char kFaceOf[] =
    "'cambium: a version of ' || pg_catalog.quote_ident(pg_catalog.current_schema())";
// A role that the server may have already, and that may use the schema; noted as one of the model.
// Whoever has the role `heirOf` gets it, and whoever has a role that is forgotten its `heir`; "" =
// nobody does.
void createRoleSql(const std::string& role, const std::string& heirOf,
                   std::vector<std::string>& out);
void forgetRoleSql(const std::string& role, const std::string& heir, std::vector<std::string>& out);
// The table of ours with the names of these roles.
inline constexpr const char kRoleTable[] = "cambium_role";

// ---- emit_alter.cpp: appends the statements to `out`.
// Another primary key, by whatever name the old one is known to the server.
void alterKey(const plan::AlterKey&, std::vector<std::string>& out);
// Whether the change writes every row anew.
bool writesRows(const catalog::Column& from, const catalog::Column& to);
std::optional<std::string> outgrows(std::string_view from, std::string_view to,
                                    const std::string& column);  // catalog::Traits::outgrows
void alterColumn(const std::string& table, const catalog::Column& from, const catalog::Column& to,
                 std::vector<std::string>& out);
// A table in another form, by as many changes in place as that takes.
void reshape(const plan::RebuildTable&, std::vector<std::string>& out);
// What goes and stays under another name. `table`: as it is before; null = nobody knows.
void keepColumn(const plan::DropColumn&, const catalog::Table* table,
                std::vector<std::string>& out);
void keepTable(const catalog::Table&, const std::string& name, std::vector<std::string>& out);

// ---- emit_batch.cpp
BatchSql batchSql(const plan::Backfill&, const catalog::Table*);

// ---- emit.cpp
std::optional<Emitted> emitOperations(const std::vector<plan::Operation>&,
                                      const catalog::Catalog& during, const catalog::Traits&);

}  // namespace cambium::dialect::postgres
