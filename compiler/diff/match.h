// diff/match.h: how the parts of one version are found in the other, and whether two expressions of the two versions say the same.
#pragma once

#include "compiler/diff/change.h"

namespace cambium::diff {

// By name, and by the migration's renames where names differ; what a split or merge takes or makes is matched with nothing.
Matching match(const ir::Model& from, const ir::Model& to, const ir::Migration*);

// The one migration of `to` that leads from `from.version` to `to.version`, or null.
const ir::Migration* findMigration(const ir::Model& from, const ir::Model& to);

// Compares across versions: property names and enum members count as equal if they are matched (renamed).
class Comparison {
public:
  Comparison(const ir::Model& from, const ir::Model& to, const Matching& matching, const ir::Migration* migration)
      : from_(from), to_(to), matching_(matching), migration_(migration) {}

  // Both over the same (matched) entity; `fromEntity` is the old one.
  bool same(const ir::Expr& a, const ir::Expr& b, EntityId fromEntity) const;
  bool same(const std::optional<ir::Expr>& a, const std::optional<ir::Expr>& b, EntityId fromEntity) const;
  bool same(const std::vector<ir::IndexPart>& a, const std::vector<ir::IndexPart>& b, EntityId fromEntity) const;
  // But for optional: what values there may be, not whether there is one.
  bool sameType(const ir::Type& a, const ir::Type& b) const;
  // The name that an enum's value has in the new version.
  std::string newMember(EnumId from, const std::string& value) const;

private:
  const ir::Model& from_;
  const ir::Model& to_;
  const Matching& matching_;
  const ir::Migration* migration_;
};

}  // namespace cambium::diff
