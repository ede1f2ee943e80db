// What checks cost. The command lines are those of examples, each a few kilobytes as JSON.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "src/check/batch.h"
#include "src/check/command_line.h"
#include "src/check/contract_check.h"
#include "src/check/json.h"
#include "src/contract/reader.h"
#include "src/dialect/rule_examples.h"
#include "src/policy/policy.h"
#include "src/recipe/recipe.h"

namespace nam56r {
namespace {

constexpr int kBatchLines = 2000;

// Lines that parse, and among them lines that are refused: every rule's failing example in turn.
std::string Batch(const dialect::Release& release) {
  std::string text;
  const auto rules = dialect::ArgumentRules();
  for (int i = 0; i < kBatchLines; ++i) {
    const dialect::ArgumentRule& rule = *rules[static_cast<std::size_t>(i) % rules.size()].rule;
    const bool changed = i % 2 == 1 && !rule.fails.empty() && rule.releases.Includes(release.minor);
    const dialect::ExampleLine line = dialect::Example(release, changed ? rule.fails : "");
    const nlohmann::json object = {{"id", i},
                                   {"argv", line.argv},
                                   {"world", line.surroundings.world_size},
                                   {"env", line.surroundings.environment}};
    text += object.dump() + '\n';
  }
  return text;
}

void CommandLine(benchmark::State& state) {
  const dialect::Release& release = dialect::Releases()[static_cast<std::size_t>(state.range(0))];
  const dialect::ExampleLine line = dialect::Example(release, "");
  std::string out;
  for (auto _ : state) {
    out.clear();
    check::AppendJson(check::CheckCommandLine(release, line.argv, line.surroundings), out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetLabel(std::string(release.dialect));
  state.counters["bytes_out"] = static_cast<double>(out.size());
}
BENCHMARK(CommandLine)->DenseRange(0, 3)->Unit(benchmark::kMicrosecond);

void BatchOfCommandLines(benchmark::State& state) {
  const dialect::Release& release = dialect::Releases()[static_cast<std::size_t>(state.range(0))];
  const std::string text = Batch(release);
  std::int64_t refused = 0;
  for (auto _ : state) {
    std::istringstream in(text);
    std::ostringstream out;
    refused = check::CheckBatch(release, in, out)->refused;
  }
  state.SetItemsProcessed(state.iterations() * kBatchLines);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  state.SetLabel(std::string(release.dialect));
  state.counters["refused"] = static_cast<double>(refused) / kBatchLines;
}
BENCHMARK(BatchOfCommandLines)->DenseRange(0, 3)->Unit(benchmark::kMillisecond);

// A contract that has been read: recompiled, lowered, held against every rule.
void Contract(benchmark::State& state, const char* recipe_name, const char* policy_name) {
  const std::string root = NAM56R_SOURCE_DIR;
  const auto recipe = recipe::Load(root + "/recipes/" + recipe_name);
  const auto policy = policy::Load(root + "/policies/" + policy_name);
  const std::string text =
      contract::ToJson(contract::Compile(*recipe, *policy, {}).value()).dump(2);
  std::string out;
  for (auto _ : state) {
    const auto contract = contract::Parse(text, "run.json");
    out.clear();
    check::AppendJson(check::CheckContract(*contract, "2026-11-23").result, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK_CAPTURE(Contract, megatron, "nam56r.toml", "h200x8-bf16.toml")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Contract, native, "nam56r-tiny.toml", "laptop.toml")
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace nam56r
