// diff/widening.h: which changes of type leave every value as it is.
#pragma once

#include "compiler/ir/model.h"

namespace cambium::diff {

// Every value of `from` (a type of `model`) is a value of `to` and is written the same way; whether
// there must be one does not count.
bool widens(const ir::Type& from, const ir::Model& model, const ir::Type& to);

}  // namespace cambium::diff
