// tests/support/golden_file.h: a case is one text file: `# key: value` lines, then sections `--
// name --`. Every section that exists is compared whole.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cambium::testing {

struct Section {
  std::string name;
  std::string text;  // ends in a newline unless empty
};

struct GoldenFile {
  std::map<std::string, std::string> settings;  // "why", "dialects"
  std::vector<Section> sections;                // in file order
  const Section* find(const std::string& name) const;
  Section* find(const std::string& name);
};

// In: the text of a case. A line `-- name --` starts a section; a line that would look like one
// inside a section is not possible.
GoldenFile parseGolden(const std::string& text);
std::string printGolden(const GoldenFile&);

std::string readFile(const std::filesystem::path&);
void writeFile(const std::filesystem::path&, const std::string&);

// A short account of the first lines in which two texts differ.
std::string firstDifference(const std::string& expected, const std::string& actual);

}  // namespace cambium::testing
