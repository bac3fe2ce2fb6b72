// ir/model.h: the typed model of one version of a package. Made by sema (from trees), by artifact
// (from a sealed version) or by introspection; immutable afterwards. Mixins are expanded, aliases
// resolved, references bound to keys, expressions checked.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/boxed.h"
#include "compiler/base/ids.h"
#include "compiler/ir/access.h"
#include "compiler/ir/config.h"
#include "compiler/ir/expr.h"
#include "compiler/ir/type.h"
#include "compiler/ir/view.h"
#include "compiler/source/source.h"

namespace cambium::ir {

struct Property;
using PropertyId = Id<Property>;

struct EnumValue {
  std::string name;
  std::string title;  // display name; empty = none
  std::string doc;
  Span span;
};

struct Enum {
  std::string name;
  std::string doc;
  std::vector<EnumValue> values;
  Span span;
};

// tags Topic on Order, Product multiple { gift "Gift" }. The group is an entity of its own (`made`
// tagGroup, with a row for each tag); what carries tags refers to it, or has a junction with it.
struct TagGroup {
  std::string name;  // also of the entity
  std::string doc;
  bool multiple = false;
  std::vector<std::string> on;  // entities, sorted
  std::vector<EnumValue> tags;
  Span span;
};

// type Email = string(320) where matches(value, "…")
struct Alias {
  std::string name;  // qualified if imported: "std.types.Email"
  std::string doc;
  Type type;
  Boxed<Expr> where;  // about ExprKind::value
  Span span;
};

enum class PropertyKind : uint8_t { value, reference, many };
enum class RefAction : uint8_t { restrict, cascade, setNull, setDefault, noAction };
// When a reference has to be right: with the statement; or when the transaction ends, if it asks
// for that (immediate) or unless it asks otherwise (deferred).
enum class Deferral : uint8_t { no, immediate, deferred };

// What the compiler made of a construct, and what somebody wrote.
enum class MadeProperty : uint8_t {
  written,
  tag,       // the tag that a row has, of a `single` group
  tags,      // the tags that a row has, of a `multiple` group
  parent,    // the row that contains this one
  junction,  // of a junction: one of its two references
  tagField,  // of a tag group: name, title, position
};

struct Property {
  EntityId entity;
  std::string name;
  std::string doc;
  PropertyKind kind = PropertyKind::value;
  Type type;  // value; for a reference only `optional` counts (its columns have the types of the
              // target's key)
  EntityId target;  // reference, many
  // many: the reference of the target that this is the other side of; of a many-to-many the other
  // `many`, if one was written
  std::string inverse;
  // many-to-many: the entity between, and its two references, to this entity and to the target
  EntityId through;
  std::string throughHere, throughThere;
  MadeProperty made = MadeProperty::written;
  RefAction onDelete = RefAction::restrict;
  RefAction onUpdate = RefAction::noAction;
  Deferral deferral = Deferral::no;  // reference: @deferrable
  bool unique = false;               // @unique
  bool indexed = true;               // reference without @noindex
  bool draft = false;                // reference @draft: a column that may still refer to nothing
  bool autoincrement = false;
  Boxed<Expr> defaultValue;  // not autoincrement()
  Boxed<Expr> computed;
  bool stored = false;     // computed stored
  Boxed<Expr> where;       // the property's own refinement, about ExprKind::value
  std::string column;      // @column("…"); empty = derived
  std::string foreignKey;  // reference: @name("…"), what the foreign key is called; empty = derived
  std::map<std::string, std::string> native;  // @native(dialect: "NVARCHAR(160)"): the column's
                                              // type by dialect, as is, without any check
  std::string group;                          // innermost property group, "" = none
  std::string sensitive;  // @sensitive(mask: "…"): the mask; "*" without one; "" = not sensitive
  bool deprecated = false;
  bool exposed = false;     // @exposed: others than this package's applications rely on it
  std::string deprecation;  // why, and what to use instead: @deprecated("…")
  std::string removeAfter;  // the first version that may be without it: remove_after, "" = any
  std::string label;        // what people call it: @label("…")
  std::string origin;       // the mixin it came from, "" = its own
  Span span;                // of the name
};

struct Key {
  std::vector<PropertyId> properties;  // one or more, required
  Span span;
};

struct IndexPart {
  Expr expr;  // mostly ExprKind::property
  bool descending = false;
  std::map<std::string, std::string> native =
      {};  // @native(dialect: "…"): of an index, what stands
           // behind the part: an operator class, a length
  friend bool operator==(const IndexPart&, const IndexPart&) = default;
};

struct Unique {
  std::string name;          // empty = derived from the parts
  std::string databaseName;  // @name("…"): as is; empty = derived
  std::vector<IndexPart> parts;
  std::vector<Expr>
      include;  // @include(…): properties that are in it, and by which nothing is found
  Boxed<Expr> where;
  bool constraint = false;  // @constraint: declared with the table, not an index of its own
  std::string doc;
  Span span;
};

struct Index {
  std::string name;
  std::string databaseName;  // @name("…")
  std::vector<IndexPart> parts;
  std::vector<Expr> include;                  // as of a unique
  std::map<std::string, std::string> method;  // @using(dialect: "gin"): its kind, by dialect; a
                                              // dialect that is left out has no such index. Empty:
                                              // the usual kind of each
  Boxed<Expr> where;
  std::string doc;
  Span span;
};

struct Check {
  std::string name;          // empty = derived from its place among the unnamed ones
  std::string databaseName;  // @name("…")
  Expr condition;
  std::string message;  // @message("…")
  std::string doc;
  Span span;
};

struct Group {
  std::string name;
  std::string title;
  std::string parent;
};

enum class MadeEntity : uint8_t {
  written,
  junction,     // of a many-to-many: `Product.labels`
  tagGroup,     // the tags of a group: `Topic`
  tagJunction,  // of a `multiple` group and an entity: `Order.Topic`
};

enum class Lifecycle : uint8_t { active, draft, deprecated, deleted, external };

struct Entity {
  std::string name;
  std::string doc;
  Lifecycle lifecycle = Lifecycle::active;
  std::string deprecation;  // why: @deprecated("…")
  std::string removeAfter;  // the first version that may be without it, "" = any
  std::string label;        // what people call it: @label("…")
  bool exposed = false;     // @exposed: and with it all its properties
  MadeEntity made = MadeEntity::written;
  std::string madeOf;                 // junctions: the entity whose `many` or tags it holds
  std::vector<std::string> contains;  // entities whose rows may lie in a row of this one, sorted
  std::vector<PropertyId>
      properties;  // in the order of columns: mixins' first, in the order of `is`
  Key key;
  std::vector<Unique> uniques;
  std::vector<Index> indexes;
  std::vector<Check> checks;
  std::vector<Group> groups;
  std::vector<std::string> mixins;            // qualified names, as written
  std::string table;                          // @table("…"); empty = derived
  std::map<std::string, std::string> native;  // @native(dialect: "WITHOUT ROWID"): the table's
                                              // options by dialect, instead of the dialect's own
  Span span;                                  // of the name
};

// ---------------------------------------------------------------- how data moves from one version
// to the next (migration blocks) A path of one of the two versions: an entity, or a property of
// one.
struct Path {
  std::string entity;
  std::string property;  // empty = the entity itself; for an enum path: the enum's name is
                         // `entity`, the value `property`
  friend auto operator<=>(const Path&, const Path&) = default;
};
struct RenameRule {
  Path from;
  std::string to;
  Span span;
};
struct Assignment {
  std::string property;
  Expr value;
};
// One or several old properties become one or several new ones. `convert` is one to one (perhaps
// under one name), `split` one to many, `merge` many to one. `up` is over the old entity's
// properties and assigns new ones; `down` the reverse (empty: cannot go back).
// With `by` an entity becomes two, or two become one: the properties move between an entity and its
// part, another entity whose reference of this name leads to it, one row at most for each.
struct TransformRule {
  std::string fromEntity;  // in the old version
  std::string toEntity;    // in the new version
  std::vector<std::string> from, to;
  std::vector<Assignment> up, down;
  Span span;
  std::string by = {};  // of the part; "" = within one entity
};
struct FillRule {
  Path to;
  Expr value;
  Span span;
};  // value over the new entity's properties
enum class ApprovalKind : uint8_t { drop, narrow, expose, protect };
struct ApprovalRule {
  ApprovalKind kind;
  Path from;
  std::string reason;
  Span span;
};

struct Migration {
  std::string from, to;  // versions
  std::vector<RenameRule> renames;
  std::vector<TransformRule> transforms;
  std::vector<FillRule> fills;
  std::vector<ApprovalRule> approvals;
  Span span;
  Span block;  // from `migration` to its closing brace, before which a fix may insert a line;
               // invalid = not from a source
};

// ---------------------------------------------------------------- environments (never sealed)
struct Environment {
  std::string name;
  std::string url;          // literal or default of env("NAME", "default")
  std::string urlVariable;  // NAME, "" = literal
  std::string promoteFrom;
  bool destructiveAllowed = false;
  unsigned approvals = 0;        // destructive approvals N
  uint64_t soakSeconds = 0;      // soak 7d: what contract takes away is kept so long; 0 = it goes
  bool autoApproveSafe = false;  // auto_approve safe: plans of safe steps only need nobody
  bool accessViews = false;
  unsigned lockTimeoutMs = 2000;
  unsigned lockRetries = 20;
  unsigned backfillBatch = 1000;
  unsigned backfillTargetMs = 200;
  std::optional<Expr> backfillPause;  // pause when …: over replica_lag, running_threads,
                                      // oldest_transaction, free_disk
  Span span;
};

// @allow(CODE, "why"): warnings of that code inside `covers` are silenced, also those of later
// stages (never sealed).
struct Suppression {
  std::string code;
  Span covers;
};

enum class Naming : uint8_t { snakeCase, plural, asWritten };

struct Model {
  std::string package;
  std::string version;  // semver; empty = none stated
  Naming naming = Naming::snakeCase;
  std::string doc;
  Store<Entity> entities;      // by name
  Store<Property> properties;  // entity by entity
  Store<Enum> enums;           // by name
  Store<Alias> aliases;        // by name; those that are used
  // By name; grants by entity, as written; namespaces by path.
  std::vector<TagGroup> tagGroups;
  std::vector<View> views;
  std::vector<Template> templates;
  std::vector<Role> roles;
  std::vector<Grant> grants;
  std::vector<Policy> policies;
  std::vector<Schema> schemas;
  std::vector<Namespace> namespaces;
  std::vector<Migration>
      migrations;  // the checked blocks; sealed is the one that leads to `version`
  std::vector<Environment> environments;  // by name
  std::vector<Suppression> suppressions;  // by place

  std::optional<EntityId> findEntity(std::string_view name) const;
  std::optional<EnumId> findEnum(std::string_view name) const;
  std::optional<AliasId> findAlias(std::string_view name) const;
  const TagGroup* findTagGroup(std::string_view name) const;
  const View* findView(std::string_view name) const;
  std::optional<PropertyId> findProperty(EntityId, std::string_view name) const;
  const Entity& operator[](EntityId id) const { return entities[id]; }
  const Property& operator[](PropertyId id) const { return properties[id]; }
  const Enum& operator[](EnumId id) const { return enums[id]; }
  const Alias& operator[](AliasId id) const { return aliases[id]; }
};

// Equal in everything that is sealed (spans, environments and other migrations do not count).
bool sameModel(const Model&, const Model&);

}  // namespace cambium::ir
