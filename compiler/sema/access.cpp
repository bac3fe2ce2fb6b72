// sema/access.cpp: roles, grants and policies: who may do what, and that no view shows what its
// readers may not read.
#include <algorithm>
#include <array>

#include "compiler/sema/annotations.h"
#include "compiler/sema/expressions.h"
#include "compiler/sema/subject.h"

namespace cambium::sema {
namespace {

using ir::AccessAction;
using Actions = std::set<AccessAction>;

constexpr std::array<std::pair<std::string_view, AccessAction>, 4> kActions = {
    {{"read", AccessAction::read},
     {"insert", AccessAction::insert},
     {"update", AccessAction::update},
     {"delete", AccessAction::remove}}};

// What other languages call them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kHabits = {
    {{"select", "read"},
     {"view", "read"},
     {"get", "read"},
     {"create", "insert"},
     {"add", "insert"},
     {"append", "insert"},
     {"write", "insert, update"},
     {"modify", "update"},
     {"edit", "update"},
     {"change", "update"},
     {"remove", "delete"},
     {"drop", "delete"},
     {"any", "all"},
     {"everything", "all"}}};

bool isAction(std::string_view word) {
  return word == "all" ||
         std::ranges::find(kActions, word, [](auto& a) { return a.first; }) != kActions.end();
}

bool includes(const Actions& all, const Actions& some) {
  return std::ranges::includes(all, some);
}

struct GrantWork {
  Span on, whole;
  const syntax::ViewDecl* view = nullptr;
};

class Access {
public:
  explicit Access(Context& c) : c_(c) {}

  void run() {
    each<syntax::RoleDecl>([&](const SyntaxTree& tree, const auto& d) { role(tree, d); });
    std::ranges::sort(c_.model.roles, {}, &ir::Role::name);
    each<syntax::GrantDecl>([&](const SyntaxTree& tree, const auto& d) { grant(tree, d); });
    each<syntax::PolicyDecl>([&](const SyntaxTree& tree, const auto& d) { policy(tree, d); });
    redundant();
    for (size_t i = 0; i < grants_.size(); ++i)
      if (work_[i].view) shown(grants_[i], work_[i]);
    std::ranges::stable_sort(grants_, {}, &ir::Grant::on);
    c_.model.grants = std::move(grants_);
    std::ranges::sort(c_.model.policies, {}, [](const auto& p) { return std::tie(p.name, p.on); });
  }

private:
  using Seen = std::map<std::string, Span, std::less<>>;

  template <class Decl, class Visit>
  void each(Visit visit) {
    for (const auto* tree : c_.units[0]->trees)
      for (const auto& decl : tree->decls)
        if (const auto* d = std::get_if<Decl>(&decl)) visit(*tree, *d);
  }

  // ---- roles
  void role(const SyntaxTree& tree, const syntax::RoleDecl& d) {
    readAnnotations(c_, tree, d.annotations, Place::role, d.span);
    if (!declareOnce(c_, roles_, d.name.text, d.name)) return;
    ir::Role out;
    out.name = d.name.text;
    out.title = d.title ? d.title->value : "";
    out.doc = d.doc.text;
    out.span = d.name.span;
    c_.model.roles.push_back(std::move(out));
  }

  std::vector<std::string> rolesOf(const std::vector<syntax::Name>& names) {
    std::vector<std::string_view> known;
    for (const auto& r : c_.model.roles) known.push_back(r.name);
    std::vector<std::string> out;
    for (const auto& name : unique(names)) {
      if (!roles_.contains(name.text)) {
        auto& d = c_.add(report<Code::REF015>(name.span, name.text));
        suggest(d, name.text, name.span, known);
        if (suggestions(name.text, known).empty())
          d.help("declare it: `role " + std::string(name.text) + " \"…\"`");
        continue;
      }
      out.emplace_back(name.text);
    }
    std::ranges::sort(out);
    return out;
  }

  // The names that are there, each once.
  std::vector<syntax::Name> unique(const std::vector<syntax::Name>& names) {
    std::vector<syntax::Name> out;
    for (const auto& name : names) {
      if (!name) continue;
      if (std::ranges::find(out, name.text, &syntax::Name::text) == out.end())
        out.push_back(name);
      else
        c_.add(report<Code::KEY006>(name.span, name.text));
    }
    return out;
  }

  // ---- actions
  Actions actionsOf(const std::vector<syntax::Name>& names) {
    Actions out;
    for (const auto& name : unique(names)) {
      const auto known = std::ranges::find(kActions, name.text, [](auto& a) { return a.first; });
      if (known != kActions.end())
        out.insert(known->second);
      else if (name.text == "all")
        for (const auto& [word, action] : kActions) out.insert(action);
      else
        unknownAction(name);
    }
    return out;
  }

  void unknownAction(const syntax::Name& name) {
    auto& d = c_.add(report<Code::ACC001>(name.span, name.text));
    const auto habit = std::ranges::find(kHabits, name.text, [](auto& h) { return h.first; });
    if (habit != kHabits.end()) {
      const std::string said(habit->second);
      d.help("that is `" + said + "` here")
          .fix({"write `" + said + "`", FixSafety::review, {{name.span, said}}});
      return;
    }
    suggest(d, name.text, name.span, {"read", "insert", "update", "delete", "all"});
    d.help("there are `read`, `insert`, `update`, `delete` and `all`");
  }

  // ---- grants
  void grant(const SyntaxTree& tree, const syntax::GrantDecl& d) {
    readAnnotations(c_, tree, d.annotations, Place::grant, d.span);
    ir::Grant out;
    out.span = d.span;
    out.actions = actionsOf(d.actions);
    out.roles = rolesOf(d.to);
    const auto subject = findSubject(c_, d.on, true);
    if (!subject.entity && !subject.view) return;
    out.on = subject.view ? std::string(subject.view->name.text) : c_.model[*subject.entity].name;
    if (subject.view) readsOnly(d, out.actions);
    except(d, subject, out);
    if (out.actions.empty() || out.roles.empty()) return;
    grants_.push_back(std::move(out));
    work_.push_back({d.on.span, d.span, subject.view});
  }

  void readsOnly(const syntax::GrantDecl& d, Actions& actions) {
    for (const auto& name : d.actions) {
      if (!isAction(name.text) || name.text == "read") continue;
      auto& report_ = c_.add(report<Code::ACC004>(name.span, "`" + std::string(name.text) + "`"));
      report_.note("a view is read; what it shows is written in the entities it shows");
      if (d.actions.size() == 1)
        report_.help("grant `read`")
            .fix({"write `read`", FixSafety::review, {{name.span, "read"}}});
      else
        report_.help("grant `read` only");
    }
    std::erase_if(actions, [](AccessAction a) { return a != AccessAction::read; });
  }

  void except(const syntax::GrantDecl& d, const Subject& subject, ir::Grant& out) {
    std::vector<std::string_view> names;
    const ir::View* view = subject.view ? c_.model.findView(out.on) : nullptr;
    if (view)
      for (const auto& column : view->columns) names.push_back(column.name);
    else if (subject.entity)
      names = propertyNames(c_, *subject.entity);
    for (const auto& name : unique(d.except)) {
      if (subject.view && !view) continue;  // the view itself was reported
      if (std::ranges::find(names, name.text) == names.end())
        suggest(c_.add(report<Code::REF006>(name.span, out.on, name.text)), name.text, name.span,
                names);
      else
        out.except.emplace_back(name.text);
    }
    std::ranges::sort(out.except);
  }

  // ---- policies
  void policy(const SyntaxTree& tree, const syntax::PolicyDecl& d) {
    readAnnotations(c_, tree, d.annotations, Place::policy, d.span);
    ir::Policy out;
    out.name = d.name.text;
    out.doc = d.doc.text;
    out.span = d.name.span;
    out.actions = actionsOf(d.actions);
    out.roles = rolesOf(d.to);
    const bool someRoleUnknown = !d.to.empty() && out.roles.empty();
    for (const auto id : protectedBy(d.on)) {
      const bool pseudo = c_.work[id.index()].pseudo;
      out.on = c_.model[id].name;
      // Two entities may each have a policy of one name.
      const bool fresh = declareOnce(c_, policies_[out.on], d.name.text, d.name);
      const Scope scope{c_, tree, 0, Use::policy, &c_.model, id, out.on};
      out.condition = checkCondition(scope, d.condition);
      if (!pseudo && out.condition.kind != ir::ExprKind::error && !out.actions.empty() &&
          !someRoleUnknown && fresh)
        c_.model.policies.push_back(out);
    }
  }

  // What a policy is on: an entity, or all entities of the package that are a mixin and have a
  // table of ours.
  std::vector<ir::EntityId> protectedBy(const syntax::QName& on) {
    const auto symbol = wellFormed(on) ? resolve(c_, 0, on) : std::nullopt;
    if (!symbol || symbol->kind != SymbolKind::mixin) {
      const auto subject = findSubject(c_, on, false);
      return subject.entity ? std::vector{*subject.entity} : std::vector<ir::EntityId>{};
    }
    noteDeprecated(c_, *symbol, on.span);
    std::vector<ir::EntityId> out;
    bool some = false;
    for (uint32_t i = 0; i < c_.work.size(); ++i) {
      const ir::EntityId id(i);
      const auto life = c_.model[id].lifecycle;
      if (std::ranges::find(c_.work[i].mixins, symbol->index) == c_.work[i].mixins.end() ||
          life == ir::Lifecycle::deleted || life == ir::Lifecycle::external)
        continue;
      out.push_back(id);
      some = some || !c_.work[i].pseudo;
    }
    if (!some)
      c_.add(report<Code::ACC005>(on.span, on.dotted()))
          .help("let entities be it: `entity E is " + on.dotted() + "`");
    return out;
  }

  // ---- grants that another one includes; of two equal ones the later
  void redundant() {
    for (size_t i = 0; i < grants_.size(); ++i)
      for (size_t j = 0; j < grants_.size(); ++j) {
        if (i == j || !covers(grants_[j], grants_[i])) continue;
        if (covers(grants_[i], grants_[j]) && i < j) continue;
        c_.add(report<Code::ACC003>(work_[i].whole))
            .label(work_[j].whole, "this one gives as much, or more")
            .help("remove it");
        break;
      }
  }
  static bool covers(const ir::Grant& all, const ir::Grant& some) {
    return all.on == some.on && includes(all.actions, some.actions) &&
           std::ranges::includes(all.roles, some.roles) &&
           std::ranges::includes(some.except, all.except);
  }

  // ---- what a view shows
  void shown(const ir::Grant& grant, const GrantWork& work) {
    const auto* view = c_.model.findView(grant.on);
    if (!view) return;
    for (const auto& role : grant.roles)
      for (const auto& column : view->columns) {
        if (std::ranges::binary_search(grant.except, column.name)) continue;
        std::set<ir::PropertyId> properties;
        shownBy(column.expr, view->of, properties);
        for (const auto id : properties) {
          const auto* p = &c_.model[id];
          if (p->sensitive.empty() || mayRead(role, *p)) continue;
          const std::string& owner = c_.model[p->entity].name;
          c_.add(report<Code::ACC002>(work.on, grant.on, owner + "." + p->name, role))
              .label(column.span ? column.span : view->span, "shown here")
              .label(p->span, "sensitive")
              .help("leave the column out with `except " + column.name +
                    "`, or let the role read it: `grant read on " + owner + " to " + role + "`");
          return;  // one for each grant is enough to mend it
        }
      }
  }

  bool mayRead(std::string_view role, const ir::Property& p) const {
    return std::ranges::any_of(grants_, [&](const ir::Grant& g) {
      return g.on == c_.model[p.entity].name && g.actions.contains(AccessAction::read) &&
             std::ranges::binary_search(g.roles, role) &&
             !std::ranges::binary_search(g.except, p.name);
    });
  }

  // The properties that the value of an expression over a row of `entity` tells of, also through
  // computed ones.
  void shownBy(const ir::Expr& e, ir::EntityId entity, std::set<ir::PropertyId>& out) const {
    ir::EntityId at = entity;
    if (e.kind == ir::ExprKind::property || e.kind == ir::ExprKind::aggregate)
      for (const auto& step : e.path) {
        const auto id = c_.model.findProperty(at, step);
        if (!id) return;
        const auto& p = c_.model[*id];
        if (out.insert(*id).second && p.computed) shownBy(*p.computed, at, out);
        if (p.target) at = p.target;
      }
    // What an aggregate is of is over the rows that its path leads to.
    const auto scope = e.kind == ir::ExprKind::aggregate ? at : entity;
    for (const auto& arg : e.args) shownBy(arg, scope, out);
  }

  Context& c_;
  Seen roles_;
  std::map<std::string, Seen> policies_;  // by entity
  std::vector<ir::Grant> grants_;         // as written
  std::vector<GrantWork> work_;           // by grant
};

}  // namespace

void buildAccess(Context& c) {
  Access(c).run();
}

}  // namespace cambium::sema
