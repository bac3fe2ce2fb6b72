// sema/checks/references.cpp
#include <algorithm>
#include <map>

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
    if (p.kind != ir::PropertyKind::reference || !p.target || p.entity.index() >= c.realEntities ||
        p.draft)
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

// Whoever inserts the first row has to know its key and to name it as its own parent; nobody can
// tell such a row from one that was meant to hang below another.
void checkRequiredSelves(Context& c) {
  for (uint32_t i = 0; i < c.model.properties.size(); ++i) {
    const auto& p = c.model[ir::PropertyId(i)];
    if (p.kind != ir::PropertyKind::reference || p.target != p.entity || p.type.optional ||
        p.draft || p.entity.index() >= c.realEntities)
      continue;
    const auto& entity = c.model[p.entity];
    if (c.propertyWork[i].broken || c.propertyWork[i].member.decl->type.list) continue;
    if (c.work[p.entity.index()].keyBroken || entity.lifecycle == ir::Lifecycle::external) continue;
    const auto& key = entity.key.properties;
    if (key.size() == 1 && c.model[key[0]].autoincrement) continue;  // REL004: not even that
    const auto& type = c.propertyWork[i].member.decl->type;
    c.add(report<Code::REL015>(p.span, entity.name + "." + p.name, entity.name))
        .help("make it optional: what is the first of all refers to nothing")
        .fix({"make `" + p.name + "` optional",
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

// A row that goes takes others along on one way, and one of these is kept by a reference on
// another: whether the delete succeeds is then a matter of the order in which the database looks at
// them.
void checkContraryDeletes(Context& c) {
  std::vector<std::vector<ir::PropertyId>> references(c.realEntities);
  for (uint32_t i = 0; i < c.model.properties.size(); ++i) {
    const auto& p = c.model[ir::PropertyId(i)];
    if (p.kind == ir::PropertyKind::reference && p.target && !p.draft &&
        p.entity.index() < c.realEntities)
      references[p.entity.index()].push_back(ir::PropertyId(i));
  }
  // What takes the rows of an entity along when it goes, and by which reference that begins.
  const auto above = [&](ir::EntityId start, const ir::Property* not_) {
    std::map<ir::EntityId, ir::PropertyId> found;
    std::vector<std::pair<ir::EntityId, ir::PropertyId>> open{{start, {}}};
    while (!open.empty()) {
      const auto [at, first] = open.back();
      open.pop_back();
      for (const auto id : references[at.index()]) {
        const auto& p = c.model[id];
        if (p.onDelete != ir::RefAction::cascade || &p == not_) continue;
        if (found.emplace(p.target, first ? first : id).second)
          open.emplace_back(p.target, first ? first : id);
      }
    }
    return found;
  };
  for (uint32_t i = 0; i < c.realEntities; ++i) {
    for (const auto id : references[i]) {
      const auto& p = c.model[id];
      if (p.onDelete != ir::RefAction::restrict || p.target == p.entity) continue;
      const auto mine = above(p.entity, &p), theirs = above(p.target, nullptr);
      for (const auto& [common, first] : theirs) {
        const auto at = mine.find(common);
        if (at == mine.end() || common == p.target) continue;
        const auto& own = c.model[at->second];
        c.add(report<Code::REL013>(p.span, c.model[common].name, c.model[p.target].name,
                                   c.model[p.entity].name + "." + p.name))
            .label(own.span, "by this one the rows of `" + c.model[p.entity].name + "` go along")
            .help("let `" + p.name +
                  "` say `on delete cascade`, too, or `on delete no action`, "
                  "which is looked at when all is deleted");
        break;
      }
    }
  }
}

}  // namespace cambium::sema
