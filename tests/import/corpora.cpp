#include "tests/import/corpora.h"
#include "tests/support/places.h"

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

// One line of the page: one file, or all of a group.
struct Row {
  std::string name, format;
  size_t files = 0;
  std::map<std::string, size_t> carried, reasons;
  std::map<std::string, size_t> checks;  // what `check` said, of how many
  std::map<std::string, std::map<std::string, size_t>>
      on;  // by database: each verdict, of how many
};

std::vector<Row> rowsOf(const std::vector<CorpusResult>& all) {
  std::vector<Row> rows;
  std::map<std::string, size_t> groups;
  for (const CorpusResult& r : all) {
    const bool isNew =
        r.schema.group.empty() || groups.try_emplace(r.schema.group, rows.size()).second;
    if (isNew) rows.push_back({r.schema.name, r.schema.format, 0, {}, {}, {}, {}});
    Row& row = r.schema.group.empty() ? rows.back() : rows[groups[r.schema.group]];
    ++row.files;
    if (!r.schema.group.empty()) row.name = fmt::format("{} ({} files)", r.schema.group, row.files);
    for (const auto& [title, count] : r.carried) row.carried[title] += count;
    for (const auto& [reason, count] : r.reasons) row.reasons[reason] += count;
    ++row.checks[r.check];
    for (const auto& [database, verdict] : r.on) ++row.on[database][verdict];
  }
  return rows;
}

}  // namespace

std::string CorpusSchema::arguments() const {
  return "'" + sourceDir() + "/" + file + "' --from " + format;
}

std::vector<CorpusSchema> corpusSchemas() {
  std::vector<CorpusSchema> out;
  const fs::path root = sourceDir();
  for (const auto& entry : fs::recursive_directory_iterator(root / "tests/corpora")) {
    const auto ending = entry.path().extension();
    if (ending != ".sql" && ending != ".prisma") continue;
    const std::string file = fs::relative(entry.path(), root).generic_string();
    const std::string stem = entry.path().stem().string();
    const std::string folder = entry.path().parent_path().filename().string();
    // A step between two of the others.
    if (folder == "apgdiff" && stem.ends_with("_diff")) continue;
    std::string format = "postgres";
    if (ending == ".prisma") format = "prisma";
    for (const char* word : {"mysql", "sqlite"})
      if (stem.find(word) != std::string::npos) format = word;
    // No dialect in particular; MySQL's reader knows most of its types.
    if (stem.ends_with("generic")) format = "mysql";
    // tests/corpora/benchbase/tpcc/ddl-mysql.sql → benchbase-tpcc-mysql
    std::string name = std::regex_replace(file, std::regex("^tests/corpora/|\\.(sql|prisma)$"), "");
    name = std::regex_replace(name, std::regex("/ddl-|/"), "-");
    out.push_back({std::move(name), file, format, folder == "apgdiff" ? folder : ""});
  }
  out.push_back({"chinook-sqlite", "examples/chinook/Chinook_Sqlite.sql", "sqlite", ""});
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
  ASSERT_TRUE(object) << json.substr(0, 500);
  const auto* carried = object->getObject("carried");
  for (const auto& [field, title] : kCounts)
    if (carried) result.carried[title] = size_t(carried->getInteger(field).value_or(0));
  if (const auto* found = object->getArray("diagnostics"))
    for (const auto& d : *found) {
      const std::string message = d.getAsObject()->getString("message").value_or("").str();
      if (d.getAsObject()->getString("code") == "IMP003") {
        result.isEmpty = true;
        continue;
      }
      const std::string marker = " is not carried over: ";
      const size_t at = message.find(marker);
      ASSERT_NE(at, std::string::npos) << message;
      ++result.reasons[general(message.substr(0, at) + ": " + message.substr(at + marker.size()))];
    }
}

std::string verdictOf(const std::string& json) {
  auto parsed = llvm::json::parse(json);
  if (!parsed) return "no answer: " + llvm::toString(parsed.takeError());
  std::map<std::string, size_t> refused, warned;
  if (const auto* object = parsed->getAsObject())
    if (const auto* found = object->getArray("diagnostics"))
      for (const auto& d : *found) {
        const auto& o = *d.getAsObject();
        auto& list = o.getString("severity") == "error" ? refused : warned;
        ++list[o.getString("code").value_or("").str()];
      }
  const auto told = [](const std::map<std::string, size_t>& codes) {
    std::string out;
    for (const auto& [code, count] : codes)
      out += fmt::format("{}{}{}", out.empty() ? "" : ", ", code,
                         count == 1 ? "" : fmt::format(" × {}", count));
    return out;
  };
  std::string out = refused.empty() ? "ok" : "refused: " + told(refused);
  if (!warned.empty()) out += "; warned: " + told(warned);
  return out;
}

std::string corporaPage(const std::vector<CorpusResult>& all) {
  const std::vector<Row> rows = rowsOf(all);
  size_t whole = 0, empty = 0, failed = 0;
  for (const CorpusResult& r : all) {
    empty += r.isEmpty;
    failed += !r.isEmpty && r.check != "ok";
    whole += !r.isEmpty && r.reasons.empty();
  }
  std::string out = fmt::format(
      "# Schemas that others wrote, imported\n"
      "\n"
      "Made by `cambium_import_tests --update`; the test compares it. Each row is one file of "
      "`tests/corpora` (where\n"
      "`README.md` says whose it is), or many small ones of one kind, read by `cambium import`; "
      "the package that it\n"
      "becomes is compiled by `cambium check` for the kind of database that it comes from. The "
      "second "
      "table says what\nthe others make of it.\n"
      "\n"
      "{} files: {} are imported and compile, {} of them with everything that is in them; {} do "
      "not compile; {} hold no\n"
      "table and no enum, only views, functions, sequences and the like, and the import says "
      "so.\n"
      "\n"
      "| schema | from |",
      all.size(), all.size() - empty - failed, whole, failed, empty);
  std::string line = "|---|---|";
  for (const auto& [field, title] : kCounts) {
    out += " " + title + " |";
    line += "---:|";
  }
  out += " not carried over | check |\n" + line + "---:|---|\n";
  for (const Row& r : rows) {
    size_t lost = 0;
    for (const auto& [reason, count] : r.reasons) lost += count;
    out += fmt::format("| {} | {} |", r.name, r.format);
    for (const auto& [field, title] : kCounts) {
      const auto found = r.carried.find(title);
      out += fmt::format(" {} |", found == r.carried.end() ? 0 : found->second);
    }
    std::string checks;
    for (const auto& [check, count] : r.checks)
      checks += (checks.empty() ? "" : ", ") +
                (r.files == 1 ? check : fmt::format("{} {}", count, check));
    out += fmt::format(" {} | {} |\n", lost, checks);
  }
  out +=
      "\n## On each database\n\nWhat `cambium check` says of the package: what this database "
      "cannot hold is refused (an error with a place) or warned of, by\nits code "
      "(`cambium explain CODE`).\n\n| schema | from | SQLite | PostgreSQL | MariaDB |\n"
      "|---|---|---|---|---|\n";
  for (const Row& r : rows) {
    if (r.on.empty()) continue;
    out += fmt::format("| {} | {} |", r.name, r.format);
    for (const char* database : {"sqlite", "postgres", "mariadb"}) {
      std::string cell;
      for (const auto& [verdict, count] : r.on.at(database))
        cell += (cell.empty() ? "" : "; ") +
                (r.files == 1 ? verdict : fmt::format("{} {}", count, verdict));
      out += " " + cell + " |";
    }
    out += "\n";
  }
  out += "\n## What was not carried over, by reason\n";
  for (const Row& r : rows) {
    if (r.reasons.empty()) continue;
    out += "\n### " + r.name + "\n\n";
    for (const auto& [reason, count] : r.reasons) out += fmt::format("- {} × {}\n", count, reason);
  }
  return out;
}

}  // namespace cambium::testing
