// diff/columns.h: whether a property stays in its column, as far as the model says.
#pragma once

#include "compiler/ir/model.h"

namespace cambium::diff {

inline const std::string& columnOf(const ir::Property& p) {
  return p.column.empty() ? p.name : p.column;
}

// `@column` comes, goes or changes on a property that keeps its name (a new name is a change of its
// own).
inline bool columnMoves(const ir::Property& x, const ir::Property& y) {
  return x.name == y.name && columnOf(x) != columnOf(y);
}

}  // namespace cambium::diff
