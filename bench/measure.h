// bench/measure.h: how each stage is measured.
#pragma once

#include <benchmark/benchmark.h>

#include "bench/generated_model.h"

// Registers the template `name` for both kinds of packages, from 10 to 10,000 entities. MEASURE:
// what follows is said of both. MEASURE_FOR: what follows are the template's other arguments.
#define CAMBIUM_SIZES \
  RangeMultiplier(10)->Range(10, 10000)->Unit(benchmark::kMillisecond)->Complexity()
#define MEASURE(name, ...)                                                       \
  BENCHMARK_TEMPLATE(name, bench::Constructs::spine)->CAMBIUM_SIZES __VA_ARGS__; \
  BENCHMARK_TEMPLATE(name, bench::Constructs::all)->CAMBIUM_SIZES __VA_ARGS__
#define MEASURE_FOR(name, ...)                                                    \
  BENCHMARK_TEMPLATE(name, bench::Constructs::spine, __VA_ARGS__)->CAMBIUM_SIZES; \
  BENCHMARK_TEMPLATE(name, bench::Constructs::all, __VA_ARGS__)->CAMBIUM_SIZES
