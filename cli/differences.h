// cli/differences.h: a live database beside what a model says: for adopt, drift and status.
#pragma once

#include <string>
#include <vector>

#include "cli/database.h"
#include "compiler/catalog/catalog.h"
#include "compiler/catalog/extras.h"

namespace cambium::cli {

// Of which version's face (`access views`) views are expected: of one that is there, at least in
// part, or also where the environment asks for one.
enum class FaceExpected : unsigned char { ifThere, asTheEnvironmentSays };

// What the live database lacks, has otherwise or has too much, compared with a fresh build of the
// model and with what is known to be there beside it. Checks that only have no name in the database
// are none; `nameless` gets them.
Or<std::vector<catalog::Difference>> differences(Context&, const Database&, const ir::Model&,
                                                 const catalog::Extras& known, FaceExpected,
                                                 catalog::Extras* nameless = nullptr);
// SQL that would make it what the model says: emit::printRepair. What is known to be there beside
// the model stays.
Or<std::string> repairOf(Context&, const Database&, const ir::Model&, const catalog::Extras& known);

// Prints them, and adds them as field `differences`.
void showDifferences(Context&, const std::vector<catalog::Difference>&);

// Prints what is to be known from now on, and adds it as field `extras`.
void showExtras(Context&, const catalog::Extras&);

}  // namespace cambium::cli
