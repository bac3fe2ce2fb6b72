// diff/change.h: what is different between two versions: a closed list of typed changes. Old names
// are of `from`, new names of `to`.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "compiler/base/form_of.h"
#include "compiler/ir/model.h"

namespace cambium::diff {

using ir::EntityId;
using ir::EnumId;
using ir::PropertyId;

// ---- entities
struct AddEntity {
  EntityId entity;
};
struct DropEntity {
  EntityId entity;
  bool approved = false;
};
struct RenameEntity {
  EntityId from, to;
};
struct ChangeTable {
  EntityId from, to;
};  // @table or naming (the same entity in another table), or @native options
struct ChangeEntityDoc {
  EntityId from, to;
};
struct ChangeLifecycle {
  EntityId from, to;
};
struct ChangeKey {
  EntityId from, to;
};
// ---- properties (also references)
struct AddProperty {
  PropertyId property;
  bool filled = false;
};  // `filled`: needs no value, has a default, or a fill. Not what a transform makes
struct DropProperty {
  PropertyId property;
  bool approved = false;
};
struct RenameProperty {
  PropertyId from, to;
};
// Another type, or a `convert` (a transform of one property into one): under a new name it is
// RenameProperty and ConvertProperty. Without a transform every old value fits (`lossless`), or its
// narrowing is approved.
struct ConvertProperty {
  PropertyId from, to;
  bool lossless = false;
  size_t transform = kNoTransform;
  static constexpr size_t kNoTransform = ~size_t{0};
};
// Split and merge: index into Migration::transforms. The properties that it takes and makes are
// matched with nothing, and are not reported as dropped and added; one that it takes and that stays
// under its name is matched with itself.
struct TransformProperties {
  size_t transform;
};
struct RequireProperty {
  PropertyId from, to;
  bool filled = false;
};
struct RelaxProperty {
  PropertyId from, to;
};
struct ChangeDefault {
  PropertyId from, to;
};
struct ChangeComputed {
  PropertyId from, to;
};
struct TightenRefinement {
  PropertyId from, to;
  // Some values that the new one allows the old one did not, or nobody can tell.
  bool alsoRelaxes = false;
};
struct RelaxRefinement {
  PropertyId from, to;
};  // also: removed
struct ChangeOnDelete {
  PropertyId from, to;
};
struct ChangeTarget {
  PropertyId from, to;
};  // a reference to another entity; the other side of another reference
struct ChangeCardinality {
  PropertyId from, to;
};  // a reference becomes a many-to-many with a junction of its own, or the other way round
struct ChangeSensitivity {
  PropertyId from, to;
};
struct ChangeColumn {
  PropertyId from, to;
};  // @column, @native or @noindex
struct ChangePropertyDoc {
  PropertyId from, to;
};  // documentation, deprecation, group, whether it is exposed
// ---- constraints and indexes of an entity that is in both versions; positions in Entity::uniques,
// indexes, checks
struct AddUnique {
  EntityId entity;
  size_t unique;
};
struct DropUnique {
  EntityId entity;
  size_t unique;
};  // entity of `from`
// The same under another name (of the model or of the database); positions in the old and the new
// version.
struct RenameUnique {
  EntityId from, to;
  size_t was, is;
};
struct AddIndex {
  EntityId entity;
  size_t index;
};
struct DropIndex {
  EntityId entity;
  size_t index;
};
struct RenameIndex {
  EntityId from, to;
  size_t was, is;
};
struct AddCheck {
  EntityId entity;
  size_t check;
};
struct DropCheck {
  EntityId entity;
  size_t check;
};
struct RenameCheck {
  EntityId from, to;
  size_t was, is;
};
struct AddUniqueProperty {
  PropertyId from, to;
};  // @unique on a property
struct DropUniqueProperty {
  PropertyId from, to;
};
// ---- enums
struct AddEnum {
  EnumId enumeration;
};
struct DropEnum {
  EnumId enumeration;
};
struct RenameEnum {
  EnumId from, to;
};
struct ChangeEnumDoc {  // words, or the order of its values
  EnumId from, to;
};
struct EnumAddValue {
  EnumId enumeration;
  std::string value;
};
struct EnumRenameValue {
  EnumId from, to;
  std::string oldValue, newValue;
};
struct EnumDropValue {
  EnumId from, to;
  std::string value;
  bool approved = false;
};

// ---- tags, containment, and declarations that have no table of their own
struct AddTag {
  std::string group, tag;
};
struct DropTag {
  std::string group, tag;
  bool approved = false;
};  // of the old version
struct RenameTag {
  std::string group, oldTag, newTag;
};  // the group as the new version calls it
struct ChangeTag {
  std::string group, tag;
};  // its display name, its place or its documentation
struct ChangeTagSelection {
  std::string group;
  bool multiple = false;
};  // single → multiple or back
struct ExtendContainment {
  EntityId parent, child;
};  // of `to`
struct RestrictContainment {
  EntityId parent, child;
};  // of `from`
enum class DeclarationKind : unsigned char {
  view,
  template_,
  role,
  grant,
  policy,
  schema,
  namespace_
};
struct AddDeclaration {
  DeclarationKind kind;
  std::string name;
  size_t index;  // in the list of `to`
};
// What else changes of it is a ChangeDeclaration.
struct RenameDeclaration {
  DeclarationKind kind;
  std::string oldName, newName;
  size_t from, to;  // in the lists
};
struct ChangeDeclaration {
  DeclarationKind kind;
  std::string name;
  size_t from, to;         // in the lists
  bool restricts = false;  // gives less than before: what was allowed or there is not any more
};
struct DropDeclaration {
  DeclarationKind kind;
  std::string name;
  size_t index;  // in the list of `from`
};

using ChangeForms =
    std::variant<AddEntity, DropEntity, RenameEntity, ChangeTable, ChangeEntityDoc, ChangeLifecycle,
                 ChangeKey, AddProperty, DropProperty, RenameProperty, ConvertProperty,
                 TransformProperties, RequireProperty, RelaxProperty, ChangeDefault, ChangeComputed,
                 TightenRefinement, RelaxRefinement, ChangeOnDelete, ChangeTarget,
                 ChangeCardinality, ChangeSensitivity, ChangeColumn, ChangePropertyDoc, AddUnique,
                 DropUnique, RenameUnique, AddIndex, DropIndex, RenameIndex, AddCheck, DropCheck,
                 RenameCheck, AddUniqueProperty, DropUniqueProperty, AddEnum, DropEnum, RenameEnum,
                 ChangeEnumDoc, EnumAddValue, EnumRenameValue, EnumDropValue, AddTag, DropTag,
                 RenameTag, ChangeTag, ChangeTagSelection, ExtendContainment, RestrictContainment,
                 AddDeclaration, RenameDeclaration, ChangeDeclaration, DropDeclaration>;

// One of the forms: for std::visit, std::get_if and the like the variant that it is. What a variant
// of so many forms needs to be copied, moved and destroyed is compiled once (change_forms.cpp), not
// in every file that has a vector of them.
class Change : public ChangeForms {
public:
  Change();
  template <class Form>
  requires isFormOf<Form, ChangeForms> Change(Form);
  Change(const Change&);
  Change(Change&&) noexcept;
  Change& operator=(const Change&);
  Change& operator=(Change&&) noexcept;
  ~Change();
};

enum class Compatibility : unsigned char { safe, breaking, destructive };

// How the parts of one version are found in the other (by name, and by `rename` where names
// differ). Invalid id = not there.
struct Matching {
  std::vector<EntityId> entityTo;      // by EntityId of from
  std::vector<EntityId> entityFrom;    // by EntityId of to
  std::vector<PropertyId> propertyTo;  // a converted property under one name matches itself
  std::vector<PropertyId> propertyFrom;
  std::vector<EnumId> enumTo, enumFrom;
};

struct ChangeSet {
  std::shared_ptr<const ir::Model> from, to;
  const ir::Migration* migration = nullptr;  // inside *to; null = none
  Matching matching;
  bool exposed = false;  // something of the old version is @exposed, or a view of the new one
  std::vector<Change>
      changes;  // in the order of the kinds above, then by entity or enum, then as declared
};

}  // namespace cambium::diff
