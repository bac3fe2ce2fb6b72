// plan/takeover.h: a table takes the name of the view that stood for it. Where each change of the
// schema commits by itself, applications that use the name must never find it gone: view and table
// change their names in one statement, and the view goes once nobody can ask for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/plan/operation.h"

namespace cambium::plan {

// The operations of a step of CONTRACT with every such renaming before its triggers go: a table
// that cannot be had in time is left as it was, with all that keeps its rows right.
//
// A server takes the locks of one statement in the order of the names. Who reads through the view
// holds its name, and waits for the table's: if the server had that one already and waited for the
// other, it would end the reader's statement. So where the table's name is the earlier one, it is
// first given one behind the view's, and a view keeps the old name meanwhile.
//
// `later`: what is there when the step is done.
std::vector<Operation> takingOver(std::vector<Operation>, const catalog::Traits&,
                                  const catalog::Catalog& later);
// Whether the view of this name is one on its way out: it may speak of a table that is gone.
bool stepsAside(std::string_view view);

// Operations that are one statement: what is renamed, one behind the other.
struct TakeOver {
  std::vector<std::pair<std::string, std::string>> renames;  // from, to
  size_t operations = 0;
};
// That which begins at `at`; nullopt = none does.
std::optional<TakeOver> takeOverAt(const std::vector<Operation>&, size_t at);

// What the server itself does to a trigger whose table gets another name; nullopt: its SQL does not
// name the table where it would have to.
std::optional<catalog::Trigger> renamedTable(catalog::Trigger, const std::string& to,
                                             const catalog::Traits&);

}  // namespace cambium::plan
