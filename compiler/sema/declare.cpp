// sema/declare.cpp: every declaration of the package into the tables of names.
#include <algorithm>

#include "compiler/base/semver.h"
#include "compiler/sema/annotations.h"
#include "compiler/sema/context.h"
#include "compiler/sema/made.h"
#include "compiler/sema/unit.h"

namespace cambium::sema {
namespace {

class Declarer {
public:
  Declarer(Context& c, size_t unit) : c_(c), unit_(unit) {}

  void tree(const SyntaxTree& t) {
    tree_ = &t;
    for (const auto& decl : t.decls) std::visit([&](const auto& d) { declare(d); }, decl);
  }

private:
  void declare(const syntax::EntityDecl& d) {
    auto& list = d.mixin ? c_.mixins : c_.entities;
    if (!enter(d.name, {d.mixin ? SymbolKind::mixin : SymbolKind::entity, uint32_t(list.size())}))
      return;
    EntityDeclared entity;
    entity.unit = unit_;
    entity.tree = tree_;
    entity.decl = &d;
    entity.qualified = qualified(d.name);
    entity.deprecated = hasDeprecated(d.annotations);
    list.push_back(std::move(entity));
  }
  void declare(const syntax::EnumDecl& d) {
    if (!enter(d.name, {SymbolKind::enumeration, uint32_t(c_.enums.size())})) return;
    c_.enums.push_back({unit_, tree_, &d, qualified(d.name), hasDeprecated(d.annotations), {}});
  }
  void declare(const syntax::TypeDecl& d) {
    if (!enter(d.name, {SymbolKind::alias, uint32_t(c_.aliases.size())})) return;
    AliasDeclared alias;
    alias.unit = unit_;
    alias.tree = tree_;
    alias.decl = &d;
    alias.qualified = qualified(d.name);
    alias.deprecated = hasDeprecated(d.annotations);
    c_.aliases.push_back(std::move(alias));
  }
  void declare(const syntax::TagsDecl& d) {
    if (enter(d.name, {SymbolKind::entity, uint32_t(c_.entities.size())}))
      declareTagGroup(c_, unit_, *tree_, d, qualified(d.name));
  }
  void declare(const syntax::ViewDecl& d) {
    if (enter(d.name, {SymbolKind::view, uint32_t(c_.views.size())}))
      c_.views.push_back({unit_, tree_, &d, hasDeprecated(d.annotations)});
  }
  void declare(const syntax::TemplateDecl&) {}  // templates.cpp
  void declare(const syntax::RoleDecl&) {}      // access.cpp
  void declare(const syntax::GrantDecl&) {}
  void declare(const syntax::PolicyDecl&) {}
  void declare(const syntax::SchemaDecl& d) {
    if (!d.name) return;
    checkName(c_, d.name);
    const auto [it, fresh] =
        c_.units[unit_]->schemas.emplace(d.name.text, uint32_t(c_.schemas.size()));
    if (fresh)
      c_.schemas.push_back({unit_, tree_, &d, qualified(d.name)});
    else
      c_.add(report<Code::NAM001>(d.name.span, d.name.text))
          .label(c_.schemas[it->second].decl->name.span, "declared here first");
  }
  void declare(const syntax::NamespaceDecl&) {}    // namespaces.cpp
  void declare(const syntax::EnvironmentDecl&) {}  // environments.cpp
  void declare(const syntax::MigrationDecl&) {}    // migrations.cpp

  static bool hasDeprecated(const std::vector<syntax::Annotation>& list) {
    return std::ranges::any_of(list, [](const auto& a) {
      return a.name.parts.size() == 1 && a.name.parts[0].text == "deprecated";
    });
  }

  std::string qualified(const syntax::Name& name) const {
    const Unit& u = *c_.units[unit_];
    return u.main() ? std::string(name.text) : u.name + "." + std::string(name.text);
  }

  bool enter(const syntax::Name& name, Symbol symbol) {
    if (!name) return false;
    checkName(c_, name);
    const auto [it, fresh] = c_.units[unit_]->own.emplace(name.text, symbol);
    if (fresh) return true;
    auto& d = c_.add(report<Code::NAM001>(name.span, name.text));
    d.label(nameOf(c_, it->second), "declared here first");
    return false;
  }

  Context& c_;
  size_t unit_;
  const SyntaxTree* tree_ = nullptr;
};

void readPackageLine(Context& c, const Unit& u) {
  const syntax::PackageDecl* first = nullptr;
  for (const auto* tree : u.trees) {
    if (!tree->package) continue;
    const auto& p = *tree->package;
    const std::string name = p.name.dotted();
    if (name.empty()) continue;
    if (first && first->name.dotted() != name) {
      c.add(report<Code::NAM008>(p.name.span, "name", name, first->name.dotted()))
          .label(first->name.span, "called so here");
      continue;
    }
    if (!first) {
      first = &p;
      c.model.package = name;
    }
    if (!p.doc.text.empty() && c.model.doc.empty()) c.model.doc = p.doc.text;
    if (p.version) {
      const auto& version = *p.version;
      if (!isSemver(version.value))
        c.add(report<Code::NAM012>(version.span, version.value))
            .help("write for example `\"1.0.0\"`");
      else if (!c.model.version.empty() && c.model.version != version.value)
        c.add(report<Code::NAM008>(version.span, "version", version.value, c.model.version))
            .help("say it once: the other files need no version");
      else
        c.model.version = version.value;
    }
    if (p.naming.text == "plural")
      c.model.naming = ir::Naming::plural;
    else if (p.naming.text == "as_written")
      c.model.naming = ir::Naming::asWritten;
    else if (p.naming && p.naming.text != "snake_case")
      suggest(c.add(report<Code::NAM017>(p.naming.span, p.naming.text)), p.naming.text,
              p.naming.span, {"as_written", "plural", "snake_case"});
  }
  if (first) return;
  const bool silent = std::ranges::any_of(u.trees, [](auto* t) { return t->hasErrors; });
  if (u.trees.empty() || silent) return;
  c.add(report<Code::NAM011>(Span{u.trees[0]->file, 0, 0}))
      .help("begin one file with `package NAME version \"1.0.0\"`");
}

}  // namespace

void declareUnit(Context& c, size_t unit) {
  Declarer declarer(c, unit);
  for (const auto* tree : c.units[unit]->trees) {
    declarer.tree(*tree);
    for (const auto& name : tree->unread) c.units[unit]->lost.emplace(name.text);
  }
}

Span nameOf(const Context& c, Symbol s) {
  switch (s.kind) {
    case SymbolKind::entity: return c.entities[s.index].decl->name.span;
    case SymbolKind::mixin: return c.mixins[s.index].decl->name.span;
    case SymbolKind::enumeration: return c.enums[s.index].decl->name.span;
    case SymbolKind::alias: return c.aliases[s.index].decl->name.span;
    case SymbolKind::view: return c.views[s.index].decl->name.span;
  }
  return {};
}

void declareAll(Context& c, std::span<const SyntaxTree* const> package) {
  auto unit = std::make_unique<Unit>();
  unit->isMain = true;
  unit->trees.assign(package.begin(), package.end());
  // "declared first" must not depend on the order in which files were handed over.
  std::ranges::stable_sort(unit->trees, {}, [&](auto* t) -> std::string_view {
    return t->file ? std::string_view(c.sources[t->file].name()) : std::string_view();
  });
  readPackageLine(c, *unit);
  unit->name = c.model.package;
  c.units.push_back(std::move(unit));
  declareUnit(c, 0);
}

}  // namespace cambium::sema
