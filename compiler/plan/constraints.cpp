// Checks and foreign keys of a table that both versions have: which stay, which are relaxed in
// expand, which are verified and guarded and come in contract.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/names.h"
#include "compiler/diff/merges.h"
#include "compiler/plan/blank.h"
#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

using catalog::Check;
using catalog::ForeignKey;

class Checks {
public:
  Checks(Context& c, const TableForms& f, Brought& brought)
      : c_(c), f_(f), brought_(brought), done_(f.to->checks.size()) {}

  void run() {
    for (size_t i = 0; i < done_.size(); ++i) done_[i] = f_.to->checks[i].isExclusion();
    for (const auto& check : f_.from->checks)
      if (!check.isExclusion()) oldCheck(check);
    for (size_t i = 0; i < f_.to->checks.size(); ++i) {
      if (!done_[i]) newCheck(f_.to->checks[i]);
    }
    settleNames();
  }

private:
  struct Used {
    std::vector<std::string> columns;
    bool allKept = true;
  };
  template <class Find>
  Used used(const std::string& sql, Find find) {
    Used u;
    for (auto& name : identifiersIn(sql, c_.traits)) {
      const auto* column = find(name);
      if (!column) continue;
      u.allKept = u.allKept && isKept(*column);
      u.columns.push_back(std::move(name));
    }
    return u;
  }
  static bool isKept(const OldColumn& column) { return column.kept; }
  static bool isKept(const NewColumn& column) { return column.source == NewColumn::Source::kept; }
  Used usedOld(const std::string& sql) {
    return used(sql, [&](const std::string& n) { return f_.findOld(n); });
  }
  Used usedNew(const std::string& sql) {
    return used(sql, [&](const std::string& n) { return f_.findNew(n); });
  }

  // The old check in the new version's names, where renaming is all that happened to its columns.
  std::string inNewNames(const std::string& sql) {
    return substitute(sql, c_.traits, [&](const std::string& name) {
      const auto* column = f_.findOld(name);
      if (!column || column->group < 0) return c_.quote(name);
      const auto& group = f_.groups[static_cast<size_t>(column->group)];
      if (!group.identity) return c_.quote(name);
      const auto at = std::find(group.from.begin(), group.from.end(), name) - group.from.begin();
      return c_.quote(group.to[static_cast<size_t>(at)]);
    });
  }
  // A dropped or converted column's name may stand for something else in the new version.
  bool comparable(const Used& u) {
    return std::all_of(u.columns.begin(), u.columns.end(), [&](const std::string& name) {
      const auto* column = f_.findOld(name);
      return column->kept ||
             (column->group >= 0 && f_.groups[static_cast<size_t>(column->group)].identity);
    });
  }

  void oldCheck(const Check& check) {
    const auto u = usedOld(check.sql);
    if (comparable(u)) {
      const auto mapped = inNewNames(check.sql);
      for (size_t i = 0; i < f_.to->checks.size(); ++i) {
        const auto& now = f_.to->checks[i];
        if (done_[i] || now.sql != mapped) continue;
        if (u.allKept) {
          done_[i] = true;
          if (now.name != check.name) settled_.emplace_back(check, now);
          return;
        }
        if (u.columns.size() == 1 &&
            (isOwn(check, f_.from->name, u.columns.front()) || !looksAtNull(check))) {
          done_[i] = true;
          bring(now, u.columns.front());
          return;
        }
      }
    }
    if (u.columns.size() != 1) return relax(check, nullptr);
    const auto& column = *f_.findOld(u.columns.front());
    const NewColumn* twin = twinOf(column);
    if (!twin) return;  // leaves with its column
    // What became of the column's type says nothing about a check that somebody wrote beside it.
    if (!isOwn(check, f_.from->name, column.column->name)) return relax(check, nullptr);
    const auto at = counterpart(check, *twin);
    const auto [relaxes, tightens] = direction(*twin);
    if (column.kept) {
      if (relaxes && !tightens) {
        relax(check, at < done_.size() ? &f_.to->checks[at] : nullptr);
        if (at < done_.size()) done_[at] = true;
      } else if (tightens && !relaxes && at < done_.size()) {
        tighten(f_.to->checks[at], &check);
        done_[at] = true;
      } else {
        relax(check, nullptr);
      }
    } else if (f_.groups[static_cast<size_t>(column.group)].identity && !(tightens && !relaxes)) {
      relax(check, nullptr);
      if (relaxes && !tightens && at < done_.size()) {
        done_[at] = true;
        bring(f_.to->checks[at], u.columns.front());
      }
    }
  }

  void newCheck(const Check& check) {
    const auto u = usedNew(check.sql);
    if (u.columns.size() == 1 &&
        f_.findNew(u.columns.front())->source == NewColumn::Source::added) {
      Check own = check;
      own.sql = substitute(check.sql, c_.traits, newColumns(c_, f_, When::before, ""));
      keepName(own, f_.findNew(u.columns.front())->middle);
      return;
    }
    tighten(check, nullptr);
  }

  // The check that the column's type, enum and refinement make together.
  bool isOwn(const Check& check, const std::string& table, const std::string& column) {
    return check.name == catalog::derivedName("ck", {table, column}, c_.traits.maxIdentifierBytes);
  }

  const NewColumn* twinOf(const OldColumn& column) {
    if (column.kept) return f_.findNew(column.column->name);
    if (column.group < 0) return nullptr;
    const auto& group = f_.groups[static_cast<size_t>(column.group)];
    const auto at =
        std::find(group.from.begin(), group.from.end(), column.column->name) - group.from.begin();
    return group.identity ? f_.findNew(group.to[static_cast<size_t>(at)]) : nullptr;
  }

  // The new version's check over the same column alone; the one of the same name first.
  size_t counterpart(const Check& check, const NewColumn& column) {
    size_t found = done_.size();
    for (size_t i = 0; i < done_.size(); ++i) {
      const auto u = usedNew(f_.to->checks[i].sql);
      if (done_[i] || u.columns.size() != 1 || u.columns.front() != column.column->name) continue;
      if (!isOwn(f_.to->checks[i], f_.to->name, column.column->name)) continue;
      if (f_.to->checks[i].name == check.name) return i;
      if (found == done_.size()) found = i;
    }
    return found;
  }

  std::pair<bool, bool> direction(const NewColumn& column) {
    bool relaxes = false, tightens = false, reordered = false;
    for (size_t i : c_.causes.propertyTo[column.property.index()]) {
      const auto& change = c_.changes.changes[i];
      relaxes = relaxes || std::holds_alternative<diff::RelaxRefinement>(change);
      if (const auto* tighten = std::get_if<diff::TightenRefinement>(&change)) {
        tightens = true;
        relaxes = relaxes || tighten->alsoRelaxes;
      }
      if (const auto* convert = std::get_if<diff::ConvertProperty>(&change)) {
        (convert->lossless ? relaxes : tightens) = true;
      }
    }
    const auto& type = c_.b()[column.property].type;
    if (type.scalar == ir::Scalar::enumeration && type.enumeration) {
      for (size_t i : c_.causes.enumTo[type.enumeration.index()]) {
        reordered = reordered || std::holds_alternative<diff::ChangeEnumDoc>(c_.changes.changes[i]);
        relaxes = relaxes || std::holds_alternative<diff::EnumAddValue>(c_.changes.changes[i]);
        const auto* drop = std::get_if<diff::EnumDropValue>(&c_.changes.changes[i]);
        tightens = tightens || (drop && diff::mergedInto(c_.changes, *drop).empty());
      }
    }
    // The same values in another order: nothing that was allowed is refused.
    return {relaxes || (reordered && !tightens), tightens};
  }

  static bool saysCheck(const diff::Change& change) {
    return std::holds_alternative<diff::TightenRefinement>(change) ||
           std::holds_alternative<diff::RelaxRefinement>(change) ||
           std::holds_alternative<diff::ConvertProperty>(change) ||
           std::holds_alternative<diff::AddProperty>(change);
  }

  size_t changeOf(const Check& check, const Used& u) {
    if (u.columns.size() == 1) {
      const auto& property = f_.findNew(u.columns.front())->property;
      const auto& type = c_.b()[property].type;
      const auto& own = c_.causes.propertyTo[property.index()];
      // What the check says follows from the type, its refinement and its enum, not from the rest
      // of what may have changed in the property.
      for (size_t i : own)
        if (saysCheck(c_.changes.changes[i])) return i;
      if (type.enumeration && !c_.causes.enumTo[type.enumeration.index()].empty()) {
        return pickChange<diff::EnumDropValue>(c_.changes,
                                               c_.causes.enumTo[type.enumeration.index()]);
      }
      if (!own.empty()) return own.front();
    }
    return modelCheck(check, f_.to->name, c_.b()[f_.newEntity],
                      c_.causes.entityTo[f_.newEntity.index()]);
  }
  size_t changeOfOld(const Check& check, const Used& u) {
    if (u.columns.size() == 1) {
      if (const auto* twin = twinOf(*f_.findOld(u.columns.front())))
        return changeOf(check, {{twin->column->name}, true});
    }
    return modelCheck(check, f_.from->name, c_.a()[f_.oldEntity],
                      c_.causes.entityFrom[f_.oldEntity.index()]);
  }
  size_t modelCheck(const Check& check, const std::string& table, const ir::Entity& entity,
                    const std::vector<size_t>& list) {
    for (size_t i : list) {
      const auto* added = std::get_if<diff::AddCheck>(&c_.changes.changes[i]);
      const auto* dropped = std::get_if<diff::DropCheck>(&c_.changes.changes[i]);
      const auto* renamed = std::get_if<diff::RenameCheck>(&c_.changes.changes[i]);
      if (!added && !dropped && !renamed) continue;
      const bool old = &entity == &c_.a()[f_.oldEntity];
      const size_t at = added     ? added->check
                        : dropped ? dropped->check
                        : old     ? renamed->was
                                  : renamed->is;
      if (at >= entity.checks.size()) continue;
      if (checkName(entity, at, table, c_.traits) == check.name) return i;
    }
    for (size_t i : list) {
      if (std::holds_alternative<diff::AddCheck>(c_.changes.changes[i]) ||
          std::holds_alternative<diff::DropCheck>(c_.changes.changes[i])) {
        return i;
      }
    }
    return list.empty() ? Node::kNoChange : list.front();
  }
  Span spanOf(const Used& u) {
    if (u.columns.size() == 1) {
      if (const auto* column = f_.findNew(u.columns.front())) return c_.b()[column->property].span;
    }
    return c_.b()[f_.newEntity].span;
  }

  void relax(const Check& check, const Check* instead) {
    const auto u = usedOld(check.sql);
    auto& node = c_.add(
        Transition::checkRelax, f_.from->name, f_.from->name + "." + check.name,
        fmt::format("{}: check {} {}", f_.from->name, check.name, instead ? "allows more" : "goes"),
        changeOfOld(check, u), spanOf(u));
    node.operations.push_back(DropCheck{f_.from->name, check});
    if (instead) {
      node.operations.push_back(AddCheck{f_.from->name, *instead});
      c_.plan.duties.relaxed.push_back({f_.from->name, instead->sql});
    }
    node.undoFirst.push_back(
        Verify{f_.from->name, countViolations(f_.from->name, check.sql, c_.traits),
               fmt::format("rows of {} that the old check {} refuses", f_.from->name, check.name)});
  }

  // Same conditions under other names. All at once, because they may change places.
  void settleNames() {
    std::erase_if(settled_, [&](const auto& names) {
      return renameCheck(c_, f_, names.first, names.second,
                         changeOf(names.second, usedNew(names.second.sql)));
    });
    if (settled_.empty()) return;
    std::string names;
    std::vector<Operation> drops, adds;
    for (const auto& [was, is] : settled_) {
      names += fmt::format("{}{} -> {}", names.empty() ? "" : ", ", was.name, is.name);
      drops.push_back(DropCheck{f_.to->name, was});
      adds.push_back(AddCheck{f_.to->name, is});
    }
    auto& node =
        c_.add(Transition::checkSettle, f_.from->name, f_.to->name,
               fmt::format("{}: check {}", f_.to->name, names),
               pickChange<diff::RenameEntity>(c_.changes, c_.causes.entityTo[f_.newEntity.index()]),
               c_.b()[f_.newEntity].span);
    node.operations = std::move(drops);
    node.operations.insert(node.operations.end(), adds.begin(), adds.end());
  }

  void tighten(const Check& check, const Check* instead) {
    const auto u = usedNew(check.sql);
    const size_t change = changeOf(check, u);
    const Span cause = spanOf(u);
    const auto middle = substitute(check.sql, c_.traits, newColumns(c_, f_, When::before, ""));
    addVerify(
        c_, f_, f_.from->name + "." + check.name, countViolations(f_.from->name, middle, c_.traits),
        fmt::format("rows of {} that check {} refuses", f_.from->name, check.name), change, cause);
    addGuard(c_, f_, check.name, check.sql, true,
             fmt::format("check {} of version {}", check.name, c_.b().version), change, cause);
    auto& node = c_.add(Transition::checkTighten, f_.from->name, f_.to->name + "." + check.name,
                        fmt::format("{}: check {}", f_.to->name, check.name), change, cause);
    if (instead) {
      node.operations.push_back(DropCheck{f_.to->name, *instead});
      c_.plan.duties.outgrown.push_back({f_.from->name, instead->sql});
    }
    node.operations.push_back(AddCheck{f_.to->name, check});
  }

  // The check comes along with the column that takes the place of `old`.
  void bring(const Check& check, const std::string& old) {
    const auto* twin = twinOf(*f_.findOld(old));
    Check own = check;
    own.sql = substitute(check.sql, c_.traits, newColumns(c_, f_, When::before, ""));
    keepName(own, twin->middle);
  }
  void keepName(Check own, const std::string& column) {
    const auto wanted = own.name;
    const bool taken = std::any_of(f_.from->checks.begin(), f_.from->checks.end(),
                                   [&](const Check& other) { return other.name == wanted; });
    if (taken || brought_.checks.count(column)) {
      own.name = catalog::cutName(own.name + "__new", c_.traits.maxIdentifierBytes);
      Check was = own, is = own;
      was.sql = is.sql = substitute(own.sql, c_.traits, [&](const std::string& name) {
        for (const auto& fresh : f_.fresh) {
          if (fresh.middle == name) return c_.quote(fresh.column->name);
        }
        return c_.quote(name);
      });
      is.name = wanted;
      settled_.emplace_back(was, is);
    }
    if (!brought_.checks.count(column)) {
      brought_.checks[column] = own;
      return;
    }
    auto& node = c_.add(Transition::foreignKeyAdd, f_.from->name, f_.from->name + "." + own.name,
                        fmt::format("{}: check {}", f_.from->name, own.name), Node::kNoChange,
                        c_.b()[f_.newEntity].span);
    node.operations.push_back(AddCheck{f_.from->name, own});
  }

  Context& c_;
  const TableForms& f_;
  Brought& brought_;
  std::vector<bool> done_;
  std::vector<std::pair<Check, Check>> settled_;  // the condition under its old and its new name
};

class ForeignKeys {
public:
  ForeignKeys(Context& c, const TableForms& f, Brought& brought)
      : c_(c), f_(f), brought_(brought) {}

  void run() {
    for (const auto& fk : f_.to->foreignKeys) newKey(fk);
    for (const auto& fk : f_.from->foreignKeys) oldKey(fk);
  }

private:
  const ForeignKey* overSame(const std::vector<ForeignKey>& list, const ForeignKey& fk) {
    for (const auto& other : list) {
      if (other.columns == fk.columns) return &other;
    }
    return nullptr;
  }
  bool keptNew(const ForeignKey& fk) {
    return std::all_of(fk.columns.begin(), fk.columns.end(), [&](const std::string& name) {
      const auto* column = f_.findNew(name);
      return column && column->source == NewColumn::Source::kept;
    });
  }
  const ir::Property& property(const ForeignKey& fk) {
    return c_.b()[f_.findNew(fk.columns.front())->property];
  }
  size_t change(const ForeignKey& fk) {
    return pickChange<diff::ChangeOnDelete>(
        c_.changes, c_.causes.propertyTo[f_.findNew(fk.columns.front())->property.index()]);
  }

  void newKey(const ForeignKey& fk) {
    const auto& table = f_.from->name;
    if (const auto* led = ledElsewhere(c_, f_, fk); led && !leadsBoth(c_, f_, *led, fk)) return;
    const auto now = untilContract(c_, fk);
    if (!now) {
      // One that cannot be looked up has been told of.
      if (!looksUp(fk))
        cannotFollow(c_, fk.table, c_.b()[f_.newEntity].name + "." + property(fk).name,
                     "nothing says by which new key");
      return;
    }
    const bool changes = changesOver(c_, fk.table);
    if (!keptNew(fk) && !wasSeveral(fk)) {
      if (actsOtherwise(fk)) return;
      if (const auto why = cannotLead(c_, *f_.to, fk, *now); !why.empty())
        return cannotFollow(c_, fk.table, c_.b()[f_.newEntity].name + "." + property(fk).name, why);
      ForeignKey own = *now;
      if (own.onUpdate != fk.onUpdate) c_.plan.duties.follows.push_back({table, fk.columns});
      const bool taken =
          !own.name.empty() && std::ranges::any_of(f_.from->foreignKeys, [&](const auto& other) {
            return other.name == own.name;
          });
      if (taken) own.name = catalog::cutName(own.name + "__new", c_.traits.maxIdentifierBytes);
      const auto meanwhile = takeOver(c_, f_, fk, own, change(fk), property(fk).span);
      if (changes)
        changeOver(c_, table, f_.to->name, own, fk, change(fk), property(fk).span);
      else if (taken)
        settleName(fk, own);
      if (meanwhile) own = *meanwhile;
      for (auto& name : own.columns) name = f_.newName(name, When::before);
      if (own.columns.size() == 1) {
        brought_.foreignKeys[own.columns.front()] = own;
        return;
      }
      auto& node =
          c_.add(Transition::foreignKeyAdd, table, table + "." + joined(own.columns, ","),
                 fmt::format("{}: ({}) refers to {}", table, joined(own.columns, ", "), fk.table),
                 change(fk), property(fk).span);
      node.operations.push_back(AddForeignKey{table, own});
      node.needs.push_back("table:" + fk.table);
      return;
    }
    const auto* was = overSame(f_.from->foreignKeys, fk);
    if (!was) {
      ForeignKey counted = overNamesBefore(c_, fk);
      for (auto& name : counted.columns) name = f_.newName(name, When::before);
      addVerify(
          c_, f_, table + "." + joined(fk.columns, ","), countOrphans(table, counted, c_.traits),
          fmt::format("rows of {} whose {} refer to nothing", table, joined(fk.columns, ", ")),
          change(fk), property(fk).span);
      if (changes) {
        changeOver(c_, table, f_.to->name, std::nullopt, fk, change(fk), property(fk).span);
        return;
      }
      auto& node = c_.add(
          Transition::foreignKeySettle, table, f_.to->name + "." + joined(fk.columns, ","),
          fmt::format("{}: {} refers to {}", f_.to->name, joined(fk.columns, ", "), fk.table),
          change(fk), property(fk).span);
      node.operations.push_back(AddForeignKey{f_.to->name, fk});
      return;
    }
    if (c_.tableAfter(was->table) != fk.table || was->tableColumns != now->tableColumns) {
      const auto& p = property(fk);
      if (!findChange<diff::ChangeTarget>(
              c_.changes, c_.causes.propertyTo[f_.findNew(fk.columns.front())->property.index()])) {
        c_.sink.add(report<Code::EVO051>(p.span, c_.b()[f_.newEntity].name, p.name)
                        .help("add a new reference beside it, fill it, and drop this one in a "
                              "later version"));
      }
      return;
    }
    if (changes) changeOver(c_, table, f_.to->name, now, fk, change(fk), property(fk).span);
    if (was->onDelete == fk.onDelete && was->onUpdate == fk.onUpdate && was->name == fk.name &&
        was->deferrable == fk.deferrable && was->deferred == fk.deferred)
      return;
    // Rows may have come while the database did not look: it would refuse the new one half way.
    addVerify(c_, f_, table + "." + joined(fk.columns, ","), countOrphans(table, *was, c_.traits),
              fmt::format("rows of {} whose {} refer to nothing", table, joined(fk.columns, ", ")),
              change(fk), property(fk).span);
    auto& node = c_.add(
        Transition::foreignKeyExchange, table, table + "." + joined(fk.columns, ","),
        was->onDelete == fk.onDelete && was->onUpdate == fk.onUpdate
            ? fmt::format("{}.{}: another foreign key", table, joined(fk.columns, ", "))
            : fmt::format("{}.{}: on delete {}", table, joined(fk.columns, ", "), fk.onDelete),
        change(fk), property(fk).span);
    node.operations = {DropForeignKey{table, *was}, AddForeignKey{table, overNamesAfter(c_, *now)}};
    node.undoFirst.push_back(Verify{
        table, countOrphans(table, *was, c_.traits),
        fmt::format("rows of {} whose {} refer to nothing", table, joined(fk.columns, ", "))});
  }

  // Until contract the junction says what there is to refer to: what the new foreign key does on
  // delete, no application of the old version expects.
  bool wasSeveral(const ForeignKey& fk) {
    const auto from =
        c_.changes.matching.propertyFrom[f_.findNew(fk.columns.front())->property.index()];
    return from && c_.a()[from].kind == ir::PropertyKind::many;
  }

  const Group* groupOf(const ForeignKey& fk) {
    const auto* column = f_.findNew(fk.columns.front());
    return !column || column->group < 0 ? nullptr : &f_.groups[static_cast<size_t>(column->group)];
  }
  bool looksUp(const ForeignKey& fk) {
    const auto* group = groupOf(fk);
    return group && !group->lookedUpIn.empty();
  }

  // The old foreign key has the name until its columns go.
  void settleName(const ForeignKey& fk, const ForeignKey& own) {
    auto& node = c_.add(Transition::foreignKeyRejoin, f_.from->name,
                        f_.to->name + "." + joined(fk.columns, ","),
                        fmt::format("{}: foreign key {} -> {}", f_.to->name, own.name, fk.name),
                        change(fk), property(fk).span);
    node.operations = {DropForeignKey{f_.to->name, own}, AddForeignKey{f_.to->name, fk}};
  }

  // Whether columns of the new version hold what these do.
  bool livesOn(const ForeignKey& fk) {
    return std::any_of(fk.columns.begin(), fk.columns.end(), [&](const std::string& name) {
      return std::any_of(f_.groups.begin(), f_.groups.end(), [&](const Group& group) {
        return std::find(group.from.begin(), group.from.end(), name) != group.from.end();
      });
    });
  }

  // As the language says it: "set null".
  static std::string asWritten(std::string action) {
    std::ranges::transform(action, action.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return action;
  }

  // Until contract the key over the old columns and the one over the new stand side by side: what
  // one of them does to a row is done for applications of both versions.
  bool actsOtherwise(const ForeignKey& fk) {
    std::vector<std::string> old;
    for (const auto& name : fk.columns) {
      const auto* column = f_.findNew(name);
      if (!column || column->group < 0) return false;
      const auto& group = f_.groups[static_cast<size_t>(column->group)];
      if (!group.lookedUpIn.empty()) {
        old = group.from;
        break;
      }
      const auto at = std::find(group.to.begin(), group.to.end(), name) - group.to.begin();
      if (static_cast<size_t>(at) >= group.from.size()) return false;
      old.push_back(group.from[static_cast<size_t>(at)]);
    }
    for (const auto& was : f_.from->foreignKeys) {
      if (was.columns != old) continue;
      if (c_.tableAfter(was.table) != fk.table && !looksUp(fk)) return false;  // they take turns
      const bool deletes = was.onDelete != fk.onDelete;
      if (!deletes && was.onUpdate == fk.onUpdate) return false;
      c_.sink.add(
          report<Code::EVO057>(property(fk).span, c_.b()[f_.newEntity].name, property(fk).name,
                               deletes ? "delete" : "update")
              .help(fmt::format("keep `on {} {}` in this version, and change that in one of "
                                "its own, before this one or after it",
                                deletes ? "delete" : "update",
                                asWritten(deletes ? was.onDelete : was.onUpdate))));
      return true;
    }
    return false;
  }

  void oldKey(const ForeignKey& fk) {
    const bool kept = std::all_of(
        fk.columns.begin(), fk.columns.end(),
        [&](const std::string& name) { return f_.findOld(name) && f_.findOld(name)->kept; });
    if (kept && overSame(f_.to->foreignKeys, fk)) return;
    ForeignKey own = fk;
    if (!kept) {
      for (auto& name : own.columns) name = f_.oldName(name, When::after);
    }
    if (auto now = own; !kept && changesOver(c_, now.table = c_.tableAfter(fk.table))) {
      changeOver(c_, f_.from->name, f_.to->name, now, std::nullopt, Node::kNoChange,
                 c_.b()[f_.newEntity].span);
      return;
    }
    // New applications know nothing of a reference that goes: their deletes must not take rows
    // along.
    const bool takesRowsAlong = !kept && fk.onDelete == "CASCADE" && !livesOn(fk);
    if (!kept && !takesRowsAlong && fk.columns.size() == 1) return;  // leaves with its column
    const auto title = fmt::format("{}: {} no longer refers to {}", f_.from->name,
                                   joined(fk.columns, ", "), fk.table);
    const bool atSwitch = kept || takesRowsAlong;
    auto& node = c_.add(atSwitch ? Transition::foreignKeyExchange : Transition::foreignKeySettle,
                        f_.from->name, f_.from->name + "." + joined(fk.columns, ","), title,
                        Node::kNoChange, c_.b()[f_.newEntity].span);
    node.operations.push_back(DropForeignKey{atSwitch ? f_.from->name : f_.to->name, own});
    node.provides.push_back("unreferred:" + fk.table);
    if (atSwitch)
      node.undoFirst.push_back(Verify{f_.from->name, countOrphans(f_.from->name, own, c_.traits),
                                      "rows that refer to nothing"});
  }

  Context& c_;
  const TableForms& f_;
  Brought& brought_;
};

}  // namespace

Brought addConstraints(Context& c, const TableForms& f) {
  Brought brought;
  Checks(c, f, brought).run();
  addExclusions(c, f);
  ForeignKeys(c, f, brought).run();
  return brought;
}

}  // namespace cambium::plan
