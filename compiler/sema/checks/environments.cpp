// sema/checks/environments.cpp
#include "compiler/sema/checks/checks.h"
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
    std::string text;
    for (const auto& step : cycle) text += "`" + all[step.node].name + "` → ";
    const auto& first = all[cycle[0].node];
    c.add(report<Code::CFG004>(first.span, text + "`" + first.name + "`"))
        .help("one environment is the first and promotes from nothing");
  }
}

}  // namespace cambium::sema
