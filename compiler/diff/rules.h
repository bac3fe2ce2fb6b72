// diff/rules.h: what a migration block says, ready to be asked about one thing at a time. Paths are
// those of the block: left sides of the old version, `fill` and what a transform makes of the new
// one. Remembers which approvals and fills were asked for: the others fit nothing.
#pragma once

#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/diff/change.h"

namespace cambium::diff {

class Rules {
public:
  // The two versions tell what a line is about: the old one whether what is renamed holds values,
  // the new one a conversion under a new name from a split that leaves its source in place.
  Rules(const ir::Migration*, const ir::Model& from, const ir::Model& to);

  const ir::Migration* migration() const { return migration_; }

  // The new name of an entity, enum (property empty), property or enum value; null = it keeps its
  // name.
  const ir::RenameRule* rename(std::string_view owner, std::string_view name) const;
  // The new name of what holds no values: a unique, an index, a check, a policy (`owner` is the old
  // entity), a view, a role, a template (""); null = it has none, or keeps its name.
  const ir::RenameRule* renameOfName(std::string_view owner, std::string_view name) const;
  // Something else was renamed to this (`owner` is the old entity or enum): who had the name before
  // does not keep it.
  bool takenOver(std::string_view owner, std::string_view name) const;

  // A transform of one property into one that takes its place: a conversion of a property that
  // stays itself. kNoTransform = there is none.
  size_t conversion(std::string_view entity, std::string_view property) const;
  // Taken (old names) or made (new names) by a split or a merge.
  bool taken(std::string_view entity, std::string_view property) const {
    return taken_.contains({entity, property});
  }
  bool made(std::string_view entity, std::string_view property) const {
    return made_.contains({entity, property});
  }

  bool approved(ir::ApprovalKind, std::string_view owner, std::string_view name);
  // From here on everything is approved, and what was asked for beyond the block is noted.
  void approveAll() { approvesAll_ = true; }
  const std::set<std::pair<ir::ApprovalKind, ir::Path>>& granted() const { return granted_; }
  bool fills(std::string_view entity, std::string_view property);
  std::vector<const ir::ApprovalRule*> idleApprovals() const;
  std::vector<const ir::FillRule*> idleFills() const;

  static constexpr size_t kNoTransform = ConvertProperty::kNoTransform;
  bool isConversion(const ir::TransformRule&) const;

private:
  using Key = std::pair<std::string_view, std::string_view>;
  template <class T>
  struct Asked {
    const T* rule;
    bool used = false;
  };

  const ir::Migration* migration_;
  const ir::Model& to_;
  std::map<Key, const ir::RenameRule*> renames_, renamesOfNames_;
  std::set<Key> targets_;  // of renames and of conversions under a new name
  std::map<Key, size_t> conversions_;
  std::set<Key> taken_, made_;
  std::map<std::pair<ir::ApprovalKind, Key>, Asked<ir::ApprovalRule>> approvals_;
  std::map<Key, Asked<ir::FillRule>> fills_;
  bool approvesAll_ = false;
  std::set<std::pair<ir::ApprovalKind, ir::Path>> granted_;
};

}  // namespace cambium::diff
