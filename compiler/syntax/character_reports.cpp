// syntax/character_reports.cpp: characters that stand in no file, in words.
#include <fmt/core.h>

#include "compiler/syntax/faults.h"
#include "compiler/syntax/scanner.h"
#include "compiler/syntax/syntax_error.h"

namespace cambium::syntax {

// A text has no U+0000; every other character may stand in it as an escape.
static std::string escapeHelp(uint32_t c) {
  return c ? fmt::format("take it out, or write it in a string as `\\u{{{:X}}}`", c)
           : "take it out";
}

void reportCharacters(FileId file, std::string_view text, DiagnosticSink& sink) {
  using Kind = CharacterFault::Kind;
  size_t said = 0;
  for (const CharacterFault& f : findCharacterFaults(text)) {
    const Span span{file, f.begin, f.end};
    if (said == kMaxSyntaxErrors)
      sink.add(report<Code::SYN029>(span).help("mend the first ones, then check again"));
    // That the file is not UTF-8 is told however much is: nobody may write to it.
    if (said++ >= kMaxSyntaxErrors && f.kind != Kind::notUtf8) continue;
    switch (f.kind) {
      case Kind::notUtf8:
        sink.add(report<Code::SYN018>(span, f.codePoint).help("save the file as UTF-8"));
        break;
      case Kind::bidirectional:
        sink.add(report<Code::SYN019>(span, "bidirectional", f.codePoint)
                     .note("it can make a text read differently from what it says")
                     .help(escapeHelp(f.codePoint))
                     .fix({"take it out", FixSafety::review, {{span, ""}}}));
        break;
      case Kind::invisible:
      case Kind::control:
        sink.add(report<Code::SYN019>(span, f.kind == Kind::control ? "control" : "invisible",
                                      f.codePoint)
                     .help(escapeHelp(f.codePoint))
                     .fix({"take it out", FixSafety::review, {{span, ""}}}));
        break;
    }
  }
}

}  // namespace cambium::syntax
