// cli/extras.h: a plan beside what somebody agreed to leave in the database (`adopt
// --with-extras`).
#pragma once

#include "cli/database.h"
#include "compiler/plan/plan.h"

namespace cambium::cli {

// Fails (RUN077) if the plan touches what one of them stands on, before anything is done; warns
// (RUN076) of triggers that fire while rows are filled. What is gone from the database by now is in
// nobody's way.
Or<bool> checkExtras(Context&, Database&, const Active&, const plan::Plan&);

}  // namespace cambium::cli
