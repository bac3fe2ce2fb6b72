// diff/exposed.h: what was declared `@exposed` in the old version. Others than the applications of
// this package rely on it: reports, exports, programs of other teams.
#pragma once

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diff/change.h"

namespace cambium::diff {

// The change is of something that was exposed, or adds to it.
bool isExposed(const Change&, const ChangeSet&);

// Of the changes that are safe for the applications of this package: whoever only reads may meet
// something that was not there before, or misses something.
bool isNoticedOutside(const Change&, const ChangeSet&);

// EVO066 for each change of something exposed that is not safe.
void reportExposed(const ChangeSet&, DiagnosticSink&);

}  // namespace cambium::diff
