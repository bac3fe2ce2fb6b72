// Exclusion constraints of a table that both versions have. No database holds one for what is
// written only, and no trigger can stand for it: like a unique, a new one comes in VALIDATE, over
// columns that are filled and kept in step by then. In the same step goes the one whose place it
// takes, so that there is no moment without; what only the old version has goes at the switch.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

using catalog::Check;

class Exclusions {
public:
  Exclusions(Context& c, const TableForms& f) : c_(c), f_(f) {
    for (const auto& check : f.from->checks)
      if (check.isExclusion()) old_.push_back(&check);
  }

  void run() {
    for (const auto& check : f_.to->checks)
      if (check.isExclusion()) newOne(check);
    for (const auto* check : old_) leave(*check);
  }

private:
  void newOne(const Check& check) {
    Check own = check;
    own.sql = substitute(check.sql, c_.traits, newColumns(c_, f_, When::before, ""));
    if (const auto* same = take([&](const Check& was) { return was.sql == own.sql; })) {
      const auto& list = c_.causes.entityTo[f_.newEntity.index()];
      const size_t why = list.empty() ? Node::kNoChange : list.front();
      if (same->name != own.name && !renameCheck(c_, f_, *same, check, why)) step(own, check, same);
      return;
    }
    const auto* was = take([&](const Check& old) {
      return old.name == check.name || inNewNames(old.sql) == check.sql;
    });
    step(own, check, was);
  }

  // In VALIDATE, in the place of `was` if there is one.
  void step(const Check& own, const Check& check, const Check* was) {
    const auto& table = f_.from->name;
    auto& node = c_.add(Transition::exclusionAdd, table, table + "." + check.name,
                        was && was->name != own.name
                            ? fmt::format("{}: exclusion {} -> {}", table, was->name, own.name)
                            : fmt::format("{}: exclusion {}", table, own.name),
                        change<diff::AddCheck>(check.name, c_.b()[f_.newEntity], f_.to->name,
                                               c_.causes.entityTo[f_.newEntity.index()]),
                        spanOf(check));
    if (was) node.operations.push_back(DropCheck{table, *was});
    node.operations.push_back(AddCheck{table, own});
  }

  void leave(const Check& check) {
    const auto& table = f_.from->name;
    c_.add(Transition::exclusionDrop, table, table + "." + check.name,
           fmt::format("{}: exclusion {} goes", table, check.name),
           change<diff::DropCheck>(check.name, c_.a()[f_.oldEntity], f_.from->name,
                                   c_.causes.entityFrom[f_.oldEntity.index()]),
           c_.b()[f_.newEntity].span)
        .operations.push_back(DropCheck{table, check});
  }

  // The first of the old ones that `fits`, which is then spoken for.
  template <class Fits>
  const Check* take(Fits fits) {
    const auto found = std::ranges::find_if(old_, [&](const Check* check) { return fits(*check); });
    if (found == old_.end()) return nullptr;
    const Check* check = *found;
    old_.erase(found);
    return check;
  }

  // The old one in the new version's names, as far as columns were renamed and nothing else.
  std::string inNewNames(const std::string& sql) const {
    return substitute(sql, c_.traits, [&](const std::string& name) {
      const auto* column = f_.findOld(name);
      if (!column || column->group < 0) return c_.quote(name);
      const auto& group = f_.groups[static_cast<size_t>(column->group)];
      if (!group.identity) return c_.quote(name);
      const auto at = std::ranges::find(group.from, name) - group.from.begin();
      return c_.quote(group.to[static_cast<size_t>(at)]);
    });
  }

  // The change that speaks of it; else the first of its entity.
  template <class Kind>
  size_t change(const std::string& name, const ir::Entity& entity, const std::string& table,
                const std::vector<size_t>& list) const {
    for (const size_t i : list) {
      const auto* one = std::get_if<Kind>(&c_.changes.changes[i]);
      if (one && one->check < entity.checks.size() &&
          checkName(entity, one->check, table, c_.traits) == name)
        return i;
    }
    return list.empty() ? Node::kNoChange : list.front();
  }

  Span spanOf(const Check& check) const {
    const auto& entity = c_.b()[f_.newEntity];
    for (size_t i = 0; i < entity.checks.size(); ++i)
      if (checkName(entity, i, f_.to->name, c_.traits) == check.name) return entity.checks[i].span;
    return entity.span;
  }

  Context& c_;
  const TableForms& f_;
  std::vector<const Check*> old_;  // that nothing has taken the place of
};

}  // namespace

void addExclusions(Context& c, const TableForms& f) {
  Exclusions(c, f).run();
}

}  // namespace cambium::plan
