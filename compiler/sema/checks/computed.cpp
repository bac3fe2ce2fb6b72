// sema/checks/computed.cpp
#include "compiler/sema/checks/checks.h"
#include "compiler/sema/cycles.h"
#include "compiler/sema/graph.h"

namespace cambium::sema {

void checkComputedCycles(Context& c) {
  std::vector<std::vector<Edge>> graph(c.model.properties.size());
  bool any = false;
  for (uint32_t i = 0; i < graph.size(); ++i) {
    const auto& p = c.model[ir::PropertyId(i)];
    if (!p.computed) continue;
    const auto& names = c.work[p.entity.index()].byName;
    for (const auto& used : ir::propertiesUsed(*p.computed)) {
      const auto it = names.find(used);
      if (it == names.end()) continue;
      graph[i].push_back({it->second.index(), 0});
      any = true;
    }
  }
  if (!any) return;
  for (const auto& cycle : findCycles(graph)) {
    std::vector<CycleStep> steps;
    for (const auto& step : cycle) {
      const auto& p = c.model[ir::PropertyId(step.node)];
      steps.push_back({p.name, p.span});
    }
    addCycle<Code::EXP011>(c, steps).help("compute one of them from other properties");
  }
}

namespace {

// The division or conversion in it that has no result for some values of required operands; null =
// none. What stands in a `case` may be guarded there.
const ir::Expr* withoutResult(const ir::Expr& e) {
  using ir::ExprKind, ir::Function;
  const bool call = e.kind == ExprKind::call;
  if (e.kind == ExprKind::caseWhen || e.kind == ExprKind::isNull || e.kind == ExprKind::native)
    return nullptr;
  if (call && (e.function == Function::coalesce || e.function == Function::concat)) return nullptr;
  const bool divides =
      e.kind == ExprKind::binary && (e.op == ir::Op::divide || e.op == ir::Op::modulo);
  if (divides && e.args.size() == 2 && e.args[1].kind != ExprKind::literal) return &e;
  const bool converts =
      call && (e.function == Function::toInt64 || e.function == Function::toDecimal ||
               e.function == Function::toFloat64 || e.function == Function::toBool ||
               e.function == Function::toDate);
  if (converts && !e.args.empty() && ir::isTextual(e.args[0].type.scalar)) return &e;
  for (const auto& arg : e.args)
    if (const auto* found = withoutResult(arg)) return found;
  return nullptr;
}

}  // namespace

// The databases leave a computed column empty where its expression has no result.
void checkComputedResults(Context& c) {
  for (const auto& p : c.model.properties) {
    if (!p.computed || p.type.optional) continue;
    const auto* partial = withoutResult(*p.computed);
    if (!partial) continue;
    const bool division = partial->kind == ir::ExprKind::binary;
    c.add(report<Code::TYP020>(partial->span ? partial->span : p.span, p.name,
                               "`" + ir::toString(*partial, c.model) + "`"))
        .note(division ? "a division by zero has none" : "a text of another form has none")
        .help(
            "make the property optional (`?`), or say what stands there instead: "
            "`coalesce(…, 0)`");
  }
}

}  // namespace cambium::sema
