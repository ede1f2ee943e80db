#pragma once

#include <initializer_list>

#include "src/dialect/rules/facts.h"

/// What several rules of execution, of variables and of the host ask of a command line.
namespace nam56r::dialect::rules {

// Lists.
inline std::string Joined(const Args& a, std::string_view dest) {
  std::string joined;
  if (!a.Value(dest).is_array()) return joined;
  for (const nlohmann::json& item : a.Value(dest)) {
    if (!joined.empty()) joined += ' ';
    joined += item.is_string() ? item.get<std::string>() : item.dump();
  }
  return joined;
}
/// The list without some of its words, as one valid value.
inline std::vector<std::string> Without(const Args& a, std::string_view dest,
                                        std::initializer_list<std::string_view> removed) {
  std::string left;
  if (!a.Value(dest).is_array()) return {"not given"};
  for (const nlohmann::json& item : a.Value(dest)) {
    const std::string word = item.is_string() ? item.get<std::string>() : item.dump();
    if (std::find(removed.begin(), removed.end(), word) != removed.end()) continue;
    if (!left.empty()) left += ' ';
    left += word;
  }
  return {left.empty() ? "not given" : left};
}

// Activations in host memory.
inline bool OffloadsActivations(const Args& a) {
  return a.On("fine_grained_activation_offloading");
}
inline std::vector<std::string> OffloadModules(const Args& a) {
  std::vector<std::string> modules = {"core_attn", "attn_proj", "expert_fc1", "moe_act",
                                      "attn_norm", "mlp_norm",  "qkv_linear"};
  if (a.minor() >= 19) modules.emplace_back("fused_group_mlp");
  return modules;
}
inline bool OnlyExpertsOffloaded(const Args& a) {
  if (!a.Value("offload_modules").is_array()) return false;
  for (const nlohmann::json& module : a.Value("offload_modules")) {
    if (module != "expert_fc1" && module != "moe_act" && module != "fused_group_mlp") return false;
  }
  return true;
}

// Graphs.
inline std::string_view GraphDest(const Args& a) {
  return a.minor() >= 18 ? "cuda_graph_modules" : "cuda_graph_scope";
}
/// Nothing is named, or the whole step: every layer is in the graph.
inline bool WholeLayers(const Args& a) { return CapturedModules(a) == 0 || FullIteration(a); }

// The model.
/// The layers are Megatron's own, not those of a specification that the operator brought.
inline bool MegatronMixer(const Args& a) {
  const nlohmann::json& spec = a.Value("spec");
  if (!spec.is_array() || spec.empty() || !spec.front().is_string()) return true;
  return spec.front().get_ref<const std::string&>().starts_with("megatron.");
}
inline bool AuthorSpec(const Args& a) {
  const nlohmann::json& spec = a.Value("spec");
  return spec.is_array() && !spec.empty() && spec.front().is_string() &&
         spec.front().get_ref<const std::string&>().starts_with("cppmega.");
}
inline bool TrunkHas(const Args& a, char symbol) {
  const std::string pattern = LayerPattern(a);
  return std::string_view(pattern).substr(0, pattern.find('/')).find(symbol) !=
         std::string_view::npos;
}

// Groups of ranks.
inline bool GlooGroups(const Args& a) {
  return a.minor() >= 17 ? a.On("use_gloo_process_groups") : a.On("enable_gloo_process_groups");
}
inline std::int64_t ExpertDataParallel(const Args& a) {
  const std::int64_t tensor = a.Int("expert_tensor_parallel_size", Tp(a));
  const std::int64_t ranks =
      dialect::Product({tensor, a.Int("expert_model_parallel_size", 1), Pp(a)});
  return ranks > 0 ? a.surroundings().world_size / ranks : 0;
}

// Variables.
inline bool VariableIs(const Args& a, const char* name, std::string_view value) {
  return a.surroundings().Variable(name) == value;
}
inline bool HasVariable(const Args& a, const char* name, std::string_view part) {
  return a.surroundings().Variable(name).find(part) != std::string::npos;
}

// Packages. What is needed is asked before what there is: a host of which nothing is known lacks
// nothing.
inline bool Lacks(const Args& a, std::string_view package) {
  const auto& packages = a.surroundings().packages;
  return packages && !packages->contains(package);
}
inline bool NeedsEngine(const Args& a) {
  return a.On("fp8") || a.On("fp4") || GraphsAre(a, "transformer_engine") ||
         a.On("moe_permute_fusion") || a.On("use_precision_aware_optimizer") ||
         (MegatronMixer(a) && !LayerPattern(a).empty()) ||
         (LayerPattern(a).empty() && a.Is("transformer_impl", "transformer_engine"));
}
inline bool NeedsMamba(const Args& a) { return TrunkHas(a, 'M') && MegatronMixer(a); }
inline bool NeedsEmerging(const Args& a) {
  return a.minor() >= 17 ? EmergingOptimizer(a) : Muon(a);
}
inline bool NeedsHybridEp(const Args& a) { return a.Is("moe_flex_dispatcher_backend", "hybridep"); }
inline bool NeedsDeepEp(const Args& a) {
  return Flex(a) && (a.On("moe_enable_deepep") || a.Is("moe_flex_dispatcher_backend", "deepep"));
}
inline bool NeedsFla(const Args& a) { return GatedDeltaLayers(a); }
inline bool NeedsFusedAccumulation(const Args& a) { return a.On("gradient_accumulation_fusion"); }
inline bool NeedsResiliency(const Args& a) {
  const bool sharded = a.Is("ckpt_format", "torch_dcp") || a.Is("ckpt_format", "fsdp_dtensor");
  return a.Is("non_persistent_ckpt_type", "local") ||
         (a.minor() >= 18 && a.On("async_save") && a.Is("async_strategy", "nvrx") && sharded);
}
inline bool NeedsHadamard(const Args& a) {
  const bool rotates =
      !a.Has("dsa_indexer_rotate_activation") || a.On("dsa_indexer_rotate_activation");
  return SparseLayers(a) && rotates;
}

inline std::vector<std::string> NeededPackages(const Args& a) {
  std::vector<std::string> needed;
  const auto add = [&](bool uses, const char* package) {
    if (uses) needed.emplace_back(package);
  };
  add(NeedsEngine(a), "transformer_engine");
  add(NeedsMamba(a), "mamba_ssm");
  add(NeedsMamba(a), "einops");
  add(NeedsEmerging(a), "emerging_optimizers");
  add(NeedsDeepEp(a), "deep_ep");
  add(Flex(a) && NeedsHybridEp(a), "hybrid_ep");
  add(NeedsFla(a), "fla");
  add(NeedsFusedAccumulation(a), "fused_weight_gradient_mlp_cuda");
  add(NeedsResiliency(a), "nvidia_resiliency_ext");
  add(NeedsHadamard(a), "fast_hadamard_transform");
  return needed;
}

}  // namespace nam56r::dialect::rules
