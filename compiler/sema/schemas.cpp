// sema/schemas.cpp: schemas of configuration: their settings, the types, limits and defaults of
// those.
#include <algorithm>

#include "compiler/json/schema.h"
#include "compiler/sema/annotations.h"
#include "compiler/sema/expressions.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/setting_values.h"

namespace cambium::sema {
namespace {

class Builder {
public:
  Builder(Context& c, const SchemaDeclared& d) : c_(c), d_(d), tree_(*d.tree) {}

  ir::Schema run() {
    ir::Schema out;
    out.name = d_.qualified;
    out.doc = d_.decl->doc.text;
    out.span = d_.decl->name.span;
    std::unordered_map<std::string_view, Span> seen;
    for (const auto& s : d_.decl->settings) {
      if (!s.name) continue;
      const auto [it, fresh] = seen.emplace(s.name.text, s.name.span);
      if (fresh)
        out.settings.push_back(setting(s));
      else
        c_.add(report<Code::CFG009>(s.name.span, s.name.text, out.name))
            .label(it->second, "the first is here");
    }
    return out;
  }

private:
  ir::Setting setting(const syntax::SettingDecl& d) {
    checkName(c_, d.name, true);
    ir::Setting s;
    s.name = d.name.text;
    s.doc = d.doc.text;
    s.span = d.name.span;
    readAnnotationsOf(d, s);
    type(d, s);
    if (d.json) jsonSchema(d, s);
    if (d.rotateSpan) rotate(d, s);
    if (d.where) where(d, s);
    if (d.defaultValue) defaultValue(d, s);
    return s;
  }

  void readAnnotationsOf(const syntax::SettingDecl& d, ir::Setting& s) {
    const auto said = readAnnotations(c_, tree_, d.annotations, Place::setting, d.span);
    s.immutable = said.immutable;
    s.sensitive = said.sensitive;
    if (said.deprecated) s.deprecated = said.deprecation.empty() ? "*" : said.deprecation;
    for (const auto& [name, span] : said.environments) {
      const auto& all = c_.model.environments;
      const auto known = std::ranges::find(all, name, &ir::Environment::name);
      // An imported schema may speak of environments that this package does not have.
      if (known == all.end() && d_.unit == 0) unknownEnvironment(name, span);
      s.environments.emplace_back(name);
    }
    std::ranges::sort(s.environments);
    const auto twice = std::ranges::unique(s.environments);
    if (twice.empty()) return;
    for (const auto& a : d.annotations)
      if (a.name.dotted() == "environments") c_.add(report<Code::KEY006>(a.span, *twice.begin()));
    s.environments.erase(twice.begin(), twice.end());
  }

  void unknownEnvironment(std::string_view name, Span span) {
    std::vector<std::string_view> existing;
    for (const auto& e : c_.model.environments) existing.push_back(e.name);
    suggest(c_.add(report<Code::REF010>(span, name)), name, span, existing);
  }

  void refuse(Span span, std::string_view what, std::string help) {
    c_.add(report<Code::CFG021>(span, what)).help(std::move(help));
  }

  void type(const syntax::SettingDecl& d, ir::Setting& s) {
    const auto& ref = d.type;
    if (!wellFormed(ref.name)) return;
    const auto symbol = resolve(c_, d_.unit, ref.name);
    if (!symbol && ref.name.dotted() == "secret") {
      s.secret = true;
      s.type.scalar = ir::Scalar::text;
      s.type.optional = ref.optional;
      if (!ref.args.empty())
        c_.add(report<Code::TYP003>(tree_[ref.args[0]].span, "secret", "no arguments"));
      if (ref.list) refuse(ref.span, "secret[]", "give each secret a setting of its own");
      return;
    }
    if (symbol && symbol->kind != SymbolKind::enumeration && symbol->kind != SymbolKind::alias) {
      c_.add(report<Code::REF012>(ref.name.span, ref.name.dotted(), describe(symbol->kind),
                                  "a type"))
          .help("a setting has a value of its own; configuration knows nothing of rows");
      return;
    }
    s.type = resolveType(c_, d_.unit, tree_, ref);
  }

  void jsonSchema(const syntax::SettingDecl& d, ir::Setting& s) {
    const auto& e = tree_[*d.json];
    if (s.type.scalar == ir::Scalar::error || e.kind == syntax::ExprKind::error) return;
    if (s.type.scalar != ir::Scalar::json || s.secret)
      return refuse(e.span, "{ … }", "a JSON Schema is for a setting of type `json`");
    const auto fault = [&](const json::Fault& f) {
      const std::string place = f.at.empty() ? "it" : "`" + f.at + "`";
      auto& report_ = c_.add(report<Code::CFG012>(e.span, s.name, place + " " + f.what));
      const auto word = f.at.substr(f.at.rfind('/') + 1);
      const auto keywords = json::Schema::keywords();
      const bool known = std::ranges::find(keywords, word) != keywords.end();
      if (known || !f.what.starts_with("is no keyword")) return;
      const auto close = suggestions(word, {keywords.begin(), keywords.end()});
      if (!close.empty()) report_.help(didYouMean(close));
    };
    auto document = json::parse(compactJson(e.text), json::Twice::keepLast);
    if (!document) return fault({"", "cannot be read: " + document.error()});
    const std::string canonical = json::print(*document);
    const auto schema = json::Schema::compile(std::move(*document));
    if (!schema) return fault(schema.error());
    s.jsonSchema = canonical;
  }

  void rotate(const syntax::SettingDecl& d, ir::Setting& s) {
    if (!s.secret)
      return refuse(d.rotateSpan, "rotate",
                    "only a secret is rotated: `" + s.name + ": secret rotate " +
                        std::string(d.rotate) + "`");
    const auto ms = durationMilliseconds(d.rotate);
    if (!ms || *ms == 0) {
      if (c_.sources.text(d.rotateSpan).empty() || tree_.hasErrors) return;
      c_.add(report<Code::CFG006>(d.rotateSpan, d.rotate, "rotate"))
          .help("it is longer than nothing");
      return;
    }
    s.rotateMs = *ms;
  }

  void where(const syntax::SettingDecl& d, ir::Setting& s) {
    if (s.secret)
      return refuse(tree_[*d.where].span, "where",
                    "nobody but its users knows the value of a secret");
    if (s.type.scalar == ir::Scalar::error) return;
    ir::Type value = s.type;
    value.optional = value.list = false;
    Scope scope{c_, tree_, d_.unit, Use::refinement, nullptr, {}, s.name, &value};
    auto e = checkCondition(scope, *d.where);
    if (e.kind == ir::ExprKind::error) return;
    s.where = std::move(e);
  }

  void defaultValue(const syntax::SettingDecl& d, ir::Setting& s) {
    const std::string what = "the default of `" + s.name + "`";
    auto e = checkSettingValue(c_, tree_, d_.unit, s, s.name, what, *d.defaultValue);
    // Nothing is what an optional setting has anyway.
    const bool nothing = e.kind == ir::ExprKind::literal && e.type.scalar == ir::Scalar::null;
    if (e.kind != ir::ExprKind::error && nothing) return;
    // One that was reported stands for a value, so that nothing misses it.
    s.defaultValue = std::move(e);
  }

  Context& c_;
  const SchemaDeclared& d_;
  const SyntaxTree& tree_;
};

}  // namespace

void buildSchemas(Context& c) {
  for (const auto& declared : c.schemas) c.model.schemas.push_back(Builder(c, declared).run());
  std::ranges::stable_sort(c.model.schemas, {}, &ir::Schema::name);
}

}  // namespace cambium::sema
