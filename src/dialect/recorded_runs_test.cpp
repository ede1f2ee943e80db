// docs/checked-runs.md says which rule catches which recorded run that failed. Where the records
// lie beside the checkout, each run is written out again as a command line, from the fields that
// were recorded of it, and the rule must fire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "src/dialect/argument_rules.h"
#include "src/dialect/rewrite_rules.h"
#include "src/dialect/rule_examples.h"

namespace nam56r::dialect {
namespace {

using nlohmann::json;
using testing::Contains;

std::map<std::string, json> Runs() {
  const auto file = std::filesystem::path(NAM56R_SOURCE_DIR) / "../shared/runs/recorded.jsonl";
  std::ifstream in(file);
  std::map<std::string, json> runs;
  for (std::string line; std::getline(in, line);) {
    json run = json::parse(line);
    runs.emplace(run.at("id").get<std::string>(), std::move(run));
  }
  return runs;
}

struct Listed {
  std::string outcome;
  std::string code;  ///< empty: no rule can
};

// Rows of the page's tables: | `id` | outcome | what happened | code, or why none |
std::map<std::string, Listed> ListedRuns() {
  std::ifstream in(std::filesystem::path(NAM56R_SOURCE_DIR) / "docs/checked-runs.md");
  std::map<std::string, Listed> listed;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| `")) continue;
    std::vector<std::string> cells;
    std::istringstream row(line.substr(1));
    for (std::string cell; std::getline(row, cell, '|');) {
      const std::size_t begin = cell.find_first_not_of(" `");
      const std::size_t end = cell.find_last_not_of(" `");
      cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
    }
    Listed run{.outcome = cells.at(1), .code = ""};
    const std::string& rule = cells.at(3);
    if (rule.starts_with("POLICY") || rule.starts_with("PLAN") || rule.starts_with("HOST")) {
      run.code = rule.substr(0, rule.find_first_of(" `,("));
    }
    listed.emplace(cells.at(0), run);
  }
  return listed;
}

std::string Text(const json& run, const char* key) {
  return run.contains(key) && run.at(key).is_string() ? run.at(key).get<std::string>() : "";
}

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// What was set besides: variables, and a few words.
std::string WordsOfPatch(const std::string& patch) {
  if (patch.starts_with("CPPMEGA_EP_OVERLAP=1") || patch == "combined_1f1b") {
    return " --overlap-moe-expert-parallel-comm";
  }
  if (patch.starts_with("CPPMEGA_")) return ' ' + patch.substr(0, patch.find(' '));
  if (patch == "--sequence-parallel") return ' ' + patch;
  if (patch.starts_with("lr=")) {
    std::istringstream words(patch.substr(3));
    std::string lr, key, steps;
    words >> lr >> key >> steps;
    return " --lr " + lr + " --min-lr 0.0 --lr-decay-iters 1000 --train-iters 1000" +
           (key == "warmup" ? " --lr-warmup-iters " + steps : "");
  }
  return "";
}

std::string WordsOf(const json& run) {
  std::ostringstream words;
  const json& model = run.at("model");
  const auto number = [&](const json& from, const char* key, const char* flag) {
    if (from.contains(key) && from.at(key).is_number()) {
      words << ' ' << flag << ' ' << from.at(key).get<std::int64_t>();
    }
  };
  if (!Text(model, "variant").starts_with("nemo_native")) {
    words << " --spec cppmega.megatron.nam56r_full_spec build_nam56r_full_stack_spec";
  }
  number(model, "hidden", "--hidden-size");
  number(model, "heads", "--num-attention-heads");
  number(run, "tp", "--tensor-model-parallel-size");
  number(run, "pp", "--pipeline-model-parallel-size");
  number(run, "ep", "--expert-model-parallel-size");
  number(run, "mbs", "--micro-batch-size");
  number(run, "gbs", "--global-batch-size");
  number(run, "seq", "--seq-length");
  // The implied width of M: two of the model's.
  if (model.contains("hidden") && model.at("hidden").is_number()) {
    words << " --mamba-num-heads " << model.at("hidden").get<std::int64_t>() / 32;
  }
  const bool small = Text(run, "machine").starts_with("GB10");
  const std::int64_t ranks = small ? run.value("ep", 1) : 8;
  words << " sm:" << (small ? 12 : 9) << " gpus:" << (small ? 1 : 8) << " @" << ranks;

  const std::string precision = Text(run, "precision");
  if (Has(precision, "fp8")) words << " --fp8-format hybrid";
  if (Has(precision, "tensorwise")) words << " --fp8-recipe tensorwise";
  if (Has(precision, "mxfp8")) words << " --fp8-recipe mxfp8";
  if (Has(precision, "param_gather")) words << " --fp8-recipe tensorwise --fp8-param-gather";
  if (Has(precision, "precision-aware")) words << " --use-precision-aware-optimizer";

  const std::string recompute = Text(run, "recompute");
  if (recompute.starts_with("selective: ")) {
    words << " --recompute-granularity selective --recompute-modules " << recompute.substr(11);
  } else if (recompute == "full") {
    words << " --recompute-granularity full --recompute-method uniform --recompute-num-layers 1";
  }
  if (const auto graphs = run.find("cuda_graph"); graphs != run.end() && graphs->is_object()) {
    words << " --cuda-graph-impl " << graphs->at("impl").get<std::string>();
    const std::string modules = Text(*graphs, "scope");
    if (!modules.empty() && modules != "none") {
      words << " --cuda-graph-modules " << modules.substr(0, modules.find(" ('"));
    }
  }
  if (run.contains("patches_env") && run.at("patches_env").is_array()) {
    for (const json& patch : run.at("patches_env")) words << WordsOfPatch(patch);
  }
  return words.str();
}

// The stack of those days was between 0.16 and 0.18.
std::vector<std::string> CodesOf(const json& run) {
  const Release& release = *FindRelease("megatron@0.16");
  const ExampleLine line = Example(release, WordsOf(run));
  const EffectiveArgs raw(release, line.argv, line.surroundings);
  EffectiveArgs args = raw;
  ApplyRewrites(args);
  std::vector<std::string> codes;
  for (const ArgumentRule* rule : Refusing(args, raw, ArgumentRule::Reach::kCommandLine)) {
    codes.emplace_back(rule->code);
  }
  return codes;
}

TEST(RecordedRuns, EveryFailureIsListedWithTheRuleThatCatchesIt) {
  const std::map<std::string, json> runs = Runs();
  if (runs.empty()) GTEST_SKIP() << "recorded runs are not beside this checkout";
  const std::map<std::string, Listed> listed = ListedRuns();
  int caught = 0;
  for (const auto& [id, run] : runs) {
    const std::string outcome = run.at("outcome").get<std::string>();
    if (outcome == "ok" || outcome == "slow") continue;
    const auto it = listed.find(id);
    if (it == listed.end()) {
      ADD_FAILURE() << id << " failed (" << outcome
                    << ") and docs/checked-runs.md does not list it";
      continue;
    }
    EXPECT_EQ(it->second.outcome, outcome) << id;
    if (it->second.code.empty()) continue;
    EXPECT_THAT(CodesOf(run), Contains(it->second.code)) << id << ':' << WordsOf(run);
    ++caught;
  }
  EXPECT_GE(caught, 16);
  for (const auto& [id, what] : listed) EXPECT_TRUE(runs.contains(id)) << id << " was not recorded";
}

}  // namespace
}  // namespace nam56r::dialect
