#include "tests/support/golden_file.h"

#include <fstream>
#include <sstream>

namespace cambium::testing {

namespace {

// SQL comments look like section lines too: only the names that cases have count.
bool isKnown(const std::string& name) {
  for (const char* ending : {".cam", ".json"})
    if (name.size() > 5 && name.find(' ') == std::string::npos &&
        name.find(ending) != std::string::npos)
      return true;
  for (const char* whole :
       {"diagnostics", "ir", "format", "changes", "rows before", "rows after", "run", "rollback"})
    if (name == whole) return true;
  for (const char* kind : {"ddl ", "plan ", "sql ", "graph "})
    if (name.rfind(kind, 0) == 0 && name.find(' ', std::string(kind).size()) == std::string::npos)
      return true;
  return false;
}

std::optional<std::string> sectionName(const std::string& line) {
  if (line.size() < 7 || line.rfind("-- ", 0) != 0) return std::nullopt;
  const auto end = line.find(" --", 3);
  if (end == std::string::npos || !isKnown(line.substr(3, end - 3))) return std::nullopt;
  // What follows the second dashes is a remark.
  return line.substr(3, end - 3);
}

}  // namespace

const Section* GoldenFile::find(const std::string& name) const {
  for (const Section& section : sections)
    if (section.name == name) return &section;
  return nullptr;
}

Section* GoldenFile::find(const std::string& name) {
  for (Section& section : sections)
    if (section.name == name) return &section;
  return nullptr;
}

GoldenFile parseGolden(const std::string& text) {
  GoldenFile file;
  size_t at = 0;
  while (at < text.size()) {
    size_t end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (const auto name = sectionName(line)) {
      file.sections.push_back({*name, ""});
    } else if (!file.sections.empty()) {
      file.sections.back().text += line + "\n";
    } else if (line.rfind("# ", 0) == 0) {
      if (const auto colon = line.find(": "); colon != std::string::npos)
        file.settings[line.substr(2, colon - 2)] = line.substr(colon + 2);
    }
  }
  return file;
}

std::string printGolden(const GoldenFile& file) {
  std::string out;
  if (const auto why = file.settings.find("why"); why != file.settings.end())
    out += "# why: " + why->second + "\n";
  for (const auto& [key, value] : file.settings)
    if (key != "why") out += "# " + key + ": " + value + "\n";
  for (const Section& section : file.sections) {
    out += "-- " + section.name + " --\n" + section.text;
    if (!section.text.empty() && section.text.back() != '\n') out += "\n";
  }
  return out;
}

std::string readFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void writeFile(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string firstDifference(const std::string& expected, const std::string& actual) {
  std::istringstream a(expected), b(actual);
  std::string lineA, lineB;
  for (size_t number = 1;; ++number) {
    const bool hasA = bool(std::getline(a, lineA)), hasB = bool(std::getline(b, lineB));
    if (!hasA && !hasB) return "";
    if (!hasA) lineA = "(end)";
    if (!hasB) lineB = "(end)";
    if (lineA != lineB)
      return "line " + std::to_string(number) + "\n  expected: " + lineA + "\n  actual:   " + lineB;
  }
}

}  // namespace cambium::testing
