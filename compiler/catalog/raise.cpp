// Tables to entities. What the language cannot say is found in the end by lowering the model and
// comparing: nothing is lost in silence.
#include "compiler/catalog/raise.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/catalog/lower.h"
#include "compiler/catalog/names.h"
#include "compiler/catalog/raise_column.h"
#include "compiler/catalog/raise_indexes.h"
#include "compiler/catalog/raise_report.h"
#include "compiler/catalog/raise_sets.h"
#include "compiler/catalog/sql.h"

namespace cambium::catalog {

namespace {

ir::Type plain(ir::Scalar scalar) {
  ir::Type type;
  type.scalar = scalar;
  return type;
}

class Raiser {
public:
  Raiser(const Catalog& catalog, const Traits& traits, std::string package)
      : catalog_(catalog), traits_(traits) {
    model_.package = std::move(package);
  }

  Raised run() {
    chooseEntities();
    for (size_t i = 0; i < sources_.size(); ++i) chooseReferences(i);
    for (size_t i = 0; i < sources_.size(); ++i) properties(i);
    for (size_t i = 0; i < sources_.size(); ++i) inverses(i);
    finishStores();
    for (size_t i = 0; i < sources_.size(); ++i) constraints(i);
    for (size_t i = 0; i < sources_.size(); ++i) checks(i);
    Raised out{std::move(model_), {}};
    out.notCarried = reportLosses(catalog_, out.model, traits_, reasons_);
    return out;
  }

private:
  struct Reference {
    const ForeignKey* key;
    size_t target;
    ir::RefAction onDelete, onUpdate;
  };
  struct Source {
    const Table* table;
    std::vector<Reference> references;
    std::set<std::string> referring;              // columns of references
    std::map<std::string, std::string> property;  // column → property
    UniqueNames names;
    std::vector<ir::Property> properties;  // until all are known
    std::vector<std::string> key;
    std::set<std::string> explained;  // checks that a property's type accounts for
  };

  ir::Entity& entity(size_t i) { return entities_[i]; }
  void because(std::string object, std::string reason) {
    reasons_.emplace(std::move(object), std::move(reason));
  }

  // ---------------------------------------------------------------- entities and how tables are
  // named
  void chooseEntities() {
    UniqueNames names;
    std::vector<std::pair<std::string, const Table*>> chosen;
    for (const Table& table : catalog_.tables) {
      if (table.primaryKey.empty()) {
        because("table " + table.name, "it has no primary key, and every entity needs a key");
        continue;
      }
      const bool generatedKey = std::ranges::any_of(table.primaryKey, [&](const std::string& name) {
        const Column* column = table.findColumn(name);
        return !column || !column->generatedSql.empty();
      });
      if (generatedKey) {
        because("table " + table.name, "its key is no ordinary column");
        continue;
      }
      chosen.emplace_back(names.take(pascalCase(identifier(table.name))), &table);
    }
    std::ranges::sort(chosen);
    size_t fits[2] = {0, 0};
    constexpr ir::Naming namings[2] = {ir::Naming::snakeCase, ir::Naming::asWritten};
    for (const auto& [name, table] : chosen) {
      ir::Entity e;
      e.name = name;
      for (size_t n = 0; n < 2; ++n) fits[n] += tableName(e, namings[n]) == table->name;
    }
    model_.naming = fits[1] > fits[0] ? ir::Naming::asWritten : ir::Naming::snakeCase;
    for (const auto& [name, table] : chosen) {
      ir::Entity e;
      e.name = name;
      if (tableName(e, model_.naming) != table->name) e.table = table->name;
      e.doc = table->comment;
      std::vector<std::string> usual = traits_.tableOptions, options = table->options;
      std::ranges::sort(usual);
      std::ranges::sort(options);
      if (options != usual) {
        std::string text;
        for (const std::string& option : options) text += (text.empty() ? "" : ", ") + option;
        e.native[traits_.dialect] = text;
      }
      Source source;
      source.table = table;
      byTable_[table->name] = sources_.size();
      sources_.push_back(std::move(source));
      entities_.push_back(std::move(e));
    }
  }

  // ---------------------------------------------------------------- references
  void chooseReferences(size_t index) {
    Source& source = sources_[index];
    std::vector<const ForeignKey*> keys;
    for (const ForeignKey& key : source.table->foreignKeys) keys.push_back(&key);
    std::ranges::stable_sort(keys, {}, [](const ForeignKey* k) { return k->columns; });
    for (const ForeignKey* key : keys) {
      const std::string reason = tryReference(index, *key);
      // Foreign keys may have no name: then their facts have to tell them apart.
      if (!reason.empty()) because(foreignKeyObject(*source.table, *key), reason);
    }
  }

  // "" = taken, otherwise what stands in the way.
  std::string tryReference(size_t index, const ForeignKey& key) {
    Source& source = sources_[index];
    const Table& table = *source.table;
    const auto found = byTable_.find(key.table);
    if (found == byTable_.end()) return "it refers to a table that is not carried over";
    const size_t target = found->second;
    const Table& other = *sources_[target].table;
    const auto& otherColumns = key.tableColumns.empty() ? other.primaryKey : key.tableColumns;
    if (otherColumns != other.primaryKey) return "it refers to something else than the key";
    if (key.columns.size() != otherColumns.size())
      return "it has another number of columns than the key";
    const auto onDelete = actionOf(key.onDelete), onUpdate = actionOf(key.onUpdate);
    if (!onDelete || !onUpdate) return "its action is unknown";

    size_t required = 0, inKey = 0;
    for (size_t i = 0; i < key.columns.size(); ++i) {
      const Column* column = table.findColumn(key.columns[i]);
      const Column* of = other.findColumn(otherColumns[i]);
      if (!column || !of || !column->generatedSql.empty())
        return "one of its columns is no ordinary column";
      if (source.referring.contains(column->name))
        return "one of its columns belongs to another reference";
      if (key.columns.size() > 1 && column->type != of->type)
        return "its columns have other types than the key";
      if (key.columns.size() > 1 && !column->defaultSql.empty()) return "its columns have defaults";
      if (key.columns.size() > 1 && column->name.find(',') != std::string::npos)
        return "a column's name has a comma";
      inKey += std::ranges::count(table.primaryKey, column->name) > 0;
      required += column->notNull || std::ranges::count(table.primaryKey, column->name) > 0;
    }
    if (required != 0 && required != key.columns.size())
      return "only some of its columns may be null";
    if (inKey != 0 && !contains(table.primaryKey, key.columns))
      return "the key has its columns in another order";
    const bool isRequired = required != 0;
    const auto sets = [&](ir::RefAction what) { return *onDelete == what || *onUpdate == what; };
    if (isRequired && sets(ir::RefAction::setNull)) return "it would set to null what is required";
    if (sets(ir::RefAction::setDefault)) {
      const Column& column = *table.findColumn(key.columns[0]);
      if (key.columns.size() > 1 || !referenceDefault(column, other))
        return "it would set to a default that there is not";
    }
    // Cycles that the language refuses.
    if (inKey != 0 && !keys_.add(index, target)) return "keys would be made of each other";
    const bool counts =
        other.primaryKey.size() == 1 && other.findColumn(other.primaryKey[0])->autoIncrement;
    if (isRequired && (target != index || counts) && !requires_.add(index, target))
      return "no first row could be inserted: the references need each other";
    if (*onDelete == ir::RefAction::cascade && target != index && !cascades_.add(index, target))
      return "deletes would go round in a circle";
    source.references.push_back({&key, target, *onDelete, *onUpdate});
    source.referring.insert(key.columns.begin(), key.columns.end());
    return "";
  }

  // The check that lowering would make for this column; "" = there is none.
  static std::string_view ownCheck(const Table& table, const Column& column, const Traits& traits) {
    const std::string name =
        derivedName("ck", {table.name, column.name}, traits.maxIdentifierBytes);
    const auto found = std::ranges::find(table.checks, name, &Check::name);
    return found == table.checks.end() ? std::string_view() : found->sql;
  }

  // The default of a column that refers to the single key of `target`: a value of that key's type.
  std::optional<ir::Expr> referenceDefault(const Column& column, const Table& target) const {
    Column key = *target.findColumn(target.primaryKey[0]);
    const std::string_view check = ownCheck(target, key, traits_);
    key.defaultSql = column.defaultSql;
    auto value = raiseColumn(key, check, true, traits_).meaning.defaultValue;
    return value && value->kind == ir::ExprKind::literal ? value : std::nullopt;
  }

  // True if `part` stands in `all` without gaps, in its order.
  static bool contains(const std::vector<std::string>& all, const std::vector<std::string>& part) {
    return !part.empty() &&
           std::search(all.begin(), all.end(), part.begin(), part.end()) != all.end();
  }

  // ---------------------------------------------------------------- properties
  void properties(size_t index) {
    Source& source = sources_[index];
    const Table& table = *source.table;
    // Columns with a value come first: a reference can do with another name.
    for (const Column& column : table.columns)
      if (!source.referring.contains(column.name))
        source.property[column.name] =
            source.names.take(identifier(snakeCase(identifier(column.name))));
    std::set<const ForeignKey*> done;
    for (const Column& column : table.columns) {
      const auto reference = std::ranges::find_if(source.references, [&](const Reference& r) {
        return std::ranges::count(r.key->columns, column.name) > 0;
      });
      if (reference == source.references.end())
        value(index, column);
      else if (done.insert(reference->key).second)
        this->reference(index, *reference);
    }
    for (const std::string& column : table.primaryKey) {
      const std::string& property = source.property[column];
      if (source.key.empty() || source.key.back() != property) source.key.push_back(property);
    }
  }

  bool isKey(const Table& table, const std::string& column) const {
    return std::ranges::count(table.primaryKey, column) > 0;
  }

  void value(size_t index, const Column& column) {
    Source& source = sources_[index];
    const Table& table = *source.table;
    const bool inKey = isKey(table, column.name);
    RaisedColumn raised = raiseColumn(column, ownCheck(table, column, traits_), inKey, traits_);
    ColumnMeaning& meaning = raised.meaning;
    if (raised.explainsCheck)
      source.explained.insert(
          derivedName("ck", {table.name, column.name}, traits_.maxIdentifierBytes));
    ir::Property p;
    p.name = source.property[column.name];
    p.doc = column.comment;
    p.type = meaning.type;
    p.type.optional = !inKey && !column.notNull;
    if (p.name != column.name) p.column = column.name;
    const bool whole = p.type.scalar == ir::Scalar::int16 || p.type.scalar == ir::Scalar::int32 ||
                       p.type.scalar == ir::Scalar::int64;
    p.autoincrement = column.autoIncrement && inKey && table.primaryKey.size() == 1 && whole;
    p.defaultValue = std::move(meaning.defaultValue);
    if (inKey && !column.notNull) meaning.native = column.type + " NULL";
    if (!meaning.native.empty()) p.native[traits_.dialect] = meaning.native;
    if (p.type.scalar == ir::Scalar::enumeration) enumOf(index, p, meaning.members);
    if (!column.defaultSql.empty() && !p.defaultValue && !p.autoincrement)
      p.defaultValue = nativeExpr(column.defaultSql, p.type, traits_);
    if (!column.generatedSql.empty()) {
      p.computed = nativeExpr(column.generatedSql, p.type, traits_);
      p.stored = column.stored;
    }
    source.properties.push_back(std::move(p));
  }

  void enumOf(size_t index, ir::Property& p, const std::vector<std::string>& members) {
    ir::Enum e;
    e.name = enumNames_.take(entity(index).name + pascalCase(p.name));
    for (const std::string& member : members) e.values.push_back({member, "", "", {}});
    enums_.emplace_back(std::move(e), index, p.name);
  }

  void reference(size_t index, const Reference& r) {
    Source& source = sources_[index];
    const Table& table = *source.table;
    const Table& target = *sources_[r.target].table;
    const std::string& first = r.key->columns[0];
    ir::Property p;
    p.kind = ir::PropertyKind::reference;
    p.name = source.names.take(referenceName(source, r));
    for (const std::string& column : r.key->columns) source.property[column] = p.name;
    const Column& column = *table.findColumn(first);
    p.target = ir::EntityId(static_cast<uint32_t>(r.target));
    p.type.optional = !column.notNull && !isKey(table, first);
    p.onDelete = r.onDelete;
    p.onUpdate = r.onUpdate;
    if (r.key->deferrable)
      p.deferral = r.key->deferred ? ir::Deferral::deferred : ir::Deferral::immediate;
    p.doc = column.comment;
    std::vector<std::string> derived;
    std::string given;
    for (size_t i = 0; i < r.key->columns.size(); ++i) {
      derived.push_back(derivedName(p.name, {target.primaryKey[i]}, traits_.maxIdentifierBytes));
      given += (given.empty() ? "" : ", ") + r.key->columns[i];
    }
    if (derived != r.key->columns) p.column = given;
    if (!r.key->name.empty() && r.key->name != usualName("fk", table, r.key->columns, traits_))
      p.foreignKey = r.key->name;
    if (r.key->columns.size() == 1) {
      const Column& key = *target.findColumn(target.primaryKey[0]);
      const std::string null = isKey(table, first) && !column.notNull ? " NULL" : "";
      if (column.type != key.type || !null.empty()) p.native[traits_.dialect] = column.type + null;
      if (!column.defaultSql.empty()) {
        p.defaultValue = referenceDefault(column, target);
        if (!p.defaultValue) p.defaultValue = nativeExpr(column.defaultSql, {}, traits_);
      }
    }
    source.properties.push_back(std::move(p));
  }

  std::string referenceName(const Source& source, const Reference& r) const {
    if (r.key->columns.size() > 1) return snakeCase(entities_[r.target].name);
    const std::string whole = identifier(snakeCase(identifier(r.key->columns[0])));
    std::string name = whole;
    if (name.ends_with("_id") && name.size() > 3) name.resize(name.size() - 3);
    return source.names.has(name) ? whole : name;
  }

  // The other side of each reference, under a name that is free there.
  void inverses(size_t index) {
    for (const ir::Property& reference : std::vector<ir::Property>(sources_[index].properties)) {
      if (reference.kind != ir::PropertyKind::reference) continue;
      Source& target = sources_[reference.target.index()];
      const std::string single = snakeCase(entity(index).name);
      const std::string plural = single.ends_with('s') ? single : pluralOf(single);
      ir::Property p;
      p.kind = ir::PropertyKind::many;
      p.name =
          target.names.take(target.names.has(plural) ? plural + "_by_" + reference.name : plural);
      p.target = ir::EntityId(static_cast<uint32_t>(index));
      p.inverse = reference.name;
      p.indexed = false;
      target.properties.push_back(std::move(p));
    }
  }

  // Ids are positions in the stores: entities and enums by name, properties entity by entity.
  void finishStores() {
    std::ranges::sort(enums_, {}, [](const auto& e) { return std::get<0>(e).name; });
    std::map<std::pair<size_t, std::string>, ir::EnumId> enumOf;
    for (auto& [e, index, property] : enums_)
      enumOf[{index, property}] = model_.enums.add(std::move(e));
    for (size_t i = 0; i < sources_.size(); ++i) {
      ir::Entity& e = entity(i);
      const ir::EntityId id(static_cast<uint32_t>(i));
      for (ir::Property& p : sources_[i].properties) {
        p.entity = id;
        if (const auto found = enumOf.find({i, p.name}); found != enumOf.end()) {
          p.type.enumeration = found->second;
          if (p.defaultValue) p.defaultValue->type.enumeration = found->second;
        }
        const std::string name = p.name;
        const ir::PropertyId property = model_.properties.add(std::move(p));
        e.properties.push_back(property);
      }
      for (const std::string& name : sources_[i].key)
        for (const ir::PropertyId property : e.properties)
          if (model_[property].name == name) e.key.properties.push_back(property);
      model_.entities.add(std::move(e));
    }
  }

  // ---------------------------------------------------------------- uniques and indexes
  // The property as an operand: a reference has the type of the key that it holds.
  ir::Expr propertyExpr(size_t index, const std::string& name) const {
    ir::Expr e;
    e.kind = ir::ExprKind::property;
    e.path = {name};
    const auto id = model_.findProperty(ir::EntityId(static_cast<uint32_t>(index)), name);
    if (!id) return e;
    const ir::Property* at = &model_[*id];
    while (at->kind == ir::PropertyKind::reference)
      at = &model_[model_[at->target].key.properties[0]];
    e.type = at->type;
    e.type.optional = model_[*id].type.optional;
    return e;
  }

  // The name that, in the model, gives an index just its name in the database; "" = there is none.
  std::string shortName(size_t index, const Table& table, const Index& i) {
    const std::string prefix =
        derivedName(i.unique ? "uq" : "ix", {table.name, ""}, traits_.maxIdentifierBytes);
    if (!i.name.starts_with(prefix)) return "";
    const std::string name = i.name.substr(prefix.size());
    if (name != identifier(name) || sources_[index].names.has(name)) return "";
    return sources_[index].names.take(name);
  }

  void constraints(size_t index) {
    Source& source = sources_[index];
    const Table& table = *source.table;
    ir::Entity& e = model_.entities[ir::EntityId(static_cast<uint32_t>(index))];
    for (const Index& i : table.indexes) {
      auto parts = partsOf(index, i);
      auto included = includedOf(index, i);
      std::optional<ir::Expr> where;
      if (!i.whereSql.empty()) where = condition(index, i.whereSql);
      if (!parts || !included) {
        because("index " + table.name + (i.name.empty() ? "" : "." + i.name),
                "its parts are no properties");
        continue;
      }
      const bool named =
          parts->size() == 1 && !where && parts->front().expr.kind == ir::ExprKind::property;
      ir::Property* single = named ? findProperty(e, (*parts)[0].expr.path[0]) : nullptr;
      const bool plain = single && !(*parts)[0].descending && i.isUsual() && included->empty();
      const std::string usual = usualName(table, i, traits_);
      if (i.unique) {
        const bool derived = i.name == usual || i.name.empty();
        if (plain && derived && !i.constraint && !single->unique) {
          single->unique = true;
          continue;
        }
        ir::Unique unique;
        unique.constraint = i.constraint;
        if (!derived) nameIt(unique, index, table, i);
        unique.parts = std::move(*parts);
        unique.include = std::move(*included);
        unique.where = std::move(where);
        e.uniques.push_back(std::move(unique));
        continue;
      }
      // The index that a reference has of itself.
      if (plain && single->kind == ir::PropertyKind::reference && i.name == usual &&
          !isCovered(table, i))
        continue;
      ir::Index made;
      if (i.name != usual) nameIt(made, index, table, i);
      made.parts = std::move(*parts);
      made.include = std::move(*included);
      if (!i.method.empty()) made.method[traits_.dialect] = i.method;
      made.where = std::move(where);
      e.indexes.push_back(std::move(made));
    }
    for (const Reference& r : source.references)
      if (ir::Property* p = findProperty(e, source.property.at(r.key->columns[0])))
        p->indexed = isIndexed(table, r.key->columns, traits_);
  }

  // Its own name, unless another table has an index of that name (in some databases it may).
  template <class Made>
  void nameIt(Made& made, size_t index, const Table& table, const Index& i) {
    made.name = shortName(index, table, i);
    if (!made.name.empty()) return;
    if (indexNames_.has(i.name) || byTable_.contains(i.name))
      because("index " + table.name + "." + i.name,
              "another table has an index of that name, or has the name itself");
    else
      made.databaseName = indexNames_.take(i.name);
  }

  ir::Property* findProperty(const ir::Entity& e, const std::string& name) {
    for (const ir::PropertyId id : e.properties)
      if (model_[id].name == name) return &model_.properties[id];
    return nullptr;
  }

  // The columns of a reference count only together.
  std::optional<std::vector<ir::IndexPart>> partsOf(size_t index, const Index& i) const {
    const auto nativeOf = [&](const IndexPart& part) {
      std::map<std::string, std::string> out;
      if (!part.native.empty()) out[traits_.dialect] = part.native;
      return out;
    };
    const Source& source = sources_[index];
    std::vector<ir::IndexPart> out;
    for (size_t at = 0; at < i.parts.size();) {
      if (i.parts[at].column.empty()) {
        // The beginning of a column (`"c"(10)`) is no expression.
        const auto begins = [&](const Column& column) {
          return i.parts[at].sql.starts_with(traits_.quote(column.name) + "(");
        };
        if (std::ranges::any_of(source.table->columns, begins)) return std::nullopt;
        out.push_back({nativeExpr(i.parts[at].sql, plain(ir::Scalar::text), traits_),
                       i.parts[at].descending, nativeOf(i.parts[at])});
        ++at;
        continue;
      }
      const auto property = source.property.find(i.parts[at].column);
      if (property == source.property.end()) return std::nullopt;
      std::vector<std::string> columns{i.parts[at].column};
      for (const Reference& r : source.references)
        if (std::ranges::count(r.key->columns, columns[0]) > 0) columns = r.key->columns;
      const IndexPart& first = i.parts[at];
      for (const std::string& column : columns) {
        if (at >= i.parts.size() || i.parts[at].column != column ||
            i.parts[at].descending != first.descending || i.parts[at].native != first.native)
          return std::nullopt;
        ++at;
      }
      ir::IndexPart part{propertyExpr(index, property->second), first.descending, nativeOf(first)};
      const bool unordered = part.expr.type.list || part.expr.type.scalar == ir::Scalar::json;
      if (unordered && i.method.empty()) return std::nullopt;
      const auto same = [&](const ir::IndexPart& p) { return p.expr == part.expr; };
      if (std::ranges::any_of(out, same)) return std::nullopt;
      out.push_back(std::move(part));
    }
    return out;
  }

  // What an index has beside its parts; nullopt where that is only some of a reference's columns.
  std::optional<std::vector<ir::Expr>> includedOf(size_t index, const Index& i) const {
    const Source& source = sources_[index];
    std::vector<ir::Expr> out;
    for (size_t at = 0; at < i.include.size();) {
      const auto property = source.property.find(i.include[at]);
      if (property == source.property.end()) return std::nullopt;
      std::vector<std::string> columns{i.include[at]};
      for (const Reference& r : source.references)
        if (std::ranges::count(r.key->columns, columns[0]) > 0) columns = r.key->columns;
      for (const std::string& column : columns)
        if (at >= i.include.size() || i.include[at++] != column) return std::nullopt;
      ir::Expr e = propertyExpr(index, property->second);
      const bool twice =
          std::ranges::find(out, e) != out.end() ||
          std::ranges::find(i.parts, columns[0], &IndexPart::column) != i.parts.end();
      if (twice) return std::nullopt;
      out.push_back(std::move(e));
    }
    return out;
  }

  // `"x" IS NOT NULL` and `"x" IS NULL` are the conditions that most partial indexes have.
  ir::Expr condition(size_t index, const std::string& sql) const {
    for (const auto& [column, property] : sources_[index].property) {
      for (const bool negated : {true, false}) {
        if (sql != traits_.quote(column) + (negated ? " IS NOT NULL" : " IS NULL")) continue;
        ir::Expr e;
        e.kind = ir::ExprKind::isNull;
        e.negated = negated;
        e.type.scalar = ir::Scalar::boolean;
        e.args.push_back(propertyExpr(index, property));
        return e;
      }
    }
    return nativeExpr(sql, plain(ir::Scalar::boolean), traits_);
  }

  void checks(size_t index) {
    Source& source = sources_[index];
    const Table& table = *source.table;
    ir::Entity& e = model_.entities[ir::EntityId(static_cast<uint32_t>(index))];
    const std::string prefix = derivedName("ck", {table.name, ""}, traits_.maxIdentifierBytes);
    for (const Check& check : table.checks) {
      if (source.explained.contains(check.name)) continue;
      ir::Check made;
      made.condition = nativeExpr(check.sql, plain(ir::Scalar::boolean), traits_);
      const std::string rest =
          check.name.starts_with(prefix) ? check.name.substr(prefix.size()) : std::string();
      if (!rest.empty() && rest == identifier(rest) && !source.names.has(rest))
        made.name = source.names.take(rest);
      else
        made.databaseName = check.name;
      e.checks.push_back(std::move(made));
    }
  }

  const Catalog& catalog_;
  const Traits& traits_;
  ir::Model model_;
  std::vector<Source> sources_;       // by the entity's name
  std::vector<ir::Entity> entities_;  // the same order; moved into the model in the end
  std::map<std::string, size_t, std::less<>> byTable_;
  std::vector<std::tuple<ir::Enum, size_t, std::string>>
      enums_;  // the enum of a property of an entity
  UniqueNames enumNames_, indexNames_;
  Acyclic keys_, requires_, cascades_;
  Reasons reasons_;
};

}  // namespace

Raised raise(const Catalog& catalog, const Traits& traits, std::string package) {
  return Raiser(catalog, traits, std::move(package)).run();
}

}  // namespace cambium::catalog
