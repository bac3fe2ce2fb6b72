// diff/declarations.h: what changes in tags, containment and declarations without a table of their
// own. Adds to the change set's list and to the findings; the tables that tags and containment are
// made of are compared as entities and properties.
#pragma once

#include "compiler/diff/findings.h"

namespace cambium::diff {

void diffTags(ChangeSet& set, Rules& rules, Findings& findings);
void diffContainment(ChangeSet& set);
// What a view of the old version is called in the new one, `to`.
const std::string& newViewName(const std::string& old, const ir::Model& to, const Rules& rules);
void diffViews(ChangeSet& set, const Comparison& comparison, const Rules& rules);

}  // namespace cambium::diff
