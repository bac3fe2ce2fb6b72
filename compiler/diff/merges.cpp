#include "compiler/diff/merges.h"

#include <algorithm>

namespace cambium::diff {

const ir::RenameRule* mergeOf(const ir::Migration* migration, std::string_view owner,
                              std::string_view name) {
  if (!migration || name.empty()) return nullptr;
  const auto about = [&](const auto& rule) {
    return rule.from.entity == owner && rule.from.property == name;
  };
  const auto rename = std::ranges::find_if(migration->renames, about);
  if (rename == migration->renames.end()) return nullptr;
  const bool goes = std::ranges::any_of(migration->approvals, [&](const ir::ApprovalRule& rule) {
    return rule.kind == ir::ApprovalKind::drop && about(rule);
  });
  return goes ? &*rename : nullptr;
}

namespace {

std::string target(const ChangeSet& set, std::string_view owner, std::string_view name) {
  const auto* rule = mergeOf(set.migration, owner, name);
  return rule ? rule->to : std::string();
}

}  // namespace

std::string mergedInto(const ChangeSet& set, const EnumDropValue& c) {
  return target(set, (*set.from)[c.from].name, c.value);
}

std::string mergedInto(const ChangeSet& set, const DropTag& c) {
  return target(set, c.group, c.tag);
}

}  // namespace cambium::diff
