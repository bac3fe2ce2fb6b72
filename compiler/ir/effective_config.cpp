#include "compiler/ir/effective_config.h"

#include <algorithm>
#include <ranges>

namespace cambium::ir {
namespace {

// The line that gives `setting` its value in one namespace.
const ConfigValue* lineFor(const Namespace& n, std::string_view setting,
                           std::string_view environment) {
  const ConfigValue* forAll = nullptr;
  for (const ConfigValue& line : n.values) {
    if (line.path != setting) continue;
    if (line.environments.empty())
      forAll = &line;
    else if (std::ranges::find(line.environments, environment) != line.environments.end())
      return &line;
  }
  return forAll;
}

}  // namespace

bool isNamespacePath(std::string_view path) {
  return path.size() > 1 && path.front() == '/' && path.back() != '/' &&
         path.find("//") == std::string_view::npos;
}

std::string_view parentOf(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

const Namespace* findNamespace(const Model& m, std::string_view path) {
  const auto found =
      std::ranges::lower_bound(m.namespaces, path, std::ranges::less{},
                               [](const Namespace& n) { return std::string_view(n.path); });
  return found != m.namespaces.end() && found->path == path ? &*found : nullptr;
}

const Schema* findSchema(const Model& m, std::string_view name) {
  const auto found = std::ranges::find(m.schemas, name, &Schema::name);
  return found == m.schemas.end() ? nullptr : &*found;
}

std::vector<const Namespace*> inheritance(const Model& m, std::string_view path) {
  std::vector<const Namespace*> out;
  while (!path.empty()) {
    const Namespace* here = findNamespace(m, path);
    if (here) out.push_back(here);
    if (here && here->isolated) break;
    path = parentOf(path);
  }
  return out;
}

std::vector<MountedSetting> settingsOf(const Model& m, std::string_view path) {
  std::vector<MountedSetting> out;
  for (const Namespace* n : inheritance(m, path))
    for (const SchemaUse& use : n->uses) {
      const Schema* schema = findSchema(m, use.schema);
      if (!schema) continue;
      const std::string before = use.prefix.empty() ? "" : use.prefix + "/";
      for (const Setting& setting : schema->settings)
        out.push_back({before + setting.name, &setting, schema, n, &use});
    }
  std::ranges::stable_sort(out, {}, &MountedSetting::path);
  return out;
}

std::optional<NamespaceRole> roleOf(const Model& m, std::string_view path,
                                    std::string_view principal) {
  for (const Namespace* n : inheritance(m, path)) {
    std::optional<NamespaceRole> most;
    for (const NamespaceGrant& g : n->grants)
      if (g.principal == principal && (!most || g.role > *most)) most = g.role;
    if (most) return most;
  }
  return std::nullopt;
}

bool existsIn(const Setting& s, std::string_view environment) {
  return s.environments.empty() ||
         std::ranges::find(s.environments, environment) != s.environments.end();
}

std::vector<EffectiveValue> effectiveConfig(const Model& m, std::string_view path,
                                            std::string_view environment) {
  std::vector<EffectiveValue> out;
  const auto namespaces = inheritance(m, path);
  for (MountedSetting& setting : settingsOf(m, path)) {
    const bool known = !out.empty() && out.back().setting.path == setting.path;
    if (known || !existsIn(*setting.setting, environment)) continue;
    EffectiveValue value{std::move(setting)};
    for (const Namespace* n : namespaces)
      if ((value.line = lineFor(*n, value.setting.path, environment))) {
        value.from = n;
        break;
      }
    const auto& byDefault = value.setting.setting->defaultValue;
    if (value.line)
      value.value = &value.line->value;
    else if (byDefault)
      value.value = &*byDefault;
    out.push_back(std::move(value));
  }
  return out;
}

}  // namespace cambium::ir
