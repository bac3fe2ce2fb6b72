// sema/relationships.cpp: which reference each `many` is the other side of, or which entity stands
// between.
#include <algorithm>
#include <map>

#include "compiler/sema/made.h"

namespace cambium::sema {
namespace {

class Relationships {
public:
  explicit Relationships(Context& c) : c_(c) {}
  void run() {
    for (uint32_t i = 0; i < c_.model.properties.size(); ++i) {
      const ir::PropertyId id(i);
      const auto& p = c_.model[id];
      if (c_.propertyWork[i].broken || c_.work[p.entity.index()].pseudo) continue;
      if (p.kind == ir::PropertyKind::many) many(id);
    }
    twins();
  }

private:
  const syntax::PropertyDecl& declOf(ir::PropertyId id) const {
    return *c_.propertyWork[id.index()].member.decl;
  }

  void many(ir::PropertyId id) {
    const auto& decl = declOf(id);
    if (decl.through)
      through(id, *decl.through);
    else if (decl.inverse)
      inverse(id, decl.inverse);
    else
      between(id);
  }

  // ---- one to many
  void inverse(ir::PropertyId id, const syntax::Name& inverse) {
    const auto& p = c_.model[id];
    const auto& target = c_.model[p.target];
    const auto& names = c_.work[p.target.index()].byName;
    const auto found = names.find(inverse.text);
    if (found == names.end() || c_.model[found->second].kind == ir::PropertyKind::value) {
      if (found != names.end() && c_.propertyWork[found->second.index()].broken) return;
      return unknown(p, inverse, target, found != names.end());
    }
    const auto& other = c_.model[found->second];
    if (c_.propertyWork[found->second.index()].broken) return;
    if (other.target != p.entity) {
      c_.add(report<Code::REL001>(inverse.span, target.name, other.name,
                                  c_.model[other.target].name, c_.model[p.entity].name))
          .label(other.span, "the reference is here");
      return;
    }
    const auto [it, fresh] = sides_.emplace(found->second.index(), id);
    if (!fresh) {
      c_.add(report<Code::REL002>(inverse.span, target.name, other.name))
          .label(c_.model[it->second].span, "the first is here")
          .help("a reference has one other side: remove one, or give it a reference of its own");
      return;
    }
    if (other.kind == ir::PropertyKind::many) otherSide(id, found->second, inverse);
  }

  // The other side of a many-to-many, whose junction is named after the first.
  void otherSide(ir::PropertyId id, ir::PropertyId first, const syntax::Name& inverse) {
    auto& p = c_.model.properties[id];
    const auto& other = c_.model[first];
    const auto& decl = declOf(first);
    if (decl.inverse || decl.through) {
      c_.add(report<Code::REF009>(inverse.span, c_.model[p.target].name, inverse.text))
          .label(other.span, "this `many` has an other side of its own")
          .help(decl.through ? "say `through` here, too"
                             : "one of the two says `inverse`, the other one does not");
      return;
    }
    const auto junction = junctionOf(other);
    if (!junction) return;
    auto [here, there] = junctionSides(c_.model[other.entity].name, c_.model[other.target].name);
    p.through = *junction;
    p.throughHere = std::move(there);
    p.throughThere = std::move(here);
  }

  void unknown(const ir::Property& p, const syntax::Name& inverse, const ir::Entity& target,
               bool exists) {
    if (isUnread(c_, inverse.text)) return;
    std::vector<std::string_view> references;
    for (const auto other : target.properties) {
      const auto& o = c_.model[other];
      if (o.kind == ir::PropertyKind::reference && o.target == p.entity)
        references.push_back(o.name);
    }
    auto& d = c_.add(report<Code::REF009>(inverse.span, target.name, inverse.text));
    if (exists) d.note("`" + target.name + "." + std::string(inverse.text) + "` is no reference");
    if (references.size() == 1)
      d.help("the reference back is `" + std::string(references[0]) + "`")
          .fix({"write `" + std::string(references[0]) + "`",
                FixSafety::review,
                {{inverse.span, std::string(references[0])}}});
    else if (references.empty())
      d.help("add `" + std::string(inverse.text) + ": ref " + c_.model[p.entity].name + "` to `" +
             target.name + "`");
    else
      suggest(d, inverse.text, inverse.span, references);
  }

  // ---- many to many
  // Entities are in the order of their names, but for the pseudo ones behind them.
  std::optional<ir::EntityId> junctionOf(const ir::Property& p) const {
    const std::string name = junctionName(c_.model[p.entity].name, p.name);
    const auto end = c_.model.entities.begin() + std::ptrdiff_t(c_.realEntities);
    const auto found =
        std::ranges::lower_bound(c_.model.entities.begin(), end, name, {}, &ir::Entity::name);
    if (found == end || found->name != name) return std::nullopt;
    return ir::EntityId(uint32_t(found - c_.model.entities.begin()));
  }

  void between(ir::PropertyId id) {
    auto& p = c_.model.properties[id];
    const auto junction = junctionOf(p);
    if (!junction) return;
    auto [here, there] = junctionSides(c_.model[p.entity].name, c_.model[p.target].name);
    p.through = *junction;
    p.throughHere = std::move(here);
    p.throughThere = std::move(there);
    if (p.made == ir::MadeProperty::written) junctions_.push_back(id);
  }

  void through(ir::PropertyId id, const syntax::QName& name) {
    auto& p = c_.model.properties[id];
    const size_t unit = c_.propertyWork[id.index()].member.unit;
    if (!wellFormed(name)) return;
    const auto symbol = resolve(c_, unit, name);
    if (!symbol) {
      if (isLost(c_, unit, name)) return;
      suggest(c_.add(report<Code::REF001>(name.span, name.dotted())), name.dotted(), name.span,
              namesOf(c_, unit, SymbolKind::entity));
      return;
    }
    const auto junction =
        symbol->kind == SymbolKind::entity ? c_.entityIds.find(symbol->index) : c_.entityIds.end();
    if (junction == c_.entityIds.end()) {
      c_.add(report<Code::REF012>(name.span, name.dotted(), describe(symbol->kind), "an entity"));
      return;
    }
    auto here = referencesTo(junction->second, p.entity);
    auto there = referencesTo(junction->second, p.target);
    if (p.entity == p.target) {  // the two references of one entity: in the order of declaration
      if (here.size() == 2) {
        there = {here[1]};
        here = {here[0]};
      } else if (here.size() < 2) {
        there.clear();
      }
    }
    if (!side(name.span, junction->second, p.entity, here) ||
        !side(name.span, junction->second, p.target, there))
      return;
    p.through = junction->second;
    p.throughHere = here[0];
    p.throughThere = there[0];
  }

  std::vector<std::string> referencesTo(ir::EntityId from, ir::EntityId to) const {
    std::vector<std::string> out;
    for (const auto id : c_.model[from].properties)
      if (c_.model[id].kind == ir::PropertyKind::reference && c_.model[id].target == to)
        out.push_back(c_.model[id].name);
    return out;
  }

  bool side(Span span, ir::EntityId junction, ir::EntityId entity,
            const std::vector<std::string>& references) {
    const auto &between = c_.model[junction].name, &name = c_.model[entity].name;
    if (references.size() == 1) return true;
    if (references.empty())
      c_.add(report<Code::REL007>(span, between, name))
          .help("give `" + between + "` a reference: `" + snakeCase(name) + ": ref " + name + "`");
    else
      c_.add(report<Code::REL008>(span, between, name))
          .help("write the other sides of its references instead: `many " + between + " inverse " +
                references[0] + "`");
    return false;
  }

  // `A.bs: many B` and `B.as: many A` without `inverse` are most likely meant to be one.
  void twins() {
    std::map<std::pair<uint32_t, uint32_t>, std::vector<ir::PropertyId>> byEnds;
    for (const auto id : junctions_)
      if (!sides_.contains(id.index()))
        byEnds[{c_.model[id].entity.index(), c_.model[id].target.index()}].push_back(id);
    for (const auto& [ends, there] : byEnds) {
      if (ends.first >= ends.second) continue;
      const auto back = byEnds.find({ends.second, ends.first});
      if (back == byEnds.end()) continue;
      for (const auto id : there)
        for (const auto other : back->second) twin(id, other);
    }
  }

  void twin(ir::PropertyId id, ir::PropertyId other) {
    const auto &a = c_.model[id], &b = c_.model[other];
    const std::string &owner = c_.model[a.entity].name, &target = c_.model[b.entity].name;
    c_.add(report<Code::REL009>(b.span, owner + "." + a.name, target + "." + b.name))
        .label(a.span, "the other one")
        .help("for the two sides of one relationship write `" + b.name + ": many " + owner +
              " inverse " + a.name + "`");
  }

  Context& c_;
  std::unordered_map<uint32_t, ir::PropertyId> sides_;
  std::vector<ir::PropertyId> junctions_;
};

}  // namespace

void buildRelationships(Context& c) {
  Relationships(c).run();
}

}  // namespace cambium::sema
