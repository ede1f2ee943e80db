#include "src/dialect/rewrite_rules.h"

namespace nam56r::dialect {
namespace {

using nlohmann::json;
using Args = EffectiveArgs;

constexpr std::string_view kValidate = "arguments.py:validate_args";

json False(const Args&) { return false; }
json True(const Args&) { return true; }

constexpr RewriteRule kRules[] = {
    {.dest = "dataloader_type",
     .applies = [](const Args& a) { return a.IsNull("dataloader_type"); },
     .to = [](const Args&) -> json { return "single"; },
     .why = "the loader where none is chosen",
     .source = kValidate},
    {.dest = "split",
     .applies = [](const Args& a) { return !a.IsNull("data_path") && a.IsNull("split"); },
     .to = [](const Args&) -> json { return "969, 30, 1"; },
     .why = "the split of old, where data is given and no split",
     .source = kValidate},
    {.dest = "tokenizer_special_tokens",
     .applies =
         [](const Args& a) {
           return a.On("tiktoken_special_tokens") && !a.On("tokenizer_special_tokens");
         },
     .to = [](const Args& a) { return a.Value("tiktoken_special_tokens"); },
     .why = "--tiktoken-special-tokens is its old name",
     .source = kValidate,
     .releases = {.until = 17}},
    {.dest = "create_attention_mask_in_dataloader",
     .applies = [](const Args& a) { return a.On("dataloader_inter_document_masking"); },
     .to = False,
     .why = "documents are told apart without a mask",
     .source = kValidate,
     .releases = {.since = 19}},
    {.dest = "apply_wd_to_qk_layernorm",
     .applies =
         [](const Args& a) {
           return a.Is("no_weight_decay_cond_type", "apply_wd_to_qk_layernorm");
         },
     .to = True,
     .why = "--no-weight-decay-cond-type stands for it",
     .source = kValidate},
    {.dest = "no_weight_decay_cond_type",
     .applies =
         [](const Args& a) {
           return a.Is("no_weight_decay_cond_type", "apply_wd_to_qk_layernorm");
         },
     .to = [](const Args&) -> json { return nullptr; },
     .why = "became --apply-wd-to-qk-layernorm",
     .source = kValidate},
    {.dest = "check_for_nan_in_loss_and_grad",
     .applies = [](const Args& a) { return a.On("fake_process_group"); },
     .to = False,
     .why = "a pretended process group exchanges nothing",
     .source = kValidate},
    {.dest = "use_gloo_process_groups",
     .applies = [](const Args& a) { return a.On("fake_process_group"); },
     .to = False,
     .why = "a pretended process group exchanges nothing",
     .source = kValidate,
     .releases = {.since = 17}},
    {.dest = "enable_gloo_process_groups",
     .applies = [](const Args& a) { return a.On("fake_process_group"); },
     .to = False,
     .why = "a pretended process group exchanges nothing",
     .source = kValidate,
     .releases = {.until = 16}},
    {.dest = "cpu_offloading",
     .applies = [](const Args& a) { return a.Int("cpu_offloading_num_layers") > 0; },
     .to = True,
     .why = "--cpu-offloading-num-layers asks for it",
     .source = kValidate},
    {.dest = "te_rng_tracker",
     .applies =
         [](const Args& a) {
           const bool graphs = !a.Is("cuda_graph_impl", "none");
           return graphs && (a.Is("transformer_impl", "transformer_engine") ||
                             a.Is("cuda_graph_impl", "transformer_engine"));
         },
     .to = True,
     .why = "graphs need Transformer Engine's random state",
     .source = kValidate},
    {.dest = "enable_msc",
     .applies = [](const Args& a) { return a.On("disable_msc_deprecated"); },
     .to = False,
     .why = "--disable-msc has the last word",
     .source = "arguments.py:parse_args",
     .releases = {.since = 18}},

    // Reinforcement learning.
    {.dest = "rl_generation_batch_size",
     .applies =
         [](const Args& a) {
           return a.On("perform_rl_step") && a.IsNull("rl_generation_batch_size");
         },
     .to =
         [](const Args& a) {
           return a.IsNull("rl_num_parallel_generations") &&
                          a.IsNull("rl_parallel_generation_tasks") &&
                          !a.IsNull("rl_num_parallel_generation_batches")
                      ? a.Value("grpo_prompts_per_step")
                      : json(1);
         },
     .why = "one group a batch where nothing is given",
     .source = kValidate,
     .releases = {.since = 17, .until = 18}},
    {.dest = "rl_num_parallel_generations",
     .applies =
         [](const Args& a) {
           return a.On("perform_rl_step") && !a.IsNull("rl_parallel_generation_tasks");
         },
     .to = [](const Args& a) -> json {
       return a.Int("rl_parallel_generation_tasks") * a.Int("grpo_group_size");
     },
     .why = "--rl-parallel-generation-tasks stands for it",
     .source = kValidate,
     .releases = {.since = 17, .until = 18}},
    {.dest = "rl_parallel_generation_tasks",
     .applies = [](const Args& a) { return a.On("perform_rl_step"); },
     .to = [](const Args& a) -> json {
       if (!a.IsNull("rl_num_parallel_generations")) {
         const std::int64_t group = a.Int("grpo_group_size");
         return group > 0 ? a.Int("rl_num_parallel_generations") / group : 0;
       }
       if (!a.IsNull("rl_num_parallel_generation_batches")) {
         return a.Int("rl_num_parallel_generation_batches") * a.Int("rl_generation_batch_size");
       }
       return 512;
     },
     .why = "tasks in flight, from the generations in flight",
     .source = kValidate,
     .releases = {.since = 17, .until = 18}},
};

}  // namespace

std::span<const RewriteRule> ExecutionRewrites() { return kRules; }

}  // namespace nam56r::dialect
