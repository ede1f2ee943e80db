#include <algorithm>
#include <sstream>

#include "src/dialect/rewrite_rules.h"
#include "src/dialect/rules/phases.h"

namespace nam56r::dialect {
namespace {

using nlohmann::json;
using Args = EffectiveArgs;

constexpr std::string_view kValidate = "arguments.py:validate_args";
constexpr std::string_view kModules = "arguments.py:_normalize_cuda_graph_modules_args";

bool Always(const Args&) { return true; }
json Null(const Args&) { return nullptr; }
json False(const Args&) { return false; }

// The list without the words that stand for another argument.
json WithoutScopes(const json& modules) {
  json kept = json::array();
  for (const json& module : modules) {
    if (module != "full" && module != "full_iteration" && module != "full_iteration_inference") {
      kept.push_back(module);
    }
  }
  return kept;
}

// "20, 10" -> [10, 20]; what is no number stays, and is refused.
json Phases(const std::string& text) {
  if (!rules::ArePhases(text)) return text;
  std::vector<std::int64_t> steps;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    std::erase(word, '_');
    std::int64_t step = 0;
    std::istringstream(word) >> step;
    steps.push_back(step);
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

constexpr RewriteRule kRules[] = {
    // Parallel sizes.
    {.dest = "tensor_parallel_num_weight_shards",
     .applies = [](const Args& a) { return a.IsNull("tensor_parallel_num_weight_shards"); },
     .to = [](const Args& a) { return a.Value("tensor_model_parallel_size"); },
     .why = "weights are sharded by TP and no further",
     .source = "model_parallel_config.py:resolve_tensor_parallel_weight_shards",
     .releases = {.since = 19}},
    {.dest = "expert_tensor_parallel_size",
     .applies = [](const Args& a) { return a.IsNull("expert_tensor_parallel_size"); },
     .to = [](const Args& a) { return a.Value("tensor_model_parallel_size"); },
     .why = "experts are shared like the other layers where nothing else is said",
     .source = kValidate},
    {.dest = "expert_tensor_parallel_num_weight_shards",
     .applies = [](const Args& a) { return a.IsNull("expert_tensor_parallel_num_weight_shards"); },
     .to = [](const Args& a) { return a.Value("expert_tensor_parallel_size"); },
     .why = "experts are sharded by ETP and no further",
     .source = "model_parallel_config.py:resolve_tensor_parallel_weight_shards",
     .releases = {.since = 19}},

    // Spellings of old, which leave the namespace.
    {.dest = "batch_size",
     .applies = Always,
     .to = Null,
     .why = "no longer valid; --micro-batch-size replaced it",
     .source = kValidate,
     .removes = true},
    {.dest = "warmup",
     .applies = Always,
     .to = Null,
     .why = "no longer valid; --lr-warmup-fraction replaced it",
     .source = kValidate,
     .removes = true},
    {.dest = "model_parallel_size",
     .applies = Always,
     .to = Null,
     .why = "no longer valid; --tensor-model-parallel-size replaced it",
     .source = kValidate,
     .removes = true},
    {.dest = "checkpoint_activations",
     .applies = Always,
     .to = Null,
     .why = "no longer valid; --recompute-activations replaced it",
     .source = kValidate,
     .removes = true},
    {.dest = "recompute_granularity",
     .applies = [](const Args& a) { return a.On("recompute_activations"); },
     .to = [](const Args&) -> json { return "selective"; },
     .why = "--recompute-activations stands for it",
     .source = kValidate},
    {.dest = "recompute_activations",
     .applies = Always,
     .to = Null,
     .why = "became --recompute-granularity",
     .source = kValidate,
     .removes = true},

    // CUDA graphs.
    {.dest = "cuda_graph_impl",
     .applies = [](const Args& a) { return a.On("enable_cuda_graph"); },
     .to = [](const Args&) -> json { return "local"; },
     .why = "--enable-cuda-graph stands for it",
     .source = kValidate},
    {.dest = "enable_cuda_graph",
     .applies = [](const Args& a) { return a.On("enable_cuda_graph"); },
     .to = Null,
     .why = "became --cuda-graph-impl",
     .source = kValidate,
     .removes = true},
    {.dest = "cuda_graph_impl",
     .applies = [](const Args& a) { return a.On("external_cuda_graph"); },
     .to = [](const Args&) -> json { return "transformer_engine"; },
     .why = "--external-cuda-graph stands for it",
     .source = kValidate},
    {.dest = "external_cuda_graph",
     .applies = [](const Args& a) { return a.On("external_cuda_graph"); },
     .to = Null,
     .why = "became --cuda-graph-impl",
     .source = kValidate,
     .removes = true},
    {.dest = "cuda_graph_scope",
     .applies = [](const Args& a) { return a.Lists("cuda_graph_scope", "full"); },
     .to = [](const Args&) { return json::array(); },
     .why = "an empty scope captures the whole layer",
     .source = kValidate,
     .releases = {.until = 17}},
    {.dest = "cuda_graph_modules",
     .applies = [](const Args& a) { return !a.IsNull("cuda_graph_scope_deprecated"); },
     .to = [](const Args& a) { return a.Value("cuda_graph_scope_deprecated"); },
     .why = "--cuda-graph-scope is its old name",
     .source = kValidate,
     .releases = {.since = 18}},
    {.dest = "cuda_graph_scope_deprecated",
     .applies = Always,
     .to = Null,
     .why = "became --cuda-graph-modules",
     .source = kValidate,
     .releases = {.since = 18},
     .removes = true},
    {.dest = "cuda_graph_impl",
     .applies = [](const Args& a) { return a.Lists("cuda_graph_modules", "full_iteration"); },
     .to = [](const Args&) -> json { return "full_iteration"; },
     .why = "the module full_iteration stands for it",
     .source = kModules,
     .releases = {.since = 18}},
    {.dest = "inference_cuda_graph_scope",
     .applies =
         [](const Args& a) {
           return a.Lists("cuda_graph_modules", "full_iteration_inference") &&
                  !a.Is("cuda_graph_impl", "none");
         },
     .to = [](const Args&) -> json { return "block"; },
     .why = "the module full_iteration_inference stands for it",
     .source = kModules,
     .releases = {.since = 18}},
    {.dest = "cuda_graph_modules",
     .applies = [](const Args& a) { return !a.IsNull("cuda_graph_modules"); },
     .to = [](const Args& a) { return WithoutScopes(a.Value("cuda_graph_modules")); },
     .why = "what is captured whole is no module",
     .source = kModules,
     .releases = {.since = 18}},
    {.dest = "inference_cuda_graph_scope",
     .applies = [](const Args& a) { return a.IsNull("inference_cuda_graph_scope"); },
     .to = [](const Args& a) -> json {
       return a.Is("cuda_graph_impl", "local") ? "layer" : "none";
     },
     .why = "follows --cuda-graph-impl",
     .source = "cuda_graph_config.py:normalize_inference_cuda_graph_scope",
     .releases = {.since = 18}},

    // Batch.
    {.dest = "phase_transition_iterations",
     .applies = [](const Args& a) { return a.On("phase_transition_iterations"); },
     .to = [](const Args& a) { return Phases(a.Text("phase_transition_iterations")); },
     .why = "the beginnings of phases are read as numbers and sorted",
     .source = kValidate},
    {.dest = "global_batch_size",
     .applies = [](const Args& a) { return a.IsNull("global_batch_size"); },
     .to = [](const Args& a) -> json { return a.Int("micro_batch_size") * DataParallel(a); },
     .why = "one micro-batch on each data-parallel rank where nothing is given",
     .source = kValidate},
    {.dest = "eval_global_batch_size",
     .applies = [](const Args& a) { return a.IsNull("eval_global_batch_size"); },
     .to = [](const Args& a) { return a.Value("global_batch_size"); },
     .why = "copied from --global-batch-size",
     .source = kValidate,
     .releases = {.since = 18}},
    {.dest = "eval_micro_batch_size",
     .applies = [](const Args& a) { return a.IsNull("eval_micro_batch_size"); },
     .to = [](const Args& a) { return a.Value("micro_batch_size"); },
     .why = "copied from --micro-batch-size",
     .source = kValidate,
     .releases = {.since = 18}},

    // Pipeline.
    {.dest = "overlap_p2p_comm",
     .applies = [](const Args& a) { return VirtualStages(a) == 1; },
     .to = False,
     .why = "only the interleaved schedule overlaps its sends",
     .source = kValidate},
    {.dest = "align_param_gather",
     .applies = [](const Args& a) { return VirtualStages(a) == 1; },
     .to = False,
     .why = "only the interleaved schedule aligns gathers over stages",
     .source = kValidate},
    {.dest = "sequence_parallel",
     .applies = [](const Args& a) { return a.Int("tensor_model_parallel_size") == 1; },
     .to = False,
     .why = "nothing is shared over tensor-parallel ranks at TP = 1",
     .source = kValidate},
};

}  // namespace

std::span<const RewriteRule> LayoutRewrites() { return kRules; }

}  // namespace nam56r::dialect
