// format/declarations.cpp: each declaration but entities, and each of their items, as an element.
#include "compiler/format/printer.h"

namespace cambium::format {

using namespace syntax;

// ---------------------------------------------------------------- package, imports, environments

Printer::Element Printer::element(const PackageDecl& d) const {
  Element e;
  e.span = d.span;
  e.doc = &d.doc;
  e.head.text("package ");
  qname(e.head, d.name);
  if (d.version) {
    e.head.text(" version ");
    e.head.text(textOf(d.version->span));
  }
  if (d.naming) {
    e.head.text(" naming ");
    e.head.text(textOf(d.naming));
  }
  return e;
}

Printer::Element Printer::element(const ImportDecl& d) const {
  Element e;
  e.span = d.span;
  Layout& l = e.head;
  l.text("import ");
  qname(l, d.package);
  if (d.as) {
    l.text(" as ");
    l.text(textOf(d.as));
  }
  if (d.items.empty()) return e;
  l.open();
  l.text(" {");
  l.indent(2);
  for (size_t i = 0; i < d.items.size(); ++i) {
    if (i > 0) l.text(",");
    l.line();
    l.text(textOf(d.items[i].name));
    if (d.items[i].as) {
      l.text(" as ");
      l.text(textOf(d.items[i].as));
    }
  }
  l.indent(-2);
  l.line();
  l.text("}");
  l.close();
  return e;
}

Printer::Element Printer::element(const EnvironmentDecl& d) const {
  Element e;
  e.span = d.span;
  e.doc = &d.doc;
  e.body = d.body;
  e.head.text("environment ");
  e.head.text(textOf(d.name));
  e.elements = elements(d.items);
  return e;
}

Printer::Element Printer::element(const EnvItem& i) const {
  Element e;
  e.span = i.span;
  Layout& l = e.head;
  const auto part = [&](const char* word, const std::optional<ExprId>& value) {
    if (!value) return;
    l.text(word);
    expr(l, *value);
  };
  switch (i.kind) {
    case EnvItem::Kind::url: part("url ", i.url); break;
    case EnvItem::Kind::promote:
      l.text("promote from ");
      l.text(textOf(i.word));
      break;
    case EnvItem::Kind::destructive:
      l.text("destructive ");
      if (i.approvals)
        part("approvals ", i.approvals);
      else
        l.text(textOf(i.word));
      break;
    case EnvItem::Kind::access:
      l.text("access ");
      l.text(textOf(i.word));
      break;
    case EnvItem::Kind::lock:
      l.text("lock");
      part(" timeout ", i.timeout);
      part(" retries ", i.retries);
      break;
    case EnvItem::Kind::backfill:
      l.text("backfill");
      part(" batch ", i.batch);
      part(" target ", i.target);
      part(" pause when ", i.pauseWhen);
      break;
  }
  return e;
}

// ---------------------------------------------------------------- enums, types, tags

Printer::Element Printer::element(const Enumerator& v) const {
  Element e;
  e.span = v.span;
  e.doc = &v.doc;
  Layout& l = e.head;
  l.text(textOf(v.name));
  title(l, v.title);
  annotations(l, v.annotations);
  return e;
}

Printer::Element Printer::element(const EnumDecl& d) const {
  Element e;
  e.span = d.span;
  e.doc = &d.doc;
  e.body = d.body;
  e.optionalCommas = true;
  e.head.text("enum ");
  e.head.text(textOf(d.name));
  annotations(e.head, d.annotations);
  e.elements = elements(d.values);
  return e;
}

Printer::Element Printer::element(const TypeDecl& d) const {
  Element e;
  e.span = d.span;
  e.doc = &d.doc;
  Layout& l = e.head;
  l.open();
  l.text("type ");
  l.text(textOf(d.name));
  l.text(" = ");
  type(l, d.type);
  l.indent(4);
  filter(l, d.where);
  annotations(l, d.annotations);
  l.indent(-4);
  l.close();
  return e;
}

Printer::Element Printer::element(const TagsDecl& d) const {
  Element e;
  e.span = d.span;
  e.doc = &d.doc;
  e.body = d.body;
  e.optionalCommas = true;
  e.head.text("tags ");
  e.head.text(textOf(d.name));
  e.head.text(" on ");
  qnames(e.head, d.on);
  if (d.single) e.head.text(" single");
  if (d.multiple) e.head.text(" multiple");
  e.elements = elements(d.values);
  return e;
}

// ---------------------------------------------------------------- views, templates, access

Printer::Element Printer::element(const ViewItem& i) const {
  Element e;
  e.span = i.span;
  expr(e.head, i.expr);
  if (i.as) {
    e.head.text(" as ");
    e.head.text(textOf(i.as));
  }
  return e;
}

Printer::Element Printer::element(const ViewDecl& d) const {
  Element e;
  e.span = d.span;
  e.doc = &d.doc;
  e.body = d.body;
  e.commas = true;
  Layout& l = e.head;
  l.open();
  l.text("view ");
  l.text(textOf(d.name));
  l.text(" of ");
  qname(l, d.of);
  l.indent(4);
  filter(l, d.where);
  annotations(l, d.annotations);
  l.indent(-4);
  l.close();
  e.elements = elements(d.items);
  return e;
}

Printer::Element Printer::element(const Assign& a) const {
  Element e;
  e.span = a.span;
  e.head.text(textOf(a.name));
  e.head.text(" = ");
  expr(e.head, a.value);
  return e;
}

Printer::Element Printer::element(const TemplateDecl& d) const {
  Element e;
  e.span = d.span;
  e.doc = &d.doc;
  e.body = d.body;
  e.commas = true;
  e.head.text("template ");
  e.head.text(textOf(d.name));
  e.head.text(" of ");
  qname(e.head, d.of);
  e.elements = elements(d.items);
  return e;
}

Printer::Element Printer::element(const RoleDecl& d) const {
  Element e;
  e.span = d.span;
  e.doc = &d.doc;
  e.head.text("role ");
  e.head.text(textOf(d.name));
  title(e.head, d.title);
  return e;
}

Printer::Element Printer::element(const GrantDecl& d) const {
  Element e;
  e.span = d.span;
  Layout& l = e.head;
  l.text("grant ");
  names(l, d.actions);
  l.text(" on ");
  qname(l, d.on);
  if (!d.except.empty()) {
    l.text(" except ");
    names(l, d.except);
  }
  l.text(" to ");
  names(l, d.to);
  return e;
}

Printer::Element Printer::element(const PolicyDecl& d) const {
  Element e;
  e.span = d.span;
  e.doc = &d.doc;
  Layout& l = e.head;
  l.open();
  l.text("policy ");
  l.text(textOf(d.name));
  l.text(" on ");
  qname(l, d.on);
  l.text(" for ");
  names(l, d.actions);
  if (!d.to.empty()) {
    l.text(" to ");
    names(l, d.to);
  }
  l.indent(4);
  l.line();
  l.text("using ");
  expr(l, d.condition);
  annotations(l, d.annotations);
  l.indent(-4);
  l.close();
  return e;
}

// ---------------------------------------------------------------- migrations

Printer::Element Printer::element(const MigrationDecl& d) const {
  Element e;
  e.span = d.span;
  e.body = d.body;
  e.head.text("migration from ");
  e.head.text(textOf(d.from.span));
  e.head.text(" to ");
  e.head.text(textOf(d.to.span));
  e.elements = elements(d.items);
  return e;
}

Printer::Element Printer::element(const MigrationItem& i) const {
  using Kind = MigrationItem::Kind;
  Element e;
  e.span = i.span;
  Layout& l = e.head;
  l.open();
  const auto blocks = [&] {
    l.indent(2);
    l.hardline();
    l.text("up ");
    assigns(l, i.upAssigns);
    if (!i.downAssigns.empty()) {
      l.hardline();
      l.text("down ");
      assigns(l, i.downAssigns);
    }
    l.indent(-2);
  };
  switch (i.kind) {
    case Kind::rename:
      l.text("rename ");
      qnames(l, i.paths);
      l.text(" -> ");
      names(l, i.targets);
      break;
    case Kind::convert:
      l.text("convert ");
      qnames(l, i.paths);
      l.indent(4);
      if (i.up) {
        l.line();
        l.text("up ");
        expr(l, *i.up);
      }
      if (i.down) {
        l.line();
        l.text("down ");
        expr(l, *i.down);
      }
      l.indent(-4);
      break;
    case Kind::split:
    case Kind::merge:
      l.text(i.kind == Kind::split ? "split " : "merge ");
      qnames(l, i.paths);
      l.text(" -> ");
      names(l, i.targets);
      blocks();
      break;
    case Kind::fill:
      l.text("fill ");
      qnames(l, i.paths);
      l.text(" = ");
      if (i.up) expr(l, *i.up);
      break;
    case Kind::approve:
      l.text("approve ");
      l.text(textOf(i.action));
      l.text(" ");
      qnames(l, i.paths);
      title(l, i.reason);
      break;
  }
  l.close();
  return e;
}

// ---------------------------------------------------------------- configuration

Printer::Element Printer::element(const SchemaDecl& d) const {
  Element e;
  e.span = d.span;
  e.doc = &d.doc;
  e.body = d.body;
  e.head.text("schema ");
  e.head.text(textOf(d.name));
  e.elements = elements(d.settings);
  return e;
}

Printer::Element Printer::element(const SettingDecl& s) const {
  Element e;
  e.span = s.span;
  e.doc = &s.doc;
  Layout& l = e.head;
  l.open();
  l.text(textOf(s.name));
  l.text(": ");
  type(l, s.type);
  if (s.json) {
    l.text(" ");
    expr(l, *s.json);
  }
  l.indent(4);
  filter(l, s.where);
  if (s.defaultValue) {
    l.line();
    l.text("= ");
    expr(l, *s.defaultValue);
  }
  if (!s.rotate.empty()) {
    l.line();
    l.text("rotate ");
    l.text(s.rotate);
  }
  annotations(l, s.annotations);
  l.indent(-4);
  l.close();
  return e;
}

Printer::Element Printer::element(const NamespaceDecl& d) const {
  Element e;
  e.span = d.span;
  e.doc = &d.doc;
  e.body = d.body;
  Layout& l = e.head;
  l.text("namespace ");
  l.text(d.path);
  for (size_t i = 0; i < d.uses.size(); ++i) {
    l.text(i == 0 ? " uses " : ", ");
    qname(l, d.uses[i].schema);
    if (!d.uses[i].as) continue;
    l.text(" as ");
    l.text(textOf(d.uses[i].as));
  }
  if (d.isolated) l.text(" isolated");
  e.elements = elements(d.items);
  return e;
}

Printer::Element Printer::element(const NamespaceItem& i) const {
  using Kind = NamespaceItem::Kind;
  Element e;
  e.span = i.span;
  Layout& l = e.head;
  switch (i.kind) {
    case Kind::display:
    case Kind::owner:
      l.text(i.kind == Kind::display ? "display " : "owner ");
      l.text(textOf(i.text.span));
      break;
    case Kind::grant:
      l.text("grant ");
      l.text(textOf(i.role));
      l.text(" to ");
      l.text(textOf(i.text.span));
      break;
    case Kind::approvals:
      l.text("approvals ");
      if (i.value) expr(l, *i.value);
      break;
    case Kind::config:
      l.text("config ");
      l.text(i.path);
      l.text(" = ");
      if (i.value) expr(l, *i.value);
      if (i.environments.empty()) break;
      l.text(" for ");
      names(l, i.environments);
      break;
  }
  return e;
}

}  // namespace cambium::format
