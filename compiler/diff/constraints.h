// diff/constraints.h: what is different in the uniques, indexes and checks of an entity that is in
// both versions. They are told by what they say: the same under another name is renamed.
#pragma once

#include <utility>

#include "compiler/diff/findings.h"

namespace cambium::diff {

// Properties, as the old and the new version have them, that are `@unique` in one of the two.
struct UniqueProperties {
  std::vector<std::pair<PropertyId, PropertyId>> now, before;
};

// Adds the changes to the set. Errors, into the findings: MIG017.
void diffConstraints(ChangeSet&, const Comparison&, const Rules&, Findings&, EntityId from,
                     EntityId to, const UniqueProperties&);

}  // namespace cambium::diff
