// Whatever somebody changes by hand is drift, and what was built is none. `model.cam` is built on
// each database; each change of `<dialect>.changes` is made there, and every difference that is
// found is compared with what the file says (or rewrites it: --update). A change is
//
//   == what it is
//   SQL;                            -- or, for SQLite: EDIT table: old text -> new text
//   -> extra column customer.nick   -- the differences, a line each
//   => extra function f             -- those that its repair leaves, a line each
//
// The statements of the repair are executed, also those that delete: afterwards there is no
// difference but what the repair itself says it leaves.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "compiler/catalog/catalog.h"
#include "compiler/plan/repair.h"
#include "tests/support/case_runner.h"
#include "tests/support/golden_file.h"
#include "tests/support/laws.h"
#include "tests/support/places.h"

namespace cambium::testing {
namespace {

namespace fs = std::filesystem;

bool updating = false;

struct Change {
  std::string what;
  std::vector<std::string> statements;
  std::string found;  // the lines behind "-> "
  std::string left;   // the lines behind "=> "
};

std::vector<Change> readChanges(const fs::path& file) {
  std::vector<Change> out;
  std::istringstream lines(readFile(file));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("== "))
      out.push_back({line.substr(3), {}, "", ""});
    else if (line.starts_with("-> "))
      out.back().found += line.substr(3) + "\n";
    else if (line.starts_with("=> "))
      out.back().left += line.substr(3) + "\n";
    else if (!line.empty())
      out.back().statements.push_back(line);
  }
  return out;
}

std::string print(const std::vector<Change>& changes) {
  std::string out;
  for (const auto& change : changes) {
    out += "== " + change.what + "\n";
    for (const auto& statement : change.statements) out += statement + "\n";
    std::istringstream found(change.found);
    for (std::string line; std::getline(found, line);) out += "-> " + line + "\n";
    std::istringstream left(change.left);
    for (std::string line; std::getline(left, line);) out += "=> " + line + "\n";
  }
  return out;
}

std::string differences(const catalog::Catalog& expected, dialect::Session& session) {
  const auto live = session.introspect();
  if (!live) return "error: " + live.error().message + "\n";
  std::string out;
  for (const auto& one : catalog::compare(expected, *live)) {
    constexpr const char* kKinds[] = {"missing", "changed", "extra"};
    out += std::string(kKinds[static_cast<size_t>(one.kind)]) + " " + one.object + "\n";
  }
  return out;
}

std::string textLiteral(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

// A change of the text of a table that SQLite keeps.
std::string editStatements(const std::string& line) {
  const auto colon = line.find(": "), arrow = line.find(" -> ");
  const std::string table = line.substr(5, colon - 5);
  const std::string from = line.substr(colon + 2, arrow - colon - 2), to = line.substr(arrow + 4);
  const std::string edit = "UPDATE sqlite_schema SET sql = replace(sql, " + textLiteral(from) +
                           ", " + textLiteral(to) + ") WHERE name = " + textLiteral(table) +
                           " AND instr(sql, " + textLiteral(from) + ")";
  return "PRAGMA writable_schema = ON;\nCREATE TEMP TABLE edited (n CHECK (n = 1));\n" + edit +
         ";\nINSERT INTO edited VALUES (changes());\nPRAGMA writable_schema = RESET;\n";
}

void changeFile(const std::string& file, const Change& change) {
  const std::string script = file + ".sql";
  std::ofstream out(script);
  for (const auto& line : change.statements)
    out << (line.starts_with("EDIT ") ? editStatements(line) : line + "\n");
  out.close();
  const std::string command =
      "sqlite3 -bail -cmd '.dbconfig defensive off' '" + file + "' < '" + script + "' >/dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0) << change.what;
}

// Executes the repair and gives what differs then.
std::string repaired(const catalog::Catalog& expected, dialect::Session& session,
                     const dialect::Dialect& dialect) {
  auto live = session.introspect();
  if (!live) return "error: " + live.error().message + "\n";
  const auto repair = plan::repair(*live, expected, dialect.traits());
  const auto run = [&](const std::vector<std::string>& statements) {
    for (const auto& sql : statements)
      if (const auto done = session.execute(sql); !done)
        return "error: " + done.error().message + ": " + sql + "\n";
    return std::string();
  };
  for (const auto& step : repair.steps) {
    const auto sql = dialect.emit({step.operation}, *live);
    if (!sql) return "error: no statement\n";
    for (const auto* statements : {&sql->before, &sql->statements, &sql->after})
      if (auto failed = run(*statements); !failed.empty()) return failed;
    if (auto failed = plan::apply(step.operation, *live, dialect.traits()); !failed.empty())
      return "error: " + failed + "\n";
  }
  return differences(expected, session);
}

class Drift : public ::testing::TestWithParam<std::string> {};

TEST_P(Drift, EveryChangeByHandIsFound) {
  const std::string name = GetParam();
  const fs::path folder = fs::path(sourceDir()) / "tests/drift";
  const auto compiled =
      compileCase(parseGolden("# why: -\n-- model.cam --\n" + readFile(folder / "model.cam")));
  ASSERT_TRUE(healthy(compiled.after)) << briefDiagnostics(compiled);
  const auto& dialect = *dialects().find(name);
  const auto planned = planFresh(*compiled.after, compiled.after->model, dialect);
  ASSERT_TRUE(planned);
  const auto& expected = planned->to.catalog;

  auto changes = readChanges(folder / (name + ".changes"));
  EXPECT_GT(changes.size(), 40u);
  const std::string said = print(changes);
  std::unique_ptr<ScratchDatabase> database;
  std::unique_ptr<dialect::Session> session;
  for (auto& change : changes) {
    SCOPED_TRACE(change.what);
    if (!database) {
      database = std::make_unique<ScratchDatabase>(name);
      session = database->open();
      ASSERT_EQ(runScript(planned->script, *session, plan::Phase::contract), "");
    }
    const bool file = !database->file().empty();
    if (file) {
      session.reset();
      changeFile(database->file(), change);
      session = database->open();
    } else {
      for (const auto& sql : change.statements) {
        const auto done = session->execute(sql);
        EXPECT_TRUE(bool(done)) << sql << ": " << (done ? "" : done.error().message);
      }
    }
    change.found = differences(expected, *session);
    EXPECT_EQ(change.found.empty(), &change == &changes.front()) << change.found;
    change.left = repaired(expected, *session, dialect);
    session.reset();
    database.reset();
  }
  const std::string is = print(changes);
  if (updating) return writeFile(folder / (name + ".changes"), is);
  EXPECT_EQ(said, is) << "reviewed? then --update";
}

INSTANTIATE_TEST_SUITE_P(All, Drift, ::testing::ValuesIn([] {
                           std::vector<std::string> out;
                           for (const auto& dialect : dialects().all())
                             out.push_back(dialect->traits().dialect);
                           return out;
                         }()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace cambium::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i)
    cambium::testing::updating = cambium::testing::updating || std::string(argv[i]) == "--update";
  if (cambium::testing::updating && std::getenv("CI")) {
    std::cerr << "--update is not for CI\n";
    return 2;
  }
  return RUN_ALL_TESTS();
}
