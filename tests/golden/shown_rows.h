// tests/golden/shown_rows.h: which case shows which row of the compatibility table.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "tests/support/case_runner.h"

namespace cambium::testing {

// How well a case shows a row: what compiles comes before what fails, a few changes before many.
struct Shown {
  bool fails = false;
  size_t changes = 0;
  std::string path;  // "changes/tag_added", below tests/golden
  auto operator<=>(const Shown&) const = default;
};

// By the name of the row: the case that shows it best.
using ShownRows = std::map<std::string_view, Shown>;

void show(const std::string& path, const GoldenFile&, ShownRows&);

// Of all cases.
const ShownRows& shownRows();

// The case of that path.
GoldenFile readCase(const std::string& path);

// A cell of a table in Markdown.
std::string cell(std::string_view text);

}  // namespace cambium::testing
