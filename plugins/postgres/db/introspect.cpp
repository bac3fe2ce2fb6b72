#include "plugins/postgres/db/introspect.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "plugins/postgres/constraint_facts.h"
#include "plugins/postgres/db/access.h"
#include "plugins/postgres/db/kept.h"
#include "plugins/postgres/db/opaque.h"
#include "plugins/postgres/db/relations.h"
#include "plugins/postgres/db/rows.h"
#include "plugins/postgres/db/same_sql.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Opaque;
using catalog::Table;

bool isOurs(const std::string& table) {
  return table.starts_with("cambium_");
}

using Parameters = std::vector<std::pair<std::string_view, Value>>;

class Introspector {
public:
  // Of one object alone, if it has a name.
  explicit Introspector(Session& session) : session_(session) {}
  Introspector(Session& session, ObjectKind kind, std::string_view only)
      : session_(session), kind_(kind), only_(only) {}

  DbResult<Catalog> run() {
    if (looksAt(ObjectKind::table) && (!tables() || !columns() || !constraints() || !indexes()))
      return Failure{error_};
    if (looksAt(ObjectKind::trigger) && !triggers()) return Failure{error_};
    if (looksAt(ObjectKind::view) && !views()) return Failure{error_};
    if (!access()) return Failure{error_};
    if (only_.empty() && !others()) return Failure{error_};
    Catalog out;
    for (auto& [oid, entry] : tables_) {
      if (entry.why.empty()) {
        std::ranges::sort(entry.table.indexes, {}, &catalog::Index::name);
        out.put(std::move(entry.table));
      } else {
        out.put(Opaque{"table", entry.table.name, entry.why + "\n" + describe(entry.table)});
      }
    }
    for (auto& view : views_) out.put(std::move(view));
    for (auto& trigger : triggers_) out.put(std::move(trigger));
    for (auto& object : opaque_) out.put(std::move(object));
    return out;
  }

private:
  struct Entry {
    Table table;
    std::map<std::string, std::string> columnByNumber;
    std::vector<size_t> foreign;  // columns computed in the words of others
    std::string why;              // why the catalog cannot hold it; "" = it can
  };

  // Each of them takes questions of its own, and a run asks about one object before and after every
  // step.
  bool looksAt(ObjectKind kind) const { return only_.empty() || kind == kind_; }

  bool query(std::string_view sql, std::vector<Row>& rows) {
    const Parameters parameters = {{"only", only_}};
    auto result = session_.query(sql, parameters);
    if (!result) {
      error_ = result.error();
      return false;
    }
    rows = std::move(*result);
    return true;
  }

  // Whether what the notes say is still what the server has, by its fingerprint. A server of
  // another version may have other words for it: then `compare` looks at both.
  template <class Compare>
  bool isSaid(const std::vector<Note>& notes, const std::string& fingerprint,
              Compare compare) const {
    const auto* stored = findNote(notes, "stored");
    const std::string major = std::to_string(majorVersion());
    if (stored && stored->starts_with(major + " "))
      return stored->substr(major.size() + 1) == fingerprint;
    return compare();
  }

  // Of "15.8" 15, and of "18beta1" 18.
  int majorVersion() const { return std::atoi(session_.server().version.c_str()); }

  static std::string whereOurs(const char* relation) {
    return fmt::format("{0}.relnamespace = {1} AND {0}.relname NOT LIKE 'cambium\\_%'", relation,
                       kHere);
  }
  std::string where(const char* relation) const {
    return whereOurs(relation) +
           (only_.empty() ? "" : fmt::format(" AND {}.relname = :only", relation));
  }
  // The same for views: with those of versions' faces.
  std::string whereViews() const {
    return inSchemas() + (only_.empty() ? "" : " AND " + relationName() + " = :only");
  }
  bool tables() {
    std::vector<Row> rows;
    if (!query("SELECT c.oid::text, c.relname, c.relkind::text, c.relpersistence::text, "
               "c.relforcerowsecurity, c.relispartition, c.reloptions::text, EXISTS (SELECT FROM "
               "pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid OR i.inhparent = c.oid), " +
                   commentOf("c.oid", "pg_class") +
                   ", c.relrowsecurity OR EXISTS (SELECT "
                   "FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid), c.relacl IS NOT NULL OR "
                   "EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND "
                   "a.attacl "
                   "IS NOT NULL), c.relrowsecurity FROM pg_catalog.pg_class c WHERE "
                   "c.relkind IN ('r', 'p', 'f') AND " +
                   where("c") + notExtension("c.oid", "pg_class"),
               rows))
      return false;
    for (const Row& row : rows) {
      Entry& entry = tables_[text(row, 0)];
      entry.table.name = text(row, 1);
      entry.table.comment = readDoc(text(row, 8));
      if (text(row, 2) == "p") entry.why = "a partitioned table";
      if (text(row, 2) == "f") entry.why = "a foreign table";
      if (text(row, 3) == "u") entry.why = "an unlogged table";
      if (flag(row, 5) || (flag(row, 7) && entry.why.empty())) entry.why = "part of another table";
      if (flag(row, 4)) entry.why = "a table with row security that its owner has, too";
      anyPolicy_ = anyPolicy_ || flag(row, 9);
      anyGrant_ = anyGrant_ || flag(row, 10);
      entry.table.rowSecurity = flag(row, 11);
      // How it is stored is the business of whoever runs the server.
      (void)text(row, 6);
    }
    return true;
  }

  Entry* entryOf(const Row& row) {
    const auto found = tables_.find(text(row, 0));
    return found == tables_.end() ? nullptr : &found->second;
  }

  bool columns() {
    std::vector<Row> rows;
    if (!query(
            "SELECT a.attrelid::text, a.attnum::text, a.attname, "
            "pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull AND NOT EXISTS (SELECT "
            "FROM "
            "pg_catalog.pg_constraint n WHERE n.contype = 'n' AND n.conrelid = a.attrelid AND "
            "n.conkey[1] = a.attnum AND NOT n.convalidated), "
            "a.attidentity::text, a.attgenerated::text, pg_catalog.pg_get_expr(d.adbin, "
            "d.adrelid), " +
                commentOf("a.attrelid", "pg_class", "a.attnum") +
                ", CASE WHEN "
                "a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END, " +
                columnFingerprint() + ", " + isSerial() +
                " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
                "JOIN "
                "pg_catalog.pg_type t ON t.oid = a.atttypid LEFT JOIN pg_catalog.pg_attrdef d ON "
                "d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attnum > 0 AND NOT "
                "a.attisdropped AND a.attname NOT LIKE 'cambium\\_kept\\_%' AND c.relkind IN ('r', "
                "'p', "
                "'f') AND " +
                where("c") + " ORDER BY a.attrelid, a.attnum",
            rows))
      return false;
    for (const Row& row : rows) {
      Entry* entry = entryOf(row);
      if (!entry) continue;
      Column column;
      column.name = text(row, 2);
      column.type = text(row, 3);
      if (!text(row, 9).empty()) column.type += " COLLATE " + text(row, 9);
      column.notNull = flag(row, 4);
      column.autoIncrement = !text(row, 5).empty();
      if (text(row, 5) == "a") entry->why = "an identity that is always generated";
      const auto notes = readNote(text(row, 8));
      column.comment = readDoc(text(row, 8));
      const bool serial = flag(row, 11);
      column.autoIncrement = column.autoIncrement || serial;
      const std::string stored = serial ? "" : text(row, 7);
      if (!text(row, 6).empty()) {
        const auto* said = findNote(notes, "as");
        const bool same =
            said && isSaid(notes, text(row, 10), [&] { return sameExpression(*said, stored); });
        column.generatedSql = same ? *said : stored;
        if (!same) entry->foreign.push_back(entry->table.columns.size());
        column.stored = isStored(text(row, 6)[0]);
        column.notNull = column.notNull && !said;
      } else if (!stored.empty()) {
        const auto* said = findNote(notes, "default");
        const bool same =
            said && isSaid(notes, text(row, 10), [&] { return sameExpression(*said, stored); });
        column.defaultSql = same ? *said : plainDefault(stored);
      }
      entry->columnByNumber[text(row, 1)] = column.name;
      entry->table.columns.push_back(std::move(column));
    }
    for (auto& [oid, entry] : tables_)
      for (const size_t i : entry.foreign) {
        std::string& sql = entry.table.columns[i].generatedSql;
        sql = inQuotes(entry, sql);
      }
    return true;
  }

  // Whether the column of `d` counts by a sequence of its own.
  static std::string isSerial() {
    return "d.oid IN (SELECT d.oid FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_depend o ON "
           "o.refobjid = d.adrelid AND o.refobjsubid = d.adnum AND o.objid IN (" +
           serialSequence() + "))";
  }

  // What others said, in the form that `canonical` gives to what a model says in SQL.
  static std::string inQuotes(const Entry& entry, const std::string& sql) {
    std::vector<std::string> columns;
    for (const Column& column : entry.table.columns) columns.push_back(column.name);
    return canonical(sql, columns);
  }

  static std::vector<std::string> named(const Entry& entry, std::string_view array) {
    std::vector<std::string> out;
    for (const auto& number : numbers(array)) {
      const auto found = entry.columnByNumber.find(number);
      out.push_back(found == entry.columnByNumber.end() ? "?" : found->second);
    }
    return out;
  }

  bool constraints() {
    std::vector<Row> rows;
    if (!query(
            "SELECT k.conrelid::text, k.conname, k.contype::text, k.conkey::text, "
            "pg_catalog.pg_get_constraintdef(k.oid), f.relname, (SELECT "
            "pg_catalog.array_to_json(pg_catalog.array_agg(a.attname ORDER BY p.n))::text FROM "
            "unnest(k.confkey) WITH ORDINALITY AS p(number, n) JOIN pg_catalog.pg_attribute a "
            "ON a.attrelid = k.confrelid AND a.attnum = p.number), k.confdeltype::text, "
            "k.confupdtype::text, k.convalidated, k.confmatchtype NOT IN "
            "('s', ' '), " +
                commentOf("k.oid", "pg_constraint") +
                ", "
                "f.relnamespace = c.relnamespace, k.connoinherit, k.confdelsetcols IS NOT NULL, "
                "k.condeferrable, k.condeferred, CASE k.contype WHEN 'x' THEN " +
                exclusionFingerprint() + " ELSE " + checkFingerprint() + " END, " +
                laterFacts(majorVersion()) +
                " FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid "
                "LEFT "
                "JOIN pg_catalog.pg_class f ON f.oid = k.confrelid WHERE k.contype IN ('c', 'f', "
                "'p', 'x') AND " +
                where("c") + " ORDER BY k.conrelid, k.conname",
            rows))
      return false;
    for (const Row& row : rows) {
      Entry* entry = entryOf(row);
      if (!entry) continue;
      const std::string kind = text(row, 2), definition = text(row, 4);
      ConstraintFacts facts;
      facts.name = text(row, 1);
      facts.kind = kind.empty() ? ' ' : kind[0];
      facts.deferrable = flag(row, 15);
      facts.matchFull = flag(row, 10);
      facts.elsewhere = kind == "f" && !flag(row, 12);
      facts.emptiesSome = flag(row, 14);
      facts.inherited = !flag(row, 13);
      facts.enforced = flag(row, 18);
      facts.overPeriods = flag(row, 19);
      if (const std::string why = whyOutside(facts); !why.empty()) entry->why = why;
      if (kind == "p") {
        entry->table.primaryKey = named(*entry, text(row, 3));
      } else if (kind == "c") {
        const auto notes = readNote(text(row, 11));
        const auto* said = findNote(notes, "check");
        const std::string stored = insideCheck(definition);
        const bool same =
            said && isSaid(notes, text(row, 17), [&] { return sameExpression(*said, stored); });
        std::string sql = (same ? *said : inQuotes(*entry, stored)) + behindCheck(facts);
        entry->table.checks.push_back({facts.name, std::move(sql), flag(row, 9)});
      } else if (kind == "f") {
        catalog::ForeignKey fk;
        fk.name = facts.name;
        fk.columns = named(*entry, text(row, 3));
        fk.table = text(row, 5);
        fk.tableColumns = jsonTexts(text(row, 6));
        fk.onDelete = actionOf(text(row, 7));
        fk.onUpdate = actionOf(text(row, 8));
        fk.validated = flag(row, 9);
        fk.deferrable = flag(row, 15);
        fk.deferred = flag(row, 16);
        entry->table.foreignKeys.push_back(std::move(fk));
      } else {
        entry->table.checks.push_back({facts.name, exclusion(*entry, row, definition), true});
      }
    }
    return true;
  }

  // Its index is left out (indexes()): the constraint says it.
  std::string exclusion(const Entry& entry, const Row& row, const std::string& definition) const {
    const auto notes = readNote(text(row, 11));
    const auto* said = findNote(notes, "check");
    const bool same =
        said && isSaid(notes, text(row, 17), [&] { return sameConstraint(*said, definition); });
    constexpr std::string_view kWord = "EXCLUDE ";
    return same ? *said : std::string(kWord) + inQuotes(entry, definition.substr(kWord.size()));
  }

  bool indexes() {
    std::vector<Row> rows;
    if (!query(
            "SELECT i.indrelid::text, x.relname, i.indisunique, i.indisvalid AND i.indisready, "
            "pg_catalog.pg_get_expr(i.indpred, i.indrelid), m.amname, i.indkey::text, "
            "i.indoption::text, i.indnkeyatts < i.indnatts, (SELECT "
            "pg_catalog.array_to_json(pg_catalog.array_agg(pg_catalog.pg_get_indexdef("
            "i.indexrelid, n, false) ORDER BY n))::text FROM pg_catalog.generate_series(1, "
            "i.indnkeyatts) AS n), " +
                commentOf("i.indexrelid", "pg_class") +
                ", "
                "k.conname, "
                "k.condeferrable, pg_catalog.pg_get_indexdef(i.indexrelid), EXISTS (SELECT FROM "
                "pg_catalog.pg_attribute o WHERE o.attrelid = i.indexrelid AND o.attoptions IS NOT "
                "NULL), " +
                std::string(isOlder() ? "false" : "i.indnullsnotdistinct") + ", " +
                indexFingerprint() + ", " + indexPartWords() +
                " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid "
                "JOIN "
                "pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_am m ON m.oid = "
                "x.relam LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND "
                "k.contype IN ('u', 'x') WHERE NOT i.indisprimary AND " +
                where("c") + " ORDER BY x.relname",
            rows))
      return false;
    for (const Row& row : rows) {
      Entry* entry = entryOf(row);
      if (!entry) continue;
      const std::string name = text(row, 1), definition = text(row, 13);
      if (!flag(row, 3)) {
        // Left behind by a build that was stopped: no index yet.
        if (only_.empty()) opaque_.push_back({"invalid index", name, definition});
        continue;
      }
      catalog::Index index;
      index.name = name;
      index.unique = flag(row, 2);
      index.constraint = row.size() > 11 && row[11].has_value();
      if (index.constraint && !index.unique) continue;  // of an exclusion constraint, which says it
      const auto notes = readNote(text(row, 10));
      const auto known = [&](const std::string& key, const std::string& stored) {
        const auto* said = findNote(notes, key);
        const bool same =
            said && isSaid(notes, text(row, 16), [&] { return sameExpression(*said, stored); });
        return same ? *said : inQuotes(*entry, stored);
      };
      if (row[4]) index.whereSql = known("where", *row[4]);
      const auto keys = numbers(text(row, 6)), options = numbers(text(row, 7));
      const auto parts = jsonTexts(text(row, 9));
      const auto words = jsonTexts(text(row, 17));
      if (text(row, 5) != "btree") index.method = text(row, 5);
      // What is unique by another kind of index is so over periods.
      bool plain = !flag(row, 12) && !flag(row, 14) && !flag(row, 15) &&
                   (index.method.empty() || !index.unique);
      for (size_t i = 0; i < parts.size() && i < keys.size() && i < options.size(); ++i) {
        catalog::IndexPart part;
        const int option = std::atoi(options[i].c_str());
        part.descending = option & 1;
        if (i < words.size()) part.native = words[i];
        // NULLS FIRST goes with DESC, and with it alone.
        if (bool(option & 2) != part.descending)
          part.native += std::string(part.native.empty() ? "" : " ") +
                         (part.descending ? "NULLS LAST" : "NULLS FIRST");
        // How the values of a unique are compared is part of the rule.
        plain = plain && (part.native.empty() || !index.unique);
        if (keys[i] != "0") {
          part.column = entry->columnByNumber[keys[i]];
          plain = plain && (parts[i] == part.column || parts[i] == quote(part.column));
        } else {
          part.sql = known(std::to_string(i + 1), parts[i]);
        }
        index.parts.push_back(std::move(part));
      }
      for (size_t i = parts.size(); i < keys.size(); ++i)
        index.include.push_back(entry->columnByNumber[keys[i]]);
      if (plain)
        entry->table.indexes.push_back(std::move(index));
      else
        opaque_.push_back({"index", name, definition});
    }
    return true;
  }

  bool triggers() {
    std::vector<Row> rows;
    if (!query(
            "SELECT t.tgname, c.relname, t.tgtype::text, (SELECT "
            "pg_catalog.array_to_json(pg_catalog.array_agg(a.attname ORDER BY n.n))::text FROM "
            "unnest(t.tgattr) WITH ORDINALITY AS n(number, n) JOIN pg_catalog.pg_attribute a ON "
            "a.attrelid = t.tgrelid AND a.attnum = n.number), p.proname, l.lanname, p.prosrc, "
            "p.proconfig::text, pg_catalog.pg_get_triggerdef(t.oid), t.tgqual IS NULL AND "
            "t.tgnargs = 0 AND t.tgenabled = 'O' AND t.tgconstraint = 0 AND t.tgoldtable IS "
            "NULL AND t.tgnewtable IS NULL AND p.pronamespace = c.relnamespace, "
            "pg_catalog.pg_get_functiondef(p.oid), 'search_path=' || "
            "pg_catalog.current_setting('search_path') = ANY (p.proconfig) AND "
            "pg_catalog.array_length(p.proconfig, 1) = 1, p.prosecdef FROM pg_catalog.pg_trigger t "
            "JOIN "
            "pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_proc p ON p.oid = "
            "t.tgfoid JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE NOT "
            "t.tgisinternal AND " +
                whereOurs("c") + (only_.empty() ? "" : " AND t.tgname = :only") +
                " ORDER BY t.tgname",
            rows))
      return false;
    for (const Row& row : rows) {
      const std::string name = text(row, 0), table = text(row, 1);
      const int type = std::atoi(text(row, 2).c_str());
      const bool rowLevel = type & 1, before = type & 2, instead = type & 64;
      std::string event, moment = before ? "BEFORE " : "AFTER ";
      for (const auto& [bit, word] : {std::pair(4, "INSERT"), {8, "DELETE"}, {16, "UPDATE"}}) {
        if (!(type & bit)) continue;
        event += (event.empty() ? moment : " OR ") + word;
      }
      const bool spoken = !event.empty() && !(type & 32);  // not of TRUNCATE
      const auto columns = jsonTexts(text(row, 3));
      if (!columns.empty()) event += " OF " + quoteList(columns);
      const bool ours = rowLevel && !instead && spoken && flag(row, 9) && text(row, 4) == name &&
                        text(row, 5) == "plpgsql" && flag(row, 11);
      catalog::Trigger trigger{name, table, ""};
      trigger.sql = ours ? triggerSql({name, table, event, text(row, 6), flag(row, 12)})
                         : text(row, 10) + ";\n" + text(row, 8);
      functions_.push_back(text(row, 4));
      // Here each table has triggers of its own: what others call alike is told apart.
      const auto called = [&](const Row& other) { return text(other, 0) == name; };
      if (!ours && std::ranges::count_if(rows, called) > 1)
        opaque_.push_back({"trigger", name + " on " + table, std::move(trigger.sql)});
      else
        triggers_.push_back(std::move(trigger));
    }
    return true;
  }

  bool views() {
    std::vector<Row> rows;
    if (!query(
            "SELECT " + relationName() + ", pg_catalog.pg_get_viewdef(c.oid), " +
                commentOf("c.oid", "pg_class") +
                ", c.relkind::text, "
                "c.reloptions::text, (SELECT "
                "pg_catalog.array_to_json(pg_catalog.array_agg(pg_catalog.json_build_array("
                "a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid)) ORDER BY a.attnum))::text "
                "FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a ON a.attrelid = "
                "d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = c.oid), CASE c.relkind WHEN "
                "'v' "
                "THEN " +
                viewFingerprint() +
                " END, c.relacl IS NOT NULL OR EXISTS (SELECT FROM pg_catalog.pg_attribute a "
                "WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL), " +
                faceSchema() +
                " FROM pg_catalog.pg_class c "
                "WHERE c.relkind IN ('v', 'm') AND " +
                whereViews() + notExtension("c.oid", "pg_class"),
            rows))
      return false;
    for (const Row& row : rows) {
      const std::string name = text(row, 0), stored = text(row, 1);
      anyGrant_ = anyGrant_ || flag(row, 7);
      if (text(row, 3) == "m") {
        opaque_.push_back({"materialized view", name, stored});
        continue;
      }
      const auto notes = readNote(text(row, 2));
      const auto* said = findNote(notes, "view");
      catalog::View view{name, "", {}, text(row, 8)};
      const std::string head = headOf(qualified(view), text(row, 4));
      const bool same = said && said->starts_with(head) && isSaid(notes, text(row, 6), [&] {
                          return sameView(*said, head, stored, jsonTexts(text(row, 5)));
                        });
      if (same) {
        view.sql = *said;
      } else {
        view.sql = "CREATE VIEW " + qualified(view) + " AS\n" + stored;
        if (!text(row, 4).empty()) view.sql += "\nWITH " + text(row, 4);
        if (!text(row, 5).empty()) view.sql += "\nDEFAULTS " + text(row, 5);
      }
      views_.push_back(std::move(view));
    }
    return true;
  }

  // How a view of ours with these options begins; nothing that a view begins with for others.
  // `name` in quotes.
  std::string headOf(const std::string& name, const std::string& options) const {
    if (options.empty() && isOlder()) return fmt::format("CREATE VIEW {} AS", name);
    for (const char* ours : {"security_invoker", "security_barrier"})
      if (options == fmt::format("{{{}=true}}", ours))
        return fmt::format("CREATE VIEW {} WITH ({}='true') AS", name, ours);
    return "-";
  }

  // A server behind the gate of the dialect.
  bool isOlder() const { return !session_.server().gate.empty(); }

  // ---- who may do what (access.cpp)
  bool access() {
    if (anyPolicy_) {
      std::vector<Row> rows;
      if (!query(policyQuery(where("c")), rows)) return false;
      for (const Row& row : rows) {
        Entry* entry = entryOf(row);
        auto policy =
            entry ? policyOf(row, [&](const auto& notes, const auto& print,
                                      auto compare) { return isSaid(notes, print, compare); })
                  : std::nullopt;
        if (policy)
          entry->table.policies.push_back(std::move(*policy));
        else
          opaque_.push_back(opaquePolicy(row));
      }
    }
    if (!anyGrant_) return true;
    std::vector<Row> known, rows;
    if (!query(roleTableQuery(), known)) return false;
    std::set<std::string> roles;
    if (!known.empty() && flag(known.front(), 0)) {
      if (!query(roleQuery(), known)) return false;
      for (const Row& row : known) roles.insert(text(row, 0));
    }
    if (!query(grantQuery(relationName(), whereViews()), rows)) return false;
    auto granted = grantsOf(rows, roles);
    for (auto& [relation, grants] : granted.grants) {
      for (auto& [oid, entry] : tables_)
        if (entry.table.name == relation) entry.table.grants = grants;
      for (auto& view : views_)
        if (view.name == relation) view.grants = grants;
    }
    for (auto& object : granted.others) opaque_.push_back(std::move(object));
    return true;
  }

  // Everything else in the schema: never ours, never left out.
  bool others() {
    std::vector<Row> rows;
    if (!query(otherObjects(), rows)) return false;
    for (const Row& row : rows) {
      const std::string function = text(row, 3);
      if (!function.empty() &&
          (isOurs(function) || std::ranges::find(functions_, function) != functions_.end()))
        continue;
      opaque_.push_back({text(row, 0), text(row, 1), text(row, 2)});
    }
    return true;
  }

  Session& session_;
  ObjectKind kind_ = ObjectKind::table;
  std::string only_;
  DbError error_;
  std::map<std::string, Entry> tables_;  // by oid
  std::vector<catalog::View> views_;
  std::vector<catalog::Trigger> triggers_;
  std::vector<std::string> functions_;  // of triggers
  std::vector<Opaque> opaque_;
  bool anyPolicy_ = false, anyGrant_ = false;
};

}  // namespace

DbResult<Catalog> readCatalog(Session& session) {
  auto out = Introspector(session).run();
  auto kept = readKept(session);
  if (!kept) return Failure{kept.error()};
  if (out) out->kept = std::move(*kept);
  return out;
}

DbResult<std::optional<std::string>> describeObject(Session& session, ObjectKind kind,
                                                    std::string_view name) {
  if (kind == ObjectKind::kept) return describeKept(session, name);
  auto found = Introspector(session, kind, name).run();
  if (!found) return Failure{found.error()};
  return describeIn(*found, kind, name);
}

}  // namespace cambium::dialect::postgres
