// catalog/facts.h: a table taken apart into named facts, in canonical order: what describe() prints
// and compare() compares.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/catalog.h"

namespace cambium::catalog {

struct Part {
  std::string_view kind;  // "column", "index" …
  std::string name;       // "" = unnamed
  std::string facts;      // all that is known about it but its name
  friend auto operator<=>(const Part&, const Part&) = default;
};

// What the part of a table or view is called where it stands alone: "column album.title",
// "primary key album"; "check album" for one without a name.
std::string objectOf(std::string_view table, const Part&);
// How a description says it, up to its facts.
std::string headOf(const Part&);

// By kind; within a kind by name and facts.
std::vector<Part> partsOf(const Table&);
// Of a view all but its text.
std::vector<Part> partsOf(const View&);

// A text in one line that no other text has: in quotes, with escapes for quote, backslash and line
// end.
std::string quoted(std::string_view text);

}  // namespace cambium::catalog
