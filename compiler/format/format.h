// format/format.h: one style, no options. Width 100; comments and groups of lines (one blank line
// at most) are kept. In: a tree without syntax errors and its source. Out: the text in the one
// style, ending in a newline. format(parse(format(x))) == format(x), and the tree of the result
// equals the tree of the input but for spans and comments' places: `sameMeaning` proves it, and a
// caller that writes files must ask.
#pragma once

#include <string>

#include "compiler/syntax/tree.h"

namespace cambium::format {

std::string format(const syntax::SyntaxTree&, const SourceMap&);

// True when two trees say the same: equal in everything but places (spans), layout and comments;
// both have the same comments' texts in order.
bool sameMeaning(const syntax::SyntaxTree& a, const SourceMap& aSources,
                 const syntax::SyntaxTree& b, const SourceMap& bSources);

}  // namespace cambium::format
