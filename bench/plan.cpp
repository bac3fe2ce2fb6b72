// How long the stages after the model take, and how they grow.
#include "bench/measure.h"
#include "compiler/artifact/seal.h"
#include "compiler/emit/script.h"
#include "compiler/plan/prove.h"
#include "plugins/builtin_dialects.h"

namespace {

using namespace cambium;

enum class On : uint8_t { sqlite, postgres, mariadb };

const dialect::Dialect& dialectOf(On on) {
  static const dialect::Dialects dialects = dialect::builtinDialects();
  static constexpr const char* kNames[] = {"sqlite", "postgres", "mariadb"};
  return *dialects.find(kNames[static_cast<size_t>(on)]);
}

template <bench::Constructs kConstructs, On kOn>
void lower(benchmark::State& state) {
  const auto compilation =
      bench::compileOrDie(bench::firstVersion(unsigned(state.range(0)), kConstructs));
  for (auto _ : state) {
    DiagnosticSink sink;
    benchmark::DoNotOptimize(catalog::lower(*compilation->model, dialectOf(kOn).traits(), sink));
  }
  state.SetComplexityN(state.range(0));
}

template <bench::Constructs kConstructs>
void seal(benchmark::State& state) {
  const auto compilation =
      bench::compileOrDie(bench::firstVersion(unsigned(state.range(0)), kConstructs));
  for (auto _ : state) benchmark::DoNotOptimize(artifact::seal(*compilation->model));
  state.SetComplexityN(state.range(0));
}

template <bench::Constructs kConstructs>
void unseal(benchmark::State& state) {
  const auto compilation =
      bench::compileOrDie(bench::firstVersion(unsigned(state.range(0)), kConstructs));
  const std::string document = artifact::seal(*compilation->model);
  for (auto _ : state) benchmark::DoNotOptimize(artifact::unseal(document));
  state.SetComplexityN(state.range(0));
  state.SetBytesProcessed(int64_t(state.iterations()) * int64_t(document.size()));
}

// diff + plan + proof with every tenth entity changed; both catalogs are there already.
template <bench::Constructs kConstructs, On kOn>
void diffPlanProof(benchmark::State& state) {
  const auto count = unsigned(state.range(0));
  const auto first = bench::compileOrDie(bench::firstVersion(count, kConstructs));
  const auto second = bench::compileOrDie(bench::secondVersion(count, kConstructs, *first->model));
  const auto& traits = dialectOf(kOn).traits();
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

// From an empty database: diff, plan, proof and the statements of each step.
template <bench::Constructs kConstructs, On kOn>
void firstPlan(benchmark::State& state) {
  const auto first =
      bench::compileOrDie(bench::firstVersion(unsigned(state.range(0)), kConstructs));
  const auto& traits = dialectOf(kOn).traits();
  DiagnosticSink sink;
  const auto to = catalog::lower(*first->model, traits, sink);
  for (auto _ : state) {
    DiagnosticSink found;
    const auto changes = diff::diff(diff::emptyModel(*first->model), first->model, found);
    const auto plan = plan::plan(changes, {}, to, traits, found);
    const auto failure = plan::prove(plan, traits);
    const auto script = emit::emit(plan, dialectOf(kOn), first->sources, found);
    if (found.hasErrors() || failure || script.steps.empty()) state.SkipWithError("no proven plan");
  }
  state.SetComplexityN(state.range(0));
}

}  // namespace

MEASURE(seal);
MEASURE(unseal);
#define MEASURE_ON(function)           \
  MEASURE_FOR(function, On::sqlite);   \
  MEASURE_FOR(function, On::postgres); \
  MEASURE_FOR(function, On::mariadb)
MEASURE_ON(lower);
MEASURE_ON(diffPlanProof);
MEASURE_ON(firstPlan);
