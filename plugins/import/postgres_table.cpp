#include "plugins/import/postgres_table.h"

#include <algorithm>

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

class Tables {
public:
  Tables(Schema& schema, const StatementPlace& at, std::vector<std::string>& counting)
      : schema_(schema), at_(at), counting_(counting) {}

  // ---------------------------------------------------------------- tables
  void create(Node n) {
    const Node relationNode = n->getObject("relation");
    const std::string name = text(relationNode, "relname");
    if (text(relationNode, "relpersistence") == "t") return;
    if (flag(n, "if_not_exists") && schema_.findTable(name)) return;
    if (n->get("partbound"))
      return schema_.lose(at_.here(), "partition `" + name + "`", "the language has no partitions");
    std::erase_if(schema_.tables, [&](const Table& t) { return t.name == name; });
    Table table;
    table.name = name;
    table.at = at_.of(relationNode);
    if (const std::string space = text(relationNode, "schemaname");
        !space.empty() && space != "public")
      schema_.lose(table.at, "schema `" + space + "` of table `" + name + "`",
                   "an entity's table has no schema before its name");
    if (n->get("partspec"))
      schema_.lose(at_.of(n->getObject("partspec")), "partitioning of table `" + name + "`",
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
    column.at = at_.of(n);
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
  void alter(Node n) {
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
      if (table) change(*table, subtype, command.node);
    }
  }

  void attach(const std::string& parent, Node n) {
    const Tagged def = tagged(n, "def");
    const std::string name = relation(def.node, "name");
    (void)parent;
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
    const std::string on = relation(n, "relation");
    Table* table = schema_.findTable(on);
    if (!table) return;  // of a materialized view, or of a partition
    Index index;
    index.name = text(n, "idxname");
    index.unique = flag(n, "unique");
    index.at = at_.here();
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

  Schema& schema_;
  const StatementPlace& at_;
  std::vector<std::string>& counting_;
};

}  // namespace

void TableReader::create(Node n) {
  Tables(schema_, at_, counting_).create(n);
}
void TableReader::alter(Node n) {
  Tables(schema_, at_, counting_).alter(n);
}
void TableReader::createIndex(Node n) {
  Tables(schema_, at_, counting_).createIndex(n);
}

}  // namespace cambium::importing::postgres
