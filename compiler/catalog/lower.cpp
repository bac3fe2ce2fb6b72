#include "compiler/catalog/lower.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "compiler/catalog/sql.h"

namespace cambium::catalog {

namespace {

using ir::EntityId;
using ir::PropertyId;
using ir::PropertyKind;

const char* actionSql(ir::RefAction action) {
  switch (action) {
    case ir::RefAction::restrict: return "RESTRICT";
    case ir::RefAction::cascade: return "CASCADE";
    case ir::RefAction::setNull: return "SET NULL";
    case ir::RefAction::setDefault: return "SET DEFAULT";
    case ir::RefAction::noAction: return "NO ACTION";
  }
  return "NO ACTION";
}

bool isDeployed(const ir::Entity& entity) {
  return entity.lifecycle == ir::Lifecycle::active || entity.lifecycle == ir::Lifecycle::deprecated;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

std::string folded(std::string name) {
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

bool startsWith(const std::vector<IndexPart>& longer, const std::vector<IndexPart>& prefix) {
  return longer.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), longer.begin());
}

class Lowering {
public:
  Lowering(const ir::Model& model, const Traits& traits, DiagnosticSink& sink)
      : model_(model), traits_(traits), sink_(sink) {}

  Lowered run() {
    out_.tables.resize(model_.entities.size());
    out_.columns.resize(model_.properties.size());
    for (uint32_t i = 0; i < model_.entities.size(); ++i) {
      const EntityId id(i);
      if (isDeployed(model_[id])) out_.tables[i] = tableName(model_[id], model_.naming);
    }
    for (uint32_t i = 0; i < model_.entities.size(); ++i)
      for (const PropertyId property : model_[EntityId(i)].properties) nameColumns(property, 0);
    std::vector<Table> tables;
    for (uint32_t i = 0; i < model_.entities.size(); ++i)
      if (!out_.tables[i].empty()) tables.push_back(table(EntityId(i)));
    std::sort(tables.begin(), tables.end(), [](const Table& a, const Table& b) { return a.name < b.name; });
    out_.catalog.tables = std::move(tables);
    return std::move(out_);
  }

private:
  // ---------------------------------------------------------------- names
  // The columns of a property; those of a reference are the key's of its target, so they are named first. A cycle of keys (an error that analysis
  // has reported) ends at `depth`.
  const std::vector<std::string>& nameColumns(PropertyId id, unsigned depth) {
    std::vector<std::string>& columns = out_.columns[id.index()];
    const ir::Property& property = model_[id];
    if (!columns.empty() || depth > kDeepestKey || property.kind == PropertyKind::many) return columns;
    if (property.kind == PropertyKind::value) {
      columns.push_back(property.column.empty() ? property.name : property.column);
      return columns;
    }
    if (!property.target) return columns;
    std::vector<std::string> keys;
    for (const PropertyId key : model_[property.target].key.properties)
      for (const std::string& column : nameColumns(key, depth + 1)) keys.push_back(column);
    std::vector<std::string> mine;
    if (keys.size() == 1 && !property.column.empty()) {
      mine.push_back(property.column);
    } else {
      const std::string& stem = property.column.empty() ? property.name : property.column;
      for (const std::string& key : keys) mine.push_back(derivedName(stem, {key}, traits_.maxIdentifierBytes));
    }
    return out_.columns[id.index()] = std::move(mine);
  }

  // An explicit name is never cut: whoever wrote it wants just that name.
  void checkLength(const std::string& name, Span span) {
    if (traits_.maxIdentifierBytes && name.size() > traits_.maxIdentifierBytes)
      sink_.add(report<Code::DDL004>(span, name, name.size(), traits_.displayName, traits_.maxIdentifierBytes)
                    .help("give it a shorter name with `@table`, `@column` or `@name`"));
  }

  // Tables and indexes share one namespace in most databases; all compare without case somewhere.
  void claim(const std::string& name, std::string what, Span span) {
    const auto [at, isNew] = taken_.try_emplace(folded(name), Owner{what, span});
    if (isNew) return;
    Diagnostic d = report<Code::DDL003>(span, what, name, at->second.what);
    if (at->second.span) d.label(at->second.span, "the other one");
    d.help("give one of them another name with `@table` or `@name`");
    sink_.add(std::move(d));
  }

  // ---------------------------------------------------------------- tables
  Table table(EntityId id) {
    const ir::Entity& entity = model_[id];
    Table t;
    t.name = out_.tables[id.index()];
    checkLength(t.name, entity.span);
    claim(t.name, fmt::format("the table of `{}`", entity.name), entity.span);
    const auto native = entity.native.find(traits_.dialect);
    if (native == entity.native.end()) {
      t.options = traits_.tableOptions;
    } else if (!native->second.empty()) {
      for (size_t at = 0; at <= native->second.size();) {
        const size_t comma = std::min(native->second.find(", ", at), native->second.size());
        t.options.push_back(native->second.substr(at, comma - at));
        at = comma + 2;
      }
    }
    std::sort(t.options.begin(), t.options.end());
    if (traits_.comments) t.comment = entity.doc;

    for (const PropertyId key : entity.key.properties)
      for (const std::string& column : out_.columns[key.index()]) t.primaryKey.push_back(column);
    for (const PropertyId property : entity.properties) addProperty(t, id, property);
    for (Column& column : t.columns)
      if (std::find(t.primaryKey.begin(), t.primaryKey.end(), column.name) != t.primaryKey.end()) column.notNull = true;
    checkColumnNames(t, entity);
    addChecks(t, id);
    addIndexes(t, id);
    return t;
  }

  void checkColumnNames(const Table& t, const ir::Entity& entity) {
    std::unordered_map<std::string, const std::string*> seen;
    for (const Column& column : t.columns)
      if (!seen.try_emplace(folded(column.name), &column.name).second)
        sink_.add(report<Code::DDL003>(entity.span, fmt::format("a column of `{}`", entity.name), column.name,
                                       "another column of the same table")
                      .help("give one of them another name with `@column`"));
  }

  void addProperty(Table& t, EntityId entity, PropertyId id) {
    const ir::Property& property = model_[id];
    if (property.kind == PropertyKind::many) return;
    if (property.kind == PropertyKind::reference) return addReference(t, entity, id);
    Column column = valueColumn(id);
    if (property.computed) {
      column.generatedSql = sql(*property.computed, entity, property.span);
      column.stored = property.stored;
      column.notNull = false;
    }
    column.autoIncrement = property.autoincrement;
    if (property.defaultValue) column.defaultSql = sql(*property.defaultValue, entity, property.span);
    if (traits_.comments) column.comment = property.doc;
    checkLength(column.name, property.span);
    if (!property.computed) addPropertyCheck(t, entity, property, column.name);
    t.columns.push_back(std::move(column));
  }

  // Name, type and nullability of a property's own column.
  Column valueColumn(PropertyId id) {
    const ir::Property& property = model_[id];
    Column column;
    column.name = out_.columns[id.index()].front();
    const auto native = property.native.find(traits_.dialect);
    column.type = native != property.native.end() ? native->second : traits_.mapType(property.type, model_).sqlType;
    column.notNull = !property.type.optional;
    return column;
  }

  void addReference(Table& t, EntityId entity, PropertyId id) {
    const ir::Property& property = model_[id];
    const std::vector<std::string>& columns = out_.columns[id.index()];
    if (!property.target || columns.empty()) return;
    ForeignKey key;
    std::vector<Column> targets;
    collectKeyColumns(property.target, targets, 0);
    for (size_t i = 0; i < columns.size() && i < targets.size(); ++i) {
      Column column;
      column.name = columns[i];
      const auto native = property.native.find(traits_.dialect);
      column.type = native != property.native.end() ? native->second : targets[i].type;
      column.notNull = !property.type.optional;
      if (property.defaultValue && columns.size() == 1) column.defaultSql = sql(*property.defaultValue, entity, property.span);
      if (traits_.comments) column.comment = property.doc;
      checkLength(column.name, property.span);
      t.columns.push_back(std::move(column));
      key.tableColumns.push_back(targets[i].name);
    }
    key.columns = columns;
    key.table = out_.tables[property.target.index()];
    if (key.table.empty()) return;  // the target is not in the database
    key.onDelete = actionSql(property.onDelete);
    key.onUpdate = actionSql(property.onUpdate);
    if (traits_.namedForeignKeys) {
      std::vector<std::string> parts{t.name};
      parts.insert(parts.end(), columns.begin(), columns.end());
      key.name = derivedName("fk", parts, traits_.maxIdentifierBytes);
    }
    t.foreignKeys.push_back(std::move(key));
  }

  void collectKeyColumns(EntityId entity, std::vector<Column>& out, unsigned depth) {
    if (depth > kDeepestKey) return;
    for (const PropertyId key : model_[entity].key.properties) {
      if (model_[key].kind == PropertyKind::reference) {
        std::vector<Column> inner;
        collectKeyColumns(model_[key].target, inner, depth + 1);
        const auto& names = out_.columns[key.index()];
        for (size_t i = 0; i < inner.size() && i < names.size(); ++i) {
          inner[i].name = names[i];
          out.push_back(inner[i]);
        }
      } else if (!out_.columns[key.index()].empty()) {
        out.push_back(valueColumn(key));
      }
    }
  }

  // ---------------------------------------------------------------- checks
  // One check for each property: what its type promises and the engine does not, and its refinements.
  void addPropertyCheck(Table& t, EntityId entity, const ir::Property& property, const std::string& columnName) {
    std::vector<std::string> conditions;
    const std::string column = traits_.quote(columnName);
    const bool isNative = property.native.count(traits_.dialect) > 0;
    if (!isNative) {
      const TypeMapping mapping = traits_.mapType(property.type, model_);
      if (!mapping.check.empty()) conditions.push_back(replaced(mapping.check, "{0}", column));
      if (!mapping.loss.empty())
        sink_.add(report<Code::DDL001>(property.span, traits_.displayName, property.name,
                                       ir::toString(property.type, model_), mapping.loss));
    }
    std::vector<const ir::Expr*> refinements;
    for (ir::AliasId alias = property.type.alias; alias; alias = model_[alias].type.alias)
      if (model_[alias].where) refinements.push_back(&*model_[alias].where);
    if (property.where) refinements.push_back(&*property.where);
    for (const ir::Expr* refinement : refinements) {
      const auto lacking = unsupportedFunctions(*refinement, traits_);
      if (!lacking.empty()) {
        sink_.add(report<Code::DDL005>(property.span, traits_.displayName, property.name, ir::info(lacking.front()).name)
                      .help("applications have to see to it; `@allow(DDL005, \"why\")` silences this"));
        continue;
      }
      SqlContext context = entityContext(model_, out_, entity, traits_, "");
      context.value = column;
      std::string text = toSql(*refinement, context);
      conditions.push_back(refinement->op == ir::Op::orOp ? "(" + text + ")" : text);
    }
    if (conditions.empty()) return;
    std::string all;
    for (const std::string& condition : conditions) all += (all.empty() ? "" : " AND ") + condition;
    t.checks.push_back({derivedName("ck", {t.name, columnName}, traits_.maxIdentifierBytes), std::move(all)});
  }

  void addChecks(Table& t, EntityId id) {
    unsigned unnamed = 0;
    for (const ir::Check& check : model_[id].checks) {
      std::string name = check.databaseName;
      if (name.empty())
        name = derivedName("ck", {t.name, check.name.empty() ? std::to_string(++unnamed) : check.name},
                           traits_.maxIdentifierBytes);
      else checkLength(name, check.span);
      t.checks.push_back({std::move(name), sql(check.condition, id, check.span)});
    }
  }

  // ---------------------------------------------------------------- indexes
  void addIndexes(Table& t, EntityId id) {
    const ir::Entity& entity = model_[id];
    for (const ir::Unique& unique : entity.uniques)
      addIndex(t, id, "uq", unique.name, unique.databaseName, unique.parts, unique.where, true, unique.span);
    for (const PropertyId property : entity.properties)
      if (model_[property].unique) addPropertyIndex(t, property, "uq", true);
    for (const ir::Index& index : entity.indexes)
      addIndex(t, id, "ix", index.name, index.databaseName, index.parts, index.where, false, index.span);
    for (const PropertyId property : entity.properties) {
      const ir::Property& p = model_[property];
      if (p.kind == PropertyKind::reference && p.indexed && !p.unique) addPropertyIndex(t, property, "ix", false);
    }
  }

  void addIndex(Table& t, EntityId id, const char* prefix, const std::string& name, const std::string& databaseName,
                const std::vector<ir::IndexPart>& parts, const std::optional<ir::Expr>& where, bool unique, Span span) {
    Index index;
    index.unique = unique;
    std::vector<std::string> named{t.name};
    for (const ir::IndexPart& part : parts) {
      const std::optional<PropertyId> property =
          part.expr.kind == ir::ExprKind::property ? model_.findProperty(id, part.expr.path.front()) : std::nullopt;
      if (property) {
        for (const std::string& column : out_.columns[property->index()]) {
          index.parts.push_back({column, "", part.descending});
          named.push_back(column);
        }
      } else {
        index.parts.push_back({"", sql(part.expr, id, span), part.descending});
        named.push_back("expression");
      }
    }
    if (where) index.whereSql = sql(*where, id, span);
    if (!name.empty()) named = {t.name, name};
    index.name = databaseName.empty() ? derivedName(prefix, named, traits_.maxIdentifierBytes) : databaseName;
    if (!databaseName.empty()) checkLength(databaseName, span);
    claim(index.name, fmt::format("an index of `{}`", model_[id].name), span);
    t.indexes.push_back(std::move(index));
  }

  // The index of a reference or a @unique property, unless the key or another index begins with the same columns.
  void addPropertyIndex(Table& t, PropertyId property, const char* prefix, bool unique) {
    Index index;
    index.unique = unique;
    std::vector<std::string> named{t.name};
    for (const std::string& column : out_.columns[property.index()]) {
      index.parts.push_back({column, "", false});
      named.push_back(column);
    }
    if (index.parts.empty()) return;
    if (!unique) {
      bool covered = t.primaryKey.size() >= index.parts.size();
      for (size_t i = 0; covered && i < index.parts.size(); ++i) covered = t.primaryKey[i] == index.parts[i].column;
      for (const Index& other : t.indexes)
        covered = covered || (other.whereSql.empty() && startsWith(other.parts, index.parts));
      if (covered) return;
    }
    index.name = derivedName(prefix, named, traits_.maxIdentifierBytes);
    claim(index.name, fmt::format("the index of `{}.{}`", model_[model_[property].entity].name, model_[property].name),
          model_[property].span);
    t.indexes.push_back(std::move(index));
  }

  // ---------------------------------------------------------------- expressions
  std::string sql(const ir::Expr& expression, EntityId entity, Span span) {
    for (const ir::Function function : unsupportedFunctions(expression, traits_))
      sink_.add(report<Code::DDL002>(expression.span ? expression.span : span, traits_.displayName,
                                     ir::info(function).name));
    return toSql(expression, entityContext(model_, out_, entity, traits_, ""));
  }

  // A key made of references to entities whose keys are references …: deeper than any sensible model.
  static constexpr unsigned kDeepestKey = 32;

  struct Owner {
    std::string what;
    Span span;
  };

  const ir::Model& model_;
  const Traits& traits_;
  DiagnosticSink& sink_;
  Lowered out_;
  std::unordered_map<std::string, Owner> taken_;
};

}  // namespace

Lowered lower(const ir::Model& model, const Traits& traits, DiagnosticSink& sink) {
  return Lowering(model, traits, sink).run();
}

SqlContext entityContext(const ir::Model& model, const Lowered& lowered, ir::EntityId entity, const Traits& traits,
                         std::string prefix, std::function<std::string(const std::string&)> rename) {
  const auto column = [&model, &lowered, entity, &traits, prefix = std::move(prefix),
                       rename = std::move(rename)](const std::vector<std::string>& path) -> std::string {
    const auto property = model.findProperty(entity, path.front());
    if (!property || lowered.columnsOf(*property).empty()) return "NULL";
    const std::string& name = lowered.columnsOf(*property).front();
    return prefix + traits.quote(rename ? rename(name) : name);
  };
  return SqlContext{model, traits, column, ""};
}

}  // namespace cambium::catalog
