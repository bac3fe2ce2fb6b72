// format/entities.cpp: entities, mixins and their members as elements.
#include "compiler/format/printer.h"

namespace cambium::format {

using namespace syntax;

namespace {

std::string_view actionText(RefAction action) {
  switch (action) {
    case RefAction::restrict: return "restrict";
    case RefAction::cascade: return "cascade";
    case RefAction::setNull: return "set null";
    case RefAction::setDefault: return "set default";
    case RefAction::noAction: return "no action";
    case RefAction::none: break;
  }
  return {};
}

}  // namespace

std::vector<Printer::Element> Printer::members(const std::vector<Member>& list) const {
  std::vector<Element> out;
  out.reserve(list.size());
  for (const Member& m : list)
    out.push_back(std::visit([&](const auto& one) { return element(one); }, m));
  return out;
}

Printer::Element Printer::element(const EntityDecl& d) const {
  Element e = elementOf(d);
  Layout& l = e.head;
  l.open();
  switch (d.lifecycle) {
    case Lifecycle::active: break;
    case Lifecycle::draft: l.text("draft "); break;
    case Lifecycle::deleted: l.text("deleted "); break;
    case Lifecycle::external: l.text("external "); break;
  }
  l.text(d.mixin ? "mixin " : "entity ", textOf(d.name));
  l.indent(4);
  if (!d.is.empty()) {
    l.line();
    l.text("is ");
    qnames(l, d.is);
  }
  if (!d.contains.empty()) {
    l.line();
    l.text("contains ");
    qnames(l, d.contains);
  }
  annotations(l, d.annotations);
  l.indent(-4);
  l.close();
  e.elements = members(d.members);
  return e;
}

Printer::Element Printer::element(const GroupDecl& d) const {
  Element e = elementOf(d);
  e.head.open();
  e.head.text("group ", textOf(d.name));
  e.head.indent(4);
  title(e.head, d.title);
  e.head.indent(-4);
  e.head.close();
  e.elements = members(d.members);
  return e;
}

Printer::Element Printer::element(const PropertyDecl& p) const {
  Element e = elementOf(p);
  Layout& l = e.head;
  l.open();
  if (p.key) l.text("key ");
  l.text(textOf(p.name), ": ");
  if (p.kind == PropertyDecl::Kind::reference) l.text("ref ");
  if (p.kind == PropertyDecl::Kind::many) l.text("many ");
  type(l, p.type);
  l.indent(4);
  if (p.inverse) {
    l.line();
    l.text("inverse ", textOf(p.inverse));
  }
  if (p.through) {
    l.line();
    l.text("through ");
    qname(l, *p.through);
  }
  filter(l, p.where);
  if (p.onDelete != RefAction::none) {
    l.line();
    l.text("on delete ", actionText(p.onDelete));
  }
  if (p.onUpdate != RefAction::none) {
    l.line();
    l.text("on update ", actionText(p.onUpdate));
  }
  if (p.defaultValue) {
    l.line();
    l.text("= ");
    expr(l, *p.defaultValue);
  }
  if (p.computed) {
    l.line();
    l.text(p.stored ? "computed stored" : "computed");
  }
  annotations(l, p.annotations);
  l.indent(-4);
  l.close();
  return e;
}

Printer::Element Printer::element(const KeyDecl& d) const {
  Element e = elementOf(d);
  Layout& l = e.head;
  l.open();
  l.text("key (");
  names(l, d.properties);
  l.text(")");
  l.indent(4);
  annotations(l, d.annotations);
  l.indent(-4);
  l.close();
  return e;
}

template <class Index>
Printer::Element Printer::indexLike(const char* word, const Index& d) const {
  Element e = elementOf(d);
  Layout& l = e.head;
  l.open();
  l.text(word);
  if (d.name) {
    l.text(" ", textOf(d.name));
  }
  l.open();
  l.text(" (");
  l.indent(4);
  for (size_t i = 0; i < d.parts.size(); ++i) {
    if (i > 0) {
      l.text(",");
      l.line();
    } else {
      l.softline();
    }
    expr(l, d.parts[i].expr);
    if (d.parts[i].ascending) l.text(" asc");
    if (d.parts[i].descending) l.text(" desc");
    annotations(l, d.parts[i].annotations);
  }
  l.indent(-4);
  l.softline();
  l.text(")");
  l.close();
  l.indent(4);
  filter(l, d.where);
  annotations(l, d.annotations);
  l.indent(-4);
  l.close();
  return e;
}

Printer::Element Printer::element(const UniqueDecl& d) const {
  return indexLike("unique", d);
}
Printer::Element Printer::element(const IndexDecl& d) const {
  return indexLike("index", d);
}

Printer::Element Printer::element(const CheckDecl& d) const {
  Element e = elementOf(d);
  Layout& l = e.head;
  l.open();
  l.text("check ");
  if (d.name) {
    l.text(textOf(d.name), ": ");
  }
  expr(l, d.condition);
  l.indent(4);
  annotations(l, d.annotations);
  l.indent(-4);
  l.close();
  return e;
}

}  // namespace cambium::format
