// sema/checks/computed.cpp
#include "compiler/sema/checks/checks.h"
#include "compiler/sema/cycles.h"
#include "compiler/sema/graph.h"

namespace cambium::sema {

void checkComputedCycles(Context& c) {
  std::vector<std::vector<Edge>> graph(c.model.properties.size());
  bool any = false;
  for (uint32_t i = 0; i < graph.size(); ++i) {
    const auto& p = c.model[ir::PropertyId(i)];
    if (!p.computed) continue;
    const auto& names = c.work[p.entity.index()].byName;
    for (const auto& used : ir::propertiesUsed(*p.computed)) {
      const auto it = names.find(used);
      if (it == names.end()) continue;
      graph[i].push_back({it->second.index(), 0});
      any = true;
    }
  }
  if (!any) return;
  for (const auto& cycle : findCycles(graph)) {
    std::vector<CycleStep> steps;
    for (const auto& step : cycle) {
      const auto& p = c.model[ir::PropertyId(step.node)];
      steps.push_back({p.name, p.span});
    }
    addCycle<Code::EXP011>(c, steps).help("compute one of them from other properties");
  }
}

}  // namespace cambium::sema
