// syntax/dump.h: a tree as text: everything it means, nothing about where and how it was written.
// Two trees with the same text say the same.
#pragma once

#include <string>

#include "compiler/syntax/tree.h"

namespace cambium::syntax {

// One line for each declaration, member and item, `(kind field=value …)`; fields that are empty are
// left out. Deterministic.
std::string dump(const SyntaxTree&);

}  // namespace cambium::syntax
