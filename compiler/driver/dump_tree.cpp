// The tree of a file as an indented outline. Every node is named; expressions are in prefix form.
#include <fmt/core.h>

#include "compiler/base/result.h"
#include "compiler/driver/dump.h"

namespace cambium::driver {

namespace {

using namespace syntax;

class TreePrinter {
public:
  explicit TreePrinter(const SyntaxTree& tree) : tree_(tree) {}

  std::string run() {
    if (tree_.package) {
      line(fmt::format("package {}{}{}", tree_.package->name.dotted(),
                       quoted(tree_.package->version), word("naming", tree_.package->naming)));
    }
    for (const ImportDecl& import : tree_.imports) {
      std::string text = "import " + import.package.dotted();
      for (const ImportItem& item : import.items)
        text += " " + std::string(item.name.text) + word("as", item.as);
      line(text + word("as", import.as));
    }
    for (const Decl& decl : tree_.decls)
      std::visit([this](const auto& d) { declaration(d); }, decl);
    return std::move(out_);
  }

private:
  void line(const std::string& text) { out_ += std::string(depth_ * 2, ' ') + text + "\n"; }
  template <class Body>
  void inside(Body body) {
    ++depth_;
    body();
    --depth_;
  }
  static std::string word(std::string_view before, const Name& name) {
    return name ? fmt::format(" {} {}", before, name.text) : "";
  }
  static std::string quote(std::string_view value) {
    std::string out = "\"";
    for (const char ch : value) {
      if (ch == '"' || ch == '\\') out += '\\';
      if (ch == '\n')
        out += "\\n";
      else
        out += ch;
    }
    return out + "\"";
  }
  static std::string quoted(const std::optional<Text>& text) {
    return text ? " " + quote(text->value) : "";
  }
  static std::string names(const std::vector<Name>& all) {
    std::string out;
    for (const Name& name : all) out += " " + std::string(name.text);
    return out;
  }
  static std::string names(const std::vector<QName>& all) {
    std::string out;
    for (const QName& name : all) out += " " + name.dotted();
    return out;
  }

  std::string expr(ExprId id) const {
    const Expr& e = tree_[id];
    static constexpr std::string_view kOps[] = {
        "",   "or", "and",  "not", "==", "!=", "<", "<=", ">",
        ">=", "is", "like", "+",   "-",  "*",  "/", "%",  "-"};
    std::string head;
    switch (e.kind) {
      case ExprKind::error: return "<error>";
      case ExprKind::name:
      case ExprKind::number:
      case ExprKind::duration: return std::string(e.text);
      case ExprKind::string: return quote(e.value);
      case ExprKind::trueLiteral: return "true";
      case ExprKind::falseLiteral: return "false";
      case ExprKind::nullLiteral: return "null";
      case ExprKind::json: return std::string(e.text);
      case ExprKind::member: head = "." + std::string(e.text); break;
      case ExprKind::call: head = std::string(e.text) + (e.method ? " method" : ""); break;
      case ExprKind::unary:
      case ExprKind::binary: head = kOps[static_cast<size_t>(e.op)]; break;
      case ExprKind::inList: head = "in"; break;
      case ExprKind::between: head = "between"; break;
      case ExprKind::caseWhen: head = e.hasElse ? "case-else" : "case"; break;
      case ExprKind::list: head = "list"; break;
      case ExprKind::tuple: head = "tuple"; break;
    }
    std::string out = "(" + std::string(e.negated ? "not-" : "") + head;
    for (size_t i = 0; i < e.args.size(); ++i) {
      out += " ";
      if (i < e.labels.size() && e.labels[i]) out += std::string(e.labels[i].text) + ": ";
      out += expr(e.args[i]);
    }
    return out + ")";
  }
  std::string expr(std::string_view before, const std::optional<ExprId>& id) const {
    return id ? fmt::format(" {} {}", before, expr(*id)) : "";
  }
  std::string type(const TypeRef& t) const {
    std::string out = t.name.dotted();
    for (const ExprId arg : t.args) out += " " + expr(arg);
    if (t.elementOptional) out += "?";
    if (t.list) out += "[]";
    if (t.optional) out += "?";
    return out;
  }
  std::string annotations(const std::vector<Annotation>& all) const {
    std::string out;
    for (const Annotation& a : all) {
      out += " @" + a.name.dotted();
      for (const ExprId arg : a.args) out += " " + expr(arg);
    }
    return out;
  }
  std::string parts(const std::vector<IndexPart>& all) const {
    std::string out;
    for (const IndexPart& part : all)
      out +=
          " " + expr(part.expr) + (part.descending ? " desc" : "") + annotations(part.annotations);
    return out;
  }
  void assigns(std::string_view title, const std::vector<Assign>& all) {
    for (const Assign& a : all) line(fmt::format("{} {} = {}", title, a.name.text, expr(a.value)));
  }

  // ---- members
  void member(const PropertyDecl& p) {
    static constexpr std::string_view kKinds[] = {"property", "reference", "many"};
    line(fmt::format("{}{} {}: {}{}{}{}{}{}{}{}", p.key ? "key " : "", kKinds[size_t(p.kind)],
                     p.name.text, type(p.type), word("inverse", p.inverse),
                     p.through ? " through " + p.through->dotted() : "", expr("=", p.defaultValue),
                     p.computed ? " computed" : "", p.stored ? " stored" : "",
                     expr("where", p.where), annotations(p.annotations)));
  }
  void member(const KeyDecl& k) { line("key" + names(k.properties) + annotations(k.annotations)); }
  void member(const UniqueDecl& u) {
    line(fmt::format("unique {}:{}{}{}", u.name.text, parts(u.parts), expr("where", u.where),
                     annotations(u.annotations)));
  }
  void member(const IndexDecl& i) {
    line(fmt::format("index {}:{}{}{}", i.name.text, parts(i.parts), expr("where", i.where),
                     annotations(i.annotations)));
  }
  void member(const CheckDecl& c) {
    line(fmt::format("check {}: {}{}", c.name.text, expr(c.condition), annotations(c.annotations)));
  }
  void member(const GroupDecl& g) {
    line(fmt::format("group {}{}", g.name.text, quoted(g.title)));
    members(g.members);
  }
  void members(const std::vector<Member>& all) {
    inside([&] {
      for (const Member& m : all) std::visit([this](const auto& x) { member(x); }, m);
    });
  }

  // ---- declarations
  void declaration(const EntityDecl& d) {
    static constexpr std::string_view kLifecycles[] = {"", "draft ", "deleted ", "external "};
    line(fmt::format(
        "{}{} {}{}{}{}", kLifecycles[size_t(d.lifecycle)], d.mixin ? "mixin" : "entity",
        d.name.text, d.is.empty() ? "" : " is" + names(d.is),
        d.contains.empty() ? "" : " contains" + names(d.contains), annotations(d.annotations)));
    members(d.members);
  }
  void enumerators(const std::vector<Enumerator>& all) {
    inside([&] {
      for (const Enumerator& e : all)
        line(fmt::format("{}{}{}", e.name.text, quoted(e.title), annotations(e.annotations)));
    });
  }
  void declaration(const EnumDecl& d) {
    line(fmt::format("enum {}{}", d.name.text, annotations(d.annotations)));
    enumerators(d.values);
  }
  void declaration(const TypeDecl& d) {
    line(fmt::format("type {} = {}{}{}", d.name.text, type(d.type), expr("where", d.where),
                     annotations(d.annotations)));
  }
  void declaration(const TagsDecl& d) {
    line(fmt::format("tags {} on{}{}{}", d.name.text, names(d.on), d.single ? " single" : "",
                     d.multiple ? " multiple" : ""));
    enumerators(d.values);
  }
  void declaration(const ViewDecl& d) {
    line(fmt::format("view {} of {}{}", d.name.text, d.of.dotted(), expr("where", d.where)));
    inside([&] {
      for (const ViewItem& item : d.items) line(expr(item.expr) + word("as", item.as));
    });
  }
  void declaration(const TemplateDecl& d) {
    line(fmt::format("template {} of {}", d.name.text, d.of.dotted()));
    inside([&] { assigns("set", d.items); });
  }
  void declaration(const RoleDecl& d) {
    line(fmt::format("role {}{}{}", d.name.text, quoted(d.title), annotations(d.annotations)));
  }
  void declaration(const GrantDecl& d) {
    line(fmt::format("grant{} on {} except{} to{}{}", names(d.actions), d.on.dotted(),
                     names(d.except), names(d.to), annotations(d.annotations)));
  }
  void declaration(const PolicyDecl& d) {
    line(fmt::format("policy {} on {} for{} to{} using {}", d.name.text, d.on.dotted(),
                     names(d.actions), names(d.to), expr(d.condition)));
  }
  void declaration(const EnvironmentDecl& d) {
    line(fmt::format("environment {}", d.name.text));
    inside([&] {
      static constexpr std::string_view kKinds[] = {"url",  "promote",  "destructive",  "access",
                                                    "lock", "backfill", "auto_approve", "soak"};
      for (const EnvItem& item : d.items)
        line(fmt::format("{}{} {}{}{}{}{}{}{}{}", kKinds[size_t(item.kind)], expr("", item.url),
                         item.word.text, expr("approvals", item.approvals), expr("", item.soak),
                         expr("timeout", item.timeout), expr("retries", item.retries),
                         expr("batch", item.batch), expr("target", item.target),
                         expr("pause when", item.pauseWhen)));
    });
  }
  void declaration(const MigrationDecl& d) {
    line(fmt::format("migration {} → {}", d.from.value, d.to.value));
    inside([&] {
      static constexpr std::string_view kKinds[] = {"rename", "convert", "split",
                                                    "merge",  "fill",    "approve"};
      for (const MigrationItem& item : d.items) {
        line(fmt::format("{} {}{} →{}{}{}{}", kKinds[size_t(item.kind)], item.action.text,
                         names(item.paths), names(item.targets), expr("up", item.up),
                         expr("down", item.down), quoted(item.reason)));
        inside([&] {
          assigns("up", item.upAssigns);
          assigns("down", item.downAssigns);
        });
      }
    });
  }
  void declaration(const SchemaDecl& d) {
    line(fmt::format("schema {}", d.name.text));
    inside([&] {
      for (const SettingDecl& s : d.settings)
        line(fmt::format("setting {}: {}{}{}{}{}", s.name.text, type(s.type), expr("json", s.json),
                         expr("=", s.defaultValue), expr("where", s.where),
                         annotations(s.annotations)));
    });
  }
  void declaration(const NamespaceDecl& d) {
    line(fmt::format("namespace {}{}", d.path, d.isolated ? " isolated" : ""));
    inside([&] {
      static constexpr std::string_view kKinds[] = {"display", "owner", "grant", "approvals",
                                                    "config"};
      for (const NamespaceItem& item : d.items)
        line(fmt::format("{} {}{}{}{}", kKinds[size_t(item.kind)], item.path, item.text.value,
                         expr("=", item.value), names(item.environments)));
    });
  }

  const SyntaxTree& tree_;
  std::string out_;
  size_t depth_ = 0;
};

}  // namespace

std::string dumpTrees(const std::vector<SyntaxTree>& trees, const SourceMap& sources) {
  std::string out;
  for (const SyntaxTree& tree : trees)
    out += fmt::format("-- {} --\n{}", sources[tree.file].name(), TreePrinter(tree).run());
  return out;
}

}  // namespace cambium::driver
