// sema/checks/checks.h: what is checked when the model stands. One check, one function; checks.cpp
// runs them in this order.
#pragma once

#include "compiler/sema/context.h"

namespace cambium::sema {

void checkKeysBehind(Context& c);          // keys.cpp
void checkAutoincrement(Context& c);       // keys.cpp
void checkRequiredCycles(Context& c);      // references.cpp
void checkCascadeCycles(Context& c);       // references.cpp
void checkContraryDeletes(Context& c);     // references.cpp
void checkRequiredSelves(Context& c);      // references.cpp
void checkCascadePaths(Context& c);        // cascades.cpp
void checkComputedCycles(Context& c);      // computed.cpp
void checkComputedResults(Context& c);     // computed.cpp
void checkConstantConditions(Context& c);  // conditions.cpp
void checkSameChecks(Context& c);          // conditions.cpp
void checkRedundantIndexes(Context& c);    // indexes.cpp
void checkPromotionCycles(Context& c);     // environments.cpp
void checkSettingClashes(Context& c);      // namespaces.cpp
void checkPrefixClashes(Context& c);       // namespaces.cpp
void checkRequiredSettings(Context& c);    // namespaces.cpp
void checkInheritedApprovals(Context& c);  // namespaces.cpp
void checkUnusedImports(Context& c);       // imports.cpp
void checkHiddenTypes(Context& c);         // types.cpp
void checkIdleDocumentation(Context& c);   // documentation.cpp

}  // namespace cambium::sema
