// sema/views.cpp: what each view shows: columns over one entity, with paths along its references
// and aggregates over its `many`s.
#include <algorithm>

#include "compiler/sema/annotations.h"
#include "compiler/sema/expressions.h"

namespace cambium::sema {
namespace {

class Builder {
public:
  Builder(Context& c, const ViewDeclared& view) : c_(c), view_(view), d_(*view.decl) {}

  void run() {
    auto said = readAnnotations(c_, *view_.tree, d_.annotations, Place::view, d_.span);
    out_.name = d_.name.text;
    out_.doc = d_.doc.text;
    out_.databaseName = std::move(said.table);
    out_.deprecated = said.deprecated;
    out_.exposed = said.exposed;
    out_.label = said.label;
    out_.span = d_.name.span;
    if (!entity()) return;
    if (d_.where) {
      auto where = checkCondition(scope(), *d_.where);
      if (where.kind == ir::ExprKind::error) return;
      out_.where = std::move(where);
    }
    for (const auto& item : d_.items) column(item);
    if (!broken_ && !out_.columns.empty()) c_.model.views.push_back(std::move(out_));
  }

private:
  bool entity() {
    if (!wellFormed(d_.of)) return false;
    const auto symbol = resolve(c_, view_.unit, d_.of);
    if (!symbol) {
      if (isLost(c_, view_.unit, d_.of)) return false;
      suggest(c_.add(report<Code::REF001>(d_.of.span, d_.of.dotted())), d_.of.dotted(), d_.of.span,
              namesOf(c_, view_.unit, SymbolKind::entity));
      return false;
    }
    if (symbol->kind != SymbolKind::entity) {
      c_.add(report<Code::REF012>(d_.of.span, d_.of.dotted(), describe(symbol->kind), "an entity"));
      return false;
    }
    const auto id = c_.entityIds.find(symbol->index);
    if (id == c_.entityIds.end()) return false;
    out_.of = id->second;
    if (!view_.deprecated) noteDeprecated(c_, *symbol, d_.of.span);
    const auto lifecycle = c_.model[out_.of].lifecycle;
    if (lifecycle != ir::Lifecycle::draft && lifecycle != ir::Lifecycle::external) return true;
    c_.add(report<Code::VIE003>(d_.of.span, d_.of.dotted()))
        .note(lifecycle == ir::Lifecycle::draft ? "a draft has no table"
                                                : "Cambium does not look after its table");
    return false;
  }

  Scope scope() const {
    return Scope{c_,      *view_.tree,           view_.unit, Use::view, &c_.model,
                 out_.of, c_.model[out_.of].name};
  }

  void column(const syntax::ViewItem& item) {
    ir::ViewColumn out;
    out.span = item.span;
    out.expr = checkAny(scope(), item.expr);
    if (out.expr.kind == ir::ExprKind::error) {
      broken_ = true;
      return;
    }
    if (item.as) {
      checkName(c_, item.as);
      out.name = item.as.text;
    } else if (out.expr.kind == ir::ExprKind::property) {
      out.name = out.expr.path.back();
    } else {
      broken_ = true;
      c_.add(report<Code::VIE002>(item.span, out_.name))
          .help("name it: `" + ir::toString(out.expr, c_.model) + " as …`");
      return;
    }
    const auto first = std::ranges::find(out_.columns, out.name, &ir::ViewColumn::name);
    if (first != out_.columns.end()) {
      broken_ = true;
      c_.add(report<Code::VIE001>(item.as ? item.as.span : item.span, out_.name, out.name))
          .label(first->span, "the first is here")
          .help("give one of them another name: `… as other_name`");
      return;
    }
    out_.columns.push_back(std::move(out));
  }

  Context& c_;
  const ViewDeclared& view_;
  const syntax::ViewDecl& d_;
  ir::View out_;
  bool broken_ = false;
};

}  // namespace

void buildViews(Context& c) {
  for (const auto& view : c.views)
    if (view.unit == 0) Builder(c, view).run();
  std::ranges::sort(c.model.views, {}, &ir::View::name);
}

}  // namespace cambium::sema
