#include "plugins/import/schema.h"

#include <algorithm>
#include <cctype>

namespace cambium::importing {
namespace {

void renameIn(SqlExpr& e, std::string_view from, const std::string& to, const Schema& schema) {
  if (e.kind == SqlKind::name && schema.same(e.text, from)) e.text = to;
  for (SqlExpr& arg : e.args) renameIn(arg, from, to, schema);
}

bool mentions(const SqlExpr& e, std::string_view column, const Schema& schema) {
  return mentionsColumn(e, [&](const std::string& name) { return schema.same(name, column); });
}

// SQL in which the column has another name.
std::string withName(const std::string& sql, std::string_view from, const std::string& to,
                     const Schema& schema) {
  const auto isWord = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0;
  };
  std::string out;
  for (size_t i = 0; i < sql.size();) {
    size_t end = i + 1;
    std::string_view name;
    if (sql[i] == '"' || sql[i] == '\'') {
      end = std::min(sql.find(sql[i], i + 1), sql.size() - 1) + 1;
      if (sql[i] == '"') name = std::string_view(sql).substr(i + 1, end - i - 2);
    } else if (isWord(sql[i])) {
      while (end < sql.size() && isWord(sql[end])) ++end;
      if (end == sql.size() || sql[end] != '(') name = std::string_view(sql).substr(i, end - i);
    }
    const bool renamed = !name.empty() && schema.same(name, from);
    out += renamed ? "\"" + to + "\"" : sql.substr(i, end - i);
    i = end;
  }
  return out;
}

}  // namespace

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

Type decimalOf(int64_t precision, int64_t scale) {
  constexpr int64_t kDigits = 38;
  Type type;
  type.scalar = ir::Scalar::decimal;
  type.precision = static_cast<uint16_t>(std::clamp<int64_t>(precision, 1, kDigits));
  type.scale = static_cast<uint16_t>(std::clamp<int64_t>(scale, 0, type.precision));
  if (type.precision == precision && type.scale == scale) return type;
  const auto spelled = [](int64_t digits, int64_t behind) {
    return "`decimal(" + std::to_string(digits) + ", " + std::to_string(behind) + ")`";
  };
  type.loss = (precision > kDigits ? "a decimal has at most 38 digits: "
                                   : "a decimal's scale is from 0 to its precision: ") +
              spelled(precision, scale) + " is " + spelled(type.precision, type.scale);
  return type;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i)
    out += (i == 0 ? "`" : i + 1 == names.size() ? " and `" : ", `") + names[i] + "`";
  return out;
}

bool Schema::same(std::string_view a, std::string_view b) const {
  return caseSensitive ? a == b : lowered(a) == lowered(b);
}

const Table* Schema::findTable(std::string_view name) const {
  for (const Table& table : tables)
    if (same(table.name, name)) return &table;
  return nullptr;
}
Table* Schema::findTable(std::string_view name) {
  return const_cast<Table*>(std::as_const(*this).findTable(name));
}

const Column* Schema::findColumn(const Table& table, std::string_view name) const {
  for (const Column& column : table.columns)
    if (same(column.name, name)) return &column;
  return nullptr;
}
Column* Schema::findColumn(Table& table, std::string_view name) const {
  return const_cast<Column*>(findColumn(std::as_const(table), name));
}

const Enum* Schema::findEnum(std::string_view name) const {
  for (const Enum& e : enums)
    if (same(e.name, name)) return &e;
  return nullptr;
}
Enum* Schema::findEnum(std::string_view name) {
  return const_cast<Enum*>(std::as_const(*this).findEnum(name));
}

const Alias* Schema::findAlias(std::string_view name) const {
  for (const Alias& alias : aliases)
    if (same(alias.name, name)) return &alias;
  return nullptr;
}

void Schema::lose(Span at, std::string what, std::string why) {
  losses.push_back({at, std::move(what), std::move(why)});
}

void Schema::addObject(Object object) {
  dropObject(object.kind, object.name, object.table);
  objects.push_back(std::move(object));
}

void Schema::dropTable(std::string_view name) {
  const std::string gone(name);
  std::erase_if(tables, [&](const Table& table) { return same(table.name, gone); });
  std::erase_if(objects, [&](const Object& object) {
    return (object.kind == "trigger" || object.kind == "policy") && same(object.table, gone);
  });
  for (Table& table : tables)
    std::erase_if(table.foreignKeys, [&](const ForeignKey& key) { return same(key.table, gone); });
}

void Schema::dropColumn(Table& table, std::string_view column) {
  const std::string gone(column);
  const auto is = [&](const std::string& name) { return same(name, gone); };
  for (Column& c : table.columns)
    if (is(c.name) && c.type.scalar == ir::Scalar::enumeration)
      if (const Enum* e = findEnum(c.type.enumeration); e && e->ofColumn) dropEnum(e->name);
  std::erase_if(table.columns, [&](const Column& c) { return is(c.name); });
  if (std::ranges::any_of(table.primaryKey, is)) table.primaryKey.clear();
  std::erase_if(table.foreignKeys,
                [&](const ForeignKey& key) { return std::ranges::any_of(key.columns, is); });
  std::erase_if(table.indexes, [&](const Index& index) {
    return std::ranges::any_of(index.parts,
                               [&](const IndexPart& part) {
                                 return part.column.empty() ? mentions(part.expr, gone, *this)
                                                            : is(part.column);
                               }) ||
           (index.where && mentions(*index.where, gone, *this));
  });
  std::erase_if(table.checks, [&](const Check& check) {
    return mentions(check.expr, gone, *this) ||
           withName(check.native, gone, "", *this) != check.native;
  });
}

void Schema::dropConstraint(Table& table, std::string_view name) {
  const std::string gone(name);
  const auto is = [&](const auto& constraint) { return same(constraint.name, gone); };
  std::erase_if(table.foreignKeys, is);
  std::erase_if(table.checks, is);
  std::erase_if(table.indexes, is);
  if (!table.keyName.empty() && same(table.keyName, gone)) {
    table.primaryKey.clear();
    table.keyName.clear();
  }
}

void Schema::dropIndex(std::string_view name) {
  const std::string gone(name);
  for (Table& table : tables)
    std::erase_if(table.indexes, [&](const Index& index) { return same(index.name, gone); });
}

void Schema::dropObject(std::string_view kind, std::string_view name, std::string_view table) {
  std::erase_if(objects, [&](const Object& object) {
    return object.kind == kind && same(object.name, name) &&
           (table.empty() || same(object.table, table));
  });
}

void Schema::dropEnum(std::string_view name) {
  const std::string gone(name);
  std::erase_if(enums, [&](const Enum& e) { return same(e.name, gone); });
}

void Schema::renameTable(std::string_view from, const std::string& to) {
  const std::string old(from);
  for (Table& table : tables) {
    if (same(table.name, old)) table.name = to;
    for (ForeignKey& key : table.foreignKeys)
      if (same(key.table, old)) key.table = to;
    for (std::string& parent : table.parents)
      if (same(parent, old)) parent = to;
  }
  for (Object& object : objects)
    if (same(object.table, old)) object.table = to;
}

void Schema::renameColumn(Table& table, std::string_view from, const std::string& to) {
  const std::string old(from);
  const auto rename = [&](std::string& name) {
    if (same(name, old)) name = to;
  };
  for (Column& column : table.columns) {
    rename(column.name);
    if (column.computed) renameIn(column.computed->expr, old, to, *this);
  }
  for (std::string& name : table.primaryKey) rename(name);
  for (ForeignKey& key : table.foreignKeys)
    for (std::string& name : key.columns) rename(name);
  for (Index& index : table.indexes) {
    for (IndexPart& part : index.parts) {
      rename(part.column);
      renameIn(part.expr, old, to, *this);
    }
    if (index.where) renameIn(*index.where, old, to, *this);
  }
  for (Check& check : table.checks) {
    renameIn(check.expr, old, to, *this);
    check.native = withName(check.native, old, to, *this);
  }
  for (Table& other : tables)
    for (ForeignKey& key : other.foreignKeys)
      if (same(key.table, table.name))
        for (std::string& name : key.tableColumns) rename(name);
}

void Schema::renameEnum(std::string_view from, const std::string& to) {
  const std::string old(from);
  for (Enum& e : enums)
    if (same(e.name, old)) e.name = to;
  for (Table& table : tables)
    for (Column& column : table.columns)
      if (column.type.scalar == ir::Scalar::enumeration && same(column.type.enumeration, old))
        column.type.enumeration = to;
}

void Schema::renameIndex(std::string_view from, const std::string& to) {
  for (Table& table : tables) {
    for (Index& index : table.indexes)
      if (same(index.name, from)) index.name = to;
    if (same(table.keyName, from)) table.keyName = to;
  }
}

}  // namespace cambium::importing
