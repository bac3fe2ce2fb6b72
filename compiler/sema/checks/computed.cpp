// sema/checks/computed.cpp
#include "compiler/sema/checks/checks.h"
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
    const auto& first = c.model[ir::PropertyId(cycle[0].node)];
    std::string text;
    for (const auto& step : cycle) text += "`" + c.model[ir::PropertyId(step.node)].name + "` → ";
    auto& d = c.add(report<Code::EXP011>(first.span, first.name, text + "`" + first.name + "`"));
    for (size_t i = 1; i < cycle.size(); ++i)
      d.label(c.model[ir::PropertyId(cycle[i].node)].span, "through this one");
  }
}

}  // namespace cambium::sema
