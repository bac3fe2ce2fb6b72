// syntax/parse.h: stage 1, text to tree. The only user of ANTLR.
// In: a file of a SourceMap (at most kMaxFileBytes; larger is an error). Out: always a tree.
// Errors: SYN codes into `sink`; recovery goes on with the next member or declaration, and one slip
// is reported once. Nesting deeper than kMaxNesting is an error, never a crash. Thread-safe: files
// may be parsed in parallel (each call has its own parser).
#pragma once

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/syntax/tree.h"

namespace cambium::syntax {

inline constexpr size_t kMaxFileBytes = size_t{16} << 20;
inline constexpr unsigned kMaxNesting = 256;

SyntaxTree parse(const SourceMap&, FileId, DiagnosticSink& sink);

}  // namespace cambium::syntax
