// sema/constraints.cpp: uniques, indexes and checks of each entity.
#include <algorithm>

#include "compiler/sema/annotations.h"
#include "compiler/sema/expressions.h"

namespace cambium::sema {
namespace {

class Builder {
public:
  Builder(Context& c, ir::EntityId id)
      : c_(c), id_(id), entity_(c.model.entities[id]), work_(c.work[id.index()]) {}

  void run() {
    for (const auto& m : work_.uniques) {
      auto u = keyed<ir::Unique>(m, Place::unique);
      if (u) entity_.uniques.push_back(std::move(*u));
    }
    for (const auto& m : work_.indexes) {
      auto i = keyed<ir::Index>(m, Place::index);
      if (i) entity_.indexes.push_back(std::move(*i));
    }
    for (const auto& m : work_.checks) check(m);
  }

private:
  template <class Decl>
  Scope scopeFor(const MemberOf<Decl>& m, Use use) const {
    return Scope{
        c_, *m.tree, m.unit, use, &c_.model, id_, m.origin ? m.origin->qualified : entity_.name};
  }

  template <class Result, class Decl>
  std::optional<Result> keyed(const MemberOf<Decl>& m, Place place) {
    const Decl& d = *m.decl;
    auto said = readAnnotations(c_, *m.tree, d.annotations, place, d.span);
    Result out;
    out.name = d.name.text;
    out.databaseName = std::move(said.name);
    out.doc = d.doc.text;
    if constexpr (std::is_same_v<Result, ir::Unique>) out.constraint = said.constraint;
    out.span = d.name ? d.name.span : d.span;
    bool bad = d.parts.empty();
    for (const auto& part : d.parts) {
      auto e = checkAny(scopeFor(m, Use::index), part.expr);
      if (e.kind == ir::ExprKind::error || !indexable(e)) {
        bad = true;
        continue;
      }
      const bool again = std::ranges::any_of(out.parts, [&](auto& p) { return p.expr == e; });
      if (again) c_.add(report<Code::KEY006>(e.span, ir::toString(e, c_.model)));
      out.parts.push_back({std::move(e), part.descending});
    }
    if (d.where) {
      auto filter = checkCondition(scopeFor(m, Use::filter), *d.where);
      if (filter.kind == ir::ExprKind::error)
        bad = true;
      else
        out.where = std::move(filter);
    }
    if constexpr (std::is_same_v<Result, ir::Unique>) bad = !constraintIsPlain(out) || bad;
    return bad ? std::nullopt : std::optional(std::move(out));
  }

  // Databases have conditions, orders and expressions in indexes, not in constraints.
  bool constraintIsPlain(const ir::Unique& unique) {
    if (!unique.constraint) return true;
    std::string_view what;
    Span at = unique.span;
    for (const ir::IndexPart& part : unique.parts) {
      if (part.descending) what = "an order";
      if (part.expr.kind != ir::ExprKind::property) what = "an expression", at = part.expr.span;
    }
    if (unique.where) what = "a condition", at = unique.where->span;
    if (what.empty()) return true;
    c_.add(report<Code::KEY010>(at, what)).help("leave `@constraint` out: then it is an index");
    return false;
  }

  bool indexable(const ir::Expr& e) {
    std::string_view what;
    if (isConstant(e))
      what = "a constant";
    else if (e.type.list)
      what = "a list";
    else if (e.type.scalar == ir::Scalar::json)
      what = "`json`";
    if (!what.empty()) c_.add(report<Code::KEY009>(e.span, what));
    return what.empty();
  }

  void check(const MemberOf<syntax::CheckDecl>& m) {
    const auto& d = *m.decl;
    auto said = readAnnotations(c_, *m.tree, d.annotations, Place::check, d.span);
    ir::Check out;
    out.name = d.name.text;
    out.databaseName = std::move(said.name);
    out.message = std::move(said.message);
    out.doc = d.doc.text;
    out.span = d.name ? d.name.span : d.span;
    out.condition = checkCondition(scopeFor(m, Use::check), d.condition);
    if (out.condition.kind != ir::ExprKind::error) entity_.checks.push_back(std::move(out));
  }

  Context& c_;
  ir::EntityId id_;
  ir::Entity& entity_;
  EntityWork& work_;
};

}  // namespace

void buildConstraints(Context& c) {
  for (uint32_t i = 0; i < c.model.entities.size(); ++i) Builder(c, ir::EntityId(i)).run();
}

}  // namespace cambium::sema
