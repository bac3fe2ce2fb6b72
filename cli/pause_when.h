// cli/pause_when.h: `backfill … pause when …` of an environment, for the runner.
#pragma once

#include <functional>

#include "cli/database.h"

namespace cambium::cli {

// Out: what RunOptions::mustWait wants; empty where the environment says nothing. An error (RUN100)
// where the condition speaks of what this database does not tell.
Or<std::function<dialect::DbResult<std::string>(dialect::Session&)>> pauseWhen(Context&, Database&);

}  // namespace cambium::cli
