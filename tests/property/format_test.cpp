// The formatter over every text of every case that parses, as it stands and with blanks, line ends
// and comments thrown in between its tokens. CAMBIUM_SEED=n replays a run; CAMBIUM_LONG=1 does many
// more rounds.
#include <gtest/gtest.h>

#include <algorithm>

#include <cstdlib>
#include <filesystem>

#include "tests/support/format_laws.h"
#include "tests/support/golden_file.h"
#include "tests/support/places.h"

namespace fs = std::filesystem;

namespace cambium::testing {
namespace {

std::vector<Section> everyText() {
  std::vector<Section> texts;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(sourceDir()) / "tests/golden")) {
    if (entry.path().extension() != ".case") continue;
    for (const Section& section : parseGolden(readFile(entry.path())).sections)
      if (section.name.ends_with(".cam") && parses(section.text))
        texts.push_back({entry.path().filename().string() + ":" + section.name, section.text});
  }
  std::ranges::sort(texts, {}, &Section::name);
  return texts;
}

TEST(Formatted, everyCaseIsAtRest) {
  const auto texts = everyText();
  EXPECT_GT(texts.size(), 200u);
  for (const Section& text : texts) EXPECT_TRUE(keepsTheFormatLaws(text.text)) << text.name;
}

TEST(Formatted, everyCaseWithOtherBlanks) {
  const char* given = std::getenv("CAMBIUM_SEED");
  const unsigned seed = given ? unsigned(std::strtoul(given, nullptr, 10)) : 7;
  std::mt19937 random(seed);
  const int rounds = std::getenv("CAMBIUM_LONG") ? 200 : 4;
  for (const Section& text : everyText())
    for (int round = 0; round < rounds; ++round)
      ASSERT_TRUE(keepsTheFormatLaws(withOtherBlanks(text.text, random)))
          << "seed " << seed << ", " << text.name;
}

}  // namespace
}  // namespace cambium::testing
