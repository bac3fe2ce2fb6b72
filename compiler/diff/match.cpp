#include "compiler/diff/match.h"

#include <algorithm>

namespace cambium::diff {
namespace {

class Matcher {
public:
  Matcher(const ir::Model& from, const ir::Model& to, const Rules& rules)
      : from_(from), to_(to), rules_(rules) {
    m_.entityTo.resize(from.entities.size());
    m_.entityFrom.resize(to.entities.size());
    m_.propertyTo.resize(from.properties.size());
    m_.propertyFrom.resize(to.properties.size());
    m_.enumTo.resize(from.enums.size());
    m_.enumFrom.resize(to.enums.size());
  }

  Matching run() {
    for (uint32_t i = 0; i < from_.enums.size(); ++i) enumeration(EnumId(i));
    for (uint32_t i = 0; i < from_.entities.size(); ++i) entity(EntityId(i));
    for (uint32_t i = 0; i < from_.properties.size(); ++i) between(PropertyId(i));
    for (uint32_t i = 0; i < from_.entities.size(); ++i) cardinalities(EntityId(i));
    return std::move(m_);
  }

private:
  // The name under which to look; empty = somebody else has it now.
  const std::string& newName(const std::string& name) const {
    static const std::string kNone;
    if (const auto* rename = rules_.rename(name, "")) return rename->to;
    return rules_.takenOver("", name) ? kNone : name;
  }

  void enumeration(EnumId id) {
    const auto other = to_.findEnum(newName(from_[id].name));
    if (!other) return;
    m_.enumTo[id.index()] = *other;
    m_.enumFrom[other->index()] = id;
  }

  void entity(EntityId id) {
    const ir::Entity& old = from_[id];
    const auto other = to_.findEntity(newName(old.name));
    if (!other) return;
    m_.entityTo[id.index()] = *other;
    m_.entityFrom[other->index()] = id;
    for (size_t i = 0; i < old.properties.size(); ++i) {
      const PropertyId from = old.properties[i];
      const PropertyId to = property(old, from, *other, i);
      if (!to) continue;
      m_.propertyTo[from.index()] = to;
      m_.propertyFrom[to.index()] = from;
    }
  }

  // What stands between the two sides of a many-to-many is the same rows, whether it was made for
  // it or is an entity of the package (`through`).
  void between(PropertyId from) {
    const PropertyId to = m_.propertyTo[from.index()];
    if (!to || !from_[from].through || !to_[to].through) return;
    const auto &x = from_[from], &y = to_[to];
    if (m_.entityTo[x.through.index()] || m_.entityFrom[y.through.index()]) return;
    const bool bothWritten = from_[x.through].made == ir::MadeEntity::written &&
                             to_[y.through].made == ir::MadeEntity::written;
    if (bothWritten || m_.entityTo[x.target.index()] != y.target) return;
    m_.entityTo[x.through.index()] = y.through;
    m_.entityFrom[y.through.index()] = x.through;
    pair(from_.findProperty(x.through, x.throughHere), to_.findProperty(y.through, y.throughHere));
    pair(from_.findProperty(x.through, x.throughThere),
         to_.findProperty(y.through, y.throughThere));
  }
  void pair(std::optional<PropertyId> from, std::optional<PropertyId> to) {
    if (!from || !to) return;
    m_.propertyTo[from->index()] = *to;
    m_.propertyFrom[to->index()] = *from;
  }

  // A reference and a many-to-many with a junction of its own say the same of the same rows, but
  // for how many.
  void cardinalities(EntityId id) {
    const EntityId other = m_.entityTo[id.index()];
    if (!other) return;
    const auto& properties = from_[id].properties;
    for (size_t i = 0; i < properties.size(); ++i) {
      const PropertyId from = properties[i];
      if (m_.propertyTo[from.index()] || from_[from].kind == ir::PropertyKind::value) continue;
      const PropertyId to = property(from_[id], from, other, i, true);
      if (!to || !sameButForHowMany(from_[from], to_[to])) continue;
      m_.propertyTo[from.index()] = to;
      m_.propertyFrom[to.index()] = from;
    }
  }

  bool sameButForHowMany(const ir::Property& x, const ir::Property& y) const {
    const bool toMany = x.kind == ir::PropertyKind::reference;
    if (y.kind != (toMany ? ir::PropertyKind::many : ir::PropertyKind::reference)) return false;
    if (m_.entityTo[x.target.index()] != y.target) return false;
    const EntityId junction = toMany ? y.through : x.through;
    if (!junction || (toMany ? m_.entityFrom : m_.entityTo)[junction.index()]) return false;
    const auto made = (toMany ? to_ : from_)[junction].made;
    return made == ir::MadeEntity::junction || made == ir::MadeEntity::tagJunction;
  }

  PropertyId property(const ir::Entity& old, PropertyId id, EntityId other, size_t position,
                      bool otherKind = false) const {
    const std::string* name = &from_[id].name;
    bool converted = false;
    if (rules_.migration()) {
      if (const size_t i = rules_.conversion(old.name, *name); i != Rules::kNoTransform) {
        name = &rules_.migration()->transforms[i].to[0];
        converted = true;
      } else if (const auto* rename = rules_.rename(old.name, *name)) {
        name = &rename->to;
      } else if (rules_.takenOver(old.name, *name)) {
        return {};
      }
    }
    const PropertyId found = find(other, *name, position);
    if (!found || m_.propertyFrom[found.index()]) return {};
    if (!converted && !otherKind && from_[id].kind != to_[found].kind) return {};
    return rules_.made(to_[other].name, *name) ? PropertyId{} : found;
  }

  // Most properties stand where they stood.
  PropertyId find(EntityId entity, const std::string& name, size_t position) const {
    const auto& properties = to_[entity].properties;
    if (position < properties.size() && to_[properties[position]].name == name)
      return properties[position];
    const auto found = to_.findProperty(entity, name);
    return found ? *found : PropertyId{};
  }

  const ir::Model& from_;
  const ir::Model& to_;
  const Rules& rules_;
  Matching m_;
};

}  // namespace

const ir::Migration* findMigration(const ir::Model& from, const ir::Model& to) {
  for (const ir::Migration& migration : to.migrations)
    if (migration.from == from.version && migration.to == to.version) return &migration;
  return nullptr;
}

Matching match(const ir::Model& from, const ir::Model& to, const Rules& rules) {
  return Matcher(from, to, rules).run();
}

bool Comparison::sameType(const ir::Type& a, const ir::Type& b) const {
  if (a.scalar != b.scalar || a.list != b.list) return false;
  if (a.scalar == ir::Scalar::enumeration) return sameEnum(a.enumeration, b.enumeration);
  return a.length == b.length && a.precision == b.precision && a.scale == b.scale;
}

const std::string& Comparison::newMember(EnumId id, const std::string& value) const {
  if (id)
    if (const auto* rename = rules_.rename(from_[id].name, value)) return rename->to;
  return value;
}

bool Comparison::samePath(const std::vector<std::string>& a, const std::vector<std::string>& b,
                          EntityId entity) const {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const auto property = from_.findProperty(entity, a[i]);
    const PropertyId other = property ? matching_.propertyTo[property->index()] : PropertyId{};
    if (!other || to_[other].name != b[i]) return false;
    entity = from_[*property].target;
    // What follows is of another entity if the reference leads to another one.
    if (i + 1 < a.size() && (!entity || matching_.entityTo[entity.index()] != to_[other].target))
      return false;
  }
  return true;
}

bool Comparison::sameLiteral(const ir::Expr& a, const ir::Expr& b) const {
  if (a.text != b.text || a.type.list != b.type.list) return false;
  const auto x = a.type.scalar, y = b.type.scalar;
  return x == y || (ir::isNumeric(x) && ir::isNumeric(y)) || (ir::isTextual(x) && ir::isTextual(y));
}

bool Comparison::same(const ir::Expr& a, const ir::Expr& b, EntityId entity) const {
  if (a.kind != b.kind || a.op != b.op || a.function != b.function || a.negated != b.negated ||
      a.hasElse != b.hasElse || a.args.size() != b.args.size())
    return false;
  switch (a.kind) {
    case ir::ExprKind::literal: return sameLiteral(a, b);
    case ir::ExprKind::member:
      return sameEnum(a.type.enumeration, b.type.enumeration) &&
             newMember(a.type.enumeration, a.text) == b.text;
    case ir::ExprKind::property: return samePath(a.path, b.path, entity);
    case ir::ExprKind::aggregate:
      if (a.aggregate != b.aggregate || !samePath(a.path, b.path, entity)) return false;
      for (const auto& segment : a.path)
        if (const auto property = from_.findProperty(entity, segment))
          entity = from_[*property].target;
      break;
    case ir::ExprKind::native:
      if (a.path != b.path) return false;
      break;
    default: break;
  }
  for (size_t i = 0; i < a.args.size(); ++i)
    if (!same(a.args[i], b.args[i], entity)) return false;
  return true;
}

bool Comparison::same(const Boxed<ir::Expr>& a, const Boxed<ir::Expr>& b, EntityId entity) const {
  return a.has_value() == b.has_value() && (!a || same(*a, *b, entity));
}

bool Comparison::same(const std::vector<ir::IndexPart>& a, const std::vector<ir::IndexPart>& b,
                      EntityId entity) const {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [&](const ir::IndexPart& x, const ir::IndexPart& y) {
        return x.descending == y.descending && x.native == y.native && same(x.expr, y.expr, entity);
      });
}

bool Comparison::same(const std::vector<ir::Expr>& a, const std::vector<ir::Expr>& b,
                      EntityId entity) const {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](const ir::Expr& x, const ir::Expr& y) { return same(x, y, entity); });
}

}  // namespace cambium::diff
