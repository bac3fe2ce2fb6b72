#include "compiler/driver/rollback.h"

#include <algorithm>

#include "compiler/diff/match.h"
#include "compiler/diff/rollback.h"
#include "compiler/driver/chain.h"

namespace cambium::driver {

namespace {

using ModelPtr = std::shared_ptr<const ir::Model>;

// A block of the package between two versions of any age.
const ir::Migration* blockOf(const Compilation& c, const std::string& from, const std::string& to) {
  if (!c.model) return nullptr;
  const auto& all = c.model->migrations;
  const auto found = std::ranges::find_if(
      all, [&](const ir::Migration& m) { return m.from == from && m.to == to; });
  return found == all.end() ? nullptr : &*found;
}

// What led from the older to the newer one: as it was sealed, else as the package says it. Of
// several migrations to one version only the first is sealed.
diff::Lines forthOf(const Compilation& c, const ir::Model& newer, const ir::Model& older) {
  if (const auto* sealed = diff::findMigration(older, newer)) return {sealed, &newer};
  if (const auto* block = blockOf(c, older.version, newer.version)) return {block, c.model.get()};
  return {};
}

}  // namespace

std::optional<std::vector<StepBack>> wayBack(const FileSystem& fs, const std::string& folder,
                                             Compilation& c, const ModelPtr& from,
                                             const ModelPtr& to) {
  Chain stops{from};
  const bool atOnce = forthOf(c, *from, *to).migration || blockOf(c, from->version, to->version);
  if (!atOnce) {
    auto chain = chainBetween(fs, folder, c, *to, from);
    if (!chain) return std::nullopt;
    stops = std::move(*chain);
  }
  std::ranges::reverse(stops);
  stops.push_back(to);
  std::vector<StepBack> out;
  for (size_t i = 0; i + 1 < stops.size(); ++i) {
    StepBack step{stops[i], stops[i + 1], nullptr, nullptr};
    const auto forth = forthOf(c, *step.from, *step.to);
    const auto* said = blockOf(c, step.from->version, step.to->version);
    step.forth = forth.migration;
    const size_t errors = c.diagnostics.errorCount();
    step.target =
        diff::turnedRound(step.from, step.to, forth, {said, c.model.get()}, c.diagnostics);
    if (c.diagnostics.errorCount() > errors) return std::nullopt;
    out.push_back(std::move(step));
  }
  return out;
}

std::string versionBefore(const Compilation& c, const ir::Model& model) {
  std::string named, sealed;
  for (const std::string& version : c.versions) {
    if (!versionLess(version, model.version)) continue;
    sealed = version;
    const bool leads = std::ranges::any_of(model.migrations, [&](const ir::Migration& m) {
      return m.from == version && m.to == model.version;
    });
    if (leads || blockOf(c, version, model.version)) named = version;
  }
  return named.empty() ? sealed : named;
}

}  // namespace cambium::driver
