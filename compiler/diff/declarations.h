// diff/declarations.h: what changes in tags, containment and declarations without a table of their
// own. Adds to the change set's list and to the findings; the tables that tags and containment are
// made of are compared as entities and properties.
#pragma once

#include <algorithm>

#include "compiler/diff/findings.h"

namespace cambium::diff {

void diffTags(ChangeSet& set, Rules& rules, Findings& findings);
void diffContainment(ChangeSet& set);
// What a view, a role or a template of the old version is called in the new one, which has those in
// `fresh`: what the migration says, if one of them is called so.
template <class T>
const std::string& newName(const std::string& old, const std::vector<T>& fresh,
                           const Rules& rules) {
  const auto* rule = rules.renameOfName("", old);
  const bool there = rule && std::ranges::find(fresh, rule->to, &T::name) != fresh.end();
  return there ? rule->to : old;
}
void diffViews(ChangeSet& set, const Comparison& comparison, const Rules& rules);

}  // namespace cambium::diff
