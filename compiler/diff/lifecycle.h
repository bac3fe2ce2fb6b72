// diff/lifecycle.h: which steps of an entity's lifecycle there are, and how far a change of
// sensitivity goes.
//
//   draft ──> active ──> deprecated ──> deleted ──> gone (`approve drop`)
//   A deleted entity may be restored, a deprecated one too; a draft may go, or be deleted, as it
//   likes. What has a table never becomes a draft, and tables are neither handed to others nor
//   taken from them (external).
#pragma once

#include <string_view>

#include "compiler/ir/model.h"

namespace cambium::diff {

// The database holds rows of it, and this package looks after them.
inline bool hasTable(ir::Lifecycle lifecycle) {
  return lifecycle != ir::Lifecycle::draft && lifecycle != ir::Lifecycle::external;
}

inline std::string_view lifecycleWord(ir::Lifecycle lifecycle) {
  switch (lifecycle) {
    case ir::Lifecycle::active: return "active";
    case ir::Lifecycle::draft: return "draft";
    case ir::Lifecycle::deprecated: return "deprecated";
    case ir::Lifecycle::deleted: return "deleted";
    case ir::Lifecycle::external: return "external";
  }
  return "";
}

// From one to the other is no single step.
inline bool leavesOut(ir::Lifecycle from, ir::Lifecycle to) {
  using ir::Lifecycle;
  switch (from) {
    case Lifecycle::active:
      return to == Lifecycle::deleted || to == Lifecycle::draft || to == Lifecycle::external;
    case Lifecycle::deprecated:
    case Lifecycle::deleted: return to == Lifecycle::draft || to == Lifecycle::external;
    case Lifecycle::draft: return to == Lifecycle::deprecated;
    case Lifecycle::external: return to != Lifecycle::draft && to != Lifecycle::external;
  }
  return false;
}

// Less is hidden than before. Without a mask (`*`) nothing is shown; of two masks nobody knows
// which shows more.
inline bool exposes(const ir::Property& x, const ir::Property& y) {
  return !x.sensitive.empty() && x.sensitive != y.sensitive && y.sensitive != "*";
}

}  // namespace cambium::diff
