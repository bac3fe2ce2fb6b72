// syntax/misspelt.h: words of the language that are written wrongly in places where nothing else
// can be meant (`entitty Customer {`, `AND`, `is not in`). They are reported, and read as what was
// meant, so that what stands around them is read as well.
#pragma once

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/syntax/scanner.h"

namespace cambium::syntax {

void mendWords(FileId file, std::string_view text, ScannedText& scanned, DiagnosticSink& sink);

}  // namespace cambium::syntax
