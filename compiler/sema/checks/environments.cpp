// sema/checks/environments.cpp
#include "compiler/sema/checks/checks.h"
#include "compiler/sema/cycles.h"
#include "compiler/sema/graph.h"

namespace cambium::sema {

void checkPromotionCycles(Context& c) {
  const auto& all = c.model.environments;
  std::unordered_map<std::string_view, uint32_t> byName;
  for (uint32_t i = 0; i < all.size(); ++i) byName.emplace(all[i].name, i);
  std::vector<std::vector<Edge>> graph(all.size());
  for (uint32_t i = 0; i < all.size(); ++i)
    if (const auto it = byName.find(all[i].promoteFrom); it != byName.end())
      graph[i].push_back({it->second, 0});
  for (const auto& cycle : findCycles(graph)) {
    std::vector<CycleStep> steps;
    for (const auto& step : cycle) steps.push_back({all[step.node].name, all[step.node].span});
    addCycle<Code::CFG004>(c, steps).help("one environment is the first and promotes from nothing");
  }
}

}  // namespace cambium::sema
