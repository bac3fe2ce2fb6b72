// The compatibility table and the cases: every row of it is what some golden case is about, and
// docs/compatibility.md is the table in words, each row with such a case (or is rewritten:
// --update).
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "compiler/diff/diff.h"
#include "tests/golden/shown_rows.h"
#include "tests/golden/update.h"
#include "tests/support/places.h"

namespace fs = std::filesystem;

namespace cambium::testing {
namespace {

constexpr std::string_view kIntroduction =
    R"(# What a change does to those who are there

Made by `cambium_golden_tests --update` from `compiler/diff/compatibility.def`; a test compares it, and each row with
the cases. `cambium diff` shows the changes between two versions, each with its class; a plan has the class of its
worst change.

| class | means | the compiler asks for |
|---|---|---|
| safe | old rows fit, and applications of the old version work on as they did | nothing |
| breaking | old rows may not fit, or applications of the old version may be in the way | a line in the `migration` block where only a person can say what becomes of the rows (`rename`, `convert`, `split`, `merge`, `fill`); else rows that fit |
| destructive | something is lost, and no undo brings it back after CONTRACT | `approve …` with a reason in the `migration` block, and the approvals that the environment wants (`destructive`) |

The class says what a change can do, not what it does: `cambium plan -e ENV` counts the rows that are in the way, and a
run stops in VALIDATE while there are some. Without the line that it needs a change is an error of the compiler (`EVO…`,
`MIG…`), whose message says which line is missing.
)";

std::string page() {
  static constexpr std::string_view kClasses[] = {"safe", "breaking", "destructive"};
  std::string out(kIntroduction);
  std::string_view section;
  for (const auto& row : diff::compatibilityTable()) {
    if (section != row.section)
      out += fmt::format(
          "\n## {}\n\n| change | when | class | why | what it needs | for example |\n"
          "|---|---|---|---|---|---|\n",
          row.section);
    section = row.section;
    const auto shown = shownRows().find(row.name);
    const std::string path = shown == shownRows().end() ? "" : shown->second.path;
    out += fmt::format("| {} | {} | {} | {} | {} | [{}](../tests/golden/{}.case) |\n",
                       row.kind == "AnyChange" ? "any" : fmt::format("`{}`", row.kind),
                       cell(row.when), kClasses[size_t(row.compatibility)], cell(row.why),
                       cell(row.needs), path, path);
  }
  return out;
}

// Changes that are an error whatever the migration says: their class is for those who ask `cambium
// diff` about them.
constexpr std::string_view kRefused[] = {"retireEntity", "changeTarget"};

TEST(Compatibility, everyRowOccursInACase) {
  for (const auto& row : diff::compatibilityTable()) {
    SCOPED_TRACE(
        fmt::format("{} ({}{}{})", row.name, row.kind, row.when.empty() ? "" : ": ", row.when));
    const auto shown = shownRows().find(row.name);
    if (shown == shownRows().end()) {
      ADD_FAILURE() << "no case below tests/golden has such a change";
      continue;
    }
    const bool refused = std::ranges::find(kRefused, row.name) != std::end(kRefused);
    EXPECT_EQ(shown->second.fails, refused)
        << (refused ? "it is not always refused" : "no case that compiles has such a change");
  }
}

// A case without the change does not show it: what is looked for can be missed.
TEST(Compatibility, aCaseShowsWhatItHasOnly) {
  ShownRows rows;
  show("a/case",
       parseGolden("-- before.cam --\nentity A { key id: int64 }\n"
                   "-- after.cam --\nentity A { key id: int64  n: int32? }\n"),
       rows);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.begin()->first, "addOptional");
}

TEST(Compatibility, thePageIsTheTable) {
  const fs::path path = fs::path(sourceDir()) / "docs/compatibility.md";
  const std::string text = page();
  if (updating()) return writeFile(path, text);
  EXPECT_EQ(firstDifference(readFile(path), text), "")
      << "docs/compatibility.md is made by `cambium_golden_tests --update`";
}

}  // namespace
}  // namespace cambium::testing
