// Questions about tags, values of an enum, and rows that may have several of something.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/diff/columns.h"
#include "compiler/diff/findings.h"

namespace cambium::diff {

// Its rows get another one that stays: the first is as good a guess as any.
void Findings::offerMerge(std::vector<Choice>& choices, const std::string& path,
                          const std::vector<ir::EnumValue>& was,
                          const std::vector<ir::EnumValue>& is, std::string_view what) {
  const auto stays = std::ranges::find_if(is, [&](const ir::EnumValue& value) {
    return std::ranges::find(was, value.name, &ir::EnumValue::name) != was.end();
  });
  if (stays != is.end())
    choices.push_back(
        {fmt::format("if its rows get another {}, both lines", what),
         fmt::format("rename {0} -> {1}  approve drop {0} \"why\"", path, stays->name)});
}

void Findings::selection(const ir::TagGroup& from, const ir::TagGroup& to) {
  const auto group = a_.findEntity(from.name);
  for (const auto& name : from.on) {
    const auto entity = a_.findEntity(name);
    if (!group || !entity || !keyChanges(*entity)) continue;
    for (const PropertyId id : a_[*entity].properties)
      if (const PropertyId now = set_.matching.propertyTo[id.index()];
          now && a_[id].target == *group)
        return noWay(id, now, to.span);
  }
  onlyOneStays(to.span, from.name);
}

// Whoever approves, there is no way: said at once, and not after that.
void Findings::onlyOneStays(PropertyId from, PropertyId to) {
  if (!b_[to].type.optional || keyChanges(a_[from].entity) || keyChanges(a_[from].target))
    return noWay(from, to, b_[to].span);
  onlyOneStays(b_[to].span, pathOf(from, a_));
}

void Findings::noWay(PropertyId from, PropertyId to, Span span) {
  if (!rows_) return;
  const bool required = !b_[to].type.optional;
  found_.push_back(
      report<Code::EVO059>(span, pathOf(from, a_), pathOf(to, b_))
          .under(required ? "an old application writes the row before it writes what it refers to"
                          : "the key of one of them changes in the same version")
          .help(required ? "make it optional in this version, and required in the next"
                         : "change the key in a version of its own"));
}

bool Findings::keyChanges(EntityId from) const {
  const EntityId to = set_.matching.entityTo[from.index()];
  return to && !std::ranges::equal(a_[from].key.properties, b_[to].key.properties,
                                   [&](PropertyId p, PropertyId q) {
                                     return set_.matching.propertyTo[p.index()] == q &&
                                            columnOf(a_[p]) == columnOf(b_[q]);
                                   });
}

void Findings::leadsElsewhere(PropertyId from, PropertyId to) {
  const ir::Property &was = a_[from], &is = b_[to];
  Diagnostic d = report<Code::EVO051>(is.span, b_[is.entity].name, is.name);
  const auto &oldKey = a_[was.target].key.properties, &newKey = b_[is.target].key.properties;
  if (oldKey.size() != 1 || newKey.size() != 1 || is.made != ir::MadeProperty::written ||
      !set_.matching.entityFrom[is.target.index()]) {
    d.help("add a new reference beside it, fill it, and drop this one in a later version");
    return ask(std::move(d), {});
  }
  const bool alike = a_[oldKey[0]].type.scalar == b_[newKey[0]].type.scalar;
  ask(std::move(d),
      {{alike ? "if the rows of both have the same keys" : "say what their keys become",
        fmt::format("convert {} up {} down {}", pathOf(from, a_), alike ? was.name : "…",
                    alike ? is.name : "…")}});
}

void Findings::onlyOneStays(Span span, const std::string& what) {
  ask(report<Code::EVO014>(span, what),
      {{"if the others may go", fmt::format("approve narrow {} \"why\"", what)}});
}

void Findings::tags(const ir::TagGroup& from, const ir::TagGroup& to,
                    const std::vector<std::string>& gone, const std::vector<std::string>& added) {
  for (const std::string& tag : gone) {
    const std::string path = from.name + "." + tag;
    std::vector<Choice> choices;
    if (added.size() == 1 && gone.size() == 1)
      choices.push_back({"if it has a new name", fmt::format("rename {} -> {}", path, added[0]),
                         FixSafety::review});
    choices.push_back({"if rows may lose it", fmt::format("approve drop {} \"why\"", path)});
    offerMerge(choices, path, from.tags, to.tags, "tag");
    ask(report<Code::EVO013>(to.span, path), choices);
  }
}

std::optional<Findings::Choice> Findings::goneIntoPart(EntityId to, PropertyId property,
                                                       const std::vector<PropertyId>& gone) const {
  const auto isNew = [&](uint32_t i) {
    return !set_.matching.entityFrom[i] && b_[EntityId(i)].made == ir::MadeEntity::written;
  };
  const auto has = [&](EntityId part, PropertyId id) {
    const auto same = b_.findProperty(part, a_[id].name);
    return same && a_[id].kind == ir::PropertyKind::value &&
           b_[*same].kind == ir::PropertyKind::value;
  };
  for (uint32_t i = 0; i < b_.entities.size(); ++i) {
    const EntityId part(i);
    if (!isNew(i) || !has(part, property)) continue;
    for (const PropertyId by : b_[part].properties) {
      const ir::Property& p = b_[by];
      const bool one = p.unique || b_[part].key.properties == std::vector{by};
      if (p.kind != ir::PropertyKind::reference || p.target != to || p.type.optional || !one)
        continue;
      std::string same;
      for (const PropertyId id : gone)
        if (has(part, id))
          same += fmt::format("{0}{1} = {1}", same.empty() ? "" : ", ", a_[id].name);
      return Choice{
          "if it has gone into the new one",
          fmt::format("split {0} -> {1}, {2} by {3} up {{ {4} }} down {{ {4} }}",
                      a_[a_[property].entity].name, b_[to].name, b_[part].name, p.name, same)};
    }
  }
  return std::nullopt;
}

std::optional<Findings::Choice> Findings::goneIntoWhole(EntityId part) const {
  const ir::Entity& old = a_[part];
  for (const PropertyId by : old.properties) {
    const ir::Property& p = a_[by];
    const bool one = p.unique || old.key.properties == std::vector{by};
    if (p.kind != ir::PropertyKind::reference || p.type.optional || !one) continue;
    const EntityId whole = set_.matching.entityTo[p.target.index()];
    if (!whole) continue;
    std::string up, down;
    for (const PropertyId id : old.properties) {
      const auto now = b_.findProperty(whole, a_[id].name);
      if (!now || a_[id].kind != ir::PropertyKind::value || a_[id].computed ||
          b_[*now].kind != ir::PropertyKind::value || b_[*now].computed ||
          set_.matching.propertyFrom[now->index()])
        continue;
      const auto assign = [&](std::string& to, std::string_view value) {
        to += fmt::format("{}{} = {}", to.empty() ? "" : ", ", a_[id].name, value);
      };
      assign(up, a_[id].name);
      // The whole may have none where its part had to: what it is then somebody has to say.
      const bool mayLack = b_[*now].type.optional && !a_[id].type.optional;
      const bool isText = ir::isTextual(a_[id].type.scalar);
      assign(down, !mayLack ? a_[id].name
                            : fmt::format("coalesce({}, {})", a_[id].name, isText ? "\"\"" : "…"));
    }
    if (!up.empty())
      return Choice{"if it has gone into the one that it belonged to",
                    fmt::format("merge {}, {} -> {} by {} up {{ {} }} down {{ {} }}",
                                a_[p.target].name, old.name, b_[whole].name, p.name, up, down)};
  }
  return std::nullopt;
}

void Findings::betweenOtherwise(EntityId from, EntityId to) {
  if (!rows_) return;
  const bool becomesEntity = a_[from].made == ir::MadeEntity::junction;
  const ir::Model& model = becomesEntity ? a_ : b_;
  const ir::Entity& junction = becomesEntity ? a_[from] : b_[to];
  const std::string& entity = becomesEntity ? b_[to].name : a_[from].name;
  const std::string many =
      fmt::format("{}: many {} through {}", junction.name.substr(junction.name.rfind('.') + 1),
                  model[model[junction.key.properties.back()].target].name, entity);
  const std::string kept =
      becomesEntity ? fmt::format("keep `{}` in `{}`", many, junction.madeOf)
                    : fmt::format("give `{}` a `{}` in a version of its own, before this",
                                  junction.madeOf, many);
  const auto drops = drop(a_[from].name, "rows");
  found_.push_back(report<Code::EVO001>(b_[to].span, a_[from].name, b_[to].name)
                       .help("if they are the same rows: " + kept)
                       .help(fmt::format("{}: `{}`", drops.when, drops.line)));
}

// Of a many-to-many that is gone: a reference that came to what it led to.
std::optional<PropertyId> Findings::referenceInstead(EntityId junction) const {
  const ir::Entity& e = a_[junction];
  if (e.made != ir::MadeEntity::junction || e.key.properties.empty()) return std::nullopt;
  const auto owner = a_.findEntity(e.madeOf);
  const EntityId now = owner ? set_.matching.entityTo[owner->index()] : EntityId{};
  if (!now) return std::nullopt;
  const EntityId target = a_[e.key.properties.back()].target;
  for (const PropertyId id : b_[now].properties) {
    const ir::Property& p = b_[id];
    if (p.kind == ir::PropertyKind::reference && p.made == ir::MadeProperty::written &&
        !set_.matching.propertyFrom[id.index()] &&
        set_.matching.entityTo[target.index()] == p.target)
      return id;
  }
  return std::nullopt;
}

}  // namespace cambium::diff
