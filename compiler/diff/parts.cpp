#include "compiler/diff/parts.h"

#include <algorithm>

namespace cambium::diff {
namespace {

template <class Is>
const ir::TransformRule* ruleWhere(const ChangeSet& set, Is is) {
  if (!set.migration) return nullptr;
  for (const auto& rule : set.migration->transforms)
    if (!rule.by.empty() && is(rule)) return &rule;
  return nullptr;
}

}  // namespace

const ir::TransformRule* cameOutOf(const ChangeSet& set, EntityId to) {
  if (set.matching.entityFrom[to.index()]) return nullptr;
  return ruleWhere(set, [&](const auto& rule) { return rule.toEntity == (*set.to)[to].name; });
}

const ir::TransformRule* wentInto(const ChangeSet& set, EntityId from) {
  if (set.matching.entityTo[from.index()]) return nullptr;
  return ruleWhere(set,
                   [&](const auto& rule) { return rule.fromEntity == (*set.from)[from].name; });
}

bool allWentInto(const ChangeSet& set, EntityId from) {
  const auto* rule = wentInto(set, from);
  const auto& e = (*set.from)[from];
  return rule && std::ranges::all_of(e.properties, [&](PropertyId id) {
           const auto& p = (*set.from)[id];
           const bool makesItselfUp =
               std::ranges::find(e.key.properties, id) != e.key.properties.end() &&
               (p.autoincrement || p.defaultValue);
           return p.kind == ir::PropertyKind::many || p.computed || p.name == rule->by ||
                  makesItselfUp || std::ranges::find(rule->from, p.name) != rule->from.end();
         });
}

}  // namespace cambium::diff
