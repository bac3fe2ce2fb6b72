// How long text → tree → model takes, beside one pass of the scanner over the same bytes in the
// same run: the ratio is what bench/README.md reports.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include "bench/measure.h"
#include "bench/tool.h"
#include "compiler/format/format.h"
#include "compiler/syntax/parse.h"
#include "compiler/syntax/scanner.h"

namespace {

using namespace cambium;

// The yardstick of every other row: text to tokens and no more.
template <bench::Constructs kConstructs>
void scan(benchmark::State& state) {
  const std::string text = bench::packageText(unsigned(state.range(0)), kConstructs, false);
  for (auto _ : state) benchmark::DoNotOptimize(syntax::scan(text));
  state.SetBytesProcessed(int64_t(state.iterations()) * int64_t(text.size()));
  state.SetComplexityN(state.range(0));
}

template <bench::Constructs kConstructs>
void parse(benchmark::State& state) {
  const std::string text = bench::packageText(unsigned(state.range(0)), kConstructs, false);
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

template <bench::Constructs kConstructs>
void formatFile(benchmark::State& state) {
  const std::string text = bench::packageText(unsigned(state.range(0)), kConstructs, false);
  SourceMap sources;
  DiagnosticSink sink;
  const auto tree = syntax::parse(sources, sources.add("package.cam", text), sink);
  for (auto _ : state) benchmark::DoNotOptimize(format::format(tree, sources));
  state.SetBytesProcessed(int64_t(state.iterations()) * int64_t(text.size()));
  state.SetComplexityN(state.range(0));
}

// What `cambium check` does but for reading the file: parse, analyze.
template <bench::Constructs kConstructs>
void check(benchmark::State& state) {
  const MemoryFileSystem fs = bench::firstVersion(unsigned(state.range(0)), kConstructs);
  for (auto _ : state) benchmark::DoNotOptimize(bench::compileOrDie(fs));
  state.SetBytesProcessed(int64_t(state.iterations()) * int64_t(fs.files.at("package.cam").size()));
  state.SetComplexityN(state.range(0));
}

double childrenCpuSeconds() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         double(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

// `cambium check` as a process, CPU seconds: the start, reading the files and the rules of the
// dialect included.
template <bench::Constructs kConstructs>
void checkCommand(benchmark::State& state) {
  std::string folder = (std::filesystem::temp_directory_path() / "cambium-bench-XXXXXX").string();
  if (!mkdtemp(folder.data())) return state.SkipWithError("no temporary folder");
  std::ofstream(folder + "/package.cam")
      << bench::packageText(unsigned(state.range(0)), kConstructs, false);
  for (auto _ : state) {
    const double before = childrenCpuSeconds();
    if (!bench::runTool({CAMBIUM_TOOL, "-C", folder.c_str(), "check", "-q"}))
      state.SkipWithError("cambium check failed");
    state.SetIterationTime(childrenCpuSeconds() - before);
  }
  std::filesystem::remove_all(folder);
  state.SetComplexityN(state.range(0));
}

// The whole process, from fork to exit.
void startUp(benchmark::State& state) {
  for (auto _ : state)
    if (!bench::runTool({CAMBIUM_TOOL, "version", "-q"}))
      state.SkipWithError("cambium version failed");
}

}  // namespace

MEASURE(scan);
MEASURE(parse);
MEASURE(formatFile);
MEASURE(check);
MEASURE(checkCommand, ->UseManualTime());
BENCHMARK(startUp)->Unit(benchmark::kMillisecond)->UseRealTime();
