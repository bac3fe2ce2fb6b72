// plan/blank.h: columns that are empty until the form that was not written follows the other one,
// and which of the old version an insert through the new one's face leaves so.
#pragma once

#include "compiler/plan/middle.h"

namespace cambium::plan {

// Some column of the new form may be empty.
bool mayStayEmpty(const TableForms&, const Group&);
// It may refuse an empty column: what one version writes reaches the other one's column only behind
// the row.
bool looksAtNull(const catalog::Check&);
// Sets OldColumn::blank.
void leaveBlank(const Context&, TableForms&);

}  // namespace cambium::plan
