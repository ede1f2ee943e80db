#include <algorithm>
#include <cmath>

#include "src/dialect/fields.h"
#include "src/dialect/megatron.h"
#include "src/plan/parameters.h"

namespace nam56r::dialect {
namespace {

using plan::Family;
using seams::Uses;
using Strings = std::vector<std::string>;

bool Graphs(const Context& c) { return c.policy.value.graphs.implementation != "none"; }
bool Fp8(const Context& c) { return c.policy.value.precision.compute == "fp8"; }

// Where M and R layers are the backend's own Mamba-2 rather than a seam's mixer.
bool OwnMamba(const Context& c) {
  const bool mixers = Uses(c, Family::kM) || Uses(c, Family::kR);
  return mixers && (seams::RewritesRecurrence(c) ||
                    (c.recipe.value.mamba.kind == "mamba2" && Uses(c, Family::kM)));
}

// Width of what a Mamba-2 layer projects its input to.
std::int64_t MambaProjection(const recipe::Recipe& r) {
  const std::int64_t inner = plan::MambaHeads(r) * r.mamba.head_dim;
  return 2 * inner + 2 * r.mamba.num_groups * r.mamba.state_size + plan::MambaHeads(r);
}

const std::vector<SupportRule>& Rules() {
  static const std::vector<SupportRule> rules = {
      // Model.
      {.field = "recipe.mla.rotary_base",
       .refuses =
           [](const Context& c) {
             const recipe::Recipe& r = c.recipe.value;
             return Uses(c, Family::kA) && r.model.attention == "mla" &&
                    r.mla.rotary_base != std::floor(r.mla.rotary_base);
           },
       .valid = [](const Context&) { return Strings{"whole numbers"}; },
       .why = "takes --rotary-base as an integer",
       .fix = "write a whole number",
       .source = "arguments.py"},
      {.field = "recipe.gqa.rotary_base",
       .refuses =
           [](const Context& c) {
             const recipe::Recipe& r = c.recipe.value;
             return Uses(c, Family::kA) && r.model.attention == "gqa" &&
                    r.gqa.rotary_base != std::floor(r.gqa.rotary_base);
           },
       .valid = [](const Context&) { return Strings{"whole numbers"}; },
       .why = "takes --rotary-base as an integer",
       .fix = "write a whole number",
       .source = "arguments.py"},
      {.field = "recipe.mamba.chunk_size",
       .refuses =
           [](const Context& c) {
             const recipe::Mamba& mamba = c.recipe.value.mamba;
             return Uses(c, Family::kM) && mamba.kind == "mamba2" && mamba.chunk_size != 128;
           },
       .valid = [](const Context&) { return Strings{"128"}; },
       .why = "takes chunks of 128 in its Mamba-2 and has no flag for another size",
       .fix = "write chunk_size = 128",
       .against = {"recipe.mamba.kind"},
       .source = "ssm/mamba_mixer.py:MambaMixer.__init__"},
      {.field = "recipe.dense.activation",
       .refuses =
           [](const Context& c) {
             return Uses(c, Family::kF) && Uses(c, Family::kE) &&
                    c.recipe.value.dense.activation != c.recipe.value.moe.activation;
           },
       .valid =
           [](const Context& c) { return Strings{"\"" + c.recipe.value.moe.activation + "\""}; },
       .why = "has one activation for experts and dense layers",
       .fix = "give both the same activation",
       .against = {"recipe.moe.activation"},
       .source = "core_transformer_config_from_args"},
      {.field = "recipe.moe.shared_expert_activation",
       .refuses =
           [](const Context& c) {
             const recipe::Moe& moe = c.recipe.value.moe;
             return Uses(c, Family::kE) && moe.shared_expert_ffn_hidden_size > 0 &&
                    moe.shared_expert_activation != moe.activation;
           },
       .valid =
           [](const Context& c) { return Strings{"\"" + c.recipe.value.moe.activation + "\""}; },
       .why = "has one activation for routed and shared experts",
       .fix = "give both the same activation",
       .against = {"recipe.moe.activation"},
       .source = "core_transformer_config_from_args"},
      {.field = "recipe.mamba.head_dim",
       .refuses =
           [](const Context& c) {
             const recipe::Recipe& r = c.recipe.value;
             return OwnMamba(c) && r.mamba.head_dim > 0 &&
                    r.model.hidden_size * r.mamba.expand % r.mamba.head_dim != 0;
           },
       .valid =
           [](const Context& c) {
             return Divisors(c.recipe.value.model.hidden_size * c.recipe.value.mamba.expand);
           },
       .why = "cuts the inner width of a Mamba-2 layer into heads",
       .fix = "choose a divisor of hidden_size * expand",
       .against = {"recipe.mamba.expand", "recipe.model.hidden_size"},
       .source = "mamba_mixer.py:MambaMixer.__init__"},
      {.field = "recipe.mamba.num_groups",
       .refuses =
           [](const Context& c) {
             const recipe::Recipe& r = c.recipe.value;
             return OwnMamba(c) && plan::MambaHeads(r) % r.mamba.num_groups != 0;
           },
       .valid = [](const Context& c) { return Divisors(plan::MambaHeads(c.recipe.value)); },
       .why = "gives each group of a Mamba-2 layer the same number of heads",
       .fix = "choose a divisor of the number of heads",
       .against = {"recipe.mamba.head_dim", "recipe.mamba.expand", "recipe.model.hidden_size"},
       .source = "mamba_mixer.py:MambaMixer.__init__"},
      {.field = "recipe.mamba.state_size",
       .refuses =
           [](const Context& c) {
             return OwnMamba(c) && Fp8(c) && MambaProjection(c.recipe.value) % 16 != 0;
           },
       .valid =
           [](const Context&) {
             return Strings{
                 "sizes with 2 * heads * head_dim + 2 * groups * state + heads a multiple "
                 "of 16"};
           },
       .why = "wants the projection of a Mamba-2 layer to be a multiple of 16 wide under FP8",
       .fix = "choose another state_size or head_dim, or precision.compute = \"bf16\"",
       .against = {"recipe.mamba.num_groups", "recipe.mamba.head_dim", "policy.precision.compute"},
       .source = "mamba_mixer.py:MambaMixer.__init__"},

      // CUDA graphs.
      {.field = "policy.graphs.modules",
       .refuses =
           [](const Context& c) { return !Graphs(c) && !c.policy.value.graphs.modules.empty(); },
       .valid = [](const Context&) { return Strings{"[]"}; },
       .why = "captures nothing without an implementation, so that the list would have no effect",
       .fix = "write an implementation, or modules = []",
       .against = {"policy.graphs.implementation"},
       .source = "TransformerConfig.__post_init__"},
      {.field = "policy.graphs.modules",
       .refuses =
           [](const Context& c) {
             const policy::Graphs& graphs = c.policy.value.graphs;
             return graphs.implementation == "full_iteration" && !graphs.modules.empty();
           },
       .valid = [](const Context&) { return Strings{"[]"}; },
       .why = "captures the whole step and no modules of it",
       .fix = "write modules = []",
       .against = {"policy.graphs.implementation"},
       .source = "TransformerConfig.__post_init__",
       .releases = {.until = 17}},

      // Precision.
      {.field = "policy.precision.bf16_layers_at_start",
       .refuses =
           [](const Context& c) {
             const policy::Precision& p = c.policy.value.precision;
             return !Fp8(c) && (p.bf16_layers_at_start > 0 || p.bf16_layers_at_end > 0);
           },
       .valid = [](const Context&) { return Strings{"0"}; },
       .why = "keeps layers in BF16 under FP8 only, so that the counts would have no effect",
       .fix = "write precision.compute = \"fp8\", or 0 for both counts",
       .against = {"policy.precision.bf16_layers_at_end", "policy.precision.compute"},
       .source = "TransformerConfig.__post_init__"},

      // Checkpoints. --save is bound at launch.
      {.field = "policy.checkpoint.save_interval",
       .refuses =
           [](const Context& c) {
             const policy::Checkpoint& checkpoint = c.policy.value.checkpoint;
             return !checkpoint.save.empty() && checkpoint.save_interval == 0;
           },
       .valid = [](const Context&) { return Strings{"1 and more"}; },
       .why = "wants an interval to save at",
       .fix = "write a save_interval",
       .against = {"policy.checkpoint.save"},
       .source = "arguments.py:validate_args"},
  };
  return rules;
}

}  // namespace

std::span<const SupportRule> MegatronRules() { return Rules(); }

}  // namespace nam56r::dialect
