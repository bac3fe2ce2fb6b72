// sema/templates.cpp: values that new rows of an entity begin with. A tag is named by its group.
#include <algorithm>

#include "compiler/sema/expressions.h"
#include "compiler/sema/subject.h"

namespace cambium::sema {
namespace {

class Builder {
public:
  Builder(Context& c, const SyntaxTree& tree, const syntax::TemplateDecl& d)
      : c_(c), tree_(tree), d_(d) {}

  std::optional<ir::Template> run() {
    const auto subject = findSubject(c_, d_.of, false);
    if (!subject.entity) return std::nullopt;
    entity_ = *subject.entity;
    if (const auto symbol = resolve(c_, 0, d_.of)) noteDeprecated(c_, *symbol, d_.of.span);
    out_.name = d_.name.text;
    out_.doc = d_.doc.text;
    out_.of = entity_;
    out_.span = d_.name.span;
    for (const auto& item : d_.items)
      if (item.name) assign(item);
    std::ranges::sort(out_.values, {}, &ir::TemplateValue::property);
    return std::move(out_);
  }

private:
  // By its own name, or a tag by the name of its group.
  const ir::Property* find(std::string_view name) const {
    if (const auto* p = propertyNamed(c_, entity_, name)) return p;
    for (const auto id : c_.model[entity_].properties) {
      const auto& p = c_.model[id];
      const bool tag = p.made == ir::MadeProperty::tag || p.made == ir::MadeProperty::tags;
      if (tag && p.target && c_.model[p.target].name == name) return &p;
    }
    return nullptr;
  }

  bool broken(const ir::Property& p) const {
    const auto& names = c_.work[entity_.index()].byName;
    const auto found = names.find(p.name);
    return found != names.end() && c_.propertyWork[found->second.index()].broken;
  }

  // Why nobody sets it, "" = it can be set.
  std::string whyNot(const ir::Property& p) const {
    const auto& key = c_.model[entity_].key.properties;
    if (p.made == ir::MadeProperty::tags)
      return "a row may have several tags of `" + c_.model[p.target].name +
             "`: they are rows of a table of their own";
    if (p.kind == ir::PropertyKind::many)
      return "it is the other side of a relationship: the other rows say it";
    if (p.computed) return "it is computed";
    if (p.autoincrement) return "the database counts it";
    if (key.size() == 1 && &c_.model[key[0]] == &p)
      return "it is the key: each row has another one";
    if (hasSeveralColumns(c_.model, p))
      return "it refers to `" + c_.model[p.target].name + "`, whose key has several properties";
    return {};
  }

  void assign(const syntax::Assign& item) {
    const ir::Property* p = find(item.name.text);
    if (!p) return unknown(item.name);
    if (const auto [it, fresh] = given_.emplace(p->name, item.name.span); !fresh) {
      c_.add(report<Code::KEY006>(item.name.span, item.name.text)).label(it->second, "here");
      return;
    }
    if (broken(*p)) return;
    if (const std::string why = whyNot(*p); !why.empty()) {
      c_.add(report<Code::VIE004>(item.name.span, item.name.text)).note(why).help("leave it out");
      return;
    }
    if (p->deprecated)
      c_.add(report<Code::NAM013>(item.name.span, "property",
                                  c_.model[entity_].name + "." + p->name))
          .help(deprecationHelp(p->deprecation));
    auto value = p->made == ir::MadeProperty::tag ? tag(*p, item.value) : plainValue(*p, item);
    if (value.type.scalar != ir::Scalar::error) out_.values.push_back({p->name, std::move(value)});
  }

  void unknown(const syntax::Name& name) {
    std::vector<std::string_view> names;
    for (const auto id : c_.model[entity_].properties) {
      const auto& p = c_.model[id];
      names.push_back(p.made == ir::MadeProperty::tag ? c_.model[p.target].name : p.name);
    }
    suggest(c_.add(report<Code::REF006>(name.span, c_.model[entity_].name, name.text)), name.text,
            name.span, names);
  }

  ir::Expr plainValue(const ir::Property& p, const syntax::Assign& item) {
    const Scope scope{c_, tree_, 0, Use::template_, &c_.model, entity_, c_.model[entity_].name};
    return checkValue(scope, item.value, typeInExpressions(c_.model, p),
                      "the value of `" + p.name + "`");
  }

  // `high`, `Priority.high` or `null`: a tag is known by its name, which is the key of its row.
  ir::Expr tag(const ir::Property& p, syntax::ExprId id) {
    const auto& e = tree_[id];
    const std::string& group = c_.model[p.target].name;
    std::string_view word;
    Span span = e.span;
    if (e.kind == syntax::ExprKind::error) return {};
    if (e.kind == syntax::ExprKind::name) {
      word = e.text;
    } else if (e.kind == syntax::ExprKind::member && !e.args.empty() &&
               tree_[e.args[0]].kind == syntax::ExprKind::name && tree_[e.args[0]].text == group) {
      word = e.text;
      span = e.opSpan;
    } else if (e.kind != syntax::ExprKind::nullLiteral) {
      c_.add(report<Code::EXP013>(e.span, "anything but a tag"))
          .help("write one of the tags of `" + group + "`: " + listOfTags(group));
      return {};
    }
    ir::Expr out;
    out.kind = ir::ExprKind::literal;
    out.span = e.span;
    if (e.kind == syntax::ExprKind::nullLiteral) {
      out.type.scalar = ir::Scalar::null;
      out.type.optional = true;
      return out;
    }
    if (word.empty()) return {};
    const auto tags = tagsOf(group);
    if (std::ranges::find(tags, word) == tags.end()) {
      suggest(c_.add(report<Code::REF016>(span, group, word)), word, span, tags);
      return {};
    }
    out.type = typeInExpressions(c_.model, p);
    out.type.optional = false;
    out.text = word;
    return out;
  }

  std::vector<std::string_view> tagsOf(std::string_view group) const {
    std::vector<std::string_view> out;
    if (const auto* found = c_.model.findTagGroup(group))
      for (const auto& tag : found->tags) out.push_back(tag.name);
    return out;
  }
  std::string listOfTags(std::string_view group) const {
    std::string out;
    for (const auto tag : tagsOf(group))
      out += (out.empty() ? "`" : ", `") + std::string(tag) + "`";
    return out;
  }

  Context& c_;
  const SyntaxTree& tree_;
  const syntax::TemplateDecl& d_;
  ir::EntityId entity_;
  ir::Template out_;
  std::map<std::string, Span, std::less<>> given_;
};

}  // namespace

void buildTemplates(Context& c) {
  std::map<std::string, Span, std::less<>> seen;
  for (const auto* tree : c.units[0]->trees)
    for (const auto& decl : tree->decls) {
      const auto* d = std::get_if<syntax::TemplateDecl>(&decl);
      if (!d) continue;
      const bool fresh = declareOnce(c, seen, d->name.text, d->name);
      auto made = Builder(c, *tree, *d).run();
      if (made && fresh) c.model.templates.push_back(std::move(*made));
    }
  std::ranges::sort(c.model.templates, {}, &ir::Template::name);
}

}  // namespace cambium::sema
