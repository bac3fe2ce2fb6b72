#include "compiler/catalog/extras.h"

#include <algorithm>
#include <set>

#include "compiler/catalog/facts.h"

namespace cambium::catalog {

namespace {

// Of a table, what may stay beside what the model says of it.
constexpr std::string_view kParts[] = {"check", "foreign key", "index", "policy", "grant"};

class Known {
public:
  explicit Known(const Extras& extras) {
    for (const Extra& extra : extras) {
      if (!extra.name.empty()) continue;
      objects_.insert(extra.object);
      both_.insert({extra.object, extra.facts});
    }
  }

  bool has(const std::string& object) const { return objects_.contains(object); }
  bool has(const std::string& table, const Part& part) const {
    const std::string object = objectOf(table, part);
    return part.name.empty() ? both_.contains({object, part.facts}) : objects_.contains(object);
  }

private:
  std::set<std::string> objects_;
  std::set<std::pair<std::string, std::string>> both_;
};

// The parts of a table that stay are the ones of `kind` that nobody knows as extras.
template <class Item>
void leaveOut(const Table& table, std::vector<Item> Table::*list, const Known& known) {
  auto& items = const_cast<Table&>(table).*list;  // no part of the order
  std::erase_if(items, [&](const Item& item) {
    Table alone;
    (alone.*list).push_back(item);
    const auto parts = partsOf(alone);
    return !parts.empty() && known.has(table.name, parts.front());
  });
}

}  // namespace

bool mayStay(const Difference& difference) {
  if (difference.kind != DifferenceKind::extra) return false;
  for (const std::string_view kind :
       {"column ", "primary key ", "options ", "comment ", "row security "})
    if (difference.object.starts_with(kind)) return false;
  return true;
}

std::pair<Extras, std::vector<Difference>> divide(std::vector<Difference> found) {
  std::pair<Extras, std::vector<Difference>> out;
  for (Difference& one : found) {
    if (mayStay(one))
      out.first.push_back({std::move(one.object), std::move(one.actual)});
    else
      out.second.push_back(std::move(one));
  }
  std::ranges::sort(out.first);
  return out;
}

std::vector<Difference> without(const Extras& known, std::vector<Difference> found) {
  std::vector<Difference> out;
  std::vector<bool> seen(known.size());
  const auto take = [&](const Difference& one, bool sameFacts) {
    for (size_t i = 0; i < known.size(); ++i) {
      if (seen[i] || !known[i].name.empty() || known[i].object != one.object) continue;
      if (sameFacts && known[i].facts != one.actual) continue;
      seen[i] = true;
      return i;
    }
    return known.size();
  };
  std::vector<Difference> open;
  for (Difference& one : found)
    if (one.kind != DifferenceKind::extra || take(one, true) == known.size())
      open.push_back(std::move(one));
  for (Difference& one : open) {
    const size_t i = one.kind == DifferenceKind::extra ? take(one, false) : known.size();
    if (i < known.size()) {
      one.kind = DifferenceKind::changed;
      one.expected = known[i].facts;
    }
    out.push_back(std::move(one));
  }
  for (size_t i = 0; i < known.size(); ++i)
    if (!seen[i] && known[i].name.empty())
      out.push_back({DifferenceKind::missing, known[i].object, known[i].facts, ""});
  return out;
}

Extras nameless(std::vector<Difference>& found) {
  constexpr std::string_view kCheck = "check ";
  Extras out;
  for (auto& extra : found) {
    if (extra.kind != DifferenceKind::extra || !extra.object.starts_with(kCheck)) continue;
    const auto named = std::ranges::find_if(found, [&](const Difference& d) {
      return d.kind == DifferenceKind::missing && d.expected == extra.actual &&
             d.object.starts_with(extra.object + ".");
    });
    if (named == found.end()) continue;
    out.push_back({extra.object, extra.actual, named->object.substr(extra.object.size() + 1)});
    // Both are said no more.
    for (Difference* done : {&extra, &*named}) done->object.clear();
  }
  std::erase_if(found, [](const Difference& d) { return d.object.empty(); });
  std::ranges::sort(out);
  return out;
}

void leaveOut(Catalog& catalog, const Extras& extras) {
  if (extras.empty()) return;
  const Known known(extras);
  for (const Extra& extra : extras) {
    if (extra.name.empty()) continue;
    for (const Table& table : catalog.tables) {
      if (extra.object != objectOf(table.name, {"check", "", ""})) continue;
      for (Check& check : const_cast<Table&>(table).checks) {  // no part of the order
        Table alone;
        alone.checks.push_back(check);
        if (!check.name.empty() || partsOf(alone).front().facts != extra.facts) continue;
        check.name = extra.name;
        break;
      }
    }
  }
  std::erase_if(catalog.tables, [&](const Table& t) { return known.has("table " + t.name); });
  std::erase_if(catalog.views, [&](const View& v) { return known.has("view " + v.name); });
  std::erase_if(catalog.triggers, [&](const Trigger& t) { return known.has("trigger " + t.name); });
  std::erase_if(catalog.opaque, [&](const Opaque& o) { return known.has(o.kind + " " + o.name); });
  for (const Table& table : catalog.tables) {
    leaveOut(table, &Table::checks, known);
    leaveOut(table, &Table::foreignKeys, known);
    leaveOut(table, &Table::indexes, known);
    leaveOut(table, &Table::policies, known);
    leaveOut(table, &Table::grants, known);
  }
}

Extras present(const Extras& extras, const Catalog& live) {
  Catalog rest = live;
  leaveOut(rest, extras);
  auto found = compare(rest, live);
  nameless(found);
  return divide(std::move(found)).first;
}

bool concerns(const Extras& extras, std::string_view table) {
  return std::ranges::any_of(extras, [&](const Extra& extra) {
    return std::ranges::any_of(kParts, [&](std::string_view kind) {
      const std::string object = objectOf(table, {kind, "", ""});
      return extra.object == object || extra.object.starts_with(object + ".");
    });
  });
}

}  // namespace cambium::catalog
