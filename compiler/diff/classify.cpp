// The class and the words of each kind of change.
#include <fmt/core.h>

#include "compiler/base/result.h"
#include "compiler/diff/diff.h"

namespace cambium::diff {

namespace {

enum class Row {
#define COMPATIBILITY(row, kind, compatibility, when, needs) row,
#include "compiler/diff/compatibility.def"
#undef COMPATIBILITY
};

constexpr Compatibility kClasses[] = {
#define COMPATIBILITY(row, kind, compatibility, when, needs) Compatibility::compatibility,
#include "compiler/diff/compatibility.def"
#undef COMPATIBILITY
};

constexpr std::string_view kKinds[] = {
#define COMPATIBILITY(row, kind, compatibility, when, needs) #kind,
#include "compiler/diff/compatibility.def"
#undef COMPATIBILITY
};

Row rowOf(const Change& change, const ChangeSet& set) {
  return std::visit(
      Overloaded{
          [](const AddEntity&) { return Row::addEntity; }, [](const DropEntity&) { return Row::dropEntity; },
          [](const RenameEntity&) { return Row::renameEntity; }, [](const ChangeTable&) { return Row::changeTable; },
          [](const ChangeEntityDoc&) { return Row::changeEntityDoc; },
          [](const ChangeLifecycle&) { return Row::changeLifecycle; }, [](const ChangeKey&) { return Row::changeKey; },
          [&](const AddProperty& c) {
            const ir::Property& p = (*set.to)[c.property];
            const bool safe = p.type.optional || p.computed || p.defaultValue || p.autoincrement;
            return safe ? Row::addOptional : Row::addRequired;
          },
          [&](const DropProperty& c) { return (*set.from)[c.property].computed ? Row::dropComputed : Row::dropProperty; },
          [](const RenameProperty&) { return Row::renameProperty; },
          [](const ConvertProperty& c) {
            if (c.lossless) return Row::widenProperty;
            return c.transform == ConvertProperty::kNoTransform ? Row::narrowProperty : Row::convertProperty;
          },
          [](const TransformProperties&) { return Row::transformProperties; },
          [](const RequireProperty&) { return Row::requireProperty; },
          [](const RelaxProperty&) { return Row::relaxProperty; },
          [](const ChangeDefault&) { return Row::changeDefault; },
          [](const ChangeComputed&) { return Row::changeComputed; },
          [](const TightenRefinement&) { return Row::tightenRefinement; },
          [](const RelaxRefinement&) { return Row::relaxRefinement; },
          [](const ChangeOnDelete&) { return Row::changeOnDelete; },
          [](const ChangeTarget&) { return Row::changeTarget; },
          [](const ChangeSensitivity&) { return Row::changeSensitivity; },
          [](const ChangeColumn&) { return Row::changeColumn; },
          [](const ChangePropertyDoc&) { return Row::changePropertyDoc; },
          [](const AddUnique&) { return Row::addUnique; }, [](const DropUnique&) { return Row::dropUnique; },
          [](const AddIndex&) { return Row::addIndex; }, [](const DropIndex&) { return Row::dropIndex; },
          [](const AddCheck&) { return Row::addCheck; }, [](const DropCheck&) { return Row::dropCheck; },
          [](const AddUniqueProperty&) { return Row::addUniqueProperty; },
          [](const DropUniqueProperty&) { return Row::dropUniqueProperty; },
          [](const AddEnum&) { return Row::addEnum; }, [](const DropEnum&) { return Row::dropEnum; },
          [](const RenameEnum&) { return Row::renameEnum; }, [](const EnumAddValue&) { return Row::enumAddValue; },
          [](const EnumRenameValue&) { return Row::enumRenameValue; },
          [](const EnumDropValue&) { return Row::enumDropValue; }},
      change);
}

std::string pathOf(PropertyId id, const ir::Model& model) { return model[model[id].entity].name + "." + model[id].name; }

// "string(80)?", "ref Customer?".
std::string typeOf(PropertyId id, const ir::Model& model) {
  const ir::Property& p = model[id];
  if (p.kind == ir::PropertyKind::value) return ir::toString(p.type, model);
  return fmt::format("{} {}{}", p.kind == ir::PropertyKind::many ? "many" : "ref", p.target ? model[p.target].name : "",
                     p.kind == ir::PropertyKind::reference && p.type.optional ? "?" : "");
}

std::string textOf(const std::optional<ir::Expr>& e, const ir::Model& model) {
  return e ? ir::toString(*e, model) : "none";
}

// "(tenant, email)", with the name before it if there is one.
template <class T>
std::string indexText(const T& index, const ir::Model& model) {
  std::string out = index.name.empty() ? "(" : index.name + " (";
  for (size_t i = 0; i < index.parts.size(); ++i)
    out += (i ? ", " : "") + ir::toString(index.parts[i].expr, model) + (index.parts[i].descending ? " desc" : "");
  return out + ")";
}

std::string checkText(const ir::Check& check, const ir::Model& model) {
  return (check.name.empty() ? "" : check.name + ": ") + ir::toString(check.condition, model);
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

Compatibility classify(const Change& change, const ChangeSet& set) {
  return kClasses[static_cast<size_t>(rowOf(change, set))];
}

std::string_view kindName(const Change& change) {
  // Every row of a kind has its name; what the row depends on besides the kind does not matter here.
  constexpr std::string_view kNames[] = {
      "AddEntity", "DropEntity", "RenameEntity", "ChangeTable", "ChangeEntityDoc", "ChangeLifecycle", "ChangeKey",
      "AddProperty", "DropProperty", "RenameProperty", "ConvertProperty", "TransformProperties", "RequireProperty",
      "RelaxProperty", "ChangeDefault", "ChangeComputed", "TightenRefinement", "RelaxRefinement", "ChangeOnDelete",
      "ChangeTarget", "ChangeSensitivity", "ChangeColumn", "ChangePropertyDoc", "AddUnique", "DropUnique", "AddIndex",
      "DropIndex", "AddCheck", "DropCheck", "AddUniqueProperty", "DropUniqueProperty", "AddEnum", "DropEnum",
      "RenameEnum", "EnumAddValue", "EnumRenameValue", "EnumDropValue"};
  static_assert(std::size(kNames) == std::variant_size_v<Change>);
  return kNames[change.index()];
}

std::string toString(const Change& change, const ChangeSet& set) {
  const ir::Model &a = *set.from, &b = *set.to;
  const auto changed = [&](PropertyId from, PropertyId to, const std::string& what) {
    (void)from;
    return fmt::format("~ {}: {}", pathOf(to, b), what);
  };
  return std::visit(
      Overloaded{
          [&](const AddEntity& c) { return fmt::format("+ {}", b[c.entity].name); },
          [&](const DropEntity& c) { return fmt::format("- {}", a[c.entity].name); },
          [&](const RenameEntity& c) { return fmt::format("~ {} → {}", a[c.from].name, b[c.to].name); },
          [&](const ChangeTable& c) { return fmt::format("~ {}: another table", b[c.to].name); },
          [&](const ChangeEntityDoc& c) { return fmt::format("~ {}: documentation", b[c.to].name); },
          [&](const ChangeLifecycle& c) { return fmt::format("~ {}: lifecycle", b[c.to].name); },
          [&](const ChangeKey& c) { return fmt::format("~ {}: key", b[c.to].name); },
          [&](const AddProperty& c) { return fmt::format("+ {}: {}", pathOf(c.property, b), typeOf(c.property, b)); },
          [&](const DropProperty& c) { return fmt::format("- {}: {}", pathOf(c.property, a), typeOf(c.property, a)); },
          [&](const RenameProperty& c) { return fmt::format("~ {} → {}", pathOf(c.from, a), b[c.to].name); },
          [&](const ConvertProperty& c) {
            return changed(c.from, c.to, fmt::format("{} → {}", typeOf(c.from, a), typeOf(c.to, b)));
          },
          [&](const TransformProperties& c) {
            const ir::TransformRule& rule = set.migration->transforms[c.transform];
            return fmt::format("~ {}: {} → {}", rule.toEntity, joined(rule.from), joined(rule.to));
          },
          [&](const RequireProperty& c) { return changed(c.from, c.to, "becomes required"); },
          [&](const RelaxProperty& c) { return changed(c.from, c.to, "becomes optional"); },
          [&](const ChangeDefault& c) {
            return changed(c.from, c.to, fmt::format("default {} → {}", textOf(a[c.from].defaultValue, a),
                                                     textOf(b[c.to].defaultValue, b)));
          },
          [&](const ChangeComputed& c) {
            return changed(c.from, c.to,
                           fmt::format("computed {} → {}", textOf(a[c.from].computed, a), textOf(b[c.to].computed, b)));
          },
          [&](const TightenRefinement& c) { return changed(c.from, c.to, "refinement tightened"); },
          [&](const RelaxRefinement& c) { return changed(c.from, c.to, "refinement relaxed"); },
          [&](const ChangeOnDelete& c) { return changed(c.from, c.to, "on delete or update"); },
          [&](const ChangeTarget& c) {
            return changed(c.from, c.to, fmt::format("{} → {}", typeOf(c.from, a), typeOf(c.to, b)));
          },
          [&](const ChangeSensitivity& c) { return changed(c.from, c.to, "sensitivity"); },
          [&](const ChangeColumn& c) { return changed(c.from, c.to, "another column or index"); },
          [&](const ChangePropertyDoc& c) { return changed(c.from, c.to, "documentation"); },
          [&](const AddUnique& c) {
            return fmt::format("+ {}: unique {}", b[c.entity].name, indexText(b[c.entity].uniques[c.unique], b));
          },
          [&](const DropUnique& c) {
            return fmt::format("- {}: unique {}", a[c.entity].name, indexText(a[c.entity].uniques[c.unique], a));
          },
          [&](const AddIndex& c) {
            return fmt::format("+ {}: index {}", b[c.entity].name, indexText(b[c.entity].indexes[c.index], b));
          },
          [&](const DropIndex& c) {
            return fmt::format("- {}: index {}", a[c.entity].name, indexText(a[c.entity].indexes[c.index], a));
          },
          [&](const AddCheck& c) {
            return fmt::format("+ {}: check {}", b[c.entity].name, checkText(b[c.entity].checks[c.check], b));
          },
          [&](const DropCheck& c) {
            return fmt::format("- {}: check {}", a[c.entity].name, checkText(a[c.entity].checks[c.check], a));
          },
          [&](const AddUniqueProperty& c) { return changed(c.from, c.to, "becomes unique"); },
          [&](const DropUniqueProperty& c) { return changed(c.from, c.to, "is no longer unique"); },
          [&](const AddEnum& c) { return fmt::format("+ enum {}", b[c.enumeration].name); },
          [&](const DropEnum& c) { return fmt::format("- enum {}", a[c.enumeration].name); },
          [&](const RenameEnum& c) { return fmt::format("~ enum {} → {}", a[c.from].name, b[c.to].name); },
          [&](const EnumAddValue& c) { return fmt::format("+ {}.{}", b[c.enumeration].name, c.value); },
          [&](const EnumRenameValue& c) {
            return fmt::format("~ {}.{} → {}", b[c.to].name, c.oldValue, c.newValue);
          },
          [&](const EnumDropValue& c) { return fmt::format("- {}.{}", a[c.from].name, c.value); }},
      change);
}

}  // namespace cambium::diff
