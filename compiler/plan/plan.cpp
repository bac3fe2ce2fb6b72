// The planner as a list of passes: targets, folding, order, steps, hazards, probes.
#include "compiler/plan/plan.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/version_faces.h"
#include "compiler/plan/index_names.h"
#include "compiler/plan/node.h"

namespace cambium::plan {
namespace {

constexpr std::string_view kPhases[] = {"expand", "backfill", "validate", "switch", "contract"};

void addSwitch(Context& c) {
  if (c.nodes.empty() && c.changes.changes.empty() && c.a().version == c.b().version) return;
  Node& node = c.add(
      Transition::versionSwitch, "", c.b().package,
      c.a().version.empty() ? c.b().version : fmt::format("{} -> {}", c.a().version, c.b().version),
      Node::kNoChange, Span{});
  node.operations.push_back(SwitchVersion{c.a().version, c.b().version});
}

// Tables contract one after the other, in any order, so what one of them is to give up another
// cannot count on.
void checkIndexNames(const Context& c) {
  const auto taken = takenIndexName(c.plan, c.traits);
  if (!taken) return;
  c.sink.add(report<Code::DDL003>(
                 taken->step->cause, fmt::format("an index of the table `{}`", taken->table),
                 taken->name, fmt::format("an index of the table `{}`", taken->other))
                 .note("it is given up in the same version, but not before another table takes it")
                 .help("give the index another name with `@name(\"…\")`, or publish two versions: "
                       "first one that frees the name"));
}

}  // namespace

std::string_view toString(Phase phase) {
  return kPhases[static_cast<size_t>(phase)];
}

std::optional<Phase> findPhase(std::string_view name) {
  for (size_t i = 0; i < std::size(kPhases); ++i) {
    if (kPhases[i] == name) return static_cast<Phase>(i);
  }
  return std::nullopt;
}

Plan plan(const diff::ChangeSet& changes, const catalog::Lowered& from, const catalog::Lowered& to,
          const catalog::Traits& traits, DiagnosticSink& sink, const Soak& soak) {
  Plan out;
  out.package = changes.to->package;
  out.fromVersion = changes.from->version;
  out.toVersion = changes.to->version;
  out.before = from.catalog;
  out.after = to.catalog;
  out.soak = soak;
  Context c{changes, from, to, traits, sink, findCauses(changes), out, {}, {}, {}};
  for (const auto& view : from.faces) c.oldFaces.insert(catalog::viewNameOf(view.face));
  for (const auto& view : to.faces) c.newFaces.insert(catalog::viewNameOf(view.face));

  const size_t errors = sink.errorCount();
  addTargets(c);
  addRows(c);
  addViews(c);
  addVersionViews(c);
  addRoles(c);
  if (sink.errorCount() != errors) return out;
  addSwitch(c);
  keepWhatGoes(c);
  auto units = order(c.nodes, fold(c));
  if (units.empty() && !c.nodes.empty()) {
    out.refusal = "the rules put steps in a circle";
    return out;
  }
  out.refusal = finish(c, units);
  if (out.refusal.empty()) checkIndexNames(c);
  listKept(c);
  addHazards(c);
  out.probes = dataProbes(c);
  for (const auto& change : changes.changes) {
    out.compatibility = std::max(out.compatibility, diff::classify(change, changes));
  }
  return out;
}

}  // namespace cambium::plan
