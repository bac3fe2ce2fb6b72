// sema/checks/conditions.cpp
#include "compiler/sema/checks/checks.h"
#include "compiler/sema/expressions.h"

namespace cambium::sema {

// A condition that no row can change is a slip of the pen.
void checkConstantConditions(Context& c) {
  const auto check = [&](const ir::Expr& e) {
    const auto truth = constantTruth(e);
    if (!truth && !isConstant(e)) return;
    c.add(report<Code::EXP008>(e.span, !truth   ? "says the same of every row"
                                       : *truth ? "is always true"
                                                : "is always false"))
        .help("name the property or `value` that it is about, or remove it");
  };
  for (const auto& entity : c.model.entities)
    for (const auto& one : entity.checks) check(one.condition);
  for (const auto& alias : c.model.aliases)
    if (alias.where) check(*alias.where);
  for (const auto& p : c.model.properties)
    if (p.where) check(*p.where);
  for (const auto& schema : c.model.schemas)
    for (const auto& setting : schema.settings)
      if (setting.where) check(*setting.where);
}

void checkSameChecks(Context& c) {
  for (const auto& entity : c.model.entities)
    for (size_t i = 1; i < entity.checks.size(); ++i)
      for (size_t j = 0; j < i; ++j) {
        const auto &one = entity.checks[i], &other = entity.checks[j];
        if (one.condition.kind == ir::ExprKind::error || one.condition != other.condition) continue;
        // Of an own one and a mixin's the own one is superfluous.
        const auto isOwn = [&](const ir::Check& check) {
          return check.span.file == entity.span.file && check.span.begin > entity.span.begin;
        };
        const auto& [gone, kept] =
            isOwn(one) || !isOwn(other) ? std::tie(one, other) : std::tie(other, one);
        c.add(report<Code::KEY013>(gone.span))
            .label(kept.span, "this one says it")
            .help("remove one of them, or write what was meant");
        break;
      }
}

}  // namespace cambium::sema
