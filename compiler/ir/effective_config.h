// ir/effective_config.h: what a namespace has when inheritance is resolved. A namespace inherits
// schemas and values from its parents, nearest first, up to the root or to the first `isolated`
// one; parents that nobody declared have nothing. Pure functions; what they return points into the
// model. Environments are names: a sealed model has none of its own. "" stands for any environment
// that no line names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/model.h"

namespace cambium::ir {

// "/teams/payments", whatever its segments are made of.
bool isNamespacePath(std::string_view path);
// The path without its last segment; "" above the first one.
std::string_view parentOf(std::string_view path);

const Namespace* findNamespace(const Model&, std::string_view path);
const Schema* findSchema(const Model&, std::string_view name);

// The namespace itself, if it is declared, and those that it inherits from, nearest first.
std::vector<const Namespace*> inheritance(const Model&, std::string_view path);

// A setting as a namespace has it: "stripe/timeout-ms".
struct MountedSetting {
  std::string path;  // prefix and name
  const Setting* setting = nullptr;
  const Schema* schema = nullptr;
  const Namespace* from = nullptr;  // who uses the schema
  const SchemaUse* use = nullptr;
};

// By path; where a setting is there several times, the nearest first.
std::vector<MountedSetting> settingsOf(const Model&, std::string_view path);

// The most that the nearest namespace which speaks of somebody lets them do.
std::optional<NamespaceRole> roleOf(const Model&, std::string_view path,
                                    std::string_view principal);

bool existsIn(const Setting&, std::string_view environment);

struct EffectiveValue {
  MountedSetting setting;
  const Expr* value = nullptr;        // null: there is none
  const Namespace* from = nullptr;    // whose line gives it; null: the default of the schema
  const ConfigValue* line = nullptr;  // that line
};

// The value of each setting that exists in the environment, by path. In one namespace a line for
// the environment counts more than one for all; a nearer namespace counts more than its parents;
// the default of the schema counts least.
std::vector<EffectiveValue> effectiveConfig(const Model&, std::string_view path,
                                            std::string_view environment);

}  // namespace cambium::ir
