// diff/merges.h: values of an enum, and tags, that go and whose rows get another one: renamed to it
// and approved to be dropped, in one migration.
#pragma once

#include <string>
#include <string_view>

#include "compiler/diff/change.h"

namespace cambium::diff {

// The rule that says so of a value or a tag; null = there is none.
const ir::RenameRule* mergeOf(const ir::Migration*, std::string_view owner, std::string_view name);

// What the new version calls the other one; "" = there is none.
std::string mergedInto(const ChangeSet&, const EnumDropValue&);
std::string mergedInto(const ChangeSet&, const DropTag&);

}  // namespace cambium::diff
