// sema/mixins.cpp: entities with all their members: first what their mixins bring, in the order of
// `is`, then their own. Each mixin counts once.
#include <algorithm>

#include "compiler/sema/annotations.h"
#include "compiler/sema/cycles.h"
#include "compiler/sema/elsewhere.h"
#include "compiler/sema/made.h"

namespace cambium::sema {
namespace {

char lower(char ch) { return ch >= 'A' && ch <= 'Z' ? char(ch - 'A' + 'a') : ch; }

// Names that differ in nothing but their case are the same key.
struct FoldedHash {
  size_t operator()(std::string_view text) const {
    size_t hash = 0xcbf29ce484222325U;  // FNV-1a
    for (const char ch : text) hash = (hash ^ uint8_t(lower(ch))) * 0x100000001b3U;
    return hash;
  }
};
struct FoldedEqual {
  bool operator()(std::string_view a, std::string_view b) const {
    return std::ranges::equal(a, b, {}, lower, lower);
  }
};
template <class T>
using ByFoldedName = std::unordered_map<std::string_view, T, FoldedHash, FoldedEqual>;

void resolveBases(Context& c, EntityDeclared& e) {
  for (const auto& name : e.decl->is) {
    if (!wellFormed(name)) continue;
    const auto symbol = resolve(c, e.unit, name);
    if (!symbol && isLost(c, e.unit, name)) continue;
    if (!symbol) {
      auto& d = c.add(report<Code::REF003>(name.span, name.dotted()));
      if (!sayElsewhere(c, d, e.unit, name, {SymbolKind::mixin}))
        suggest(d, name.dotted(), name.span, namesOf(c, e.unit, SymbolKind::mixin));
      continue;
    }
    if (symbol->kind != SymbolKind::mixin) {
      c.add(report<Code::REF012>(name.span, name.dotted(), describe(symbol->kind), "a mixin"));
      continue;
    }
    if (!(e.decl->mixin && e.deprecated)) noteDeprecated(c, *symbol, name.span);
    e.mixins.push_back(symbol->index);
  }
}

// Reports each mixin cycle once and cuts it, and what is built too high, so that the expansion
// ends.
class CycleCutter {
public:
  explicit CycleCutter(Context& c) : c_(c), state_(c.mixins.size()), depth_(c.mixins.size()) {}
  void run() {
    for (uint32_t i = 0; i < c_.mixins.size(); ++i) visit(i);
  }

private:
  enum class State : uint8_t { untouched, running, done };
  bool visit(uint32_t index) {  // false: leads back into the path
    if (state_[index] == State::done) return true;
    if (state_[index] == State::running) return false;
    state_[index] = State::running;
    path_.push_back(index);
    auto& mixin = c_.mixins[index];
    bool tooDeep = path_.size() > kDeepest;
    if (!tooDeep) {
      std::erase_if(mixin.mixins, [&](uint32_t base) {
        if (visit(base)) return false;
        reportCycle(base);
        return true;
      });
      for (const uint32_t base : mixin.mixins)
        depth_[index] = std::max(depth_[index], depth_[base] + 1);
      tooDeep = depth_[index] > kDeepest;
    }
    if (tooDeep) {
      c_.add(report<Code::NAM019>(mixin.decl->name.span, mixin.qualified, kDeepest));
      mixin.mixins.clear();
      depth_[index] = 0;
    }
    path_.pop_back();
    state_[index] = State::done;
    return true;
  }
  void reportCycle(uint32_t base) {
    std::vector<CycleStep> steps;
    for (auto it = std::ranges::find(path_, base); it != path_.end(); ++it)
      steps.push_back({c_.mixins[*it].qualified, c_.mixins[*it].decl->name.span});
    addCycle<Code::REF014>(c_, steps).help("move what they share into a mixin of its own");
  }
  Context& c_;
  std::vector<State> state_;
  std::vector<unsigned> depth_;
  std::vector<uint32_t> path_;
};

// Bases before what builds on them, each once.
void linearize(const Context& c, const std::vector<uint32_t>& mixins, std::vector<uint32_t>& out) {
  for (const uint32_t m : mixins) {
    if (std::ranges::find(out, m) != out.end()) continue;
    linearize(c, c.mixins[m].mixins, out);
    if (std::ranges::find(out, m) == out.end()) out.push_back(m);
  }
}

class Expander {
public:
  Expander(Context& c, ir::EntityId id)
      : c_(c), id_(id), work_(c.work[id.index()]), entity_(c.model.entities[id]) {}

  void take(const EntityDeclared& from, bool mixin) {
    from_ = &from;
    mixin_ = mixin;
    members(from.decl->members, "");
  }

  // What tags and containment give the entity.
  void takeMade(uint32_t declared) {
    if (const auto extra = c_.made.extraOf.find(declared); extra != c_.made.extraOf.end())
      for (const auto& [decl, tree] : extra->second) take(*decl);
    if (const auto checks = c_.made.checkOf.find(declared); checks != c_.made.checkOf.end())
      for (const auto* decl : checks->second)
        if (enter(decl->name, "check"))
          work_.checks.push_back({decl, &c_.made.tree, 0, "", nullptr});
  }

private:
  struct Taken {
    Span span;
    std::string_view kind, name;
    const EntityDeclared* from;
  };

  void members(const std::vector<syntax::Member>& list, std::string_view group) {
    group_ = group;
    for (const auto& member : list) {
      std::visit([&](const auto& m) { take(m); }, member);
      group_ = group;
    }
  }

  template <class Decl>
  MemberOf<Decl> memberOf(const Decl& d) const {
    return {&d, from_->tree, from_->unit, group_, mixin_ ? from_ : nullptr};
  }

  void take(const syntax::PropertyDecl& d) {
    if (!d.name || !enter(d.name, "property")) return;
    const auto id = c_.model.properties.add();
    ir::Property& p = c_.model.properties[id];
    p.entity = id_;
    p.name = d.name.text;
    p.doc = d.doc.text;
    p.group = group_;
    if (mixin_) p.origin = from_->qualified;
    p.span = d.name.span;
    if (const auto made = c_.made.properties.find(&d); made != c_.made.properties.end())
      p.made = made->second;
    c_.propertyWork.push_back({memberOf(d), false});
    entity_.properties.push_back(id);
    work_.byName.emplace(d.name.text, id);
  }
  void take(const syntax::KeyDecl& d) { work_.keys.push_back(memberOf(d)); }
  void take(const syntax::UniqueDecl& d) {
    if (d.parts.empty() && from_->tree->hasErrors) return;
    if (!d.name || enter(d.name, "unique")) work_.uniques.push_back(memberOf(d));
  }
  void take(const syntax::IndexDecl& d) {
    if (d.parts.empty() && from_->tree->hasErrors) return;
    if (!d.name || enter(d.name, "index")) work_.indexes.push_back(memberOf(d));
  }
  void take(const syntax::CheckDecl& d) {
    if (!d.name || enter(d.name, "check")) work_.checks.push_back(memberOf(d));
  }
  void take(const syntax::GroupDecl& d) {
    const auto parent = group_;
    if (d.name && enter(d.name, "group"))
      entity_.groups.push_back(
          {std::string(d.name.text), d.title ? d.title->value : "", std::string(parent)});
    members(d.members, d.name.text);
  }

  bool enter(const syntax::Name& name, std::string_view kind) {
    checkName(c_, name);
    const auto [it, fresh] =
        taken_.emplace(name.text, Taken{name.span, kind, name.text, from_});
    if (fresh) return true;
    const Taken& first = it->second;
    const std::string where = first.from != from_ && first.from->decl->mixin
                                  ? "brought by mixin `" + first.from->qualified + "`"
                                  : "the " + std::string(first.kind) + " is here";
    if (first.name == name.text) {
      const std::string other =
          first.kind == kind ? "another " + std::string(kind)
                             : (first.kind == "index" ? "an " : "a ") + std::string(first.kind);
      c_.add(report<Code::NAM002>(name.span, name.text, other, work_.declared->qualified))
          .label(first.span, where);
      return false;
    }
    c_.add(report<Code::NAM005>(name.span, name.text, first.name)).label(first.span, where);
    return !exact(name.text);
  }

  // Behind a case clash the folded name is taken by another one: exact repeats of the second are
  // found among the properties.
  bool exact(std::string_view text) const { return work_.byName.contains(text); }

  Context& c_;
  ir::EntityId id_;
  EntityWork& work_;
  ir::Entity& entity_;
  const EntityDeclared* from_ = nullptr;
  bool mixin_ = false;
  std::string_view group_;
  ByFoldedName<Taken> taken_;
};

ir::Lifecycle lifecycleOf(const EntityDeclared& e) {
  // What is made for a deprecated entity is no construct of its own that could be used.
  if (e.made != ir::MadeEntity::written && e.decl->lifecycle == syntax::Lifecycle::active)
    return ir::Lifecycle::active;
  switch (e.decl->lifecycle) {
    case syntax::Lifecycle::draft: return ir::Lifecycle::draft;
    case syntax::Lifecycle::deleted: return ir::Lifecycle::deleted;
    case syntax::Lifecycle::external: return ir::Lifecycle::external;
    case syntax::Lifecycle::active: break;
  }
  return e.deprecated ? ir::Lifecycle::deprecated : ir::Lifecycle::active;
}

ir::EntityId addEntity(Context& c, const EntityDeclared& e, bool pseudo) {
  const auto place = e.decl->mixin ? Place::mixin : Place::entity;
  auto said = readAnnotations(c, *e.tree, e.decl->annotations, place, e.decl->span);
  ir::Entity entity;
  entity.name = e.decl->name.text;
  entity.doc = e.decl->doc.text;
  entity.lifecycle = lifecycleOf(e);
  entity.deprecation = std::move(said.deprecation);
  entity.removeAfter = std::move(said.removeAfter);
  entity.label = std::move(said.label);
  entity.exposed = said.exposed;
  entity.made = e.made;
  entity.madeOf = e.madeOf;
  entity.contains = e.contains;
  std::ranges::sort(entity.contains);
  entity.table = std::move(said.table);
  entity.native = std::move(said.native);
  entity.span = e.decl->name.span;
  for (const uint32_t m : e.mixins) entity.mixins.push_back(c.mixins[m].qualified);
  EntityWork work;
  work.declared = &e;
  work.pseudo = pseudo;
  c.work.push_back(std::move(work));
  return c.model.entities.add(std::move(entity));
}

std::vector<uint32_t> sortedOwn(const std::vector<EntityDeclared>& list) {
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < list.size(); ++i)
    if (list[i].unit == 0) order.push_back(i);
  std::ranges::sort(order, {}, [&](uint32_t i) -> std::string_view { return list[i].qualified; });
  return order;
}

void warnOfCase(Context& c) {
  ByFoldedName<const ir::Entity*> folds;
  for (const auto& entity : c.model.entities) {
    const auto [it, fresh] = folds.emplace(entity.name, &entity);
    if (fresh || it->second->name == entity.name) continue;
    c.add(report<Code::NAM005>(entity.span, entity.name, it->second->name))
        .label(it->second->span, "the other one");
  }
}

}  // namespace

void expandMixins(Context& c) {
  for (auto& e : c.mixins) resolveBases(c, e);
  for (auto& e : c.entities) resolveBases(c, e);
  CycleCutter(c).run();

  std::vector<std::vector<uint32_t>> mixinsOf;
  for (const auto& e : c.entities) linearize(c, e.mixins, mixinsOf.emplace_back());
  makeEntities(c, mixinsOf);
  mixinsOf.resize(c.entities.size());

  struct Line {
    const EntityDeclared* entity;
    std::vector<uint32_t> mixins;
    std::optional<uint32_t> declared;  // not of a mixin
  };
  std::vector<Line> lines;
  std::vector<bool> used(c.mixins.size());
  for (const uint32_t i : sortedOwn(c.entities)) {
    for (const uint32_t m : mixinsOf[i]) used[m] = true;
    c.entityIds.emplace(i, addEntity(c, c.entities[i], false));
    lines.push_back({&c.entities[i], std::move(mixinsOf[i]), i});
  }
  c.realEntities = c.model.entities.size();
  warnOfCase(c);
  for (const uint32_t i : sortedOwn(c.mixins)) {
    if (used[i]) {
      readAnnotations(c, *c.mixins[i].tree, c.mixins[i].decl->annotations, Place::mixin,
                      c.mixins[i].decl->span);
      continue;
    }
    std::vector<uint32_t> line;
    linearize(c, c.mixins[i].mixins, line);
    addEntity(c, c.mixins[i], true);
    lines.push_back({&c.mixins[i], std::move(line), std::nullopt});
    c.work.back().mixins.push_back(i);
  }
  size_t members = 0;  // about as many properties: growing would move them all, again and again
  for (const auto& line : lines) {
    members += line.entity->decl->members.size();
    for (const uint32_t m : line.mixins) members += c.mixins[m].decl->members.size();
  }
  c.model.properties.reserve(members);
  c.propertyWork.reserve(members);
  for (uint32_t i = 0; i < lines.size(); ++i) {
    Expander expander(c, ir::EntityId(i));
    for (const uint32_t m : lines[i].mixins) expander.take(c.mixins[m], true);
    expander.take(*lines[i].entity, lines[i].entity->decl->mixin);
    if (lines[i].declared) expander.takeMade(*lines[i].declared);
    auto& mixins = c.work[i].mixins;
    mixins.insert(mixins.begin(), lines[i].mixins.begin(), lines[i].mixins.end());
  }
}

}  // namespace cambium::sema
