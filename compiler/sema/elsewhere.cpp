#include "compiler/sema/elsewhere.h"

#include <algorithm>

namespace cambium::sema {
namespace {

using Kinds = std::initializer_list<SymbolKind>;

std::string quoted(std::string_view text) {
  return "`" + std::string(text) + "`";
}

// What a package declares, of some kinds.
std::vector<std::string_view> namesIn(const Context& c, std::string_view package, Kinds kinds) {
  std::vector<std::string_view> out;
  const auto wants = [&](SymbolKind kind) { return std::ranges::find(kinds, kind) != kinds.end(); };
  const auto found = c.importable.find(std::string(package));
  if (found == c.importable.end()) return out;
  for (const auto* tree : found->second)
    for (const auto& decl : tree->decls) {
      if (const auto* type = std::get_if<syntax::TypeDecl>(&decl); type && wants(SymbolKind::alias))
        out.push_back(type->name.text);
      if (const auto* e = std::get_if<syntax::EnumDecl>(&decl); e && wants(SymbolKind::enumeration))
        out.push_back(e->name.text);
      if (const auto* e = std::get_if<syntax::EntityDecl>(&decl);
          e && e->mixin && wants(SymbolKind::mixin))
        out.push_back(e->name.text);
    }
  return out;
}

bool has(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// The qualifier by which a unit has imported a package as a whole; it counts as used from here on.
std::string_view qualifierOf(Unit& u, const Context& c, std::string_view package) {
  std::string_view out;
  for (const auto& [local, target] : u.qualifiers) {
    if (c.units[target.first]->name != package) continue;
    if (out.empty() || local.size() < out.size()) out = local;
    u.uses[target.second].used = true;
  }
  return out;
}

// The tree in which the name stands.
const SyntaxTree* treeOf(const Unit& u, Span span) {
  const auto at = std::ranges::find(u.trees, span.file, [](auto* tree) { return tree->file; });
  return at == u.trees.end() ? nullptr : *at;
}

// Brings the name in: into the braces of an import that is there, or by a line of its own.
std::optional<Edit> importEdit(const SyntaxTree& tree, const std::string& package,
                               std::string_view name) {
  for (const auto& import : tree.imports)
    if (import.package.dotted() == package && !import.items.empty()) {
      const auto& last = import.items.back();
      const Span end = last.as ? last.as.span : last.name.span;
      if (!end) return std::nullopt;
      return Edit{{end.file, end.end, end.end}, ", " + std::string(name)};
    }
  const std::string line = "import " + package + " { " + std::string(name) + " }";
  if (!tree.imports.empty() && tree.imports.back().span) {
    const Span last = tree.imports.back().span;
    return Edit{{last.file, last.end, last.end}, "\n" + line};
  }
  if (tree.package && tree.package->span) {
    const Span last = tree.package->span;
    return Edit{{last.file, last.end, last.end}, "\n\n" + line};
  }
  return Edit{{tree.file, 0, 0}, line + "\n\n"};
}

void sayImport(Diagnostic& d, const SyntaxTree* tree, const std::string& package,
               std::string_view name, Span written, bool qualified) {
  const std::string line = "import " + package + " { " + std::string(name) + " }";
  d.help("it is in `" + package + "`: `" + line + "`");
  const auto edit = tree ? importEdit(*tree, package, name) : std::nullopt;
  if (!edit) return;
  // Who writes the whole path means nothing else.
  FixIt fix{"import it", qualified ? FixSafety::safe : FixSafety::review, {*edit}};
  if (qualified) fix.edits.push_back({written, std::string(name)});
  d.fix(std::move(fix));
}

}  // namespace

bool sayElsewhere(Context& c, Diagnostic& d, size_t unit, const syntax::QName& name, Kinds kinds) {
  if (unit != 0) return false;
  Unit& u = *c.units[0];
  const SyntaxTree* tree = treeOf(u, name.span);
  const std::string whole = name.dotted();
  const std::string last(name.parts.back().text);
  if (name.parts.size() == 1) {
    for (const auto& [package, trees] : c.importable) {
      if (!has(namesIn(c, package, kinds), last)) continue;
      const auto qualifier = qualifierOf(u, c, package);
      if (qualifier.empty()) {
        sayImport(d, tree, package, last, name.span, false);
      } else {
        const std::string mended = std::string(qualifier) + "." + last;
        d.help("the package is imported as a whole: write " + quoted(mended))
            .fix({"write " + quoted(mended), FixSafety::review, {{name.span, mended}}});
      }
      return true;
    }
    return false;
  }
  const std::string before = whole.substr(0, whole.size() - last.size() - 1);
  const auto imported = u.qualifiers.find(before);
  const std::string package =
      imported == u.qualifiers.end() ? before : c.units[imported->second.first]->name;
  const auto names = namesIn(c, package, kinds);
  if (imported == u.qualifiers.end() && has(names, last)) {
    sayImport(d, tree, package, last, name.span, true);
    return true;
  }
  const auto close = suggestions(last, names);
  suggest(d, last, name.parts.back().span, names);
  return !close.empty();
}

void sayImportable(const Context& c, Diagnostic& d, const syntax::ImportDecl& import) {
  const std::string whole = import.package.dotted();
  const auto dot = whole.rfind('.');
  const std::string package = whole.substr(0, dot),
                    last = dot == std::string::npos ? std::string() : whole.substr(dot + 1);
  if (!last.empty() && c.importable.contains(package)) {
    const auto names =
        namesIn(c, package, {SymbolKind::alias, SymbolKind::enumeration, SymbolKind::mixin});
    const auto close = suggestions(last, names);
    const std::string name = has(names, last) || close.empty() ? last : close[0];
    const std::string mended = package + " { " + name + " }";
    d.help("what a package has is named in braces: `import " + mended + "`");
    if ((has(names, last) || !close.empty()) && import.items.empty() && !import.as)
      d.fix({"write `import " + mended + "`",
             has(names, last) ? FixSafety::safe : FixSafety::review,
             {{import.package.span, mended}}});
    return;
  }
  std::string below;
  for (const auto& [known, trees] : c.importable)
    if (known.starts_with(whole + ".")) below += (below.empty() ? "" : ", ") + quoted(known);
  if (!below.empty()) d.help("its packages are " + below);
}

}  // namespace cambium::sema
