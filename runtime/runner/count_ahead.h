// runner/count_ahead.h: what stands in the way of an undo is counted before its first step, where a
// count says the same there as where it stands.
#pragma once

#include <string_view>

#include "compiler/emit/script.h"

namespace cambium::runner {

// Whether taking back such a step may change what the count says: it writes rows, or makes another
// thing of a name that the count speaks of. Judged by the words of the two; yes where they do not
// tell.
bool mayChangeCount(const emit::Action& undo, std::string_view countSql);

}  // namespace cambium::runner
