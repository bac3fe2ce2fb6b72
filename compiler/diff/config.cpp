#include "compiler/diff/config.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/diff/widening.h"
#include "compiler/ir/effective_config.h"

namespace cambium::diff {
namespace {

using ir::Namespace;
using ir::Schema;
using ir::Setting;

// What a value or a condition says, for comparison and for people: names, not ids.
std::string text(const Boxed<ir::Expr>& e, const ir::Model& m) {
  return e ? ir::toString(*e, m) : "";
}

const Setting* findSetting(const Schema& s, const std::string& name) {
  const auto found = std::ranges::find(s.settings, name, &Setting::name);
  return found == s.settings.end() ? nullptr : &*found;
}

// Every environment that either version speaks of, and "" for any other.
std::set<std::string> environmentsOf(const ir::Model& a, const ir::Model& b) {
  std::set<std::string> out{""};
  for (const ir::Model* m : {&a, &b}) {
    for (const auto& e : m->environments) out.insert(e.name);
    for (const auto& schema : m->schemas)
      for (const auto& s : schema.settings)
        out.insert(s.environments.begin(), s.environments.end());
    for (const auto& n : m->namespaces)
      for (const auto& v : n.values) out.insert(v.environments.begin(), v.environments.end());
  }
  return out;
}

class Comparer {
public:
  Comparer(const ir::Model& a, const ir::Model& b)
      : a_(a), b_(b), environments_(environmentsOf(a, b)) {}

  // ---------------------------------------------------------------- schemas
  struct SettingChange {
    std::string what;
    bool restricts = false;
  };

  // One line for each setting that is not the same, and one for the words of the schema itself.
  std::vector<SettingChange> changes(const Schema& x, const Schema& y) const {
    std::vector<SettingChange> out;
    for (const Setting& s : x.settings) {
      const Setting* now = findSetting(y, s.name);
      if (!now)
        out.push_back({s.name + " goes", true});
      else
        compare(s, *now, out);
    }
    for (const Setting& s : y.settings) {
      if (findSetting(x, s.name)) continue;
      out.push_back({s.name + " comes", !s.type.optional && !s.defaultValue});
    }
    if (x.doc != y.doc) out.push_back({"documentation", false});
    const bool moved =
        !std::ranges::equal(x.settings, y.settings, {}, &Setting::name, &Setting::name);
    if (out.empty() && moved) out.push_back({"order", false});
    return out;
  }

  // ---------------------------------------------------------------- namespaces
  struct NamespaceChange {
    std::vector<std::string> what;
    bool restricts = false;
    void add(std::string line, bool less) {
      what.push_back(std::move(line));
      restricts = restricts || less;
    }
  };

  NamespaceChange changes(const Namespace& x, const Namespace& y) const {
    NamespaceChange out;
    if (x.isolated != y.isolated)
      out.add(y.isolated ? "becomes isolated" : "is no longer isolated", true);
    uses(x, y, out);
    grants(x, y, out);
    if (x.approvals != y.approvals) {
      const auto shown = [](const auto& n) { return n ? std::to_string(*n) : "as its parent"; };
      out.add(fmt::format("approvals {} → {}", shown(x.approvals), shown(y.approvals)), true);
    }
    values(x, y, out);
    if (x.display != y.display || x.owner != y.owner || x.doc != y.doc) out.add("words", false);
    return out;
  }

  // A value that applications find in both versions, and find changed; by setting and environment.
  struct ValueChange {
    std::string path, environment, was, is;
    bool immutable = false;
    const Namespace* from = nullptr;  // of the new version: who gives it
    const ir::ConfigValue* line = nullptr;
    bool byDefault = false;      // both are the default of the schema
    ir::MountedSetting setting;  // of the new version
    bool usedHere = false;       // the namespace itself uses the schema
  };

  std::vector<ValueChange> valueChanges(const std::string& path) const {
    std::vector<ValueChange> out;
    for (const std::string& environment : environments_) {
      const auto before = ir::effectiveConfig(a_, path, environment);
      for (const auto& is : ir::effectiveConfig(b_, path, environment)) {
        const auto was = std::ranges::find(before, is.setting.path,
                                           [](const auto& v) { return v.setting.path; });
        if (was == before.end() || !was->value) continue;
        const std::string old = ir::toString(*was->value, a_);
        const std::string now = is.value ? ir::toString(*is.value, b_) : "nothing";
        if (old == now) continue;
        out.push_back({is.setting.path, environment, old, now, was->setting.setting->immutable,
                       is.from, is.line, !was->from && !is.from && is.value, is.setting,
                       is.setting.from->path == path});
      }
    }
    return out;
  }

private:
  void compare(const Setting& x, const Setting& y, std::vector<SettingChange>& out) const {
    const auto say = [&](const std::string& what, bool restricts) {
      out.push_back({x.name + " " + what, restricts});
    };
    const std::string was = ir::toString(x.type, a_), is = ir::toString(y.type, b_);
    if (x.secret != y.secret) {
      say(y.secret ? "becomes a secret" : "is no longer a secret", true);
    } else if (was != is) {
      ir::Type old = x.type, now = y.type;
      old.optional = now.optional = false;
      const bool same = ir::toString(old, a_) == ir::toString(now, b_);
      const bool fits = same || widens(old, a_, now);
      say(fmt::format("{} → {}", was, is), !fits || (x.type.optional && !y.type.optional));
    }
    std::vector<std::string> old, now;
    conditions(x, a_, old);
    conditions(y, b_, now);
    const auto within = [](const auto& some, const auto& all) {
      return std::ranges::all_of(
          some, [&](const auto& one) { return std::ranges::find(all, one) != all.end(); });
    };
    if (!within(now, old))
      say("is limited further", true);
    else if (!within(old, now))
      say("is limited less", false);
    if (x.jsonSchema != y.jsonSchema) say("has another JSON Schema", !y.jsonSchema.empty());
    if (text(x.defaultValue, a_) != text(y.defaultValue, b_))
      say(fmt::format("default {} → {}", x.defaultValue ? text(x.defaultValue, a_) : "none",
                      y.defaultValue ? text(y.defaultValue, b_) : "none"),
          !y.defaultValue && !y.type.optional);
    if (x.immutable != y.immutable)
      say(y.immutable ? "becomes immutable" : "is no longer immutable", y.immutable);
    if (x.environments != y.environments)
      say("is for other environments",
          !y.environments.empty() &&
              (x.environments.empty() || !within(x.environments, y.environments)));
    if (x.sensitive != y.sensitive)
      say(y.sensitive.empty()   ? "is no longer sensitive"
          : x.sensitive.empty() ? "becomes sensitive"
                                : "has another mask",
          !x.sensitive.empty());
    if (x.doc != y.doc || x.deprecated != y.deprecated || x.rotateMs != y.rotateMs)
      say("words", false);
  }

  // What a value must pass; `a and b` demands two things.
  static void conditions(const Setting& s, const ir::Model& m, std::vector<std::string>& out) {
    if (s.type.alias && m[s.type.alias].where) conditions(*m[s.type.alias].where, m, out);
    if (s.where) conditions(*s.where, m, out);
  }
  static void conditions(const ir::Expr& e, const ir::Model& m, std::vector<std::string>& out) {
    if (e.kind != ir::ExprKind::binary || e.op != ir::Op::andOp)
      return out.push_back(ir::toString(e, m));
    for (const auto& arg : e.args) conditions(arg, m, out);
  }

  static void uses(const Namespace& x, const Namespace& y, NamespaceChange& out) {
    const auto shown = [](const ir::SchemaUse& u) {
      return u.schema + (u.prefix.empty() ? "" : " as " + u.prefix);
    };
    const auto has = [&](const Namespace& n, const ir::SchemaUse& u) {
      return std::ranges::any_of(n.uses, [&](const auto& o) { return shown(o) == shown(u); });
    };
    for (const auto& u : x.uses)
      if (!has(y, u)) out.add("no longer uses " + shown(u), true);
    for (const auto& u : y.uses)
      if (!has(x, u)) out.add("uses " + shown(u), false);
  }

  static std::string_view word(ir::NamespaceRole role) {
    switch (role) {
      case ir::NamespaceRole::viewer: return "viewer";
      case ir::NamespaceRole::editor: return "editor";
      case ir::NamespaceRole::publisher: return "publisher";
      case ir::NamespaceRole::admin: return "admin";
    }
    return "";
  }

  // By whom: a grant in a child hides the one of its parent, also when it gives less.
  void grants(const Namespace& x, const Namespace& y, NamespaceChange& out) const {
    std::set<std::string> principals;
    for (const Namespace* n : {&x, &y})
      for (const auto& g : n->grants) principals.insert(g.principal);
    const auto here = [](const Namespace& n, const std::string& who) {
      std::optional<ir::NamespaceRole> most;
      for (const auto& g : n.grants)
        if (g.principal == who && (!most || g.role > *most)) most = g.role;
      return most;
    };
    for (const auto& who : principals) {
      if (here(x, who) == here(y, who)) continue;
      const auto was = ir::roleOf(a_, x.path, who), is = ir::roleOf(b_, y.path, who);
      const auto shown = [](const auto& role) { return role ? word(*role) : "nothing"; };
      out.add(fmt::format("{}: {} → {}", who, shown(was), shown(is)), was && (!is || *is < *was));
    }
  }

  // What applications find there: its own lines, and what the default of a schema it uses gives.
  void values(const Namespace& x, const Namespace& y, NamespaceChange& out) const {
    const auto lines = [](const Namespace& n, const ir::Model& m) {
      std::set<std::string> all;
      for (const auto& v : n.values) {
        std::string line = v.path + " = " + ir::toString(v.value, m);
        for (const auto& e : v.environments) line += " " + e;
        all.insert(std::move(line));
      }
      return all;
    };
    const bool ownLines = lines(x, a_) != lines(y, b_);
    // setting and both values: in which environments
    std::map<std::string, std::vector<std::string>> told;
    for (const auto& v : valueChanges(x.path))
      if (ownLines || (v.byDefault && v.usedHere))
        told[fmt::format("{} {} → {}", v.path, v.was, v.is)].push_back(v.environment);
    for (const auto& [what, where] : told) {
      std::string in;
      if (where.size() < environments_.size())
        for (const auto& e : where)
          in += (in.empty() ? " in " : ", ") + (e.empty() ? "others" : "`" + e + "`");
      out.add(what + in, true);
    }
    if (ownLines && told.empty()) out.add("values", goes(x, y));
  }

  // A setting has a value in the old version and is not there in the new one.
  bool goes(const Namespace& x, const Namespace& y) const {
    for (const std::string& environment : environments_) {
      const auto now = ir::effectiveConfig(b_, y.path, environment);
      for (const auto& was : ir::effectiveConfig(a_, x.path, environment))
        if (was.value && std::ranges::none_of(now, [&](const auto& v) {
              return v.setting.path == was.setting.path;
            }))
          return true;
    }
    return false;
  }

  const ir::Model& a_;
  const ir::Model& b_;
  std::set<std::string> environments_;
};

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? " in `" : ", `") + name + "`";
  return out;
}

Diagnostic immutableChanges(Span span, const std::string& what, const std::string& where) {
  return report<Code::EVO017>(span, what, where)
      .note("whoever relies on it was promised that it stays")
      .help(
          "give the new value to another setting, or publish a version first in which this one is "
          "no longer `@immutable`");
}

// An immutable setting keeps the value it has, wherever it has one. A default is told once, at the
// schema; every other change at the line that gives the new value, with its environments.
void immutableValues(const ChangeSet& set, const Comparer& comparer, DiagnosticSink& sink) {
  struct Told {
    Span span;
    std::vector<std::string> where;
  };
  std::map<std::string, Told> defaults;  // by schema and setting
  for (const Namespace& n : set.to->namespaces) {
    if (!ir::findNamespace(*set.from, n.path)) continue;
    std::map<std::string, Told> told;  // by path
    for (const auto& v : comparer.valueChanges(n.path)) {
      if (!v.immutable) continue;
      if (v.byDefault) {
        Told& t = defaults[v.setting.schema->name + "." + v.setting.setting->name];
        t.span = v.setting.setting->span;
        if (v.usedHere && (t.where.empty() || t.where.back() != n.path)) t.where.push_back(n.path);
        continue;
      }
      // What a parent gives is told there, unless the parent is new.
      const bool own = v.from ? v.from->path == n.path : v.usedHere;
      if (!own && (!v.from || ir::findNamespace(*set.from, v.from->path))) continue;
      Told& t = told[v.path];
      t.span = v.line && own ? v.line->span : v.usedHere ? v.setting.use->span : n.span;
      t.where.push_back(v.environment);
    }
    for (const auto& [path, t] : told) {
      const bool everywhere = std::ranges::find(t.where, "") != t.where.end();
      sink.add(immutableChanges(t.span, n.path + "/" + path, everywhere ? "" : listed(t.where)));
    }
  }
  for (const auto& [setting, t] : defaults)
    sink.add(immutableChanges(t.span, setting, listed(t.where)));
}

}  // namespace

void diffConfiguration(ChangeSet& set, DiagnosticSink& sink) {
  const ir::Model &a = *set.from, &b = *set.to;
  if (a.schemas.empty() && a.namespaces.empty() && b.schemas.empty() && b.namespaces.empty())
    return;
  const Comparer comparer(a, b);
  for (size_t j = 0; j < b.schemas.size(); ++j) {
    const Schema& is = b.schemas[j];
    const Schema* was = ir::findSchema(a, is.name);
    if (!was) {
      set.changes.push_back(AddDeclaration{DeclarationKind::schema, is.name, j});
      continue;
    }
    const auto changes = comparer.changes(*was, is);
    if (changes.empty()) continue;
    const bool less = std::ranges::any_of(changes, [](const auto& c) { return c.restricts; });
    set.changes.push_back(ChangeDeclaration{DeclarationKind::schema, is.name,
                                            size_t(was - a.schemas.data()), j, less});
  }
  for (size_t i = 0; i < a.schemas.size(); ++i)
    if (!ir::findSchema(b, a.schemas[i].name))
      set.changes.push_back(DropDeclaration{DeclarationKind::schema, a.schemas[i].name, i});
  for (size_t j = 0; j < b.namespaces.size(); ++j) {
    const Namespace& is = b.namespaces[j];
    const Namespace* was = ir::findNamespace(a, is.path);
    if (!was) {
      set.changes.push_back(AddDeclaration{DeclarationKind::namespace_, is.path, j});
      continue;
    }
    const auto change = comparer.changes(*was, is);
    if (!change.what.empty())
      set.changes.push_back(ChangeDeclaration{DeclarationKind::namespace_, is.path,
                                              size_t(was - a.namespaces.data()), j,
                                              change.restricts});
  }
  for (size_t i = 0; i < a.namespaces.size(); ++i)
    if (!ir::findNamespace(b, a.namespaces[i].path))
      set.changes.push_back(DropDeclaration{DeclarationKind::namespace_, a.namespaces[i].path, i});
  if (a.package == b.package && a.version != b.version) immutableValues(set, comparer, sink);
}

std::string configurationDetail(const ChangeDeclaration& c, const ChangeSet& set) {
  const Comparer comparer(*set.from, *set.to);
  std::vector<std::string> what;
  if (c.kind == DeclarationKind::schema)
    for (auto& change : comparer.changes(set.from->schemas[c.from], set.to->schemas[c.to]))
      what.push_back(std::move(change.what));
  else if (c.kind == DeclarationKind::namespace_)
    what = comparer.changes(set.from->namespaces[c.from], set.to->namespaces[c.to]).what;
  std::string out;
  for (const auto& line : what) out += (out.empty() ? "" : ", ") + line;
  return out;
}

}  // namespace cambium::diff
