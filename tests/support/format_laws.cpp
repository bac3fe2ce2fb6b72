#include "tests/support/format_laws.h"

#include "compiler/diagnostics/render.h"
#include "compiler/format/format.h"
#include "compiler/syntax/parse.h"
#include "compiler/syntax/scanner.h"

namespace cambium::testing {
namespace {

struct Parsed {
  SourceMap sources;
  DiagnosticSink sink;
  syntax::SyntaxTree tree;
  explicit Parsed(const std::string& text)
      : tree(syntax::parse(sources, sources.add("t.cam", text), sink)) {}
  std::string errors() const { return renderBrief(sink.sorted(), sources); }
};

}  // namespace

bool parses(const std::string& text) {
  const Parsed parsed(text);
  return !parsed.sink.hasErrors() && !parsed.tree.hasErrors;
}

::testing::AssertionResult keepsTheFormatLaws(const std::string& text) {
  const Parsed before(text);
  if (before.sink.hasErrors())
    return ::testing::AssertionFailure() << before.errors() << "\nin:\n" << text;
  const std::string once = format::format(before.tree, before.sources);
  const Parsed after(once);
  if (after.sink.hasErrors())
    return ::testing::AssertionFailure() << after.errors() << "\nof:\n"
                                         << text << "\nmade:\n"
                                         << once;
  if (!format::sameMeaning(before.tree, before.sources, after.tree, after.sources))
    return ::testing::AssertionFailure() << "another meaning\nof:\n" << text << "\nmade:\n" << once;
  const std::string twice = format::format(after.tree, after.sources);
  if (once != twice)
    return ::testing::AssertionFailure() << "not at rest\nof:\n"
                                         << text << "\nonce:\n"
                                         << once << "\ntwice:\n"
                                         << twice;
  if (!once.empty() && once.back() != '\n') return ::testing::AssertionFailure() << "no line end";
  return ::testing::AssertionSuccess();
}

std::string withOtherBlanks(const std::string& text, std::mt19937& random) {
  static const char* const kBetween[] = {" ",         " ",
                                         " ",         " ",
                                         "  ",        "\n",
                                         "\n\n\n",    "\t",
                                         " // c\n",   "\n  // own line\n",
                                         " /* b */ ", "\n/* several\n   lines */\n",
                                         "\r\n",      " //\n"};
  const auto scanned = syntax::scan(text);
  const size_t rarely = random() % 6 == 0 ? 1 : 1 + random() % 30;
  std::string out;
  for (const auto& token : scanned.tokens) {
    out += text.substr(token.begin, token.end - token.begin);
    out += random() % rarely == 0 ? kBetween[random() % std::size(kBetween)] : " ";
  }
  return out;
}

}  // namespace cambium::testing
