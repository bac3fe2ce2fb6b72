// Each kind of change, and each way that it can go, is tried under load on both servers, or it is
// written down why not.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/diff/diff.h"
#include "tests/run/load.h"

namespace cambium::testing {
namespace {

// Rows of the compatibility table (docs/compatibility.md) that no scenario has.
struct Untried {
  std::string_view row, on, why;
};
constexpr std::string_view kNoAccess = "MariaDB has no part of it: the compiler warns (DDL008)";
constexpr Untried kUntried[] = {
    {"retireEntity", "", "refused (EVO012): there is no plan"},
    {"changeTarget", "", "refused (EVO051): there is no plan"},
    {"addRole", "mariadb", kNoAccess},
    {"dropRole", "mariadb", kNoAccess},
    {"addGrant", "mariadb", kNoAccess},
    {"addGrantOnNew", "mariadb", kNoAccess},
    {"extendGrant", "mariadb", kNoAccess},
    {"restrictGrant", "mariadb", kNoAccess},
    {"dropGrant", "mariadb", kNoAccess},
    {"addPolicy", "mariadb", kNoAccess},
    {"changePolicy", "mariadb", kNoAccess},
    {"dropPolicy", "mariadb", kNoAccess},
    {"renameRole", "mariadb", kNoAccess},
    {"renamePolicy", "mariadb", kNoAccess},
};

// Of each row the scenarios that show it.
using Shown = std::map<std::string_view, std::set<std::string>>;

Shown shownOn(const std::string& wanted) {
  Shown out;
  for (const auto& [index, engine] : scenariosOnEngines()) {
    const Scenario& scenario = scenarios()[index];
    if (engine != wanted) continue;
    const CompiledCase compiled = compileCase(parseGolden(versionsOf(scenario)));
    if (!compiled.before || !compiled.before->model || !compiled.after->model) {
      ADD_FAILURE() << scenario.name << "\n" << briefDiagnostics(compiled);
      continue;
    }
    DiagnosticSink sink;
    const auto set = diff::diff(compiled.before->model, compiled.after->model, sink);
    for (const auto& change : set.changes)
      out[diff::compatibilityRow(change, set).name].insert(scenario.name);
  }
  return out;
}

TEST(LoadCoverage, EveryWayOfEveryKindOfChangeIsTried) {
  for (const char* engine : {"postgres", "mariadb"}) {
    const Shown shown = shownOn(engine);
    for (const auto& row : diff::compatibilityTable()) {
      const auto excused = std::ranges::find_if(kUntried, [&](const Untried& u) {
        return u.row == row.name && (u.on.empty() || u.on == engine);
      });
      const bool tried = shown.contains(row.name);
      if (excused == std::end(kUntried))
        EXPECT_TRUE(tried) << "no scenario tries " << row.name << " (" << row.kind
                           << (row.when.empty() ? "" : ", ") << row.when << ") on " << engine
                           << ": load_scenarios*.cpp, or a reason here";
      else
        EXPECT_FALSE(tried) << row.name << " is tried on " << engine << " by "
                            << *shown.at(row.name).begin() << ": there is no need of a reason";
    }
  }
}

// Reasons for what is in the table, each of them once.
TEST(LoadCoverage, ReasonsAreForRowsThatThereAre) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const auto& one : kUntried) {
    EXPECT_TRUE(std::ranges::any_of(diff::compatibilityTable(), [&](const auto& row) {
      return row.name == one.row;
    })) << one.row;
    EXPECT_TRUE(seen.insert({one.row, one.on}).second) << one.row;
  }
}

TEST(LoadCoverage, NamesOfScenariosAreDifferent) {
  std::set<std::string> names;
  for (const auto& scenario : scenarios())
    EXPECT_TRUE(names.insert(scenario.name).second) << scenario.name;
}

}  // namespace
}  // namespace cambium::testing
