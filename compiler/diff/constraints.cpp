#include "compiler/diff/constraints.h"

#include <algorithm>

namespace cambium::diff {
namespace {

// `@unique` and `unique (property)` are two spellings of one thing.
bool isUniqueOf(const ir::Unique& u, const std::string& property) {
  return u.name.empty() && u.databaseName.empty() && !u.constraint && !u.where &&
         u.include.empty() && u.parts.size() == 1 && !u.parts[0].descending &&
         u.parts[0].expr.kind == ir::ExprKind::property &&
         u.parts[0].expr.path == std::vector{property};
}

class Constraints {
public:
  Constraints(ChangeSet& set, const Comparison& comparison, const Rules& rules, Findings& findings,
              EntityId from, EntityId to)
      : set_(set),
        a_(*set.from),
        b_(*set.to),
        comparison_(comparison),
        rules_(rules),
        findings_(findings),
        from_(from),
        to_(to) {}

  void uniques(const UniqueProperties& properties) {
    const auto &old = a_[from_].uniques, &fresh = b_[to_].uniques;
    const auto same = [&](const ir::Unique& p, const ir::Unique& q) {
      return p.constraint == q.constraint && samePlace(p, q);
    };
    auto [gone, added] = unpaired(old, fresh, same);
    const auto spelled = [](std::vector<size_t>& among, const std::vector<ir::Unique>& uniques,
                            const std::string& name) {
      return std::erase_if(among, [&](size_t i) { return isUniqueOf(uniques[i], name); }) > 0;
    };
    for (const auto& [was, is] : properties.now)
      if (!spelled(gone, old, a_[was].name)) add(AddUniqueProperty{was, is});
    for (const auto& [was, is] : properties.before)
      if (!spelled(added, fresh, b_[is].name)) add(DropUniqueProperty{was, is});
    for (const auto& [i, j] : renamed(old, fresh, gone, added, same))
      add(RenameUnique{from_, to_, i, j});
    for (const size_t i : gone) add(DropUnique{from_, i});
    for (const size_t j : added) add(AddUnique{to_, j});
  }

  void indexes() {
    const auto &old = a_[from_].indexes, &fresh = b_[to_].indexes;
    const auto same = [&](const ir::Index& p, const ir::Index& q) {
      return p.method == q.method && samePlace(p, q);
    };
    auto [gone, added] = unpaired(old, fresh, same);
    for (const auto& [i, j] : renamed(old, fresh, gone, added, same))
      add(RenameIndex{from_, to_, i, j});
    for (const size_t i : gone) add(DropIndex{from_, i});
    for (const size_t j : added) add(AddIndex{to_, j});
  }

  void checks() {
    const auto &old = a_[from_].checks, &fresh = b_[to_].checks;
    const auto same = [&](const ir::Check& p, const ir::Check& q) {
      return comparison_.same(p.condition, q.condition, from_);
    };
    auto [gone, added] = unpaired(old, fresh, same);
    for (const auto& [i, j] : renamed(old, fresh, gone, added, same))
      add(RenameCheck{from_, to_, i, j});
    for (const size_t i : gone) add(DropCheck{from_, i});
    for (const size_t j : added) add(AddCheck{to_, j});
  }

private:
  void add(Change change) { set_.changes.push_back(std::move(change)); }

  bool samePlace(const auto& p, const auto& q) const {
    return comparison_.same(p.parts, q.parts, from_) &&
           comparison_.same(p.include, q.include, from_) &&
           comparison_.same(p.where, q.where, from_);
  }

  // What one version has and the other one has not under this name: positions in the two lists.
  template <class List, class Same>
  static std::pair<std::vector<size_t>, std::vector<size_t>> unpaired(const List& old,
                                                                      const List& fresh,
                                                                      Same same) {
    std::vector<size_t> gone, added;
    std::vector<bool> used(fresh.size());
    const auto equal = [&](const auto& p, const auto& q) {
      return p.name == q.name && p.databaseName == q.databaseName && same(p, q);
    };
    for (size_t i = 0; i < old.size(); ++i) {
      size_t j = 0;
      while (j < fresh.size() && (used[j] || !equal(old[i], fresh[j]))) ++j;
      if (j < fresh.size())
        used[j] = true;
      else
        gone.push_back(i);
    }
    for (size_t j = 0; j < fresh.size(); ++j)
      if (!used[j]) added.push_back(j);
    return {std::move(gone), std::move(added)};
  }

  // A line gives another name to what is there under its own, and says the same.
  template <class List>
  void stays(const List& old, const List& fresh, const std::vector<size_t>& gone) const {
    for (size_t i = 0; i < old.size(); ++i) {
      if (old[i].name.empty() || std::ranges::find(gone, i) != gone.end()) continue;
      const auto* rule = rules_.renameOfName(a_[from_].name, old[i].name);
      if (rule && std::ranges::any_of(fresh, [&](const auto& x) { return x.name == rule->to; }))
        findings_.notTheSame(*rule, b_[to_].name);
    }
  }

  using Pairs = std::vector<std::pair<size_t, size_t>>;

  // What goes and what comes, and says the same, is one thing with two names: those that the
  // migration says, and where it says nothing those that there is no doubt about. They are taken
  // out of the two lists.
  template <class List, class Same>
  Pairs renamed(const List& old, const List& fresh, std::vector<size_t>& gone,
                std::vector<size_t>& added, Same same) const {
    Pairs out;
    std::vector<size_t> saidGone, saidAdded;
    stays(old, fresh, gone);
    for (const size_t i : gone) {
      const auto* rule =
          old[i].name.empty() ? nullptr : rules_.renameOfName(a_[from_].name, old[i].name);
      if (!rule) continue;
      const auto j =
          std::ranges::find_if(added, [&](size_t at) { return fresh[at].name == rule->to; });
      if (j == added.end()) continue;
      saidGone.push_back(i);
      saidAdded.push_back(*j);
      if (same(old[i], fresh[*j]))
        out.emplace_back(i, *j);
      else
        findings_.notTheSame(*rule, b_[to_].name);
    }
    const auto has = [](const std::vector<size_t>& list, size_t i) {
      return std::ranges::find(list, i) != list.end();
    };
    const auto alike = [&](size_t i, size_t j) {
      return !has(saidGone, i) && !has(saidAdded, j) && same(old[i], fresh[j]);
    };
    for (const size_t i : gone) {
      const auto fits = [&](size_t j) { return alike(i, j); };
      const auto j = std::ranges::find_if(added, fits);
      if (j == added.end() || std::ranges::count_if(added, fits) > 1 ||
          std::ranges::count_if(gone, [&](size_t other) { return alike(other, *j); }) > 1)
        continue;
      out.emplace_back(i, *j);
    }
    for (const auto& [i, j] : out) {
      std::erase(gone, i);
      std::erase(added, j);
    }
    return out;
  }

  ChangeSet& set_;
  const ir::Model& a_;
  const ir::Model& b_;
  const Comparison& comparison_;
  const Rules& rules_;
  Findings& findings_;
  EntityId from_, to_;
};

}  // namespace

void diffConstraints(ChangeSet& set, const Comparison& comparison, const Rules& rules,
                     Findings& findings, EntityId from, EntityId to,
                     const UniqueProperties& uniqueProperties) {
  Constraints constraints(set, comparison, rules, findings, from, to);
  constraints.uniques(uniqueProperties);
  constraints.indexes();
  constraints.checks();
}

}  // namespace cambium::diff
