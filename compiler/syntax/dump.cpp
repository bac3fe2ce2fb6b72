#include "compiler/syntax/dump.h"

#include <fmt/core.h>

#include "compiler/base/result.h"

namespace cambium::syntax {
namespace {

// Blanks at the end of a line, and how lines end, are no part of what JSON says.
std::string withoutTrailingBlanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n')
      while (out.ends_with(' ') || out.ends_with('\t')) out.pop_back();
    out += c;
  }
  return out;
}

// Quoted, with everything that is not plain ASCII escaped.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (uint8_t(c) < 0x20 || uint8_t(c) >= 0x7F)
      out += fmt::format("\\x{:02x}", uint8_t(c));
    else
      out += c;
  }
  return out + '"';
}

class Dumper {
public:
  explicit Dumper(const SyntaxTree& tree) : tree_(tree) {}

  std::string run() {
    if (tree_.package) node(*tree_.package);
    for (const auto& import : tree_.imports) node(import);
    for (const auto& decl : tree_.decls) std::visit([&](const auto& d) { node(d); }, decl);
    return std::move(out_);
  }

private:
  // ---- fields
  void put(const char* name, std::string_view value) {
    if (!value.empty()) out_ += fmt::format(" {}={}", name, quoted(value));
  }
  void put(const char* name, const Name& value) { put(name, value.text); }
  void put(const char* name, const Doc& doc) {
    if (doc.span) out_ += fmt::format(" {}={}", name, quoted(doc.text));
  }
  void put(const char* name, const Text& value) {
    if (value.span) out_ += fmt::format(" {}={}", name, quoted(value.value));
  }
  void put(const char* name, bool value) {
    if (value) out_ += fmt::format(" {}", name);
  }
  template <class T>
  void put(const char* name, const std::optional<T>& value) {
    if (value) put(name, *value);
  }
  void put(const char* name, const QName& value) { put(name, std::string_view(value.dotted())); }
  void put(const char* name, const ExprIds& list) {
    for (const ExprId one : list) put(name, one);
  }
  template <class T>
  void put(const char* name, const std::vector<T>& list) {
    for (const T& one : list) put(name, one);
  }
  void put(const char* name, ExprId id) {
    out_ += fmt::format(" {}=", name);
    expr(id);
  }
  void put(const char* name, const TypeRef& t) {
    out_ += fmt::format(" {}=(type", name);
    put("name", t.name);
    put("arg", t.args);
    put("elementOptional", t.elementOptional);
    put("list", t.list);
    put("optional", t.optional);
    out_ += ')';
  }
  void put(const char* name, const Annotation& a) {
    out_ += fmt::format(" {}=(", name);
    put("name", a.name);
    arguments(a.args, a.labels);
    out_ += ')';
  }
  void put(const char* name, const Assign& a) {
    out_ += fmt::format(" {}=(", name);
    put("name", a.name);
    put("value", a.value);
    out_ += ')';
  }
  void put(const char* name, const IndexPart& p) {
    out_ += fmt::format(" {}=(", name);
    put("expr", p.expr);
    put("asc", p.ascending);
    put("desc", p.descending);
    put("annotation", p.annotations);
    out_ += ')';
  }
  void put(const char* name, const ImportItem& i) {
    out_ += fmt::format(" {}={}:{}", name, quoted(i.name.text), quoted(i.as.text));
  }
  void put(const char* name, const UseItem& u) {
    out_ += fmt::format(" {}={}:{}", name, quoted(u.schema.dotted()), quoted(u.as.text));
  }
  template <class E>
  requires std::is_enum_v<E>
  void put(const char* name, E value) {
    if (value != E{}) out_ += fmt::format(" {}={}", name, int(value));
  }

  void arguments(const ExprIds& args, const std::vector<Name>& labels) {
    for (size_t i = 0; i < args.size(); ++i) {
      if (i < labels.size()) put("label", labels[i]);
      put("arg", args[i]);
    }
  }

  void expr(ExprId id) {
    const Expr& e = tree_[id];
    out_ += fmt::format("({}", int(e.kind));
    put("op", e.op);
    put("negated", e.negated);
    put("method", e.method);
    put("infix", e.infix);
    put("else", e.hasElse);
    put("parenthesized", e.parenthesized);
    if (e.kind == ExprKind::json)
      put("text", withoutTrailingBlanks(e.text));
    else
      put("text", e.text);
    if (e.kind == ExprKind::string) out_ += " value=" + quoted(e.value);
    arguments(e.args, e.labels);
    out_ += ')';
  }

  // ---- nodes
  void begin(const char* kind) { out_ += std::string(2 * depth_, ' ') + '(' + kind; }
  void end() { out_ += ")\n"; }
  template <class T>
  void children(const std::vector<T>& list) {
    out_ += '\n';
    ++depth_;
    for (const T& one : list) node(one);
    --depth_;
    out_ += std::string(2 * depth_, ' ');
  }
  void children(const std::vector<Member>& list) {
    out_ += '\n';
    ++depth_;
    for (const Member& m : list) std::visit([&](const auto& one) { node(one); }, m);
    --depth_;
    out_ += std::string(2 * depth_, ' ');
  }

  void node(const PackageDecl& d) {
    begin("package");
    put("doc", d.doc);
    put("name", d.name);
    put("version", d.version);
    put("naming", d.naming);
    end();
  }
  void node(const ImportDecl& d) {
    begin("import");
    put("package", d.package);
    put("item", d.items);
    put("as", d.as);
    end();
  }
  void node(const EnvironmentDecl& d) {
    begin("environment");
    put("doc", d.doc);
    put("name", d.name);
    children(d.items);
    end();
  }
  void node(const EnvItem& i) {
    begin("setting");
    put("kind", i.kind);
    put("url", i.url);
    put("word", i.word);
    put("approvals", i.approvals);
    put("soak", i.soak);
    put("timeout", i.timeout);
    put("retries", i.retries);
    put("batch", i.batch);
    put("target", i.target);
    put("pauseWhen", i.pauseWhen);
    end();
  }
  void node(const EntityDecl& d) {
    begin(d.mixin ? "mixin" : "entity");
    put("doc", d.doc);
    put("lifecycle", d.lifecycle);
    put("name", d.name);
    put("is", d.is);
    put("contains", d.contains);
    put("annotation", d.annotations);
    children(d.members);
    end();
  }
  void node(const PropertyDecl& p) {
    begin("property");
    put("doc", p.doc);
    put("name", p.name);
    put("kind", p.kind);
    put("key", p.key);
    put("type", p.type);
    put("inverse", p.inverse);
    if (p.through) put("through", *p.through);
    put("default", p.defaultValue);
    put("where", p.where);
    put("computed", p.computed);
    put("stored", p.stored);
    put("onDelete", p.onDelete);
    put("onUpdate", p.onUpdate);
    put("annotation", p.annotations);
    end();
  }
  void node(const KeyDecl& d) {
    begin("key");
    put("property", d.properties);
    put("annotation", d.annotations);
    end();
  }
  template <class Index>
  void indexLike(const char* kind, const Index& d) {
    begin(kind);
    put("doc", d.doc);
    put("name", d.name);
    put("part", d.parts);
    put("where", d.where);
    put("annotation", d.annotations);
    end();
  }
  void node(const UniqueDecl& d) { indexLike("unique", d); }
  void node(const IndexDecl& d) { indexLike("index", d); }
  void node(const CheckDecl& d) {
    begin("check");
    put("doc", d.doc);
    put("name", d.name);
    put("condition", d.condition);
    put("annotation", d.annotations);
    end();
  }
  void node(const GroupDecl& d) {
    begin("group");
    put("doc", d.doc);
    put("name", d.name);
    put("title", d.title);
    children(d.members);
    end();
  }
  void node(const Enumerator& v) {
    begin("value");
    put("doc", v.doc);
    put("name", v.name);
    put("title", v.title);
    put("annotation", v.annotations);
    end();
  }
  void node(const EnumDecl& d) {
    begin("enum");
    put("doc", d.doc);
    put("name", d.name);
    put("annotation", d.annotations);
    children(d.values);
    end();
  }
  void node(const TypeDecl& d) {
    begin("type");
    put("doc", d.doc);
    put("name", d.name);
    put("type", d.type);
    put("where", d.where);
    put("annotation", d.annotations);
    end();
  }
  void node(const TagsDecl& d) {
    begin("tags");
    put("doc", d.doc);
    put("name", d.name);
    put("on", d.on);
    put("single", d.single);
    put("multiple", d.multiple);
    children(d.values);
    end();
  }
  void node(const ViewItem& i) {
    begin("item");
    put("expr", i.expr);
    put("as", i.as);
    end();
  }
  void node(const ViewDecl& d) {
    begin("view");
    put("doc", d.doc);
    put("name", d.name);
    put("of", d.of);
    put("where", d.where);
    put("annotation", d.annotations);
    children(d.items);
    end();
  }
  void node(const TemplateDecl& d) {
    begin("template");
    put("doc", d.doc);
    put("name", d.name);
    put("of", d.of);
    put("item", d.items);
    end();
  }
  void node(const RoleDecl& d) {
    begin("role");
    put("doc", d.doc);
    put("name", d.name);
    put("title", d.title);
    put("annotation", d.annotations);
    end();
  }
  void node(const GrantDecl& d) {
    begin("grant");
    put("action", d.actions);
    put("on", d.on);
    put("except", d.except);
    put("to", d.to);
    put("annotation", d.annotations);
    end();
  }
  void node(const PolicyDecl& d) {
    begin("policy");
    put("doc", d.doc);
    put("name", d.name);
    put("on", d.on);
    put("action", d.actions);
    put("to", d.to);
    put("condition", d.condition);
    put("annotation", d.annotations);
    end();
  }
  void node(const MigrationDecl& d) {
    begin("migration");
    put("from", d.from);
    put("to", d.to);
    children(d.items);
    end();
  }
  void node(const MigrationItem& i) {
    begin("step");
    put("kind", i.kind);
    put("path", i.paths);
    put("target", i.targets);
    put("by", i.by);
    put("up", i.up);
    put("down", i.down);
    put("up", i.upAssigns);
    put("down", i.downAssigns);
    put("action", i.action);
    put("reason", i.reason);
    end();
  }
  void node(const SchemaDecl& d) {
    begin("schema");
    put("doc", d.doc);
    put("name", d.name);
    children(d.settings);
    end();
  }
  void node(const SettingDecl& s) {
    begin("setting");
    put("doc", s.doc);
    put("name", s.name);
    put("type", s.type);
    put("json", s.json);
    put("default", s.defaultValue);
    put("where", s.where);
    put("rotate", s.rotate);
    put("annotation", s.annotations);
    end();
  }
  void node(const NamespaceDecl& d) {
    begin("namespace");
    put("doc", d.doc);
    put("path", std::string_view(d.path));
    put("uses", d.uses);
    put("isolated", d.isolated);
    children(d.items);
    end();
  }
  void node(const NamespaceItem& i) {
    begin("item");
    put("kind", i.kind);
    put("text", i.text);
    put("role", i.role);
    put("value", i.value);
    put("path", std::string_view(i.path));
    put("environment", i.environments);
    end();
  }

  const SyntaxTree& tree_;
  std::string out_;
  size_t depth_ = 0;
};

}  // namespace

std::string dump(const SyntaxTree& tree) {
  return Dumper(tree).run();
}

}  // namespace cambium::syntax
