// sema/properties.cpp: what each property is: a value of a type, a reference, or the other side of
// one. Expressions come later (values.cpp).
#include "compiler/sema/annotations.h"
#include "compiler/sema/context.h"

namespace cambium::sema {
namespace {

using syntax::PropertyDecl;

ir::RefAction action(syntax::RefAction a, ir::RefAction unsaid) {
  switch (a) {
    case syntax::RefAction::none: return unsaid;
    case syntax::RefAction::restrict: return ir::RefAction::restrict;
    case syntax::RefAction::cascade: return ir::RefAction::cascade;
    case syntax::RefAction::setNull: return ir::RefAction::setNull;
    case syntax::RefAction::setDefault: return ir::RefAction::setDefault;
    case syntax::RefAction::noAction: return ir::RefAction::noAction;
  }
  return unsaid;
}

class Builder {
public:
  Builder(Context& c, ir::PropertyId id)
      : c_(c),
        p_(c.model.properties[id]),
        work_(c.propertyWork[id.index()]),
        d_(*work_.member.decl),
        tree_(*work_.member.tree) {}

  void run() {
    switch (d_.kind) {
      case PropertyDecl::Kind::value: value(); break;
      case PropertyDecl::Kind::reference: reference(); break;
      case PropertyDecl::Kind::many: many(); break;
    }
  }

private:
  void value() {
    p_.type = resolveType(c_, work_.member.unit, tree_, d_.type);
    work_.broken = p_.type.scalar == ir::Scalar::error;
    annotations(Place::property);
    if (d_.onDelete != syntax::RefAction::none || d_.onUpdate != syntax::RefAction::none)
      misfit("a property with a value", "`on delete` or `on update`");
  }

  void reference() {
    p_.kind = ir::PropertyKind::reference;
    p_.type.optional = d_.type.optional;
    if (d_.type.list) {
      c_.add(report<Code::TYP010>(d_.type.span, "a reference"))
          .help(
              "the other direction is a `many`, written in the other entity's terms: `many E "
              "inverse p`");
      work_.broken = true;
    }
    target();
    annotations(Place::reference);
    p_.onDelete = action(d_.onDelete, ir::RefAction::restrict);
    p_.onUpdate = action(d_.onUpdate, ir::RefAction::noAction);
    if (d_.computed) misfit("a reference", "`computed`");
    if (d_.where) misfit("a reference", "`where`");
    setNull(d_.onDelete, "delete", d_.onDeleteSpan);
    setNull(d_.onUpdate, "update", d_.onUpdateSpan);
    setDefault(d_.onDelete, d_.onDeleteSpan);
    setDefault(d_.onUpdate, d_.onUpdateSpan);
  }

  void setNull(syntax::RefAction a, std::string_view event, Span at) {
    if (a != syntax::RefAction::setNull || p_.type.optional) return;
    const Span end{d_.type.span.file, d_.type.span.end, d_.type.span.end};
    c_.add(report<Code::REL003>(at ? at : d_.name.span, p_.name))
        .under("`on " + std::string(event) + " set null`")
        .help("make the reference optional, or use `restrict` or `cascade`")
        .fix({"make it optional", FixSafety::review, {{end, "?"}}});
  }

  void setDefault(syntax::RefAction a, Span at) {
    if (a == syntax::RefAction::setDefault && !d_.defaultValue)
      c_.add(report<Code::REL006>(at ? at : d_.name.span, p_.name))
          .help("give the reference a default");
  }

  void many() {
    p_.kind = ir::PropertyKind::many;
    target();
    annotations(Place::many);
    p_.inverse = d_.inverse.text;
    if (d_.type.optional || d_.type.list) misfit("a `many`", "`?` or `[]`");
    if (d_.key) misfit("a `many`", "`key`");
    if (d_.defaultValue || d_.computed || d_.where) misfit("a `many`", "a value");
    if (d_.onDelete != syntax::RefAction::none || d_.onUpdate != syntax::RefAction::none)
      misfit("a `many`", "`on delete` or `on update`: the reference on the other side says that");
  }

  void target() {
    const auto& name = d_.type.name;
    work_.broken = true;
    if (!wellFormed(name)) return;
    const auto symbol = resolve(c_, work_.member.unit, name);
    if (!symbol && isLost(c_, work_.member.unit, name)) return;
    if (!symbol) {
      auto& d = c_.add(report<Code::REF001>(name.span, name.dotted()));
      // `ref Customer.id`
      if (name.parts.size() == 2) {
        const syntax::QName owner{{name.parts[0]}, name.parts[0].span};
        if (const auto entity = resolve(c_, work_.member.unit, owner);
            entity && entity->kind == SymbolKind::entity) {
          const std::string mended(name.parts[0].text);
          d.help("a reference names the entity; it always leads to its key")
              .fix({"write `" + mended + "`", FixSafety::review, {{name.span, mended}}});
          return;
        }
      }
      suggest(d, name.dotted(), name.span, namesOf(c_, work_.member.unit, SymbolKind::entity));
      return;
    }
    if (symbol->kind != SymbolKind::entity) {
      c_.add(report<Code::REF012>(name.span, name.dotted(), describe(symbol->kind), "an entity"));
      return;
    }
    const auto id = c_.entityIds.find(symbol->index);
    if (id == c_.entityIds.end()) {  // an entity of an imported package, named by its own mixin
      c_.add(report<Code::NAM014>(name.span, "entities of other packages"));
      return;
    }
    const auto& from = *c_.work[p_.entity.index()].declared;
    if (!from.deprecated) noteDeprecated(c_, *symbol, name.span);
    p_.target = id->second;
    work_.broken = false;
  }

  void annotations(Place place) {
    auto said = readAnnotations(c_, tree_, d_.annotations, place, d_.span);
    p_.unique = said.unique;
    p_.indexed = !said.noindex;
    p_.draft = said.draft;
    p_.deferral = said.deferral;
    p_.foreignKey = std::move(said.name);
    p_.column = std::move(said.column);
    p_.native = std::move(said.native);
    p_.sensitive = std::move(said.sensitive);
    p_.deprecated = said.deprecated;
    p_.exposed = said.exposed;
    p_.deprecation = std::move(said.deprecation);
    p_.removeAfter = std::move(said.removeAfter);
    p_.label = std::move(said.label);
  }

  void misfit(std::string_view what, std::string_view has) {
    c_.add(report<Code::TYP016>(d_.name.span, what, has));
  }

  Context& c_;
  ir::Property& p_;
  PropertyWork& work_;
  const PropertyDecl& d_;
  const SyntaxTree& tree_;
};

}  // namespace

void buildProperties(Context& c) {
  for (uint32_t i = 0; i < c.model.properties.size(); ++i) Builder(c, ir::PropertyId(i)).run();
}

}  // namespace cambium::sema
