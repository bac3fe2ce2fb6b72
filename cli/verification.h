// cli/verification.h: `plan --verify-on URL`: the plans run for real on an empty database.
#pragma once

#include <string>

#include "cli/planning.h"

namespace cambium::cli {

// Builds the old version there, gives it rows, runs each plan and takes it back (verify/verify.h),
// and takes all of it away again. A database with something in it is refused (RUN081); a plan that
// does not do what it says ends the command (RUN082).
Or<bool> verifyOn(Context&, driver::Compilation&, const ReadyWay&, const std::string& url);

}  // namespace cambium::cli
