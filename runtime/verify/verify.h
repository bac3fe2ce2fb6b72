// verify/verify.h: what the proof says of a plan, tried for real on an empty database: the old
// version is built and gets rows, the plan is run to each of its phases and taken back, then run
// to its end. In: the plan, and the build of the old version. Out: what does not hold, or what was
// looked at. The database has something in it afterwards: Session::removeAll().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/catalog/lower.h"
#include "compiler/dialect/session.h"
#include "compiler/diff/diff.h"
#include "compiler/emit/script.h"

namespace cambium::verify {

struct Trial {
  const emit::Script* build = nullptr;  // of the old version; null: there is none
  const emit::Script& script;
  const diff::ChangeSet& changes;
  const catalog::Lowered& from;
  const catalog::Lowered& to;
  const catalog::Traits& traits;
};

struct Finding {
  std::string claim;  // what does not hold, and when: "after undo from switch it is not 1.0.0"
  std::vector<std::string> differences;
};

struct Report {
  std::optional<Finding> finding;         // nothing: the plan does what it says
  std::optional<dialect::DbError> error;  // nobody can tell: the database, not the plan, gave up
  size_t tables = 0, rows = 0;            // that were in the old version
  std::string refused;  // why fewer rows were tried than there might be; "" = all were
};

Report tryOut(const Trial&, dialect::Session&, const std::string& actor);

}  // namespace cambium::verify
