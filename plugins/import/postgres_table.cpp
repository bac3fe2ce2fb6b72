#include "plugins/import/postgres_table.h"

#include <algorithm>
#include <cctype>

namespace cambium::importing::postgres {
namespace {

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

// What an AlterTable command does to the tables that inherit from its own, too.
bool isInherited(const std::string& subtype) {
  static const std::vector<std::string_view> kInherited = {
      "AT_AddColumn",  "AT_DropColumn",  "AT_AlterColumnType",
      "AT_SetNotNull", "AT_DropNotNull", "AT_ColumnDefault"};
  return std::find(kInherited.begin(), kInherited.end(), subtype) != kInherited.end();
}

class Tables {
public:
  Tables(Schema& schema, const StatementPlace& at, TableNames& tableNames,
         std::vector<std::string>& counting)
      : schema_(schema), at_(at), tableNames_(tableNames), counting_(counting) {}

  // ---------------------------------------------------------------- tables
  void create(Node n) {
    const Node relationNode = n->getObject("relation");
    if (text(relationNode, "relpersistence") == "t") return;
    const std::string bare = text(relationNode, "relname");
    if (n->get("partbound"))
      return schema_.lose(at_.here(), "partition `" + bare + "`", "the language has no partitions");
    const std::string space = tableNames_.spaceOf(relationNode);
    const std::string name = tableNames_.add(schema_, space, bare);
    if (flag(n, "if_not_exists") && schema_.findTable(name)) return;
    std::erase_if(schema_.tables, [&](const Table& t) { return t.name == name; });
    Table table;
    table.name = name;
    table.at = at_.of(relationNode);
    if (space != "public")
      schema_.lose(table.at, "schema `" + space + "` of table `" + bare + "`",
                   "an entity's table has no schema before its name" +
                       (name == bare ? "" : ": it is the table `" + name + "`"));
    if (n->get("partspec"))
      schema_.lose(at_.of(n->getObject("partspec")), "partitioning of table `" + name + "`",
                   "the language has no partitions");
    for (const Tagged& parent : list(n, "inhRelations")) inherit(table, parent.node);
    for (const Tagged& element : list(n, "tableElts")) {
      if (element.tag == "ColumnDef") ownColumn(table, element.node);
      if (element.tag == "TableLikeClause") {
        if (const Table* like =
                schema_.findTable(tableNames_.find(schema_, element.node, "relation")))
          table.columns.insert(table.columns.end(), like->columns.begin(), like->columns.end());
      }
    }
    for (const Tagged& element : list(n, "tableElts"))
      if (element.tag == "Constraint") constraint(table, element.node, nullptr);
    schema_.tables.push_back(std::move(table));
  }

  // The columns and checks of the parent are its own from now on; keys and uniques are not.
  void inherit(Table& table, Node parentNode) {
    const Table* parent = schema_.findTable(tableNames_.find(schema_, parentNode));
    const std::string name = text(parentNode, "relname");
    schema_.lose(table.at, "that table `" + table.name + "` inherits from `" + name + "`",
                 parent ? "it has the columns of `" + name +
                              "` as its own: the language shares members with `mixin`"
                        : "there is no table `" + name + "`");
    if (!parent) return;
    table.parents.push_back(parent->name);
    for (const Column& column : parent->columns) {
      if (schema_.findColumn(table, column.name)) continue;
      table.columns.push_back(column);
      if (!isNotNullByKey(*parent, column)) continue;
      table.columns.back().notNull = column.autoIncrement;
    }
    table.checks.insert(table.checks.end(), parent->checks.begin(), parent->checks.end());
  }

  bool isNotNullByKey(const Table& table, const Column& column) const {
    return std::ranges::find(table.primaryKey, column.name) != table.primaryKey.end();
  }

  // A column that was inherited and is written again is one, where it was.
  void ownColumn(Table& table, Node n) {
    const Column* found = schema_.findColumn(table, text(n, "colname"));
    if (!found) return addColumn(table, n);
    const Column inherited = *found;
    const auto at = found - table.columns.data();
    table.columns.erase(table.columns.begin() + at);
    addColumn(table, n);
    Column own = std::move(table.columns.back());
    table.columns.pop_back();
    own.notNull |= inherited.notNull;
    own.autoIncrement |= inherited.autoIncrement && !own.defaultValue;
    if (!own.defaultValue) own.defaultValue = inherited.defaultValue;
    table.columns.insert(table.columns.begin() + at, std::move(own));
  }

  void addColumn(Table& table, Node n) {
    if (schema_.findColumn(table, text(n, "colname"))) return;
    Column column;
    column.name = text(n, "colname");
    column.at = at_.of(n);
    bool serial = false;
    column.type = typeOf(n->getObject("typeName"), schema_, serial);
    column.autoIncrement = serial;
    column.notNull = serial;
    if (const Alias* alias = schema_.findAlias(column.type.alias)) column.notNull |= alias->notNull;
    if (n->get("collClause")) loseCollation(table, column, column.at);
    table.columns.push_back(column);
    ForeignKey* deferred = nullptr;
    for (const Tagged& item : list(n, "constraints")) {
      const std::string kind = text(item.node, "contype");
      if (kind.starts_with("CONSTR_ATTR_")) {
        if (deferred)
          defer(*deferred, kind == "CONSTR_ATTR_DEFERRABLE", kind == "CONSTR_ATTR_DEFERRED");
        continue;
      }
      const size_t before = table.foreignKeys.size();
      constraint(table, item.node, &table.columns.back());
      deferred = table.foreignKeys.size() > before ? &table.foreignKeys.back() : nullptr;
    }
  }

  void loseCollation(const Table& table, const Column& column, Span at) {
    schema_.lose(at, "COLLATE of column `" + table.name + "." + column.name + "`",
                 "the language has no collations");
  }

  // What is deferred at first is deferrable.
  static void defer(ForeignKey& key, bool deferrable, bool deferred) {
    if (deferred)
      key.deferral = ir::Deferral::deferred;
    else if (deferrable && key.deferral == ir::Deferral::no)
      key.deferral = ir::Deferral::immediate;
  }
  static std::string shown(const Table& table, const ForeignKey& key) {
    return "`" + (key.name.empty() ? table.name : key.name) + "`";
  }

  std::string freeName(const Table& table, const std::string& wanted) const {
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
    const Span at = at_.of(n);
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
    if (kind == "CONSTR_EXCLUSION") {
      Check check{given.empty() ? freeName(table, table.name + "_excl") : given, {}, at, ""};
      check.native = exclusionAt(number(n, "location"));
      table.checks.push_back(std::move(check));
    }
  }

  // "EXCLUDE …" as it was written: up to the comma or the parenthesis behind it.
  std::string exclusionAt(int64_t location) const {
    const std::string_view all =
        at_.text.substr(std::min(size_t(std::max<int64_t>(location, 0)), at_.text.size()));
    const auto isWord = [&](size_t i) {
      return i < all.size() &&
             (std::isalnum(static_cast<unsigned char>(all[i])) != 0 || all[i] == '_');
    };
    const std::string low = lowered(all);
    constexpr std::string_view kWord = "exclude";
    size_t begin = low.find(kWord);
    while (begin != std::string::npos &&  // the constraint's name may have it, too
           ((begin > 0 && (isWord(begin - 1) || low[begin - 1] == '"')) ||
            isWord(begin + kWord.size()) || low.substr(begin + kWord.size(), 1) == "\""))
      begin = low.find(kWord, begin + 1);
    std::string out;
    int depth = 0;
    for (size_t i = std::min(begin, all.size()); i < all.size(); ++i) {
      const char c = all[i];
      if (c == '\'' || c == '"') {
        const size_t end = std::min(all.find(c, i + 1), all.size() - 1);
        out += all.substr(i, end + 1 - i);
        i = end;
        continue;
      }
      depth += (c == '(' || c == '[') - (c == ')' || c == ']');
      if (depth < 0 || c == ';' || (c == ',' && depth == 0)) break;
      const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
      if (!blank)
        out += c;
      else if (!out.ends_with(' '))
        out += ' ';
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
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
    key.table = tableNames_.find(schema_, n, "pktable");
    key.tableColumns = names(n, "pk_attrs");
    key.onDelete = *actionOf(text(n, "fk_del_action"));
    key.onUpdate = *actionOf(text(n, "fk_upd_action"));
    key.at = at;
    if (text(n, "fk_matchtype") == "f")
      schema_.lose(at, "MATCH FULL of foreign key " + shown(table, key),
                   "a reference is null if one of its columns is");
    defer(key, flag(n, "deferrable"), flag(n, "initdeferred"));
    table.foreignKeys.push_back(std::move(key));
  }

  // ---------------------------------------------------------------- ALTER TABLE
  void alter(Node n) {
    const std::string name = tableNames_.find(schema_, n, "relation");
    const Node relationNode = n->getObject("relation");
    for (const Tagged& command : list(n, "cmds")) {
      const std::string subtype = text(command.node, "subtype");
      if (isAside(subtype)) continue;
      if (subtype == "AT_AttachPartition") {
        attach(command.node);
        continue;
      }
      changeAll(name, subtype, command.node, flag(relationNode, "inh"));
    }
  }

  void changeAll(const std::string& name, const std::string& subtype, Node command, bool heirs) {
    Table* table = schema_.findTable(name);
    if (!table) return;
    change(*table, subtype, command);
    if (!heirs || !isInherited(subtype)) return;
    for (size_t i = 0; i < schema_.tables.size(); ++i)
      if (std::ranges::find(schema_.tables[i].parents, name) != schema_.tables[i].parents.end())
        changeAll(schema_.tables[i].name, subtype, command, heirs);
  }

  void attach(Node n) {
    const Tagged def = tagged(n, "def");
    const std::string name = tableNames_.find(schema_, def.node, "name");
    schema_.dropTable(name);
    schema_.lose(at_.here(), "partition `" + name + "`", "the language has no partitions");
  }

  void change(Table& table, const std::string& subtype, Node n) {
    const Tagged def = tagged(n, "def");
    const std::string name = text(n, "name");
    Column* column = schema_.findColumn(table, name);
    if (subtype == "AT_AddColumn" && def.node) return addColumn(table, def.node);
    if (subtype == "AT_DropColumn") return schema_.dropColumn(table, name);
    if (subtype == "AT_AddConstraint" && def.node) return constraint(table, def.node, nullptr);
    if (subtype == "AT_DropConstraint") return schema_.dropConstraint(table, name);
    if (subtype == "AT_AddIndex") return;
    if (subtype == "AT_AddInherit") {
      // The columns are there already: that is what the database asks for.
      const std::string parent = tableNames_.find(schema_, def.node);
      table.parents.push_back(parent);
      return schema_.lose(at_.here(),
                          "that table `" + table.name + "` inherits from `" + parent + "`",
                          "the language shares members with `mixin`");
    }
    if (subtype == "AT_DropInherit") {
      std::erase(table.parents, tableNames_.find(schema_, def.node));
      return;
    }
    if (subtype == "AT_EnableRowSecurity" || subtype == "AT_ForceRowSecurity")
      return schema_.lose(at_.here(), "row security of table `" + table.name + "`",
                          "it is written by hand: `policy P on E for … using …`");
    if (!column) {
      if (name.empty())
        schema_.lose(at_.here(), "a part of ALTER TABLE `" + table.name + "` (" + subtype + ")",
                     "the importer does not know it");
      return;
    }
    if (subtype == "AT_AlterColumnType" && def.node) {
      bool serial = false;
      column->type = typeOf(def.node->getObject("typeName"), schema_, serial);
      if (def.node->get("collClause")) loseCollation(table, *column, at_.here());
    } else if (subtype == "AT_ColumnDefault") {
      if (def.node)
        defaultOf(table, *column, def, at_.here());
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
      schema_.lose(at_.here(), "a part of ALTER TABLE `" + table.name + "` (" + subtype + ")",
                   "the importer does not know it");
    }
  }

  // ---------------------------------------------------------------- indexes
  void createIndex(Node n) {
    const std::string on = tableNames_.find(schema_, n, "relation");
    Table* table = schema_.findTable(on);
    if (!table) return;  // of a materialized view, or of a partition
    Index index;
    index.name = text(n, "idxname");
    index.unique = flag(n, "unique");
    index.at = at_.here();
    std::vector<std::string> words;
    for (const Tagged& item : list(n, "indexParams")) {
      IndexPart part;
      part.column = text(item.node, "name");
      if (part.column.empty()) part.expr = expression(tagged(item.node, "expr"));
      part.descending = text(item.node, "ordering") == "SORTBY_DESC";
      part.native = wordsBehind(item.node, part.descending);
      if (!list(item.node, "opclassopts").empty())
        index.lost = "the language has no word for the parameters of a class of operators";
      words.push_back(part.column.empty() ? "expr" : part.column);
      index.parts.push_back(std::move(part));
    }
    if (index.name.empty()) index.name = freeName(*table, on + "_" + joined(words) + "_idx");
    if (flag(n, "if_not_exists") &&
        std::ranges::any_of(table->indexes, [&](const Index& i) { return i.name == index.name; }))
      return;
    if (const Tagged where = tagged(n, "whereClause"); where.node) index.where = expression(where);
    const std::string method = text(n, "accessMethod");
    if (method != "btree") index.kind = method;
    for (const Tagged& item : list(n, "indexIncludingParams"))
      index.include.push_back(text(item.node, "name"));
    if (index.unique) usualUnique(index);
    if (flag(n, "nulls_not_distinct"))
      schema_.lose(index.at, "NULLS NOT DISTINCT of index `" + index.name + "`",
                   "nulls are distinct");
    table->indexes.push_back(std::move(index));
  }

  // `COLLATE "C" text_pattern_ops NULLS FIRST`, as the server says them.
  std::string wordsBehind(Node item, bool descending) {
    std::string out;
    const auto quoted = [](const std::string& name) {
      const bool plain = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
      });
      return plain ? name : "\"" + name + "\"";
    };
    const auto add = [&](const std::string& words) { out += (out.empty() ? "" : " ") + words; };
    if (const auto collation = names(item, "collation"); !collation.empty())
      add("COLLATE " + quoted(collation.back()));
    if (const auto opclass = names(item, "opclass"); !opclass.empty()) add(quoted(opclass.back()));
    const std::string nulls = text(item, "nulls_ordering");
    if (nulls == (descending ? "SORTBY_NULLS_LAST" : "SORTBY_NULLS_FIRST"))
      add(nulls == "SORTBY_NULLS_LAST" ? "NULLS LAST" : "NULLS FIRST");
    return out;
  }

  // A unique that compares in a way of its own is another rule, for which the language has no word.
  void usualUnique(Index& index) {
    for (IndexPart& part : index.parts) {
      if (!part.native.empty())
        schema_.lose(index.at, "`" + part.native + "` of index `" + index.name + "`",
                     "a unique compares by the type alone");
      part.native.clear();
    }
  }

  Schema& schema_;
  const StatementPlace& at_;
  TableNames& tableNames_;
  std::vector<std::string>& counting_;
};

}  // namespace

std::string TableNames::spaceOf(Node relationNode) const {
  const std::string given = text(relationNode, "schemaname");
  return given.empty() ? searchPath_ : given;
}

std::string TableNames::add(const Schema& schema, const std::string& space,
                            const std::string& bare) {
  const auto known = names_.find({space, bare});
  std::string name = known == names_.end() ? bare : known->second;
  const auto other = spaces_.find(name);
  if (schema.findTable(name) && other != spaces_.end() && other->second != space)
    name = space + "_" + bare;
  names_[{space, bare}] = name;
  spaces_[name] = space;
  return name;
}

std::string TableNames::find(const Schema& schema, const std::string& space,
                             const std::string& bare) const {
  const auto known = names_.find({space.empty() ? searchPath_ : space, bare});
  return known != names_.end() && schema.findTable(known->second) ? known->second : bare;
}
std::string TableNames::find(const Schema& schema, Node relationNode) const {
  return find(schema, text(relationNode, "schemaname"), text(relationNode, "relname"));
}
std::string TableNames::find(const Schema& schema, Node node, llvm::StringRef field) const {
  return node ? find(schema, node->getObject(field)) : "";
}
std::string TableNames::find(const Schema& schema, const std::vector<std::string>& path) const {
  return find(schema, path.size() > 1 ? path[path.size() - 2] : "", path.back());
}
std::vector<std::string> TableNames::in(const std::string& space) const {
  std::vector<std::string> out;
  for (const auto& [name, its] : spaces_)
    if (its == space) out.push_back(name);
  return out;
}

void TableReader::create(Node n) {
  Tables(schema_, at_, tableNames_, counting_).create(n);
}
void TableReader::alter(Node n) {
  Tables(schema_, at_, tableNames_, counting_).alter(n);
}
void TableReader::createIndex(Node n) {
  Tables(schema_, at_, tableNames_, counting_).createIndex(n);
}

}  // namespace cambium::importing::postgres
