// sema/compact.cpp: leaves out what was only needed for checking: mixins that were checked like
// entities, aliases that nothing has, imported enums that nothing has.
#include "compiler/sema/context.h"

namespace cambium::sema {
namespace {

template <class Visit>
void eachType(ir::Expr& e, Visit visit) {
  visit(e.type);
  for (auto& arg : e.args) eachType(arg, visit);
}

template <class Visit>
void eachType(ir::Model& m, Visit visit) {
  const auto maybe = [&](Boxed<ir::Expr>& e) {
    if (e) eachType(*e, visit);
  };
  for (auto& p : m.properties) {
    visit(p.type);
    maybe(p.defaultValue);
    maybe(p.computed);
    maybe(p.where);
  }
  for (auto& a : m.aliases) {
    visit(a.type);
    maybe(a.where);
  }
  for (auto& entity : m.entities) {
    for (auto& u : entity.uniques) {
      for (auto& part : u.parts) eachType(part.expr, visit);
      maybe(u.where);
    }
    for (auto& i : entity.indexes) {
      for (auto& part : i.parts) eachType(part.expr, visit);
      maybe(i.where);
    }
    for (auto& check : entity.checks) eachType(check.condition, visit);
  }
  for (auto& schema : m.schemas)
    for (auto& setting : schema.settings) {
      visit(setting.type);
      maybe(setting.defaultValue);
      maybe(setting.where);
    }
  for (auto& n : m.namespaces)
    for (auto& value : n.values) eachType(value.value, visit);
  for (auto& t : m.templates)
    for (auto& value : t.values) eachType(value.value, visit);
  for (auto& policy : m.policies) eachType(policy.condition, visit);
  for (auto& view : m.views) {
    maybe(view.where);
    for (auto& column : view.columns) eachType(column.expr, visit);
  }
  for (auto& migration : m.migrations) {
    for (auto& t : migration.transforms) {
      for (auto& a : t.up) eachType(a.value, visit);
      for (auto& a : t.down) eachType(a.value, visit);
    }
    for (auto& f : migration.fills) eachType(f.value, visit);
  }
}

void dropPseudoEntities(Context& c) {
  if (c.realEntities == c.model.entities.size()) return;
  Store<ir::Entity> entities;
  Store<ir::Property> properties;
  for (uint32_t i = 0; i < c.realEntities; ++i)
    entities.add(std::move(c.model.entities[ir::EntityId(i)]));
  for (auto& p : c.model.properties)
    if (p.entity.index() < c.realEntities) properties.add(std::move(p));
  c.model.entities = std::move(entities);
  c.model.properties = std::move(properties);
}

// Keeps the marked ones; out: the new id of each.
template <class T>
std::vector<Id<T>> keep(Store<T>& store, const std::vector<bool>& marked) {
  std::vector<Id<T>> ids(store.size());
  Store<T> kept;
  for (uint32_t i = 0; i < store.size(); ++i)
    if (marked[i]) ids[i] = kept.add(std::move(store[Id<T>(i)]));
  store = std::move(kept);
  return ids;
}

}  // namespace

void leaveOutUnused(Context& c) {
  dropPseudoEntities(c);
  auto& m = c.model;
  std::vector<bool> aliases(m.aliases.size()), enums(m.enums.size());
  for (const auto& e : c.enums)
    if (e.unit == 0 && e.id) enums[e.id.index()] = true;
  for (const auto& p : m.properties)
    if (p.type.alias) aliases[p.type.alias.index()] = true;
  for (const auto& schema : m.schemas)
    for (const auto& setting : schema.settings)
      if (setting.type.alias) aliases[setting.type.alias.index()] = true;
  const auto aliasIds = keep(m.aliases, aliases);
  eachType(m, [&](ir::Type& t) {
    if (t.enumeration && t.enumeration.index() < enums.size()) enums[t.enumeration.index()] = true;
  });
  const auto enumIds = keep(m.enums, enums);
  eachType(m, [&](ir::Type& t) {
    if (t.alias) t.alias = aliasIds[t.alias.index()];
    if (t.enumeration) t.enumeration = enumIds[t.enumeration.index()];
  });
}

}  // namespace cambium::sema
