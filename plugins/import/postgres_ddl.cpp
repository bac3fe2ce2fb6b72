// PostgreSQL's DDL, by its own parser: every statement in turn changes the Schema as it would
// change the database.
#include <fmt/core.h>
#include <pg_query.h>

#include <algorithm>
#include <map>
#include <memory>

#include "plugins/import/import.h"
#include "plugins/import/postgres_tree.h"
#include "plugins/import/rows.h"

namespace cambium::importing {
namespace {

using namespace postgres;

constexpr const char* kHandWritten = "it is written by hand";

// psql's own lines and the rows of COPY … FROM stdin are no SQL: blanks take their place, so that
// every other byte stays where it is.
std::string withoutPsql(std::string_view text) {
  std::string out(text);
  bool inRows = false;
  for (size_t at = 0; at < out.size();) {
    const size_t end = std::min(out.find('\n', at), out.size());
    const std::string_view line = std::string_view(out).substr(at, end - at);
    const std::string low = lowered(line.substr(0, 5));
    const bool endsRows = line == "\\." || line == "\\.\r";
    const bool blank = inRows || line.starts_with('\\');
    if (low == "copy " && lowered(line).find("from stdin") != std::string::npos) inRows = true;
    if (endsRows) inRows = false;
    if (blank) std::fill(out.begin() + long(at), out.begin() + long(end), ' ');
    at = end + 1;
  }
  std::replace(out.begin(), out.end(), '\0', ' ');
  return out;
}

// The byte of the n-th character, from 0.
size_t byteOf(std::string_view text, size_t character) {
  size_t at = 0;
  while (character > 0 && at < text.size()) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    --character;
  }
  return at;
}

std::optional<ir::RefAction> actionOf(const std::string& letter) {
  if (letter == "r") return ir::RefAction::restrict;
  if (letter == "c") return ir::RefAction::cascade;
  if (letter == "n") return ir::RefAction::setNull;
  if (letter == "d") return ir::RefAction::setDefault;
  return ir::RefAction::noAction;
}

// What an AlterTable command does that leaves no trace in a model.
bool isAside(const std::string& subtype) {
  static const std::vector<std::string_view> kAside = {
      "AT_ValidateConstraint", "AT_ChangeOwner",     "AT_SetStatistics",   "AT_ClusterOn",
      "AT_DropCluster",        "AT_ReplicaIdentity", "AT_EnableTrig",      "AT_DisableTrig",
      "AT_EnableTrigAll",      "AT_DisableTrigAll",  "AT_SetStorage",      "AT_SetRelOptions",
      "AT_ResetRelOptions",    "AT_SetCompression",  "AT_AlterConstraint", "AT_DisableRowSecurity",
      "AT_SetLogged",          "AT_SetUnLogged",     "AT_SetTableSpace"};
  return std::find(kAside.begin(), kAside.end(), subtype) != kAside.end();
}

// Statements that say nothing about the schema.
bool isAside(llvm::StringRef tag) {
  static const std::vector<llvm::StringRef> kAside = {"TransactionStmt",
                                                      "VariableSetStmt",
                                                      "VariableShowStmt",
                                                      "AlterOwnerStmt",
                                                      "AlterDefaultPrivilegesStmt",
                                                      "CreateStatsStmt",
                                                      "VacuumStmt",
                                                      "ReindexStmt",
                                                      "RefreshMatViewStmt",
                                                      "LockStmt",
                                                      "AlterFunctionStmt",
                                                      "CreateSchemaStmt",
                                                      "CreatedbStmt",
                                                      "DropdbStmt",
                                                      "AlterDatabaseSetStmt",
                                                      "AlterObjectSchemaStmt",
                                                      "SelectStmt",
                                                      "ClusterStmt",
                                                      "CreateRoleStmt",
                                                      "AlterRoleStmt",
                                                      "DropRoleStmt",
                                                      "GrantRoleStmt",
                                                      "ExplainStmt",
                                                      "CheckPointStmt",
                                                      "DiscardStmt",
                                                      "ConstraintsSetStmt",
                                                      "CallStmt",
                                                      "PrepareStmt",
                                                      "ExecuteStmt",
                                                      "DropOwnedStmt",
                                                      "AlterExtensionStmt",
                                                      "SecLabelStmt",
                                                      "AlterObjectDependsStmt"};
  return std::find(kAside.begin(), kAside.end(), tag) != kAside.end();
}

class Reader {
public:
  explicit Reader(const SourceMap& sources) : sources_(sources) {
    schema_.dialect = "postgres";
    schema_.caseSensitive = true;
  }

  std::optional<Diagnostic> read(FileId file) {
    file_ = file;
    const std::string whole = withoutPsql(sources_[file].text());
    const std::unique_ptr<PgQuerySplitResult, void (*)(PgQuerySplitResult*)> split(
        new PgQuerySplitResult(pg_query_split_with_scanner(whole.c_str())),
        [](PgQuerySplitResult* r) {
          pg_query_free_split_result(*r);
          delete r;
        });
    if (split->error) return fault(*split->error, whole, 0);
    for (int i = 0; i < split->n_stmts; ++i) {
      base_ = static_cast<uint32_t>(split->stmts[i]->stmt_location);
      const std::string sql = whole.substr(base_, static_cast<size_t>(split->stmts[i]->stmt_len));
      begin_ = base_ + static_cast<uint32_t>(leadingBlank(sql));
      // Rows are many: they are counted, not parsed.
      if (rows_.take(sql, here())) continue;
      if (auto wrong = statements(sql)) return wrong;
    }
    return std::nullopt;
  }

  Schema finish() {
    dropSequencesOfKeys();
    rows_.report(schema_);
    return std::move(schema_);
  }

private:
  static size_t leadingBlank(const std::string& sql) {
    size_t at = 0;
    for (;;) {
      at = std::min(sql.find_first_not_of(" \t\r\n\f", at), sql.size());
      if (sql.compare(at, 2, "--") == 0)
        at = std::min(sql.find('\n', at), sql.size());
      else if (sql.compare(at, 2, "/*") == 0)
        at = std::min(sql.find("*/", at + 2), sql.size() - 2) + 2;
      else
        return at;
    }
  }

  Span here() const { return {file_, begin_, begin_}; }
  // A node's own place, where it has one.
  Span place(Node node) const {
    const auto at = node ? node->getInteger("location") : std::nullopt;
    const uint32_t offset = at && *at > 0 ? base_ + static_cast<uint32_t>(*at) : begin_;
    return {file_, offset, offset};
  }

  Diagnostic fault(const PgQueryError& error, const std::string& sql, uint32_t base) const {
    const size_t at = error.cursorpos > 0 ? byteOf(sql, size_t(error.cursorpos) - 1) : 0;
    const auto offset = static_cast<uint32_t>(std::min(base + at, sources_[file_].text().size()));
    return report<Code::IMP001>({file_, offset, offset}, sources_[file_].name(),
                                displayNameOf(Format::postgres), error.message);
  }

  std::optional<Diagnostic> statements(const std::string& sql) {
    const std::unique_ptr<PgQueryParseResult, void (*)(PgQueryParseResult*)> parsed(
        new PgQueryParseResult(pg_query_parse(sql.c_str())), [](PgQueryParseResult* r) {
          pg_query_free_parse_result(*r);
          delete r;
        });
    if (parsed->error) return fault(*parsed->error, sql, base_);
    auto tree = llvm::json::parse(parsed->parse_tree);
    if (!tree) {
      llvm::consumeError(tree.takeError());
      return report<Code::IMP001>(here(), sources_[file_].name(), displayNameOf(Format::postgres),
                                  "the parser's answer cannot be read");
    }
    if (const auto* all = tree->getAsObject() ? tree->getAsObject()->getArray("stmts") : nullptr)
      for (const auto& one : *all)
        if (const Node outer = one.getAsObject()) statement(tagged(outer, "stmt"));
    return std::nullopt;
  }

  void statement(Tagged s) {
    const Node n = s.node;
    if (!n || isAside(s.tag)) return;
    if (s.tag == "CreateStmt") return createTable(n);
    if (s.tag == "AlterTableStmt") return alterTable(n);
    if (s.tag == "IndexStmt") return createIndex(n);
    if (s.tag == "CreateEnumStmt") return createEnum(n);
    if (s.tag == "AlterEnumStmt") return alterEnum(n);
    if (s.tag == "CreateDomainStmt") return createDomain(n);
    if (s.tag == "CommentStmt") return comment(n);
    if (s.tag == "RenameStmt") return rename(n);
    if (s.tag == "DropStmt") return drop(n);
    if (s.tag == "CreateTableAsStmt") return createTableAs(n);
    if (s.tag == "CreateSeqStmt") return createSequence(n);
    if (s.tag == "AlterSeqStmt") return alterSequence(n);
    object(s);
  }

  // ---------------------------------------------------------------- what the report names only
  void add(std::string kind, std::string name, std::string why, std::string table = {}) {
    schema_.addObject({std::move(kind), std::move(name), std::move(table), here(), std::move(why)});
  }

  void object(Tagged s) {
    const Node n = s.node;
    const auto last = [&](llvm::StringRef field) {
      const auto all = names(n, field);
      return all.empty() ? std::string() : all.back();
    };
    if (s.tag == "ViewStmt")
      return add("view", relation(n, "view"),
                 "a view of the language is written by hand: `view V of E { … }`");
    if (s.tag == "CreateTrigStmt")
      return add("trigger", text(n, "trigname"), "the language has no triggers",
                 relation(n, "relation"));
    if (s.tag == "CreateFunctionStmt")
      return add(flag(n, "is_procedure") ? "procedure" : "function", last("funcname"),
                 "the language has no functions of the database");
    if (s.tag == "CreateExtensionStmt")
      return add("extension", text(n, "extname"), "the language knows no extensions");
    if (s.tag == "RuleStmt")
      return add("rule", text(n, "rulename"), "the language has no rules", relation(n, "relation"));
    if (s.tag == "CreatePolicyStmt")
      return add("policy", text(n, "policy_name"),
                 std::string(kHandWritten) + ": `policy P on E for … using …`",
                 relation(n, "table"));
    if (s.tag == "CompositeTypeStmt")
      return add("type", relation(n, "typevar"), "the language has no composite types");
    if (s.tag == "CreateRangeStmt")
      return add("type", last("typeName"), "the language has no ranges");
    if (s.tag == "DefineStmt") {
      const std::string kind = text(n, "kind");
      const std::string word = kind.starts_with("OBJECT_") ? lowered(kind.substr(7)) : "object";
      return add(word, last("defnames"), "the language has no " + word + "s");
    }
    if (s.tag == "GrantStmt")
      return schema_.lose(here(), "a GRANT or REVOKE",
                          std::string(kHandWritten) + ": `grant … on E to ROLE`");
    if (s.tag == "DoStmt")
      return schema_.lose(here(), "a DO block", "it is a program, and may do anything");
    schema_.lose(here(), "a statement of the kind " + s.tag.str(), "the importer does not know it");
  }

  void createSequence(Node n) {
    add("sequence", relation(n, "sequence"), "only the default of a key counts: `autoincrement()`");
    ownedBy(n, relation(n, "sequence"));
  }
  void alterSequence(Node n) { ownedBy(n, relation(n, "sequence")); }
  void ownedBy(Node n, const std::string& sequence) {
    for (const Tagged& option : list(n, "options"))
      if (text(option.node, "defname") == "owned_by" && names(option.node, "arg").size() > 1)
        schema_.dropObject("sequence", sequence);
  }
  // A sequence that a key counts by is the key's.
  void dropSequencesOfKeys() {
    for (const std::string& sequence : counting_) schema_.dropObject("sequence", sequence);
  }

  // ---------------------------------------------------------------- tables
  void createTable(Node n) {
    const Node relationNode = n->getObject("relation");
    const std::string name = text(relationNode, "relname");
    if (text(relationNode, "relpersistence") == "t") return;
    if (flag(n, "if_not_exists") && schema_.findTable(name)) return;
    if (n->get("partbound"))
      return schema_.lose(here(), "partition `" + name + "`", "the language has no partitions");
    schema_.dropTable(name);
    Table table;
    table.name = name;
    table.at = place(relationNode);
    if (const std::string space = text(relationNode, "schemaname");
        !space.empty() && space != "public")
      schema_.lose(table.at, "schema `" + space + "` of table `" + name + "`",
                   "an entity's table has no schema before its name");
    if (n->get("partspec"))
      schema_.lose(place(n->getObject("partspec")), "partitioning of table `" + name + "`",
                   "the language has no partitions");
    if (!list(n, "inhRelations").empty())
      schema_.lose(table.at, "inheritance of table `" + name + "`",
                   "the language shares members with `mixin`");
    for (const Tagged& element : list(n, "tableElts")) {
      if (element.tag == "ColumnDef") addColumn(table, element.node);
      if (element.tag == "TableLikeClause") {
        if (const Table* like = schema_.findTable(relation(element.node, "relation")))
          table.columns.insert(table.columns.end(), like->columns.begin(), like->columns.end());
      }
    }
    for (const Tagged& element : list(n, "tableElts"))
      if (element.tag == "Constraint") constraint(table, element.node, nullptr);
    schema_.tables.push_back(std::move(table));
  }

  void addColumn(Table& table, Node n) {
    if (schema_.findColumn(table, text(n, "colname"))) return;
    Column column;
    column.name = text(n, "colname");
    column.at = place(n);
    bool serial = false;
    column.type = typeOf(n->getObject("typeName"), schema_, serial);
    column.autoIncrement = serial;
    column.notNull = serial;
    if (const Alias* alias = schema_.findAlias(column.type.alias)) column.notNull |= alias->notNull;
    if (n->get("collClause"))
      schema_.lose(column.at, "COLLATE of column `" + table.name + "." + column.name + "`",
                   "the language has no collations");
    table.columns.push_back(column);
    ForeignKey* deferred = nullptr;
    for (const Tagged& item : list(n, "constraints")) {
      const std::string kind = text(item.node, "contype");
      if (kind.starts_with("CONSTR_ATTR_")) {
        if (deferred && (kind == "CONSTR_ATTR_DEFERRABLE" || kind == "CONSTR_ATTR_DEFERRED"))
          loseDeferral(table, *deferred);
        if (kind == "CONSTR_ATTR_DEFERRABLE") deferred = nullptr;
        continue;
      }
      const size_t before = table.foreignKeys.size();
      constraint(table, item.node, &table.columns.back());
      deferred = table.foreignKeys.size() > before ? &table.foreignKeys.back() : nullptr;
    }
  }

  void loseDeferral(const Table& table, const ForeignKey& key) {
    schema_.lose(key.at, "DEFERRABLE of foreign key " + shown(table, key),
                 "references are checked at once");
  }
  static std::string shown(const Table& table, const ForeignKey& key) {
    return "`" + (key.name.empty() ? table.name : key.name) + "`";
  }

  std::string freeName(const Table& table, std::string wanted) const {
    const auto taken = [&](const std::string& name) {
      const auto is = [&](const auto& c) { return c.name == name; };
      return std::ranges::any_of(table.checks, is) || std::ranges::any_of(table.foreignKeys, is) ||
             std::ranges::any_of(table.indexes, is);
    };
    std::string name = wanted;
    for (unsigned i = 1; taken(name); ++i) name = wanted + std::to_string(i);
    return name;
  }

  static std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : "_") + word;
    return out;
  }

  void defaultOf(Table& table, Column& column, Tagged expr, Span at) {
    (void)table;
    column.defaultValue = Value{expression(expr), at, ""};
    const SqlExpr& e = column.defaultValue->expr;
    if (e.kind == SqlKind::call && e.text == "nextval") {
      if (!e.args.empty()) {
        const SqlExpr& arg = e.args[0].kind == SqlKind::cast ? e.args[0].args[0] : e.args[0];
        const size_t dot = arg.text.rfind('.');
        counting_.push_back(arg.text.substr(dot == std::string::npos ? 0 : dot + 1));
        std::erase(counting_.back(), '"');
      }
      column.autoIncrement = true;
      column.defaultValue.reset();
    } else if (e.kind == SqlKind::null) {
      column.defaultValue.reset();
    }
  }

  void constraint(Table& table, Node n, Column* column) {
    const std::string kind = text(n, "contype");
    const std::string given = text(n, "conname");
    const Span at = place(n);
    std::vector<std::string> columns;
    if (column) columns = {column->name};
    if (kind == "CONSTR_NOTNULL" && column) column->notNull = true;
    if (kind == "CONSTR_NULL" && column) column->notNull = false;
    if (kind == "CONSTR_IDENTITY" && column) column->autoIncrement = column->notNull = true;
    if (kind == "CONSTR_DEFAULT" && column) defaultOf(table, *column, tagged(n, "raw_expr"), at);
    if (kind == "CONSTR_GENERATED" && column) {
      column->computed = Value{expression(tagged(n, "raw_expr")), at, ""};
      column->stored = true;
    }
    if (kind == "CONSTR_CHECK") {
      Check check{given, expression(tagged(n, "raw_expr")), at, ""};
      if (given.empty()) {
        std::vector<std::string> used;
        for (const Column& c : table.columns)
          if (mentionsColumn(check.expr, [&](const std::string& name) { return name == c.name; }))
            used.push_back(c.name);
        check.name = freeName(
            table, table.name + (used.size() == 1 ? "_" + used[0] : std::string()) + "_check");
      }
      table.checks.push_back(std::move(check));
    }
    if (kind == "CONSTR_PRIMARY" || kind == "CONSTR_UNIQUE") {
      if (!column) columns = names(n, "keys");
      if (const std::string used = text(n, "indexname"); !used.empty())
        columns = takeIndex(table, used);
      keyOrUnique(table, kind == "CONSTR_PRIMARY", given, columns, at);
      if (flag(n, "deferrable"))
        schema_.lose(at,
                     "DEFERRABLE of " +
                         std::string(kind == "CONSTR_PRIMARY" ? "the key" : "a unique") +
                         " of table `" + table.name + "`",
                     "it is checked at once");
    }
    if (kind == "CONSTR_FOREIGN") foreignKey(table, n, column, given, at);
    if (kind == "CONSTR_EXCLUSION")
      schema_.lose(at, "EXCLUDE of table `" + table.name + "`",
                   "the language has uniques, but no exclusion constraints");
  }

  // ADD CONSTRAINT … USING INDEX: the index becomes the constraint.
  std::vector<std::string> takeIndex(Table& table, const std::string& name) {
    std::vector<std::string> columns;
    for (const Index& index : table.indexes)
      if (index.name == name)
        for (const IndexPart& part : index.parts) columns.push_back(part.column);
    std::erase_if(table.indexes, [&](const Index& index) { return index.name == name; });
    return columns;
  }

  void keyOrUnique(Table& table, bool key, const std::string& given,
                   const std::vector<std::string>& columns, Span at) {
    if (key) {
      table.primaryKey = columns;
      table.keyName = given.empty() ? table.name + "_pkey" : given;
      for (const std::string& name : columns)
        if (Column* c = schema_.findColumn(table, name)) c->notNull = true;
      return;
    }
    Index index;
    index.name =
        given.empty() ? freeName(table, table.name + "_" + joined(columns) + "_key") : given;
    for (const std::string& name : columns) index.parts.push_back({name, {}, false});
    index.unique = true;
    index.at = at;
    table.indexes.push_back(std::move(index));
  }

  void foreignKey(Table& table, Node n, const Column* column, const std::string& given, Span at) {
    ForeignKey key;
    key.columns = column ? std::vector{column->name} : names(n, "fk_attrs");
    key.name =
        given.empty() ? freeName(table, table.name + "_" + joined(key.columns) + "_fkey") : given;
    key.table = relation(n, "pktable");
    key.tableColumns = names(n, "pk_attrs");
    key.onDelete = *actionOf(text(n, "fk_del_action"));
    key.onUpdate = *actionOf(text(n, "fk_upd_action"));
    key.at = at;
    if (text(n, "fk_matchtype") == "f")
      schema_.lose(at, "MATCH FULL of foreign key " + shown(table, key),
                   "a reference is null if one of its columns is");
    if (flag(n, "deferrable")) loseDeferral(table, key);
    table.foreignKeys.push_back(std::move(key));
  }

  // ---------------------------------------------------------------- ALTER TABLE
  void alterTable(Node n) {
    const std::string name = relation(n, "relation");
    Table* table = schema_.findTable(name);
    for (const Tagged& command : list(n, "cmds")) {
      const std::string subtype = text(command.node, "subtype");
      if (isAside(subtype)) continue;
      if (subtype == "AT_AttachPartition") {
        attach(name, command.node);
        table = schema_.findTable(name);
        continue;
      }
      if (table) alter(*table, subtype, command.node);
    }
  }

  void attach(const std::string& parent, Node n) {
    const Tagged def = tagged(n, "def");
    const std::string name = relation(def.node, "name");
    (void)parent;
    schema_.dropTable(name);
    schema_.lose(here(), "partition `" + name + "`", "the language has no partitions");
  }

  void alter(Table& table, const std::string& subtype, Node n) {
    const Tagged def = tagged(n, "def");
    const std::string name = text(n, "name");
    Column* column = schema_.findColumn(table, name);
    if (subtype == "AT_AddColumn" && def.node) return addColumn(table, def.node);
    if (subtype == "AT_DropColumn") return schema_.dropColumn(table, name);
    if (subtype == "AT_AddConstraint" && def.node) return constraint(table, def.node, nullptr);
    if (subtype == "AT_DropConstraint") return schema_.dropConstraint(table, name);
    if (subtype == "AT_AddIndex") return;
    if (subtype == "AT_EnableRowSecurity" || subtype == "AT_ForceRowSecurity")
      return schema_.lose(here(), "row security of table `" + table.name + "`",
                          std::string(kHandWritten) + ": `policy P on E for … using …`");
    if (!column) {
      if (name.empty())
        schema_.lose(here(), "a part of ALTER TABLE `" + table.name + "` (" + subtype + ")",
                     "the importer does not know it");
      return;
    }
    if (subtype == "AT_AlterColumnType" && def.node) {
      bool serial = false;
      column->type = typeOf(def.node->getObject("typeName"), schema_, serial);
    } else if (subtype == "AT_ColumnDefault") {
      if (def.node)
        defaultOf(table, *column, def, here());
      else
        column->defaultValue.reset(), column->autoIncrement = false;
    } else if (subtype == "AT_SetNotNull") {
      column->notNull = true;
    } else if (subtype == "AT_DropNotNull") {
      column->notNull = false;
    } else if (subtype == "AT_AddIdentity") {
      column->autoIncrement = true;
    } else if (subtype == "AT_DropIdentity") {
      column->autoIncrement = false;
    } else if (subtype == "AT_DropExpression") {
      column->computed.reset();
    } else {
      schema_.lose(here(), "a part of ALTER TABLE `" + table.name + "` (" + subtype + ")",
                   "the importer does not know it");
    }
  }

  // ---------------------------------------------------------------- indexes
  void createIndex(Node n) {
    const std::string on = relation(n, "relation");
    Table* table = schema_.findTable(on);
    if (!table) return;  // of a materialized view, or of a partition
    Index index;
    index.name = text(n, "idxname");
    index.unique = flag(n, "unique");
    index.at = here();
    std::vector<std::string> words;
    std::string aside;
    for (const Tagged& item : list(n, "indexParams")) {
      IndexPart part;
      part.column = text(item.node, "name");
      if (part.column.empty()) part.expr = expression(tagged(item.node, "expr"));
      const std::string order = text(item.node, "ordering"),
                        nulls = text(item.node, "nulls_ordering");
      part.descending = order == "SORTBY_DESC";
      if (nulls == (part.descending ? "SORTBY_NULLS_LAST" : "SORTBY_NULLS_FIRST"))
        aside = nulls == "SORTBY_NULLS_LAST" ? "NULLS LAST" : "NULLS FIRST";
      if (!names(item.node, "opclass").empty())
        aside = "the operator class `" + names(item.node, "opclass").back() + "`";
      if (!names(item.node, "collation").empty()) aside = "COLLATE";
      words.push_back(part.column.empty() ? "expr" : part.column);
      index.parts.push_back(std::move(part));
    }
    if (index.name.empty()) index.name = freeName(*table, on + "_" + joined(words) + "_idx");
    if (flag(n, "if_not_exists") &&
        std::ranges::any_of(table->indexes, [&](const Index& i) { return i.name == index.name; }))
      return;
    if (const Tagged where = tagged(n, "whereClause"); where.node) index.where = expression(where);
    const std::string method = text(n, "accessMethod");
    if (!method.empty() && method != "btree") {
      index.lost = "the language has no " + method + " indexes";
    } else {
      if (!aside.empty())
        schema_.lose(index.at, aside + " of index `" + index.name + "`",
                     "the language has no word for it");
      if (!list(n, "indexIncludingParams").empty())
        schema_.lose(index.at, "INCLUDE of index `" + index.name + "`",
                     "the language has no word for it");
      if (flag(n, "nulls_not_distinct"))
        schema_.lose(index.at, "NULLS NOT DISTINCT of index `" + index.name + "`",
                     "nulls are distinct");
    }
    table->indexes.push_back(std::move(index));
  }

  // ---------------------------------------------------------------- types
  void createEnum(Node n) {
    const auto words = names(n, "typeName");
    if (words.empty()) return;
    Enum e;
    e.name = words.back();
    e.at = here();
    for (const std::string& value : names(n, "vals")) e.values.push_back({value, "", ""});
    schema_.dropEnum(e.name);
    schema_.enums.push_back(std::move(e));
  }

  void alterEnum(Node n) {
    const auto words = names(n, "typeName");
    Enum* e = words.empty() ? nullptr : schema_.findEnum(words.back());
    if (!e) return;
    const std::string added = text(n, "newVal"), old = text(n, "oldVal");
    const auto find = [&](const std::string& value) {
      return std::ranges::find(e->values, value, &EnumValue::text);
    };
    if (!old.empty()) {
      if (const auto found = find(old); found != e->values.end()) found->text = added;
      return;
    }
    if (find(added) != e->values.end()) return;
    auto at = find(text(n, "newValNeighbor"));
    if (at != e->values.end() && flag(n, "newValIsAfter")) ++at;
    e->values.insert(at, {added, "", ""});
  }

  void createDomain(Node n) {
    const auto words = names(n, "domainname");
    if (words.empty()) return;
    Alias alias;
    alias.name = words.back();
    alias.at = here();
    bool serial = false;
    alias.type = typeOf(n->getObject("typeName"), schema_, serial);
    for (const Tagged& item : list(n, "constraints")) {
      const std::string kind = text(item.node, "contype");
      if (kind == "CONSTR_NOTNULL") alias.notNull = true;
      if (kind == "CONSTR_DEFAULT")
        schema_.lose(place(item.node), "the default of domain `" + alias.name + "`",
                     "a default is said at each property");
      if (kind != "CONSTR_CHECK") continue;
      SqlExpr check = expression(tagged(item.node, "raw_expr"));
      asValue(check);
      alias.where = alias.where ? Value{sqlExpr(SqlKind::binary, "and",
                                                {std::move(alias.where->expr), std::move(check)}),
                                        alias.where->at, ""}
                                : Value{std::move(check), place(item.node), ""};
    }
    std::erase_if(schema_.aliases, [&](const Alias& a) { return a.name == alias.name; });
    schema_.aliases.push_back(std::move(alias));
  }

  static void asValue(SqlExpr& e) {
    if (e.kind == SqlKind::name && lowered(e.text) == "value") e.kind = SqlKind::value;
    for (SqlExpr& arg : e.args) asValue(arg);
  }

  // ---------------------------------------------------------------- COMMENT, RENAME, DROP
  void comment(Node n) {
    const std::string kind = text(n, "objtype"), words = text(n, "comment");
    auto path = names(n, "object");
    if (path.empty())
      if (const Tagged type = tagged(n, "object"); type.tag == "TypeName")
        path = names(type.node, "names");
    if (path.empty()) return;
    if (kind == "OBJECT_TABLE") {
      if (Table* table = schema_.findTable(path.back())) table->comment = words;
    } else if (kind == "OBJECT_COLUMN" && path.size() > 1) {
      if (Table* table = schema_.findTable(path[path.size() - 2]))
        if (Column* column = schema_.findColumn(*table, path.back())) column->comment = words;
    } else if (kind == "OBJECT_TYPE" || kind == "OBJECT_DOMAIN") {
      if (Enum* e = schema_.findEnum(path.back())) e->comment = words;
      for (Alias& alias : schema_.aliases)
        if (alias.name == path.back()) alias.comment = words;
    } else if (kind == "OBJECT_INDEX" || kind == "OBJECT_TABCONSTRAINT") {
      schema_.lose(here(), "COMMENT ON `" + path.back() + "`",
                   "only entities, properties and enums have comments");
    }
  }

  void rename(Node n) {
    const std::string kind = text(n, "renameType"), to = text(n, "newname");
    const std::string on = relation(n, "relation"), sub = text(n, "subname");
    Table* table = schema_.findTable(on);
    if (kind == "OBJECT_TABLE") return schema_.renameTable(on, to);
    if (kind == "OBJECT_INDEX") return schema_.renameIndex(on, to);
    if (kind == "OBJECT_COLUMN" && table) return schema_.renameColumn(*table, sub, to);
    if (kind == "OBJECT_TYPE") {
      if (const auto words = names(n, "object"); !words.empty())
        schema_.renameEnum(words.back(), to);
      return;
    }
    if (kind == "OBJECT_TABCONSTRAINT" && table) {
      const auto is = [&](auto& all) {
        for (auto& one : all)
          if (one.name == sub) one.name = to;
      };
      is(table->checks), is(table->foreignKeys), is(table->indexes);
      if (table->keyName == sub) table->keyName = to;
      return;
    }
    for (Object& object : schema_.objects)
      if (object.name == (sub.empty() ? on : sub)) object.name = to;
  }

  void drop(Node n) {
    static const std::map<std::string, std::string> kKinds = {
        {"OBJECT_VIEW", "view"},           {"OBJECT_MATVIEW", "materialized view"},
        {"OBJECT_TRIGGER", "trigger"},     {"OBJECT_FUNCTION", "function"},
        {"OBJECT_PROCEDURE", "procedure"}, {"OBJECT_EXTENSION", "extension"},
        {"OBJECT_SEQUENCE", "sequence"},   {"OBJECT_RULE", "rule"},
        {"OBJECT_POLICY", "policy"},       {"OBJECT_AGGREGATE", "aggregate"}};
    const std::string kind = text(n, "removeType");
    const auto* objects = n->getArray("objects");
    if (!objects) return;
    for (const auto& value : *objects) {
      const auto path = pathOf(tagged(&value));
      if (path.empty()) continue;
      const std::string& name = path.back();
      if (kind == "OBJECT_TABLE") schema_.dropTable(name);
      if (kind == "OBJECT_INDEX") schema_.dropIndex(name);
      if (kind == "OBJECT_TYPE") schema_.dropEnum(name), schema_.dropObject("type", name);
      if (kind == "OBJECT_DOMAIN")
        std::erase_if(schema_.aliases, [&](const Alias& alias) { return alias.name == name; });
      const auto other = kKinds.find(kind);
      if (other == kKinds.end()) continue;
      const bool ofTable =
          kind == "OBJECT_TRIGGER" || kind == "OBJECT_RULE" || kind == "OBJECT_POLICY";
      schema_.dropObject(other->second, name,
                         ofTable && path.size() > 1 ? path[path.size() - 2] : std::string());
    }
  }

  static std::vector<std::string> pathOf(Tagged item) {
    if (item.tag == "String") return {text(item.node, "sval")};
    if (item.tag == "TypeName") return names(item.node, "names");
    if (item.tag == "ObjectWithArgs") return names(item.node, "objname");
    std::vector<std::string> out;
    for (const Tagged& part : list(item.node, "items"))
      if (part.tag == "String") out.push_back(text(part.node, "sval"));
    return out;
  }

  void createTableAs(Node n) {
    const Node into = n->getObject("into");
    const Node target = into ? into->getObject("rel") : nullptr;
    if (text(target, "relpersistence") == "t") return;
    if (text(n, "objtype") == "OBJECT_MATVIEW")
      return add("materialized view", text(target, "relname"),
                 "a view of the language is written by hand: `view V of E { … }`");
    add("table", text(target, "relname"), "what its columns are is known to the database alone");
  }

  const SourceMap& sources_;
  Schema schema_;
  Rows rows_;
  FileId file_;
  uint32_t base_ = 0, begin_ = 0;
  std::vector<std::string> counting_;  // sequences that columns count by
};

}  // namespace

ReadSchema readPostgres(const SourceMap& sources, std::span<const FileId> files) {
  Reader reader(sources);
  for (const FileId file : files)
    if (auto wrong = reader.read(file)) return Failure{std::move(*wrong)};
  return reader.finish();
}

}  // namespace cambium::importing
