// `cambium import` as a person meets it. Runs the binary on every tests/import/**/*.case and
// compares each output section whole (or rewrites it: --update), then on every schema of
// tests/corpora, and compares what was carried over with docs/corpora.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <regex>
#include <sstream>

#include "tests/cli/cli_fixture.h"
#include "tests/import/corpora.h"
#include "tests/support/places.h"

namespace cambium::testing {
namespace {

bool gUpdate = false;

// A case is a text: `# why: `, `# run: ` with the command, then sections `==== name ====` (SQL has
// comments that look like those of other cases). They are the files of the scratch folder by their
// names, and any of exit, stdout, stderr, files and the files that the command wrote: these have a
// folder in their names.
GoldenFile parseCase(const std::string& text) {
  static const std::regex kSection("==== (\\S+) ====");
  GoldenFile file;
  std::istringstream lines(text);
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, match, kSection))
      file.sections.push_back({match[1], ""});
    else if (!file.sections.empty())
      file.sections.back().text += line + "\n";
    else if (const size_t colon = line.find(": "); line.starts_with("# ") && colon < line.size())
      file.settings[line.substr(2, colon - 2)] = line.substr(colon + 2);
  }
  return file;
}

std::string printCase(GoldenFile& file) {
  std::string out = "# why: " + file.settings["why"] + "\n# run: " + file.settings["run"] + "\n";
  for (const Section& section : file.sections)
    out += "==== " + section.name + " ====\n" + section.text;
  return out;
}

// Says that the package is for the database that it comes from; another one may refuse it.
void putEnvironment(const fs::path& folder, const std::string& scheme) {
  writeFile(folder / "database.cam", "environment origin { url \"" + scheme + "://x/y\" }\n");
}
void putDatabase(const fs::path& folder, const std::string& format) {
  const std::string scheme = format == "mysql"      ? "mariadb"
                             : format == "postgres" ? "postgres"
                                                    : "sqlite";
  putEnvironment(folder, scheme);
}

class ImportCase : public Cli {
public:
  explicit ImportCase(fs::path path) : path_(std::move(path)) {}

  void TestBody() override {
    GoldenFile file = parseCase(readFile(path_));
    ASSERT_TRUE(file.settings.count("why")) << "a case says why it exists";
    ASSERT_TRUE(file.settings.count("run"));
    for (const Section& section : file.sections)
      if (isInput(section.name)) put(section.name, bytes(section.text));
    const Ended ended = cambium(file.settings["run"]);
    bool changed = false;
    for (Section& section : file.sections) {
      if (isInput(section.name)) continue;
      std::string actual = output(section.name, ended);
      if (!actual.empty() && actual.back() != '\n') actual += "\n";
      if (actual == section.text) continue;
      if (gUpdate) {
        section.text = actual;
        changed = true;
      } else {
        ADD_FAILURE() << "-- " << section.name << " -- differs at "
                      << firstDifference(section.text, actual);
      }
    }
    if (changed) writeFile(path_, printCase(file));
    if (ended.exit != 0) return;
    // What was written compiles and is formatted.
    const size_t slash = ended.out.find("/package.cam");
    const size_t begin =
        slash == std::string::npos ? slash : ended.out.find_last_of("\n\"", slash) + 1;
    if (slash == std::string::npos) return;
    const std::string folder = ended.out.substr(begin, slash - begin);
    putDatabase(root_ / folder, path_.parent_path().filename().string());
    const Ended check = cambium("-C " + folder + " check");
    EXPECT_EQ(check.exit, 0) << check.out << check.err;
    EXPECT_EQ(cambium("-C " + folder + " fmt --check").exit, 0);
  }

private:
  static bool isInput(const std::string& name) {
    return name.find('/') == std::string::npos && name.find('.') != std::string::npos;
  }

  // `<00>` in an input is that byte: a case is a text.
  static std::string bytes(const std::string& text) {
    static const std::regex kByte("<([0-9A-F]{2})>");
    std::string out;
    auto last = text.begin();
    for (std::sregex_iterator it(text.begin(), text.end(), kByte), end; it != end; ++it) {
      out.append(last, text.begin() + it->position());
      out += char(std::stoi((*it)[1], nullptr, 16));
      last = text.begin() + it->position() + it->length();
    }
    return out.append(last, text.end());
  }

  std::string output(const std::string& name, const Ended& ended) const {
    if (name == "exit") return std::to_string(ended.exit);
    if (name == "stdout") return ended.out;
    if (name == "stderr") return ended.err;
    if (name == "files") {
      std::vector<std::string> all;
      for (const auto& entry : fs::recursive_directory_iterator(root_)) {
        const std::string one = fs::relative(entry.path(), root_).string();
        if (!entry.is_directory() && one[0] != '.') all.push_back(one);
      }
      std::ranges::sort(all);
      std::string out;
      for (const std::string& one : all) out += one + "\n";
      return out;
    }
    return fs::exists(root_ / name) ? get(name) : "(not there)\n";
  }

  fs::path path_;
};

class Corpora : public Cli {};

// Every schema of tests/corpora is imported, the result compiles for the database that it comes
// from, and docs/corpora.md says what became of it, and what the other databases make of it.
TEST_F(Corpora, areImported) {
  std::vector<CorpusResult> results;
  for (const CorpusSchema& schema : corpusSchemas()) {
    SCOPED_TRACE(schema.name);
    CorpusResult result;
    result.schema = schema;
    const Ended ended = cambium("import " + schema.arguments() + " --package corpus --out " +
                                schema.name + " --format json");
    readAnswer(ended.out, result);
    EXPECT_EQ(ended.exit, result.isEmpty ? 1 : 0) << ended.out << ended.err;
    if (result.isEmpty) {
      EXPECT_FALSE(fs::exists(root_ / schema.name));
      result.check = "nothing to import";
      results.push_back(std::move(result));
      continue;
    }
    putDatabase(root_ / schema.name, schema.format);
    const Ended check = cambium("-C " + schema.name + " check --format json");
    EXPECT_EQ(check.exit, 0) << check.out;
    EXPECT_EQ(cambium("-C " + schema.name + " fmt --check").exit, 0);
    result.check = check.exit == 0 ? "ok" : "errors";
    for (const char* scheme : {"sqlite", "postgres", "mariadb"}) {
      putEnvironment(root_ / schema.name, scheme);
      result.on[scheme] = verdictOf(cambium("-C " + schema.name + " check --format json").out);
    }
    putDatabase(root_ / schema.name, schema.format);
    // The same input gives the same bytes.
    const std::string model = get(schema.name + "/model.cam"),
                      page = get(schema.name + "/IMPORT.md");
    EXPECT_EQ(
        cambium("import " + schema.arguments() + " --package corpus --force --out " + schema.name)
            .exit,
        0);
    EXPECT_EQ(get(schema.name + "/model.cam"), model);
    EXPECT_EQ(get(schema.name + "/IMPORT.md"), page);
    results.push_back(std::move(result));
  }
  const fs::path page = fs::path(sourceDir()) / "docs/corpora.md";
  const std::string text = corporaPage(results);
  if (gUpdate) return writeFile(page, text);
  EXPECT_EQ(firstDifference(readFile(page), text), "")
      << "docs/corpora.md is made by `cambium_import_tests --update`";
}

// A file that ends anywhere, or has a byte too many, is imported or refused, never half of either.
TEST_F(Corpora, brokenFiles) {
  const std::string root = sourceDir() + "/tests/corpora/";
  const std::pair<const char*, const char*> kFiles[] = {
      {"memos/latest-sqlite.sql", "sqlite"},
      {"benchbase/wikipedia/ddl-mysql.sql", "mysql"},
      {"pagila/v3.1.0.sql", "postgres"},
      {"langfuse/schema.prisma", "prisma"}};
  for (const auto& [file, format] : kFiles) {
    const std::string whole = readFile(root + file);
    constexpr size_t kCuts = 12;
    for (size_t i = 1; i < kCuts; ++i)
      for (const char* instead : {"", "'", ")", "/*", "\xff", "("}) {
        const size_t at = whole.size() * i / kCuts;
        put("broken.txt",
            *instead ? whole.substr(0, at) + instead + whole.substr(at) : whole.substr(0, at));
        const Ended ended = cambium(std::string("import broken.txt --package p --from ") + format);
        EXPECT_TRUE(ended.exit == 0 || ended.exit == 1)
            << file << " at " << at << " with " << instead << "\n"
            << ended.err;
        EXPECT_EQ(fs::exists(root_ / "p"), ended.exit == 0) << file << " at " << at;
        EXPECT_EQ(ended.err.find("error[IMP001]") != std::string::npos, ended.exit == 1)
            << ended.err;
        fs::remove_all(root_ / "p");
      }
  }
}

// Expressions nested too deep for anybody are refused or left out, and cost no stack.
TEST_F(Corpora, deepNesting) {
  for (const std::string format : {"postgres", "mysql", "sqlite"}) {
    for (const auto& [before, middle, after] :
         {std::tuple("NOT ", "true", ""), std::tuple("(", "true", ")"), std::tuple("", "a", " + a"),
          std::tuple("lower(", "'x'", ")")}) {
      std::string check;
      constexpr int kDeep = 20000;
      for (int i = 0; i < kDeep; ++i) check += before;
      check += middle;
      for (int i = 0; i < kDeep; ++i) check += after;
      put("deep.sql", "CREATE TABLE t (a int PRIMARY KEY, CHECK (" + check + "));\n");
      const Ended ended = cambium("import deep.sql --package p --force --from " + format);
      EXPECT_TRUE(ended.exit == 0 || ended.exit == 1) << format << " " << before << after;
    }
  }
}

TEST_F(Corpora, aFolderThatCannotBeWritten) {
  put("a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
  fs::create_directory(root_ / "closed");
  fs::permissions(root_ / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  const Ended ended = cambium("import a.sql --from postgres --out closed/shop", "", asUser());
  fs::permissions(root_ / "closed", fs::perms::owner_all);
  EXPECT_EQ(ended.exit, 1) << ended.err;
  EXPECT_NE(ended.err.find("error[CFG065]: `closed/shop` cannot be written"), std::string::npos)
      << ended.err;
  EXPECT_FALSE(fs::exists(root_ / "closed/shop"));
}

// A schema and the steps behind it are the next schema: the steps of another tool (not those that
// PostgreSQL's parser refuses, and not two that leave out what is new).
TEST_F(Corpora, stepsLeadToTheNextSchema) {
  const fs::path folder = fs::path(sourceDir()) / "tests/corpora/apgdiff";
  // An enum's new value; a column that the heir gets before it is no heir.
  const std::vector<std::string> kWrong = {"alter_type", "modify_inherits"};
  const auto lines = [&](const std::string& file) {
    std::vector<std::string> out;
    std::istringstream text(get(file));
    // A step adds columns at the end, the schema has them where they belong.
    for (std::string line; std::getline(text, line);)
      out.push_back(std::regex_replace(line, std::regex(" {2,}"), " "));
    std::ranges::sort(out);
    return out;
  };
  size_t compared = 0, refused = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string path = entry.path().string(), ending = "_original.sql";
    if (!path.ends_with(ending)) continue;
    const std::string base = path.substr(0, path.size() - ending.size());
    const std::string name = fs::path(base).filename().string();
    SCOPED_TRACE(name);
    const std::string common = " --from postgres --package p --force --out ";
    const Ended steps = cambium("import '" + path + "' '" + base + "_diff.sql'" + common + "a");
    const Ended next = cambium("import '" + base + "_new.sql'" + common + "b");
    if (steps.err.find("error[IMP001]") != std::string::npos) {
      ++refused;
      continue;
    }
    EXPECT_EQ(steps.exit, next.exit) << steps.err << next.err;
    if (next.exit != 0) continue;
    const bool isWrong = std::ranges::find(kWrong, name) != kWrong.end();
    EXPECT_EQ(lines("a/model.cam") == lines("b/model.cam"), !isWrong) << get("a/model.cam") << "\n"
                                                                      << get("b/model.cam");
    ++compared;
  }
  EXPECT_GT(compared, 80U);
  EXPECT_LT(refused, 12U);
}

// One schema in several spellings says the same.
TEST_F(Corpora, spellingsOfOneSchemaAgree) {
  const std::string root = sourceDir() + "/tests/corpora/benchbase/";
  for (const std::string name :
       {"chbenchmark", "hyadapt", "resourcestresser", "sibench", "tatp", "tpcds"}) {
    std::string first;
    for (const std::string dialect : {"postgres", "mysql"}) {
      const std::string out = name + "_" + dialect;
      ASSERT_EQ(
          cambium("import " + root + name + "/ddl-" + dialect + ".sql --package p --out " + out)
              .exit,
          0);
      // What MySQL calls an index of a foreign key PostgreSQL does not have.
      std::string model = std::regex_replace(get(out + "/model.cam"), std::regex(" @noindex"), "");
      model = std::regex_replace(model, std::regex(" {2,}"), " ");
      if (first.empty())
        first = model;
      else
        EXPECT_EQ(firstDifference(first, model), "") << name;
    }
  }
}

}  // namespace
}  // namespace cambium::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  std::string only;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--update")
      cambium::testing::gUpdate = true;
    else
      only = argv[i];
  }
  if (cambium::testing::gUpdate && std::getenv("CI")) {
    std::cerr << "--update is not for CI\n";
    return 2;
  }
  namespace fs = std::filesystem;
  const fs::path root = fs::path(cambium::sourceDir()) / "tests/import";
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  std::ranges::sort(files);
  for (const fs::path& path : files) {
    if (!only.empty() && path.string().find(only) == std::string::npos) continue;
    ::testing::RegisterTest(
        "Import", path.stem().c_str(), nullptr, nullptr, path.c_str(), 1,
        [path]() -> ::testing::Test* { return new cambium::testing::ImportCase(path); });
  }
  return RUN_ALL_TESTS();
}
