// sema/habits.h: names that people know from other languages, and what they are called here.
// Pure tables. Private to this folder.
#pragma once

#include <string_view>

namespace cambium::sema {

struct Meant {
  std::string_view ours;  // to be written in its place; empty if it takes more than a name
  std::string_view help;  // empty: "that is `ours` here"
  explicit operator bool() const { return !ours.empty() || !help.empty(); }
};

// `varchar`, `List`, `ForeignKey`.
Meant typeMeant(std::string_view written);
// `len`, `ifnull`, `getdate`.
Meant functionMeant(std::string_view written);
// `id`, `default`, `relation` behind an `@`.
Meant annotationMeant(std::string_view written);
// A bare word in an expression: `yes`, `current_timestamp`.
Meant wordMeant(std::string_view written);

}  // namespace cambium::sema
