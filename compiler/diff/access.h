// diff/access.h: what is different in templates, roles, grants and policies. They have no rows:
// nothing is asked, and nothing is lost.
#pragma once

#include "compiler/diff/match.h"

namespace cambium::diff {

// Adds the changes to the set, whose matching is known.
void diffAccess(ChangeSet&, const Comparison&, const Rules&);

}  // namespace cambium::diff
