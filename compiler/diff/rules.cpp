#include "compiler/diff/rules.h"

#include <algorithm>

#include "compiler/diff/merges.h"

namespace cambium::diff {

namespace {

// The line is about an entity, an enum, a group of tags or something within one of them: what rows
// have values of.
bool isAboutValues(const ir::Path& path, const ir::Model& model) {
  const auto named = [&](const auto& list) {
    return std::ranges::any_of(list, [&](const auto& one) { return one.name == path.property; });
  };
  const auto entity = model.findEntity(path.entity);
  const auto enumeration = model.findEnum(path.entity);
  if (path.property.empty()) return entity || enumeration;
  if (entity && model.findProperty(*entity, path.property)) return true;
  const auto* group = model.findTagGroup(path.entity);
  return (group && named(group->tags)) || (enumeration && named(model[*enumeration].values));
}

}  // namespace

Rules::Rules(const ir::Migration* migration, const ir::Model& from, const ir::Model& to)
    : migration_(migration), to_(to) {
  if (!migration) return;
  for (const auto& rule : migration->renames) {
    // Entities and enums share their names' scope: the owner of both is the package, "".
    const bool whole = rule.from.property.empty();
    if (mergeOf(migration, rule.from.entity, rule.from.property))
      continue;  // that one has its name
    if (!isAboutValues(rule.from, from)) {
      const auto owner = whole ? std::string_view() : std::string_view(rule.from.entity);
      renamesOfNames_.emplace(Key(owner, whole ? rule.from.entity : rule.from.property), &rule);
      continue;
    }
    renames_.emplace(Key(rule.from.entity, rule.from.property), &rule);
    targets_.emplace(whole ? std::string_view() : std::string_view(rule.from.entity), rule.to);
  }
  for (size_t i = 0; i < migration->transforms.size(); ++i) {
    const auto& rule = migration->transforms[i];
    if (isConversion(rule)) {
      conversions_.emplace(Key(rule.fromEntity, rule.from[0]), i);
      if (rule.from[0] != rule.to[0]) targets_.emplace(rule.fromEntity, rule.to[0]);
      continue;
    }
    for (const auto& name : rule.from) taken_.emplace(rule.fromEntity, name);
    for (const auto& name : rule.to) made_.emplace(rule.toEntity, name);
  }
  for (const auto& rule : migration->approvals)
    approvals_.emplace(std::pair(rule.kind, Key(rule.from.entity, rule.from.property)),
                       Asked<ir::ApprovalRule>{&rule});
  for (const auto& rule : migration->fills)
    fills_.emplace(Key(rule.to.entity, rule.to.property), Asked<ir::FillRule>{&rule});
}

bool Rules::isConversion(const ir::TransformRule& rule) const {
  if (!rule.by.empty() || rule.from.size() != 1 || rule.to.size() != 1) return false;
  if (rule.from[0] == rule.to[0]) return true;
  const auto entity = to_.findEntity(rule.toEntity);
  return !entity || !to_.findProperty(*entity, rule.from[0]);
}

const ir::RenameRule* Rules::rename(std::string_view owner, std::string_view name) const {
  const auto found = renames_.find({owner, name});
  return found == renames_.end() ? nullptr : found->second;
}

const ir::RenameRule* Rules::renameOfName(std::string_view owner, std::string_view name) const {
  const auto found = renamesOfNames_.find({owner, name});
  return found == renamesOfNames_.end() ? nullptr : found->second;
}

bool Rules::takenOver(std::string_view owner, std::string_view name) const {
  return targets_.contains({owner, name});
}

size_t Rules::conversion(std::string_view entity, std::string_view property) const {
  const auto found = conversions_.find({entity, property});
  return found == conversions_.end() ? kNoTransform : found->second;
}

bool Rules::approved(ir::ApprovalKind kind, std::string_view owner, std::string_view name) {
  const auto found = approvals_.find({kind, {owner, name}});
  if (found != approvals_.end()) return found->second.used = true;
  if (approvesAll_) granted_.emplace(kind, ir::Path{std::string(owner), std::string(name)});
  return approvesAll_;
}

bool Rules::fills(std::string_view entity, std::string_view property) {
  const auto found = fills_.find({entity, property});
  return found != fills_.end() && (found->second.used = true);
}

std::vector<const ir::ApprovalRule*> Rules::idleApprovals() const {
  std::vector<const ir::ApprovalRule*> out;
  for (const auto& [key, asked] : approvals_)
    if (!asked.used) out.push_back(asked.rule);
  return out;
}

std::vector<const ir::FillRule*> Rules::idleFills() const {
  std::vector<const ir::FillRule*> out;
  for (const auto& [key, asked] : fills_)
    if (!asked.used) out.push_back(asked.rule);
  return out;
}

}  // namespace cambium::diff
