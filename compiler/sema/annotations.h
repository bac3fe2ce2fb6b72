// sema/annotations.h: the annotations that exist, where they belong and what they take.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/sema/context.h"

namespace cambium::sema {

enum class Place : uint8_t {
  entity,
  mixin,
  property,
  reference,
  many,
  key,
  unique,
  index,
  indexPart,
  uniquePart,
  check,
  enumeration,
  enumerator,
  alias,
  view,
  role,
  grant,
  policy,
  setting
};
std::string_view describe(Place place);

// What was said, with empty for what was not.
struct Annotations {
  std::string table, column, name, message, sensitive, label;
  std::string deprecation, removeAfter;               // @deprecated("why", remove_after: "2.0.0")
  std::map<std::string, std::string> native, method;  // @native, @using: by dialect
  syntax::ExprIds include;                            // @include(…), as written
  bool unique = false, noindex = false, draft = false, constraint = false, deprecated = false,
       exposed = false, immutable = false;
  ir::Deferral deferral = ir::Deferral::no;
  std::vector<std::pair<std::string_view, Span>> environments;  // @environments(…), as written
};

// Reads the annotations of one declaration. `covers`: the declaration, for @allow. Errors: REF007
// NAM010 NAM015 NAM016 NAM018.
Annotations readAnnotations(Context& c, const SyntaxTree& tree,
                            const std::vector<syntax::Annotation>& list, Place place, Span covers);

}  // namespace cambium::sema
