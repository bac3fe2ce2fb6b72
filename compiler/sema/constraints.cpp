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
    bool ordered = true;  // as every database orders an index
    if constexpr (std::is_same_v<Result, ir::Index>) {
      out.method = std::move(said.method);
      ordered = out.method.empty();
    }
    for (const auto& part : d.parts) {
      auto words =
          readAnnotations(c_, *m.tree, part.annotations,
                          place == Place::index ? Place::indexPart : Place::uniquePart, part.span);
      auto e = checkAny(scopeFor(m, Use::index), part.expr);
      if (e.kind == ir::ExprKind::error || !indexable(e, ordered)) {
        bad = true;
        continue;
      }
      const bool again = std::ranges::any_of(out.parts, [&](auto& p) { return p.expr == e; });
      if (again) c_.add(report<Code::KEY006>(e.span, ir::toString(e, c_.model)));
      if (part.descending && !ordered) {
        c_.add(report<Code::KEY011>(part.span, ir::toString(e, c_.model)))
            .help("leave `desc` out: what `@using` says is looked through in no order of its own");
        bad = true;
      }
      out.parts.push_back({std::move(e), part.descending, std::move(words.native)});
    }
    for (const auto id : said.include)
      bad = !include(checkAny(scopeFor(m, Use::index), id), out) || bad;
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

  // Only what a row has by itself can be in an index without being one of its parts.
  template <class Result>
  bool include(ir::Expr e, Result& into) {
    if (e.kind == ir::ExprKind::error) return false;
    const auto is = [&](const ir::Expr& other) { return other == e; };
    std::string_view why;
    if (e.kind != ir::ExprKind::property || e.path.size() != 1)
      why = "it is no property";
    else if (std::ranges::any_of(into.parts, is, &ir::IndexPart::expr))
      why = "it is a part already";
    else if (std::ranges::any_of(into.include, is))
      why = "it is included already";
    if (!why.empty()) {
      c_.add(report<Code::KEY012>(e.span, ir::toString(e, c_.model), why));
      return false;
    }
    into.include.push_back(std::move(e));
    return true;
  }

  bool indexable(const ir::Expr& e, bool ordered) {
    std::string_view what;
    if (isConstant(e))
      what = "a constant";
    else if (e.type.list && ordered)
      what = "a list";
    else if (e.type.scalar == ir::Scalar::json && ordered)
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
