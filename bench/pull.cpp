// How much `cambium pull` of a database of 500 tables takes beside the questions to its catalog
// alone, each on a server of its own.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "bench/generated_model.h"
#include "bench/tool.h"
#include "compiler/dialect/loader.h"
#include "compiler/emit/script.h"
#include "plugins/builtin_dialects.h"
#include "tests/support/servers.h"

namespace {

using namespace cambium;
using Clock = std::chrono::steady_clock;
using testing::ServerKind;

constexpr unsigned kTables = 500;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

[[noreturn]] void die(const std::string& why) {
  std::cerr << why << "\n";
  std::abort();
}

const dialect::Dialect& dialectOf(ServerKind kind) {
  static const dialect::Dialects dialects = dialect::builtinDialects();
  return *dialects.find(kind == ServerKind::postgres ? "postgres" : "mariadb");
}

std::unique_ptr<dialect::Session> open(ServerKind kind, const std::string& url, bool readOnly) {
  const std::vector<std::string> folders = {CAMBIUM_PLUGINS};
  const auto plugin = dialect::loadDatabasePlugin(dialectOf(kind).traits().dialect, folders);
  if (!plugin) die(plugin.error().message);
  dialect::SessionOptions options;
  options.readOnly = readOnly;
  auto session = plugin->open(url, options);
  if (!session) die(session.error().message);
  return std::move(*session);
}

// Every table of the generated package, made by the statements of its first plan.
void fill(ServerKind kind, const std::string& url) {
  const auto package = bench::compileOrDie(bench::firstVersion(kTables, bench::Constructs::spine));
  const auto& traits = dialectOf(kind).traits();
  DiagnosticSink sink;
  const auto to = catalog::lower(*package->model, traits, sink);
  const auto changes = diff::diff(diff::emptyModel(*package->model), package->model, sink);
  const auto plan = plan::plan(changes, {}, to, traits, sink);
  const auto script = emit::emit(plan, dialectOf(kind), package->sources, sink);
  if (sink.hasErrors()) die("the generated package has no plan");
  const auto session = open(kind, url, false);
  for (const auto& step : script.steps)
    for (const auto* part :
         {&step.action.sql.before, &step.action.sql.statements, &step.action.sql.after})
      for (const auto& sql : *part)
        if (auto done = session->execute(sql); !done) die(done.error().message + "\n" + sql);
}

// The whole process; `catalog_s` is introspection alone on a session that is open, `more_s` what
// the process takes beyond that.
void pull(benchmark::State& state, ServerKind kind) {
  testing::TestServer server(kind);
  const auto database = server.freshDatabase();
  fill(kind, database.url());
  const auto session = open(kind, database.url(), true);
  std::string folder = (std::filesystem::temp_directory_path() / "cambium-bench-XXXXXX").string();
  if (!mkdtemp(folder.data())) return state.SkipWithError("no temporary folder");
  const std::string package = folder + "/pulled";
  double catalog = 0, more = 0;
  for (auto _ : state) {
    auto start = Clock::now();
    const auto live = session->introspect();
    const double alone = secondsSince(start);
    if (!live || live->tables.size() < kTables) state.SkipWithError("not all tables are there");
    std::filesystem::remove_all(package);
    start = Clock::now();
    if (!bench::runTool(
            {CAMBIUM_TOOL, "pull", database.url().c_str(), "-q", "-o", package.c_str()}))
      state.SkipWithError("cambium pull failed");
    const double whole = secondsSince(start);
    state.SetIterationTime(whole);
    catalog += alone;
    more += whole - alone;
  }
  std::filesystem::remove_all(folder);
  state.counters["catalog_s"] = benchmark::Counter(catalog, benchmark::Counter::kAvgIterations);
  state.counters["more_s"] = benchmark::Counter(more, benchmark::Counter::kAvgIterations);
}

}  // namespace

BENCHMARK_CAPTURE(pull, postgres, ServerKind::postgres)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();
BENCHMARK_CAPTURE(pull, mariadb, ServerKind::mariadb)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();
