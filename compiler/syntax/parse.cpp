#include "compiler/syntax/parse.h"

#include "compiler/syntax/antlr/recovery.h"
#include "compiler/syntax/ast_builder.h"
#include "compiler/syntax/faults.h"
#include "compiler/syntax/misplaced.h"
#include "compiler/syntax/misspelt.h"
#include "compiler/syntax/scanner.h"
#include "compiler/syntax/syntax_error.h"
#include "grammar/fast/CambiumParser.h"

namespace cambium::syntax {

namespace {

static_assert(kMaxFileBytes < (1u << 25), "a token may be a byte, and ParseEvent numbers them");

using grammar::fast::CambiumParser;

// Made when the first file is parsed; the same for every parser, and never changed.
const LookaheadTable& lookaheadTable(const CambiumParser& parser) {
  static const LookaheadTable table(parser.getATN());
  return table;
}

}  // namespace

SyntaxTree parse(const SourceMap& sources, FileId file, DiagnosticSink& sink) {
  const std::string_view text = sources[file].text();
  const size_t errorsBefore = sink.errorCount();
  const auto unread = [&](Diagnostic d) {
    sink.add(std::move(d));
    SyntaxTree tree;
    tree.file = file;
    tree.hasErrors = true;
    return tree;
  };
  if (text.size() > kMaxFileBytes)
    return unread(report<Code::SYN020>({file, 0, 0}, text.size(), kMaxFileBytes)
                      .help("split it: every `.cam` file of the folder belongs to the package"));
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return unread(report<Code::SYN018>({file, 0, 1}, uint8_t(text[0]))
                      .note("it is UTF-16, by its first two bytes: nothing of it was read")
                      .help("save the file as UTF-8"));
  reportCharacters(file, text, sink);
  ScannedText scanned = scan(text);
  mendTokens(file, text, scanned, kMaxNesting, sink);
  mendWords(file, text, scanned, sink);
  mendPlaces(file, text, scanned, sink);

  FlatTokenStream stream(scanned.tokens);
  CambiumParser parser(&stream);
  const LookaheadTable& table = lookaheadTable(parser);
  const auto recovery = std::make_shared<Recovery>(text, scanned.tokens, table);
  parser.setLookaheadTable(table);
  parser.setErrorHandler(recovery);
  parser.events.reserve(scanned.tokens.size() * 4);
  parser.file();
  reportSyntaxErrors(recovery->errors(), file, text, scanned.tokens, sink);

  SyntaxTree tree =
      AstBuilder(file, text, scanned, parser.events, recovery->errors(), sink).build();
  tree.hasErrors = recovery->failed() || sink.errorCount() > errorsBefore;
  return tree;
}

}  // namespace cambium::syntax
