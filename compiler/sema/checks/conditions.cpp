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

}  // namespace cambium::sema
