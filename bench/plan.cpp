// How long the stages after the model take, and how they grow.
#include <benchmark/benchmark.h>

#include "bench/generated_model.h"
#include "compiler/artifact/seal.h"
#include "compiler/plan/prove.h"
#include "plugins/builtin_dialects.h"

namespace {

using namespace cambium;

const dialect::Dialect& firstDialect() {
  static const dialect::Dialects dialects = dialect::builtinDialects();
  return *dialects.all().front();
}

void lower(benchmark::State& state) {
  const auto compilation = bench::compileOrDie(bench::firstVersion(unsigned(state.range(0))));
  for (auto _ : state) {
    DiagnosticSink sink;
    benchmark::DoNotOptimize(catalog::lower(*compilation->model, firstDialect().traits(), sink));
  }
  state.SetComplexityN(state.range(0));
}

void seal(benchmark::State& state) {
  const auto compilation = bench::compileOrDie(bench::firstVersion(unsigned(state.range(0))));
  for (auto _ : state) benchmark::DoNotOptimize(artifact::seal(*compilation->model));
  state.SetComplexityN(state.range(0));
}

void unseal(benchmark::State& state) {
  const auto compilation = bench::compileOrDie(bench::firstVersion(unsigned(state.range(0))));
  const std::string document = artifact::seal(*compilation->model);
  for (auto _ : state) benchmark::DoNotOptimize(artifact::unseal(document));
  state.SetComplexityN(state.range(0));
  state.SetBytesProcessed(int64_t(state.iterations()) * int64_t(document.size()));
}

// diff + plan + proof with every tenth entity changed; both catalogs are there already.
void diffPlanProof(benchmark::State& state) {
  const auto count = unsigned(state.range(0));
  const auto first = bench::compileOrDie(bench::firstVersion(count));
  const auto second = bench::compileOrDie(bench::secondVersion(count, *first->model));
  const auto& traits = firstDialect().traits();
  DiagnosticSink sink;
  const auto from = catalog::lower(*first->model, traits, sink);
  const auto to = catalog::lower(*second->model, traits, sink);
  for (auto _ : state) {
    DiagnosticSink found;
    const auto changes = diff::diff(first->model, second->model, found);
    const auto plan = plan::plan(changes, from, to, traits, found);
    const auto failure = plan::prove(plan, traits);
    if (found.hasErrors() || failure || plan.steps.empty()) state.SkipWithError("no proven plan");
  }
  state.SetComplexityN(state.range(0));
}

}  // namespace

BENCHMARK(lower)
    ->RangeMultiplier(10)
    ->Range(10, 10000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK(seal)->RangeMultiplier(10)->Range(10, 10000)->Unit(benchmark::kMillisecond)->Complexity();
BENCHMARK(unseal)
    ->RangeMultiplier(10)
    ->Range(10, 10000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK(diffPlanProof)
    ->RangeMultiplier(10)
    ->Range(10, 10000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
