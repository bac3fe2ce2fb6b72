// syntax/misplaced.h: what other languages say with other signs or in another order, where it is
// plain what is meant (`a: optional int32`, `many lines: Line`, `Id: int64 key`). It is reported,
// and read as what was meant, so that one slip is one error.
#pragma once

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/syntax/scanner.h"

namespace cambium::syntax {

void mendPlaces(FileId file, std::string_view text, ScannedText& scanned, DiagnosticSink& sink);

}  // namespace cambium::syntax
