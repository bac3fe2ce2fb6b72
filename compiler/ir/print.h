// ir/print.h: a model as .cam source, in the formatter's style (for `pull`). Parsing and analysing
// the text gives the same model. Members that came from mixins are written out; migrations and
// environments, which are no part of the model itself, are left out.
#pragma once

#include <string>

#include "compiler/ir/model.h"

namespace cambium::ir {

std::string toSource(const Model&);

}  // namespace cambium::ir
