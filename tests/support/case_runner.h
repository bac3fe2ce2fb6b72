// tests/support/case_runner.h: what a case says, taken through every stage. Used by the golden
// runner and by the property tests.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/dialect/session.h"
#include "compiler/driver/pipeline.h"
#include "runtime/runner/run.h"
#include "tests/support/golden_file.h"
#include "tests/support/servers.h"

namespace cambium::testing {

// The built-in dialects, made once.
const dialect::Dialects& dialects();

// Those that a case is about: all, or those that its line `# dialects:` names.
std::vector<const dialect::Dialect*> dialectsOf(const GoldenFile&);

// A database of one test: a file in a fresh folder, or a schema or database of its own on the
// private server of this process. Removed afterwards.
class ScratchDatabase {
public:
  explicit ScratchDatabase(const std::string& dialect);
  ~ScratchDatabase();
  ScratchDatabase(const ScratchDatabase&) = delete;
  ScratchDatabase& operator=(const ScratchDatabase&) = delete;
  const std::string& url() const { return url_; }
  const std::string& file() const { return file_; }
  // Aborts the test with the error's text if it cannot be opened.
  std::unique_ptr<dialect::Session> open() const;

private:
  std::string dialect_, folder_, file_, url_;
  std::string schema_;  // on a server that has schemas
  std::optional<TestDatabase> database_;
};

// A session of the product by that dialect's plugin. Aborts the test with the error's text if it
// cannot be opened.
std::unique_ptr<dialect::Session> openDatabase(const std::string& dialect, const std::string& url);

// CAMBIUM_ACCESS=views: all cases are taken through with a face for each version.
bool everyVersionHasAFace();

// One or two versions of a package, compiled from the sections of a case.
struct CompiledCase {
  bool accessViews = false;                     // `# access: views`: both versions have a face
  plan::Soak soak = {};                         // `# soak: 7d`: what goes is kept so long
  bool advice = false;                          // `# advice: wanted`: ADV codes are told
  std::unique_ptr<driver::Compilation> before;  // null in cases of one version
  std::unique_ptr<driver::Compilation> after;   // the only one, or the second
};
CompiledCase compileCase(const GoldenFile&);

std::string briefDiagnostics(const CompiledCase&);

// CSV blocks (`table client`, header, rows). NULL is an empty unquoted cell; "" is the empty
// string.
struct TableRows {
  std::string table;
  std::vector<std::string> columns;
  std::vector<dialect::Row> rows;
};
std::vector<TableRows> parseRows(const std::string& text);
std::string printRows(const std::vector<TableRows>&);
// What two databases have, for comparison: 5.00 and 5.0 are 5, JSON has no blanks.
std::string printRowsAlike(const std::vector<TableRows>&);
// `catalog` says which columns hold bytes or lists: their cells are inserted as such.
void insertRows(dialect::Session&, const std::vector<TableRows>&, const catalog::Catalog&,
                const catalog::Traits&);
// Every row of every table (by name), ordered by all columns; empty tables are left out. Values are
// written as SQLite keeps them, whatever the database.
std::vector<TableRows> readRows(dialect::Session&, const catalog::Catalog&, const catalog::Traits&);

// Runs a script to a phase (or undoes it) and returns "" or what went wrong. `sink` is told what
// happens.
std::string runScript(const emit::Script&, dialect::Session&, plan::Phase through,
                      bool undo = false, const runner::EventSink& sink = {});

}  // namespace cambium::testing
