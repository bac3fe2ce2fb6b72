#include "compiler/diff/exposed.h"

#include <algorithm>

#include "compiler/diff/diff.h"

namespace cambium::diff {
namespace {

// What a change is about: one of these, of the old version. What is added is about the entity or
// the enum that it is added to.
struct Subject {
  EntityId entity;
  PropertyId property;
  EnumId enumeration;
};

template <class C, class Id>
constexpr bool isFrom() {
  if constexpr (requires(C c) { c.from; })
    return std::is_same_v<decltype(C::from), Id>;
  else
    return false;
}

class Exposed {
public:
  explicit Exposed(const ChangeSet& set) : set_(set), a_(*set.from), b_(*set.to) {}

  template <class C>
  Subject operator()(const C& c) const {
    if constexpr (isFrom<C, PropertyId>())
      return {{}, c.from, {}};
    else if constexpr (isFrom<C, EntityId>())
      return {c.from, {}, {}};
    else if constexpr (isFrom<C, EnumId>())
      return {{}, {}, c.from};
    else if constexpr (std::is_same_v<C, AddProperty>)
      return {was(b_[c.property].entity), {}, {}};
    else if constexpr (std::is_same_v<C, DropProperty>)
      return {{}, c.property, {}};
    else if constexpr (std::is_same_v<C, EnumAddValue>)
      return {{}, {}, set_.matching.enumFrom[c.enumeration.index()]};
    else if constexpr (std::is_same_v<C, AddUnique> || std::is_same_v<C, AddCheck>)
      return {was(c.entity), {}, {}};
    else if constexpr (std::is_same_v<C, DropEntity> || std::is_same_v<C, DropUnique> ||
                       std::is_same_v<C, DropCheck>)
      return {c.entity, {}, {}};
    else if constexpr (std::is_same_v<C, TransformProperties>)
      return {{}, taken(set_.migration->transforms[c.transform]), {}};
    else
      return {};  // nothing that can be exposed
  }

  bool holds(const Change& change) const {
    if (const auto* view = viewOf(change)) return view->exposed;
    const Subject subject = of(change);
    if (subject.property) return property(subject.property);
    if (subject.enumeration) return values(subject.enumeration);
    if (!subject.entity) return false;
    // Where the rows are found, or whether: that is about each of its properties.
    const bool whole = std::holds_alternative<DropEntity>(change) ||
                       std::holds_alternative<RenameEntity>(change) ||
                       std::holds_alternative<ChangeTable>(change) ||
                       std::holds_alternative<ChangeLifecycle>(change);
    const ir::Entity& e = a_[subject.entity];
    return e.exposed || (whole && std::ranges::any_of(
                                      e.properties, [&](PropertyId id) { return a_[id].exposed; }));
  }

  // What the old version calls it.
  std::string name(const Change& change) const {
    if (const auto* view = viewOf(change)) return view->name;
    const Subject subject = of(change);
    if (subject.property)
      return a_[a_[subject.property].entity].name + "." + a_[subject.property].name;
    return subject.entity ? a_[subject.entity].name : a_[subject.enumeration].name;
  }

  // The thing as it is now, else what it was in, else the migration.
  Span place(const Change& change) const {
    if (const auto* added = std::get_if<AddProperty>(&change)) return b_[added->property].span;
    if (const auto* view = viewOf(change)) {
      const auto* renamed = std::get_if<RenameDeclaration>(&change);
      const auto* still = renamed ? &b_.views[renamed->to] : b_.findView(view->name);
      return still ? still->span : migration();
    }
    const auto& now = set_.matching;
    const Subject subject = of(change);
    EntityId entity = subject.entity;
    if (subject.property) {
      if (const auto to = now.propertyTo[subject.property.index()]) return b_[to].span;
      entity = a_[subject.property].entity;
    }
    if (entity)
      if (const auto to = now.entityTo[entity.index()]) return b_[to].span;
    if (subject.enumeration)
      if (const auto to = now.enumTo[subject.enumeration.index()]) return b_[to].span;
    return migration();
  }

private:
  Subject of(const Change& change) const { return std::visit(*this, change); }
  // The view that it is about: the old one, else the one that comes.
  const ir::View* viewOf(const Change& change) const {
    const auto isView = [](const auto* c) { return c && c->kind == DeclarationKind::view; };
    if (const auto* c = std::get_if<AddDeclaration>(&change); isView(c)) return &b_.views[c->index];
    if (const auto* c = std::get_if<RenameDeclaration>(&change); isView(c))
      return &a_.views[c->from];
    if (const auto* c = std::get_if<ChangeDeclaration>(&change); isView(c))
      return &a_.views[c->from];
    if (const auto* c = std::get_if<DropDeclaration>(&change); isView(c))
      return &a_.views[c->index];
    return nullptr;
  }
  Span migration() const { return set_.migration ? set_.migration->span : Span{}; }
  EntityId was(EntityId to) const { return set_.matching.entityFrom[to.index()]; }
  bool property(PropertyId from) const { return a_[from].exposed || a_[a_[from].entity].exposed; }
  bool values(EnumId from) const {
    for (uint32_t i = 0; i < a_.properties.size(); ++i)
      if (a_[PropertyId(i)].type.enumeration == from && property(PropertyId(i))) return true;
    return false;
  }
  // Of those that are split or merged the one that counts.
  PropertyId taken(const ir::TransformRule& rule) const {
    const auto entity = a_.findEntity(rule.fromEntity);
    PropertyId out;
    for (const auto& name : rule.from)
      if (const auto id = entity ? a_.findProperty(*entity, name) : std::nullopt;
          id && (!out || !property(out)))
        out = *id;
    return out;
  }

  const ChangeSet& set_;
  const ir::Model& a_;
  const ir::Model& b_;
};

}  // namespace

bool isExposed(const Change& change, const ChangeSet& set) {
  return set.exposed && Exposed(set).holds(change);
}

bool isNoticedOutside(const Change& change, const ChangeSet& set) {
  const ir::Model &a = *set.from, &b = *set.to;
  if (const auto* doc = std::get_if<ChangePropertyDoc>(&change))
    return a[doc->from].exposed && !b[doc->to].exposed;
  if (const auto* doc = std::get_if<ChangeEntityDoc>(&change))
    return a[doc->from].exposed && !b[doc->to].exposed;
  if (const auto* view = std::get_if<ChangeDeclaration>(&change)) return !b.views[view->to].exposed;
  return std::holds_alternative<RelaxProperty>(change) ||
         std::holds_alternative<ConvertProperty>(change) ||
         std::holds_alternative<RelaxRefinement>(change) ||
         std::holds_alternative<ChangeSensitivity>(change) ||
         std::holds_alternative<EnumAddValue>(change) || std::holds_alternative<DropCheck>(change);
}

void reportExposed(const ChangeSet& set, DiagnosticSink& sink) {
  const Exposed exposed(set);
  for (const Change& change : set.changes) {
    if (!isExposed(change, set) || classify(change, set) == Compatibility::safe) continue;
    sink.add(
        report<Code::EVO066>(exposed.place(change), exposed.name(change), describe(change, set))
            .help("tell those who rely on it; `@allow(EVO066, \"who knows\")` there says that "
                  "they know"));
  }
}

}  // namespace cambium::diff
