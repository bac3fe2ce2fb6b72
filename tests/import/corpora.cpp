#include "tests/import/corpora.h"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <llvm/Support/JSON.h>

#include <algorithm>
#include <filesystem>
#include <regex>

namespace cambium::testing {
namespace {

namespace fs = std::filesystem;

const std::vector<std::pair<std::string, std::string>> kCounts = {
    {"tables", "tables"},         {"columns", "columns"}, {"keys", "keys"},
    {"references", "references"}, {"uniques", "uniques"}, {"indexes", "indexes"},
    {"checks", "checks"},         {"enums", "enums"}};

// A reason without the names in it: `x` → `…`, and without the code behind it.
std::string general(std::string text) {
  text = std::regex_replace(text, std::regex("`[^`]*`"), "`…`");
  text =
      std::regex_replace(text, std::regex("`…`(, `…`)*( and `…`)?( \\(and \\d+ more\\))?"), "`…`");
  text = std::regex_replace(text, std::regex("\"[^\"]*\""), "\"…\"");
  text = std::regex_replace(text, std::regex(" \\(\\d+ statements?\\)"), "");
  return std::regex_replace(text, std::regex("\\d+"), "N");
}

}  // namespace

std::string CorpusSchema::arguments() const {
  return "'" CAMBIUM_SOURCE_DIR "/" + file + "' --from " + format;
}

std::vector<CorpusSchema> corpusSchemas() {
  std::vector<CorpusSchema> out;
  const fs::path root = CAMBIUM_SOURCE_DIR;
  for (const auto& entry : fs::recursive_directory_iterator(root / "tests/corpora")) {
    const auto ending = entry.path().extension();
    if (ending != ".sql" && ending != ".prisma") continue;
    const std::string file = fs::relative(entry.path(), root).generic_string();
    const std::string stem = entry.path().stem().string();
    std::string format = "postgres";
    if (ending == ".prisma") format = "prisma";
    for (const char* word : {"mysql", "sqlite"})
      if (stem.find(word) != std::string::npos) format = word;
    // tests/corpora/benchbase/tpcc/ddl-mysql.sql → benchbase-tpcc-mysql
    std::string name = std::regex_replace(file, std::regex("^tests/corpora/|\\.(sql|prisma)$"), "");
    name = std::regex_replace(name, std::regex("/ddl-|/"), "-");
    out.push_back({std::move(name), file, format});
  }
  out.push_back({"chinook-sqlite", "examples/chinook/Chinook_Sqlite.sql", "sqlite"});
  std::ranges::sort(out, {}, &CorpusSchema::name);
  return out;
}

void readAnswer(const std::string& json, CorpusResult& result) {
  auto parsed = llvm::json::parse(json);
  if (!parsed) {
    ADD_FAILURE() << llvm::toString(parsed.takeError());
    return;
  }
  const auto* object = parsed->getAsObject();
  const auto* carried = object ? object->getObject("carried") : nullptr;
  ASSERT_TRUE(carried) << json.substr(0, 500);
  for (const auto& [field, title] : kCounts)
    result.carried[title] = size_t(carried->getInteger(field).value_or(0));
  if (const auto* found = object->getArray("diagnostics"))
    for (const auto& d : *found) {
      const std::string message = d.getAsObject()->getString("message").value_or("").str();
      const std::string marker = " is not carried over: ";
      const size_t at = message.find(marker);
      ASSERT_NE(at, std::string::npos) << message;
      ++result.reasons[general(message.substr(0, at) + ": " + message.substr(at + marker.size()))];
    }
}

std::string corporaPage(const std::vector<CorpusResult>& results) {
  std::string out =
      "# Schemas that others wrote, imported\n"
      "\n"
      "Made by `cambium_import_tests --update`; the test compares it. Each row is one file of "
      "`tests/corpora` (where\n"
      "`README.md` says whose it is), read by `cambium import`; the package that it becomes is "
      "compiled by `cambium check`\n"
      "for every kind of database that the tool knows.\n"
      "\n"
      "| schema | from |";
  std::string line = "|---|---|";
  for (const auto& [field, title] : kCounts) {
    out += " " + title + " |";
    line += "---:|";
  }
  out += " not carried over | check |\n" + line + "---:|---|\n";
  for (const CorpusResult& r : results) {
    size_t lost = 0;
    for (const auto& [reason, count] : r.reasons) lost += count;
    out += fmt::format("| {} | {} |", r.schema.name, r.schema.format);
    for (const auto& [field, title] : kCounts) {
      const auto found = r.carried.find(title);
      out += fmt::format(" {} |", found == r.carried.end() ? 0 : found->second);
    }
    out += fmt::format(" {} | {} |\n", lost, r.check);
  }
  out += "\n## What was not carried over, by reason\n";
  for (const CorpusResult& r : results) {
    if (r.reasons.empty()) continue;
    out += "\n### " + r.schema.name + "\n\n";
    for (const auto& [reason, count] : r.reasons) out += fmt::format("- {} × {}\n", count, reason);
  }
  return out;
}

}  // namespace cambium::testing
