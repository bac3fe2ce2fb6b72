#include "plugins/import/layout.h"

#include <algorithm>

#include "compiler/catalog/lower.h"
#include "compiler/catalog/names.h"
#include "compiler/catalog/raise_column.h"
#include "plugins/import/cam_expr.h"

namespace cambium::importing {
namespace {

using catalog::folded;
using catalog::identifier;
using catalog::pascalCase;
using catalog::pluralOf;
using catalog::snakeCase;

std::string freeName(std::set<std::string>& taken, const std::string& wanted) {
  std::string name = wanted;
  for (unsigned n = 2; !taken.insert(folded(name)).second; ++n)
    name = wanted + "_" + std::to_string(n);
  return name;
}

// "categories" → "category"; the same word where it is no plural that pluralOf() would make.
std::string singularOf(const std::string& name) {
  std::vector<std::string> candidates;
  if (name.ends_with("ies")) candidates.push_back(name.substr(0, name.size() - 3) + "y");
  if (name.ends_with("es")) candidates.push_back(name.substr(0, name.size() - 2));
  if (name.ends_with("s")) candidates.push_back(name.substr(0, name.size() - 1));
  for (const std::string& one : candidates)
    if (!one.empty() && !one.ends_with("s") && pluralOf(one) == name) return one;
  return name;
}

std::string propertyName(const std::string& name) {
  return identifier(snakeCase(identifier(name)));
}

// A member's name: what the database has, if a name can be so; else what the source calls it.
std::string memberName(const EnumValue& value) {
  if (identifier(value.text) == value.text) return value.text;
  return identifier(value.name.empty() ? value.text : value.name);
}

class LayoutMaker {
public:
  explicit LayoutMaker(Schema& schema) : schema_(schema) {}

  Layout run() {
    entities();
    enums();
    for (size_t i = 0; i < out_.entities.size(); ++i) valueNames(out_.entities[i]);
    for (size_t i = 0; i < out_.entities.size(); ++i) references(i);
    for (size_t i = 0; i < out_.entities.size(); ++i) inverses(i);
    relations();
    return std::move(out_);
  }

private:
  // ---------------------------------------------------------------- entities
  struct Candidate {
    Table* table;
    std::string plain, singular;
  };

  static std::string stem(const Table& table) {
    // A table of another schema: "audit.log".
    const size_t dot = table.name.rfind('.');
    return identifier(dot == std::string::npos ? table.name : table.name.substr(dot + 1));
  }

  void entities() {
    std::vector<Candidate> all;
    size_t fits[3] = {0, 0, 0};
    for (Table& table : schema_.tables) {
      if (!table.lost.empty()) continue;
      Candidate c{&table, pascalCase(stem(table)), ""};
      const std::string snake = snakeCase(c.plain);
      c.singular = pascalCase(singularOf(snake));
      if (!table.entity.empty()) c.plain = c.singular = pascalCase(identifier(table.entity));
      const bool isPlural = pluralOf(snakeCase(c.singular)) == table.name;
      fits[0] += snakeCase(c.plain) == table.name && (table.entity.empty() ? !isPlural : true);
      fits[1] += isPlural;
      fits[2] += c.plain == table.name;
      all.push_back(std::move(c));
    }
    constexpr ir::Naming kNamings[3] = {ir::Naming::snakeCase, ir::Naming::plural,
                                        ir::Naming::asWritten};
    const size_t best = fits[2] > fits[0] && fits[2] >= fits[1] ? 2 : fits[1] > fits[0] ? 1 : 0;
    out_.naming = kNamings[best];
    std::set<std::string> taken;
    for (Candidate& c : all) {
      EntityLayout entity;
      entity.table = c.table;
      entity.name = freeName(taken, best == 1 ? c.singular : c.plain);
      ir::Entity probe;
      probe.name = entity.name;
      entity.isDerived = catalog::tableName(probe, out_.naming) == c.table->name;
      out_.entities.push_back(std::move(entity));
    }
    std::ranges::sort(out_.entities, {}, &EntityLayout::name);
    for (const EntityLayout& e : out_.entities) types_.insert(folded(e.name));
  }

  void enums() {
    for (const Enum& e : schema_.enums) {
      const std::string name = pascalCase(identifier(e.declared.empty() ? e.name : e.declared));
      // An enum may have the name that an entity has already.
      const bool clash = types_.contains(folded(name));
      out_.enums.push_back(freeName(types_, clash ? name + "Kind" : name));
      std::set<std::string> taken;
      std::vector<std::string> members;
      for (const EnumValue& value : e.values) members.push_back(freeName(taken, memberName(value)));
      out_.members.push_back(std::move(members));
    }
    for (const Alias& alias : schema_.aliases)
      out_.aliases.push_back(freeName(types_, pascalCase(identifier(alias.name))));
  }

  // ---------------------------------------------------------------- properties
  // Columns that no foreign key of the entity has come first: a reference can do with another name.
  void valueNames(EntityLayout& entity) {
    const auto referring = [&](const Column& column) {
      return std::ranges::any_of(entity.table->foreignKeys, [&](const ForeignKey& key) {
        return key.lost.empty() && std::ranges::any_of(key.columns, [&](const std::string& name) {
                 return schema_.same(name, column.name);
               });
      });
    };
    for (const Column& column : entity.table->columns)
      if (column.lost.empty() && !referring(column))
        entity.propertyOf[column.name] = entity.take(propertyName(column.name));
  }

  void references(size_t index) {
    EntityLayout& entity = out_.entities[index];
    for (ForeignKey& key : entity.table->foreignKeys) {
      if (!key.lost.empty()) continue;
      key.lost = reference(entity, key);
    }
    for (const Column& column : entity.table->columns)
      if (column.lost.empty() && !entity.propertyOf.contains(column.name) &&
          !entity.referenceOf(schema_, column.name))
        entity.propertyOf[column.name] = entity.take(propertyName(column.name));
  }

  // "" = it is one; otherwise what stands in the way.
  std::string reference(EntityLayout& entity, ForeignKey& key) {
    Table& table = *entity.table;
    if (!schema_.findTable(key.table)) return "there is no table `" + key.table + "`";
    const auto target = out_.find(schema_, key.table);
    if (!target) return "its table `" + key.table + "` is not carried over";
    Table& other = *out_.entities[*target].table;
    const auto& theirs = key.tableColumns.empty() ? other.primaryKey : key.tableColumns;
    if (theirs.size() != key.columns.size() || theirs.size() != other.primaryKey.size())
      return "it refers to something else than the key of `" + other.name + "`";
    Reference r{&key, *target, {}, "", "", false};
    for (const std::string& part : other.primaryKey) {
      const auto at = std::ranges::find_if(
          theirs, [&](const std::string& name) { return schema_.same(name, part); });
      if (at == theirs.end())
        return "it refers to something else than the key of `" + other.name + "`";
      r.columns.push_back(key.columns[size_t(at - theirs.begin())]);
    }
    size_t required = 0, inKey = 0;
    for (std::string& name : r.columns) {
      Column* column = schema_.findColumn(table, name);
      if (!column || !column->lost.empty()) return "its column `" + name + "` is not carried over";
      name = column->name;
      if (column->computed) return "its column `" + name + "` is computed";
      if (entity.referenceOf(schema_, name))
        return "its column `" + name + "` belongs to another reference";
      const bool isKey = std::ranges::any_of(
          table.primaryKey, [&](const std::string& part) { return schema_.same(part, name); });
      inKey += isKey;
      required += column->notNull || isKey;
    }
    if (required != 0 && required != r.columns.size())
      return "some of its columns may be null, and some not";
    if (inKey != 0 &&
        std::search(table.primaryKey.begin(), table.primaryKey.end(), r.columns.begin(),
                    r.columns.end(), [&](const auto& a, const auto& b) {
                      return schema_.same(a, b);
                    }) == table.primaryKey.end())
      return "the key of `" + table.name +
             "` has its columns in another order, or only some of them";
    r.required = required != 0;
    weaken(table, r);
    std::string wanted =
        key.property.empty() ? referenceName(entity, r) : propertyName(key.property);
    r.property = entity.take(wanted);
    for (const std::string& name : r.columns) entity.propertyOf[name] = r.property;
    entity.references.push_back(std::move(r));
    return "";
  }

  // An action that its column cannot follow fails in the database, too, but later.
  void weaken(const Table& table, const Reference& r) {
    const auto impossible = [&](ir::RefAction action) {
      if (action == ir::RefAction::setNull) return r.required;
      const Column* column = schema_.findColumn(table, r.columns[0]);
      return action == ir::RefAction::setDefault &&
             (r.columns.size() > 1 || !column || !column->defaultValue ||
              !column->defaultValue->lost.empty());
    };
    for (ir::RefAction* action : {&r.key->onDelete, &r.key->onUpdate}) {
      if (!impossible(*action)) continue;
      const bool isNull = *action == ir::RefAction::setNull;
      schema_.lose(r.key->at,
                   std::string(isNull ? "SET NULL" : "SET DEFAULT") + " of the reference from `" +
                       table.name + "` to `" + r.key->table + "`",
                   isNull ? "its column is required: it is `restrict`"
                          : "its column has no default: it is `restrict`");
      *action = ir::RefAction::restrict;
    }
  }

  std::string referenceName(const EntityLayout& entity, const Reference& r) const {
    const EntityLayout& target = out_.entities[r.target];
    if (r.columns.size() > 1) return snakeCase(target.name);
    const std::string whole = propertyName(r.columns[0]);
    const std::string key = propertyName(target.table->primaryKey[0]);
    std::string name = whole;
    for (const std::string& ending : {"_" + key, std::string("_id")})
      if (name == whole && name.ends_with(ending) && name.size() > ending.size())
        name.resize(name.size() - ending.size());
    return entity.taken.contains(folded(name)) ? whole : name;
  }

  void inverses(size_t index) {
    EntityLayout& entity = out_.entities[index];
    for (Reference& r : entity.references) {
      EntityLayout& target = out_.entities[r.target];
      if (!r.key->inverse.empty()) {
        r.inverse = target.take(propertyName(r.key->inverse));
        continue;
      }
      const std::string single = snakeCase(entity.name);
      const std::string plural = single.ends_with('s') ? single : pluralOf(single);
      r.inverse = target.take(target.taken.contains(folded(plural)) ? plural + "_by_" + r.property
                                                                    : plural);
    }
  }

  void relations() {
    for (ManyToMany& relation : schema_.relations) {
      if (!relation.lost.empty()) continue;
      const auto a = out_.find(schema_, relation.table),
                 b = out_.find(schema_, relation.otherTable);
      if (!a || !b) {
        relation.lost = "one of its tables is not carried over";
        continue;
      }
      relation.property = out_.entities[*a].take(propertyName(relation.property));
      if (!relation.otherProperty.empty())
        relation.otherProperty = out_.entities[*b].take(propertyName(relation.otherProperty));
    }
  }

  Schema& schema_;
  Layout out_;
  std::set<std::string> types_;
};

bool isWhole(const Type& type) {
  return !type.list && (type.scalar == ir::Scalar::int16 || type.scalar == ir::Scalar::int32 ||
                        type.scalar == ir::Scalar::int64);
}

bool canBeKey(const Column& column) {
  const ir::Scalar scalar = column.type.scalar;
  return column.notNull && !column.computed && !column.type.list && scalar != ir::Scalar::json &&
         scalar != ir::Scalar::float32 && scalar != ir::Scalar::float64 &&
         scalar != ir::Scalar::duration;
}

// "id", or what comes next to it.
std::string freeColumn(const Schema& schema, const Table& table) {
  std::string name = "id";
  for (unsigned n = 2; schema.findColumn(table, name); ++n) name = "id_" + std::to_string(n);
  return name;
}

// The key of a table that has none: a unique of required columns, or the column that counts by
// itself. A table with neither gets a column for it: without one all the others were lost, too.
void chooseKey(Schema& schema, Table& table) {
  const auto chosen = [&](const std::string& how) {
    schema.lose(table.at, "that table `" + table.name + "` has no primary key",
                "every entity has one: " + how);
  };
  for (const Index& index : table.indexes) {
    if (!index.unique || index.where || !index.lost.empty()) continue;
    std::vector<std::string> columns;
    for (const IndexPart& part : index.parts) {
      const Column* column = schema.findColumn(table, part.column);
      if (column && canBeKey(*column)) columns.push_back(column->name);
    }
    if (columns.size() != index.parts.size()) continue;
    table.primaryKey = columns;
    chosen("its unique " + listed(columns) + " is the key");
    std::erase_if(table.indexes, [&](const Index& i) { return &i == &index; });
    return;
  }
  for (const Column& column : table.columns)
    if (column.autoIncrement && column.notNull && isWhole(column.type)) {
      table.primaryKey = {column.name};
      return chosen("`" + column.name + "`, which counts by itself, is the key");
    }
  Column key;
  key.name = freeColumn(schema, table);
  key.type.scalar = ir::Scalar::int64;
  key.notNull = key.autoIncrement = true;
  key.at = table.at;
  chosen("a column `" + key.name + "` that counts by itself is added");
  table.primaryKey = {key.name};
  table.columns.insert(table.columns.begin(), std::move(key));
}

bool sameParts(const Schema& schema, const Index& a, const Index& b) {
  return std::ranges::equal(a.parts, b.parts, [&](const IndexPart& x, const IndexPart& y) {
    return !x.column.empty() && schema.same(x.column, y.column) && x.descending == y.descending;
  });
}

std::string nameOf(const Index& index) {
  std::vector<std::string> columns;
  for (const IndexPart& part : index.parts)
    columns.push_back(part.column.empty() ? "…" : part.column);
  return index.name.empty() ? "the one on " + listed(columns) : "`" + index.name + "`";
}

void dropRepeated(const Schema& schema, Table& table) {
  const auto isKey = [&](const Index& index) {
    return std::ranges::equal(index.parts, table.primaryKey,
                              [&](const IndexPart& part, const auto& name) {
                                return schema.same(part.column, name) && !part.descending;
                              });
  };
  for (size_t i = 0; i < table.indexes.size(); ++i) {
    Index& index = table.indexes[i];
    if (!index.lost.empty() || index.where || !index.isUsual()) continue;
    if (isKey(index)) index.lost = "the key is the same";
    for (size_t j = 0; j < table.indexes.size() && index.lost.empty(); ++j) {
      const Index& other = table.indexes[j];
      if (i == j || other.where || !other.isUsual() || !other.lost.empty() ||
          !sameParts(schema, index, other))
        continue;
      // Of two that are the same the unique one stays, or else the first.
      if (other.unique == index.unique ? j < i : other.unique)
        index.lost = "the same is said by " + nameOf(other);
    }
  }
}

// A column that takes the present moment by default holds moments, whatever its type says of zones.
void presentMoments(Schema& schema, Table& table) {
  for (Column& column : table.columns) {
    if (column.type.scalar != ir::Scalar::datetime || !column.defaultValue ||
        !isNow(column.defaultValue->expr))
      continue;
    column.type.scalar = ir::Scalar::timestamp;
    schema.lose(column.at, "the local time of column `" + table.name + "." + column.name + "`",
                "its default is the present moment: it is a `timestamp`, an instant");
  }
}

}  // namespace

std::string EntityLayout::take(const std::string& wanted) {
  return freeName(taken, wanted);
}

const Reference* EntityLayout::referenceOf(const Schema& schema, const std::string& column) const {
  for (const Reference& r : references)
    for (const std::string& name : r.columns)
      if (schema.same(name, column)) return &r;
  return nullptr;
}

std::optional<size_t> Layout::find(const Schema& schema, const std::string& table) const {
  for (size_t i = 0; i < entities.size(); ++i)
    if (schema.same(entities[i].table->name, table)) return i;
  return std::nullopt;
}

void settle(Schema& schema) {
  for (Table& table : schema.tables) {
    if (table.primaryKey.empty()) chooseKey(schema, table);
    if (!table.lost.empty()) continue;
    dropRepeated(schema, table);
    presentMoments(schema, table);
  }
}

Layout layOut(Schema& schema) {
  return LayoutMaker(schema).run();
}

}  // namespace cambium::importing
