// Indexes of a table that both versions have. One that only the name tells apart gets its final
// name in contract; until then it carries a suffix.
#include <fmt/core.h>

#include <algorithm>

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
      const std::string *name = nullptr, *given = nullptr;
      auto look = [&](const auto& decl) {
        name = &decl.name;
        given = &decl.databaseName;
      };
      if (const auto* x = std::get_if<diff::AddUnique>(&one); fresh && x && index.unique)
        look(entity.uniques[x->unique]);
      if (const auto* x = std::get_if<diff::DropUnique>(&one); !fresh && x && index.unique)
        look(entity.uniques[x->unique]);
      if (const auto* x = std::get_if<diff::AddIndex>(&one); fresh && x && !index.unique)
        look(entity.indexes[x->index]);
      if (const auto* x = std::get_if<diff::DropIndex>(&one); !fresh && x && !index.unique)
        look(entity.indexes[x->index]);
      if (!name) continue;
      const auto derived = catalog::derivedName(index.unique ? "uq" : "ix",
                                                {fresh ? f_.to->name : f_.from->name, *name},
                                                c_.traits.maxIdentifierBytes);
      if (name->empty() || *given == index.name || derived == index.name) return i;
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
      if (matched_[i] || !sameContent(was, middle)) continue;
      matched_[i] = true;
      if (was.name != index.name) settle(was, index);
      return;
    }
    Index first = middle;
    if (nameTaken(index.name)) first.name += "__new";
    const auto& table = f_.from->name;
    const Span cause = c_.b()[f_.newEntity].span;
    const auto title =
        fmt::format("{}: {} {}", table, index.unique ? "unique" : "index", first.name);
    if (index.unique) {
      addVerify(
          c_, f_, table + "." + index.name, countDuplicates(table, middle, c_.traits),
          fmt::format("values of {} that occur twice in what {} keeps unique", table, index.name),
          change(index, true), cause);
    }
    c_.add(index.unique ? Transition::uniqueAdd : Transition::indexAdd, table,
           table + "." + index.name, title, change(index, true), cause)
        .operations = {CreateIndex{table, first}};
    if (first.name != index.name) {
      Index now = index;
      now.name = first.name;
      settle(now, index);
    }
  }

  void settle(Index was, const Index& is) {
    const auto name = was.name;
    was = is;
    was.name = name;
    c_.add(Transition::indexSettle, f_.from->name, f_.to->name + "." + is.name,
           fmt::format("{}: {} -> {}", f_.to->name, was.name, is.name), change(is, true),
           c_.b()[f_.newEntity].span)
        .operations = {DropIndex{f_.to->name, was}, CreateIndex{f_.to->name, is}};
  }

  // The old unique index says of the old columns what a new one says of the renamed ones.
  bool livesOn(const Index& index) {
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
    const Span cause = c_.b()[f_.newEntity].span;
    const auto& table = f_.from->name;
    if (index.unique && !livesOn(index)) {
      auto& node =
          c_.add(Transition::uniqueDrop, table, table + "." + index.name,
                 fmt::format("{}: unique {} goes", table, index.name), change(index, false), cause);
      node.operations.push_back(DropIndex{table, index});
      node.undoFirst.push_back(Verify{
          table, countDuplicates(table, index, c_.traits),
          fmt::format("values of {} that occur twice in what {} keeps unique", table, index.name)});
      return;
    }
    const auto now = renamed(
        index, c_.traits, [&](const std::string& name) { return f_.oldName(name, When::after); });
    c_.add(Transition::indexDrop, table, f_.to->name + "." + index.name,
           fmt::format("{}: index {}", f_.to->name, index.name), change(index, false), cause)
        .operations = {DropIndex{f_.to->name, now}};
  }

  Context& c_;
  const TableForms& f_;
  std::vector<bool> matched_;
};

}  // namespace

void addIndexes(Context& c, const TableForms& f) {
  Indexes(c, f).run();
}

}  // namespace cambium::plan
