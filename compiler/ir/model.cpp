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
           each(a_.entities, b_.entities, &Comparison::entities) && migrations();
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
    return x.kind == y.kind && x.op == y.op && x.function == y.function && x.negated == y.negated &&
           x.hasElse == y.hasElse && x.text == y.text && x.path == y.path &&
           types(x.type, y.type) && each(x.args, y.args, &Comparison::exprs);
  }

  bool optionalExprs(const std::optional<Expr>& x, const std::optional<Expr>& y) const {
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
           x.unique == y.unique && x.indexed == y.indexed && x.autoincrement == y.autoincrement &&
           optionalExprs(x.defaultValue, y.defaultValue) && optionalExprs(x.computed, y.computed) &&
           x.stored == y.stored && optionalExprs(x.where, y.where) && x.column == y.column &&
           x.native == y.native && x.group == y.group && x.sensitive == y.sensitive &&
           x.deprecated == y.deprecated && x.origin == y.origin;
  }

  bool keyParts(const PropertyId& i, const PropertyId& j) const { return a_[i].name == b_[j].name; }

  bool parts(const IndexPart& x, const IndexPart& y) const {
    return x.descending == y.descending && exprs(x.expr, y.expr);
  }

  template <class T>
  bool indexed(const T& x, const T& y) const {
    return x.name == y.name && x.databaseName == y.databaseName && x.doc == y.doc &&
           each(x.parts, y.parts, &Comparison::parts) && optionalExprs(x.where, y.where);
  }
  bool uniques(const Unique& x, const Unique& y) const { return indexed(x, y); }
  bool indexes(const Index& x, const Index& y) const { return indexed(x, y); }

  bool checks(const Check& x, const Check& y) const {
    return x.name == y.name && x.databaseName == y.databaseName && x.message == y.message &&
           x.doc == y.doc && exprs(x.condition, y.condition);
  }

  bool groups(const Group& x, const Group& y) const {
    return x.name == y.name && x.title == y.title && x.parent == y.parent;
  }

  bool entities(const Entity& x, const Entity& y) const {
    return x.name == y.name && x.doc == y.doc && x.lifecycle == y.lifecycle && x.table == y.table &&
           x.native == y.native && x.mixins == y.mixins &&
           each(x.properties, y.properties, &Comparison::properties) &&
           each(x.key.properties, y.key.properties, &Comparison::keyParts) &&
           each(x.uniques, y.uniques, &Comparison::uniques) &&
           each(x.indexes, y.indexes, &Comparison::indexes) &&
           each(x.checks, y.checks, &Comparison::checks) &&
           each(x.groups, y.groups, &Comparison::groups);
  }

  bool assignments(const Assignment& x, const Assignment& y) const {
    return x.property == y.property && exprs(x.value, y.value);
  }
  bool renames(const RenameRule& x, const RenameRule& y) const {
    return x.from == y.from && x.to == y.to;
  }
  bool transforms(const TransformRule& x, const TransformRule& y) const {
    return x.fromEntity == y.fromEntity && x.toEntity == y.toEntity && x.from == y.from &&
           x.to == y.to && each(x.up, y.up, &Comparison::assignments) &&
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
