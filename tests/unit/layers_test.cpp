// The direction of the house: every #include of one of our own files must be allowed by
// compiler/layers.txt.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/places.h"

namespace fs = std::filesystem;

namespace {

using Layers = std::map<std::string, std::set<std::string>>;

Layers readLayers(const fs::path& file) {
  Layers layers;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto colon = line.find(':');
    auto& uses = layers[line.substr(0, colon)];
    std::istringstream words(line.substr(colon + 1));
    for (std::string word; words >> word;) uses.insert(word);
  }
  return layers;
}

// The longest folder of the list that `file` lies in; "" = none.
std::string layerOf(const Layers& layers, const std::string& file) {
  std::string best;
  for (const auto& [folder, uses] : layers)
    if (file.rfind(folder + "/", 0) == 0 && folder.size() > best.size()) best = folder;
  return best;
}

std::vector<std::string> violations(const Layers& layers, const std::string& file,
                                    std::istream& text) {
  static const std::regex kInclude("^\\s*#\\s*include\\s+[\"<]([^\">]+)[\">]");
  static const std::map<std::string, std::vector<std::string>> kLibraries = {
      {"antlr4-runtime", {"compiler/syntax"}},
      {"soci", {"runtime/db", "plugins"}},
      {"libpq-fe", {"plugins"}},
      {"sqlite3.h", {"runtime/db", "plugins"}},
      {"pg_query", {"plugins/import", "plugins/postgres/db"}}};
  std::vector<std::string> found;
  const std::string from = layerOf(layers, file);
  for (std::string line; std::getline(text, line);) {
    std::smatch match;
    if (!std::regex_search(line, match, kInclude)) continue;
    const std::string included = match[1];
    for (const auto& [library, folders] : kLibraries) {
      if (included.rfind(library, 0) != 0) continue;
      bool allowed = false;
      for (const auto& folder : folders) allowed = allowed || file.rfind(folder + "/", 0) == 0;
      if (!allowed) found.push_back(file + " includes " + included);
    }
    const std::string to = layerOf(layers, included);
    if (to.empty() || to == from) continue;
    const auto& uses = layers.at(from);
    if (!uses.count("*") && !uses.count(to)) found.push_back(file + " includes " + included);
  }
  return found;
}

TEST(Layers, everyIncludeIsAllowed) {
  const fs::path root = cambium::sourceDir();
  const Layers layers = readLayers(root / "compiler/layers.txt");
  size_t files = 0;
  for (const char* top : {"compiler", "runtime", "plugins", "cli"})
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      const std::string file = fs::relative(entry.path(), root).generic_string();
      if (layerOf(layers, file).empty()) {
        EXPECT_EQ(file, "plugins/builtin_dialects.h") << "lies in no layer";
        continue;
      }
      ++files;
      std::ifstream in(entry.path());
      for (const std::string& what : violations(layers, file, in)) ADD_FAILURE() << what;
    }
  EXPECT_GT(files, 50u);
}

TEST(Layers, aForbiddenIncludeIsFound) {
  const Layers layers = readLayers(fs::path(cambium::sourceDir()) / "compiler/layers.txt");
  std::istringstream upward("#include \"compiler/sema/analyze.h\"\n");
  EXPECT_EQ(violations(layers, "compiler/ir/x.cpp", upward).size(), 1u);
  std::istringstream library("#include <soci/soci.h>\n");
  EXPECT_EQ(violations(layers, "compiler/emit/x.cpp", library).size(), 1u);
  std::istringstream fine("#include \"compiler/ir/model.h\"\n#include <vector>\n");
  EXPECT_TRUE(violations(layers, "compiler/sema/x.cpp", fine).empty());
}

// Rule 8: a database's name stands only in its own folder, in documentation and in tests.
TEST(Layers, noDialectIsNamedInTheCompiler) {
  static const std::regex kDialects("sqlite|postgres|mariadb|mysql", std::regex::icase);
  for (const char* top : {"compiler", "runtime/runner"})
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(cambium::sourceDir()) / top)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      std::ifstream in(entry.path());
      size_t number = 0;
      for (std::string line; std::getline(in, line);) {
        ++number;
        EXPECT_FALSE(std::regex_search(line, kDialects))
            << entry.path().filename() << ":" << number << ": " << line;
      }
    }
}

}  // namespace
