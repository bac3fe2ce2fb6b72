// The row of each change in the table, and with it its class.
#include <algorithm>
#include <array>

#include "compiler/base/result.h"
#include "compiler/catalog/lower.h"
#include "compiler/catalog/lower_views.h"
#include "compiler/diff/columns.h"
#include "compiler/diff/diff.h"
#include "compiler/diff/exposed.h"
#include "compiler/diff/lifecycle.h"
#include "compiler/diff/merges.h"
#include "compiler/diff/parts.h"

namespace cambium::diff {

namespace {

enum class Row {
#define COMPATIBILITY_SECTION(title)
#define COMPATIBILITY(row, kind, compatibility, when, why, needs) row,
#include "compiler/diff/compatibility.def"
#undef COMPATIBILITY
#undef COMPATIBILITY_SECTION
  count
};

constexpr auto kRows = [] {
  std::array<CompatibilityRow, size_t(Row::count)> rows;
  std::string_view section;
  size_t i = 0;
#define COMPATIBILITY_SECTION(title) section = title;
#define COMPATIBILITY(row, kind, compatibility, when, why, needs) \
  rows[i++] = {section, #row, #kind, Compatibility::compatibility, when, why, needs};
#include "compiler/diff/compatibility.def"
#undef COMPATIBILITY
#undef COMPATIBILITY_SECTION
  return rows;
}();

std::string tableOf(EntityId id, const ir::Model& model) {
  return catalog::tableName(model[id], model.naming);
}

// An entity or a view that the old version does not have.
bool isNew(const std::string& name, const ChangeSet& set) {
  const auto id = set.to->findEntity(name);
  return id ? !set.matching.entityFrom[id->index()] : !set.from->findView(name);
}

Row added(DeclarationKind kind) {
  switch (kind) {
    case DeclarationKind::view: return Row::addView;
    case DeclarationKind::template_: return Row::addTemplate;
    case DeclarationKind::role: return Row::addRole;
    case DeclarationKind::grant: return Row::addGrant;
    case DeclarationKind::policy: return Row::addPolicy;
    case DeclarationKind::schema: return Row::addSchema;
    case DeclarationKind::namespace_: return Row::addNamespace;
  }
  return Row::addView;
}

Row changed(DeclarationKind kind, bool restricts) {
  switch (kind) {
    case DeclarationKind::view: return restricts ? Row::changeView : Row::extendView;
    case DeclarationKind::template_: return Row::changeTemplate;
    case DeclarationKind::role: return Row::changeRole;
    case DeclarationKind::grant: return restricts ? Row::restrictGrant : Row::extendGrant;
    case DeclarationKind::policy: return restricts ? Row::changePolicy : Row::changePolicyDoc;
    case DeclarationKind::schema: return restricts ? Row::restrictSchema : Row::extendSchema;
    case DeclarationKind::namespace_:
      return restricts ? Row::changeNamespace : Row::extendNamespace;
  }
  return Row::changeView;
}

// Of the other kinds no line of a migration speaks (sema/migration_paths.cpp).
Row renamed(const RenameDeclaration& c, const ChangeSet& set) {
  const ir::Model &a = *set.from, &b = *set.to;
  if (c.kind == DeclarationKind::template_) return Row::renameTemplate;
  if (c.kind == DeclarationKind::role) return Row::renameRole;
  if (c.kind == DeclarationKind::policy) return Row::renamePolicy;
  const bool same =
      catalog::viewName(a.views[c.from], a.naming) == catalog::viewName(b.views[c.to], b.naming);
  return same ? Row::renameViewOnly : Row::renameView;
}

Row dropped(DeclarationKind kind) {
  switch (kind) {
    case DeclarationKind::view: return Row::dropView;
    case DeclarationKind::template_: return Row::dropTemplate;
    case DeclarationKind::role: return Row::dropRole;
    case DeclarationKind::grant: return Row::dropGrant;
    case DeclarationKind::policy: return Row::dropPolicy;
    case DeclarationKind::schema: return Row::dropSchema;
    case DeclarationKind::namespace_: return Row::dropNamespace;
  }
  return Row::dropView;
}

// Somebody agreed that values of what the transform takes from get lost.
bool mayLose(const ChangeSet& set, size_t transform) {
  const auto& rule = set.migration->transforms[transform];
  return std::ranges::any_of(set.migration->approvals, [&](const ir::ApprovalRule& approval) {
    return approval.kind == ir::ApprovalKind::narrow && approval.from.entity == rule.fromEntity &&
           std::ranges::find(rule.from, approval.from.property) != rule.from.end();
  });
}

// It gets its table, and the references that led to it without one get their foreign keys.
bool becomesHeld(const ChangeLifecycle& c, const ChangeSet& set) {
  const ir::Model &a = *set.from, &b = *set.to;
  if (hasTable(a[c.from].lifecycle) || !hasTable(b[c.to].lifecycle)) return false;
  for (uint32_t p = 0; p < b.properties.size(); ++p) {
    const ir::Property& to = b[PropertyId(p)];
    const PropertyId from = set.matching.propertyFrom[p];
    if (to.kind != ir::PropertyKind::reference || to.target != c.to || to.draft || !from) continue;
    if (hasTable(b[to.entity].lifecycle) && hasTable(a[a[from].entity].lifecycle) &&
        a[from].kind == ir::PropertyKind::reference)
      return true;
  }
  return false;
}

bool leadsElsewhere(const ConvertProperty& c, const ChangeSet& set) {
  const ir::Property &was = (*set.from)[c.from], &is = (*set.to)[c.to];
  return was.kind == ir::PropertyKind::reference && is.kind == was.kind &&
         set.matching.entityTo[was.target.index()] != is.target;
}

Row rowOf(const Change& change, const ChangeSet& set) {
  const ir::Model &a = *set.from, &b = *set.to;
  return std::visit(
      Overloaded{
          [](const AddEntity&) { return Row::addEntity; },
          [&](const DropEntity& c) {
            if (allWentInto(set, c.entity)) return Row::mergeEntity;
            return hasTable(a[c.entity].lifecycle) ? Row::dropEntity : Row::forgetEntity;
          },
          [&](const RenameEntity& c) {
            return tableOf(c.from, a) == tableOf(c.to, b) ? Row::renameEntityOnly
                                                          : Row::renameEntity;
          },
          [&](const ChangeTable& c) {
            return tableOf(c.from, a) == tableOf(c.to, b) ? Row::changeTableOptions
                                                          : Row::changeTable;
          },
          [](const ChangeEntityDoc&) { return Row::changeEntityDoc; },
          [&](const ChangeLifecycle& c) {
            if (hasTable(a[c.from].lifecycle) && !hasTable(b[c.to].lifecycle))
              return Row::retireEntity;
            return becomesHeld(c, set) ? Row::enforceEntity : Row::changeLifecycle;
          },
          [](const ChangeKey&) { return Row::changeKey; },
          [&](const AddProperty& c) {
            const ir::Property& p = b[c.property];
            const bool free = p.kind == ir::PropertyKind::many || p.type.optional || p.computed ||
                              p.defaultValue || p.autoincrement;
            return free ? Row::addOptional : Row::addRequired;
          },
          [&](const DropProperty& c) {
            if (a[c.property].kind == ir::PropertyKind::many) return Row::dropMany;
            return a[c.property].computed ? Row::dropComputed : Row::dropProperty;
          },
          [&](const RenameProperty& c) {
            const bool none = b[c.to].kind == ir::PropertyKind::many;
            return none || columnOf(a[c.from]) == columnOf(b[c.to]) ? Row::renamePropertyOnly
                                                                    : Row::renameProperty;
          },
          [&](const ConvertProperty& c) {
            if (a[c.from].computed && b[c.to].computed) return Row::convertComputed;
            if (c.lossless) return Row::widenProperty;
            if (c.transform == ConvertProperty::kNoTransform) return Row::narrowProperty;
            if (mayLose(set, c.transform)) return Row::convertWithLoss;
            return leadsElsewhere(c, set) ? Row::convertTarget : Row::convertProperty;
          },
          [&](const TransformProperties& c) {
            return mayLose(set, c.transform) ? Row::transformWithLoss : Row::transformProperties;
          },
          [](const RequireProperty&) { return Row::requireProperty; },
          [](const RelaxProperty&) { return Row::relaxProperty; },
          [](const ChangeDefault&) { return Row::changeDefault; },
          [&](const ChangeComputed& c) {
            return a[c.from].computed ? Row::changeComputed : Row::computeStored;
          },
          [](const TightenRefinement&) { return Row::tightenRefinement; },
          [](const RelaxRefinement&) { return Row::relaxRefinement; },
          [&](const ChangeOnDelete& c) {
            if (a[c.from].draft == b[c.to].draft)
              return b[c.to].draft ? Row::changeDraft : Row::changeOnDelete;
            return b[c.to].draft ? Row::draftReference : Row::enforceReference;
          },
          [&](const ChangeTarget& c) {
            return b[c.to].kind == ir::PropertyKind::many ? Row::changeMany : Row::changeTarget;
          },
          [&](const ChangeCardinality& c) {
            return b[c.to].kind == ir::PropertyKind::many ? Row::oneToMany : Row::manyToOne;
          },
          [&](const ChangeSensitivity& c) {
            return exposes(a[c.from], b[c.to]) ? Row::expose : Row::protect;
          },
          [&](const ChangeColumn& c) {
            const bool same =
                !columnMoves(a[c.from], b[c.to]) && a[c.from].native == b[c.to].native;
            return same ? Row::changeReferenceIndex : Row::changeColumn;
          },
          [](const ChangePropertyDoc&) { return Row::changePropertyDoc; },
          [](const AddUnique&) { return Row::addUnique; },
          [](const DropUnique&) { return Row::dropUnique; },
          [](const RenameUnique&) { return Row::renameUnique; },
          [](const AddIndex&) { return Row::addIndex; },
          [](const DropIndex&) { return Row::dropIndex; },
          [](const RenameIndex&) { return Row::renameIndex; },
          [](const AddCheck&) { return Row::addCheck; },
          [](const DropCheck&) { return Row::dropCheck; },
          [](const RenameCheck&) { return Row::renameCheck; },
          [](const AddUniqueProperty&) { return Row::addUniqueProperty; },
          [](const DropUniqueProperty&) { return Row::dropUniqueProperty; },
          [](const AddEnum&) { return Row::addEnum; },
          [](const DropEnum&) { return Row::dropEnum; },
          [](const RenameEnum&) { return Row::renameEnum; },
          [](const ChangeEnumDoc&) { return Row::changeEnumDoc; },
          [](const EnumAddValue&) { return Row::enumAddValue; },
          [](const EnumRenameValue&) { return Row::enumRenameValue; },
          [&](const EnumDropValue& c) {
            return mergedInto(set, c).empty() ? Row::enumDropValue : Row::enumMergeValue;
          },
          [](const AddTag&) { return Row::addTag; },
          [&](const DropTag& c) {
            return mergedInto(set, c).empty() ? Row::dropTag : Row::mergeTag;
          },
          [](const RenameTag&) { return Row::renameTag; },
          [](const ChangeTag&) { return Row::changeTag; },
          [](const ChangeTagSelection& c) {
            return c.multiple ? Row::tagsToMultiple : Row::tagsToSingle;
          },
          [](const ExtendContainment&) { return Row::extendContainment; },
          [](const RestrictContainment&) { return Row::restrictContainment; },
          [&](const AddDeclaration& c) {
            const bool onNew = c.kind == DeclarationKind::grant && isNew(b.grants[c.index].on, set);
            return onNew ? Row::addGrantOnNew : added(c.kind);
          },
          [&](const RenameDeclaration& c) { return renamed(c, set); },
          [](const ChangeDeclaration& c) { return changed(c.kind, c.restricts); },
          [](const DropDeclaration& c) { return dropped(c.kind); }},
      change);
}

}  // namespace

namespace {

// Changes within an entity that has no table in one of the versions: a draft that is reworked or
// becomes active, an external one that is described anew.
class WithoutRows {
public:
  explicit WithoutRows(const ChangeSet& set) : set_(set) {}
  bool operator()(const AddEntity&) const { return false; }
  bool operator()(const DropEntity&) const { return false; }
  bool operator()(const ChangeLifecycle&) const { return false; }
  // Whoever holds the rows, what was hidden is shown.
  bool operator()(const ChangeSensitivity& c) const {
    return (*set_.from)[(*set_.from)[c.from].entity].lifecycle == ir::Lifecycle::draft;
  }
  template <class C>
  bool operator()(const C& c) const {
    if constexpr (isFrom<C, PropertyId>())
      return of((*set_.from)[c.from].entity);
    else if constexpr (isFrom<C, EntityId>())
      return of(c.from);
    else if constexpr (std::is_same_v<C, AddProperty>)
      return ofNew((*set_.to)[c.property].entity);
    else if constexpr (std::is_same_v<C, DropProperty>)
      return of((*set_.from)[c.property].entity);
    else if constexpr (std::is_same_v<C, AddUnique> || std::is_same_v<C, AddIndex> ||
                       std::is_same_v<C, AddCheck>)
      return ofNew(c.entity);
    else if constexpr (std::is_same_v<C, DropUnique> || std::is_same_v<C, DropIndex> ||
                       std::is_same_v<C, DropCheck>)
      return of(c.entity);
    else
      return false;  // of no single entity
  }

private:
  template <class C, class Id>
  static constexpr bool isFrom() {
    if constexpr (requires(C c) { c.from; })
      return std::is_same_v<decltype(C::from), Id>;
    else
      return false;
  }
  bool of(EntityId from) const {
    const EntityId to = set_.matching.entityTo[from.index()];
    return to && !(hasTable((*set_.from)[from].lifecycle) && hasTable((*set_.to)[to].lifecycle));
  }
  bool ofNew(EntityId to) const {
    const EntityId from = set_.matching.entityFrom[to.index()];
    return from && of(from);
  }
  const ChangeSet& set_;
};

}  // namespace

const CompatibilityRow& compatibilityRow(const Change& change, const ChangeSet& set) {
  const bool none = std::visit(WithoutRows(set), change);
  if (none) return kRows[static_cast<size_t>(Row::withoutRows)];
  const auto& row = kRows[static_cast<size_t>(rowOf(change, set))];
  const bool raised = row.compatibility == Compatibility::safe && isExposed(change, set) &&
                      isNoticedOutside(change, set);
  return raised ? kRows[static_cast<size_t>(Row::exposedItem)] : row;
}

Compatibility classify(const Change& change, const ChangeSet& set) {
  return compatibilityRow(change, set).compatibility;
}

std::span<const CompatibilityRow> compatibilityTable() {
  return kRows;
}

std::string_view kindName(const Change& change) {
  constexpr std::string_view kNames[] = {"AddEntity",
                                         "DropEntity",
                                         "RenameEntity",
                                         "ChangeTable",
                                         "ChangeEntityDoc",
                                         "ChangeLifecycle",
                                         "ChangeKey",
                                         "AddProperty",
                                         "DropProperty",
                                         "RenameProperty",
                                         "ConvertProperty",
                                         "TransformProperties",
                                         "RequireProperty",
                                         "RelaxProperty",
                                         "ChangeDefault",
                                         "ChangeComputed",
                                         "TightenRefinement",
                                         "RelaxRefinement",
                                         "ChangeOnDelete",
                                         "ChangeTarget",
                                         "ChangeCardinality",
                                         "ChangeSensitivity",
                                         "ChangeColumn",
                                         "ChangePropertyDoc",
                                         "AddUnique",
                                         "DropUnique",
                                         "RenameUnique",
                                         "AddIndex",
                                         "DropIndex",
                                         "RenameIndex",
                                         "AddCheck",
                                         "DropCheck",
                                         "RenameCheck",
                                         "AddUniqueProperty",
                                         "DropUniqueProperty",
                                         "AddEnum",
                                         "DropEnum",
                                         "RenameEnum",
                                         "ChangeEnumDoc",
                                         "EnumAddValue",
                                         "EnumRenameValue",
                                         "EnumDropValue",
                                         "AddTag",
                                         "DropTag",
                                         "RenameTag",
                                         "ChangeTag",
                                         "ChangeTagSelection",
                                         "ExtendContainment",
                                         "RestrictContainment",
                                         "AddDeclaration",
                                         "RenameDeclaration",
                                         "ChangeDeclaration",
                                         "DropDeclaration"};
  static_assert(std::size(kNames) == std::variant_size_v<ChangeForms>);
  return kNames[change.index()];
}

}  // namespace cambium::diff
