// diagnostics/fixes.h: applying fix-its.
// In: diagnostics in the order shown, and the sources they are about. Out: the texts that change.
// Only safe fixes that are the only one of their diagnostic (several are a choice that a person
// makes) and that overlap no earlier one; whole fixes or none of their edits.
#pragma once

#include <map>
#include <string>

#include "compiler/diagnostics/diagnostic.h"

namespace cambium {

struct AppliedFixes {
  size_t count = 0;
  std::map<FileId, std::string> texts;  // of the files that change
};

// Files from `files` on are not the caller's (the standard library) and stay as they are.
AppliedFixes applySafeFixes(const std::vector<Diagnostic>& sorted, const SourceMap& sources,
                            size_t files);
// The one safe fix that would be applied without asking, if there is one.
const FixIt* safeFix(const Diagnostic& d);

}  // namespace cambium
