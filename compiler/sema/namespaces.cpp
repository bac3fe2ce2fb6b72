// sema/namespaces.cpp: namespaces: their paths, the schemas they use, who may do what, and the
// values they give. What only shows when all of them are known is in checks/namespaces.cpp.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "compiler/ir/effective_config.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/setting_values.h"

namespace cambium::sema {
namespace {

using Kind = syntax::NamespaceItem::Kind;

constexpr std::array<std::pair<std::string_view, ir::NamespaceRole>, 4> kRoles = {
    {{"admin", ir::NamespaceRole::admin},
     {"editor", ir::NamespaceRole::editor},
     {"publisher", ir::NamespaceRole::publisher},
     {"viewer", ir::NamespaceRole::viewer}}};

// Stands among the broken paths for those that are none.
constexpr const char* kWithoutPath = "";

struct Declared {
  const SyntaxTree* tree;
  const syntax::NamespaceDecl* decl;
};

// Letters, digits, `_` and `-`: what a path in a command line and in a URL can be.
bool isSegment(std::string_view text) {
  return !text.empty() && text[0] != '-' && std::ranges::all_of(text, [](char ch) {
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
           ch == '_' || ch == '-';
  });
}

std::string withoutBackticks(std::string_view segment) {
  std::string out(segment);
  std::erase(out, '`');
  return out;
}

class Builder {
public:
  Builder(Context& c, const Declared& d, std::set<std::string>& broken)
      : c_(c), tree_(*d.tree), d_(*d.decl), broken_(broken) {}

  ir::Namespace run() {
    out_.path = d_.path;
    out_.doc = d_.doc.text;
    out_.isolated = d_.isolated;
    out_.span = d_.pathSpan;
    path();
    for (const auto& use : d_.uses) this->use(use);
    for (const auto& item : d_.items) read(item);
    return std::move(out_);
  }

private:
  void path() {
    constexpr size_t kLongest = 63, kDeepestPath = 64;
    // What is no path at all is the parser's to tell.
    const bool told = std::ranges::any_of(c_.out.all(), [&](const Diagnostic& d) {
      return d.span.file == d_.pathSpan.file && d.span.begin >= d_.pathSpan.begin &&
             d.span.end <= d_.pathSpan.end;
    });
    size_t depth = 0;
    std::string_view rest = d_.path;
    while (!rest.empty()) {
      rest.remove_prefix(1);
      const auto segment = rest.substr(0, rest.find('/'));
      rest.remove_prefix(segment.size());
      ++depth;
      if (!isSegment(segment) && !told)
        c_.add(report<Code::CFG024>(d_.pathSpan, withoutBackticks(segment), "namespace"))
            .help("it is made of letters, digits, `-` and `_`");
      else if (segment.size() > kLongest)
        c_.add(report<Code::NAM006>(d_.pathSpan, segment, segment.size()))
            .help("choose a shorter name");
    }
    if (depth > kDeepestPath) c_.add(report<Code::NAM019>(d_.pathSpan, d_.path, kDeepestPath));
  }

  // ---- schemas
  std::optional<uint32_t> schema(const syntax::QName& name) {
    Unit& u = *c_.units[0];
    if (name.parts.size() == 1) {
      const auto text = name.parts[0].text;
      if (const auto own = u.schemas.find(text); own != u.schemas.end()) return own->second;
      const auto imported = u.importedSchemas.find(text);
      if (imported == u.importedSchemas.end()) return std::nullopt;
      u.uses[imported->second.second].used = true;
      return imported->second.first;
    }
    const std::string whole = name.dotted();
    const auto qualifier = u.qualifiers.find(whole.substr(0, whole.rfind('.')));
    if (qualifier == u.qualifiers.end()) return std::nullopt;
    u.uses[qualifier->second.second].used = true;
    const auto& other = c_.units[qualifier->second.first]->schemas;
    const auto found = other.find(name.parts.back().text);
    return found == other.end() ? std::nullopt : std::optional(found->second);
  }

  void use(const syntax::UseItem& u) {
    if (!wellFormed(u.schema)) return void(broken_.insert(d_.path));
    const auto index = schema(u.schema);
    if (!index) {
      broken_.insert(d_.path);
      if (isLost(c_, 0, u.schema)) return;
      std::vector<std::string_view> existing;
      for (const auto& [name, known] : c_.units[0]->schemas) existing.push_back(name);
      for (const auto& [name, known] : c_.units[0]->importedSchemas) existing.push_back(name);
      std::ranges::sort(existing);
      suggest(c_.add(report<Code::REF017>(u.schema.span, u.schema.dotted())), u.schema.dotted(),
              u.schema.span, existing);
      return;
    }
    auto& declared = c_.schemas[*index];
    declared.used = true;
    const Span span = u.as ? join(u.schema.span, u.as.span) : u.schema.span;
    if (u.as && !isSegment(u.as.text)) {
      c_.add(report<Code::CFG024>(u.as.span, u.as.text, "prefix"))
          .help("it is made of letters, digits, `-` and `_`");
    }
    const auto same = [&](const ir::SchemaUse& earlier) {
      return earlier.schema == declared.qualified && earlier.prefix == u.as.text;
    };
    if (std::ranges::any_of(out_.uses, same)) {
      c_.add(report<Code::KEY006>(span, u.schema.dotted()));
      return;
    }
    out_.uses.push_back({declared.qualified, std::string(u.as.text), span});
  }

  // ---- governance
  void read(const syntax::NamespaceItem& item) {
    switch (item.kind) {
      case Kind::display: return once(item, "display", out_.display);
      case Kind::owner: return once(item, "owner", out_.owner);
      case Kind::grant: return grant(item);
      case Kind::approvals: return approvals(item);
      case Kind::config: return;  // when the settings of all are known
    }
  }

  void once(const syntax::NamespaceItem& item, std::string_view word, std::string& into) {
    if (!item.text.span) return;
    if (!first(item, word)) return;
    if (item.text.value.empty())
      c_.add(report<Code::CFG024>(item.text.span, "",
                                  item.kind == Kind::owner ? "person or group" : "namespace"))
          .help("leave the line out");
    into = item.text.value;
  }

  bool first(const syntax::NamespaceItem& item, std::string_view word) {
    const auto [it, fresh] = seen_.emplace(item.kind, item.span);
    if (!fresh)
      c_.add(report<Code::CFG016>(item.span, word, "")).label(it->second, "the first is here");
    return fresh;
  }

  void grant(const syntax::NamespaceItem& item) {
    if (!item.role || !item.text.span) return;
    const auto role = std::ranges::find(kRoles, item.role.text, [](auto& r) { return r.first; });
    if (role == kRoles.end()) {
      std::vector<std::string_view> existing;
      for (const auto& r : kRoles) existing.push_back(r.first);
      auto& d = c_.add(report<Code::CFG020>(item.role.span, item.role.text));
      suggest(d, item.role.text, item.role.span, existing);
      if (d.helps.empty()) d.help("the roles are `viewer`, `editor`, `publisher` and `admin`");
      return;
    }
    if (item.text.value.empty()) {
      c_.add(report<Code::CFG024>(item.text.span, "", "person or group"));
      return;
    }
    for (const auto& earlier : out_.grants) {
      if (earlier.principal != item.text.value) continue;
      // Each role may do what the one before it may.
      if (earlier.role >= role->second)
        c_.add(report<Code::ACC003>(item.span)).label(earlier.span, "this one gives it already");
      else
        c_.add(report<Code::ACC003>(earlier.span)).label(item.span, "this one gives more");
      break;
    }
    out_.grants.push_back({role->second, item.text.value, item.span});
  }

  void approvals(const syntax::NamespaceItem& item) {
    constexpr unsigned kMost = 100;
    if (!item.value || tree_[*item.value].kind != syntax::ExprKind::number) return;
    if (!first(item, "approvals")) return;
    const auto& e = tree_[*item.value];
    const auto n = parseNumber(e.text);
    if (isWhole(n) && n.integer.size() <= 3 && std::stoul(n.integer) <= kMost)
      out_.approvals = unsigned(std::stoul(n.integer));
    else
      c_.add(report<Code::CFG006>(e.span, e.text, "approvals"))
          .help("it is 0 to " + std::to_string(kMost));
  }

  Context& c_;
  const SyntaxTree& tree_;
  const syntax::NamespaceDecl& d_;
  std::set<std::string>& broken_;
  ir::Namespace out_;
  std::map<Kind, Span> seen_;
};

// The `config` lines of one namespace.
class Values {
public:
  Values(Context& c, const Declared& d, const std::set<std::string>& broken)
      : c_(c),
        tree_(*d.tree),
        d_(*d.decl),
        settings_(ir::settingsOf(c.model, d.decl->path)),
        broken_(broken.contains(kWithoutPath)) {
    for (const auto* n : ir::inheritance(c.model, d.decl->path))
      broken_ = broken_ || broken.contains(n->path);
    for (const auto& e : c.model.environments) environments_.push_back(e.name);
  }

  std::vector<ir::ConfigValue> run() {
    for (const auto& item : d_.items)
      if (item.kind == Kind::config && !item.path.empty()) line(item);
    return std::move(out_);
  }

private:
  void line(const syntax::NamespaceItem& item) {
    const auto mounted = std::ranges::find(settings_, item.path, &ir::MountedSetting::path);
    if (mounted == settings_.end()) return unknown(item);
    const ir::Setting& s = *mounted->setting;
    ir::ConfigValue value;
    value.path = item.path;
    value.secret = s.secret;
    value.span = item.pathSpan;
    unknown_ = false;
    for (const auto& name : item.environments)
      if (name && environment(name, item, s)) value.environments.emplace_back(name.text);
    // What was meant for an environment that does not exist counts for all: nothing misses it.
    if (value.environments.size() < item.environments.size() && unknown_) {
      ir::ConfigValue meant = value;
      meant.environments.clear();
      out_.push_back(std::move(meant));
    }
    if (!item.environments.empty() && value.environments.empty()) return;
    std::ranges::sort(value.environments);
    if (item.environments.empty()) notTwice(item.path, "", item.pathSpan);
    deprecated(s, item);
    if (item.value) {
      const std::string what = "the value of `" + item.path + "`";
      value.value = checkSettingValue(c_, tree_, 0, s, item.path, what, *item.value);
    }
    out_.push_back(std::move(value));
  }

  void unknown(const syntax::NamespaceItem& item) {
    if (broken_) return;  // it may come from the schema that is not there
    auto& d = c_.add(report<Code::REF018>(item.pathSpan, d_.path, item.path));
    std::vector<std::string_view> existing;
    for (const auto& s : settings_) existing.push_back(s.path);
    if (existing.empty())
      d.help("`uses SCHEMA` after the path says which settings a namespace has");
    else
      suggest(d, item.path, item.pathSpan, existing);
  }

  // Whether the value counts there.
  bool environment(const syntax::Name& name, const syntax::NamespaceItem& item,
                   const ir::Setting& s) {
    if (std::ranges::find(environments_, name.text) == environments_.end()) {
      suggest(c_.add(report<Code::REF010>(name.span, name.text)), name.text, name.span,
              environments_);
      unknown_ = true;
      return false;
    }
    if (!ir::existsIn(s, name.text)) {
      c_.add(report<Code::CFG014>(name.span, item.path, name.text))
          .label(s.span, "declared for other environments");
      return false;
    }
    return notTwice(item.path, name.text, name.span);
  }

  bool notTwice(const std::string& path, std::string_view environment, Span span) {
    const auto [it, fresh] = given_.emplace(std::pair(path, environment), span);
    if (!fresh)
      c_.add(report<Code::CFG016>(
                 span, path, environment.empty() ? "" : " for `" + std::string(environment) + "`"))
          .label(it->second, "the first is here");
    return fresh;
  }

  // `@allow(CFG023, …)` on the setting speaks for all lines that give it a value.
  void deprecated(const ir::Setting& s, const syntax::NamespaceItem& item) {
    if (s.deprecated.empty()) return;
    for (auto& allow : c_.allows) {
      const bool covers = allow.covers.file == s.span.file && allow.covers.begin <= s.span.begin &&
                          s.span.end <= allow.covers.end;
      if (allow.code == Code::CFG023 && covers) {
        allow.used = true;
        return;
      }
    }
    const bool words = s.deprecated != "*";
    c_.add(report<Code::CFG023>(item.pathSpan, item.path,
                                words ? s.deprecated : "its schema says so, and not why"))
        .label(s.span, "declared here");
  }

  Context& c_;
  const SyntaxTree& tree_;
  const syntax::NamespaceDecl& d_;
  std::vector<ir::MountedSetting> settings_;
  bool broken_;
  bool unknown_ = false;  // the line names an environment that does not exist
  std::vector<std::string_view> environments_;
  std::map<std::pair<std::string, std::string_view>, Span> given_;
  std::vector<ir::ConfigValue> out_;
};

// What has no path that was understood is told by the parser, and stays out.
std::vector<Declared> declaredNamespaces(Context& c, std::set<std::string>& broken) {
  std::vector<Declared> all, unique;
  for (const auto* tree : c.units[0]->trees)
    for (const auto& decl : tree->decls) {
      const auto* d = std::get_if<syntax::NamespaceDecl>(&decl);
      if (d && ir::isNamespacePath(d->path))
        all.push_back({tree, d});
      else if (d)
        broken.emplace(kWithoutPath);
    }
  std::ranges::stable_sort(all, {}, [](auto& d) { return std::string_view(d.decl->path); });
  for (const auto& d : all) {
    if (!unique.empty() && unique.back().decl->path == d.decl->path)
      c.add(report<Code::CFG015>(d.decl->pathSpan, d.decl->path))
          .label(unique.back().decl->pathSpan, "declared here first");
    else
      unique.push_back(d);
  }
  return unique;
}

}  // namespace

void buildNamespaces(Context& c) {
  std::set<std::string> broken;  // use something that is not there, which was reported
  const auto all = declaredNamespaces(c, broken);
  for (const auto& d : all) c.model.namespaces.push_back(Builder(c, d, broken).run());
  std::vector<std::vector<ir::ConfigValue>> values;
  for (const auto& d : all) values.push_back(Values(c, d, broken).run());
  for (size_t i = 0; i < all.size(); ++i) c.model.namespaces[i].values = std::move(values[i]);
  std::erase_if(c.model.schemas, [&](const ir::Schema& s) {
    const auto declared = std::ranges::find(c.schemas, s.name, &SchemaDeclared::qualified);
    return declared->unit != 0 && !declared->used;
  });
}

}  // namespace cambium::sema
