#include "plugins/mariadb/db/introspect.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "plugins/mariadb/db/kept.h"
#include "plugins/mariadb/mariadb.h"
#include "plugins/mariadb/sql_tree.h"

namespace cambium::dialect::mariadb {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Opaque;
using catalog::Table;

constexpr int kNoTrigger = 1360;

std::string text(const Row& row, size_t index) {
  return index < row.size() && row[index] ? *row[index] : "";
}
bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

using Parameters = std::vector<std::pair<std::string_view, Value>>;

class Introspector {
public:
  // Of one object alone, if it has a name.
  Introspector(Session& session, const std::string& schema, ObjectKind kind = ObjectKind::table,
               std::string_view only = "")
      : session_(session),
        schema_(schema),
        kind_(kind),
        only_(only),
        server_(session.server().gate == kGateMysql ? Server::mysql : Server::mariadb) {}

  DbResult<Catalog> run() {
    if (looksAt(ObjectKind::table) &&
        (!tables() || !columns() || !checks() || !foreignKeys() || !indexes()))
      return Failure{error_};
    if (looksAt(ObjectKind::trigger) && !(only_.empty() ? triggers() : trigger()))
      return Failure{error_};
    if (looksAt(ObjectKind::view) && !views()) return Failure{error_};
    if (only_.empty() && !others()) return Failure{error_};
    Catalog out;
    for (auto& [name, entry] : tables_) {
      if (entry.why.empty())
        out.put(std::move(entry.table));
      else
        out.put(Opaque{"table", name, entry.why + "\n" + describe(entry.table)});
    }
    for (auto& view : views_) out.put(std::move(view));
    for (auto& trigger : triggers_) out.put(std::move(trigger));
    for (auto& object : opaque_) out.put(std::move(object));
    return out;
  }

private:
  struct Entry {
    Table table;
    std::string why;  // why the catalog cannot hold it; "" = it can
    std::string collation;
  };

  // Each of them takes questions of its own, and a run asks about one object before and after every
  // step.
  bool looksAt(ObjectKind kind) const { return only_.empty() || kind == kind_; }

  bool query(std::string_view sql, std::vector<Row>& rows) {
    const Parameters parameters = {{"only", only_}, {"schema", schema_}};
    auto result = session_.query(sql, parameters);
    if (!result) {
      error_ = result.error();
      return false;
    }
    rows = std::move(*result);
    return true;
  }

  // Of the tables that are looked at; `schema` and `table`: columns of the view that is asked.
  std::string where(const std::string& schema, const std::string& table) const {
    // What is ours is looked at by its name alone.
    if (!only_.empty()) return fmt::format(" WHERE {} = :schema AND {} = :only", schema, table);
    return fmt::format(" WHERE {} = :schema AND {} NOT LIKE 'cambium\\_%'", schema, table);
  }

  bool isMysql() const { return server_ == Server::mysql; }

  // An expression as information_schema gives it.
  std::string said(const std::string& expression) const {
    return isMysql() ? mysqlUnescaped(expression) : expression;
  }

  Entry* entryOf(const std::string& table) {
    const auto found = tables_.find(table);
    return found == tables_.end() ? nullptr : &found->second;
  }

  bool tables() {
    std::vector<Row> rows;
    if (!query(
            "SELECT table_name, table_type, engine, table_collation, create_options, table_comment "
            "FROM information_schema.tables" +
                where("table_schema", "table_name"),
            rows))
      return false;
    for (const Row& row : rows) {
      const std::string name = text(row, 0), type = text(row, 1), options = text(row, 4);
      if (type == "VIEW") continue;
      if (type == "SEQUENCE") {
        opaque_.push_back({"sequence", name, ""});
        continue;
      }
      Entry& entry = tables_[name];
      entry.table.name = name;
      entry.table.comment = text(row, 5);
      if (type != "BASE TABLE") entry.why = "a table of the kind " + type;
      if (has(options, "partitioned")) entry.why = "a partitioned table";
      if (has(options, "`encrypted`")) entry.why = "an encrypted table";
      if (text(row, 2) != kEngine) entry.table.options.push_back("ENGINE=" + text(row, 2));
      if (const size_t at = options.find("row_format="); at != std::string::npos)
        entry.table.options.push_back(options.substr(at, options.find(' ', at) - at));
      entry.collation = text(row, 3);
      if (text(row, 3) != collationOf(server_))
        entry.table.options.push_back("COLLATE=" + text(row, 3));
      std::ranges::sort(entry.table.options);
    }
    return true;
  }

  bool columns() {
    std::vector<Row> rows;
    if (!query("SELECT table_name, column_name, column_type, is_nullable, column_default, extra, "
               "generation_expression, collation_name, column_comment FROM "
               "information_schema.columns" +
                   where("table_schema", "table_name") +
                   " AND column_name NOT LIKE 'cambium\\_kept\\_%' ORDER BY table_name, "
                   "ordinal_position",
               rows))
      return false;
    for (const Row& row : rows) {
      Entry* entry = entryOf(text(row, 0));
      if (!entry) continue;
      Column column;
      column.name = text(row, 1);
      const std::string extra = lowered(text(row, 5));
      column.type = canonicalType(text(row, 2), server_);
      if (!text(row, 7).empty() && text(row, 7) != entry->collation)
        column.type += " collate " + lowered(text(row, 7));
      if (const size_t at = extra.find("on update"); at != std::string::npos)
        column.type +=
            " " + extra.substr(at, extra.find_first_of(isMysql() ? " " : ",", at + 10) - at);
      if (has(extra, "invisible")) column.type += " invisible";
      if (has(text(row, 2), "COMPRESSED")) column.type += " compressed";
      column.notNull = text(row, 3) == "NO";
      column.autoIncrement = has(extra, "auto_increment");
      if (has(extra, "virtual generated") && has(extra, "invisible") && row[6]) {
        hidden_[{text(row, 0), column.name}] = column;
        hidden_[{text(row, 0), column.name}].generatedSql = said(*row[6]);
      }
      if ((has(extra, "virtual generated") || has(extra, "stored generated")) && row[6]) {
        column.generatedSql = settledExpression(said(*row[6]), server_);
        column.stored = has(extra, "stored");
        column.notNull = false;
      } else if (row[4] && isMysql()) {
        column.defaultSql =
            settledDefault(mysqlDefault(*row[4], extra, column.type), column.type, server_);
      } else if (row[4] && *row[4] != "NULL") {
        column.defaultSql = settledDefault(*row[4], column.type, server_);
      }
      if (column.generatedSql.empty()) column.comment = text(row, 8);
      entry->table.columns.push_back(std::move(column));
    }
    return true;
  }

  bool checks() {
    std::vector<Row> rows;
    // MySQL's checks are of the database, and say elsewhere of which table and whether they hold.
    const std::string sql =
        isMysql() ? "SELECT t.table_name, c.constraint_name, c.check_clause, t.enforced FROM "
                    "information_schema.table_constraints AS t JOIN "
                    "information_schema.check_constraints AS c ON c.constraint_schema = "
                    "t.constraint_schema AND c.constraint_name = t.constraint_name" +
                        where("t.table_schema", "t.table_name") +
                        " AND t.constraint_type = 'CHECK' ORDER BY 1, 2"
                  : "SELECT table_name, constraint_name, check_clause, 'YES' FROM "
                    "information_schema.check_constraints" +
                        where("constraint_schema", "table_name") + " ORDER BY 1, 2";
    if (!query(sql, rows)) return false;
    for (const Row& row : rows)
      if (Entry* entry = entryOf(text(row, 0)))
        entry->table.checks.push_back(
            {text(row, 1), settledCheck(said(text(row, 2)), server_) +
                               (text(row, 3) == "YES" ? "" : " NOT ENFORCED")});
    return true;
  }

  bool foreignKeys() {
    std::vector<Row> rows;
    if (!query("SELECT r.table_name, r.constraint_name, r.referenced_table_name, r.delete_rule, "
               "r.update_rule, r.unique_constraint_schema = r.constraint_schema FROM "
               "information_schema.referential_constraints AS r" +
                   where("r.constraint_schema", "r.table_name") + " ORDER BY 1, 2",
               rows))
      return false;
    if (rows.empty()) return true;
    std::vector<Row> columns;
    if (!query("SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_column_name "
               "FROM information_schema.key_column_usage AS k" +
                   where("k.table_schema", "k.table_name") +
                   " AND k.referenced_table_name IS NOT NULL ORDER BY 1, 2, k.ordinal_position",
               columns))
      return false;
    for (const Row& row : rows) {
      Entry* entry = entryOf(text(row, 0));
      if (!entry) continue;
      catalog::ForeignKey fk;
      fk.name = text(row, 1);
      fk.table = text(row, 2);
      fk.onDelete = settledAction(text(row, 3));
      fk.onUpdate = settledAction(text(row, 4));
      if (text(row, 5) != "1") entry->why = "a foreign key to another database: " + fk.name;
      for (const Row& column : columns) {
        if (text(column, 0) != text(row, 0) || text(column, 1) != fk.name) continue;
        fk.columns.push_back(text(column, 2));
        fk.tableColumns.push_back(text(column, 3));
      }
      entry->table.foreignKeys.push_back(std::move(fk));
    }
    return true;
  }

  struct Read {
    catalog::Index index;
    std::string kind;
    bool plain = true;
  };

  bool indexes() {
    std::vector<Row> rows;
    if (!query(
            fmt::format("SELECT table_name, index_name, non_unique, column_name, collation, "
                        "sub_part, index_type, {} FROM information_schema.statistics{} ORDER BY "
                        "1, 2, seq_in_index",
                        isMysql() ? "if(is_visible = 'YES', 'NO', 'YES'), expression" : "ignored",
                        where("table_schema", "table_name")),
            rows))
      return false;
    std::map<std::pair<std::string, std::string>, Read> found;
    for (const Row& row : rows) {
      const std::string table = text(row, 0), name = text(row, 1);
      Entry* entry = entryOf(table);
      if (!entry) continue;
      if (name == "PRIMARY") {
        entry->table.primaryKey.push_back(text(row, 3));
        if (row[5]) entry->why = "a key over the beginning of a value";
        continue;
      }
      Read& read = found[{table, name}];
      read.index.name = name;
      read.index.unique = text(row, 2) == "0";
      read.kind = text(row, 6);
      read.plain = text(row, 7) != "YES";
      if (read.kind == "FULLTEXT") read.index.method = "fulltext";
      if (read.kind == "SPATIAL") read.index.method = "spatial";
      catalog::IndexPart part;
      part.column = text(row, 3);
      part.descending = text(row, 4) == "D";
      if (read.index.method.empty())
        part.sql = part.column.empty() ? said(text(row, 8)) : text(row, 5);  // for now
      read.index.parts.push_back(std::move(part));
    }
    for (auto& [key, read] : found) {
      Table& table = entryOf(key.first)->table;
      if (isMysql()) {
        settleMysqlParts(read.index, table);
      } else {
        settleParts(read.index, table);
        readHidden(read.index, table);
      }
      if (isOfForeignKey(read.index, table)) continue;
      if (read.plain)
        table.indexes.push_back(std::move(read.index));
      else
        opaque_.push_back({"index", key.first + "." + key.second,
                           read.kind + " " + indexSql(read.index, &table, server_)});
    }
    return true;
  }

  // Of a long value its beginning is in the index, as we ask for it; any other beginning is
  // something else.
  static void settleMysqlParts(catalog::Index& index, const Table& table) {
    catalog::Index ours = index;
    for (auto& part : ours.parts)
      if (!part.column.empty()) part.sql.clear();
    for (size_t i = 0; i < index.parts.size(); ++i) {
      auto& part = index.parts[i];
      if (part.column.empty() || part.sql.empty()) continue;
      std::string is = quote(part.column) + "(" + part.sql + ")";
      part.sql.clear();
      if (mysqlPart(ours, ours.parts[i], &table) == is) continue;
      part.sql = std::move(is);
      part.column.clear();
    }
    readMysqlParts(index, table);
  }
  static void settleParts(catalog::Index& index, const Table& table) {
    catalog::Index ours = index;
    for (auto& part : ours.parts) part.sql.clear();
    const std::string asked = indexSql(ours, &table, Server::mariadb);
    std::string is = index.unique ? "UNIQUE KEY " : "KEY ";
    is += quote(index.name) + " (";
    for (const auto& part : index.parts) {
      if (&part != &index.parts.front()) is += ", ";
      is += quote(part.column);
      if (!part.sql.empty()) is += "(" + part.sql + ")";
      if (part.descending) is += " DESC";
    }
    const bool same = asked == is + ")";
    for (auto& part : index.parts) {
      if (same || part.sql.empty()) {
        part.sql.clear();
      } else if (!index.unique) {
        part.native = "(" + part.sql + ")";
        part.sql.clear();
      } else {  // what is unique is the beginning
        part.sql = quote(part.column) + "(" + part.sql + ")";
        part.column.clear();
      }
    }
  }

  // Its parts are columns that we have made for it: it says what they say, and they go.
  void readHidden(catalog::Index& index, Table& table) {
    std::string where;
    std::vector<catalog::IndexPart> parts = index.parts;
    std::vector<std::string> own;
    for (size_t i = 0; i < parts.size(); ++i) {
      const auto found = hidden_.find({table.name, parts[i].column});
      const bool named = parts[i].column == hiddenName(index.name, i);
      if (found == hidden_.end() || !named) continue;
      const auto said = chosen(found->second.generatedSql, Server::mariadb);
      if (!said || (!own.empty() && said->first != where)) return;
      where = said->first;
      own.push_back(parts[i].column);
      const auto column = std::ranges::find_if(
          table.columns, [&](const auto& one) { return quote(one.name) == said->second; });
      parts[i].column = column == table.columns.end() ? "" : column->name;
      parts[i].sql = column == table.columns.end() ? said->second : "";
    }
    if (own.empty()) return;
    catalog::Index said = index;
    said.parts = std::move(parts);
    if (where != "1") said.whereSql = where;
    // Only if we would have made just these columns.
    catalog::Index again = said;
    const auto made = hiddenColumns(again, &table, Server::mariadb);
    if (made.size() != own.size() || again.parts != index.parts) return;
    for (const auto& column : made) {
      const auto& is = hidden_.at({table.name, column.name});
      if (is.type != column.type + " invisible") return;
    }
    index = std::move(said);
    std::erase_if(table.columns, [&](const auto& column) {
      return std::ranges::find(own, column.name) != own.end();
    });
  }

  // Made by the server for a foreign key that found no index.
  static bool isOfForeignKey(const catalog::Index& index, const Table& table) {
    if (index.unique) return false;
    return std::ranges::any_of(table.foreignKeys, [&](const auto& fk) {
      if (fk.name != index.name || fk.columns.size() != index.parts.size()) return false;
      for (size_t i = 0; i < fk.columns.size(); ++i)
        if (fk.columns[i] != index.parts[i].column) return false;
      return true;
    });
  }

  // `which`: more about them.
  bool triggers(const std::string& which = "") {
    std::vector<Row> rows;
    if (!query("SELECT trigger_name, event_object_table, sql_mode, action_timing, "
               "event_manipulation FROM information_schema.triggers WHERE trigger_schema = :schema "
               "AND event_object_table NOT LIKE 'cambium\\_%'" +
                   which + " ORDER BY 1",
               rows))
      return false;
    for (const Row& row : rows) {
      std::vector<Row> shown;
      if (!query("SHOW CREATE TRIGGER " + quote(text(row, 0)), shown)) return false;
      read(row, shown.empty() ? "" : text(shown.front(), 2));
    }
    return true;
  }

  // information_schema takes the escapes out of a text and knows no character beyond U+FFFF: the
  // statement itself is asked for.
  void read(const Row& row, const std::string& statement) {
    catalog::Trigger trigger{text(row, 0), text(row, 1), ""};
    trigger.sql = isMysql() ? mysqlTrigger(row, statement) : mariadbTrigger(statement);
    // What is in it may mean something else under another one.
    for (const auto* mode : {"ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT"})
      if (has(text(row, 2), mode)) trigger.sql += std::string("\n-- sql_mode ") + mode;
    triggers_.push_back(std::move(trigger));
  }

  // For a trigger by its name MariaDB's information_schema opens every table of the database. What
  // the server shows of one says all there is to know of it, if it is in the words of ours.
  bool trigger() {
    const std::string named = " AND trigger_name = :only";
    if (isMysql()) return triggers(named);
    const Parameters none;
    auto shown = session_.query("SHOW CREATE TRIGGER " + quote(only_), none);
    if (!shown && shown.error().native == kNoTrigger) return true;
    if (!shown || shown->empty()) return triggers(named);
    const Row& row = shown->front();
    const auto table = tableOf(text(row, 2));
    if (!table) return triggers(named);
    if (!table->starts_with("cambium_")) read({row[0], *table, row[1]}, text(row, 2));
    return true;
  }

  // Behind the name of the table, in ours; and what the server makes of it when the table gets
  // another name.
  static constexpr std::string_view kEachRow = "`\nFOR EACH ROW\n",
                                    kEachRowRenamed = "` FOR EACH ROW\n";

  // CREATE … TRIGGER `name` AFTER INSERT ON `table`\nFOR EACH ROW\n… → table; nothing of what is
  // written in another way.
  std::optional<std::string> tableOf(const std::string& statement) const {
    const std::string begin = " TRIGGER " + quote(only_) + " ";
    const size_t at = statement.find(begin);
    if (!statement.starts_with("CREATE DEFINER=") || at == std::string::npos) return std::nullopt;
    std::string_view rest = std::string_view(statement).substr(at + begin.size());
    for (const std::string_view moment : {"BEFORE ", "AFTER "})
      for (const std::string_view event : {"INSERT ON `", "UPDATE ON `", "DELETE ON `"}) {
        if (!rest.starts_with(moment) || !rest.substr(moment.size()).starts_with(event)) continue;
        rest.remove_prefix(moment.size() + event.size());
        const size_t end = rest.find('`');
        const std::string_view behind = rest.substr(std::min(end, rest.size()));
        if (!behind.starts_with(kEachRow) && !behind.starts_with(kEachRowRenamed))
          return std::nullopt;
        return std::string(rest.substr(0, end));
      }
    return std::nullopt;
  }

  // Behind CREATE stands who made it.
  static std::string mariadbTrigger(const std::string& statement) {
    const size_t at = lowered(statement).find(" trigger ");
    std::string out = at == std::string::npos ? statement : statement.substr(at + 9);
    if (const size_t each = out.find(kEachRowRenamed);
        out.starts_with("`cambium_") && each < out.find('\n'))
      out.replace(each, kEachRowRenamed.size(), kEachRow);
    return "CREATE TRIGGER " + out;
  }
  // The server puts the words before the body together itself.
  static std::string mysqlTrigger(const Row& row, const std::string& statement) {
    constexpr std::string_view kEach = "for each row";
    const size_t at = lowered(statement).find(kEach);
    if (at == std::string::npos) return statement;
    const size_t body = statement.find_first_not_of(" \t\r\n", at + kEach.size());
    return triggerSql(text(row, 0), text(row, 3) + " " + text(row, 4), text(row, 1),
                      body == std::string::npos ? "" : statement.substr(body));
  }

  // The word behind `ALGORITHM=` in the statement that made a view.
  bool algorithmOf(const std::string& view, std::string& out) {
    std::vector<Row> shown;
    if (!query("SHOW CREATE VIEW " + quote(view), shown)) return false;
    const std::string statement = shown.empty() ? "" : text(shown.front(), 1);
    constexpr std::string_view kWord = "ALGORITHM=";
    const size_t at = statement.find(kWord);
    out = at == std::string::npos
              ? "UNDEFINED"
              : statement.substr(at + kWord.size(), statement.find(' ', at) - at - kWord.size());
    return true;
  }

  bool views() {
    std::vector<Row> rows;
    if (!query(fmt::format("SELECT table_name, view_definition, check_option, security_type, {} "
                           "FROM information_schema.views{}",
                           isMysql() ? "''" : "algorithm", where("table_schema", "table_name")),
               rows))
      return false;
    for (Row& row : rows) {
      if (std::string algorithm; isMysql()) {
        if (!algorithmOf(text(row, 0), algorithm)) return false;
        row[4] = algorithm;
      }
      catalog::View view{text(row, 0), ""};
      view.sql = viewText(view.name, settledQuery(text(row, 1), schema_, server_));
      if (text(row, 2) != "NONE") view.sql += "\nWITH " + text(row, 2) + " CHECK OPTION";
      if (text(row, 3) != "DEFINER") view.sql += "\nSQL SECURITY " + text(row, 3);
      if (text(row, 4) != "UNDEFINED") view.sql += "\nALGORITHM " + text(row, 4);
      views_.push_back(std::move(view));
    }
    return true;
  }

  // Everything else in the database: never ours, never left out.
  bool others() {
    std::vector<Row> rows;
    if (!query("SELECT lower(routine_type), routine_name, routine_definition FROM "
               "information_schema.routines WHERE routine_schema = :schema UNION ALL SELECT "
               "'event', event_name, event_definition FROM information_schema.events WHERE "
               "event_schema = :schema ORDER BY 1, 2",
               rows))
      return false;
    for (const Row& row : rows) opaque_.push_back({text(row, 0), text(row, 1), text(row, 2)});
    return true;
  }

  Session& session_;
  const std::string& schema_;
  ObjectKind kind_;
  std::string only_;
  Server server_;
  DbError error_;
  std::map<std::string, Entry> tables_;
  std::map<std::pair<std::string, std::string>, Column> hidden_;  // by table and name
  std::vector<catalog::View> views_;
  std::vector<catalog::Trigger> triggers_;
  std::vector<Opaque> opaque_;
};

}  // namespace

DbResult<Catalog> readCatalog(Session& session, const std::string& schema) {
  auto out = Introspector(session, schema).run();
  auto kept = readKept(session, schema);
  if (!kept) return Failure{kept.error()};
  if (out) out->kept = std::move(*kept);
  return out;
}

DbResult<std::optional<std::string>> describeObject(Session& session, const std::string& schema,
                                                    ObjectKind kind, std::string_view name) {
  if (kind == ObjectKind::kept) return describeKept(session, schema, name);
  auto found = Introspector(session, schema, kind, name).run();
  if (!found) return Failure{found.error()};
  return describeIn(*found, kind, name);
}

}  // namespace cambium::dialect::mariadb
