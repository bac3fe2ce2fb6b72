// Changes of a table in place.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/names.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

using catalog::Column;
using catalog::Table;

template <class List, class Item>
bool has(const List& list, const Item& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool mustBeMadeAnew(const Column& from, const Column& to) {
  return from.generatedSql != to.generatedSql && !to.generatedSql.empty();
}

// Tables that others made may count by a sequence and a default (`serial`).
void stopCounting(const std::string& table, const std::string& column,
                  std::vector<std::string>& out) {
  out.push_back(
      "DO " + dollarQuoted(fmt::format(
                  " DECLARE counter text := pg_get_serial_sequence({0}, {1}); BEGIN IF EXISTS "
                  "(SELECT FROM pg_attribute WHERE attrelid = {0}::regclass AND attname = {1} AND "
                  "attidentity <> '') THEN ALTER TABLE {2} ALTER COLUMN {3} DROP IDENTITY; ELSE "
                  "ALTER TABLE {2} ALTER COLUMN {3} DROP DEFAULT; EXECUTE 'DROP SEQUENCE ' || "
                  "counter; END IF; END ",
                  textLiteral(quote(table)), textLiteral(column), quote(table), quote(column))));
}

// The sequence of an identity follows the type by itself.
void widenCounter(const std::string& table, const Column& to, std::vector<std::string>& out) {
  out.push_back("DO " +
                dollarQuoted(fmt::format(
                    " BEGIN IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = {0}::regclass AND "
                    "attname = {1} AND attidentity = '') THEN EXECUTE 'ALTER SEQUENCE ' || "
                    "pg_get_serial_sequence({0}, {1}) || ' AS {2}'; END IF; END ",
                    textLiteral(quote(table)), textLiteral(to.name), to.type)));
}

// "numeric(12,2)" → "numeric(", "12", ",2)"; a type without a number is all of it the first.
struct Parts {
  std::string_view before, number, after;
};
Parts partsOf(std::string_view type) {
  const size_t open = type.find('(');
  if (open == std::string_view::npos) return {type, {}, {}};
  const size_t end = std::min(type.find_first_not_of("0123456789", open + 1), type.size());
  return {type.substr(0, open + 1), type.substr(open + 1, end - open - 1), type.substr(end)};
}

// The rows stay as they are where the type only grows.
bool onlyGrows(std::string_view from, std::string_view to) {
  constexpr std::string_view kVarying = "character varying";
  if (from.starts_with(kVarying) && (to == "text" || to == kVarying)) return !from.ends_with(']');
  if (from.starts_with("numeric(") && to == "numeric") return true;
  const Parts a = partsOf(from), b = partsOf(to);
  return a.before == b.before && a.after == b.after && !a.number.empty() &&
         (a.number.size() < b.number.size() ||
          (a.number.size() == b.number.size() && a.number <= b.number));
}

// Of a value: it has more letters, or more digits before the point, than the type has room for.
std::string beyond(std::string_view type, const std::string& column) {
  const Parts parts = partsOf(type);
  if (type.starts_with("numeric(")) {
    const size_t comma = parts.after.find(',');
    const int scale =
        comma == std::string_view::npos ? 0 : std::stoi(std::string(parts.after.substr(comma + 1)));
    return fmt::format("abs({}) >= 1e{}", column, std::stoi(std::string(parts.number)) - scale);
  }
  return fmt::format("char_length({}) > {}", column, parts.number);
}

}  // namespace

std::optional<std::string> outgrows(std::string_view from, std::string_view to,
                                    const std::string& column) {
  // Without a number of digits there may be more of them behind the point.
  const bool known =
      (from.starts_with("numeric(") && to != "numeric") || from.starts_with("character varying(");
  // Elements of a list are not looked at.
  if (!known || from.ends_with(']') || !onlyGrows(from, to)) return std::nullopt;
  return beyond(from, column);
}

bool writesRows(const Column& from, const Column& to) {
  if (mustBeMadeAnew(from, to)) return to.stored;
  return from.type != to.type && !onlyGrows(from.type, to.type);
}

void alterColumn(const std::string& table, const Column& from, const Column& to,
                 std::vector<std::string>& out) {
  const std::string alter = "ALTER TABLE " + quote(table) + " ";
  const std::string column = quote(to.name);
  if (mustBeMadeAnew(from, to)) {  // before 17 nobody can change the expression
    out.push_back(alter + "DROP COLUMN " + column);
    out.push_back(alter + "ADD COLUMN " + columnSql(to));
    noteColumn(table, to, out);
    return;
  }
  if (from.autoIncrement && !to.autoIncrement) stopCounting(table, to.name, out);
  std::vector<std::string> actions;
  const std::string action = "ALTER COLUMN " + column + " ";
  if (!from.generatedSql.empty() && to.generatedSql.empty())
    actions.push_back(action + "DROP EXPRESSION");
  const bool retyped = from.type != to.type;
  const bool redefaulted = from.defaultSql != to.defaultSql;
  if ((retyped || redefaulted) && !from.defaultSql.empty())
    actions.push_back(action + "DROP DEFAULT");
  // On the way back what does not fit is an error; a cast would cut it off.
  const bool shrinks = retyped && outgrows(to.type, from.type, "");
  if (retyped)
    actions.push_back(fmt::format("{}TYPE {}", action, to.type) +
                      (shrinks ? "" : fmt::format(" USING CAST({} AS {})", column, to.type)));
  if ((retyped || redefaulted) && !to.defaultSql.empty())
    actions.push_back(action + "SET DEFAULT " + to.defaultSql);
  if (!from.notNull && to.notNull) actions.push_back(action + "SET NOT NULL");
  if (from.notNull && !to.notNull) actions.push_back(action + "DROP NOT NULL");
  if (!from.autoIncrement && to.autoIncrement)
    actions.push_back(action + "ADD GENERATED BY DEFAULT AS IDENTITY");
  for (const auto& one : actions) out.push_back(alter + one);
  if (retyped && from.autoIncrement && to.autoIncrement) widenCounter(table, to, out);
  if (!from.autoIncrement && to.autoIncrement)  // it counts on from what is there
    out.push_back("DO " +
                  dollarQuoted(fmt::format(
                      " BEGIN PERFORM setval(pg_get_serial_sequence({0}, {1}), (SELECT "
                      "greatest(coalesce(max({2}), 0) + 1, 1) FROM {3}), false); END ",
                      textLiteral(quote(table)), textLiteral(to.name), column, quote(table))));
  if (redefaulted || from.generatedSql != to.generatedSql || from.comment != to.comment)
    noteColumn(table, to, out, isNoted(from));
}

void alterKey(const plan::AlterKey& op, std::vector<std::string>& out) {
  const std::string table = quote(op.table);
  if (!op.from.empty())
    out.push_back(
        "DO " +
        dollarQuoted(fmt::format(
            " DECLARE key_name text; BEGIN SELECT conname INTO STRICT key_name FROM "
            "pg_constraint WHERE conrelid = {0}::regclass AND contype = 'p'; EXECUTE format('ALTER "
            "TABLE %s DROP CONSTRAINT %I', {0}::regclass, key_name); END ",
            textLiteral(table))));
  for (const auto& column : op.to)
    out.push_back(fmt::format("ALTER TABLE {} ALTER COLUMN {} SET NOT NULL", table, quote(column)));
  if (op.dropped && !op.to.empty())  // the index is there already
  {
    out.push_back(fmt::format("ALTER TABLE {} ADD PRIMARY KEY USING INDEX {}", table,
                              quote(op.dropped->name)));
    // The key has the index's name now, which the next change of the key wants for its own.
    const std::string usual = catalog::cutName(op.table + "_pkey", 63);
    out.push_back("DO " +
                  dollarQuoted(fmt::format(
                      " BEGIN IF to_regclass({}) IS NULL THEN ALTER INDEX {} RENAME TO {}; END IF; "
                      "END ",
                      textLiteral(quote(usual)), quote(op.dropped->name), quote(usual))));
  } else if (!op.to.empty())
    out.push_back(fmt::format("ALTER TABLE {} ADD PRIMARY KEY ({})", table, quoteList(op.to)));
  else if (op.dropped)
    out.push_back("DROP INDEX " + quote(op.dropped->name));
  if (op.created) {
    out.push_back(createIndexSql(op.table, *op.created, false));
    noteIndex(*op.created, out);
  }
}

// Nobody may read what is gone for everybody, and nothing of it may be in the way: neither of rows
// that come without a value, nor of names.
void keepColumn(const plan::DropColumn& op, const Table* table, std::vector<std::string>& out) {
  const std::string alter = "ALTER TABLE " + quote(op.table) + " ";
  const std::string column = quote(op.column.name);
  if (op.check) out.push_back(alter + "DROP CONSTRAINT " + quote(op.check->name));
  if (op.foreignKey) out.push_back(alter + "DROP CONSTRAINT " + quote(op.foreignKey->name));
  if (op.column.autoIncrement)
    stopCounting(op.table, op.column.name, out);
  else if (!op.column.defaultSql.empty())
    out.push_back(fmt::format("{}ALTER COLUMN {} DROP DEFAULT", alter, column));
  if (op.column.notNull)
    out.push_back(fmt::format("{}ALTER COLUMN {} DROP NOT NULL", alter, column));
  if (table)
    for (const auto& grant : table->grants)
      if (has(grant.columns, op.column.name))
        out.push_back(fmt::format("REVOKE {} ({}) ON {} FROM {}", grant.action, column,
                                  quote(op.table), quote(grant.role)));
  out.push_back(fmt::format("{}RENAME COLUMN {} TO {}", alter, column, quote(op.keptAs)));
}

void keepTable(const Table& table, const std::string& name, std::vector<std::string>& out) {
  const std::string alter = "ALTER TABLE " + quote(table.name) + " ";
  policiesSql(table.name, table.policies, {}, out);
  grantsSql(quote(table.name), table.grants, {}, out);
  for (const auto& fk : table.foreignKeys)
    out.push_back(alter + "DROP CONSTRAINT " + quote(fk.name));
  for (const auto& check : table.checks)
    if (check.isExclusion()) out.push_back(alter + "DROP CONSTRAINT " + quote(check.name));
  for (const auto& index : table.indexes)
    out.push_back(index.constraint ? alter + "DROP CONSTRAINT " + quote(index.name)
                                   : "DROP INDEX " + quote(index.name));
  for (const auto& column : table.columns)
    if (column.autoIncrement) stopCounting(table.name, column.name, out);
  // The name of the key's index is one of those that tables have, too.
  if (!table.primaryKey.empty())
    out.push_back(
        "DO " +
        dollarQuoted(fmt::format(
            " DECLARE key_name text; BEGIN SELECT conname INTO STRICT key_name FROM pg_constraint "
            "WHERE conrelid = {0}::regclass AND contype = 'p'; EXECUTE format('ALTER TABLE %s "
            "RENAME CONSTRAINT %I TO %I', {0}::regclass, key_name, {1}); END ",
            textLiteral(quote(table.name)), textLiteral(name + "_key"))));
  out.push_back(fmt::format("{}RENAME TO {}", alter, quote(name)));
}

void reshape(const plan::RebuildTable& op, std::vector<std::string>& out) {
  const Table& from = op.from;
  const Table& to = op.to;
  const std::string alter = "ALTER TABLE " + quote(to.name) + " ";
  const auto drop = [&](const std::string& name) {
    out.push_back(alter + "DROP CONSTRAINT " + quote(name));
  };
  if (from.comment != to.comment) commentTable(to.name, to.comment, out, true);
  for (const auto& fk : from.foreignKeys)
    if (!has(to.foreignKeys, fk)) drop(fk.name);
  for (const auto& check : from.checks)
    if (!has(to.checks, check)) drop(check.name);
  for (const auto& index : from.indexes)
    if (!has(to.indexes, index)) {
      if (index.constraint)
        drop(index.name);
      else
        out.push_back("DROP INDEX " + quote(index.name));
    }
  for (const auto& column : from.columns) {
    if (to.findColumn(column.name)) continue;
    const auto kept =
        std::ranges::find(op.kept, column.name, &std::pair<std::string, std::string>::first);
    if (kept == op.kept.end())
      out.push_back(alter + "DROP COLUMN " + quote(column.name));
    else
      keepColumn({to.name, column, {}, {}, kept->second}, &from, out);
  }
  for (const auto& column : to.columns) {
    if (const auto* was = from.findColumn(column.name)) {
      if (!(*was == column)) alterColumn(to.name, *was, column, out);
    } else {
      out.push_back(alter + "ADD COLUMN " + columnSql(column));
      noteColumn(to.name, column, out);
    }
  }
  for (const auto& check : to.checks)
    if (!has(from.checks, check)) {
      out.push_back(alter + "ADD " + checkSql(check));
      noteCheck(to.name, check, out);
    }
  for (const auto& fk : to.foreignKeys)
    if (!has(from.foreignKeys, fk)) out.push_back(alter + "ADD " + foreignKeySql(fk));
  for (const auto& index : to.indexes)
    if (!has(from.indexes, index)) {
      if (index.constraint)
        out.push_back(alter + "ADD " + uniqueSql(index));
      else
        out.push_back(createIndexSql(to.name, index, false));
      noteIndex(index, out);
    }
}

}  // namespace cambium::dialect::postgres
