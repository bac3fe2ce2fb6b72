#include "compiler/ir/model.h"

#include <algorithm>
#include <ranges>

namespace cambium::ir {
namespace {

template <class T>
std::optional<Id<T>> findByName(const Store<T>& store, std::string_view name) {
  const auto found = std::ranges::lower_bound(store, name, std::ranges::less{},
                                              [](const T& t) { return std::string_view(t.name); });
  if (found == store.end() || found->name != name) return std::nullopt;
  return Id<T>(static_cast<uint32_t>(found - store.begin()));
}

// Compares two models by content; ids count as the names they stand for.
class Comparison {
public:
  Comparison(const Model& a, const Model& b) : a_(a), b_(b) {}

  bool models() const {
    return a_.package == b_.package && a_.version == b_.version && a_.naming == b_.naming &&
           a_.doc == b_.doc && each(a_.enums, b_.enums, &Comparison::enums) &&
           each(a_.aliases, b_.aliases, &Comparison::aliases) &&
           each(a_.entities, b_.entities, &Comparison::entities) &&
           each(a_.tagGroups, b_.tagGroups, &Comparison::tagGroups) &&
           each(a_.views, b_.views, &Comparison::views) &&
           each(a_.templates, b_.templates, &Comparison::templates) &&
           each(a_.roles, b_.roles, &Comparison::roles) &&
           each(a_.grants, b_.grants, &Comparison::grants) &&
           each(a_.policies, b_.policies, &Comparison::policies) &&
           each(a_.schemas, b_.schemas, &Comparison::schemas) &&
           each(a_.namespaces, b_.namespaces, &Comparison::namespaces) && migrations();
  }

private:
  template <class Range, class T>
  bool each(const Range& x, const Range& y,
            bool (Comparison::*same)(const T&, const T&) const) const {
    return std::ranges::equal(x, y, [&](const T& p, const T& q) { return (this->*same)(p, q); });
  }

  template <class T>
  static std::string_view nameOf(const Store<T>& store, Id<T> id) {
    return id && id.index() < store.size() ? std::string_view(store[id].name) : std::string_view();
  }

  bool types(const Type& x, const Type& y) const {
    return x.scalar == y.scalar && x.optional == y.optional && x.list == y.list &&
           x.length == y.length && x.precision == y.precision && x.scale == y.scale &&
           nameOf(a_.enums, x.enumeration) == nameOf(b_.enums, y.enumeration) &&
           nameOf(a_.aliases, x.alias) == nameOf(b_.aliases, y.alias);
  }

  bool exprs(const Expr& x, const Expr& y) const {
    return x.kind == y.kind && x.op == y.op && x.function == y.function &&
           x.aggregate == y.aggregate && x.negated == y.negated && x.hasElse == y.hasElse &&
           x.text == y.text && x.path == y.path && types(x.type, y.type) &&
           each(x.args, y.args, &Comparison::exprs);
  }

  bool optionalExprs(const Boxed<Expr>& x, const Boxed<Expr>& y) const {
    return x.has_value() == y.has_value() && (!x || exprs(*x, *y));
  }

  bool enumValues(const EnumValue& x, const EnumValue& y) const {
    return x.name == y.name && x.title == y.title && x.doc == y.doc;
  }

  bool enums(const Enum& x, const Enum& y) const {
    return x.name == y.name && x.doc == y.doc && each(x.values, y.values, &Comparison::enumValues);
  }

  bool aliases(const Alias& x, const Alias& y) const {
    return x.name == y.name && x.doc == y.doc && types(x.type, y.type) &&
           optionalExprs(x.where, y.where);
  }

  bool properties(const PropertyId& i, const PropertyId& j) const {
    const Property& x = a_[i];
    const Property& y = b_[j];
    // A reference has no type of its own: only whether it is optional counts.
    const bool sameType =
        x.kind == PropertyKind::value ? types(x.type, y.type) : x.type.optional == y.type.optional;
    return x.name == y.name && x.doc == y.doc && x.kind == y.kind && sameType &&
           nameOf(a_.entities, x.target) == nameOf(b_.entities, y.target) &&
           x.inverse == y.inverse && x.onDelete == y.onDelete && x.onUpdate == y.onUpdate &&
           x.deferral == y.deferral && x.foreignKey == y.foreignKey && x.unique == y.unique &&
           x.indexed == y.indexed && x.draft == y.draft && x.autoincrement == y.autoincrement &&
           optionalExprs(x.defaultValue, y.defaultValue) && optionalExprs(x.computed, y.computed) &&
           x.stored == y.stored && optionalExprs(x.where, y.where) && x.column == y.column &&
           x.native == y.native && x.group == y.group && x.sensitive == y.sensitive &&
           x.deprecated == y.deprecated && x.deprecation == y.deprecation &&
           x.removeAfter == y.removeAfter && x.label == y.label && x.origin == y.origin &&
           x.exposed == y.exposed && sameThrough(x, y);
  }

  bool sameThrough(const Property& x, const Property& y) const {
    return nameOf(a_.entities, x.through) == nameOf(b_.entities, y.through) &&
           x.throughHere == y.throughHere && x.throughThere == y.throughThere && x.made == y.made;
  }

  bool keyParts(const PropertyId& i, const PropertyId& j) const { return a_[i].name == b_[j].name; }

  bool parts(const IndexPart& x, const IndexPart& y) const {
    return x.descending == y.descending && x.native == y.native && exprs(x.expr, y.expr);
  }

  template <class T>
  bool indexed(const T& x, const T& y) const {
    return x.name == y.name && x.databaseName == y.databaseName && x.doc == y.doc &&
           each(x.parts, y.parts, &Comparison::parts) &&
           each(x.include, y.include, &Comparison::exprs) && optionalExprs(x.where, y.where);
  }
  bool uniques(const Unique& x, const Unique& y) const {
    return x.constraint == y.constraint && indexed(x, y);
  }
  bool indexes(const Index& x, const Index& y) const {
    return x.method == y.method && indexed(x, y);
  }

  bool checks(const Check& x, const Check& y) const {
    return x.name == y.name && x.databaseName == y.databaseName && x.message == y.message &&
           x.doc == y.doc && exprs(x.condition, y.condition);
  }

  bool groups(const Group& x, const Group& y) const {
    return x.name == y.name && x.title == y.title && x.parent == y.parent;
  }

  bool entities(const Entity& x, const Entity& y) const {
    return x.name == y.name && x.doc == y.doc && x.lifecycle == y.lifecycle && x.table == y.table &&
           x.native == y.native && x.mixins == y.mixins && x.made == y.made &&
           x.madeOf == y.madeOf && x.contains == y.contains && x.deprecation == y.deprecation &&
           x.removeAfter == y.removeAfter && x.label == y.label && x.exposed == y.exposed &&
           each(x.properties, y.properties, &Comparison::properties) &&
           each(x.key.properties, y.key.properties, &Comparison::keyParts) &&
           each(x.uniques, y.uniques, &Comparison::uniques) &&
           each(x.indexes, y.indexes, &Comparison::indexes) &&
           each(x.checks, y.checks, &Comparison::checks) &&
           each(x.groups, y.groups, &Comparison::groups);
  }

  bool tagGroups(const TagGroup& x, const TagGroup& y) const {
    return x.name == y.name && x.doc == y.doc && x.multiple == y.multiple && x.on == y.on &&
           each(x.tags, y.tags, &Comparison::enumValues);
  }
  bool viewColumns(const ViewColumn& x, const ViewColumn& y) const {
    return x.name == y.name && exprs(x.expr, y.expr);
  }
  bool views(const View& x, const View& y) const {
    return x.name == y.name && x.databaseName == y.databaseName && x.doc == y.doc &&
           x.deprecated == y.deprecated && x.label == y.label && x.exposed == y.exposed &&
           nameOf(a_.entities, x.of) == nameOf(b_.entities, y.of) &&
           optionalExprs(x.where, y.where) && each(x.columns, y.columns, &Comparison::viewColumns);
  }
  bool templateValues(const TemplateValue& x, const TemplateValue& y) const {
    return x.property == y.property && exprs(x.value, y.value);
  }
  bool templates(const Template& x, const Template& y) const {
    return x.name == y.name && x.doc == y.doc &&
           nameOf(a_.entities, x.of) == nameOf(b_.entities, y.of) &&
           each(x.values, y.values, &Comparison::templateValues);
  }
  bool roles(const Role& x, const Role& y) const {
    return x.name == y.name && x.title == y.title && x.doc == y.doc;
  }
  bool grants(const Grant& x, const Grant& y) const {
    return x.actions == y.actions && x.on == y.on && x.except == y.except && x.roles == y.roles;
  }
  bool policies(const Policy& x, const Policy& y) const {
    return x.name == y.name && x.doc == y.doc && x.on == y.on && x.actions == y.actions &&
           x.roles == y.roles && exprs(x.condition, y.condition);
  }
  bool settings(const Setting& x, const Setting& y) const {
    return x.name == y.name && x.doc == y.doc && types(x.type, y.type) && x.secret == y.secret &&
           x.rotateMs == y.rotateMs && x.jsonSchema == y.jsonSchema &&
           optionalExprs(x.defaultValue, y.defaultValue) && optionalExprs(x.where, y.where) &&
           x.immutable == y.immutable && x.environments == y.environments &&
           x.deprecated == y.deprecated && x.sensitive == y.sensitive;
  }
  bool schemas(const Schema& x, const Schema& y) const {
    return x.name == y.name && x.doc == y.doc &&
           each(x.settings, y.settings, &Comparison::settings);
  }
  bool uses(const SchemaUse& x, const SchemaUse& y) const {
    return x.schema == y.schema && x.prefix == y.prefix;
  }
  bool namespaceGrants(const NamespaceGrant& x, const NamespaceGrant& y) const {
    return x.role == y.role && x.principal == y.principal;
  }
  bool configValues(const ConfigValue& x, const ConfigValue& y) const {
    return x.path == y.path && exprs(x.value, y.value) && x.secret == y.secret &&
           x.environments == y.environments;
  }
  bool namespaces(const Namespace& x, const Namespace& y) const {
    return x.path == y.path && x.doc == y.doc && x.display == y.display && x.owner == y.owner &&
           each(x.uses, y.uses, &Comparison::uses) && x.isolated == y.isolated &&
           x.approvals == y.approvals && each(x.grants, y.grants, &Comparison::namespaceGrants) &&
           each(x.values, y.values, &Comparison::configValues);
  }

  bool assignments(const Assignment& x, const Assignment& y) const {
    return x.property == y.property && exprs(x.value, y.value);
  }
  bool renames(const RenameRule& x, const RenameRule& y) const {
    return x.from == y.from && x.to == y.to;
  }
  bool transforms(const TransformRule& x, const TransformRule& y) const {
    return x.fromEntity == y.fromEntity && x.toEntity == y.toEntity && x.by == y.by &&
           x.from == y.from && x.to == y.to && each(x.up, y.up, &Comparison::assignments) &&
           each(x.down, y.down, &Comparison::assignments);
  }
  bool fills(const FillRule& x, const FillRule& y) const {
    return x.to == y.to && exprs(x.value, y.value);
  }
  bool approvals(const ApprovalRule& x, const ApprovalRule& y) const {
    return x.kind == y.kind && x.from == y.from && x.reason == y.reason;
  }

  static const Migration* leadingTo(const Model& m) {
    const auto found = std::ranges::find(m.migrations, m.version, &Migration::to);
    return found == m.migrations.end() ? nullptr : &*found;
  }

  bool migrations() const {
    const Migration* x = leadingTo(a_);
    const Migration* y = leadingTo(b_);
    if (!x || !y) return !x && !y;
    return x->from == y->from && x->to == y->to &&
           each(x->renames, y->renames, &Comparison::renames) &&
           each(x->transforms, y->transforms, &Comparison::transforms) &&
           each(x->fills, y->fills, &Comparison::fills) &&
           each(x->approvals, y->approvals, &Comparison::approvals);
  }

  const Model& a_;
  const Model& b_;
};

}  // namespace

std::optional<EntityId> Model::findEntity(std::string_view name) const {
  return findByName(entities, name);
}

std::optional<EnumId> Model::findEnum(std::string_view name) const {
  return findByName(enums, name);
}

const TagGroup* Model::findTagGroup(std::string_view name) const {
  const auto found = std::ranges::find(tagGroups, name, &TagGroup::name);
  return found == tagGroups.end() ? nullptr : &*found;
}

const View* Model::findView(std::string_view name) const {
  const auto found = std::ranges::find(views, name, &View::name);
  return found == views.end() ? nullptr : &*found;
}

std::optional<AliasId> Model::findAlias(std::string_view name) const {
  return findByName(aliases, name);
}

std::optional<PropertyId> Model::findProperty(EntityId entity, std::string_view name) const {
  if (!entity) return std::nullopt;
  for (const PropertyId id : entities[entity].properties)
    if (properties[id].name == name) return id;
  return std::nullopt;
}

bool sameModel(const Model& a, const Model& b) {
  return Comparison(a, b).models();
}

}  // namespace cambium::ir
