// plugins/builtin_dialects.h: the dialects that are linked into the tool (the list is generated
// from the folders here).
#pragma once

#include "compiler/dialect/dialect.h"

namespace cambium::dialect {

Dialects builtinDialects();

}  // namespace cambium::dialect
