// How long text → tree → model takes, beside one pass of the scanner over the same bytes in the
// same run: the ratio is what bench/README.md reports.
#include <benchmark/benchmark.h>
#include <spawn.h>
#include <sys/wait.h>

#include "bench/generated_model.h"
#include "compiler/format/format.h"
#include "compiler/syntax/parse.h"

extern char** environ;

namespace {

using namespace cambium;

void parse(benchmark::State& state) {
  const std::string text = bench::packageText(unsigned(state.range(0)), false);
  for (auto _ : state) {
    SourceMap sources;
    DiagnosticSink sink;
    const FileId file = sources.add("package.cam", text);
    benchmark::DoNotOptimize(syntax::parse(sources, file, sink));
    if (sink.hasErrors()) state.SkipWithError("syntax errors");
  }
  state.SetBytesProcessed(int64_t(state.iterations()) * int64_t(text.size()));
  state.SetComplexityN(state.range(0));
}

void format(benchmark::State& state) {
  const std::string text = bench::packageText(unsigned(state.range(0)), false);
  SourceMap sources;
  DiagnosticSink sink;
  const auto tree = syntax::parse(sources, sources.add("package.cam", text), sink);
  for (auto _ : state) benchmark::DoNotOptimize(format::format(tree, sources));
  state.SetBytesProcessed(int64_t(state.iterations()) * int64_t(text.size()));
  state.SetComplexityN(state.range(0));
}

// What `cambium check` does but for reading the file: parse, analyze.
void check(benchmark::State& state) {
  const MemoryFileSystem fs = bench::firstVersion(unsigned(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(bench::compileOrDie(fs));
  state.SetBytesProcessed(int64_t(state.iterations()) * int64_t(fs.files.at("package.cam").size()));
  state.SetComplexityN(state.range(0));
}

// The whole process, from fork to exit.
void startUp(benchmark::State& state) {
  const char* const arguments[] = {CAMBIUM_TOOL, "version", "-q", nullptr};
  for (auto _ : state) {
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", 1, 0);
    pid_t child = 0;
    int status = 1;
    posix_spawn(&child, CAMBIUM_TOOL, &quiet, nullptr, const_cast<char* const*>(arguments),
                environ);
    waitpid(child, &status, 0);
    posix_spawn_file_actions_destroy(&quiet);
    if (status != 0) state.SkipWithError("cambium version failed");
  }
}

}  // namespace

BENCHMARK(parse)
    ->RangeMultiplier(10)
    ->Range(10, 10000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK(format)
    ->RangeMultiplier(10)
    ->Range(10, 10000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK(check)
    ->RangeMultiplier(10)
    ->Range(10, 10000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK(startUp)->Unit(benchmark::kMillisecond)->UseRealTime();
