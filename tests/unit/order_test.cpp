// The table of rules: no rule against the phases, no circle among the transitions; and the order
// that they give.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "compiler/plan/node.h"

namespace cambium::plan {
namespace {

TEST(Rules, neverAgainstThePhases) {
  for (const auto& rule : rules())
    EXPECT_EQ(info(rule.before).phase, info(rule.after).phase) << rule.id;
}

TEST(Rules, idsAreUniqueAndReasonsAreGiven) {
  std::set<std::string_view> ids;
  for (const auto& rule : rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_GT(rule.why.size(), 20u) << rule.id;
  }
}

// Every pair of transitions: never one before the other and the other before the one, over whatever
// rules lie between.
TEST(Rules, noCircleBetweenAnyPair) {
  const size_t n = transitions().size();
  std::vector<std::vector<bool>> before(n, std::vector<bool>(n, false));
  for (const auto& rule : rules()) {
    if (rule.before != rule.after)
      before[static_cast<size_t>(rule.before)][static_cast<size_t>(rule.after)] = true;
    else
      EXPECT_EQ(rule.relation, Relation::dependsOn)
          << rule.id << ": a kind before itself must be about other objects";
  }
  for (size_t k = 0; k < n; ++k) {
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) before[i][j] = before[i][j] || (before[i][k] && before[k][j]);
    }
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      EXPECT_FALSE(before[i][j] && before[j][i])
          << transitions()[i].name << " and " << transitions()[j].name;
    }
  }
}

TEST(Rules, everyKindOfElementHasATransition) {
  std::set<ElementKind> seen;
  for (const auto& t : transitions()) seen.insert(t.kind);
#define ELEMENT(id, name) EXPECT_TRUE(seen.count(ElementKind::id)) << name;
#include "compiler/plan/elements.def"
#undef ELEMENT
}

Node node(Transition t, std::string table, std::string element) {
  Node n;
  n.transition = t;
  n.table = std::move(table);
  n.element = std::move(element);
  return n;
}

std::vector<Unit> single(size_t n) {
  std::vector<Unit> out;
  for (size_t i = 0; i < n; ++i) out.push_back({{i}, {}});
  return out;
}

TEST(Order, rulesThenKindThenName) {
  std::vector<Node> nodes{
      node(Transition::versionSwitch, "", "v"),  node(Transition::syncCreate, "a", "a.x"),
      node(Transition::columnAdd, "b", "b.y"),   node(Transition::columnAdd, "a", "a.x"),
      node(Transition::backfillRun, "a", "a.x"), node(Transition::tableCreate, "z", "z")};
  nodes[2].needs = {"table:z"};
  nodes[5].provides = {"table:z"};
  const auto units = order(nodes, single(nodes.size()));
  ASSERT_EQ(units.size(), nodes.size());
  std::vector<size_t> got;
  for (const auto& unit : units) got.push_back(unit.nodes.front());
  EXPECT_EQ(got, (std::vector<size_t>{5, 3, 2, 1, 4, 0}));
  ASSERT_EQ(units[2].follows.size(), 1u);
  EXPECT_EQ(units[2].follows[0].unit, 0u);
  EXPECT_EQ(units[2].follows[0].rule, "R02");
  ASSERT_EQ(units[3].follows.size(), 1u);
  EXPECT_EQ(units[3].follows[0].unit, 1u);
  EXPECT_EQ(units[3].follows[0].rule, "R10");
}

TEST(Order, theOrderOfTheInputDoesNotCount) {
  std::vector<Node> nodes;
  for (const char* table : {"c", "a", "b"}) {
    nodes.push_back(node(Transition::syncCreate, table, table));
    nodes.push_back(node(Transition::columnAdd, table, table));
    nodes.push_back(node(Transition::backfillRun, table, table));
  }
  const auto names = [](const std::vector<Node>& list) {
    std::vector<std::string> out;
    for (const auto& unit : order(list, single(list.size()))) {
      const auto& n = list[unit.nodes.front()];
      out.push_back(n.table + std::string(info(n.transition).name));
    }
    return out;
  };
  const auto expected = names(nodes);
  std::reverse(nodes.begin(), nodes.end());
  EXPECT_EQ(names(nodes), expected);
}

TEST(Order, aCircleGivesNothing) {
  std::vector<Node> nodes{node(Transition::tableCreate, "a", "a"),
                          node(Transition::tableCreate, "b", "b")};
  nodes[0].provides = nodes[1].needs = {"table:a"};
  nodes[1].provides = nodes[0].needs = {"table:b"};
  EXPECT_TRUE(order(nodes, single(2)).empty());
}

}  // namespace
}  // namespace cambium::plan
