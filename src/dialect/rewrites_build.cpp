#include "src/dialect/rewrite_rules.h"

namespace nam56r::dialect {
namespace {

using nlohmann::json;
using Args = EffectiveArgs;

constexpr std::string_view kConfig = "transformer_config.py:TransformerConfig.__post_init__";
constexpr std::string_view kFromArgs = "core_transformer_config_from_args";

// Local graphs take the router and what prepares the exchange together or not at all.
bool TakesHalfOfTheRouter(const Args& a, std::string_view dest) {
  return a.Is("cuda_graph_impl", "local") &&
         a.Lists(dest, "moe_router") != a.Lists(dest, "moe_preprocess");
}
json WithBothHalves(const Args& a, std::string_view dest) {
  json modules = a.Value(dest);
  modules.push_back(a.Lists(dest, "moe_router") ? "moe_preprocess" : "moe_router");
  return modules;
}

constexpr RewriteRule kRules[] = {
    {.dest = "cuda_graph_modules",
     .applies = [](const Args& a) { return TakesHalfOfTheRouter(a, "cuda_graph_modules"); },
     .to = [](const Args& a) { return WithBothHalves(a, "cuda_graph_modules"); },
     .why = "local graphs capture moe_router and moe_preprocess together",
     .source = kConfig,
     .releases = {.since = 18}},
    {.dest = "cuda_graph_scope",
     .applies = [](const Args& a) { return TakesHalfOfTheRouter(a, "cuda_graph_scope"); },
     .to = [](const Args& a) { return WithBothHalves(a, "cuda_graph_scope"); },
     .why = "local graphs capture moe_router and moe_preprocess together",
     .source = kConfig,
     .releases = {.until = 17}},
    {.dest = "recompute_granularity",
     .applies = [](const Args& a) { return a.On("moe_layer_recompute"); },
     .to = [](const Args&) -> json { return "selective"; },
     .why = "--moe-layer-recompute stands for it",
     .source = kConfig},
    {.dest = "recompute_modules",
     .applies =
         [](const Args& a) {
           return a.Is("recompute_granularity", "selective") && a.IsNull("recompute_modules");
         },
     .to = [](const Args&) { return json::array({"core_attn"}); },
     .why = "selective recompute that names nothing is that of attention",
     .source = kConfig},
    {.dest = "recompute_modules",
     .applies =
         [](const Args& a) {
           return a.On("moe_layer_recompute") && !a.Lists("recompute_modules", "moe");
         },
     .to =
         [](const Args& a) {
           json modules = a.Value("recompute_modules");
           modules.push_back("moe");
           return modules;
         },
     .why = "--moe-layer-recompute stands for it",
     .source = kConfig},
    {.dest = "experimental_attention_variant",
     .applies =
         [](const Args& a) {
           return a.Text("hybrid_layer_pattern").find('D') != std::string::npos;
         },
     .to = [](const Args&) -> json { return "dsa"; },
     .why = "the pattern has a layer D",
     .source = kFromArgs,
     .releases = {.since = 18}},
    {.dest = "rope_type",
     .applies =
         [](const Args& a) { return a.On("multi_latent_attention") && a.IsNull("rope_type"); },
     .to = [](const Args&) -> json { return "yarn"; },
     .why = "MLA stretches its rotary embeddings where no type is given",
     .source = "transformer_config.py:MLATransformerConfig"},
    {.dest = "moe_expert_capacity_factor",
     .applies = [](const Args& a) { return a.Number("moe_expert_capacity_factor", 0) < 0; },
     .to = [](const Args&) -> json { return nullptr; },
     .why = "below 0 no token is dropped",
     .source = kConfig},
    {.dest = "moe_flex_dispatcher_backend",
     .applies =
         [](const Args& a) {
           return a.On("moe_enable_deepep") && a.Is("moe_token_dispatcher_type", "flex");
         },
     .to = [](const Args&) -> json { return "deepep"; },
     .why = "--moe-enable-deepep stands for it",
     .source = kConfig},
    {.dest = "microbatch_group_size_per_vp_stage",
     .applies =
         [](const Args& a) {
           return VirtualStages(a) > 1 && a.IsNull("microbatch_group_size_per_vp_stage");
         },
     .to = [](const Args& a) { return a.Value("pipeline_model_parallel_size"); },
     .why = "a chunk takes as many micro-batches in a row as there are stages",
     .source = "model_parallel_config.py:ModelParallelConfig.__post_init__"},
    {.dest = "lr_decay_iters",
     .applies =
         [](const Args& a) { return a.IsNull("lr_decay_iters") && !a.IsNull("train_iters"); },
     .to = [](const Args& a) { return a.Value("train_iters"); },
     .why = "the rate decays over the whole run where nothing else is said",
     .source = "training.py:get_optimizer_param_scheduler"},
};

}  // namespace

std::span<const RewriteRule> BuildRewrites() { return kRules; }

}  // namespace nam56r::dialect
