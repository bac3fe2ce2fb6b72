// sema/unit.h: entering one package's declarations, used for the package itself and for what it
// imports.
#pragma once

#include "compiler/sema/context.h"

namespace cambium::sema {

// Declares everything in units[unit]. Errors: NAM001 NAM003 NAM004 NAM006 NAM014.
void declareUnit(Context& c, size_t unit);

}  // namespace cambium::sema
