#include "compiler/diff/match.h"

#include <algorithm>
#include <map>
#include <set>

namespace cambium::diff {

namespace {

using Names = std::map<std::string, std::string>;

// Old name → new name, for the renames whose path `select`s one (returns the name there).
template <class Select>
Names renamesOf(const ir::Migration* migration, Select select) {
  Names names;
  if (migration)
    for (const ir::RenameRule& rule : migration->renames)
      if (const std::string* name = select(rule.from)) names[*name] = rule.to;
  return names;
}

// A name that the migration gives away belongs to nobody else of the same name: two things may swap their names.
template <class Find>
auto follow(const std::string& name, const Names& renames, Find find) {
  const auto renamed = renames.find(name);
  if (renamed != renames.end()) return find(renamed->second);
  const bool takenOver = std::any_of(renames.begin(), renames.end(), [&](const auto& r) { return r.second == name; });
  return takenOver ? decltype(find(name)){} : find(name);
}

// Whether the new version can hold the old property's values at all without a transform speaking of it.
bool comparable(const ir::Property& a, const ir::Property& b) { return a.kind == b.kind; }

}  // namespace

const ir::Migration* findMigration(const ir::Model& from, const ir::Model& to) {
  for (const ir::Migration& migration : to.migrations)
    if (migration.from == from.version && migration.to == to.version) return &migration;
  return nullptr;
}

Matching match(const ir::Model& from, const ir::Model& to, const ir::Migration* migration) {
  Matching m;
  m.entityTo.resize(from.entities.size());
  m.entityFrom.resize(to.entities.size());
  m.propertyTo.resize(from.properties.size());
  m.propertyFrom.resize(to.properties.size());
  m.enumTo.resize(from.enums.size());
  m.enumFrom.resize(to.enums.size());

  const Names names = renamesOf(migration, [](const ir::Path& path) {
    return path.property.empty() ? &path.entity : nullptr;
  });
  for (uint32_t i = 0; i < from.enums.size(); ++i) {
    const EnumId id(i);
    if (const auto other = follow(from[id].name, names, [&](const std::string& n) { return to.findEnum(n); })) {
      m.enumTo[i] = *other;
      m.enumFrom[other->index()] = id;
    }
  }
  std::map<std::string, Names> propertyNames;  // by old entity
  // Properties that a split or merge takes or makes; a transform of one into one is a conversion of a matched property.
  std::set<std::pair<std::string, std::string>> taken, made;
  std::map<std::pair<std::string, std::string>, std::string> converted;
  if (migration) {
    for (const ir::RenameRule& rule : migration->renames)
      if (!rule.from.property.empty()) propertyNames[rule.from.entity][rule.from.property] = rule.to;
    for (const ir::TransformRule& rule : migration->transforms) {
      if (rule.from.size() == 1 && rule.to.size() == 1) {
        converted[{rule.fromEntity, rule.from.front()}] = rule.to.front();
        continue;
      }
      for (const auto& name : rule.from) taken.emplace(rule.fromEntity, name);
      for (const auto& name : rule.to) made.emplace(rule.toEntity, name);
    }
  }
  for (uint32_t i = 0; i < from.entities.size(); ++i) {
    const EntityId id(i);
    const ir::Entity& entity = from[id];
    const auto other = follow(entity.name, names, [&](const std::string& n) { return to.findEntity(n); });
    if (!other) continue;
    m.entityTo[i] = *other;
    m.entityFrom[other->index()] = id;
    const Names& renames = propertyNames[entity.name];
    for (const PropertyId property : entity.properties) {
      const std::string& name = from[property].name;
      if (taken.count({entity.name, name})) continue;
      const auto find = [&](const std::string& n) { return to.findProperty(*other, n); };
      const auto convert = converted.find({entity.name, name});
      const auto match = convert != converted.end() ? find(convert->second) : follow(name, renames, find);
      if (!match || made.count({to[*other].name, to[*match].name})) continue;
      if (convert == converted.end() && !comparable(from[property], to[*match])) continue;
      m.propertyTo[property.index()] = *match;
      m.propertyFrom[match->index()] = property;
    }
  }
  return m;
}

bool Comparison::sameType(const ir::Type& a, const ir::Type& b) const {
  if (a.scalar != b.scalar || a.list != b.list) return false;
  if (a.scalar == ir::Scalar::enumeration)
    return a.enumeration && matching_.enumTo[a.enumeration.index()] == b.enumeration;
  return a.length == b.length && a.precision == b.precision && a.scale == b.scale;
}

std::string Comparison::newMember(EnumId id, const std::string& value) const {
  if (migration_ && id)
    for (const ir::RenameRule& rule : migration_->renames)
      if (rule.from.entity == from_[id].name && rule.from.property == value) return rule.to;
  return value;
}

bool Comparison::same(const ir::Expr& a, const ir::Expr& b, EntityId entity) const {
  if (a.kind != b.kind || a.op != b.op || a.function != b.function || a.negated != b.negated ||
      a.hasElse != b.hasElse || a.path.size() != b.path.size() || a.args.size() != b.args.size())
    return false;
  if (a.kind == ir::ExprKind::member) {
    if (newMember(a.type.enumeration, a.text) != b.text || !sameType(a.type, b.type)) return false;
  } else if (a.text != b.text || (a.kind == ir::ExprKind::literal && a.type.scalar != b.type.scalar)) {
    return false;
  }
  if (a.kind == ir::ExprKind::property) {
    const auto property = from_.findProperty(entity, a.path.front());
    const PropertyId other = property ? matching_.propertyTo[property->index()] : PropertyId{};
    if (!other || to_[other].name != b.path.front()) return false;
    if (!std::equal(a.path.begin() + 1, a.path.end(), b.path.begin() + 1)) return false;
  }
  for (size_t i = 0; i < a.args.size(); ++i)
    if (!same(a.args[i], b.args[i], entity)) return false;
  return true;
}

bool Comparison::same(const std::optional<ir::Expr>& a, const std::optional<ir::Expr>& b, EntityId entity) const {
  return a.has_value() == b.has_value() && (!a || same(*a, *b, entity));
}

bool Comparison::same(const std::vector<ir::IndexPart>& a, const std::vector<ir::IndexPart>& b, EntityId entity) const {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const ir::IndexPart& x, const ir::IndexPart& y) {
    return x.descending == y.descending && same(x.expr, y.expr, entity);
  });
}

}  // namespace cambium::diff
