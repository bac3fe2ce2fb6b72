// A model from text, for tests of the stages behind the analysis. The text must be without errors.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "compiler/sema/analyze.h"
#include "compiler/syntax/parse.h"

namespace cambium::testing {

inline ir::Model modelOf(const std::string& text) {
  SourceMap sources;
  DiagnosticSink sink;
  const FileId file = sources.add(
      "model.cam", text.starts_with("package") ? text : "package test version \"1.0.0\"\n" + text);
  const syntax::SyntaxTree tree = syntax::parse(sources, file, sink);
  const syntax::SyntaxTree* trees[] = {&tree};
  ir::Model model = sema::analyze(trees, {}, {}, sources, sink);
  for (const Diagnostic& d : sink.sorted())
    if (d.severity == Severity::error)
      ADD_FAILURE() << info(d.code).name << " " << d.message << "\n" << text;
  return model;
}

}  // namespace cambium::testing
