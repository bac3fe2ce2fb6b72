// sema/graph.h: cycles in a directed graph, for the checks.
#pragma once

#include <cstdint>
#include <vector>

namespace cambium::sema {

struct Edge {
  uint32_t to = 0;
  uint32_t tag = 0;  // the caller's
};
struct Step {
  uint32_t node = 0;
  Edge edge;  // leads to the next step; the last one's to the first
};
using Cycle = std::vector<Step>;

// One cycle of each knot of the graph (strongly connected component), in the order of its smallest
// node, which it starts with where it can. Time is linear, and nothing recurses.
std::vector<Cycle> findCycles(const std::vector<std::vector<Edge>>& graph);

}  // namespace cambium::sema
