// sema/context.h: what the passes of the analysis share. Private to this folder.
// One Context lives for one call of analyze(); every pass reads what earlier passes put there and
// adds its own part.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/ir/model.h"
#include "compiler/sema/analyze.h"
#include "compiler/syntax/tree.h"

namespace cambium::sema {

using syntax::SyntaxTree;

enum class SymbolKind : uint8_t { entity, mixin, enumeration, alias, view };

// How far mixins, types and keys may build on each other. Nobody reads deeper, and no input may
// exhaust the stack.
inline constexpr unsigned kDeepest = 100;

// "an entity", "a mixin": for messages.
std::string_view describe(SymbolKind kind);

// A declaration that can be named. `index` counts within its kind, over all packages.
struct Symbol {
  SymbolKind kind = SymbolKind::entity;
  uint32_t index = 0;
};

struct ImportedSymbol {
  Symbol symbol;
  size_t use = 0;  // index into Unit::uses
};

struct ImportUse {  // one imported name, or one qualifier
  std::string text;
  Span span;
  bool used = false;
};

// One package: the one being compiled (units[0]) or an imported one.
struct Unit {
  std::string name;
  std::vector<const SyntaxTree*> trees;
  std::unordered_map<std::string_view, Symbol> own;
  std::unordered_map<std::string_view, ImportedSymbol> imported;  // by local name
  std::unordered_map<std::string_view, uint32_t> schemas;         // into Context::schemas
  std::unordered_map<std::string_view, std::pair<uint32_t, size_t>> importedSchemas;  // and its use
  std::unordered_map<std::string, std::pair<size_t, size_t>> qualifiers;  // to unit and use
  std::unordered_set<std::string>
      lost;  // names and qualifiers of imports that were reported: nothing more is said about them
  std::vector<ImportUse> uses;
  bool main() const { return isMain; }
  bool isMain = false;
};

struct EntityDeclared {  // entities and mixins
  size_t unit = 0;
  const SyntaxTree* tree = nullptr;
  const syntax::EntityDecl* decl = nullptr;
  std::string qualified;
  bool deprecated = false;
  std::vector<uint32_t> mixins;  // indices of mixins that `is` names and that exist
  ir::MadeEntity made = ir::MadeEntity::written;
  std::string_view madeOf;            // junctions: their owner
  std::vector<std::string> contains;  // names of the entities that may lie in it
};
struct ViewDeclared {
  size_t unit = 0;
  const SyntaxTree* tree = nullptr;
  const syntax::ViewDecl* decl = nullptr;
  bool deprecated = false;
};
struct TagGroupDeclared {
  size_t unit = 0;
  const SyntaxTree* tree = nullptr;
  const syntax::TagsDecl* decl = nullptr;
  uint32_t entity = 0;  // index of the declaration that it is as an entity
};
// Schemas have a space of names of their own: only `uses` names them.
struct SchemaDeclared {
  size_t unit = 0;
  const SyntaxTree* tree = nullptr;
  const syntax::SchemaDecl* decl = nullptr;
  std::string qualified;
  bool used = false;  // by a namespace
};
// Declarations that constructs are made of (made.cpp), as if somebody had written them.
struct Made {
  SyntaxTree tree;  // holds their expressions
  std::deque<std::string> names;
  std::deque<syntax::EntityDecl> entities;
  std::deque<syntax::PropertyDecl> extra;
  std::deque<syntax::CheckDecl> checks;
  std::unordered_map<const syntax::PropertyDecl*, ir::MadeProperty> properties;
  // What an entity gets beyond what it says, by index of the declaration.
  std::unordered_map<uint32_t,
                     std::vector<std::pair<const syntax::PropertyDecl*, const SyntaxTree*>>>
      extraOf;
  std::unordered_map<uint32_t, std::vector<const syntax::CheckDecl*>> checkOf;
};
struct EnumDeclared {
  size_t unit = 0;
  const SyntaxTree* tree = nullptr;
  const syntax::EnumDecl* decl = nullptr;
  std::string qualified;
  bool deprecated = false;
  ir::EnumId id;
};
struct AliasDeclared {
  size_t unit = 0;
  const SyntaxTree* tree = nullptr;
  const syntax::TypeDecl* decl = nullptr;
  std::string qualified;
  bool deprecated = false;
  ir::AliasId id;
  enum class State : uint8_t { untouched, running, done } state = State::untouched;
  ir::Type type;
  std::optional<uint32_t> base;  // the alias that it refines
  unsigned depth = 0;            // how many lie below it
};

// A member as an entity has it: its own or a mixin's.
template <class Decl>
struct MemberOf {
  const Decl* decl = nullptr;
  const SyntaxTree* tree = nullptr;
  size_t unit = 0;
  std::string_view group;
  const EntityDeclared* origin = nullptr;  // the mixin, or null
};

struct PropertyWork {
  MemberOf<syntax::PropertyDecl> member;
  bool broken = false;  // its type is unknown: nothing more is said about it
};

// What is known about an entity beyond ir::Entity.
struct EntityWork {
  const EntityDeclared* declared = nullptr;
  bool pseudo = false;  // a mixin that no entity uses: checked like one, then left out
  std::vector<MemberOf<syntax::KeyDecl>> keys;
  std::vector<MemberOf<syntax::UniqueDecl>> uniques;
  std::vector<MemberOf<syntax::IndexDecl>> indexes;
  std::vector<MemberOf<syntax::CheckDecl>> checks;
  std::unordered_map<std::string_view, ir::PropertyId> byName;
  std::vector<uint32_t> mixins;  // all that it is, bases first; a pseudo entity is its own mixin
  bool keyBroken = false;        // reported already
};

struct AllowUse {
  Code code{};
  Span annotation;
  Span covers;
  bool used = false;
};

struct Context {
  Context(const ImportablePackages& p, const SealedVersions& s, const SourceMap& m,
          DiagnosticSink& o)
      : importable(p), sealed(s), sources(m), out(o) {}

  const ImportablePackages& importable;
  const SealedVersions& sealed;
  const SourceMap& sources;
  DiagnosticSink& out;
  DiagnosticSink sink;  // everything found; suppressions are taken out at the end

  ir::Model model;
  std::vector<std::unique_ptr<Unit>> units;
  std::unordered_map<std::string_view, size_t> unitByName;
  std::vector<EntityDeclared> entities, mixins;
  std::vector<TagGroupDeclared> tagGroups;
  std::vector<ViewDeclared> views;
  std::vector<SchemaDeclared> schemas;
  Made made;
  std::vector<EnumDeclared> enums;
  std::vector<AliasDeclared> aliases;
  std::vector<uint32_t> aliasById;                       // index into `aliases` by AliasId
  std::unordered_map<uint32_t, ir::EntityId> entityIds;  // by index of the declaration
  std::vector<EntityWork> work;                          // by EntityId
  std::vector<PropertyWork> propertyWork;                // by PropertyId
  size_t realEntities = 0;                               // entities behind it are pseudo
  std::vector<AllowUse> allows;
  unsigned aliasLevel = 0;  // of the alias being resolved

  // Adds it unless the same code stands at the same place already: a mixin's mistake is told once,
  // not for each entity. The result may be added to until the next report.
  Diagnostic& add(Diagnostic d);

  bool deprecatedEntity(ir::EntityId id) const {
    return model[id].lifecycle == ir::Lifecycle::deprecated;
  }

private:
  struct Seen {
    uint64_t place;
    uint64_t code;
    bool operator==(const Seen&) const = default;
  };
  struct SeenHash {
    size_t operator()(const Seen& s) const { return s.place * 0x9e3779b97f4a7c15u ^ s.code; }
  };
  std::unordered_set<Seen, SeenHash> seen_;
  Diagnostic dropped_;
};

// Adds "did you mean" and the fix-its that go with it.
void suggest(Diagnostic& d, std::string_view written, Span span,
             const std::vector<std::string_view>& existing);

// "That is `ours` here", with the fix.
void sayMeant(Diagnostic& d, Span span, std::string_view ours, std::string_view help);
// True when the word stands on a line that was not understood: what it means may be declared there.
bool isUnread(const Context& c, std::string_view word);

// ---------------------------------------------------------------- passes, in the order of
// analyze.cpp
void declareAll(Context& c, std::span<const SyntaxTree* const> package);  // declare.cpp
void resolveImports(Context& c);                                          // imports.cpp
void expandMixins(Context& c);                                            // mixins.cpp
void buildEnums(Context& c);                                              // types.cpp
void buildAliases(Context& c);                                            // types.cpp
void buildProperties(Context& c);                                         // properties.cpp
void buildKeys(Context& c);                                               // keys.cpp
void buildRelationships(Context& c);                                      // relationships.cpp
void buildTagGroups(Context& c);                                          // made.cpp
void checkAliasConditions(Context& c);                                    // values.cpp
void checkPropertyValues(Context& c);                                     // values.cpp
void buildConstraints(Context& c);                                        // constraints.cpp
void buildViews(Context& c);                                              // views.cpp
void buildTemplates(Context& c);                                          // templates.cpp
void buildAccess(Context& c);                                             // access.cpp
void checkLifecycle(Context& c);                                          // lifecycle.cpp
void buildEnvironments(Context& c);                                       // environments.cpp
void buildSchemas(Context& c);                                            // schemas.cpp
void buildNamespaces(Context& c);                                         // namespaces.cpp
void buildMigrations(Context& c);                                         // migrations.cpp
void runChecks(Context& c);                                               // checks/checks.cpp
void leaveOutUnused(Context& c);                                          // compact.cpp
void applySuppressions(Context& c);                                       // suppress.cpp

// ---------------------------------------------------------------- names (names.cpp)
// True when the name was written between backticks.
bool isQuoted(const Context& c, const syntax::Name& name);
// Hyphens (unless they are allowed), reserved words, length.
void checkName(Context& c, const syntax::Name& name, bool hyphens = false);

struct Lookup {
  std::optional<Symbol> symbol;
  bool reported = false;
};
// The declaration that a (qualified) name means in a unit; marks imports as used. Reports nothing.
std::optional<Symbol> resolve(Context& c, size_t unit, const syntax::QName& name);
// True when the name would come from an import that does not exist, which was reported there.
bool isLost(const Context& c, size_t unit, const syntax::QName& name);
// Names of one kind that a unit could have meant, sorted.
std::vector<std::string_view> namesOf(const Context& c, size_t unit, SymbolKind kind);
bool wellFormed(const syntax::QName& name);
// The name in its declaration.
Span nameOf(const Context& c, Symbol symbol);
// Warns when something deprecated is used.
void noteDeprecated(Context& c, Symbol symbol, Span span);
// What helps who uses something deprecated; `text`: what `@deprecated` says, "" = nothing.
std::string deprecationHelp(std::string_view text);
// True unless another declaration of the same kind has the name already, which is then told.
// `seen`: the names of that kind, to be kept by the caller.
bool declareOnce(Context& c, std::map<std::string, Span, std::less<>>& seen, std::string_view key,
                 const syntax::Name& name);

// ---------------------------------------------------------------- types (types.cpp)
// The ir type of a value property; Scalar::error when it was reported.
ir::Type resolveType(Context& c, size_t unit, const SyntaxTree& tree, const syntax::TypeRef& ref);
// True for `int64`, `text` …: what the language has without a declaration.
bool isBuiltInType(std::string_view name);
// As needed for expressions: a reference has the type of its target's key (of its first property,
// for a composite one).
ir::Type typeInExpressions(const ir::Model& m, const ir::Property& p);

}  // namespace cambium::sema
