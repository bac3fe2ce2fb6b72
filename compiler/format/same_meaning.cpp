#include "compiler/format/format.h"
#include "compiler/syntax/dump.h"

namespace cambium::format {
namespace {

// What the comments say, in order: without slashes, blanks at the ends of lines and indentation.
std::string commentTexts(const syntax::SyntaxTree& tree, const SourceMap& sources) {
  std::string out;
  for (const syntax::Comment& c : tree.comments) {
    std::string_view text = sources.text(c.span);
    if (!c.block)
      while (!text.empty() && text.front() == '/') text.remove_prefix(1);
    std::string pending;
    for (const char ch : text) {
      if (ch == ' ' || ch == '\t' || ch == '\r' || ch == '\f') {
        pending += ' ';
      } else {
        if (ch != '\n') out += pending;
        pending.clear();
        out += ch;
      }
    }
    out += '\n';
  }
  return out;
}

}  // namespace

bool sameMeaning(const syntax::SyntaxTree& a, const SourceMap& aSources,
                 const syntax::SyntaxTree& b, const SourceMap& bSources) {
  return a.hasErrors == b.hasErrors && syntax::dump(a) == syntax::dump(b) &&
         commentTexts(a, aSources) == commentTexts(b, bSources);
}

}  // namespace cambium::format
