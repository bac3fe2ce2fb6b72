// sema/made.cpp: what constructs are made of. A many-to-many is an entity between two others, a tag
// group an entity with a row for each tag, containment a reference in the contained. They are
// declared here as somebody would write them, so that everything behind this pass treats them
// alike.
#include "compiler/sema/made.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/sema/annotations.h"

namespace cambium::sema {

std::string junctionName(std::string_view owner, std::string_view member) {
  return std::string(owner) + "." + std::string(member);
}

std::pair<std::string, std::string> junctionSides(std::string_view owner, std::string_view target) {
  std::string here = snakeCase(owner), there = snakeCase(target);
  if (here == there) there = "other_" + there;
  return {std::move(here), std::move(there)};
}

namespace {

using syntax::PropertyDecl;

syntax::QName qualifiedName(syntax::Name name) {
  syntax::QName out;
  out.span = name.span;
  out.parts.push_back(name);
  return out;
}

PropertyDecl reference(syntax::Name name, syntax::Name target, bool optional) {
  PropertyDecl p;
  p.name = name;
  p.kind = PropertyDecl::Kind::reference;
  p.type.name = qualifiedName(target);
  p.type.optional = optional;
  p.type.span = name.span;
  p.span = name.span;
  return p;
}

class Maker {
public:
  explicit Maker(Context& c) : c_(c) {}

  // `entity`: index of the declaration; `line`: its mixins, bases first.
  void manyToMany(uint32_t entity, const std::vector<uint32_t>& line) {
    for (const uint32_t m : line) members(entity, c_.mixins[m].decl->members, *c_.mixins[m].tree);
    const auto* decl = c_.entities[entity].decl;
    members(entity, decl->members, *c_.entities[entity].tree);
  }

  void tagGroups() {
    for (const auto& group : c_.tagGroups)
      if (group.unit == 0) carry(group);
  }

  void containment() {
    std::map<uint32_t, std::vector<uint32_t>> parentsOf;  // by child
    for (uint32_t i = 0; i < c_.entities.size(); ++i)
      if (c_.entities[i].unit == 0 && !c_.entities[i].decl->contains.empty())
        contains(i, parentsOf);
    for (auto& [child, parents] : parentsOf) {
      std::ranges::sort(parents, {},
                        [&](uint32_t p) -> const std::string& { return c_.entities[p].qualified; });
      placeIn(child, parents);
    }
  }

private:
  syntax::Name named(std::string text, Span span) {
    return {c_.made.names.emplace_back(std::move(text)), span};
  }
  std::string_view nameOf(uint32_t entity) const { return c_.entities[entity].decl->name.text; }

  void members(uint32_t entity, const std::vector<syntax::Member>& list, const SyntaxTree& tree) {
    for (const auto& member : list) {
      if (const auto* group = std::get_if<syntax::GroupDecl>(&member))
        members(entity, group->members, tree);
      if (const auto* p = std::get_if<PropertyDecl>(&member)) property(entity, *p, tree);
    }
  }

  void property(uint32_t entity, const PropertyDecl& p, const SyntaxTree& tree) {
    if (p.kind != PropertyDecl::Kind::many || p.inverse || p.through || !p.name) return;
    if (!wellFormed(p.type.name)) return;
    const auto target = resolve(c_, c_.entities[entity].unit, p.type.name);
    if (!target || target->kind != SymbolKind::entity) return;  // said where properties are built
    if (c_.entities[target->index].unit != 0) return;
    std::vector<syntax::Annotation> annotations;
    for (const auto& a : p.annotations)
      if (a.name.dotted() == "table") annotations.push_back(a);
    junction(entity, p.name, target->index, ir::MadeEntity::junction, tree, std::move(annotations),
             p.doc);
  }

  void junction(uint32_t owner, syntax::Name member, uint32_t target, ir::MadeEntity made,
                const SyntaxTree& tree, std::vector<syntax::Annotation> annotations,
                const syntax::Doc& doc) {
    auto [here, there] = junctionSides(nameOf(owner), nameOf(target));
    syntax::EntityDecl& d = c_.made.entities.emplace_back();
    d.name = named(junctionName(nameOf(owner), member.text), member.span);
    d.span = member.span;
    d.doc = doc;
    d.annotations = std::move(annotations);
    syntax::KeyDecl key;
    key.span = member.span;
    for (const auto& [name, side] : {std::pair(&here, owner), std::pair(&there, target)}) {
      PropertyDecl p = reference(named(*name, member.span),
                                 named(std::string(nameOf(side)), member.span), false);
      p.onDelete = p.onUpdate = syntax::RefAction::cascade;
      key.properties.push_back(p.name);
      d.members.push_back(std::move(p));
    }
    d.members.push_back(std::move(key));
    for (const auto& m : d.members)
      if (const auto* p = std::get_if<PropertyDecl>(&m))
        c_.made.properties.emplace(p, ir::MadeProperty::junction);
    d.lifecycle = lifecycleBetween(owner, target, made);
    EntityDeclared out;
    out.tree = &tree;
    out.decl = &d;
    out.qualified = d.name.text;
    out.deprecated = c_.entities[owner].deprecated;  // nobody is warned of what is made for it
    out.made = made;
    out.madeOf = nameOf(owner);
    c_.entities.push_back(std::move(out));
  }

  // The rows between two entities are there as long as both are. Those of an external entity's
  // `many` are where its own rows are; its tags are this package's.
  syntax::Lifecycle lifecycleBetween(uint32_t owner, uint32_t target, ir::MadeEntity made) const {
    using syntax::Lifecycle;
    const auto a = c_.entities[owner].decl->lifecycle, b = c_.entities[target].decl->lifecycle;
    for (const auto l : {Lifecycle::draft, Lifecycle::deleted})
      if (a == l || b == l) return l;
    const bool outside = a == Lifecycle::external && made == ir::MadeEntity::junction;
    return outside ? Lifecycle::external : Lifecycle::active;
  }

  // ---- tags
  void carry(const TagGroupDeclared& group) {
    std::set<uint32_t> seen;
    for (const auto& name : group.decl->on) {
      if (!wellFormed(name)) continue;
      const auto symbol = resolve(c_, group.unit, name);
      if (!symbol) {
        if (isLost(c_, group.unit, name)) continue;
        suggest(c_.add(report<Code::REF001>(name.span, name.dotted())), name.dotted(), name.span,
                namesOf(c_, group.unit, SymbolKind::entity));
        continue;
      }
      if (symbol->kind != SymbolKind::entity) {
        c_.add(report<Code::REF012>(name.span, name.dotted(), describe(symbol->kind), "an entity"));
        continue;
      }
      if (!seen.insert(symbol->index).second) {
        c_.add(report<Code::KEY006>(name.span, name.dotted()));
        continue;
      }
      const syntax::Name member = named(snakeCase(group.decl->name.text), name.span);
      if (group.decl->multiple) {
        junction(symbol->index, member, group.entity, ir::MadeEntity::tagJunction, *group.tree, {},
                 {});
        PropertyDecl& p = c_.made.extra.emplace_back();
        p.name = member;
        p.kind = PropertyDecl::Kind::many;
        p.type.name = qualifiedName({group.decl->name.text, name.span});
        p.type.span = p.span = name.span;
        c_.made.properties.emplace(&p, ir::MadeProperty::tags);
        c_.made.extraOf[symbol->index].emplace_back(&p, group.tree);
      } else {
        PropertyDecl& p =
            c_.made.extra.emplace_back(reference(member, {group.decl->name.text, name.span}, true));
        p.onDelete = syntax::RefAction::setNull;
        p.onUpdate = syntax::RefAction::cascade;
        c_.made.properties.emplace(&p, ir::MadeProperty::tag);
        c_.made.extraOf[symbol->index].emplace_back(&p, group.tree);
      }
    }
  }

  // ---- containment
  void contains(uint32_t parent, std::map<uint32_t, std::vector<uint32_t>>& parentsOf) {
    for (const auto& name : c_.entities[parent].decl->contains) {
      if (!wellFormed(name)) continue;
      const auto symbol = resolve(c_, 0, name);
      if (!symbol) {
        if (isLost(c_, 0, name)) continue;
        suggest(c_.add(report<Code::REF001>(name.span, name.dotted())), name.dotted(), name.span,
                namesOf(c_, 0, SymbolKind::entity));
        continue;
      }
      if (symbol->kind != SymbolKind::entity) {
        c_.add(report<Code::REF012>(name.span, name.dotted(), describe(symbol->kind), "an entity"));
        continue;
      }
      const auto refuse = [&](std::string_view why) {
        c_.add(report<Code::REL012>(name.span, nameOf(parent), nameOf(symbol->index), why));
      };
      if (c_.entities[symbol->index].made != ir::MadeEntity::written)
        refuse("it is a group of tags");
      else if (const auto why = noPlace(parent, symbol->index); !why.empty())
        refuse(why);
      else if (std::ranges::find(parentsOf[symbol->index], parent) !=
               parentsOf[symbol->index].end())
        c_.add(report<Code::KEY006>(name.span, name.dotted()));
      else
        parentsOf[symbol->index].push_back(parent);
    }
  }

  // Why rows of one cannot lie in rows of the other, "" = they can. The child has the reference,
  // so that a parent may be deleted while its children stay.
  std::string noPlace(uint32_t parent, uint32_t child) const {
    using syntax::Lifecycle;
    const auto above = c_.entities[parent].decl->lifecycle,
               below = c_.entities[child].decl->lifecycle;
    for (const auto& [l, word] :
         {std::pair(Lifecycle::draft, "a draft"), std::pair(Lifecycle::external, "external")})
      if (above == l || below == l)
        return "`" + std::string(nameOf(above == l ? parent : child)) + "` is " + word;
    if (below == Lifecycle::deleted && above != Lifecycle::deleted)
      return "`" + std::string(nameOf(child)) + "` is deleted";
    return {};
  }

  Span placeOf(uint32_t parent, uint32_t child) const {
    for (const auto& name : c_.entities[parent].decl->contains)
      if (!name.parts.empty() && name.parts.back().text == nameOf(child)) return name.span;
    return c_.entities[parent].decl->name.span;
  }

  void placeIn(uint32_t child, const std::vector<uint32_t>& parents) {
    std::vector<syntax::Name> references;
    for (const uint32_t parent : parents) {
      c_.entities[parent].contains.push_back(std::string(nameOf(child)));
      const Span at = placeOf(parent, child);
      PropertyDecl& p =
          c_.made.extra.emplace_back(reference(named("parent_" + snakeCase(nameOf(parent)), at),
                                               named(std::string(nameOf(parent)), at), true));
      references.push_back(p.name);
      c_.made.properties.emplace(&p, ir::MadeProperty::parent);
      c_.made.extraOf[child].emplace_back(&p, c_.entities[parent].tree);
    }
    if (references.size() > 1) atMostOne(child, references);
  }

  // check one_parent: (a is null or b is null) and …
  void atMostOne(uint32_t child, const std::vector<syntax::Name>& references) {
    auto& exprs = c_.made.tree.exprs;
    const Span at = references.back().span;
    const auto isNull = [&](const syntax::Name& name) {
      syntax::Expr word, test, null;
      word.kind = syntax::ExprKind::name;
      word.text = name.text;
      null.kind = syntax::ExprKind::nullLiteral;
      test.kind = syntax::ExprKind::binary;
      test.op = syntax::Op::isOp;
      word.span = test.span = null.span = test.opSpan = at;
      const auto left = exprs.add(std::move(word)), right = exprs.add(std::move(null));
      test.args = {left, right};
      return exprs.add(std::move(test));
    };
    const auto join = [&](syntax::ExprId a, syntax::Op op, syntax::ExprId b) {
      syntax::Expr e;
      e.kind = syntax::ExprKind::binary;
      e.op = op;
      e.span = e.opSpan = at;
      e.args = {a, b};
      return exprs.add(std::move(e));
    };
    std::optional<syntax::ExprId> all;
    for (size_t i = 0; i < references.size(); ++i)
      for (size_t j = i + 1; j < references.size(); ++j) {
        const auto one = join(isNull(references[i]), syntax::Op::orOp, isNull(references[j]));
        all = all ? join(*all, syntax::Op::andOp, one) : one;
      }
    syntax::CheckDecl& check = c_.made.checks.emplace_back();
    check.name = named("one_parent", at);
    check.condition = *all;
    check.span = at;
    c_.made.checkOf[child].push_back(&check);
  }

  Context& c_;
};

}  // namespace

void declareTagGroup(Context& c, size_t unit, const SyntaxTree& tree, const syntax::TagsDecl& d,
                     std::string qualified) {
  const auto count = [&](unsigned n) {
    syntax::Expr e;
    e.kind = syntax::ExprKind::number;
    e.text = c.made.names.emplace_back(std::to_string(n));
    e.span = d.name.span;
    return c.made.tree.exprs.add(std::move(e));
  };
  const auto value = [&](std::string_view name, std::string_view type, unsigned length) {
    PropertyDecl p;
    p.name = {name, d.name.span};
    p.type.name = qualifiedName({type, d.name.span});
    p.type.span = p.span = d.name.span;
    if (length) p.type.args.push_back(count(length));
    return p;
  };
  syntax::EntityDecl& e = c.made.entities.emplace_back();
  e.name = d.name;
  e.doc = d.doc;
  e.span = d.span;
  PropertyDecl key = value("name", "string", 63), title = value("title", "string", 200),
               position = value("position", "int32", 0);
  key.key = true;
  title.type.optional = true;
  for (auto* p : {&key, &title, &position}) e.members.push_back(std::move(*p));
  for (const auto& m : e.members)
    c.made.properties.emplace(std::get_if<PropertyDecl>(&m), ir::MadeProperty::tagField);
  EntityDeclared out;
  out.unit = unit;
  out.tree = &c.made.tree;
  out.decl = &e;
  out.qualified = std::move(qualified);
  out.made = ir::MadeEntity::tagGroup;
  c.tagGroups.push_back({unit, &tree, &d, uint32_t(c.entities.size())});
  c.entities.push_back(std::move(out));
  if (d.values.empty() && !tree.hasErrors && d.name)
    c.add(report<Code::TYP017>(d.name.span, d.name.text))
        .help("give it one: `tags " + std::string(d.name.text) + " on … { first }`");
}

void makeEntities(Context& c, const std::vector<std::vector<uint32_t>>& lines) {
  Maker maker(c);
  const auto written = uint32_t(c.entities.size());
  for (uint32_t i = 0; i < written && i < lines.size(); ++i)
    if (c.entities[i].unit == 0 && c.entities[i].made == ir::MadeEntity::written)
      maker.manyToMany(i, lines[i]);
  maker.tagGroups();
  maker.containment();
}

void buildTagGroups(Context& c) {
  for (const auto& group : c.tagGroups) {
    if (group.unit != 0) continue;
    ir::TagGroup out;
    out.name = group.decl->name.text;
    out.doc = group.decl->doc.text;
    out.multiple = group.decl->multiple;
    out.span = group.decl->name.span;
    for (const auto& name : group.decl->on)
      if (const auto symbol = resolve(c, group.unit, name);
          symbol && symbol->kind == SymbolKind::entity)
        out.on.push_back(std::string(c.entities[symbol->index].decl->name.text));
    std::ranges::sort(out.on);
    for (const auto& v : group.decl->values) {
      if (!v.name) continue;
      checkName(c, v.name);
      readAnnotations(c, *group.tree, v.annotations, Place::enumerator, v.span);
      const auto first = std::ranges::find(out.tags, v.name.text, &ir::EnumValue::name);
      if (first != out.tags.end()) {
        c.add(report<Code::TYP018>(v.name.span, out.name, v.name.text)).label(first->span, "here");
        continue;
      }
      out.tags.push_back(
          {std::string(v.name.text), v.title ? v.title->value : "", v.doc.text, v.name.span});
    }
    c.model.tagGroups.push_back(std::move(out));
  }
  std::ranges::sort(c.model.tagGroups, {}, &ir::TagGroup::name);
}

}  // namespace cambium::sema
