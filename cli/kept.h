// cli/kept.h: what plans took away and the database keeps for a time, as people are told of it.
#pragma once

#include <string>

#include "cli/database.h"
#include "runtime/runner/kept.h"

namespace cambium::cli {

// "Customer.nickname", "Coupon and its rows"; by its name where nobody knows what it was.
std::string whatWas(const runner::KeptThing&);

// That there is something that was kept long enough; nothing where there is not, or nobody can
// tell.
void sayOverdue(Context&, const Database&, const std::string& package);

// What this plan took away and is still there, and until when.
void sayKept(Context&, const Database&, const runner::PlanRecord&);

}  // namespace cambium::cli
