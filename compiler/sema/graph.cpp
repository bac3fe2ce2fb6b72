// sema/graph.cpp
#include "compiler/sema/graph.h"

#include <algorithm>
#include <cstddef>

namespace cambium::sema {
namespace {

using Graph = std::vector<std::vector<Edge>>;

// Tarjan's components with an explicit stack; out: the number of each node's component.
std::vector<uint32_t> components(const Graph& graph) {
  constexpr uint32_t kNone = ~uint32_t{0};
  const auto size = uint32_t(graph.size());
  std::vector<uint32_t> order(size, kNone), low(size), component(size, kNone), open;
  struct Frame {
    uint32_t node;
    size_t next;
  };
  std::vector<Frame> frames;
  uint32_t counter = 0, found = 0;
  const auto enter = [&](uint32_t node) {
    order[node] = low[node] = counter++;
    open.push_back(node);
    frames.push_back({node, 0});
  };
  for (uint32_t root = 0; root < size; ++root) {
    if (order[root] != kNone) continue;
    enter(root);
    while (!frames.empty()) {
      auto& [node, next] = frames.back();
      if (next < graph[node].size()) {
        const uint32_t to = graph[node][next++].to;
        if (order[to] == kNone)
          enter(to);
        else if (component[to] == kNone)
          low[node] = std::min(low[node], order[to]);
        continue;
      }
      const uint32_t done = node;
      frames.pop_back();
      if (!frames.empty()) low[frames.back().node] = std::min(low[frames.back().node], low[done]);
      if (low[done] != order[done]) continue;
      for (uint32_t member = kNone; member != done;) {
        member = open.back();
        open.pop_back();
        component[member] = found;
      }
      ++found;
    }
  }
  return component;
}

}  // namespace

std::vector<Cycle> findCycles(const Graph& graph) {
  const auto component = components(graph);
  std::vector<bool> told(graph.size());  // by component
  std::vector<size_t> position(graph.size(), ~size_t{0});
  std::vector<Cycle> out;
  for (uint32_t start = 0; start < graph.size(); ++start) {
    if (told[component[start]]) continue;
    Cycle walk;
    for (uint32_t at = start;;) {
      const auto inside = std::ranges::find_if(
          graph[at], [&](const Edge& e) { return component[e.to] == component[at]; });
      if (inside == graph[at].end()) break;  // alone, without a loop
      position[at] = walk.size();
      walk.push_back({at, *inside});
      at = inside->to;
      if (position[at] == ~size_t{0}) continue;
      walk.erase(walk.begin(), walk.begin() + std::ptrdiff_t(position[at]));
      told[component[start]] = true;
      out.push_back(std::move(walk));
      break;
    }
  }
  return out;
}

}  // namespace cambium::sema
