// sema/checks/cascades.cpp: rows that one delete reaches on several ways.
#include <algorithm>
#include <map>

#include "compiler/sema/checks/checks.h"

namespace cambium::sema {
namespace {

// What takes rows of an entity along when it goes, nearest first. `next` leads down again.
struct Above {
  ir::EntityId entity;
  ir::PropertyId next;  // of the entity below, or the reference that everything began with
  size_t distance = 0;
};

class Finder {
public:
  explicit Finder(Context& c) : c_(c), cascades_(c.realEntities) {
    for (uint32_t i = 0; i < c.model.properties.size(); ++i) {
      const auto& p = c.model[ir::PropertyId(i)];
      const bool takes = p.kind == ir::PropertyKind::reference && p.target && !p.draft &&
                         p.onDelete == ir::RefAction::cascade && p.target != p.entity &&
                         p.entity.index() < c.realEntities;
      if (takes) cascades_[p.entity.index()].push_back(ir::PropertyId(i));
    }
  }

  void run() {
    for (uint32_t i = 0; i < cascades_.size(); ++i) {
      const auto& entity = c_.model[ir::EntityId(i)];
      // What is made of a `many` or of tags is nobody's to write otherwise.
      const bool written =
          entity.made == ir::MadeEntity::written && entity.lifecycle != ir::Lifecycle::external;
      if (written && cascades_[i].size() > 1) look(ir::EntityId(i));
    }
  }

private:
  using Ways = std::map<ir::EntityId, Above>;

  Ways above(ir::PropertyId first) const {
    Ways found;
    std::vector<Above> open{{c_.model[first].target, first, 1}};
    for (size_t i = 0; i < open.size(); ++i) {
      const Above at = open[i];
      if (!found.emplace(at.entity, at).second) continue;
      for (const auto id : cascades_[at.entity.index()])
        open.push_back({c_.model[id].target, id, at.distance + 1});
    }
    return found;
  }

  // Two references that lead up to one entity: told at the nearest one only, for what lies above it
  // comes down through it.
  void look(ir::EntityId entity) {
    const auto& references = cascades_[entity.index()];
    std::vector<Ways> ways;
    for (const auto id : references) ways.push_back(above(id));
    for (size_t i = 1; i < references.size(); ++i)
      for (size_t j = 0; j < i; ++j) {
        const Above *left = nullptr, *right = nullptr;
        for (const auto& [common, way] : ways[i]) {
          const auto other = ways[j].find(common);
          if (other == ways[j].end() || common == entity) continue;
          if (left && left->distance + right->distance <= way.distance + other->second.distance)
            continue;
          left = &way;
          right = &other->second;
        }
        if (left) tell(entity, references[j], references[i], left->entity, ways[j], ways[i]);
      }
  }

  // "`Tenant` → `Customer.tenant` → `Order.customer`"
  std::string way(const Ways& ways, ir::EntityId from, ir::PropertyId last) const {
    std::string text = "`" + c_.model[from].name + "`";
    for (ir::EntityId at = from;;) {
      const auto id = ways.at(at).next;
      const auto& p = c_.model[id];
      text += " → `" + c_.model[p.entity].name + "." + p.name + "`";
      if (id == last) return text;
      at = p.entity;
    }
  }

  void tell(ir::EntityId entity, ir::PropertyId first, ir::PropertyId second, ir::EntityId from,
            const Ways& firstWays, const Ways& secondWays) {
    const auto& p = c_.model[second];
    c_.add(report<Code::REL014>(p.span, c_.model[from].name, c_.model[entity].name, "two"))
        .label(c_.model[first].span, "the other way ends here")
        .note("one is " + way(firstWays, from, first))
        .note("the other is " + way(secondWays, from, second))
        .help("let one of them `set null`, or say that both are meant: `@allow(REL014, \"why\")`");
  }

  Context& c_;
  std::vector<std::vector<ir::PropertyId>> cascades_;
};

}  // namespace

// In which order the ways are taken, and so what triggers and counters of the database see, is
// nowhere defined; SQL Server refuses such a table.
void checkCascadePaths(Context& c) {
  Finder(c).run();
}

}  // namespace cambium::sema
