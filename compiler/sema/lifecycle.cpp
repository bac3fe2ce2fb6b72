// sema/lifecycle.cpp: nothing that works may rely on an entity that has no rows to offer: a draft
// has no table yet, a deleted one is on its way out, and an external one is never altered.
#include <algorithm>

#include "compiler/sema/subject.h"

namespace cambium::sema {
namespace {

using ir::Lifecycle;

class Lives {
public:
  explicit Lives(Context& c) : c_(c) {}

  void run() {
    for (uint32_t i = 0; i < c_.model.properties.size(); ++i) {
      const auto& p = c_.model[ir::PropertyId(i)];
      if (c_.propertyWork[i].broken || c_.work[p.entity.index()].pseudo || !p.target) continue;
      if (p.made == ir::MadeProperty::tag) tag(p);
      if (p.kind == ir::PropertyKind::reference) reference(ir::PropertyId(i));
      if (p.kind == ir::PropertyKind::many) many(p);
    }
    for (const auto& view : c_.model.views) this->view(view);
    for (const auto& t : c_.model.templates)
      if (lifeOf(t.of) == Lifecycle::deleted) refuse(t.span, c_.model[t.of], t.name);
    for (const auto& grant : c_.model.grants)
      if (const auto id = entityNamed(grant.on); id && lifeOf(*id) == Lifecycle::deleted)
        refuse(grant.span, c_.model[*id], "grant on " + grant.on);
    for (const auto& policy : c_.model.policies) this->policy(policy);
  }

private:
  Lifecycle lifeOf(ir::EntityId id) const { return c_.model[id].lifecycle; }

  std::optional<ir::EntityId> entityNamed(std::string_view name) const {
    for (uint32_t i = 0; i < c_.realEntities; ++i)
      if (c_.model[ir::EntityId(i)].name == name) return ir::EntityId(i);
    return std::nullopt;
  }

  static std::string_view wordFor(Lifecycle l) {
    switch (l) {
      case Lifecycle::active: return "active";
      case Lifecycle::deprecated: return "deprecated";
      case Lifecycle::draft: return "a draft";
      case Lifecycle::deleted: return "deleted";
      case Lifecycle::external: return "external";
    }
    return {};
  }

  Diagnostic& refuse(Span span, const ir::Entity& on, const std::string& what) {
    auto& d = c_.add(report<Code::REL010>(span, on.name, wordFor(on.lifecycle), what));
    d.label(on.span, "declared here");
    if (on.lifecycle == Lifecycle::deleted) d.help("remove it, or restore `" + on.name + "`");
    return d;
  }

  // A row of it needs a row of the other.
  void reference(ir::PropertyId id) {
    const auto& p = c_.model[id];
    const auto& entity = c_.model[p.entity];
    const auto from = entity.lifecycle, to = lifeOf(p.target);
    if (from == Lifecycle::draft || from == Lifecycle::external || from == to) return;
    if (to != Lifecycle::draft && to != Lifecycle::deleted) return;
    // A junction lives as its two sides do; tags and containment are told where they are written.
    if (p.made == ir::MadeProperty::junction) return;
    const bool inKey = std::ranges::count(entity.key.properties, id) > 0;
    if (p.type.optional && !inKey) return;
    auto& d = c_.add(report<Code::REL010>(p.span, c_.model[p.target].name, wordFor(to),
                                          entity.name + "." + p.name))
                  .label(c_.model[p.target].span, "declared here");
    const std::string& name = c_.model[p.target].name;
    if (inKey)
      d.help("a key cannot do without it: leave `" + entity.name + "` with what it refers to");
    else if (to == Lifecycle::draft)
      d.help("make the reference optional until `" + name + "` is active");
    else
      d.help("remove it, make it optional, or restore `" + name + "`");
  }

  // It has no column, and over a draft it is empty; but what is deleted is not there any more.
  void many(const ir::Property& p) {
    const auto from = lifeOf(p.entity);
    if (from == Lifecycle::deleted || from == Lifecycle::external) return;
    if (lifeOf(p.target) == Lifecycle::deleted)
      refuse(p.span, c_.model[p.target], c_.model[p.entity].name + "." + p.name);
  }

  void tag(const ir::Property& p) {
    const auto& entity = c_.model[p.entity];
    if (entity.lifecycle != Lifecycle::external) return;
    c_.add(report<Code::REL010>(p.span, entity.name, "external", c_.model[p.target].name))
        .label(entity.span, "declared here")
        .note("one tag for each row is a column, and nobody alters an external table")
        .help("make the group `multiple`: its rows are in a table of their own");
  }

  // ---- views
  void view(const ir::View& view) {
    if (lifeOf(view.of) == Lifecycle::deleted) {
      refuse(view.span, c_.model[view.of], view.name);
      return;
    }
    for (const auto& column : view.columns)
      path(column.expr, view.of, view.name + "." + column.name);
    if (view.where) path(*view.where, view.of, view.name);
  }

  // Every entity that a path goes through has a row to look at.
  void path(const ir::Expr& e, ir::EntityId entity, const std::string& what) {
    ir::EntityId at = entity;
    if (e.kind == ir::ExprKind::property || e.kind == ir::ExprKind::aggregate)
      for (size_t i = 0; i < e.path.size(); ++i) {
        const auto id = c_.model.findProperty(at, e.path[i]);
        if (!id || !c_.model[*id].target) break;
        const bool leads = i + 1 < e.path.size() || e.kind == ir::ExprKind::aggregate;
        if (leads && isDraft(*id)) {
          const auto& p = c_.model[*id];
          c_.add(report<Code::REL010>(e.span, c_.model[p.entity].name + "." + p.name, "a draft",
                                      what))
              .label(p.span, "declared here")
              .note("a draft reference may lead to nothing");
          return;
        }
        at = c_.model[*id].target;
        if (!leads || (lifeOf(at) != Lifecycle::draft && lifeOf(at) != Lifecycle::deleted))
          continue;
        refuse(e.span, c_.model[at], what);
        return;
      }
    const auto scope = e.kind == ir::ExprKind::aggregate ? at : entity;
    for (const auto& arg : e.args) path(arg, scope, what);
  }

  // The reference itself, or the one that this is the other side of.
  bool isDraft(ir::PropertyId id) const {
    const auto& p = c_.model[id];
    if (p.draft || p.kind != ir::PropertyKind::many || p.inverse.empty()) return p.draft;
    const auto other = c_.model.findProperty(p.target, p.inverse);
    return other && c_.model[*other].draft;
  }

  // ---- policies
  void policy(const ir::Policy& policy) {
    const auto id = entityNamed(policy.on);
    if (!id) return;
    if (lifeOf(*id) == Lifecycle::deleted) refuse(policy.span, c_.model[*id], policy.name);
    if (lifeOf(*id) != Lifecycle::draft) path(policy.condition, *id, policy.name);
    if (lifeOf(*id) == Lifecycle::external)
      refuse(policy.span, c_.model[*id], policy.name)
          .note("a policy alters the table that it is on")
          .help("whoever owns the table has to see to it");
  }

  Context& c_;
};

}  // namespace

void checkLifecycle(Context& c) {
  Lives(c).run();
}

}  // namespace cambium::sema
