// Plans of the golden cases on a real database, from end to end, while others read and write their
// tables and somebody holds them in one long transaction after the other: each goes through, no
// statement of a run would wait without an end, and how long the others wait is told beside how
// long they do without a plan.
//
// CAMBIUM_LAWS_ON=sqlite|postgres|mariadb says where (on each, if it is not set). Every 25th case;
// all of them with CAMBIUM_LONG=1.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <string_view>

#include "compiler/dialect/loader.h"
#include "runtime/verify/generated_rows.h"
#include "tests/beside/others.h"
#include "tests/support/laws.h"
#include "tests/support/places.h"
#include "tests/support/timeout_watch.h"

namespace cambium::testing {
namespace {

namespace fs = std::filesystem;
using plan::Phase;

constexpr unsigned kRunLockMs = 250;  // as `cambium apply` opens its session
constexpr unsigned kTheirLockMs = 60'000;
constexpr std::chrono::milliseconds kIdle{300};
constexpr size_t kWorst = 5;
constexpr size_t kEach = 25;

// Of all plans together; printed at the end.
struct Report {
  Waits idle, beside;
  unsigned plans = 0, steps = 0, waited = 0;
  std::vector<std::pair<double, std::string>> longest;  // of each plan
};
Report& reportOf(const std::string& engine) {
  static std::map<std::string, Report> all;
  return all[engine];
}

class Beside : public ::testing::Test {
public:
  Beside(fs::path path, std::string engine) : path_(std::move(path)), engine_(std::move(engine)) {}

private:
  void TestBody() override;
  // The plan of the case from the old version with its rows; false if it has none here.
  bool prepare();
  std::unique_ptr<dialect::Session> open(unsigned lockMs) const;
  std::unique_ptr<Others> others(const catalog::Catalog& catalog,
                                 std::chrono::milliseconds longRead) const {
    return std::make_unique<Others>([this] { return open(kTheirLockMs); }, catalog,
                                    dialects().find(engine_)->traits(), longRead);
  }
  // Longer than a run waits at one time: MariaDB has whole seconds.
  std::chrono::milliseconds longRead() const {
    return std::chrono::milliseconds(engine_ == "mariadb" ? 1300 : 400);
  }
  void run(Phase through, Others&);
  // The plan has a hazard of this code.
  bool says(std::string_view code) const {
    return std::ranges::any_of(planned_->script.steps, [&](const auto& step) {
      return std::ranges::any_of(step.hazards, [&](const auto& h) { return h.code == code; });
    });
  }
  void measureIdle(const catalog::Catalog&);
  // What they have waited goes to the report.
  void end(Others&);

  fs::path path_;
  std::string engine_;
  std::unique_ptr<ScratchDatabase> database_;
  std::unique_ptr<dialect::Session> session_;
  CompiledCase compiled_;
  std::optional<driver::Planned> planned_;
  Waits waits_;
  unsigned waited_ = 0;
};

std::unique_ptr<dialect::Session> Beside::open(unsigned lockMs) const {
  dialect::SessionOptions options;
  options.lockTimeoutMs = lockMs;
  options.create = true;
  const std::vector<std::string> folders{binaryDir() + "/lib/cambium"};
  const auto plugin = dialect::loadDatabasePlugin(engine_, folders);
  auto session = plugin->open(database_->url(), options);
  if (!session) {
    ADD_FAILURE() << session.error().message;
    std::abort();
  }
  return std::move(*session);
}

bool Beside::prepare() {
  const GoldenFile file = parseGolden(readFile(path_));
  const auto about = dialectsOf(file);
  const auto* dialect = dialects().find(engine_);
  if (std::ranges::find(about, dialect) == about.end()) return false;
  compiled_ = compileCase(file);
  if (!healthy(compiled_.after) || !healthy(compiled_.before)) return false;
  planned_ = planCase(compiled_, *dialect);
  if (!planned_ || planned_->script.steps.empty()) return false;
  const auto base =
      planFresh(*compiled_.after, compiled_.before->model, *dialect, compiled_.accessViews);
  if (!base) return false;
  database_ = std::make_unique<ScratchDatabase>(engine_);
  session_ = open(kRunLockMs);
  // As those have it who write from several processes.
  EXPECT_TRUE(engine_ != "sqlite" || session_->query("PRAGMA journal_mode = WAL", {}));
  EXPECT_EQ(runScript(base->script, *session_, Phase::contract), "");
  if (const auto* rows = file.find("rows before"))
    insertRows(*session_, parseRows(rows->text), planned_->from.catalog, dialect->traits());
  else if (!file.settings.count("empty"))
    verify::writeRows(*session_, planned_->from.catalog, dialect->traits(), {});
  return !HasFailure();
}

void Beside::run(Phase through, Others& others) {
  TimeoutWatch timeouts(*session_, kRunLockMs);
  const auto end =
      runScript(planned_->script, timeouts, through, false, [&](const runner::RunEvent& event) {
        if (const auto* step = std::get_if<runner::StepStart>(&event))
          others.at(fmt::format("step {} ({})", step->number, step->title));
        waited_ += std::holds_alternative<runner::WaitingForLock>(event) ||
                   std::holds_alternative<runner::WaitingForOthers>(event);
      });
  EXPECT_EQ(end, "");
  EXPECT_GT(timeouts.looks(), 0u);
  for (const auto& found : timeouts.found()) ADD_FAILURE() << found;
}

void Beside::end(Others& others) {
  others.end();
  EXPECT_EQ(others.refused(), "");
  EXPECT_TRUE(others.againstRules().empty() || says("LCK002")) << others.againstRules();
  waits_.add(others.waits());
}

void Beside::measureIdle(const catalog::Catalog& catalog) {
  const auto alone = others(catalog, std::chrono::milliseconds(0));
  std::this_thread::sleep_for(kIdle);
  alone->end();
  reportOf(engine_).idle.add(alone->waits());
}

void Beside::TestBody() {
  if (!prepare()) {
    if (!HasFailure()) GTEST_SKIP() << "no plan here";
    return;
  }
  measureIdle(planned_->from.catalog);
  // Old applications go on to the switch, and beyond it as long as no name means something else.
  const auto old = others(planned_->from.catalog, longRead());
  run(Phase::validate, *old);
  const bool until = says("LCK007");
  if (until) end(*old);
  run(Phase::switch_, *old);
  if (!until) end(*old);
  const auto fresh = others(planned_->to.catalog, longRead());
  run(Phase::contract, *fresh);
  end(*fresh);
  EXPECT_TRUE(old->longReads() > 0 || !old->work());
  if (!HasFailure()) expectCatalog(*session_, planned_->to.catalog, "new version");

  Report& report = reportOf(engine_);
  ++report.plans;
  report.steps += unsigned(planned_->script.steps.size());
  report.waited += waited_;
  report.beside.add(waits_);
  report.longest.emplace_back(waits_.longest,
                              fmt::format("{}/{}, {}", path_.parent_path().filename().string(),
                                          path_.stem().string(), waits_.during));
}

class Summary : public ::testing::Environment {
public:
  explicit Summary(std::string engine) : engine_(std::move(engine)) {}
  void TearDown() override {
    Report& r = reportOf(engine_);
    const auto& unit = *::testing::UnitTest::GetInstance();
    if (unit.test_to_run_count() == 0) return;
    fmt::print(
        "{}: {} plans with {} steps, beside one reader, one writer and one long reader; "
        "{} times a run waited\n",
        engine_, r.plans, r.steps, r.waited);
    for (const auto& [name, waits] : {std::pair{"without a plan", &r.idle}, {"beside", &r.beside}})
      fmt::print("  {:<15}{:>8} statements, median {:.2f} ms, 99 % {:.1f} ms, longest {:.0f} ms\n",
                 name, waits->milliseconds.size(), waits->quantile(0.5), waits->quantile(0.99),
                 waits->longest);
    std::ranges::sort(r.longest, std::greater{});
    for (size_t i = 0; i < std::min(kWorst, r.longest.size()); ++i)
      fmt::print("  {:>6.0f} ms  {}\n", r.longest[i].first, r.longest[i].second);
  }

private:
  std::string engine_;
};

// It has two versions, and a way from one to the other.
bool hasPlan(const fs::path& path) {
  if (path.extension() != ".case" || path.stem().string().starts_with("fail_")) return false;
  const std::string text = readFile(path);
  return text.find("-- before.cam --") != text.npos && text.find("\n-- run --") == text.npos;
}

}  // namespace
}  // namespace cambium::testing

int main(int argc, char** argv) {
  using namespace cambium::testing;
  ::testing::InitGoogleTest(&argc, argv);
  const fs::path root = fs::path(cambium::sourceDir()) / "tests/golden";
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (hasPlan(entry.path())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  const char* const only = std::getenv("CAMBIUM_LAWS_ON");
  const size_t each = std::getenv("CAMBIUM_LONG") ? 1 : kEach;
  for (const char* engine : {"sqlite", "postgres", "mariadb"}) {
    if (only && std::string_view(only) != engine) continue;
    ::testing::AddGlobalTestEnvironment(new Summary(engine));
    for (size_t i = 0; i < files.size(); i += each) {
      const auto& path = files[i];
      const std::string suite = path.parent_path().filename().string() + "_" + engine;
      ::testing::RegisterTest(
          suite.c_str(), path.stem().c_str(), nullptr, nullptr, path.c_str(), 1,
          [path, engine]() -> ::testing::Test* { return new Beside(path, engine); });
    }
  }
  return RUN_ALL_TESTS();
}
