// sema/migration_paths.h: the two versions of a migration block and the paths in them. Private to
// this folder.
#pragma once

#include <map>

#include "compiler/sema/expressions.h"

namespace cambium::sema {

// What a path leads to: an entity, a property of one, an enum, a value of one, or a tag.
struct Place {
  ir::Path path;
  std::optional<ir::EntityId> entity;
  std::optional<ir::PropertyId> property;
  std::optional<ir::EnumId> enumeration;
  bool tag = false;
  bool isValue() const { return tag || (enumeration && !path.property.empty()); }  // or a tag
  std::string_view describe() const;
};

// Something with a name, and without values: what a `rename` of it leads to is of the same kind.
enum class Named : uint8_t { unique, index, check, policy, view, role, template_ };
std::string_view describe(Named);  // "an index"

// Something that no line of a migration is about: what it is, "" = nothing such; and what becomes
// of it without a line.
struct Nameless {
  std::string_view kind, becomes;
};

// What begins a line, and what it does: "merge", "merged".
std::string_view word(syntax::MigrationItem::Kind);
std::string_view done(syntax::MigrationItem::Kind);

// One version: a sealed one, or the model being analysed (`sealed` null).
class Side {
public:
  Side(Context& c, const ir::Model* sealed, std::string v)
      : version(std::move(v)), c_(&c), sealed_(sealed) {}
  std::string version;

  const ir::Model& model() const { return sealed_ ? *sealed_ : c_->model; }
  bool current() const { return !sealed_; }
  std::optional<Place> find(const syntax::QName& path) const;
  std::optional<ir::EntityId> findEntity(std::string_view name) const;
  std::optional<ir::EnumId> findEnum(std::string_view name) const;
  std::optional<ir::PropertyId> findProperty(ir::EntityId entity, std::string_view name) const;
  bool hasValue(ir::EnumId id, std::string_view value) const;
  bool hasTag(std::string_view group, std::string_view tag) const;
  std::vector<std::string_view> entityNames() const;
  std::vector<std::string_view> enumNames() const;
  std::vector<std::string_view> propertyNames(ir::EntityId id) const;
  std::vector<std::string_view> valueNames(ir::EnumId id) const;
  // What is called so and has no values: of a path within an entity one of the first four, else one
  // of the others, or a policy. Of roles, templates and policies with one name the kind that
  // `other` has no more.
  std::optional<Named> findNamed(const syntax::QName& path, const Side& other) const;
  // All of the kind; `owner` is an entity, "" = of whatever entity.
  std::vector<std::string_view> namesOf(Named, std::string_view owner) const;
  bool hasNamed(Named, std::string_view owner, std::string_view name) const;
  // The entities that have a policy of this name.
  std::vector<std::string> withPolicy(std::string_view name) const;
  // What is called so and has no rows that would have to follow.
  Nameless nameless(const syntax::QName& path) const;
  // What could have stood where `path` went wrong.
  std::vector<std::string_view> candidates(const syntax::QName& path) const;

private:
  Context* c_;
  const ir::Model* sealed_;
};

// The renames of a block, by old name or path.
struct RenameMaps {
  const std::map<std::string, std::string>& entities;
  const std::map<ir::Path, std::string>& properties;
};

// The version that a block leads from or to: the package's own (where that may be) or a sealed one;
// else MIG001, MIG002.
std::optional<Side> sideOf(Context& c, const syntax::Text& version, bool from, bool back);

// Both versions are semantic ones and differ, and the package is not what a way back leads to; else
// NAM012, MIG012, MIG019.
bool checkVersions(Context& c, const syntax::MigrationDecl& d);
// To an older version: lines for `rollback`.
bool leadsBack(const syntax::MigrationDecl& d);

// Both sides. Enums of sealed sides get numbers behind the model's own while expressions are
// checked; toMain() takes them back.
class Versions {
public:
  Versions(Context& c, Side f, Side t);
  Versions(const Versions&) = delete;
  Versions& operator=(const Versions&) = delete;

  // Which old enum is which of the model's own: by name, or by the new name.
  void relateEnums(const std::map<std::string, std::string>& renamed);
  Scope scope(const SyntaxTree& tree, const Side& side, ir::EntityId entity, Use use) const;
  // Types of other versions' enums become the model's own enum of that name, or text where there is
  // none.
  void toMain(ir::Expr& e) const;

  Side from, to;

private:
  Context& c_;
  ForeignEnums fromEnums_, toEnums_;
  std::vector<const ForeignEnums*> all_;
};

// Adds the renames and approvals that follow for what constructs are made of (migration_made.cpp).
void addImplied(const Versions& versions, const RenameMaps& renamed, ir::Migration& out);

}  // namespace cambium::sema
