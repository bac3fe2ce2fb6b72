// diff/declarations.h: what changes in tags, containment and declarations without a table of their
// own. Adds to the change set's list and to the findings; the tables that tags and containment are
// made of are compared as entities and properties.
#pragma once

#include "compiler/diff/findings.h"

namespace cambium::diff {

void diffTags(ChangeSet& set, Rules& rules, Findings& findings);
void diffContainment(ChangeSet& set);
void diffViews(ChangeSet& set, const Comparison& comparison);

}  // namespace cambium::diff
