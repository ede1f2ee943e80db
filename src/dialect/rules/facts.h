#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/dialect/argument_rules.h"
#include "src/dialect/argument_values.h"

/// What several rules ask of a command line.
namespace nam56r::dialect::rules {

using Args = EffectiveArgs;
using Reach = ArgumentRule::Reach;
using Stage = ArgumentRule::Stage;

inline constexpr std::string_view kParse = "arguments.py:parse_args";
inline constexpr std::string_view kValidate = "arguments.py:validate_args";
inline constexpr std::string_view kConfig = "transformer_config.py:TransformerConfig.__post_init__";
inline constexpr std::string_view kFromArgs = "core_transformer_config_from_args";
inline constexpr std::string_view kOptimizer = "optimizer_config.py:OptimizerConfig.__post_init__";

/// The variable |name|; null where it is not set, which is not the same as set to nothing.
inline const std::string* SetVariable(const Args& a, const std::string& name) {
  const auto& environment = a.surroundings().environment;
  const auto set = environment.find(name);
  return set == environment.end() ? nullptr : &set->second;
}
/// Whether int() takes the variable |name|, where it is set.
inline bool NumberOrUnset(const Args& a, const std::string& name) {
  const std::string* set = SetVariable(a, name);
  return set == nullptr || PythonInt(*set).has_value();
}

// Layout.
inline std::int64_t Tp(const Args& a) { return a.Int("tensor_model_parallel_size", 1); }
inline std::int64_t Pp(const Args& a) { return a.Int("pipeline_model_parallel_size", 1); }
inline std::int64_t Cp(const Args& a) { return a.Int("context_parallel_size", 1); }
inline std::int64_t TpTimesEp(const Args& a) {
  return Tp(a) * a.Int("expert_model_parallel_size", 1);
}
/// What is dealt to the stages: the layers, and embedding and loss where they count as layers.
inline std::int64_t DealtLayers(const Args& a) {
  constexpr std::int64_t kMost = std::int64_t{1} << 62;
  return std::clamp(a.Int("num_layers"), -kMost, kMost) +
         (a.On("account_for_embedding_in_pipeline_split") ? 1 : 0) +
         (a.On("account_for_loss_in_pipeline_split") ? 1 : 0);
}
inline bool Fsdp(const Args& a) { return a.On("use_torch_fsdp2") || a.On("use_megatron_fsdp"); }
inline bool OneConnection(const Args& a) {
  return a.surroundings().Variable("CUDA_DEVICE_MAX_CONNECTIONS") == "1";
}

// The model.
inline bool Experts(const Args& a) { return !a.IsNull("num_experts"); }
inline bool Dsa(const Args& a) {
  return a.Is("experimental_attention_variant", "dsa") ||
         (a.minor() >= 18 && a.Text("hybrid_layer_pattern").find('D') != std::string::npos);
}
/// A hybrid model: 0.16 has the pattern under its old name.
inline bool Hybrid(const Args& a) { return !LayerPattern(a).empty(); }
/// Whether the pattern of a hybrid model has such a layer, in the trunk or in an MTP block.
inline bool HasLayer(const Args& a, char symbol) {
  return LayerPattern(a).find(symbol) != std::string::npos;
}
/// Sparse attention: the layers D of a hybrid model, which 0.16 and 0.17 do not know, or all layers
/// of another model.
inline bool SparseLayers(const Args& a) {
  return Hybrid(a) ? a.minor() >= 18 && HasLayer(a, 'D')
                   : a.Is("experimental_attention_variant", "dsa");
}
inline bool GatedDeltaLayers(const Args& a) {
  return Hybrid(a) ? a.minor() >= 17 && HasLayer(a, 'G')
                   : a.Is("experimental_attention_variant", "gated_delta_net");
}
inline bool ExpertLayers(const Args& a) { return Experts(a) && (!Hybrid(a) || HasLayer(a, 'E')); }
/// Pieces of the trunk between '|'.
inline std::int64_t Segments(const Args& a) {
  const std::string pattern = a.Text("hybrid_layer_pattern");
  const std::string_view trunk = std::string_view(pattern).substr(0, pattern.find('/'));
  return 1 + std::count(trunk.begin(), trunk.end(), '|');
}
/// The symbols of layers, 'G' of gated delta networks among them
/// (hybrid_layer_allocation.py:Symbols).
inline std::string_view SymbolsOf(int minor) {
  return minor >= 19 ? "MG*D+-E" : minor >= 18 ? "MG*D-E" : minor >= 17 ? "MG*-E" : "M*-E";
}

// Experts.
inline bool SeveralExperts(const Args& a) { return a.Int("num_experts") > 1; }
/// The coefficient of the balancing loss, or one of several.
inline bool BalancingLoss(const Args& a) {
  const nlohmann::json& value = a.Value("moe_aux_loss_coeff");
  if (!value.is_array()) return a.On("moe_aux_loss_coeff");
  return std::any_of(value.begin(), value.end(), [](const nlohmann::json& one) {
    return one.is_number() && one.get<double>() != 0;
  });
}
inline bool Capacity(const Args& a) { return a.Number("moe_expert_capacity_factor", -1) >= 0; }
inline bool Flex(const Args& a) { return a.Is("moe_token_dispatcher_type", "flex"); }
inline bool DropAndPad(const Args& a) {
  return !a.IsNull("moe_expert_capacity_factor") && a.On("moe_pad_expert_input_to_capacity");
}
inline bool ExpertOverlap(const Args& a) { return a.On("overlap_moe_expert_parallel_comm"); }

// Graphs.
inline bool GraphsAre(const Args& a, std::string_view implementation) {
  return a.Is("cuda_graph_impl", implementation);
}
inline bool Graphs(const Args& a) { return !a.IsNull("cuda_graph_impl") && !GraphsAre(a, "none"); }
/// Modules since 0.18, the scope before; both name parts of a layer.
inline bool Captures(const Args& a, std::string_view module) {
  return a.minor() >= 18 ? a.Lists("cuda_graph_modules", module)
                         : a.Lists("cuda_graph_scope", module);
}
inline std::size_t CapturedModules(const Args& a) {
  return a.minor() >= 18 ? a.Size("cuda_graph_modules") : a.Size("cuda_graph_scope");
}
/// The whole step in one graph: a scope of its own before 0.18.
inline bool FullIteration(const Args& a) {
  return a.minor() >= 18 ? GraphsAre(a, "full_iteration")
                         : Graphs(a) && Captures(a, "full_iteration");
}
inline bool ByLayer(const Args& a) { return Graphs(a) && (a.minor() < 18 || !FullIteration(a)); }
/// Graphs of the local implementation always take the router and what follows it together.
inline bool CapturesRouter(const Args& a) {
  return Captures(a, "moe_router") || (GraphsAre(a, "local") && Captures(a, "moe_preprocess"));
}
inline bool CapturesPreprocess(const Args& a) {
  return Captures(a, "moe_preprocess") || (GraphsAre(a, "local") && Captures(a, "moe_router"));
}
/// Weight gradients that are delayed fall into the graph of attention, or of a router whose shared
/// expert does not overlap.
inline bool DelayedWgradInGraph(const Args& a) {
  const bool router = Captures(a, "moe_router") &&
                      !a.IsNull("moe_shared_expert_intermediate_size") &&
                      !a.On("moe_shared_expert_overlap");
  return a.On("delay_wgrad_compute") && a.On("overlap_grad_reduce") &&
         (Captures(a, "attn") || router);
}

// Optimizer.
inline bool Muon(const Args& a) { return a.Text("optimizer").find("muon") != std::string::npos; }
inline bool EmergingOptimizer(const Args& a) {
  return !a.Is("optimizer", "adam") && !a.Is("optimizer", "sgd");
}

// Precision.
inline std::int64_t LayersPerStage(const Args& a) {
  const std::int64_t stages = Pp(a);
  return stages > 0 ? a.Int("num_layers") / stages : 0;
}
/// Whether |dest| asks for more layers at one end in BF16 than a stage has.
inline bool BeyondStage(const Args& a, std::string_view dest) {
  return a.On("fp8") && a.On("first_last_layers_bf16") &&
         (a.Int(dest) < 0 || a.Int(dest) > LayersPerStage(a));
}
inline std::vector<std::string> UpToStage(const Args& a) {
  return {"0 to " + std::to_string(LayersPerStage(a))};
}

// Recompute.
inline bool Selective(const Args& a) { return a.Is("recompute_granularity", "selective"); }
inline bool Full(const Args& a) { return a.Is("recompute_granularity", "full"); }
inline bool Recomputes(const Args& a, std::string_view module) {
  return Selective(a) && a.Lists("recompute_modules", module);
}
inline std::vector<std::string> RecomputeModules(const Args& a) {
  std::vector<std::string> modules = {"core_attn", "layernorm", "mla_up_proj",   "mlp",
                                      "moe",       "moe_act",   "shared_experts"};
  if (a.minor() >= 19) modules.insert(modules.begin() + 1, "gdn_norm_out");
  return modules;
}

}  // namespace nam56r::dialect::rules
