// What MySQL refuses and MariaDB does not: said when the model is compiled, not when a database is
// changed.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <vector>

#include "plugins/mariadb/mariadb.h"
#include "plugins/mariadb/rules.h"

namespace cambium::dialect::mariadb {
namespace {

using catalog::Table;

constexpr const char* kName = "MySQL 8";

// The name stands in quotes in the SQL.
bool names(const std::string& sql, const std::string& column) {
  return sql.find(quote(column)) != std::string::npos;
}

class Rules {
public:
  Rules(const Places& places, DiagnosticSink& sink) : places_(places), sink_(sink) {}

  void check(const Table& table) {
    for (const auto& column : table.columns) {
      if (!column.autoIncrement) continue;
      // The number is there only when the row has been looked at.
      for (const auto& what : spokenOf(table, column.name))
        sink_.add(report<Code::DDL053>(places_.of(table.name, column.name), kName, table.name,
                                       fmt::format("{} is over it", what))
                      .help("leave the key out there, or see to it in the application"));
    }
    for (const auto& fk : table.foreignKeys) references(table, fk);
    json(table);
    for (const auto& one : table.checks) {
      const auto [at, fresh] = checks_.emplace(lowered(one.name), table.name);
      if (!fresh)
        sink_.add(report<Code::DDL003>(places_.of(table.name),
                                       fmt::format("a check of `{}` on MySQL 8", table.name),
                                       one.name, fmt::format("a check of `{}`", at->second))
                      .note("MySQL 8 has the names of checks in the database, not in the table")
                      .help("give it a name of its own: `@name(\"…\")`"));
    }
  }

private:
  // The server does what a reference says below where it looks at rows and computes.
  void references(const Table& table, const catalog::ForeignKey& fk) {
    const auto refuse = [&](const std::string& column, const std::string& action,
                            const std::string& what) {
      sink_.add(report<Code::DDL052>(places_.of(table.name, column), kName,
                                     fmt::format("{} of a column that {} is over", action, what))
                    .note("what a reference does by itself is not looked at")
                    .help("let the reference `restrict`, or see to it in the application"));
    };
    for (const auto& [event, action] :
         {std::pair("ON DELETE ", &fk.onDelete), std::pair("ON UPDATE ", &fk.onUpdate)}) {
      const bool cascades = *action == "CASCADE";
      const bool sets = *action == "SET NULL" || *action == "SET DEFAULT";
      // A row that goes with another is looked at by no check.
      const bool checked = sets || (cascades && action == &fk.onUpdate);
      for (const auto& column : fk.columns) {
        if (checked)
          for (const auto& one : checksOver(table, column)) refuse(column, event + *action, one);
        if (sets || cascades)
          for (const auto& one : computedOver(table, column)) refuse(column, event + *action, one);
      }
    }
  }

  using Names = std::vector<std::string>;
  static Names checksOver(const Table& table, const std::string& column) {
    Names out;
    for (const auto& one : table.checks)
      if (names(one.sql, column)) out.push_back(fmt::format("the check `{}`", one.name));
    return out;
  }
  static Names computedOver(const Table& table, const std::string& column) {
    Names out;
    for (const auto& one : table.columns)
      if (names(one.generatedSql, column))
        out.push_back(fmt::format("the computed column `{}`", one.name));
    return out;
  }
  static Names spokenOf(const Table& table, const std::string& column) {
    Names out = checksOver(table, column);
    for (auto& one : computedOver(table, column)) out.push_back(std::move(one));
    for (const auto& index : table.indexes)
      if (speaksOf(index, column)) out.push_back(fmt::format("the index `{}`", index.name));
    return out;
  }

  static bool speaksOf(const catalog::Index& index, const std::string& column) {
    return names(index.whereSql, column) || std::ranges::any_of(index.parts, [&](const auto& part) {
             return part.column.empty() ? names(part.sql, column)
                                        : part.column == column && !index.whereSql.empty();
           });
  }

  void json(const Table& table) {
    const auto look = [&](const std::string& name, const std::string& what) {
      const auto* column = table.findColumn(name);
      if (column && column->type == "json")
        sink_.add(report<Code::DDL051>(places_.of(table.name, name), kName, "json", what)
                      .help("have the value that is looked for as a property of its own"));
    };
    for (const auto& index : table.indexes)
      for (const auto& part : index.parts)
        look(part.column, fmt::format("the index `{}`", index.name));
  }

  const Places& places_;
  DiagnosticSink& sink_;
  std::map<std::string, std::string> checks_;  // by name, in lower case: the table
};

}  // namespace

void checkMysqlRules(const ir::Model& model, const catalog::Catalog& catalog,
                     DiagnosticSink& sink) {
  const Places places(model);
  Rules rules(places, sink);
  for (const Table& table : catalog.tables) rules.check(table);
}

}  // namespace cambium::dialect::mariadb
