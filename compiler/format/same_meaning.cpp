#include <algorithm>

#include "compiler/format/format.h"
#include "compiler/syntax/dump.h"

namespace cambium::format {
namespace {

// Where JSON stands: its text is compared as it is, comments included.
std::vector<Span> jsonTexts(const syntax::SyntaxTree& tree) {
  std::vector<Span> spans;
  for (const syntax::Expr& e : tree.exprs)
    if (e.kind == syntax::ExprKind::json) spans.push_back(e.span);
  std::ranges::sort(spans, {}, &Span::begin);
  return spans;
}

// What the comments say, in order: without slashes, blanks at the ends of lines and indentation.
std::string commentTexts(const syntax::SyntaxTree& tree, const SourceMap& sources) {
  std::string out;
  const std::vector<Span> json = jsonTexts(tree);
  for (const syntax::Comment& c : tree.comments) {
    const auto behind = std::ranges::upper_bound(json, c.span.begin, {}, &Span::begin);
    if (behind != json.begin() && c.span.begin < std::prev(behind)->end) continue;
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
