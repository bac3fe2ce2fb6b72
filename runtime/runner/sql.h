// runner/sql.h: small helpers for our own statements.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compiler/dialect/cells.h"

namespace cambium::runner {

using Params = std::vector<std::pair<std::string_view, dialect::Value>>;

inline dialect::Value value(std::string_view text) {
  return std::string(text);
}
inline dialect::Value value(int64_t number) {
  return std::to_string(number);
}

using dialect::textAt;
// 0 for anything that is not a whole number.
inline int64_t numberAt(const dialect::Row& row, size_t index) {
  return dialect::wholeAt(row, index).value_or(0);
}

// Runs `body` in a transaction of its own (or inside the caller's): commits if it succeeds, rolls
// back if not.
template <class F>
dialect::DbResult<void> inTransaction(dialect::Session& session, F body) {
  if (session.inTransaction()) return body();
  if (auto begun = session.begin(); !begun) return begun;
  dialect::DbResult<void> result = body();
  if (result) result = session.commit();
  if (!result && session.inTransaction()) {
    if (auto undone = session.rollback(); !undone) return result;  // the first error tells more
  }
  return result;
}

}  // namespace cambium::runner
