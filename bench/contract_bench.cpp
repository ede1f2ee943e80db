// What `nam56r contract` spends its time on, in one process.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "src/contract/contract.h"
#include "src/contract/reader.h"
#include "src/policy/environment.h"
#include "src/policy/policy.h"
#include "src/recipe/recipe.h"

namespace {

using namespace nam56r;

const std::string kRoot = NAM56R_SOURCE_DIR;

template <class T>
T Must(base::Expected<T> value) {
  if (!value) throw std::runtime_error(value.errors().front().message);
  return std::move(*value);
}

void BM_LoadRecipe(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Must(recipe::Load(kRoot + "/recipes/nam56r.toml")));
}
BENCHMARK(BM_LoadRecipe)->Unit(benchmark::kMicrosecond);

void BM_Expand(benchmark::State& state) {
  const auto recipe = Must(recipe::Load(kRoot + "/recipes/nam56r.toml"));
  for (auto _ : state) benchmark::DoNotOptimize(Must(plan::Expand(recipe, {.mtp_depth = 2})));
}
BENCHMARK(BM_Expand)->Unit(benchmark::kMicrosecond);

// Every variable of a policy against its type, the others and the fields.
void BM_CheckEnvironment(benchmark::State& state) {
  base::Loaded<policy::Policy> policy;
  for (const policy::EnvironmentVariable& known : policy::KnownEnvironment()) {
    if (known.owner.empty()) policy.value.environment.emplace(known.name, "1");
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(policy::CheckEnvironment(policy));
    benchmark::DoNotOptimize(policy::CheckEnvironmentConflicts(policy));
  }
}
BENCHMARK(BM_CheckEnvironment)->Unit(benchmark::kMicrosecond);

// The passes alone: what a caller pays who wants no JSON.
void BM_PassesMegatron(benchmark::State& state) {
  const auto recipe = Must(recipe::Load(kRoot + "/recipes/nam56r.toml"));
  const auto policy = Must(policy::Load(kRoot + "/policies/h200x8-bf16.toml"));
  for (auto _ : state) benchmark::DoNotOptimize(Must(contract::Compile(recipe, policy, {})));
}
BENCHMARK(BM_PassesMegatron)->Unit(benchmark::kMicrosecond);

// With JSON, digest and text.
void BM_CompileMegatron(benchmark::State& state) {
  const auto recipe = Must(recipe::Load(kRoot + "/recipes/nam56r.toml"));
  const auto policy = Must(policy::Load(kRoot + "/policies/h200x8-bf16.toml"));
  for (auto _ : state) {
    const auto contract = Must(contract::Compile(recipe, policy, {}));
    benchmark::DoNotOptimize(contract::ToJson(contract).dump(2));
  }
}
BENCHMARK(BM_CompileMegatron)->Unit(benchmark::kMicrosecond);

void BM_CompileNative(benchmark::State& state) {
  const auto recipe = Must(recipe::Load(kRoot + "/recipes/nam56r-tiny.toml"));
  const auto policy = Must(policy::Load(kRoot + "/policies/laptop.toml"));
  for (auto _ : state) {
    const auto contract = Must(contract::Compile(recipe, policy, {}));
    benchmark::DoNotOptimize(contract::ToJson(contract).dump(2));
  }
}
BENCHMARK(BM_CompileNative)->Unit(benchmark::kMicrosecond);

}  // namespace
