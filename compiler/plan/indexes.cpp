// Indexes of a table that both versions have. One that only the name tells apart gets its final
// name in contract; until then it carries a suffix.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/names.h"
#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

using catalog::Index;

class Indexes {
public:
  Indexes(Context& c, const TableForms& f) : c_(c), f_(f), matched_(f.from->indexes.size()) {}

  void run() {
    for (const auto& index : f_.to->indexes) newIndex(index);
    for (size_t i = 0; i < f_.from->indexes.size(); ++i) {
      if (!matched_[i]) oldIndex(f_.from->indexes[i]);
    }
    for (auto& names : together()) settle(std::move(names));
  }

private:
  Index inNames(const Index& index, When when) {
    return renamed(index, c_.traits,
                   [&](const std::string& name) { return f_.newName(name, when); });
  }
  bool nameTaken(const std::string& name) {
    return std::any_of(f_.from->indexes.begin(), f_.from->indexes.end(),
                       [&](const Index& i) { return i.name == name; });
  }
  // For people: a constraint may have no name.
  static std::string called(const Index& index) {
    if (!index.name.empty()) return index.name;
    std::vector<std::string> columns;
    for (const auto& part : index.parts) columns.push_back(part.column);
    return "(" + joined(columns, ", ") + ")";
  }
  std::string derivedName(const Index& index) const {
    std::vector<std::string> words{f_.to->name};
    for (const auto& part : index.parts) words.push_back(part.column);
    return catalog::derivedName("uq", words, c_.traits.maxIdentifierBytes);
  }
  // What the model declares has this index's name in the table, given or derived.
  bool isCalled(const auto& declared, const Index& index, const std::string& table) const {
    return declared.databaseName == index.name ||
           catalog::derivedName(index.unique ? "uq" : "ix", {table, declared.name},
                                c_.traits.maxIdentifierBytes) == index.name;
  }
  size_t change(bool fresh) {
    const auto& list = fresh ? c_.causes.entityTo[f_.newEntity.index()]
                             : c_.causes.entityFrom[f_.oldEntity.index()];
    return list.empty() ? Node::kNoChange : list.front();
  }
  // The change that speaks of this index; else of one of its columns; else of its entity.
  size_t change(const Index& index, bool fresh) {
    const auto& entity = fresh ? c_.b()[f_.newEntity] : c_.a()[f_.oldEntity];
    const auto& list = fresh ? c_.causes.entityTo[f_.newEntity.index()]
                             : c_.causes.entityFrom[f_.oldEntity.index()];
    for (size_t i : list) {
      const auto& one = c_.changes.changes[i];
      bool speaks = false;
      const auto look = [&](const auto& declared) {
        speaks =
            declared.name.empty() || isCalled(declared, index, fresh ? f_.to->name : f_.from->name);
      };
      if (const auto* x = std::get_if<diff::AddUnique>(&one); fresh && x && index.unique)
        look(entity.uniques[x->unique]);
      if (const auto* x = std::get_if<diff::DropUnique>(&one); !fresh && x && index.unique)
        look(entity.uniques[x->unique]);
      if (const auto* x = std::get_if<diff::RenameUnique>(&one); x && index.unique)
        look(entity.uniques[fresh ? x->is : x->was]);
      if (const auto* x = std::get_if<diff::RenameIndex>(&one); x && !index.unique)
        look(entity.indexes[fresh ? x->is : x->was]);
      if (const auto* x = std::get_if<diff::AddIndex>(&one); fresh && x && !index.unique)
        look(entity.indexes[x->index]);
      if (const auto* x = std::get_if<diff::DropIndex>(&one); !fresh && x && !index.unique)
        look(entity.indexes[x->index]);
      if (speaks) return i;
    }
    for (const auto& part : index.parts) {
      const std::vector<size_t>* own = nullptr;
      if (fresh) {
        if (const auto* column = f_.findNew(part.column))
          own = &c_.causes.propertyTo[column->property.index()];
      } else if (const auto* column = f_.findOld(part.column)) {
        own = &c_.causes.propertyFrom[column->property.index()];
      }
      if (own && !own->empty()) return own->front();
    }
    return change(fresh);
  }

  void newIndex(const Index& index) {
    const auto middle = inNames(index, When::before);
    for (size_t i = 0; i < matched_.size(); ++i) {
      const auto& was = f_.from->indexes[i];
      Index alike = was;
      if (c_.traits.constraintOfIndex && was.unique)
        alike.constraint = was.constraint || middle.constraint;
      if (matched_[i] || !sameContent(alike, middle)) continue;
      matched_[i] = true;
      if (was.name != index.name || was.constraint != index.constraint) settle(was, index);
      return;
    }
    Index first = middle;
    if (!index.name.empty() && nameTaken(index.name))
      first.name = catalog::cutName(index.name + "__new", c_.traits.maxIdentifierBytes);
    const auto step = index.unique ? inStep(index) : std::string();
    // A constraint has no condition, and not every table takes one that is there already: until
    // contract an index says the same.
    const bool standsIn = first.constraint && (!step.empty() || !c_.traits.addConstraint);
    if (standsIn) {
      first.constraint = false;
      if (first.name.empty()) first.name = derivedName(middle);
    }
    if (!step.empty())
      first.whereSql = first.whereSql.empty() ? step : "(" + first.whereSql + ") AND " + step;
    if (!step.empty() && c_.traits.settleTable) {  // put together just now
      catalog::Table alone;
      alone.indexes = {first};
      c_.traits.settleTable(alone);
      first = alone.indexes.front();
    }
    const auto& table = f_.from->name;
    const Span cause = c_.b()[f_.newEntity].span;
    const auto title =
        fmt::format("{}: {} {}", table, index.unique ? "unique" : "index", called(first));
    if (index.unique) {
      addVerify(c_, f_, table + "." + called(index), countDuplicates(table, middle, c_.traits),
                fmt::format("values of {} that occur twice in what {} keeps unique", table,
                            called(index)),
                change(index, true), cause);
    }
    c_.add(index.unique ? Transition::uniqueAdd : Transition::indexAdd, table,
           table + "." + called(index), title, change(index, true), cause)
        .operations = {CreateIndex{table, first}};
    Index now = index;
    now.name = first.name;
    now.constraint = index.constraint && !standsIn;
    if (!step.empty()) {
      c_.plan.duties.uniques.push_back({table, first, middle, index});
      if (!livesBeyondSwitch(index.name)) now.name = index.name;
      hold(first, now);
    }
    if (now.name != index.name || now.constraint != index.constraint) settle(now, index);
  }

  // What a condition or a computed part of the index names, also by way of computed columns.
  std::vector<std::string> namedIn(const Index& index) {
    auto out = identifiersIn(index.whereSql, c_.traits);
    for (const auto& part : index.parts) {
      for (auto& name : identifiersIn(part.sql, c_.traits)) out.push_back(std::move(name));
    }
    return out;
  }

  // A row that an application of one version writes holds nothing in the columns of the other until
  // the triggers have run, and nothing may well be what the condition asks for (`gone is null`):
  // until contract the index looks at rows of which both forms agree. "" = it needs no such help.
  std::string inStep(const Index& index) {
    std::string out;
    std::vector<std::string> open = namedIn(index), done;
    while (!open.empty()) {
      const auto name = open.back();
      open.pop_back();
      if (std::find(done.begin(), done.end(), name) != done.end()) continue;
      done.push_back(name);
      const auto* column = f_.findNew(name);
      if (!column) continue;
      for (auto& input : identifiersIn(column->column->generatedSql, c_.traits))
        open.push_back(std::move(input));
      if (column->group < 0) continue;
      // What a transform makes need not agree once a new application has written it. References
      // that are looked up are refused here (checkReferences).
      const auto& group = f_.groups[static_cast<size_t>(column->group)];
      if (group.bareUp || !group.lookedUpIn.empty()) continue;
      const auto at = std::find(group.to.begin(), group.to.end(), name) - group.to.begin();
      const auto up = group.up(oldColumns(c_, f_, When::before, ""))[static_cast<size_t>(at)];
      out +=
          (out.empty() ? "" : " AND ") +
          c_.traits.identical(column->column->type, newColumns(c_, f_, When::before, "")(name), up);
    }
    return out;
  }

  bool livesBeyondSwitch(const std::string& name) {
    return std::any_of(f_.from->indexes.begin(), f_.from->indexes.end(),
                       [&](const Index& i) { return i.name == name && (!i.unique || livesOn(i)); });
  }

  // While both forms are still kept in step the index takes over what `first` stood for.
  void hold(const Index& first, const Index& now) {
    const auto& table = f_.from->name;
    const auto was = renamed(first, c_.traits, [&](const std::string& name) {
      for (const auto& column : f_.fresh) {
        if (column.middle == name) return column.column->name;
      }
      return f_.oldName(name, When::after);
    });
    c_.add(Transition::uniqueSettle, table, table + "." + called(now),
           fmt::format("{}: unique {} without the old columns", table, called(now)),
           change(now, true), c_.b()[f_.newEntity].span)
        .operations = {DropIndex{table, was}, CreateIndex{table, now}};
  }

  // As it is before, and in the end.
  using Settled = std::pair<Index, Index>;

  void settle(Index was, const Index& is) {
    const auto [name, constraint] = std::pair(was.name, was.constraint);
    was = is;
    was.name = name;
    was.constraint = constraint;
    settled_.emplace_back(std::move(was), is);
  }

  // Those that wait for one another's names are one step.
  std::vector<std::vector<Settled>> together() const {
    std::vector<std::vector<Settled>> out;
    const auto touches = [](const Settled& one, const Settled& other) {
      const auto gives = [](const Settled& a, const Settled& b) {
        return !a.first.name.empty() && a.first.name != a.second.name &&
               a.first.name == b.second.name;
      };
      return gives(one, other) || gives(other, one);
    };
    for (const auto& one : settled_) {
      std::vector<Settled> joined{one};
      for (auto at = out.begin(); at != out.end();) {
        const bool meets = std::ranges::any_of(*at, [&](const auto& x) { return touches(one, x); });
        if (meets) joined.insert(joined.end(), at->begin(), at->end());
        at = meets ? out.erase(at) : at + 1;
      }
      out.push_back(std::move(joined));
    }
    return out;
  }

  void settle(std::vector<Settled> names) {
    const auto& table = f_.to->name;
    std::string title;
    for (const auto& [was, is] : names) {
      title += fmt::format("{}{}", title.empty() ? table + ": " : ", ", called(was));
      if (was.name != is.name) title += " -> " + called(is);
    }
    const Index first = names.front().second;
    std::vector<Operation> operations;
    const auto inPlace = [&](const Settled& one) {
      const auto& [was, is] = one;
      return c_.traits.renameIndex && was.constraint == is.constraint && !was.name.empty() &&
             !is.name.empty();
    };
    // What is built anew gives its name away first, and gets its new one when all others have
    // theirs.
    std::vector<Index> anew;
    for (const auto& one : names) {
      if (inPlace(one)) continue;
      operations.push_back(DropIndex{table, one.first});
      anew.push_back(one.second);
    }
    std::erase_if(names, [&](const Settled& one) { return !inPlace(one); });
    while (!names.empty()) {
      const auto held = [&](const std::string& name) {
        return std::ranges::any_of(names, [&](const Settled& x) { return x.first.name == name; });
      };
      auto next =
          std::ranges::find_if(names, [&](const Settled& x) { return !held(x.second.name); });
      // They go round in a circle: one of them steps aside.
      const bool aside = next == names.end();
      if (aside) next = names.begin();
      const auto to =
          aside ? catalog::cutName(next->first.name + "__old", c_.traits.maxIdentifierBytes)
                : next->second.name;
      operations.push_back(RenameIndex{table, next->first, to});
      if (aside)
        next->first.name = to;
      else
        names.erase(next);
    }
    for (auto& index : anew) operations.push_back(CreateIndex{table, std::move(index)});
    c_.add(Transition::indexSettle, f_.from->name, table + "." + called(first), std::move(title),
           change(first, true), spanOf(first))
        .operations = std::move(operations);
  }

  // Where the new version speaks of it.
  Span spanOf(const Index& index) const {
    const auto& entity = c_.b()[f_.newEntity];
    const auto is = [&](const auto& declared) {
      return !declared.name.empty() && isCalled(declared, index, f_.to->name);
    };
    for (const auto& one : entity.uniques)
      if (index.unique && is(one)) return one.span;
    for (const auto& one : entity.indexes)
      if (!index.unique && is(one)) return one.span;
    return entity.span;
  }

  // The old unique index says of the old columns what a new one says of the renamed ones. One whose
  // condition or computed parts speak of an old column goes at the switch: new applications fill
  // the old columns only after their row is there.
  bool livesOn(const Index& index) {
    for (const auto& name : namedIn(index)) {
      const auto* column = f_.findOld(name);
      if (column && !column->kept) return false;
    }
    const auto mapped = renamed(index, c_.traits, [&](const std::string& name) {
      const auto* column = f_.findOld(name);
      if (!column || column->group < 0) return name;
      const auto& group = f_.groups[static_cast<size_t>(column->group)];
      const auto at = std::find(group.from.begin(), group.from.end(), name) - group.from.begin();
      return group.identity ? group.to[static_cast<size_t>(at)] : name;
    });
    return std::any_of(f_.to->indexes.begin(), f_.to->indexes.end(),
                       [&](const Index& i) { return sameContent(i, mapped); });
  }

  void oldIndex(const Index& index) {
    if (standsForKey(f_) == &index) return;  // it becomes the key
    const Span cause = c_.b()[f_.newEntity].span;
    const auto& table = f_.from->name;
    if (index.unique && !livesOn(index)) {
      auto& node = c_.add(Transition::uniqueDrop, table, table + "." + called(index),
                          fmt::format("{}: unique {} goes", table, called(index)),
                          change(index, false), cause);
      node.operations.push_back(DropIndex{table, index});
      node.undoFirst.push_back(
          Verify{table, countDuplicates(table, index, c_.traits),
                 fmt::format("values of {} that occur twice in what {} keeps unique", table,
                             called(index))});
      return;
    }
    const auto now = renamed(
        index, c_.traits, [&](const std::string& name) { return f_.oldName(name, When::after); });
    c_.add(Transition::indexDrop, table, f_.to->name + "." + called(index),
           fmt::format("{}: index {}", f_.to->name, called(index)), change(index, false), cause)
        .operations = {DropIndex{f_.to->name, now}};
  }

  Context& c_;
  const TableForms& f_;
  std::vector<bool> matched_;
  std::vector<Settled> settled_;
};

}  // namespace

void addIndexes(Context& c, const TableForms& f) {
  Indexes(c, f).run();
}

}  // namespace cambium::plan
