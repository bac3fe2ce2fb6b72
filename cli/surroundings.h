// cli/surroundings.h: what a plan is going to meet in its database, asked before it is begun: the
// rows in its way, how large the tables are that its steps go through, who follows the server, who
// is in the way, what this user may not do.
#pragma once

#include "cli/planning.h"

namespace cambium::cli {

// Fills in what the plan has of that kind. Only reads; what cannot be asked stays unknown.
// `samples`: how many of the rows in the way are listed.
void lookAround(dialect::Session&, ReadyPlan&, unsigned samples);

// As the command line says: `--samples N`.
unsigned samplesWanted(const Context&);

}  // namespace cambium::cli
