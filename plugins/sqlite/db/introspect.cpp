#include "plugins/sqlite/db/introspect.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/catalog/kept.h"
#include "plugins/sqlite/db/schema_parser.h"
#include "plugins/sqlite/tokens.h"

namespace cambium::dialect::sqlite {
namespace {

using catalog::Catalog;
using catalog::Opaque;
using catalog::Table;

// One row of sqlite_schema.
struct Object {
  std::string type, name, table, sql;
};

// One row of pragma table_xinfo.
struct ColumnFact {
  std::string name, type;
  bool notNull = false;
  int key = 0;     // position in the key, from 1
  int hidden = 0;  // 2 = virtual, 3 = stored
};

struct TableFacts {
  std::string name;
  std::vector<ColumnFact> columns;
  size_t foreignKeys = 0;
};
using FactsByName = std::map<std::string, TableFacts>;  // by the name in lower case

std::string text(const Row& row, size_t index) {
  return index < row.size() && row[index] ? *row[index] : "";
}
int number(const Row& row, size_t index) {
  return std::atoi(text(row, index).c_str());
}

using Parameters = std::vector<std::pair<std::string_view, Value>>;

class Introspector {
public:
  explicit Introspector(Session& session) : session_(session) {}

  DbResult<Catalog> all() {
    std::vector<Object> objects;
    if (!readObjects("SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY name", {},
                     objects))
      return failure();
    if (!readFacts("WHERE m.type = 'table'", {}) || !readShadows()) return failure();
    std::map<std::string, std::vector<const Object*>> indexes;
    for (const Object& object : objects)
      if (object.type == "index" && !object.sql.empty())
        indexes[lowerCase(object.table)].push_back(&object);
    Catalog out;
    for (const Object& object : objects) {
      if (object.type == "table" && catalog::isKeptName(object.name))
        out.kept.emplace(object.name, "");
      if (isOurs(object)) continue;
      if (object.type == "table") {
        put(out, toTable(object, indexes[lowerCase(object.name)]));
      } else if (object.type == "view") {
        out.put(catalog::View{object.name, object.sql});
      } else if (object.type == "trigger") {
        out.put(catalog::Trigger{object.name, declaredName(object.table), object.sql});
      }
    }
    return out;
  }

  DbResult<std::optional<std::string>> one(ObjectKind kind, std::string_view name) {
    const char* type = kind == ObjectKind::view      ? "view"
                       : kind == ObjectKind::trigger ? "trigger"
                                                     : "table";
    std::vector<Object> objects;
    if (!readObjects("SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE type = :type "
                     "AND name = :name",
                     {{"type", type}, {"name", std::string(name)}}, objects))
      return failure();
    if (objects.empty()) return std::optional<std::string>();
    if (kind == ObjectKind::kept) return std::optional(std::string(catalog::kKept));
    const Object& object = objects.front();
    if (kind == ObjectKind::view)
      return std::optional(catalog::describe(catalog::View{object.name, object.sql}));
    if (kind == ObjectKind::trigger)
      return std::optional(
          catalog::describe(catalog::Trigger{object.name, object.table, object.sql}));

    std::vector<Object> indexes;
    const Parameters byName = {{"name", object.name}};
    if (!readObjects("SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE type = "
                     "'index' AND sql IS NOT NULL AND "
                     "tbl_name = :name COLLATE NOCASE ORDER BY name",
                     byName, indexes))
      return failure();
    if (!readFacts("WHERE m.type = 'table' AND m.name = :name", byName)) return failure();
    // The tables that it refers to: their names as declared, and their keys.
    if (!readFacts("WHERE m.type = 'table' AND m.name COLLATE NOCASE IN (SELECT \"table\" FROM "
                   "pragma_foreign_key_list(:name))",
                   byName))
      return failure();
    std::vector<const Object*> pointers;
    for (const Object& index : indexes) pointers.push_back(&index);
    const TableOrOpaque found = toTable(object, pointers);
    return std::optional(found.table ? catalog::describe(*found.table)
                                     : catalog::describe(*found.opaque));
  }

private:
  struct TableOrOpaque {
    std::optional<Table> table;
    std::optional<Opaque> opaque;
    std::vector<Opaque> indexes;  // that the catalog cannot hold
  };

  Failure<DbError> failure() { return Failure{error_}; }

  bool query(std::string_view sql, const Parameters& parameters, std::vector<Row>& rows) {
    auto result = session_.query(sql, parameters);
    if (!result) {
      error_ = result.error();
      return false;
    }
    rows = std::move(*result);
    return true;
  }

  bool readObjects(std::string_view sql, const Parameters& parameters, std::vector<Object>& out) {
    std::vector<Row> rows;
    if (!query(sql, parameters, rows)) return false;
    for (const Row& row : rows)
      out.push_back({text(row, 0), text(row, 1), text(row, 2), text(row, 3)});
    return true;
  }

  bool readFacts(const std::string& where, const Parameters& parameters) {
    std::vector<Row> rows;
    if (!query("SELECT m.name, x.name, x.type, x.\"notnull\", x.pk, x.hidden FROM "
               "main.sqlite_schema m "
               "JOIN pragma_table_xinfo(m.name) x " +
                   where,
               parameters, rows))
      return false;
    for (const Row& row : rows) {
      TableFacts& facts = facts_[lowerCase(text(row, 0))];
      // A table may be read twice: as itself and as what it refers to.
      if (facts.name.empty()) facts.name = text(row, 0);
      const ColumnFact fact{text(row, 1), text(row, 2), number(row, 3) != 0, number(row, 4),
                            number(row, 5)};
      const bool known = std::any_of(facts.columns.begin(), facts.columns.end(),
                                     [&](const auto& c) { return c.name == fact.name; });
      if (!known) facts.columns.push_back(fact);
    }
    if (!query("SELECT m.name, count(DISTINCT f.id) FROM main.sqlite_schema m JOIN "
               "pragma_foreign_key_list(m.name) f " +
                   where + " GROUP BY m.name",
               parameters, rows))
      return false;
    for (const Row& row : rows)
      facts_[lowerCase(text(row, 0))].foreignKeys = static_cast<size_t>(number(row, 1));
    return true;
  }

  bool readShadows() {
    std::vector<Row> rows;
    if (!query("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'", {},
               rows))
      return false;
    for (const Row& row : rows) shadows_.insert(text(row, 0));
    return true;
  }

  static bool isOurs(const Object& object) {
    const auto ours = [](const std::string& name) {
      const std::string lower = lowerCase(name);
      return lower.starts_with("sqlite_") || lower.starts_with("cambium_");
    };
    return ours(object.type == "table" ? object.name : object.table) ||
           (object.type == "table" && ours(object.name));
  }

  std::string declaredName(const std::string& table) const {
    const auto found = facts_.find(lowerCase(table));
    return found == facts_.end() ? table : found->second.name;
  }

  static void put(Catalog& out, TableOrOpaque found) {
    if (found.table) out.put(std::move(*found.table));
    if (found.opaque) out.put(std::move(*found.opaque));
    for (Opaque& index : found.indexes) out.put(std::move(index));
  }

  TableOrOpaque toTable(const Object& object, const std::vector<const Object*>& indexes) {
    const auto whole = [&](std::string kind) {
      Opaque opaque{std::move(kind), object.name, object.sql};
      for (const Object* index : indexes) opaque.sql += ";\n" + index->sql;
      return TableOrOpaque{std::nullopt, std::move(opaque), {}};
    };
    if (lowerCase(object.sql.substr(0, 14)) == "create virtual") return whole("virtual table");
    if (shadows_.count(object.name)) return whole("shadow table");
    ParsedTable parsed = parseTable(object.sql);
    if (!parsed.why.empty() || !agrees(parsed, object.name)) return whole("table");

    TableOrOpaque out{std::move(parsed.table), std::nullopt, {}};
    out.table->name = object.name;
    for (auto& fk : out.table->foreignKeys) resolve(fk);
    for (const Object* index : indexes) {
      ParsedIndex one = parseIndex(index->sql, *out.table);
      if (one.why.empty())
        out.table->indexes.push_back(std::move(one.index));
      else
        out.indexes.push_back({"index", index->name, index->sql});
    }
    std::stable_sort(out.table->indexes.begin(), out.table->indexes.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
  }

  // What was read from the text against what the engine itself made of it: a table that we misread
  // is kept as text instead.
  bool agrees(const ParsedTable& parsed, const std::string& name) const {
    const auto found = facts_.find(lowerCase(name));
    if (found == facts_.end()) return false;
    const Table& table = parsed.table;
    const auto& facts = found->second.columns;
    if (facts.size() != table.columns.size() ||
        found->second.foreignKeys != table.foreignKeys.size())
      return false;
    size_t keyed = 0;
    for (size_t i = 0; i < facts.size(); ++i) {
      const auto& column = table.columns[i];
      const auto squeezed = [](std::string_view type) {
        std::string out;
        for (char c : lowerCase(type))
          if (std::isalnum(static_cast<unsigned char>(c)) || (c & 0x80)) out += c;
        return out;
      };
      const int hidden = column.generatedSql.empty() ? 0 : column.stored ? 3 : 2;
      // The engine takes GENERATED ALWAYS for a part of the type's name in some versions.
      if (facts[i].name != column.name ||
          !squeezed(facts[i].type).starts_with(squeezed(parsed.declaredTypes[i])) ||
          (facts[i].notNull && !column.notNull) || facts[i].hidden != hidden)
        return false;
      if (!facts[i].key) continue;
      ++keyed;
      const auto position = static_cast<size_t>(facts[i].key - 1);
      if (position >= table.primaryKey.size() || table.primaryKey[position] != column.name)
        return false;
    }
    return keyed == table.primaryKey.size();
  }

  // The names of a foreign key as the other table declares them; a key that names no columns means
  // the other's primary key.
  void resolve(catalog::ForeignKey& fk) const {
    const auto found = facts_.find(lowerCase(fk.table));
    if (found == facts_.end()) return;
    fk.table = found->second.name;
    if (fk.tableColumns.empty()) {
      std::map<int, std::string> key;
      for (const auto& column : found->second.columns)
        if (column.key) key[column.key] = column.name;
      for (const auto& [position, name] : key) fk.tableColumns.push_back(name);
    }
    for (auto& name : fk.tableColumns)
      for (const auto& column : found->second.columns)
        if (sameName(column.name, name)) name = column.name;
  }

  Session& session_;
  DbError error_;
  FactsByName facts_;
  std::set<std::string> shadows_;
};

}  // namespace

DbResult<Catalog> readCatalog(Session& session) {
  return Introspector(session).all();
}

DbResult<std::optional<std::string>> describeObject(Session& session, ObjectKind kind,
                                                    std::string_view name) {
  return Introspector(session).one(kind, name);
}

}  // namespace cambium::dialect::sqlite
