// sema/checks/documentation.cpp
#include <algorithm>

#include "compiler/sema/checks/checks.h"

namespace cambium::sema {
namespace {

bool isDocumentation(const Context& c, const syntax::Comment& comment) {
  const auto text = c.sources.text(comment.span);
  return !comment.block && text.starts_with("///") && !text.starts_with("////");
}

// On lines of their own, one below the other.
bool continues(const Context& c, const syntax::Comment& a, const syntax::Comment& b) {
  const auto between = c.sources[a.span.file].text().substr(a.span.end, b.span.begin - a.span.end);
  return b.ownLine && between.find_first_not_of(" \t\r\n") == std::string_view::npos &&
         std::ranges::count(between, '\n') == 1;
}

void checkTree(Context& c, const SyntaxTree& tree) {
  const auto& all = tree.comments;  // what documents something is no longer among them
  for (size_t i = 0; i < all.size(); ++i) {
    if (!isDocumentation(c, all[i])) continue;
    FixIt fix{"write `//`", FixSafety::safe, {}};
    Span whole = all[i].span;
    size_t last = i;
    while (true) {
      const uint32_t begin = all[last].span.begin;
      fix.edits.push_back({{whole.file, begin, begin + 1}, ""});
      whole.end = all[last].span.end;
      const bool more = last + 1 < all.size() && isDocumentation(c, all[last + 1]) &&
                        continues(c, all[last], all[last + 1]);
      if (!more) break;
      ++last;
    }
    i = last;
    c.add(report<Code::NAM022>(whole))
        .help("`///` stands on the lines before what it documents; a note begins with `//`")
        .fix(std::move(fix));
  }
}

}  // namespace

void checkIdleDocumentation(Context& c) {
  for (const auto* tree : c.units[0]->trees)
    if (!tree->hasErrors) checkTree(c, *tree);
}

}  // namespace cambium::sema
