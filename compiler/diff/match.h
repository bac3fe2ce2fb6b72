// diff/match.h: how the parts of one version are found in the other, and whether two expressions of
// the two versions say the same.
#pragma once

#include "compiler/diff/rules.h"

namespace cambium::diff {

// The one migration of `to` that leads from `from.version` to `to.version`, or null.
const ir::Migration* findMigration(const ir::Model& from, const ir::Model& to);

// By name, and by the migration's renames and conversions where names differ; what a split or merge
// takes or makes is matched with nothing, and neither is a property that under one name is a value
// in one version and a reference in the other (unless a conversion says how). A reference is
// matched with a many-to-many to the same entity, if the junction is its own.
Matching match(const ir::Model& from, const ir::Model& to, const Rules&);

// Compares across versions: names of properties and members of enums count as equal if they are
// matched (renamed).
class Comparison {
public:
  Comparison(const ir::Model& from, const ir::Model& to, const Matching& matching,
             const Rules& rules)
      : from_(from), to_(to), matching_(matching), rules_(rules) {}

  // Both over the same (matched) entity; `entity` is the old one. Types do not count: the same
  // words over a wider property say the same.
  bool same(const ir::Expr& a, const ir::Expr& b, EntityId entity) const;
  bool same(const Boxed<ir::Expr>& a, const Boxed<ir::Expr>& b, EntityId entity) const;
  bool same(const std::vector<ir::IndexPart>& a, const std::vector<ir::IndexPart>& b,
            EntityId entity) const;
  bool same(const std::vector<ir::Expr>& a, const std::vector<ir::Expr>& b, EntityId entity) const;
  // But for optional: what values there may be, not whether there is one. Aliases do not count,
  // what they refine is compared apart.
  bool sameType(const ir::Type& a, const ir::Type& b) const;
  bool sameEnum(EnumId a, EnumId b) const { return a && b && matching_.enumTo[a.index()] == b; }
  // The name that an enum's value has in the new version.
  const std::string& newMember(EnumId from, const std::string& value) const;

private:
  bool samePath(const std::vector<std::string>& a, const std::vector<std::string>& b,
                EntityId entity) const;
  bool sameLiteral(const ir::Expr& a, const ir::Expr& b) const;

  const ir::Model& from_;
  const ir::Model& to_;
  const Matching& matching_;
  const Rules& rules_;
};

}  // namespace cambium::diff
