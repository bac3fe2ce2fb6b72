// sema/checks/references.cpp
#include <algorithm>

#include "compiler/sema/checks/checks.h"
#include "compiler/sema/cycles.h"
#include "compiler/sema/graph.h"

namespace cambium::sema {
namespace {

std::vector<CycleStep> stepsOf(const Context& c, const Cycle& cycle) {
  std::vector<CycleStep> steps;
  for (const auto& step : cycle) {
    const auto& p = c.model[ir::PropertyId(step.edge.tag)];
    steps.push_back({c.model[p.entity].name + "." + p.name, p.span});
  }
  return steps;
}

template <class Wanted>
std::vector<Cycle> referenceCycles(const Context& c, Wanted wanted) {
  std::vector<std::vector<Edge>> graph(c.realEntities);
  for (uint32_t i = 0; i < c.model.properties.size(); ++i) {
    const auto& p = c.model[ir::PropertyId(i)];
    if (p.kind != ir::PropertyKind::reference || !p.target || p.entity.index() >= c.realEntities)
      continue;
    if (wanted(p)) graph[p.entity.index()].push_back({p.target.index(), i});
  }
  return findCycles(graph);
}

}  // namespace

// The first row of each would need a row of the other. A row may refer to itself, unless only the
// database knows its key.
void checkRequiredCycles(Context& c) {
  const auto generated = [&](ir::EntityId id) {
    const auto& key = c.model[id].key.properties;
    return key.size() == 1 && c.model[key[0]].autoincrement;
  };
  const auto cycles = referenceCycles(c, [&](const ir::Property& p) {
    return !p.type.optional && (p.target != p.entity || generated(p.entity));
  });
  for (const auto& cycle : cycles) {
    // A key made of itself is told as such.
    if (std::ranges::all_of(cycle, [&](auto& step) { return c.work[step.node].keyBroken; }))
      continue;
    const auto& first = c.model[ir::PropertyId(cycle[0].edge.tag)];
    auto& d = addCycle<Code::REL004>(c, stepsOf(c, cycle));
    const auto& type = c.propertyWork[cycle[0].edge.tag].member.decl->type;
    d.help("make one of the references optional")
        .fix({"make `" + first.name + "` optional",
              FixSafety::review,
              {{{type.span.file, type.span.end, type.span.end}, "?"}}});
  }
}

// Within one entity a cascade follows a tree and ends; round several entities nobody can say what
// one delete takes with it.
void checkCascadeCycles(Context& c) {
  const auto cycles = referenceCycles(c, [&](const ir::Property& p) {
    return p.onDelete == ir::RefAction::cascade && p.target != p.entity;
  });
  for (const auto& cycle : cycles) {
    addCycle<Code::REL005>(c, stepsOf(c, cycle)).help("let one of them `restrict` or `set null`");
  }
}

}  // namespace cambium::sema
