// format/declarations.cpp: each declaration but entities, and each of their items, as an element.
#include "compiler/format/printer.h"

namespace cambium::format {

using namespace syntax;

// ---------------------------------------------------------------- package, imports, environments

Printer::Element Printer::element(const PackageDecl& d) const {
  Element e = elementOf(d);
  e.head.text("package ");
  qname(e.head, d.name);
  if (d.version) {
    e.head.text(" version ", textOf(d.version->span));
  }
  if (d.naming) {
    e.head.text(" naming ", textOf(d.naming));
  }
  return e;
}

Printer::Element Printer::element(const ImportDecl& d) const {
  Element e = elementOf(d);
  Layout& l = e.head;
  l.text("import ");
  qname(l, d.package);
  if (d.as) {
    l.text(" as ", textOf(d.as));
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
      l.text(" as ", textOf(d.items[i].as));
    }
  }
  l.indent(-2);
  l.line();
  l.text("}");
  l.close();
  return e;
}

Printer::Element Printer::element(const EnvironmentDecl& d) const {
  Element e = elementOf(d);
  e.head.text("environment ", textOf(d.name));
  e.elements = elements(d.items);
  return e;
}

Printer::Element Printer::element(const EnvItem& i) const {
  Element e = elementOf(i);
  Layout& l = e.head;
  const auto part = [&](const char* word, const std::optional<ExprId>& value) {
    if (!value) return;
    l.text(word);
    expr(l, *value);
  };
  const auto setting = [&](const char* word, const std::optional<ExprId>& value) {
    if (value) l.line();
    part(word, value);
  };
  l.open();
  l.indent(4);
  switch (i.kind) {
    case EnvItem::Kind::url: part("url ", i.url); break;
    case EnvItem::Kind::promote: l.text("promote from ", textOf(i.word)); break;
    case EnvItem::Kind::destructive:
      l.text("destructive ");
      if (i.approvals)
        part("approvals ", i.approvals);
      else
        l.text(textOf(i.word));
      break;
    case EnvItem::Kind::access: l.text("access ", textOf(i.word)); break;
    case EnvItem::Kind::soak: part("soak ", i.soak); break;
    case EnvItem::Kind::autoApprove: l.text("auto_approve ", textOf(i.word)); break;
    case EnvItem::Kind::lock:
      l.text("lock");
      setting("timeout ", i.timeout);
      setting("retries ", i.retries);
      break;
    case EnvItem::Kind::backfill:
      l.text("backfill");
      setting("batch ", i.batch);
      setting("target ", i.target);
      setting("pause when ", i.pauseWhen);
      break;
  }
  l.indent(-4);
  l.close();
  return e;
}

// ---------------------------------------------------------------- enums, types, tags

Printer::Element Printer::element(const Enumerator& v) const {
  Element e = elementOf(v);
  Layout& l = e.head;
  l.open();
  l.text(textOf(v.name));
  l.indent(4);
  title(l, v.title);
  annotations(l, v.annotations);
  l.indent(-4);
  l.close();
  return e;
}

Printer::Element Printer::element(const EnumDecl& d) const {
  Element e = elementOf(d);
  e.optionalCommas = true;
  e.head.open();
  e.head.text("enum ", textOf(d.name));
  e.head.indent(4);
  annotations(e.head, d.annotations);
  e.head.indent(-4);
  e.head.close();
  e.elements = elements(d.values);
  return e;
}

Printer::Element Printer::element(const TypeDecl& d) const {
  Element e = elementOf(d);
  Layout& l = e.head;
  l.open();
  l.text("type ", textOf(d.name), " = ");
  type(l, d.type);
  l.indent(4);
  filter(l, d.where);
  annotations(l, d.annotations);
  l.indent(-4);
  l.close();
  return e;
}

Printer::Element Printer::element(const TagsDecl& d) const {
  Element e = elementOf(d);
  e.optionalCommas = true;
  e.head.text("tags ", textOf(d.name), " on ");
  qnames(e.head, d.on);
  if (d.single) e.head.text(" single");
  if (d.multiple) e.head.text(" multiple");
  e.elements = elements(d.values);
  return e;
}

// ---------------------------------------------------------------- views, templates, access

Printer::Element Printer::element(const ViewItem& i) const {
  Element e = elementOf(i);
  expr(e.head, i.expr);
  if (i.as) {
    e.head.text(" as ", textOf(i.as));
  }
  return e;
}

Printer::Element Printer::element(const ViewDecl& d) const {
  Element e = elementOf(d);
  e.commas = true;
  Layout& l = e.head;
  l.open();
  l.text("view ", textOf(d.name), " of ");
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
  Element e = elementOf(a);
  e.head.text(textOf(a.name), " = ");
  expr(e.head, a.value);
  return e;
}

Printer::Element Printer::element(const TemplateDecl& d) const {
  Element e = elementOf(d);
  e.commas = true;
  e.head.text("template ", textOf(d.name), " of ");
  qname(e.head, d.of);
  e.elements = elements(d.items);
  return e;
}

Printer::Element Printer::element(const RoleDecl& d) const {
  Element e = elementOf(d);
  Layout& l = e.head;
  l.open();
  l.text("role ", textOf(d.name));
  l.indent(4);
  title(l, d.title);
  annotations(l, d.annotations);
  l.indent(-4);
  l.close();
  return e;
}

Printer::Element Printer::element(const GrantDecl& d) const {
  Element e = elementOf(d);
  Layout& l = e.head;
  l.open();
  l.text("grant ");
  names(l, d.actions);
  l.text(" on ");
  qname(l, d.on);
  l.indent(4);
  if (!d.except.empty()) {
    l.line();
    l.text("except ");
    names(l, d.except);
  }
  l.line();
  l.text("to ");
  names(l, d.to);
  annotations(l, d.annotations);
  l.indent(-4);
  l.close();
  return e;
}

Printer::Element Printer::element(const PolicyDecl& d) const {
  Element e = elementOf(d);
  Layout& l = e.head;
  l.open();
  l.text("policy ", textOf(d.name), " on ");
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
  Element e = elementOf(d);
  e.head.text("migration from ", textOf(d.from.span), " to ", textOf(d.to.span));
  e.elements = elements(d.items);
  return e;
}

Printer::Element Printer::element(const MigrationItem& i) const {
  using Kind = MigrationItem::Kind;
  Element e = elementOf(i);
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
      if (i.by) l.text(" by ", textOf(i.by));
      blocks();
      break;
    case Kind::fill:
      l.text("fill ");
      qnames(l, i.paths);
      l.text(" = ");
      if (i.up) expr(l, *i.up);
      break;
    case Kind::approve:
      l.text("approve ", textOf(i.action), " ");
      qnames(l, i.paths);
      l.indent(4);
      title(l, i.reason);
      l.indent(-4);
      break;
  }
  l.close();
  return e;
}

// ---------------------------------------------------------------- configuration

Printer::Element Printer::element(const SchemaDecl& d) const {
  Element e = elementOf(d);
  e.head.text("schema ", textOf(d.name));
  e.elements = elements(d.settings);
  return e;
}

Printer::Element Printer::element(const SettingDecl& s) const {
  Element e = elementOf(s);
  Layout& l = e.head;
  l.open();
  l.text(textOf(s.name), ": ");
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
    l.text("rotate ", s.rotate);
  }
  annotations(l, s.annotations);
  l.indent(-4);
  l.close();
  return e;
}

Printer::Element Printer::element(const NamespaceDecl& d) const {
  Element e = elementOf(d);
  Layout& l = e.head;
  l.open();
  l.text("namespace ", d.path);
  l.indent(4);
  for (size_t i = 0; i < d.uses.size(); ++i) {
    if (i > 0) l.text(",");
    l.line();
    if (i == 0) l.text("uses ");
    qname(l, d.uses[i].schema);
    if (!d.uses[i].as) continue;
    l.text(" as ", textOf(d.uses[i].as));
  }
  if (d.isolated) {
    l.line();
    l.text("isolated");
  }
  l.indent(-4);
  l.close();
  e.elements = elements(d.items);
  return e;
}

Printer::Element Printer::element(const NamespaceItem& i) const {
  using Kind = NamespaceItem::Kind;
  Element e = elementOf(i);
  Layout& l = e.head;
  switch (i.kind) {
    case Kind::display:
    case Kind::owner:
      l.text(i.kind == Kind::display ? "display " : "owner ", textOf(i.text.span));
      break;
    case Kind::grant: l.text("grant ", textOf(i.role), " to ", textOf(i.text.span)); break;
    case Kind::approvals:
      l.text("approvals ");
      if (i.value) expr(l, *i.value);
      break;
    case Kind::config:
      l.open();
      l.text("config ", i.path, " = ");
      if (i.value) expr(l, *i.value);
      l.indent(4);
      if (!i.environments.empty()) {
        l.line();
        l.text("for ");
        names(l, i.environments);
      }
      l.indent(-4);
      l.close();
      break;
  }
  return e;
}

}  // namespace cambium::format
