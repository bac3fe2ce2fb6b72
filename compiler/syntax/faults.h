// syntax/faults.h: what can be said about a file before it is parsed: characters and tokens that no
// sentence contains. They are reported, and then mended or taken out, so that the parser sees
// sentences.
#pragma once

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/syntax/scanner.h"

namespace cambium::syntax {

// Bytes that are not UTF-8, bidirectional, invisible and control characters.
void reportCharacters(FileId file, std::string_view text, DiagnosticSink& sink);

// Makes the tokens fit for the parser. Where something was taken out the next token is quiet.
// Brackets nested deeper than `maxNesting` are reported once and their contents taken out.
void mendTokens(FileId file, std::string_view text, ScannedText& scanned, unsigned maxNesting,
                DiagnosticSink& sink);

}  // namespace cambium::syntax
