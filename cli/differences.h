// cli/differences.h: a live database beside what a model says: for adopt, drift and status.
#pragma once

#include <string>
#include <vector>

#include "cli/database.h"
#include "compiler/catalog/catalog.h"

namespace cambium::cli {

// What the live database lacks, has otherwise or has too much, compared with a fresh build of the
// model.
Or<std::vector<catalog::Difference>> differences(Context&, const Database&, const ir::Model&);
// SQL that would make it what the model says: emit::printRepair.
Or<std::string> repairOf(Context&, const Database&, const ir::Model&);

// Prints them, and adds them as field `differences`.
void showDifferences(Context&, const std::vector<catalog::Difference>&);

}  // namespace cambium::cli
