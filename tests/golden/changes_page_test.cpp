// docs/changes.md: each kind of change, each way that it can go, on each kind of database: what
// happens in which phase, the lock that is really taken, and who waits. It is made from the plans
// of the cases, and compared with them (or rewritten: --update).
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "compiler/diff/diff.h"
#include "tests/golden/shown_rows.h"
#include "tests/golden/update.h"
#include "tests/support/laws.h"
#include "tests/support/places.h"

namespace fs = std::filesystem;

namespace cambium::testing {
namespace {

using dialect::Wait;

// How the words of a lock begin, the weakest first, and who waits meanwhile. `longWriters`: as long
// as the table is large.
struct LockWords {
  std::string_view dialect, begin, readers, writers;
};
constexpr std::string_view kGoOn = "go on", kMoment = "wait a moment";
constexpr LockWords kLocks[] = {
    {"postgres", "none", kGoOn, kGoOn},
    {"postgres", "ROW EXCLUSIVE", kGoOn, "go on; rows of a batch wait for it"},
    {"postgres", "SHARE UPDATE EXCLUSIVE", kGoOn, kGoOn},
    {"postgres", "SHARE ROW EXCLUSIVE", kGoOn, kMoment},
    {"postgres", "ACCESS EXCLUSIVE", kMoment, kMoment},
    {"mariadb", "none", kGoOn, kGoOn},
    {"mariadb", "rows", kGoOn, "go on; rows of a batch wait for it"},
    {"mariadb", "metadata lock, short", kMoment, kMoment},
    {"mariadb", "nobody reads or writes, short", kMoment, kMoment},
    {"mariadb", "writes wait while the table is copied", kGoOn, "wait while the table is copied"},
    {"mariadb", "nobody reads or writes until the table is changed",
     "wait until the table is changed", "wait until the table is changed"},
    {"sqlite", "none", kGoOn, kGoOn},
    {"sqlite", "database write lock", "wait for the commit", kMoment},
};

// The entry for such words with the longest beginning, by its place; -1 = there is none.
int rankOf(const std::string& dialect, const std::string& lock) {
  int best = -1;
  for (size_t i = 0; i < std::size(kLocks); ++i)
    if (kLocks[i].dialect == dialect && lock.starts_with(kLocks[i].begin) &&
        (best < 0 || kLocks[i].begin.size() > kLocks[size_t(best)].begin.size()))
      best = int(i);
  return best;
}

// What one kind of database does for a change.
struct Answer {
  std::vector<std::string> phases[5];  // steps, by plan::Phase
  std::string lock, readers, writers;
  std::set<std::string> hazards;
  std::string refused;                 // why there is no plan; "" = there is one
  std::vector<std::string> withFaces;  // what `access views` does besides, or otherwise
};

std::string_view displayOf(const std::string& dialect) {
  return dialects().find(dialect)->traits().displayName;
}

void addStep(const emit::ScriptStep& step, const std::string& dialect, int& strongest,
             Answer& answer) {
  answer.phases[size_t(step.phase)].push_back(fmt::format("{} {}", step.sign, step.title));
  for (const auto& hazard : step.hazards) answer.hazards.insert(hazard.code);
  const auto& sql = step.action.sql;
  const int rank = rankOf(dialect, sql.lock);
  if (rank < 0) ADD_FAILURE() << "a lock that nobody ranks: " << dialect << ": " << sql.lock;
  if (rank < strongest) return;
  if (rank > strongest) answer.lock.clear();
  strongest = rank;
  // The longest words for one and the same lock: they say the most.
  if (sql.lock.size() > answer.lock.size()) answer.lock = sql.lock;
}

void addWaits(const std::vector<const emit::ScriptStep*>& steps, const std::string& dialect,
              int strongest, Answer& answer) {
  answer.readers = kLocks[size_t(strongest)].readers;
  answer.writers = kLocks[size_t(strongest)].writers;
  for (const auto* step : steps)
    for (const auto& wait : step->action.sql.waits) {
      const bool all =
          dialect == "postgres" && step->action.sql.lock.starts_with("ACCESS EXCLUSIVE");
      const bool looks = wait.what == Wait::For::look || wait.what == Wait::For::count;
      const char* what = wait.what == Wait::For::copy    ? "wait while every row is copied"
                         : wait.what == Wait::For::index ? "wait while an index is built"
                         : looks                         ? "wait while every row is looked at"
                                                         : "wait until the step is done";
      // What takes longer says enough.
      if (!looks || answer.writers.find("while") == std::string::npos) answer.writers = what;
      const bool readers = wait.what == Wait::For::step || wait.what == Wait::For::look;
      if (readers || (all && wait.what != Wait::For::count)) answer.readers = what;
    }
}

// What the steps of each phase do, one thing each: titles of steps are made of several.
std::set<std::pair<plan::Phase, std::string>> deedsOf(const emit::Script& script) {
  std::set<std::pair<plan::Phase, std::string>> out;
  for (const auto& step : script.steps) {
    std::string_view rest = step.title;
    if (step.switches) rest.remove_prefix(std::min(rest.find(": "), rest.size() - 2) + 2);
    while (!rest.empty()) {
      const size_t end = std::min(rest.find("; "), rest.size());
      out.emplace(step.phase, rest.substr(0, end));
      rest.remove_prefix(std::min(end + 2, rest.size()));
    }
  }
  return out;
}

std::vector<std::string> facesOf(const GoldenFile& file, const emit::Script& direct,
                                 const dialect::Dialect& dialect) {
  CompiledCase compiled = compileCase(file);
  compiled.accessViews = true;
  const auto planned = planCase(compiled, dialect);
  if (!planned) {
    const auto& all = compiled.after->diagnostics.all();
    const auto error = std::ranges::find(all, Severity::error, &Diagnostic::severity);
    if (error == all.end()) return {};
    return {fmt::format("refused: [{0}](diagnostics/{0}.md)", info(error->code).name)};
  }
  const auto before = deedsOf(direct), after = deedsOf(planned->script);
  std::vector<std::string> out;
  const auto add = [&](const char* word, const auto& some, const auto& others) {
    for (const auto& deed : some) {
      if (others.contains(deed)) continue;
      std::string phase(plan::toString(deed.first));
      std::ranges::transform(phase, phase.begin(), [](char c) { return char(std::toupper(c)); });
      out.push_back(fmt::format("{}: {}{}", phase, word, deed.second));
    }
  };
  add("", after, before);
  add("not: ", before, after);
  return out;
}

Answer answerOf(const diff::CompatibilityRow& row, const GoldenFile& file,
                const CompiledCase& compiled, const dialect::Dialect& dialect) {
  Answer answer;
  const std::string& name = dialect.traits().dialect;
  const auto about = dialectsOf(file);
  if (std::ranges::find(about, &dialect) == about.end()) {
    answer.refused = "not on this database";
    return answer;
  }
  const size_t before = compiled.after->diagnostics.all().size();
  const auto planned = planCase(compiled, dialect);
  if (!planned) {
    std::set<std::string> codes;
    const auto& all = compiled.after->diagnostics.all();
    for (size_t i = 0; i < all.size(); ++i)
      if (all[i].severity == Severity::error && (i >= before || codes.empty()))
        codes.insert(fmt::format("[{0}](diagnostics/{0}.md)", info(all[i].code).name));
    answer.refused = fmt::format("refused: {}", fmt::join(codes, ", "));
    return answer;
  }
  std::set<std::string> changes;
  for (const auto& change : planned->changes.changes)
    if (diff::compatibilityRow(change, planned->changes).name == row.name)
      changes.insert(diff::toString(change, planned->changes));
  const bool alone = changes.size() == planned->changes.changes.size();
  int strongest = rankOf(name, "none");
  std::vector<const emit::ScriptStep*> steps;
  for (const auto& step : planned->script.steps) {
    if (step.switches || (!alone && !changes.contains(step.change))) continue;
    steps.push_back(&step);
    addStep(step, name, strongest, answer);
  }
  addWaits(steps, name, strongest, answer);
  answer.withFaces = facesOf(file, planned->script, dialect);
  return answer;
}

constexpr std::string_view kIntroduction = R"(# What each change does, phase by phase

Made by `cambium_golden_tests --update` from the [compatibility table](compatibility.md) and the plans of the golden cases; a test
compares it. For each kind of change, and each way that it can go: its class, what it asks for, and on each kind of database the
steps of the change in each phase, the strongest lock of all these steps in the words of the plan, who waits, and the
[hazards](hazards.md) that are told. The case that is named shows the whole plan, its SQL and its undo; each plan is run on these
databases by the tests, at each stage and back. The step that makes the new version the active one is the same everywhere and left out.

`+` adds, `-` takes away, `~` changes, `?` looks at rows or counts them, `=` fills rows. *A moment* is what it takes to change the form of
a table once the lock is there; how the wait for it is bounded is in [hazards.md](hazards.md). No steps at all: nothing of it is in the database,
or another change's step does it along. *With [`access views`](faces.md)*: what happens besides ("not": instead) in the whole plan of the case where each version
has a face of its own.
)";

std::string cellOf(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += (out.empty() ? "" : "<br>") + cell(line);
  return out;
}

using Answers = std::vector<std::pair<std::string, Answer>>;  // by dialect

template <class Text>
std::string line(std::string_view label, const Answers& answers, Text text) {
  std::string out = fmt::format("| {} |", label), all;
  for (const auto& [dialect, answer] : answers) {
    const std::string one = answer.refused.empty() ? text(answer) : "";
    all += one;
    out += fmt::format(" {} |", one);
  }
  return all.empty() ? "" : out + "\n";
}

std::string table(const Answers& answers) {
  std::string out = "| |", rule = "|---|";
  for (const auto& [dialect, answer] : answers) {
    out += fmt::format(" {} |", displayOf(dialect));
    rule += "---|";
  }
  out += "\n" + rule + "\n";
  if (std::ranges::any_of(answers, [](const auto& one) { return !one.second.refused.empty(); })) {
    out += "| |";
    for (const auto& [dialect, answer] : answers) out += fmt::format(" {} |", answer.refused);
    out += "\n";
  }
  for (const auto phase : {plan::Phase::expand, plan::Phase::backfill, plan::Phase::validate,
                           plan::Phase::switch_, plan::Phase::contract}) {
    std::string label(plan::toString(phase));
    std::ranges::transform(label, label.begin(), [](char c) { return char(std::toupper(c)); });
    out += line(label, answers, [&](const Answer& a) { return cellOf(a.phases[size_t(phase)]); });
  }
  out += line("strongest lock", answers, [](const Answer& a) { return cell(a.lock); });
  out += line("readers", answers, [](const Answer& a) { return a.lock.empty() ? "" : a.readers; });
  out += line("writers", answers, [](const Answer& a) { return a.lock.empty() ? "" : a.writers; });
  out += line("with `access views`", answers, [](const Answer& a) { return cellOf(a.withFaces); });
  out += line("hazards", answers, [](const Answer& a) {
    std::vector<std::string> links;
    for (const auto& code : a.hazards)
      links.push_back(fmt::format("[{0}](diagnostics/{0}.md)", code));
    return fmt::format("{}", fmt::join(links, ", "));
  });
  return out;
}

std::string entry(const diff::CompatibilityRow& row, const Shown& shown) {
  static constexpr std::string_view kClasses[] = {"safe", "breaking", "destructive"};
  const std::string path = shown.path;
  std::string out = fmt::format(
      "\n### {}{}{}\n\n{}: {}.{} [{}](../tests/golden/{}.case)\n",
      row.kind == "AnyChange" ? "any change" : fmt::format("{}", row.kind),
      row.when.empty() ? "" : ": ", row.when, kClasses[size_t(row.compatibility)], row.why,
      row.needs.empty() ? "" : fmt::format(" Needs {}.", row.needs), path, path);
  const GoldenFile file = readCase(path);
  Answers answers;
  bool none = true;
  for (const char* dialect : {"postgres", "mariadb", "sqlite"}) {
    // Compiled anew: planning adds to what was found.
    const CompiledCase compiled = compileCase(file);
    Answer answer = answerOf(row, file, compiled, *dialects().find(dialect));
    none = none && answer.refused.empty() &&
           std::ranges::all_of(answer.phases, [](const auto& steps) { return steps.empty(); });
    answers.emplace_back(dialect, std::move(answer));
  }
  if (none) return out + "\nNo step of its own.\n";
  return out + "\n" + table(answers);
}

std::string page() {
  std::string out(kIntroduction);
  std::string_view section;
  for (const auto& row : diff::compatibilityTable()) {
    if (section != row.section) out += fmt::format("\n## {}\n", row.section);
    section = row.section;
    const auto shown = shownRows().find(row.name);
    if (shown == shownRows().end())
      ADD_FAILURE() << "no case shows " << row.name;
    else
      out += entry(row, shown->second);
  }
  return out;
}

TEST(ChangesPage, isWhatThePlansOfTheCasesSay) {
  const fs::path path = fs::path(sourceDir()) / "docs/changes.md";
  const std::string text = page();
  if (updating()) return writeFile(path, text);
  EXPECT_EQ(firstDifference(fs::exists(path) ? readFile(path) : "", text), "")
      << "docs/changes.md is made by `cambium_golden_tests --update`";
}

// A kind of change that has no row is one of which the page knows nothing.
TEST(ChangesPage, everyKindOfChangeHasARow) {
  std::set<std::string_view> kinds;
  for (const auto& row : diff::compatibilityTable())
    if (row.kind != "AnyChange") kinds.insert(row.kind);
  EXPECT_EQ(kinds.size(), std::variant_size_v<diff::ChangeForms>);
}

// The strongest of several locks is the one that is told, and words that nobody knows are seen.
TEST(ChangesPage, locksAreRanked) {
  EXPECT_LT(rankOf("postgres", "SHARE UPDATE EXCLUSIVE, outside a transaction"),
            rankOf("postgres", "ACCESS EXCLUSIVE, also on b"));
  EXPECT_LT(rankOf("mariadb", "metadata lock, short; reads and writes go on meanwhile"),
            rankOf("mariadb", "nobody reads or writes until the table is changed"));
  EXPECT_EQ(rankOf("postgres", "HARE"), -1);
  EXPECT_EQ(rankOf("sqlite", "ROW EXCLUSIVE"), -1);
}

}  // namespace
}  // namespace cambium::testing
