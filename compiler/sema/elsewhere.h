// sema/elsewhere.h: names that the package uses and does not have: whether a package that could be
// imported has them, and what to write then.
#pragma once

#include "compiler/sema/context.h"

namespace cambium::sema {

// Adds the help, and the fix where there is one; false: nobody has such a thing. `kinds`: what
// would do. `unit`: whose name it is; other packages than the one being compiled get no help.
bool sayElsewhere(Context& c, Diagnostic& d, size_t unit, const syntax::QName& name,
                  std::initializer_list<SymbolKind> kinds);

// `import std.types.Email` and `import std`: what the path leads to.
void sayImportable(const Context& c, Diagnostic& d, const syntax::ImportDecl& import);

}  // namespace cambium::sema
