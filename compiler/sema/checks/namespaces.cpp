// sema/checks/namespaces.cpp: what shows when inheritance between namespaces is resolved.
#include <algorithm>
#include <map>
#include <set>

#include "compiler/ir/effective_config.h"
#include "compiler/sema/checks/checks.h"

namespace cambium::sema {
namespace {

using ir::parentOf;

// A namespace whose path was not understood is left out: others may inherit from it.
bool lacksNamespace(const Context& c) {
  for (const auto* tree : c.units[0]->trees)
    for (const auto& decl : tree->decls)
      if (const auto* d = std::get_if<syntax::NamespaceDecl>(&decl);
          d && !ir::isNamespacePath(d->path))
        return true;
  return false;
}

// Where the package says that a namespace has a setting.
Span spanIn(const ir::Namespace& n, const ir::MountedSetting& s) {
  return s.from == &n ? s.use->span : n.span;
}

}  // namespace

void checkSettingClashes(Context& c) {
  for (const auto& n : c.model.namespaces) {
    const auto settings = ir::settingsOf(c.model, n.path);
    for (size_t i = 1; i < settings.size(); ++i) {
      const auto &near = settings[i - 1], &far = settings[i];
      // What a parent uses as well is the same setting; what both inherit is told there.
      if (near.path != far.path || near.schema == far.schema) continue;
      if (near.from != &n) continue;
      c.add(report<Code::CFG018>(near.use->span, n.path, near.path))
          .label(far.setting->span, "the one of `" + far.schema->name + "`")
          .label(near.setting->span, "the one of `" + near.schema->name + "`")
          .help("give one of them a prefix: `uses " + near.schema->name + " as …`");
    }
  }
}

// `/teams/payments/stripe` would be both a namespace and the beginning of a setting's path.
void checkPrefixClashes(Context& c) {
  std::set<std::string> told;
  for (const auto& n : c.model.namespaces)
    for (std::string_view here = n.path; !parentOf(here).empty(); here = parentOf(here)) {
      const std::string_view parent = parentOf(here), name = here.substr(parent.size() + 1);
      for (const auto* from : ir::inheritance(c.model, parent)) {
        const auto use = std::ranges::find(from->uses, name, &ir::SchemaUse::prefix);
        if (use == from->uses.end() || !told.emplace(here).second) continue;
        c.add(report<Code::CFG017>(n.span, name, parent))
            .label(use->span, "the prefix is here")
            .help("choose another prefix, or another name for the namespace");
      }
    }
}

// A required setting has a value in every environment; where its parent lacks it already, that is
// told there.
void checkRequiredSettings(Context& c) {
  if (lacksNamespace(c)) return;
  std::vector<std::string> environments;
  for (const auto& e : c.model.environments) environments.push_back(e.name);
  if (environments.empty()) environments.emplace_back();
  using Missing = std::map<std::string, std::vector<std::string>>;  // by setting
  std::map<std::string_view, Missing> missing;                      // by namespace; parents first
  for (const auto& n : c.model.namespaces) {
    Missing& here = missing[n.path];
    std::map<std::string, ir::MountedSetting> settings;
    for (const auto& environment : environments)
      for (auto& v : ir::effectiveConfig(c.model, n.path, environment)) {
        const auto& s = *v.setting.setting;
        if (v.value || s.type.optional || s.type.scalar == ir::Scalar::error) continue;
        here[v.setting.path].push_back(environment);
        settings.emplace(v.setting.path, v.setting);
      }
    const Missing* above = nullptr;
    for (auto up = parentOf(n.path); !n.isolated && !up.empty() && !above; up = parentOf(up))
      if (const auto found = missing.find(up); found != missing.end()) above = &found->second;
    for (const auto& [path, lacking] : here) {
      std::vector<std::string> told = lacking;
      if (above)
        if (const auto known = above->find(path); known != above->end())
          std::erase_if(told, [&](const std::string& e) {
            return std::ranges::find(known->second, e) != known->second.end();
          });
      if (told.empty()) continue;
      std::string where;
      if (told.size() < environments.size())
        for (const auto& e : told) where += (where.empty() ? " in `" : ", `") + e + "`";
      const auto& s = settings.at(path);
      c.add(report<Code::CFG019>(spanIn(n, s), n.path, path, where))
          .label(s.setting->span, "required here")
          .help("add `config " + path + " = …`, give the setting a default, or make it optional");
    }
  }
}

// Where the package says how many approvals a namespace asks for.
static Span approvalsSpan(const Context& c, const ir::Namespace& n) {
  for (const auto* tree : c.units[0]->trees)
    for (const auto& decl : tree->decls) {
      const auto* d = std::get_if<syntax::NamespaceDecl>(&decl);
      if (!d || d->pathSpan != n.span) continue;
      for (const auto& item : d->items)
        if (item.kind == syntax::NamespaceItem::Kind::approvals && item.value)
          return (*tree)[*item.value].span;
    }
  return n.span;
}

// Whoever publishes in a child has to ask at least as many as in its parent.
void checkInheritedApprovals(Context& c) {
  for (const auto& n : c.model.namespaces) {
    if (!n.approvals) continue;
    const auto parents = ir::inheritance(c.model, n.path);
    for (size_t i = 1; i < parents.size(); ++i) {
      if (!parents[i]->approvals) continue;
      if (*n.approvals < *parents[i]->approvals)
        c.add(report<Code::CFG006>(approvalsSpan(c, n), *n.approvals, "approvals"))
            .label(approvalsSpan(c, *parents[i]),
                   "asks for " + std::to_string(*parents[i]->approvals))
            .help("a namespace may ask for more than its parent, not for fewer");
      break;
    }
  }
}

}  // namespace cambium::sema
