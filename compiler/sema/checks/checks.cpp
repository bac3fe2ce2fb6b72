// sema/checks/checks.cpp: the list of all checks.
#include "compiler/sema/checks/checks.h"

namespace cambium::sema {

void runChecks(Context& c) {
  checkKeysBehind(c);
  checkAutoincrement(c);
  checkRequiredCycles(c);
  checkCascadeCycles(c);
  checkContraryDeletes(c);
  checkRequiredSelves(c);
  checkCascadePaths(c);
  checkComputedCycles(c);
  checkComputedResults(c);
  checkConstantConditions(c);
  checkSameChecks(c);
  checkRedundantIndexes(c);
  checkPromotionCycles(c);
  checkSettingClashes(c);
  checkPrefixClashes(c);
  checkRequiredSettings(c);
  checkInheritedApprovals(c);
  checkUnusedImports(c);
  checkHiddenTypes(c);
  checkIdleDocumentation(c);
}

}  // namespace cambium::sema
