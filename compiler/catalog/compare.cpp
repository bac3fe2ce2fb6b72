// What differs between two catalogs, object by object.
#include <algorithm>
#include <map>

#include "compiler/catalog/facts.h"

namespace cambium::catalog {

namespace {

// Both lists are sorted by name. Calls `both`, `missing` (only expected) and `extra` (only actual)
// in the order of names.
template <class List, class Both, class Missing, class Extra>
void merge(const List& expected, const List& actual, Both both, Missing missing, Extra extra) {
  auto e = expected.begin();
  auto a = actual.begin();
  while (e != expected.end() || a != actual.end()) {
    if (a == actual.end() || (e != expected.end() && e->name < a->name))
      missing(*e++);
    else if (e == expected.end() || a->name < e->name)
      extra(*a++);
    else
      both(*e++, *a++);
  }
}

// Parts with one name are one object whose facts may differ; of parts without a name only the
// primary key, options and comment are one object, the others can only be missing or extra.
bool sameObject(const Part& a, const Part& b) {
  if (a.kind != b.kind || a.name != b.name) return false;
  return !a.name.empty() || (a.kind != "check" && a.kind != "foreign key" && a.kind != "index");
}

void compareParts(const std::string& name, std::vector<Part> e, std::vector<Part> a,
                  std::vector<Difference>& out) {
  std::ranges::sort(e);
  std::ranges::sort(a);
  std::vector<Part> wanted, found;
  std::ranges::set_difference(e, a, std::back_inserter(wanted));
  std::ranges::set_difference(a, e, std::back_inserter(found));
  for (const Part& part : wanted) {
    const auto other =
        std::ranges::find_if(found, [&](const Part& p) { return sameObject(p, part); });
    if (other == found.end()) {
      out.push_back({DifferenceKind::missing, objectOf(name, part), part.facts, ""});
    } else {
      out.push_back({DifferenceKind::changed, objectOf(name, part), part.facts, other->facts});
      found.erase(other);
    }
  }
  for (const Part& part : found)
    out.push_back({DifferenceKind::extra, objectOf(name, part), "", part.facts});
}

void compareViews(const std::vector<View>& expected, const std::vector<View>& actual,
                  std::vector<Difference>& out) {
  const auto object = [](const View& view) { return "view " + view.name; };
  merge(
      expected, actual,
      [&](const View& e, const View& a) {
        if (e.sql != a.sql) out.push_back({DifferenceKind::changed, object(e), e.sql, a.sql});
        compareParts(e.name, partsOf(e), partsOf(a), out);
      },
      [&](const View& e) {
        out.push_back({DifferenceKind::missing, object(e), e.sql, ""});
      },
      [&](const View& a) {
        out.push_back({DifferenceKind::extra, object(a), "", a.sql});
      });
}

std::string words(const Trigger& trigger) {
  return trigger.sql;
}

template <class List>
void compareTexts(const char* kind, const List& expected, const List& actual,
                  std::vector<Difference>& out) {
  using T = typename List::value_type;
  const auto object = [&](const T& item) { return std::string(kind) + " " + item.name; };
  merge(
      expected, actual,
      [&](const T& e, const T& a) {
        if (!(e == a)) out.push_back({DifferenceKind::changed, object(e), words(e), words(a)});
      },
      [&](const T& e) {
        out.push_back({DifferenceKind::missing, object(e), words(e), ""});
      },
      [&](const T& a) {
        out.push_back({DifferenceKind::extra, object(a), "", words(a)});
      });
}

// Objects of several kinds may share a name.
void compareOpaque(const std::vector<Opaque>& expected, const std::vector<Opaque>& actual,
                   std::vector<Difference>& out) {
  std::map<std::pair<std::string, std::string>, std::pair<const Opaque*, const Opaque*>> both;
  for (const Opaque& o : expected) both[{o.kind, o.name}].first = &o;
  for (const Opaque& o : actual) both[{o.kind, o.name}].second = &o;
  for (const auto& [key, pair] : both) {
    const auto& [e, a] = pair;
    const std::string object = key.first + " " + key.second;
    if (!a)
      out.push_back({DifferenceKind::missing, object, e->sql, ""});
    else if (!e)
      out.push_back({DifferenceKind::extra, object, "", a->sql});
    else if (e->sql != a->sql)
      out.push_back({DifferenceKind::changed, object, e->sql, a->sql});
  }
}

}  // namespace

std::vector<Difference> compare(const Catalog& expected, const Catalog& actual) {
  std::vector<Difference> out;
  merge(
      expected.tables, actual.tables,
      [&](const Table& e, const Table& a) { compareParts(e.name, partsOf(e), partsOf(a), out); },
      [&](const Table& e) {
        out.push_back({DifferenceKind::missing, "table " + e.name, describe(e), ""});
      },
      [&](const Table& a) {
        out.push_back({DifferenceKind::extra, "table " + a.name, "", describe(a)});
      });
  compareViews(expected.views, actual.views, out);
  compareTexts("trigger", expected.triggers, actual.triggers, out);
  compareOpaque(expected.opaque, actual.opaque, out);
  return out;
}

}  // namespace cambium::catalog
