// sema/checks/indexes.cpp
#include <algorithm>

#include "compiler/sema/checks/checks.h"

namespace cambium::sema {
namespace {

// Finds what every index over its parts finds, and nothing else.
bool isPlain(const ir::Index& index) {
  return !index.where && index.method.empty() && index.include.empty() &&
         std::ranges::all_of(index.parts,
                             [](const ir::IndexPart& part) { return part.native.empty(); });
}

bool isPrefix(const std::vector<ir::IndexPart>& a, const std::vector<ir::IndexPart>& b) {
  return a.size() <= b.size() && std::equal(a.begin(), a.end(), b.begin());
}

bool sameName(const ir::Index& a, const ir::Index& b) {
  return a.name == b.name && a.databaseName == b.databaseName;
}

std::string nameOf(std::string_view kind, const std::string& name) {
  return name.empty() ? "another " + std::string(kind) : std::string(kind) + " `" + name + "`";
}

class Finder {
public:
  Finder(Context& c, const ir::Entity& e) : c_(c), e_(e) {}

  void run() {
    for (size_t i = 0; i < e_.indexes.size(); ++i) {
      if (!isPlain(e_.indexes[i])) continue;
      if (auto [by, at] = coveredBy(i); !by.empty()) {
        auto& d = c_.add(report<Code::KEY008>(e_.indexes[i].span, by));
        if (at) d.label(at, "this begins with the same properties");
        d.help("remove it: whatever it could find is found there as well");
      }
    }
  }

private:
  // What makes indexes[i] superfluous, and where that stands. One that a mixin of another package
  // brings is nobody's to remove.
  std::pair<std::string, Span> coveredBy(size_t i) const {
    const auto& index = e_.indexes[i];
    if (!isOfThePackage(index.span)) return {};
    if (prefixOfKey(index)) return {"the key", e_.key.span};
    for (const auto& u : e_.uniques)
      if (!u.where && isPrefix(index.parts, u.parts)) return {nameOf("unique", u.name), u.span};
    for (size_t j = 0; j < e_.indexes.size(); ++j) {
      const auto& other = e_.indexes[j];
      const bool finds = !other.where && other.method.empty();
      if (j == i || !finds || !isPrefix(index.parts, other.parts)) continue;
      // Two of one name are an error of their own.
      if (sameName(index, other) && index.parts.size() == other.parts.size()) continue;
      // Of two equal ones the later is superfluous.
      if (index.parts.size() < other.parts.size() || !other.include.empty() || j < i)
        return {nameOf("index", other.name), other.span};
    }
    if (index.parts.size() != 1 || index.parts[0].expr.kind != ir::ExprKind::property) return {};
    const auto& names = c_.work[entityOf().index()].byName;
    const auto it = names.find(index.parts[0].expr.path[0]);
    if (it == names.end()) return {};
    const auto& p = c_.model[it->second];
    if (p.unique) return {"the `@unique` of `" + p.name + "`", p.span};
    if (p.kind == ir::PropertyKind::reference && p.indexed)
      return {"the index that the reference `" + p.name + "` has of itself", p.span};
    return {};
  }

  bool isOfThePackage(Span span) const {
    return std::ranges::any_of(c_.units[0]->trees,
                               [&](const auto* tree) { return tree->file == span.file; });
  }

  ir::EntityId entityOf() const { return c_.model[e_.properties[0]].entity; }

  bool prefixOfKey(const ir::Index& index) const {
    const auto& key = e_.key.properties;
    if (index.parts.size() > key.size()) return false;
    for (size_t i = 0; i < index.parts.size(); ++i) {
      const auto& part = index.parts[i];
      if (part.descending || part.expr.kind != ir::ExprKind::property ||
          part.expr.path.size() != 1 || part.expr.path[0] != c_.model[key[i]].name)
        return false;
    }
    return true;
  }

  Context& c_;
  const ir::Entity& e_;
};

}  // namespace

void checkRedundantIndexes(Context& c) {
  for (const auto& entity : c.model.entities)
    if (!entity.indexes.empty() && !entity.properties.empty()) Finder(c, entity).run();
}

}  // namespace cambium::sema
