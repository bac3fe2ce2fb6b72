// diagnostics/render.h: how diagnostics look. Pure functions of values; nothing here prints.
#pragma once

#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"

namespace cambium {

struct RenderOptions {
  bool color = false;
  bool ascii = false;    // no box characters
  unsigned width = 100;  // cells; long source lines are shown as a window around the span
  size_t perFile = 20;   // more of one file are counted, not shown
};

// The terminal form of docs (tools.md): header, source line with carets, labels, notes, helps.
// Columns in the location are 1-based code points; carets align by display width.
std::string renderText(const std::vector<Diagnostic>&, const SourceMap&, const RenderOptions&);

// One line each, `file:line:col: error[REF001]: message`; the form used by golden cases. Helps,
// notes and labels follow, indented by two spaces.
std::string renderBrief(const std::vector<Diagnostic>&, const SourceMap&);

// JSON objects, one a line: type, code, title, severity, message, file, range {start,end: line,
// column, byte}, labels, notes, helps, fixes.
std::string renderJsonLines(const std::vector<Diagnostic>&, const SourceMap&);

}  // namespace cambium
