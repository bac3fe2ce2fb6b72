// sema/checks/imports.cpp
#include "compiler/sema/checks/checks.h"

namespace cambium::sema {

void checkUnusedImports(Context& c) {
  for (const auto& use : c.units[0]->uses) {
    if (use.used) continue;
    c.add(report<Code::NAM007>(use.span, use.text)).help("remove it");
  }
}

}  // namespace cambium::sema
