#include "src/dialect/rewrite_rules.h"
#include "src/dialect/rules/weight_shards.h"

namespace nam56r::dialect {
namespace {

using nlohmann::json;
using Args = EffectiveArgs;

constexpr std::string_view kValidate = "arguments.py:validate_args";

json False(const Args&) { return false; }
json True(const Args&) { return true; }
json WeightDecay(const Args& a) { return a.Value("weight_decay"); }
bool WeightDecayIsConstant(const Args& a) { return a.Is("weight_decay_incr_style", "constant"); }
bool MegatronFsdp(const Args& a) { return a.On("use_megatron_fsdp"); }

constexpr RewriteRule kRules[] = {
    {.dest = "start_weight_decay",
     .applies = WeightDecayIsConstant,
     .to = WeightDecay,
     .why = "copied from --weight-decay, which does not change over the run",
     .source = kValidate},
    {.dest = "end_weight_decay",
     .applies = WeightDecayIsConstant,
     .to = WeightDecay,
     .why = "copied from --weight-decay, which does not change over the run",
     .source = kValidate},

    // Fully sharded data parallelism.
    {.dest = "use_distributed_optimizer",
     .applies = MegatronFsdp,
     .to = True,
     .why = "Megatron-FSDP brings the distributed optimizer along",
     .source = kValidate,
     .releases = {.since = 18}},
    {.dest = "reuse_grad_buf_for_mxfp8_param_ag",
     .applies = MegatronFsdp,
     .to = False,
     .why = "Megatron-FSDP has buffers of its own",
     .source = kValidate,
     .releases = {.since = 18}},
    {.dest = "reuse_grad_buf_for_mxfp8_param_ag",
     .applies = [](const Args& a) { return a.On("fsdp_manual_registration") && MegatronFsdp(a); },
     .to = False,
     .why = "Megatron-FSDP has buffers of its own",
     .source = kValidate,
     .releases = {.until = 17}},
    {.dest = "fsdp_manual_registration",
     .applies = [](const Args& a) { return MegatronFsdp(a) && a.On("nccl_ub"); },
     .to = True,
     .why = "--nccl-ub registers the buffers",
     .source = kValidate,
     .releases = {.since = 18}},
    {.dest = "fsdp_double_buffer",
     .applies =
         [](const Args& a) {
           return MegatronFsdp(a) &&
                  (a.On("nccl_ub") || a.On("megatron_fsdp_max_pool_double_buffer"));
         },
     .to = True,
     .why = "registered and pooled buffers are double",
     .source = kValidate,
     .releases = {.since = 19}},
    {.dest = "high_priority_stream_groups",
     .applies =
         [](const Args& a) {
           return (a.On("use_torch_fsdp2") ||
                   (MegatronFsdp(a) && a.surroundings().architecture >= 10)) &&
                  !a.Lists("high_priority_stream_groups", "dp_cp");
         },
     .to =
         [](const Args& a) {
           json groups = a.Value("high_priority_stream_groups");
           groups.push_back("dp_cp");
           return groups;
         },
     .why = "sharded parameters are gathered ahead of the products",
     .source = kValidate},
    {.dest = "high_priority_stream_groups",
     .applies =
         [](const Args& a) {
           return (a.On("use_torch_fsdp2") ||
                   (MegatronFsdp(a) && a.surroundings().architecture >= 10)) &&
                  a.Int("expert_model_parallel_size", 1) > 1 &&
                  !a.Lists("high_priority_stream_groups", "ep_dp");
         },
     .to =
         [](const Args& a) {
           json groups = a.Value("high_priority_stream_groups");
           groups.push_back("ep_dp");
           return groups;
         },
     .why = "sharded experts are gathered ahead of the products",
     .source = kValidate},
    {.dest = "high_priority_stream_groups",
     .applies =
         [](const Args& a) {
           return a.surroundings().architecture >= 10 && rules::ShardsWeights(a) &&
                  !a.Lists("high_priority_stream_groups", "gtp_remat");
         },
     .to =
         [](const Args& a) {
           json groups = a.Value("high_priority_stream_groups");
           groups.push_back("gtp_remat");
           return groups;
         },
     .why = "shards of weights are gathered ahead of the products",
     .source = kValidate,
     .releases = {.since = 19}},
    {.dest = "high_priority_stream_groups",
     .applies =
         [](const Args& a) {
           return a.surroundings().architecture >= 10 && a.minor() >= 19 &&
                  rules::ExpertWeightShards(a) > 1 &&
                  !a.Lists("high_priority_stream_groups", "expt_gtp_remat");
         },
     .to =
         [](const Args& a) {
           json groups = a.Value("high_priority_stream_groups");
           groups.push_back("expt_gtp_remat");
           return groups;
         },
     .why = "shards of experts are gathered ahead of the products",
     .source = kValidate,
     .releases = {.since = 19}},

    // Update rules.
    {.dest = "use_distributed_optimizer",
     .applies =
         [](const Args& a) { return !a.Is("optimizer", "adam") && !a.Is("optimizer", "sgd"); },
     .to = False,
     .why = "Muon and its like are sharded by whole layers (layer-wise distributed optimizer), not "
            "by ranges of the flat buffer",
     .source = kValidate,
     .releases = {.since = 18}},
    {.dest = "optimizer",
     .applies = [](const Args& a) { return a.Is("optimizer", "dist_muon"); },
     .to = [](const Args&) -> json { return "muon"; },
     .why = "dist_muon is the old name of muon with the layer-wise distributed optimizer",
     .source = kValidate,
     .releases = {.since = 18}},
    {.dest = "use_distributed_optimizer",
     .applies = [](const Args& a) { return a.On("freeze_all_layers"); },
     .to = False,
     .why = "frozen layers have no optimizer state",
     .source = kValidate,
     .releases = {.since = 19}},
    {.dest = "overlap_param_gather",
     .applies = [](const Args& a) { return a.On("freeze_all_layers"); },
     .to = False,
     .why = "frozen layers have no parameters to gather",
     .source = kValidate,
     .releases = {.since = 19}},

    // Checkpoints.
    {.dest = "exit_on_missing_checkpoint",
     .applies = [](const Args& a) { return !a.IsNull("ckpt_convert_format"); },
     .to = True,
     .why = "there must be something to convert",
     .source = kValidate,
     .releases = {.since = 18}},
    {.dest = "async_save",
     .applies =
         [](const Args& a) {
           return !a.Is("ckpt_format", "torch") && !a.On("use_persistent_ckpt_worker");
         },
     .to = False,
     .why = "checkpoints are written asynchronously by the persistent worker only, which "
            "--use-persistent-ckpt-worker starts",
     .source = kValidate},
    {.dest = "async_strategy",
     .applies = [](const Args& a) { return !a.On("async_save"); },
     .to = [](const Args&) -> json { return "mcore"; },
     .why = "checkpoints are not written asynchronously",
     .source = kValidate,
     .releases = {.since = 17}},
    {.dest = "no_load_optim",
     .applies = [](const Args& a) { return a.On("moe_use_upcycling"); },
     .to = True,
     .why = "an upcycled model has no optimizer state",
     .source = kValidate},
    {.dest = "no_load_rng",
     .applies = [](const Args& a) { return a.On("moe_use_upcycling"); },
     .to = True,
     .why = "an upcycled model has no random state",
     .source = kValidate},
    {.dest = "no_load_optim",
     .applies =
         [](const Args& a) {
           return a.On("skip_train") && (a.minor() < 17 || !a.On("perform_rl_step"));
         },
     .to = True,
     .why = "without training there is no optimizer",
     .source = kValidate},
    {.dest = "replication_jump",
     .applies = [](const Args& a) { return !a.On("replication") && a.On("replication_jump"); },
     .to = [](const Args&) -> json { return nullptr; },
     .why = "read with --replication only",
     .source = kValidate},
};

}  // namespace

std::span<const RewriteRule> OptimizerRewrites() { return kRules; }

}  // namespace nam56r::dialect
