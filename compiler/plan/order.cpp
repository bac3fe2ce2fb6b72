// Rules to a stable topological order. Each unit runs when everything that a rule puts before it
// has run; among those that may run, the one with the earliest transition, then the first table,
// then the first element goes first.
#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <tuple>
#include <unordered_map>

#include "compiler/plan/node.h"

namespace cambium::plan {

std::span<const TransitionInfo> transitions() {
  static constexpr TransitionInfo kTransitions[] = {
#define TRANSITION(id, kind, phase, sign, what) {#id, ElementKind::kind, Phase::phase, sign, what},
#include "compiler/plan/transitions.def"
#undef TRANSITION
  };
  return kTransitions;
}

std::span<const Rule> rules() {
  static constexpr Rule kRules[] = {
#define RULE(id, before, after, relation, why) \
  {#id, Transition::before, Transition::after, Relation::relation, why},
#include "compiler/plan/rules.def"
#undef RULE
  };
  return kRules;
}

namespace {

struct Edge {
  size_t before, after;
  const Rule* rule;
};

// The edges that the rules draw between nodes of one phase; never all pairs of all nodes.
std::vector<Edge> edges(std::span<const Node> nodes) {
  std::unordered_map<std::string, std::vector<size_t>> byTable;
  std::map<Transition, std::vector<size_t>> byTransition;
  std::unordered_map<std::string, std::vector<size_t>> providers;
  for (size_t i = 0; i < nodes.size(); ++i) {
    byTable[nodes[i].table].push_back(i);
    byTransition[nodes[i].transition].push_back(i);
    for (const auto& object : nodes[i].provides) providers[object].push_back(i);
  }
  std::vector<std::vector<const Rule*>> into(transitions().size());
  for (const auto& rule : rules()) into[static_cast<size_t>(rule.after)].push_back(&rule);

  std::vector<Edge> out;
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (const Rule* rule : into[static_cast<size_t>(nodes[i].transition)]) {
      auto join = [&](const std::vector<size_t>& candidates) {
        for (size_t j : candidates) {
          if (j != i && nodes[j].transition == rule->before) out.push_back({j, i, rule});
        }
      };
      switch (rule->relation) {
        case Relation::sameTable: join(byTable[nodes[i].table]); break;
        case Relation::always: join(byTransition[rule->before]); break;
        case Relation::dependsOn:
          for (const auto& object : nodes[i].needs) {
            if (auto at = providers.find(object); at != providers.end()) join(at->second);
          }
          break;
      }
    }
  }
  return out;
}

// Which earlier units each one follows, by which rule. Of a rule that holds whatever its nodes are
// about only the last one is told: it says all, and the others would be a multitude.
void tellReasons(std::vector<Unit>& units, const std::vector<size_t>& unitOf,
                 const std::vector<size_t>& sequence, const std::vector<Edge>& all) {
  std::vector<size_t> place(units.size());
  for (size_t i = 0; i < sequence.size(); ++i) place[sequence[i]] = i;
  std::vector<std::set<std::pair<const Rule*, size_t>>> because(units.size());
  for (const auto& edge : all) {
    const size_t before = unitOf[edge.before], after = unitOf[edge.after];
    if (before != after) because[after].emplace(edge.rule, place[before]);
  }
  for (size_t u = 0; u < units.size(); ++u) {
    for (auto it = because[u].begin(); it != because[u].end(); ++it) {
      const auto next = std::next(it);
      const bool last = next == because[u].end() || next->first != it->first;
      if (it->first->relation == Relation::always && !last) continue;
      units[u].follows.push_back({it->second, it->first->id});
    }
  }
}

}  // namespace

std::string_view reasonOf(std::string_view id) {
  const auto it = std::ranges::find(rules(), id, &Rule::id);
  return it == rules().end() ? std::string_view() : it->why;
}

std::vector<Unit> order(std::span<const Node> nodes, std::vector<Unit> units) {
  std::vector<size_t> unitOf(nodes.size());
  for (size_t u = 0; u < units.size(); ++u) {
    for (size_t n : units[u].nodes) unitOf[n] = u;
  }
  const auto all = edges(nodes);
  auto nodeKey = [&](size_t n) {
    return std::tuple(info(nodes[n].transition).phase, nodes[n].transition,
                      std::string_view(nodes[n].table), std::string_view(nodes[n].element), n);
  };

  // Inside a unit first: the same walk over its own nodes.
  std::vector<std::vector<size_t>> inside(nodes.size());
  std::vector<unsigned> waits(nodes.size(), 0);
  for (const auto& edge : all) {
    if (unitOf[edge.before] != unitOf[edge.after]) continue;
    inside[edge.before].push_back(edge.after);
    ++waits[edge.after];
  }
  for (auto& unit : units) {
    std::set<decltype(nodeKey(0))> ready;
    for (size_t n : unit.nodes) {
      if (waits[n] == 0) ready.insert(nodeKey(n));
    }
    std::vector<size_t> sorted;
    while (!ready.empty()) {
      size_t n = std::get<4>(*ready.begin());
      ready.erase(ready.begin());
      sorted.push_back(n);
      for (size_t next : inside[n]) {
        if (--waits[next] == 0) ready.insert(nodeKey(next));
      }
    }
    if (sorted.size() != unit.nodes.size()) return {};
    unit.nodes = std::move(sorted);
  }

  std::vector<std::vector<size_t>> followers(units.size());
  std::vector<unsigned> pending(units.size(), 0);
  for (const auto& edge : all) {
    size_t before = unitOf[edge.before], after = unitOf[edge.after];
    if (before != after) {
      followers[before].push_back(after);
      ++pending[after];
    }
  }
  auto unitKey = [&](size_t u) {
    auto [phase, transition, table, element, n] = nodeKey(units[u].nodes.front());
    return std::tuple(phase, transition, table, element, u);
  };
  std::set<decltype(unitKey(0))> ready;
  for (size_t u = 0; u < units.size(); ++u) {
    if (pending[u] == 0) ready.insert(unitKey(u));
  }
  std::vector<size_t> sequence;
  while (!ready.empty()) {
    size_t u = std::get<4>(*ready.begin());
    ready.erase(ready.begin());
    for (size_t next : followers[u]) {
      if (--pending[next] == 0) ready.insert(unitKey(next));
    }
    sequence.push_back(u);
  }
  if (sequence.size() != units.size()) return {};
  // Rules hold within phases; phases follow each other.
  std::stable_sort(sequence.begin(), sequence.end(), [&](size_t x, size_t y) {
    return info(nodes[units[x].nodes.front()].transition).phase <
           info(nodes[units[y].nodes.front()].transition).phase;
  });
  tellReasons(units, unitOf, sequence, all);
  std::vector<Unit> out;
  for (size_t u : sequence) out.push_back(std::move(units[u]));
  return out;
}

}  // namespace cambium::plan
