// ir/refinements.h: what values of a property, a setting or a type must fulfil.
#pragma once

#include <optional>
#include <vector>

#include "compiler/ir/model.h"

namespace cambium::ir {

// The condition of the type (which holds those of the types that it builds on) and the one said
// besides; all must hold, for each element where the type is a list. Pointers into the arguments.
inline std::vector<const Expr*> refinementsOf(const Model& model, const Type& type,
                                              const Boxed<Expr>& where) {
  std::vector<const Expr*> out;
  if (type.alias && model[type.alias].where) out.push_back(&*model[type.alias].where);
  if (where) out.push_back(&*where);
  return out;
}

}  // namespace cambium::ir
