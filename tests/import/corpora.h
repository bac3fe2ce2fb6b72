// The schemas of tests/corpora, and the page about what an import makes of them.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace cambium::testing {

struct CorpusSchema {
  std::string name;    // of the row
  std::string file;    // below the project's folder
  std::string format;  // as --from takes it
  std::string group;   // those of a group are one row; "" = a row of its own
  std::string arguments() const;
};

struct CorpusResult {
  CorpusSchema schema;
  std::map<std::string, size_t> carried;  // "tables" …
  std::map<std::string, size_t> reasons;  // why something was not carried over, how often
  std::string check;
  // What `check` says for each kind of database, as on the page: "ok", "DDL051 × 3".
  std::map<std::string, std::string> on;
  bool isEmpty = false;  // it holds nothing that a model has: the import says so and fails
};

// All of them, in the order of the page.
std::vector<CorpusSchema> corpusSchemas();
// From the answer of `import --format json`.
void readAnswer(const std::string& json, CorpusResult&);
// Of the answer of `check --format json`: what the database refuses, and, behind "warned", what it
// is warned of.
std::string verdictOf(const std::string& json);
std::string corporaPage(const std::vector<CorpusResult>&);

}  // namespace cambium::testing
