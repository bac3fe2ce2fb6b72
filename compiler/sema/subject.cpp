// sema/subject.cpp
#include "compiler/sema/subject.h"

#include <algorithm>
#include <iterator>

namespace cambium::sema {

namespace {

void unknown(Context& c, const syntax::QName& name, bool views) {
  auto names = namesOf(c, 0, SymbolKind::entity);
  if (views) std::ranges::copy(namesOf(c, 0, SymbolKind::view), std::back_inserter(names));
  std::ranges::sort(names);
  auto& d = views ? c.add(report<Code::REF019>(name.span, name.dotted()))
                  : c.add(report<Code::REF001>(name.span, name.dotted()));
  suggest(d, name.dotted(), name.span, names);
}

}  // namespace

Subject findSubject(Context& c, const syntax::QName& name, bool views) {
  Subject out;
  if (!wellFormed(name)) return out;
  const auto symbol = resolve(c, 0, name);
  if (!symbol) {
    if (!isLost(c, 0, name)) unknown(c, name, views);
    return out;
  }
  if (views && symbol->kind == SymbolKind::view) {
    out.view = c.views[symbol->index].decl;
    return out;
  }
  if (symbol->kind != SymbolKind::entity) {
    c.add(report<Code::REF012>(name.span, name.dotted(), describe(symbol->kind),
                               views ? "an entity or a view" : "an entity"));
    return out;
  }
  const auto id = c.entityIds.find(symbol->index);
  if (id == c.entityIds.end())
    c.add(report<Code::NAM014>(name.span, "entities of other packages"));
  else
    out.entity = id->second;
  return out;
}

const ir::Property* propertyNamed(const Context& c, ir::EntityId entity, std::string_view name) {
  const auto& names = c.work[entity.index()].byName;
  const auto found = names.find(name);
  return found == names.end() ? nullptr : &c.model[found->second];
}

std::vector<std::string_view> propertyNames(const Context& c, ir::EntityId entity) {
  std::vector<std::string_view> out;
  for (const auto id : c.model[entity].properties) out.push_back(c.model[id].name);
  return out;
}

}  // namespace cambium::sema
