// diff/parts.h: entities that become two, and two that become one (ir::TransformRule with `by`).
#pragma once

#include "compiler/diff/change.h"

namespace cambium::diff {

// The rule by which an entity of the new version came out of another one; null = none did.
const ir::TransformRule* cameOutOf(const ChangeSet&, EntityId to);
// The rule by which one of the old version goes into another one.
const ir::TransformRule* wentInto(const ChangeSet&, EntityId from);
// All that its rows say is in the other one from then on. Not so of a value that the rule leaves
// out; a key that makes itself up says nothing.
bool allWentInto(const ChangeSet&, EntityId from);

}  // namespace cambium::diff
