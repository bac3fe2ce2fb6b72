// sema/imports.cpp: which packages and names the imports bring; imported packages are declared when
// they are first needed.
#include <algorithm>

#include "compiler/sema/context.h"
#include "compiler/sema/cycles.h"
#include "compiler/sema/elsewhere.h"
#include "compiler/sema/unit.h"

namespace cambium::sema {
namespace {

class Importer {
public:
  explicit Importer(Context& c) : c_(c) {}

  void unit(size_t index) {
    stack_.push_back(index);
    // A copy: entering packages may move the list of units, never the trees.
    const auto trees = c_.units[index]->trees;
    for (const auto* tree : trees)
      for (const auto& decl : tree->imports) import(index, decl);
    stack_.pop_back();
  }

private:
  void import(size_t index, const syntax::ImportDecl& d) {
    if (!wellFormed(d.package)) return;
    const std::string name = d.package.dotted();
    const auto other = package(name, d);
    if (!other) return lose(index, d, name);
    if (d.items.empty()) return qualify(index, *other, d, name);
    for (const auto& item : d.items)
      if (item.name) importName(index, *other, item);
  }

  // What an import that failed would have brought.
  void lose(size_t index, const syntax::ImportDecl& d, const std::string& name) {
    auto& lost = c_.units[index]->lost;
    for (const auto& item : d.items) lost.emplace(item.as ? item.as.text : item.name.text);
    lost.emplace(d.as ? d.as.text : d.package.parts.back().text);
    lost.insert(name);
  }

  // The unit of that package, declared and with its own imports resolved; nothing if there is none
  // or it leads back.
  std::optional<size_t> package(const std::string& name, const syntax::ImportDecl& d) {
    const Span span = d.package.span;
    if (const auto it = c_.unitByName.find(name); it != c_.unitByName.end()) {
      if (std::ranges::find(stack_, it->second) == stack_.end()) return it->second;
      return cycle(it->second, span);
    }
    if (name == c_.units[0]->name) return cycle(0, span);
    const auto found = c_.importable.find(name);
    if (found == c_.importable.end()) {
      std::vector<std::string_view> existing;
      for (const auto& [known, trees] : c_.importable) existing.push_back(known);
      auto& missing = c_.add(report<Code::REF004>(span, name));
      sayImportable(c_, missing, d);
      if (missing.helps.empty()) suggest(missing, name, span, existing);
      return std::nullopt;
    }
    const size_t index = c_.units.size();
    c_.units.push_back(std::make_unique<Unit>());
    c_.units.back()->name = name;
    c_.units.back()->trees = found->second;
    c_.unitByName.emplace(found->first, index);
    declareUnit(c_, index);
    unit(index);
    return index;
  }

  std::optional<size_t> cycle(size_t to, Span span) {
    if (stack_.back() == to) {
      addCycle<Code::REF013>(c_, {{c_.units[to]->name, span}})
          .help("a package sees its own names without an import: leave the line out");
      return std::nullopt;
    }
    std::vector<CycleStep> steps;
    for (auto it = std::ranges::find(stack_, to); it != stack_.end(); ++it)
      steps.push_back({c_.units[*it]->name, steps.empty() ? span : Span{}});
    addCycle<Code::REF013>(c_, steps).help("move what both need into a third package");
    return std::nullopt;
  }

  void qualify(size_t index, size_t other, const syntax::ImportDecl& d, const std::string& name) {
    Unit& u = *c_.units[index];
    const size_t use = u.uses.size();
    u.uses.push_back({name, d.span ? d.span : d.package.span, false});
    const std::string local(d.as ? d.as.text : d.package.parts.back().text);
    u.qualifiers.emplace(local, std::pair(other, use));
    u.qualifiers.emplace(name, std::pair(other, use));
  }

  void importName(size_t index, size_t other, const syntax::ImportItem& item) {
    Unit& u = *c_.units[index];
    const Unit& from = *c_.units[other];
    const auto found = from.own.find(item.name.text);
    const bool schema = importSchema(u, from, item);
    if (found == from.own.end()) {
      if (schema) return;
      u.lost.emplace(item.as ? item.as.text : item.name.text);
      std::vector<std::string_view> existing;
      for (const auto& [name, symbol] : from.own) existing.push_back(name);
      for (const auto& [name, index] : from.schemas) existing.push_back(name);
      std::ranges::sort(existing);
      suggest(c_.add(report<Code::REF005>(item.name.span, from.name, item.name.text)),
              item.name.text, item.name.span, existing);
      return;
    }
    if (found->second.kind == SymbolKind::entity || found->second.kind == SymbolKind::view) {
      c_.add(report<Code::NAM014>(item.name.span, "entities and views of other packages"));
      return;
    }
    const auto local = item.as ? item.as : item.name;
    if (item.as) checkName(c_, item.as);
    const bool known = u.imported.contains(local.text);
    if (known) {  // the same import in two files is no mistake
      const auto& earlier = u.imported.at(local.text).symbol;
      if (earlier.kind == found->second.kind && earlier.index == found->second.index) return;
    }
    if (known || u.own.contains(local.text)) {
      c_.add(report<Code::NAM001>(local.span, local.text))
          .help("give the import another name: `" + std::string(item.name.text) + " as …`");
      return;
    }
    // A schema of the same name came with it: one import, used by either.
    if (!schema) u.uses.push_back({std::string(item.name.text), item.name.span, false});
    u.imported.emplace(local.text, ImportedSymbol{found->second, u.uses.size() - 1});
  }

  // Schemas have names of their own; true if there is one of that name.
  bool importSchema(Unit& u, const Unit& from, const syntax::ImportItem& item) {
    const auto found = from.schemas.find(item.name.text);
    if (found == from.schemas.end()) return false;
    const auto local = item.as ? item.as : item.name;
    const auto known = u.importedSchemas.find(local.text);
    if (known != u.importedSchemas.end() && known->second.first == found->second) return true;
    if (known != u.importedSchemas.end() || u.schemas.contains(local.text)) {
      c_.add(report<Code::NAM001>(local.span, local.text))
          .help("give the import another name: `" + std::string(item.name.text) + " as …`");
      return true;
    }
    u.importedSchemas.emplace(local.text, std::pair(found->second, u.uses.size()));
    u.uses.push_back({std::string(item.name.text), item.name.span, false});
    return true;
  }

  Context& c_;
  std::vector<size_t> stack_;
};

}  // namespace

void resolveImports(Context& c) {
  Importer(c).unit(0);
}

}  // namespace cambium::sema
