// catalog/raise_sets.h: names that are taken and references that go round in no circle.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/catalog/names.h"

namespace cambium::catalog {

// Hands out names that differ in more than case.
class UniqueNames {
public:
  std::string take(const std::string& wanted) {
    std::string name = wanted;
    for (unsigned n = 2; !taken_.insert(folded(name)).second; ++n)
      name = wanted + "_" + std::to_string(n);
    return name;
  }
  bool has(const std::string& name) const { return taken_.contains(folded(name)); }

private:
  std::set<std::string> taken_;
};

// A graph that takes an edge only if no cycle comes of it.
class Acyclic {
public:
  bool add(size_t from, size_t to) {
    if (reaches(to, from)) return false;
    edges_.emplace(from, to);
    return true;
  }
  bool reaches(size_t from, size_t to) const {
    std::set<size_t> seen;
    std::vector<size_t> open{from};
    while (!open.empty()) {
      const size_t at = open.back();
      open.pop_back();
      if (at == to) return true;
      if (!seen.insert(at).second) continue;
      for (auto it = edges_.lower_bound({at, 0}); it != edges_.end() && it->first == at; ++it)
        open.push_back(it->second);
    }
    return false;
  }

private:
  std::set<std::pair<size_t, size_t>> edges_;
};

}  // namespace cambium::catalog
