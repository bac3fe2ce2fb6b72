// PostgreSQL's DDL, by its own parser: every statement in turn changes the Schema as it would
// change the database.
#include <fmt/core.h>
#include <pg_query.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>

#include "plugins/import/import.h"
#include "plugins/import/postgres_table.h"
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

// Dumps of before PostgreSQL 12 say WITH OIDS, which its parser no longer knows: blanks take its
// place. "" where that is not what is wrong.
std::string withoutOids(const std::string& sql, const PgQueryError& error) {
  constexpr std::string_view kOids = "oids", kWith = "with";
  if (error.cursorpos <= 0) return "";
  const size_t at = byteOf(sql, size_t(error.cursorpos) - 1);
  if (lowered(sql.substr(at, kOids.size())) != kOids || at == 0) return "";
  const size_t end = sql.find_last_not_of(" \t\r\n", at - 1);
  if (end == std::string::npos || end + 1 < kWith.size()) return "";
  const size_t begin = end + 1 - kWith.size();
  if (lowered(sql.substr(begin, kWith.size())) != kWith) return "";
  std::string out = sql;
  std::fill(out.begin() + long(begin), out.begin() + long(at + kOids.size()), ' ');
  return out;
}

// How deep the objects and lists of a JSON text lie in each other: reading it takes as much stack.
size_t nestingOf(std::string_view json) {
  size_t depth = 0, deepest = 0;
  bool inText = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (inText) {
      if (c == '\\') ++i;
      inText = inText && c != '"';
    } else if (c == '"') {
      inText = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

// The parser's JSON has neither zeros nor whole numbers below zero: the text has the latter.
void fillNegatives(llvm::json::Value& value, const std::string& sql) {
  if (auto* items = value.getAsArray())
    for (llvm::json::Value& item : *items) fillNegatives(item, sql);
  auto* object = value.getAsObject();
  if (!object) return;
  auto* number = object->getObject("ival");
  const size_t at = static_cast<size_t>(object->getInteger("location").value_or(0));
  if (number && number->empty() && at < sql.size() && sql[at] == '-') {
    const size_t digits = sql.find_first_of("0123456789", at);
    if (digits != std::string::npos)
      (*number)["ival"] = -int64_t(std::strtoll(sql.c_str() + digits, nullptr, 10));
    return;
  }
  for (auto& field : *object) fillNegatives(field.second, sql);
}

// Statements that say nothing about the schema.
bool isAside(llvm::StringRef tag) {
  static const std::vector<llvm::StringRef> kAside = {"TransactionStmt",
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
    file_ = at_.file = file;
    const std::string whole = withoutPsql(sources_[file].text());
    const std::unique_ptr<PgQuerySplitResult, void (*)(PgQuerySplitResult*)> split(
        new PgQuerySplitResult(pg_query_split_with_scanner(whole.c_str())),
        [](PgQuerySplitResult* r) {
          pg_query_free_split_result(*r);
          delete r;
        });
    if (split->error) return fault(*split->error, whole, 0);
    size_t end = 0;
    for (int i = 0; i < split->n_stmts; ++i) {
      const auto begin = static_cast<size_t>(split->stmts[i]->stmt_location);
      end = begin + static_cast<size_t>(split->stmts[i]->stmt_len);
      if (auto wrong = statementAt(whole, begin, end)) return wrong;
    }
    // The scanner keeps a last statement to itself whose parentheses are open.
    if (end < whole.size() && whole[end] == ';') ++end;
    return statementAt(whole, end, whole.size());
  }

  Schema finish() {
    // A sequence that a key counts by is the key's.
    for (const std::string& name : tables_.counting()) schema_.dropObject("sequence", name);
    rows_.report(schema_);
    return std::move(schema_);
  }

private:
  std::optional<Diagnostic> statementAt(const std::string& whole, size_t begin, size_t end) {
    at_.base = static_cast<uint32_t>(begin);
    const std::string sql = whole.substr(begin, end - begin);
    const size_t blank = leadingBlank(sql);
    if (blank >= sql.size()) return std::nullopt;
    at_.begin = at_.base + static_cast<uint32_t>(blank);
    // Rows are many: they are counted, not parsed.
    if (rows_.take(sql, at_.here())) return std::nullopt;
    return statements(sql);
  }

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
    if (parsed->error) {
      if (const std::string without = withoutOids(sql, *parsed->error); !without.empty())
        return statements(without);
      return fault(*parsed->error, sql, at_.base);
    }
    constexpr size_t kDeepest = 2000;
    if (nestingOf(parsed->parse_tree) > kDeepest)
      return report<Code::IMP001>(at_.here(), sources_[file_].name(),
                                  displayNameOf(Format::postgres), "this is nested too deep");
    auto tree = llvm::json::parse(parsed->parse_tree);
    if (!tree) {
      llvm::consumeError(tree.takeError());
      return report<Code::IMP001>(at_.here(), sources_[file_].name(),
                                  displayNameOf(Format::postgres),
                                  "the parser's answer cannot be read");
    }
    fillNegatives(*tree, sql);
    at_.text = sql;
    if (const auto* all = tree->getAsObject() ? tree->getAsObject()->getArray("stmts") : nullptr)
      for (const auto& one : *all)
        if (const Node outer = one.getAsObject()) statement(tagged(outer, "stmt"));
    return std::nullopt;
  }

  void statement(Tagged s) {
    const Node n = s.node;
    if (s.tag == "VariableSetStmt") return setVariable(n);
    if (!n || isAside(s.tag)) return;
    if (s.tag == "CreateStmt") return tables_.create(n);
    if (s.tag == "AlterTableStmt") return tables_.alter(n);
    if (s.tag == "IndexStmt") return tables_.createIndex(n);
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

  // The first schema of SET search_path is where tables are created.
  void setVariable(Node n) {
    if (text(n, "name") != "search_path") return;
    std::string first;
    for (const Tagged& item : list(n, "args"))
      if (const Node value = item.node ? item.node->getObject("sval") : nullptr;
          value && first.empty() && text(value, "sval") != "$user")
        first = text(value, "sval");
    tables_.names().searchIn(first);
  }

  // ---------------------------------------------------------------- what the report names only
  void add(std::string kind, std::string name, std::string why, std::string table = {}) {
    schema_.addObject(
        {std::move(kind), std::move(name), std::move(table), at_.here(), std::move(why)});
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
    if (s.tag == "GrantStmt") return grant(n);
    if (s.tag == "CreateForeignTableStmt")
      return add("foreign table", relation(n->getObject("base"), "relation"),
                 "its rows are those of another server");
    if (s.tag == "CreateForeignServerStmt")
      return add("server", text(n, "servername"), "the language knows one database");
    if (s.tag == "DoStmt")
      return schema_.lose(at_.here(), "a DO block", "it is a program, and may do anything");
    schema_.lose(at_.here(), "a statement of the kind " + s.tag.str(),
                 "the importer does not know it");
  }

  // "GRANT on `a` and `b` to `reader`"
  void grant(Node n) {
    const std::string kind = text(n, "objtype");
    std::vector<std::string> on, to;
    for (const Tagged& object : list(n, "objects"))
      if (const std::string name = text(object.node, "relname"); !name.empty())
        on.push_back(name);
      else if (const auto path = pathOf(object); !path.empty())
        on.push_back(path.back());
    for (const Tagged& role : list(n, "grantees"))
      to.push_back(text(role.node, "roletype") == "ROLESPEC_PUBLIC" ? "PUBLIC"
                                                                    : text(role.node, "rolename"));
    const bool isGrant = flag(n, "is_grant"), isTable = kind == "OBJECT_TABLE";
    std::string word = kind.starts_with("OBJECT_") ? lowered(kind.substr(7)) + " " : "";
    std::ranges::replace(word, '_', ' ');
    schema_.lose(at_.here(),
                 (isGrant ? "GRANT on " : "REVOKE on ") + (isTable ? "" : word) +
                     (text(n, "targtype") == "ACL_TARGET_ALL_IN_SCHEMA" ? "everything in " : "") +
                     listed(on) + (isGrant ? " to " : " from ") + listed(to),
                 isTable ? std::string(kHandWritten) + ": `grant … on E to ROLE`"
                         : "the language grants rights on entities");
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
  // ---------------------------------------------------------------- types
  void createEnum(Node n) {
    const auto words = names(n, "typeName");
    if (words.empty()) return;
    Enum e;
    e.name = words.back();
    e.at = at_.here();
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
    alias.at = at_.here();
    bool serial = false;
    alias.type = typeOf(n->getObject("typeName"), schema_, serial);
    for (const Tagged& item : list(n, "constraints")) {
      const std::string kind = text(item.node, "contype");
      if (kind == "CONSTR_NOTNULL") alias.notNull = true;
      if (kind == "CONSTR_DEFAULT")
        schema_.lose(at_.of(item.node), "the default of domain `" + alias.name + "`",
                     "a default is said at each property");
      if (kind != "CONSTR_CHECK") continue;
      SqlExpr check = expression(tagged(item.node, "raw_expr"));
      asValue(check);
      alias.where = alias.where ? Value{sqlExpr(SqlKind::binary, "and",
                                                {std::move(alias.where->expr), std::move(check)}),
                                        alias.where->at, ""}
                                : Value{std::move(check), at_.of(item.node), ""};
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
      if (Table* table = schema_.findTable(tables_.names().find(schema_, path)))
        table->comment = words;
    } else if (kind == "OBJECT_COLUMN" && path.size() > 1) {
      const std::string column = path.back();
      path.pop_back();
      if (Table* table = schema_.findTable(tables_.names().find(schema_, path)))
        if (Column* found = schema_.findColumn(*table, column)) found->comment = words;
    } else if (kind == "OBJECT_TYPE" || kind == "OBJECT_DOMAIN") {
      if (Enum* e = schema_.findEnum(path.back())) e->comment = words;
      for (Alias& alias : schema_.aliases)
        if (alias.name == path.back()) alias.comment = words;
    } else if (kind == "OBJECT_INDEX" || kind == "OBJECT_TABCONSTRAINT") {
      schema_.lose(at_.here(), "COMMENT ON `" + path.back() + "`",
                   "only entities, properties and enums have comments");
    }
  }

  void rename(Node n) {
    const std::string kind = text(n, "renameType"), to = text(n, "newname");
    const bool ofTable = kind == "OBJECT_TABLE" || kind == "OBJECT_COLUMN";
    const std::string on = ofTable || kind == "OBJECT_TABCONSTRAINT"
                               ? tables_.names().find(schema_, n, "relation")
                               : relation(n, "relation"),
                      sub = text(n, "subname");
    Table* table = schema_.findTable(on);
    if (kind == "OBJECT_TABLE") return schema_.renameTable(on, to);
    if (kind == "OBJECT_INDEX") return schema_.renameIndex(on, to);
    if (kind == "OBJECT_COLUMN" && table) {
      schema_.renameColumn(*table, sub, to);
      for (Table& heir : schema_.tables)
        if (std::ranges::find(heir.parents, on) != heir.parents.end())
          schema_.renameColumn(heir, sub, to);
      return;
    }
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
        {"OBJECT_VIEW", "view"},
        {"OBJECT_MATVIEW", "materialized view"},
        {"OBJECT_TRIGGER", "trigger"},
        {"OBJECT_FUNCTION", "function"},
        {"OBJECT_PROCEDURE", "procedure"},
        {"OBJECT_EXTENSION", "extension"},
        {"OBJECT_SEQUENCE", "sequence"},
        {"OBJECT_RULE", "rule"},
        {"OBJECT_POLICY", "policy"},
        {"OBJECT_AGGREGATE", "aggregate"},
        {"OBJECT_FOREIGN_TABLE", "foreign table"}};
    const std::string kind = text(n, "removeType");
    const auto* objects = n->getArray("objects");
    if (!objects) return;
    for (const auto& value : *objects) {
      const auto path = pathOf(tagged(&value));
      if (path.empty()) continue;
      const std::string& name = path.back();
      if (kind == "OBJECT_TABLE") schema_.dropTable(tables_.names().find(schema_, path));
      if (kind == "OBJECT_SCHEMA")
        for (const std::string& table : tables_.names().in(name)) schema_.dropTable(table);
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
  StatementPlace at_;
  TableReader tables_{schema_, at_};
};

}  // namespace

ReadSchema readPostgres(const SourceMap& sources, std::span<const FileId> files) {
  Reader reader(sources);
  for (const FileId file : files)
    if (auto wrong = reader.read(file)) return Failure{std::move(*wrong)};
  return reader.finish();
}

}  // namespace cambium::importing
