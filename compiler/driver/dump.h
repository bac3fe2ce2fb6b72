// driver/dump.h: the outputs of stages as text, for --dump=STAGE: for people who work on the
// compiler. Not a stable format.
#pragma once

#include <string>
#include <vector>

#include "compiler/diff/change.h"
#include "compiler/plan/plan.h"
#include "compiler/source/source.h"
#include "compiler/syntax/tree.h"

namespace cambium::driver {

std::string dumpTokens(const SourceMap&);
std::string dumpTrees(const std::vector<syntax::SyntaxTree>&, const SourceMap&);
std::string dumpChanges(const diff::ChangeSet&);
std::string dumpPlan(const plan::Plan&);

}  // namespace cambium::driver
