// sema/migration_paths.cpp
#include "compiler/sema/migration_paths.h"

#include <algorithm>
#include <array>

#include "compiler/base/semver.h"

namespace cambium::sema {

std::string_view word(syntax::MigrationItem::Kind kind) {
  using Kind = syntax::MigrationItem::Kind;
  switch (kind) {
    case Kind::rename: return "rename";
    case Kind::convert: return "convert";
    case Kind::split: return "split";
    case Kind::merge: return "merge";
    case Kind::fill: return "fill";
    case Kind::approve: return "approve";
  }
  return "";
}

std::string_view done(syntax::MigrationItem::Kind kind) {
  using Kind = syntax::MigrationItem::Kind;
  switch (kind) {
    case Kind::rename: return "renamed";
    case Kind::convert: return "converted";
    case Kind::split: return "split";
    case Kind::merge: return "merged";
    case Kind::fill: return "filled";
    case Kind::approve: return "dropped";
  }
  return "";
}

bool leadsBack(const syntax::MigrationDecl& d) {
  return compareSemver(d.from.value, d.to.value) > 0;
}

bool checkVersions(Context& c, const syntax::MigrationDecl& d) {
  bool good = true;
  for (const auto* text : {&d.from, &d.to}) {
    if (!text->span || isSemver(text->value)) continue;
    c.add(report<Code::NAM012>(text->span, text->value)).help("write for example `\"1.0.0\"`");
    good = false;
  }
  if (!good || !d.from.span || !d.to.span) return false;
  if (compareSemver(d.from.value, d.to.value) == 0) {
    c.add(report<Code::MIG012>(d.to.span, d.to.value));
    return false;
  }
  if (!leadsBack(d) || d.to.value != c.model.version) return true;
  c.add(report<Code::MIG019>(d.to.span, d.from.value, d.to.value))
      .help(
          "it says how rows of a newer version get back to a sealed one, and stands in a package "
          "that is newer than both, or the newer of the two");
  return false;
}

std::string_view Place::describe() const {
  if (property) return "a property";
  if (entity) return "an entity";
  if (tag) return "a tag";
  return path.property.empty() ? "an enum" : "an enum member";
}

std::optional<ir::EntityId> Side::findEntity(std::string_view name) const {
  if (sealed_) return sealed_->findEntity(name);
  const auto it = c_->units[0]->own.find(name);
  if (it == c_->units[0]->own.end() || it->second.kind != SymbolKind::entity) return std::nullopt;
  const auto id = c_->entityIds.find(it->second.index);
  return id == c_->entityIds.end() ? std::nullopt : std::optional(id->second);
}

std::optional<ir::EnumId> Side::findEnum(std::string_view name) const {
  return model().findEnum(name);
}

std::optional<ir::PropertyId> Side::findProperty(ir::EntityId entity, std::string_view name) const {
  if (sealed_) return sealed_->findProperty(entity, name);
  const auto& names = c_->work[entity.index()].byName;
  const auto it = names.find(name);
  return it == names.end() ? std::nullopt : std::optional(it->second);
}

bool Side::hasValue(ir::EnumId id, std::string_view value) const {
  const auto& values = model()[id].values;
  return std::ranges::find(values, value, &ir::EnumValue::name) != values.end();
}

std::optional<Place> Side::find(const syntax::QName& path) const {
  if (!wellFormed(path)) return std::nullopt;
  const std::string whole = path.dotted();
  Place out;
  const auto isJunction = [&](ir::EntityId id) {
    const auto made = model()[id].made;
    return made == ir::MadeEntity::junction || made == ir::MadeEntity::tagJunction;
  };
  // A junction goes by the path of its `many`.
  if (const auto id = findEntity(whole); id && !isJunction(*id)) {
    out.path = {whole, ""};
    out.entity = id;
    return out;
  }
  if (const auto id = findEnum(whole)) {
    out.path = {whole, ""};
    out.enumeration = id;
    return out;
  }
  if (path.parts.size() < 2) return std::nullopt;
  const std::string last(path.parts.back().text);
  const std::string owner = whole.substr(0, whole.size() - last.size() - 1);
  out.path = {owner, last};
  if (const auto id = findEntity(owner)) {
    out.entity = id;
    out.property = findProperty(*id, last);
    if (out.property) return out;
  }
  if (hasTag(owner, last)) {
    out.entity.reset();
    out.tag = true;
    return out;
  }
  if (const auto id = findEnum(owner); id && hasValue(*id, last)) {
    out.entity.reset();
    out.enumeration = id;
    return out;
  }
  return std::nullopt;
}

bool Side::hasTag(std::string_view group, std::string_view tag) const {
  const auto* found = model().findTagGroup(group);
  return found && std::ranges::find(found->tags, tag, &ir::EnumValue::name) != found->tags.end();
}

std::vector<std::string_view> Side::entityNames() const {
  std::vector<std::string_view> out;
  const size_t count = sealed_ ? sealed_->entities.size() : c_->realEntities;
  for (uint32_t i = 0; i < count; ++i) out.push_back(model()[ir::EntityId(i)].name);
  return out;
}

std::vector<std::string_view> Side::enumNames() const {
  std::vector<std::string_view> out;
  for (const auto& e : model().enums) out.push_back(e.name);
  return out;
}

std::vector<std::string_view> Side::propertyNames(ir::EntityId id) const {
  std::vector<std::string_view> out;
  for (const auto p : model()[id].properties) out.push_back(model()[p].name);
  return out;
}

std::vector<std::string_view> Side::valueNames(ir::EnumId id) const {
  std::vector<std::string_view> out;
  for (const auto& v : model()[id].values) out.push_back(v.name);
  return out;
}

std::string_view describe(Named named) {
  switch (named) {
    case Named::unique: return "a unique";
    case Named::index: return "an index";
    case Named::check: return "a check";
    case Named::policy: return "a policy";
    case Named::view: return "a view";
    case Named::role: return "a role";
    case Named::template_: return "a template";
  }
  return "";
}

std::vector<std::string_view> Side::namesOf(Named named, std::string_view owner) const {
  std::vector<std::string_view> out;
  const auto all = [&](const auto& list) {
    for (const auto& one : list)
      if (!one.name.empty()) out.push_back(one.name);
  };
  const ir::Model& m = model();
  const auto entity = m.findEntity(owner);
  switch (named) {
    case Named::unique:
      if (entity) all(m[*entity].uniques);
      break;
    case Named::index:
      if (entity) all(m[*entity].indexes);
      break;
    case Named::check:
      if (entity) all(m[*entity].checks);
      break;
    case Named::policy:
      for (const auto& policy : m.policies)
        if (owner.empty() || policy.on == owner) out.push_back(policy.name);
      break;
    case Named::view: all(m.views); break;
    case Named::role: all(m.roles); break;
    case Named::template_: all(m.templates); break;
  }
  return out;
}

bool Side::hasNamed(Named named, std::string_view owner, std::string_view name) const {
  const auto all = namesOf(named, owner);
  return std::ranges::find(all, name) != all.end();
}

std::vector<std::string> Side::withPolicy(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& policy : model().policies)
    if (policy.name == name) out.push_back(policy.on);
  return out;
}

std::optional<Named> Side::findNamed(const syntax::QName& path, const Side& other) const {
  if (!wellFormed(path) || path.parts.size() > 2) return std::nullopt;
  const bool within = path.parts.size() == 2;
  const std::string_view owner = within ? path.parts[0].text : std::string_view();
  const std::string_view name = path.parts.back().text;
  static constexpr std::array kWithin = {Named::unique, Named::index, Named::check, Named::policy};
  static constexpr std::array kAlone = {Named::view, Named::role, Named::template_, Named::policy};
  std::optional<Named> out;
  for (const Named named : within ? kWithin : kAlone) {
    if (!hasNamed(named, owner, name)) continue;
    if (!within && !other.hasNamed(named, "", name)) return named;
    if (!out) out = named;
  }
  return out;
}

Nameless Side::nameless(const syntax::QName& path) const {
  static constexpr std::string_view kSwitched =
      "the new version's comes at the switch, the old one's stays until CONTRACT";
  static constexpr std::string_view kNowhere = "its name stands nowhere in the database";
  static constexpr std::string_view kSettings =
      "what was given for the old name goes with it, and namespaces give the new one its value";
  const auto has = [](const auto& list, std::string_view name) {
    return std::ranges::any_of(list, [&](const auto& one) { return one.name == name; });
  };
  const auto isMixin = [&](std::string_view name) {
    return std::ranges::any_of(model().entities, [&](const ir::Entity& e) {
      return std::ranges::find(e.mixins, name) != e.mixins.end() ||
             std::ranges::any_of(e.properties, [&](auto id) { return model()[id].origin == name; });
    });
  };
  const ir::Model& m = model();
  const std::string_view first = path.parts[0].text, last = path.parts.back().text;
  if (path.parts.size() == 1) {
    if (has(m.views, last)) return {"a view", kSwitched};
    if (has(m.roles, last)) return {"a role", kSwitched};
    if (has(m.policies, last)) return {"a policy", kSwitched};
    if (has(m.templates, last)) return {"a template", kNowhere};
    if (has(m.aliases, last)) return {"a type", kNowhere};
    if (has(m.schemas, last)) return {"a schema", kSettings};
    if (isMixin(last))
      return {"a mixin", "the entities that are it keep its properties, under the same names"};
    return {};
  }
  if (path.parts.size() != 2) return {};
  if (const auto view = std::ranges::find(m.views, first, &ir::View::name);
      view != m.views.end() && has(view->columns, last))
    return {"a column of a view", kSwitched};
  if (const auto schema = std::ranges::find(m.schemas, first, &ir::Schema::name);
      schema != m.schemas.end() && has(schema->settings, last))
    return {"a setting", kSettings};
  const auto entity = m.findEntity(first);
  if (!entity) return {};
  const ir::Entity& e = m[*entity];
  if (has(e.uniques, last)) return {"a unique", kSwitched};
  if (has(e.indexes, last)) return {"an index", kSwitched};
  if (has(e.checks, last)) return {"a check", kSwitched};
  if (has(e.groups, last)) return {"a group", kNowhere};
  const auto onIt = [&](const ir::Policy& p) { return p.name == last && p.on == first; };
  if (std::ranges::any_of(m.policies, onIt)) return {"a policy", kSwitched};
  return {};
}

std::vector<std::string_view> Side::candidates(const syntax::QName& path) const {
  if (path.parts.size() > 1) {
    const std::string whole = path.dotted();
    const std::string owner = whole.substr(0, whole.size() - path.parts.back().text.size() - 1);
    if (const auto* group = model().findTagGroup(owner)) {
      std::vector<std::string_view> tags;
      for (const auto& tag : group->tags) tags.push_back(tag.name);
      return tags;
    }
    if (const auto id = findEntity(owner)) return propertyNames(*id);
    if (const auto id = findEnum(owner)) return valueNames(*id);
    return {};
  }
  auto out = entityNames();
  for (const auto name : enumNames()) out.push_back(name);
  return out;
}

std::optional<Side> sideOf(Context& c, const syntax::Text& version, bool from, bool back) {
  const bool own = version.value == c.model.version;
  if (!from && own) return Side(c, nullptr, version.value);
  const auto it = c.sealed.find(version.value);
  if (it != c.sealed.end() && it->second) return Side(c, it->second.get(), version.value);
  if (back && own) return Side(c, nullptr, version.value);
  std::string there;
  for (const auto& [known, model] : c.sealed)
    there += (there.empty() ? "\"" : ", \"") + known + "\"";
  // The version may be active somewhere all the same: its database has kept it.
  const auto& all = c.model.environments;
  const auto first = std::ranges::find_if(all, &std::string::empty, &ir::Environment::promoteFrom);
  const std::string lost =
      fmt::format("if it is active in a database, `cambium seal --from env:{}` gets it from there",
                  first == all.end() ? "NAME" : first->name);
  if (from) {
    c.add(report<Code::MIG001>(version.span, version.value))
        .help(there.empty() ? "no version is sealed yet: `cambium seal` writes the one of the "
                              "`package` line"
                            : "sealed versions: " + there)
        .help(lost);
  } else {
    const std::string own = "\"" + c.model.version + "\"";
    c.add(report<Code::MIG002>(version.span, version.value))
        .help("this package is version " + own + (there.empty() ? "" : "; sealed are " + there))
        .help(lost)
        .fix({"write `" + own + "`", FixSafety::review, {{version.span, own}}});
  }
  return std::nullopt;
}

Versions::Versions(Context& c, Side f, Side t) : from(std::move(f)), to(std::move(t)), c_(c) {
  const auto own = uint32_t(c.model.enums.size());
  fromEnums_ = {own, &from.model(), {}};
  all_.push_back(&fromEnums_);
  if (to.current()) return;
  toEnums_ = {own + uint32_t(from.model().enums.size()), &to.model(), {}};
  all_.push_back(&toEnums_);
}

void Versions::relateEnums(const std::map<std::string, std::string>& renamed) {
  const auto relate = [&](ForeignEnums& foreign, bool follow) {
    foreign.main.clear();
    for (const auto& e : foreign.model->enums) {
      const auto it = follow ? renamed.find(e.name) : renamed.end();
      const auto own = c_.model.findEnum(it == renamed.end() ? e.name : it->second);
      foreign.main.push_back(own ? *own : ir::EnumId());
    }
  };
  relate(fromEnums_, true);
  if (!to.current()) relate(toEnums_, false);
}

Scope Versions::scope(const SyntaxTree& tree, const Side& side, ir::EntityId entity,
                      Use use) const {
  const ForeignEnums* enums = &side == &from ? &fromEnums_ : to.current() ? nullptr : &toEnums_;
  return Scope{c_,      tree,  0,     use,         &side.model(), entity, side.model()[entity].name,
               nullptr, enums, &all_, side.version};
}

void Versions::toMain(ir::Expr& e) const {
  for (auto& arg : e.args) toMain(arg);
  if (e.type.scalar != ir::Scalar::enumeration ||
      e.type.enumeration.index() < c_.model.enums.size())
    return;
  ir::EnumId own;
  for (const auto* foreign : all_) {
    const uint32_t index = e.type.enumeration.index() - foreign->base;
    if (e.type.enumeration.index() >= foreign->base && index < foreign->main.size())
      own = foreign->main[index];
  }
  if (own && e.kind == ir::ExprKind::member) {
    const auto& values = c_.model[own].values;
    if (std::ranges::find(values, e.text, &ir::EnumValue::name) == values.end()) own = {};
  }
  e.type.enumeration = own;
  if (own) return;
  e.type.scalar = ir::Scalar::text;
  if (e.kind == ir::ExprKind::member) e.kind = ir::ExprKind::literal;
}

}  // namespace cambium::sema
